/* SPDX-License-Identifier: MIT
 * Stage 1 translation of the EL1&0 regime: AArch64.S1Translate, AArch64.S1Walk. Granules of 4, 16 and 64 KB, VAs of 48 bits, PAs of
 * at most 48. Not here: stage 2, 52-bit addresses, FEAT_LPA2, FEAT_S1PIE, big-endian tables (ID_AA64MMFR0_EL1.BigEnd = 0). */
#include "mem/walk.h"
#include "cpu/machine.h"
#include "cpu/models.h"

enum { FSC_ADDRESS_SIZE = 0x00, FSC_TRANSLATION = 0x04, FSC_ACCESS_FLAG = 0x08, FSC_PERMISSION = 0x0c, FSC_EXTERNAL_WALK = 0x14 };

/* Bits of a stage 1 descriptor. */
#define DESC_VALID ((u64)1)
#define DESC_TABLE ((u64)1 << 1)    /* level 3: page */
#define DESC_AP1 ((u64)1 << 6)      /* EL0 may access */
#define DESC_AP2 ((u64)1 << 7)      /* read only */
#define DESC_AF ((u64)1 << 10)
#define DESC_NG ((u64)1 << 11)
#define DESC_GP ((u64)1 << 50)
#define DESC_DBM ((u64)1 << 51)
#define DESC_PXN ((u64)1 << 53)
#define DESC_UXN ((u64)1 << 54)
#define DESC_PXN_TABLE ((u64)1 << 59)
#define DESC_UXN_TABLE ((u64)1 << 60)
#define DESC_AP1_TABLE ((u64)1 << 61)   /* no access from EL0 */
#define DESC_AP2_TABLE ((u64)1 << 62)   /* no writes */

/* TCR_EL1 */
enum {
    TCR_T0SZ = 0, TCR_EPD0 = 7, TCR_TG0 = 14, TCR_T1SZ = 16, TCR_A1 = 22, TCR_EPD1 = 23, TCR_TG1 = 30, TCR_IPS = 32, TCR_AS = 36,
    TCR_TBI0 = 37, TCR_TBI1 = 38, TCR_HA = 39, TCR_HD = 40, TCR_HPD0 = 41, TCR_HPD1 = 42, TCR_TBID0 = 51, TCR_TBID1 = 52,
    TCR_E0PD0 = 55, TCR_E0PD1 = 56,
};
enum { SCTLR_M = 0, SCTLR_WXN = 19, SCTLR_EPAN = 57 };

/* One walk: S1TTWParams of the manual, and where the walk stands. */
typedef struct Walk {
    Cpu *cpu;
    u64 va;
    Regime regime;
    unsigned acc;
    bool upper;             /* VA<55>: TTBR1 */
    unsigned granule_bits;  /* 12, 14, 16; 0: no such granule */
    unsigned txsz;
    unsigned oasize;        /* bits of an output address */
    bool tbi, hpd, ha, hd;
    unsigned level;
    u64 table;              /* PA of the table at that level */
    u64 desc_paddr, desc;
    u64 hierarchical;       /* OR of the table descriptors' attributes */
    Fault *fault;
} Walk;

static bool fail(Walk *w, unsigned type, unsigned level)
{
    *w->fault = (Fault){.fsc = (u8)(type + level), .table_paddr = w->desc_paddr, .descriptor = w->desc};
    return false;
}

static unsigned granule_of(const Cpu *cpu, bool upper, u64 tcr)
{
    static const u8 tg0[4] = {12, 16, 14, 0}, tg1[4] = {0, 14, 12, 16};
    unsigned bits = upper ? tg1[BITS(tcr, 31, 30)] : tg0[BITS(tcr, 15, 14)];
    /* CHOICE(IMPDEF): a granule that is not implemented acts as 4 KB. */
    if (bits == 0 || (bits == 14 && !cpu_has(cpu, FEAT_TGran16K)) || (bits == 16 && !cpu_has(cpu, FEAT_TGran64K))) {
        return 12;
    }
    return bits;
}

/* IPS or PARange as a number of bits. 52-bit addresses are cut to 48 (no FEAT_LPA). */
static unsigned address_bits(unsigned code)
{
    static const u8 bits[8] = {32, 36, 40, 42, 44, 48, 48, 48};
    return bits[code & 7];
}

static bool top_byte_ignored(const Cpu *cpu, u64 va, bool exec)
{
    u64 tcr = cpu->tcr_el[1];
    bool upper = BIT(va, 55);
    return BIT(tcr, upper ? TCR_TBI1 : TCR_TBI0) &&
           !(exec && cpu_has(cpu, FEAT_PAuth) && BIT(tcr, upper ? TCR_TBID1 : TCR_TBID0));
}

/* AArch64.GetS1TTWParams */
static void load_params(Walk *w)
{
    const Cpu *cpu = w->cpu;
    u64 tcr = cpu->tcr_el[1];
    unsigned pa_bits = address_bits(cpu->model->pa_range), ips_bits = address_bits((unsigned)BITS(tcr, 34, 32));
    w->upper = BIT(w->va, 55);
    w->granule_bits = granule_of(cpu, w->upper, tcr);
    w->txsz = (unsigned)(w->upper ? BITS(tcr, 21, 16) : BITS(tcr, 5, 0));
    w->oasize = ips_bits < pa_bits ? ips_bits : pa_bits;
    w->tbi = top_byte_ignored(cpu, w->va, w->acc & ACC_EXEC);
    w->hpd = cpu_has(cpu, FEAT_HPDS) && BIT(tcr, w->upper ? TCR_HPD1 : TCR_HPD0);
    w->ha = cpu_has(cpu, FEAT_HAFDBS) && BIT(tcr, TCR_HA);
    w->hd = w->ha && BIT(tcr, TCR_HD);
}

/* AArch64.S1InvalidTxSZ. CHOICE(IMPDEF): a TxSZ out of range faults, it is not clipped. */
static bool txsz_invalid(const Walk *w)
{
    unsigned max = !cpu_has(w->cpu, FEAT_TTST) ? 39 : w->granule_bits == 16 ? 47 : 48;
    return w->txsz < 16 || w->txsz > max;
}

/* AArch64.VAIsOutOfRange: bits above the input size, apart from an ignored top byte, equal VA<55>. */
static bool va_out_of_range(const Walk *w)
{
    unsigned top = w->tbi ? 55 : 63, low = 64 - w->txsz;
    u64 bits = BITS(w->va, top, low);
    return bits != (w->upper ? BITS(~(u64)0, top, low) : 0);
}

static bool walk_disabled(const Walk *w)
{
    u64 tcr = w->cpu->tcr_el[1];
    bool epd = BIT(tcr, w->upper ? TCR_EPD1 : TCR_EPD0);
    bool e0pd = w->regime == REGIME_EL0 && cpu_has(w->cpu, FEAT_E0PD) && BIT(tcr, w->upper ? TCR_E0PD1 : TCR_E0PD0);
    return epd || e0pd;
}

static bool exceeds_output(const Walk *w, u64 paddr)
{
    return w->oasize < 48 && paddr >> w->oasize;
}

/* AArch64.S1StartLevel, AArch64.S1TTBaseAddress */
static bool start_walk(Walk *w)
{
    if (txsz_invalid(w) || va_out_of_range(w) || walk_disabled(w)) {
        return fail(w, FSC_TRANSLATION, 0);
    }
    unsigned iasize = 64 - w->txsz, stride = w->granule_bits - 3;
    w->level = 3 - (iasize - 1 - w->granule_bits) / stride;
    unsigned table_bits = iasize - (stride * (3 - w->level) + w->granule_bits) + 3;
    u64 ttbr = w->upper ? w->cpu->ttbr1_el[1] : w->cpu->ttbr0_el[1];
    w->table = BITS(ttbr, 47, 1) << 1 & ~(((u64)1 << (table_bits < 6 ? 6 : table_bits)) - 1);
    return !exceeds_output(w, w->table) || fail(w, FSC_ADDRESS_SIZE, 0);
}

/* VA bits below those that this level indexes. */
static unsigned level_shift(const Walk *w)
{
    return w->granule_bits + (3 - w->level) * (w->granule_bits - 3);
}

static u64 table_index(const Walk *w, bool first)
{
    unsigned low = level_shift(w);
    unsigned high = first ? 63 - w->txsz : low + w->granule_bits - 4;
    return BITS(w->va, high, low);
}

static u64 *descriptor_host(Walk *w)
{
    return (u64 *)(void *)bus_ram(&w->cpu->machine->bus, w->desc_paddr, sizeof(u64));
}

static bool fetch_descriptor(Walk *w, bool first)
{
    w->desc_paddr = w->table + 8 * table_index(w, first);
    w->desc = 0;
    const u64 *host = descriptor_host(w);
    if (!host) {
        return fail(w, FSC_EXTERNAL_WALK, w->level);
    }
    w->desc = __atomic_load_n(host, __ATOMIC_RELAXED);
    return true;
}

/* Output address of a table or leaf: bits 47:low. */
static u64 descriptor_address(const Walk *w, unsigned low)
{
    return BITS(w->desc, 47, low) << low;
}

static bool block_allowed(const Walk *w)
{
    return w->level == 2 || (w->level == 1 && w->granule_bits == 12);
}

/* From the start to the leaf: w->desc, w->level. */
static bool walk_to_leaf(Walk *w)
{
    for (bool first = true;; first = false) {
        if (!fetch_descriptor(w, first)) {
            return false;
        }
        bool is_table = w->desc & DESC_TABLE;
        if (!(w->desc & DESC_VALID) || (w->level == 3 && !is_table) || (w->level < 3 && !is_table && !block_allowed(w))) {
            return fail(w, FSC_TRANSLATION, w->level);
        }
        bool leaf = w->level == 3 || !is_table;
        u64 address = descriptor_address(w, leaf ? level_shift(w) : w->granule_bits);
        if (exceeds_output(w, address)) {
            return fail(w, FSC_ADDRESS_SIZE, w->level);
        }
        if (leaf) {
            return true;
        }
        w->hierarchical |= w->hpd ? 0 : w->desc;
        w->table = address;
        w->level++;
    }
}

/* AArch64.S1DirectBasePermissions, with hierarchical control, WXN and PAN: what the regime may do. */
static void permissions(const Walk *w, Translation *out)
{
    u64 sctlr = w->cpu->sctlr_el[1];
    bool el0 = (w->desc & DESC_AP1) && !(w->hierarchical & DESC_AP1_TABLE);
    bool clean = (w->desc & DESC_AP2) && !(w->hd && (w->desc & DESC_DBM));
    bool write = !clean && !(w->hierarchical & DESC_AP2_TABLE);
    bool write0 = el0 && write;
    bool exec0 = !((w->desc & DESC_UXN) || (w->hierarchical & DESC_UXN_TABLE));
    bool exec1 = !((w->desc & DESC_PXN) || (w->hierarchical & DESC_PXN_TABLE)) && !write0;
    if (BIT(sctlr, SCTLR_WXN)) {
        exec0 = exec0 && !write0;
        exec1 = exec1 && !write;
    }
    if (w->regime == REGIME_EL0) {
        out->read = el0;
        out->write = write0;
        out->exec = exec0;
        return;
    }
    bool epan = cpu_has(w->cpu, FEAT_PAN3) && BIT(sctlr, SCTLR_EPAN);
    bool pan = w->regime == REGIME_EL1_PAN && (el0 || (epan && exec0));
    out->read = !pan;
    out->write = !pan && write;
    out->exec = exec1;
}

static bool permitted(const Walk *w, const Translation *out)
{
    if (w->acc & ACC_EXEC) {
        return out->exec;
    }
    return w->acc & ACC_WRITE ? out->write : out->read;
}

/* MAIR attribute and shareability as PAR_EL1 shows them. */
static void memory_type(const Walk *w, Translation *out)
{
    u8 attr = (u8)(w->cpu->mair_el[1] >> 8 * BITS(w->desc, 4, 2));
    out->attr = attr;
    out->device = !(attr & 0xf0);
    bool outer = out->device || attr == 0x44 || attr == 0x40;   /* Device and Non-cacheable are Outer Shareable */
    out->shareability = outer ? 2 : (u8)BITS(w->desc, 9, 8);
}

/* Hardware management of AF and of the dirty state. False: the descriptor changed meanwhile, walk again. */
static bool update_descriptor(Walk *w, Translation *out)
{
    u64 wanted = w->desc | (w->ha ? DESC_AF : 0);
    if (w->acc & ACC_WRITE) {
        wanted &= ~((w->desc & DESC_DBM) && w->hd ? DESC_AP2 : 0);
    }
    if (!(w->acc & ACC_NOFAULT) && wanted != w->desc) {
        u64 seen = w->desc;
        if (!__atomic_compare_exchange_n(descriptor_host(w), &seen, wanted, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
            return false;
        }
        bus_ram_written(w->cpu->machine, w->desc_paddr, sizeof(u64));
    }
    /* A page that is still clean must come here again at its first write. */
    out->write = out->write && !(wanted & DESC_AP2);
    return true;
}

static u16 current_asid(const Cpu *cpu)
{
    u64 tcr = cpu->tcr_el[1];
    u64 asid = BITS(BIT(tcr, TCR_A1) ? cpu->ttbr1_el[1] : cpu->ttbr0_el[1], 63, 48);
    return (u16)(BIT(tcr, TCR_AS) && cpu_has(cpu, FEAT_ASID16) ? asid : asid & 0xff);
}

/* AArch64.S1DisabledOutput. Data is Device-nGnRnE then; CTX_STRICT_ALIGN enforces its alignment, so that RAM may keep the fast path. */
static bool flat(Walk *w, Translation *out)
{
    unsigned top = top_byte_ignored(w->cpu, w->va, w->acc & ACC_EXEC) ? 55 : 63;
    if (BITS(w->va, top, address_bits(w->cpu->model->pa_range))) {
        return fail(w, FSC_ADDRESS_SIZE, 0);
    }
    *out = (Translation){.paddr = BITS(w->va, 55, 0), .read = true, .write = true, .exec = true, .shareability = 2,
                         .block_size = PAGE_SIZE};
    return true;
}

static void describe(const Walk *w, Translation *out)
{
    unsigned shift = level_shift(w);
    *out = (Translation){
        .paddr = descriptor_address(w, shift) | (w->va & (((u64)1 << shift) - 1)),
        .not_global = w->desc & DESC_NG,
        .guarded = (w->desc & DESC_GP) && cpu_has(w->cpu, FEAT_BTI),
        .asid = current_asid(w->cpu),
        .block_size = (u64)1 << shift,
    };
    permissions(w, out);
    memory_type(w, out);
}

bool mmu_walk(Cpu *cpu, u64 va, Regime regime, unsigned acc, Translation *out, Fault *fault)
{
    for (;;) {
        Walk w = {.cpu = cpu, .va = va, .regime = regime, .acc = acc, .fault = fault};
        if (!BIT(cpu->sctlr_el[1], SCTLR_M)) {
            return flat(&w, out);
        }
        load_params(&w);
        if (!start_walk(&w) || !walk_to_leaf(&w)) {
            return false;
        }
        if (!(w.desc & DESC_AF) && !w.ha) {
            return fail(&w, FSC_ACCESS_FLAG, w.level);
        }
        describe(&w, out);
        if (!permitted(&w, out)) {
            return fail(&w, FSC_PERMISSION, w.level);
        }
        if (update_descriptor(&w, out)) {
            return true;
        }
    }
}

/* AArch64.FaultSyndrome. ISV = 0 always: only stage 2 reports more. */
void mmu_raise(Cpu *cpu, u64 va, unsigned acc, const Fault *fault)
{
    u32 iss = fault->fsc | (fault->s1ptw ? 1u << 7 : 0);
    if (acc & ACC_EXEC) {
        exception_set_far(cpu, EC_IABT_LOWER, iss, va);
        return;
    }
    iss |= acc & (ACC_WRITE | ACC_CACHE) ? 1u << 6 : 0;
    iss |= acc & ACC_CACHE ? 1u << 8 : 0;
    exception_set_far(cpu, EC_DABT_LOWER, iss, va);
}
