// SPDX-License-Identifier: MIT
// GIC driver. Register names and offsets: Arm IHI 0048 (GICv2) and IHI 0069 (GICv3).

#include "gic.h"

enum { GICD_CTLR = 0, GICD_TYPER = 4, GICD_ITARGETSR = 0x800, GICD_ICFGR = 0xc00, GICD_SGIR = 0xf00,
       GICD_CPENDSGIR = 0xf10, GICD_SPENDSGIR = 0xf20, GICD_IROUTER = 0x6000 };
/* In the distributor, and at the same offsets in a redistributor's SGI frame. */
enum { GIC_IGROUPR = 0x80, GIC_ISENABLER = 0x100, GIC_ICENABLER = 0x180, GIC_ISPENDR = 0x200, GIC_ICPENDR = 0x280,
       GIC_ISACTIVER = 0x300, GIC_ICACTIVER = 0x380, GIC_IPRIORITYR = 0x400 };
enum { GICC_CTLR = 0, GICC_PMR = 4, GICC_BPR = 8, GICC_IAR = 0xc, GICC_EOIR = 0x10, GICC_RPR = 0x14, GICC_HPPIR = 0x18,
       GICC_DIR = 0x1000 };
enum { GICR_TYPER = 8, GICR_WAKER = 0x14, GICR_FRAME_BYTES = 0x20000, GICR_SGI_FRAME = 0x10000 };
enum { GICD_CTLR_RWP = 1u << 31, GICR_WAKER_ProcessorSleep = 2, GICR_WAKER_ChildrenAsleep = 4, GICR_TYPER_Last = 16 };

#define ICC_PMR_EL1 S3_0_C4_C6_0
#define ICC_DIR_EL1 S3_0_C12_C11_1
#define ICC_RPR_EL1 S3_0_C12_C11_3
#define ICC_SGI1R_EL1 S3_0_C12_C11_5
#define ICC_IAR1_EL1 S3_0_C12_C12_0
#define ICC_EOIR1_EL1 S3_0_C12_C12_1
#define ICC_HPPIR1_EL1 S3_0_C12_C12_2
#define ICC_BPR1_EL1 S3_0_C12_C12_3
#define ICC_CTLR_EL1 S3_0_C12_C12_4
#define ICC_SRE_EL1 S3_0_C12_C12_5
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7
/* The two layers of macros let read_sysreg(ICC_...) see the name that stands above. */
#define icc_read(name) read_sysreg_(name)
#define read_sysreg_(name) read_sysreg(name)
#define icc_write(name, value) write_sysreg_(name, value)
#define write_sysreg_(name, value) write_sysreg(name, value)

static struct {
    unsigned version;
    u64 distributor, second; /* GICv2: CPU interface; GICv3: redistributors */
    u64 sgi_frame[MAX_CPUS]; /* GICv3: of each CPU */
    u64 target[MAX_CPUS];    /* GICv2: bit of each CPU; GICv3: its affinity as in MPIDR_EL1 */
} gic;

static unsigned this_cpu(void)
{
    u64 mpidr = read_sysreg(mpidr_el1) & 0xff00ffffffUL;
    for (unsigned cpu = 1; gic.version == 3 && cpu < MAX_CPUS; cpu++)
        if (gic.sgi_frame[cpu] && gic.target[cpu] == mpidr)
            return cpu;
    return 0;
}

/* The page with the bits of intid: banked by address on GICv3, by hardware on GICv2. */
static u64 page_of(u32 intid)
{
    return gic.version == 3 && intid < GIC_SPI ? gic.sgi_frame[this_cpu()] : gic.distributor;
}

static u64 word_of(u32 intid, u32 bank) { return page_of(intid) + bank + intid / 32 * 4; }

static void write_bit(u32 intid, u32 bank) { mmio_write32(word_of(intid, bank), 1u << intid % 32); }

static bool read_bit(u32 intid, u32 bank) { return mmio_read32(word_of(intid, bank)) >> intid % 32 & 1; }

static bool find_gic(const struct FdtNode *node, void *unused)
{
    u64 size;
    (void)unused;
    if (fdt_is_compatible(node, "arm,gic-v3"))
        gic.version = 3;
    else if (fdt_is_compatible(node, "arm,cortex-a15-gic") || fdt_is_compatible(node, "arm,gic-400"))
        gic.version = 2;
    else
        return true;
    if (!fdt_reg(node, 0, &gic.distributor, &size) || !fdt_reg(node, 1, &gic.second, &size))
        die("the interrupt controller has no registers");
    return false;
}

unsigned gic_init(void)
{
    fdt_walk(&fdt, find_gic, NULL);
    if (!gic.version)
        die("no interrupt controller in the device tree");
    u64 base = gic.distributor;
    u32 words = field(mmio_read32(base + GICD_TYPER), 4, 0) + 1;
    mmio_write32(base + GICD_CTLR, 0);
    for (u32 i = 1; i < words; i++) {
        mmio_write32(base + GIC_ICENABLER + 4 * i, ~0u);
        mmio_write32(base + GIC_ICPENDR + 4 * i, ~0u);
        mmio_write32(base + GIC_ICACTIVER + 4 * i, ~0u);
        if (gic.version == 3)
            mmio_write32(base + GIC_IGROUPR + 4 * i, ~0u);
    }
    mmio_write32(base + GICD_CTLR, gic.version == 3 ? 0x12 : 1); /* ARE and EnableGrp1; Enable */
    while (gic.version == 3 && mmio_read32(base + GICD_CTLR) & GICD_CTLR_RWP)
        ;
    gic_init_cpu(0);
    return gic.version;
}

static u64 find_redistributor(u64 mpidr)
{
    u32 affinity = (u32)(field(mpidr, 39, 32) << 24 | field(mpidr, 23, 0));
    for (u64 base = gic.second;; base += GICR_FRAME_BYTES) {
        u64 typer = mmio_read64(base + GICR_TYPER);
        if (typer >> 32 == affinity)
            return base;
        if (typer & GICR_TYPER_Last)
            die("a CPU has no redistributor");
    }
}

static void init_cpu_v3(unsigned cpu)
{
    u64 mpidr = read_sysreg(mpidr_el1) & 0xff00ffffffUL, base = find_redistributor(mpidr);
    mmio_write32(base + GICR_WAKER, mmio_read32(base + GICR_WAKER) & ~(u32)GICR_WAKER_ProcessorSleep);
    while (mmio_read32(base + GICR_WAKER) & GICR_WAKER_ChildrenAsleep)
        ;
    gic.target[cpu] = mpidr;
    gic.sgi_frame[cpu] = base + GICR_SGI_FRAME;
    mmio_write32(gic.sgi_frame[cpu] + GIC_IGROUPR, ~0u);
    icc_write(ICC_SRE_EL1, icc_read(ICC_SRE_EL1) | 1);
    barrier("isb");
    icc_write(ICC_BPR1_EL1, 0);
    icc_write(ICC_IGRPEN1_EL1, 1);
}

void gic_init_cpu(unsigned cpu)
{
    if (gic.version == 3) {
        init_cpu_v3(cpu);
    } else {
        u32 target = mmio_read32(gic.distributor + GICD_ITARGETSR) & 0xff;
        gic.target[cpu] = target ? target : 1; /* zero: only one CPU */
        mmio_write32(gic.second + GICC_BPR, 0);
        mmio_write32(gic.second + GICC_CTLR, 1);
    }
    u64 page = gic.version == 3 ? gic.sgi_frame[cpu] : gic.distributor;
    mmio_write32(page + GIC_ICENABLER, ~0u);
    mmio_write32(page + GIC_ICACTIVER, ~0u);
    gic_split_eoi(false);
    gic_priority_mask(0xff);
}

void gic_enable(u32 intid, u8 priority)
{
    u64 at = page_of(intid) + GIC_IPRIORITYR + (intid & ~3u);
    u32 shift = intid % 4 * 8;
    mmio_write32(at, (mmio_read32(at) & ~(0xffu << shift)) | (u32)priority << shift);
    if (intid >= GIC_SPI && gic.version == 3) {
        mmio_write64(gic.distributor + GICD_IROUTER + 8 * intid, gic.target[0]);
    } else if (intid >= GIC_SPI) {
        u64 word = gic.distributor + GICD_ITARGETSR + (intid & ~3u);
        mmio_write32(word, (mmio_read32(word) & ~(0xffu << shift)) | (u32)gic.target[0] << shift);
    }
    write_bit(intid, GIC_ISENABLER);
}

void gic_disable(u32 intid)
{
    write_bit(intid, GIC_ICENABLER);
    while (gic.version == 3 && intid >= GIC_SPI && mmio_read32(gic.distributor + GICD_CTLR) & GICD_CTLR_RWP)
        ;
}

void gic_edge_triggered(u32 intid)
{
    u64 at = gic.distributor + GICD_ICFGR + intid / 16 * 4;
    mmio_write32(at, mmio_read32(at) | 2u << intid % 16 * 2);
}

void gic_priority_mask(u8 mask)
{
    if (gic.version == 3)
        icc_write(ICC_PMR_EL1, mask);
    else
        mmio_write32(gic.second + GICC_PMR, mask);
    barrier("dsb sy\n isb");
}

void gic_split_eoi(bool split)
{
    if (gic.version == 3)
        icc_write(ICC_CTLR_EL1, (icc_read(ICC_CTLR_EL1) & ~2ULL) | (split ? 2 : 0));
    else
        mmio_write32(gic.second + GICC_CTLR, split ? 0x201 : 1);
    barrier("isb");
}

u32 gic_acknowledge(void)
{
    u32 value = gic.version == 3 ? (u32)icc_read(ICC_IAR1_EL1) : mmio_read32(gic.second + GICC_IAR);
    barrier("dsb sy");
    return value;
}

u32 gic_intid(u32 acknowledged) { return gic.version == 3 ? acknowledged & 0xffffff : acknowledged & 0x3ff; }

void gic_end(u32 acknowledged)
{
    barrier("dsb sy");
    if (gic.version == 3)
        icc_write(ICC_EOIR1_EL1, acknowledged);
    else
        mmio_write32(gic.second + GICC_EOIR, acknowledged);
    barrier("isb");
}

void gic_deactivate(u32 acknowledged)
{
    if (gic.version == 3)
        icc_write(ICC_DIR_EL1, acknowledged);
    else
        mmio_write32(gic.second + GICC_DIR, acknowledged);
    barrier("isb");
}

u32 gic_running_priority(void)
{
    return gic.version == 3 ? (u32)icc_read(ICC_RPR_EL1) : mmio_read32(gic.second + GICC_RPR);
}

u32 gic_highest_pending(void)
{
    return gic_intid(gic.version == 3 ? (u32)icc_read(ICC_HPPIR1_EL1) : mmio_read32(gic.second + GICC_HPPIR));
}

void gic_send_sgi(u32 intid, unsigned cpu)
{
    u64 target = gic.target[cpu];
    barrier("dsb ish");
    if (gic.version == 3)
        icc_write(ICC_SGI1R_EL1, field(target, 39, 32) << 48 | field(target, 23, 16) << 32 | (u64)intid << 24 |
                                     field(target, 15, 8) << 16 | 1u << field(target, 3, 0));
    else
        mmio_write32(gic.distributor + GICD_SGIR, (u32)target << 16 | intid);
    barrier("isb");
}

/* GICv2 has registers of their own for the pending state of SGIs: a byte each, a bit for each sending CPU. */
static void write_sgi_pending(u32 intid, u32 bank)
{
    mmio_write32(gic.distributor + bank + (intid & ~3u), (u32)gic.target[0] << intid % 4 * 8);
}

void gic_set_pending(u32 intid)
{
    if (gic.version == 2 && intid < GIC_PPI)
        write_sgi_pending(intid, GICD_SPENDSGIR);
    else
        write_bit(intid, GIC_ISPENDR);
}

void gic_clear_pending(u32 intid)
{
    if (gic.version == 2 && intid < GIC_PPI)
        write_sgi_pending(intid, GICD_CPENDSGIR);
    else
        write_bit(intid, GIC_ICPENDR);
}

bool gic_is_pending(u32 intid) { return read_bit(intid, GIC_ISPENDR); }

bool gic_is_active(u32 intid) { return read_bit(intid, GIC_ISACTIVER); }
