/* SPDX-License-Identifier: MIT
 * The distributor, GICD_*: both versions. In GICv3 affinity routing is always on (GICD_CTLR.ARE is RAO/WI), so that SGIs and PPIs
 * live in the redistributors and their registers here are RES0. IHI 0069 and IHI 0048, chapters "Programmers' model". */
#include "dev/gic_internal.h"

enum {
    GICD_CTLR = 0x000, GICD_TYPER = 0x004, GICD_IIDR = 0x008, GICD_BITS = 0x080, GICD_IPRIORITYR = 0x400, GICD_ITARGETSR = 0x800,
    GICD_ICFGR = 0xc00, GICD_SGIR = 0xf00, GICD_CPENDSGIR = 0xf10, GICD_SPENDSGIR = 0xf20, GICD_IROUTER = 0x6000,
    GICV2_FRAME = 0x1000, GICV3_FRAME = 0x10000,
};

enum { CTLR_ARE = 1 << 4, CTLR_DS = 1 << 6 };
enum { TYPER_A3V = 1 << 24, TYPER_IDBITS_16 = 15 << 19 };
enum { IIDR_ARM = 0x43b };

/* -- One register each ---------------------------------------------------------------------------- */

static u32 ctlr_read(const GicState *s)
{
    u32 groups = (u32)s->group_enabled[0] | (u32)s->group_enabled[1] << 1;
    return s->version == 3 ? groups | CTLR_ARE | CTLR_DS : groups;
}

static void ctlr_write(GicState *s, u32 value)
{
    s->group_enabled[0] = value & 1;
    s->group_enabled[1] = value >> 1 & 1;
    gic_update_all(s);
}

static u32 typer_read(const GicState *s)
{
    u32 lines = (32 + s->spis + 31) / 32 - 1;
    return s->version == 3 ? lines | TYPER_A3V | TYPER_IDBITS_16 : lines | (s->cpus - 1) << 5;
}

static u8 target_read(const GicState *s, unsigned cpu, unsigned intid)
{
    if (s->cpus == 1)
        return 0;
    return intid < 32 ? (u8)(1u << cpu) : s->target[intid];
}

/* With one CPU the targets are RAZ/WI; those of SGIs and PPIs are read-only. */
static void target_write(GicState *s, unsigned cpu, unsigned intid, u8 value)
{
    if (s->cpus == 1 || intid < 32 || !irq_exists(s, cpu, intid))
        return;
    s->target[intid] = value & (u8)all_cpus(s);
    gic_update(s, cpu, intid / 32, 1u << (intid % 32));
}

/* GICD_SGIR: TargetListFilter 25:24, CPUTargetList 23:16, SGIINTID 3:0. NSATT is ignored: there is one Security state. */
static void sgir_write(GicState *s, unsigned cpu, u32 value)
{
    u64 self = (u64)1 << cpu;
    u64 targets[4] = { value >> 16 & 0xff, ~self, self, 0 };

    for (u64 to = targets[value >> 24 & 3] & all_cpus(s); to; to &= to - 1)
        gic_send_sgi(s, (unsigned)__builtin_ctzll(to), value & 0xf, cpu);
}

/* GICD_SPENDSGIR and GICD_CPENDSGIR: a byte for each SGI with a bit for each CPU that sent it. */
static void pend_sgi_write(GicState *s, unsigned cpu, u64 offset, u8 value)
{
    unsigned intid = offset & 0xf;
    u8 *sources = &s->cpu[cpu].sgi_sources[intid];
    u32 bit = 1u << intid;
    IrqWord *word = &s->cpu[cpu].private;

    if (offset >= GICD_SPENDSGIR)
        *sources |= value & (u8)all_cpus(s);
    else
        *sources &= (u8)~value;
    word->latched = *sources ? word->latched | bit : word->latched & ~bit;
    gic_update_private(s, cpu);
}

/* GICD_IROUTER<n> or one half of it. */
static u64 router_read(GicState *s, u64 offset, unsigned size)
{
    u64 value = s->router[(offset - GICD_IROUTER) / 8];
    return size == 8 ? value : (u32)(value >> (offset % 8 * 8));
}

static void router_write(GicState *s, u64 offset, unsigned size, u64 value)
{
    unsigned intid = (unsigned)(offset - GICD_IROUTER) / 8;
    u64 old = s->router[intid];

    if (intid < 32 || !irq_exists(s, 0, intid))
        return;
    if (size == 4)
        value = offset % 8 ? (value << 32) | (u32)old : (old & ~(u64)0xffffffff) | (u32)value;
    s->router[intid] = value & (0xff00ffffff | GICD_IROUTER_IRM);
    gic_find_home(s, intid);
    gic_update(s, 0, intid / 32, 1u << (intid % 32));
}

/* -- Dispatch by offset and size ------------------------------------------------------------------------ */

/* Arrays of bytes may be accessed by byte, halfword or word. */
static bool is_byte_array(const GicState *s, u64 offset)
{
    return in_range(offset, GICD_IPRIORITYR, 0x400)
        || (s->version == 2 && (in_range(offset, GICD_ITARGETSR, 0x400) || in_range(offset, GICD_CPENDSGIR, 0x20)));
}

static bool is_router(const GicState *s, u64 offset)
{
    return s->version == 3 && in_range(offset, GICD_IROUTER, 8 * 1020);
}

static bool answers(const GicState *s, u64 offset, unsigned size)
{
    if (offset >= (u64)(s->version == 3 ? GICV3_FRAME : GICV2_FRAME) || (offset & (size - 1)))
        return false;
    switch (size) {
    case 1: case 2: return is_byte_array(s, offset);
    case 4: return true;
    case 8: return is_router(s, offset);
    default: return false;
    }
}

/* With affinity routing the first 32 INTIDs are not the distributor's. */
static bool is_redistributors(const GicState *s, u64 offset)
{
    if (s->version == 2)
        return false;
    if (in_range(offset, GICD_BITS, GICD_IPRIORITYR - GICD_BITS))
        return offset % 0x80 == 0;
    return in_range(offset, GICD_IPRIORITYR, 32) || in_range(offset, GICD_ICFGR, 8);
}

static u8 byte_read(GicState *s, unsigned cpu, u64 offset)
{
    if (offset >= GICD_CPENDSGIR)
        return s->cpu[cpu].sgi_sources[offset & 0xf];
    if (offset >= GICD_ITARGETSR)
        return target_read(s, cpu, (unsigned)(offset - GICD_ITARGETSR));
    return (u8)gic_priority_read(s, cpu, (unsigned)(offset - GICD_IPRIORITYR), 1);
}

static void byte_write(GicState *s, unsigned cpu, u64 offset, u8 value)
{
    if (offset >= GICD_CPENDSGIR)
        pend_sgi_write(s, cpu, offset, value);
    else if (offset >= GICD_ITARGETSR)
        target_write(s, cpu, (unsigned)(offset - GICD_ITARGETSR), value);
    else
        gic_priority_write(s, cpu, (unsigned)(offset - GICD_IPRIORITYR), 1, value);
}

static bool word_read(GicState *s, unsigned cpu, u64 offset, u64 *value)
{
    u32 bits;

    switch (offset) {
    case GICD_CTLR: *value = ctlr_read(s); return true;
    case GICD_TYPER: *value = typer_read(s); return true;
    case GICD_IIDR: *value = IIDR_ARM; return true;
    case GICD_SGIR: return s->version == 2;
    }
    if (gic_bits_read(s, cpu, offset, &bits)) {
        *value = bits;
        return true;
    }
    u64 frame = s->version == 3 ? GICV3_FRAME : GICV2_FRAME;
    if (offset < frame - 0x30)
        return false;
    *value = s->version == 3 ? gic_id_register(offset, 0x492, 3) : gic_id_register(offset, 0x490, 2);
    return true;
}

static bool word_write(GicState *s, unsigned cpu, u64 offset, u32 value)
{
    switch (offset) {
    case GICD_CTLR: ctlr_write(s, value); return true;
    case GICD_SGIR:
        if (s->version == 2)
            sgir_write(s, cpu, value);
        return s->version == 2;
    }
    return gic_bits_write(s, cpu, offset, value);
}

bool gic_dist_read(Gic *gic, unsigned cpu, u64 offset, unsigned size, u64 *value)
{
    GicState *s = &gic->s;

    *value = 0;
    if (!answers(s, offset, size))
        return false;
    if (is_redistributors(s, offset))
        return true;
    if (is_router(s, offset)) {
        *value = router_read(s, offset, size);
        return true;
    }
    if (!is_byte_array(s, offset))
        return word_read(s, cpu, offset, value);
    for (unsigned i = 0; i < size; i++)
        *value |= (u64)byte_read(s, cpu, offset + i) << (8 * i);
    return true;
}

bool gic_dist_write(Gic *gic, unsigned cpu, u64 offset, unsigned size, u64 value)
{
    GicState *s = &gic->s;
    bool known = true;

    if (!answers(s, offset, size))
        return false;
    if (is_redistributors(s, offset))
        return true;
    if (is_router(s, offset))
        router_write(s, offset, size, value);
    else if (!is_byte_array(s, offset))
        known = word_write(s, cpu, offset, (u32)value);
    else
        for (unsigned i = 0; i < size; i++)
            byte_write(s, cpu, offset + i, (u8)(value >> (8 * i)));
    gic_settle(gic);
    return known;
}
