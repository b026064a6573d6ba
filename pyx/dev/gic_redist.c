/* SPDX-License-Identifier: MIT
 * The GICv3 redistributors, GICR_*: for each core an RD_base frame and an SGI_base frame, one after the other. No LPIs: the
 * registers that serve them are RAZ/WI. IHI 0069, "The GIC Redistributor register descriptions". */
#include "dev/gic_internal.h"

enum {
    GICR_CTLR = 0x000, GICR_IIDR = 0x004, GICR_TYPER = 0x008, GICR_WAKER = 0x014, GICR_PROPBASER = 0x070, GICR_PENDBASER = 0x078,
    GICR_FRAME = 0x10000, GICR_IPRIORITYR = 0x400, GICR_ICFGR = 0xc00,
};

enum { TYPER_LAST = 1 << 4, TYPER_DPGS = 1 << 5 };

/* Affinity_Value 63:32, Processor_Number 23:8. */
static u64 typer_read(const GicState *s, unsigned owner)
{
    u64 affinity = gic_cpu_affinity(s->version, owner);
    u64 packed = (affinity >> 8 & 0xff000000) | (affinity & 0xffffff);
    return packed << 32 | owner << 8 | TYPER_DPGS | (owner == s->cpus - 1 ? TYPER_LAST : 0);
}

/* Sleep needs no handshake here: ChildrenAsleep follows ProcessorSleep at once. CHOICE(IMPDEF): a sleeping redistributor goes on
 * forwarding, as QEMU's does and as guests that never write GICR_WAKER expect; it only leaves "1 of N" routing. */
static void waker_write(GicState *s, unsigned owner, u32 value)
{
    bool sleep = value & GICR_WAKER_ProcessorSleep;

    s->cpu[owner].gicr_waker = sleep ? GICR_WAKER_ProcessorSleep | GICR_WAKER_ChildrenAsleep : 0;
    gic_update_all(s);
}

static bool rd_base_read(GicState *s, unsigned owner, u64 offset, unsigned size, u64 *value)
{
    if (offset / 8 == GICR_TYPER / 8) {
        *value = typer_read(s, owner) >> (offset % 8 * 8);
        if (size == 4)
            *value = (u32)*value;
        return true;
    }
    if (in_range(offset, GICR_PROPBASER, 16))
        return true;
    if (size == 8)
        return false;
    switch (offset) {
    case GICR_CTLR: *value = s->cpu[owner].gicr_ctlr; return true;
    case GICR_IIDR: *value = 0x43b; return true;
    case GICR_WAKER: *value = s->cpu[owner].gicr_waker; return true;
    }
    if (offset < GICR_FRAME - 0x30)
        return false;
    *value = gic_id_register(offset, 0x493, 3);
    return true;
}

static bool rd_base_write(GicState *s, unsigned owner, u64 offset, unsigned size, u32 value)
{
    if (size == 8)
        return false;
    switch (offset) {
    case GICR_CTLR:
        s->cpu[owner].gicr_ctlr = value & (GICR_CTLR_DPG0 | GICR_CTLR_DPG1NS);
        gic_update_all(s);
        return true;
    case GICR_WAKER: waker_write(s, owner, value); return true;
    default: return false;
    }
}

/* The registers of word 0; each array of bits has one register here. */
static bool is_bits(u64 offset)
{
    return (in_range(offset, 0x080, 0x380) && offset % 0x80 == 0) || in_range(offset, GICR_ICFGR, 8);
}

static bool sgi_base_read(GicState *s, unsigned owner, u64 offset, unsigned size, u64 *value)
{
    u32 bits;

    if (size == 8)
        return false;
    if (in_range(offset, GICR_IPRIORITYR, 32)) {
        *value = gic_priority_read(s, owner, (unsigned)(offset - GICR_IPRIORITYR), size);
        return true;
    }
    if (is_bits(offset) && gic_bits_read(s, owner, offset, &bits)) {
        *value = bits;
        return true;
    }
    if (offset < GICR_FRAME - 0x30)
        return false;
    *value = gic_id_register(offset, 0x493, 3);
    return true;
}

static bool sgi_base_write(GicState *s, unsigned owner, u64 offset, unsigned size, u32 value)
{
    if (size == 8)
        return false;
    if (in_range(offset, GICR_IPRIORITYR, 32)) {
        gic_priority_write(s, owner, (unsigned)(offset - GICR_IPRIORITYR), size, value);
        return true;
    }
    return is_bits(offset) && gic_bits_write(s, owner, offset, value);
}

/* Priorities by byte, halfword or word; everything else by word, GICR_TYPER and the LPI tables by doubleword too. */
static bool answers(const GicState *s, u64 offset, unsigned size)
{
    if (s->version != 3 || offset / GICR_STRIDE >= s->cpus || (offset & (size - 1)))
        return false;
    switch (size) {
    case 1: case 2: return in_range(offset % GICR_STRIDE, GICR_FRAME + GICR_IPRIORITYR, 32);
    case 4: case 8: return true;
    default: return false;
    }
}

bool gic_redist_read(Gic *gic, unsigned cpu, u64 offset, unsigned size, u64 *value)
{
    (void)cpu;
    *value = 0;
    if (!answers(&gic->s, offset, size))
        return false;
    unsigned owner = (unsigned)(offset / GICR_STRIDE);
    u64 in_frame = offset % GICR_FRAME;
    if (offset % GICR_STRIDE < GICR_FRAME)
        return rd_base_read(&gic->s, owner, in_frame, size, value);
    return sgi_base_read(&gic->s, owner, in_frame, size, value);
}

bool gic_redist_write(Gic *gic, unsigned cpu, u64 offset, unsigned size, u64 value)
{
    (void)cpu;
    if (!answers(&gic->s, offset, size))
        return false;
    unsigned owner = (unsigned)(offset / GICR_STRIDE);
    u64 in_frame = offset % GICR_FRAME;
    bool known = offset % GICR_STRIDE < GICR_FRAME ? rd_base_write(&gic->s, owner, in_frame, size, (u32)value)
                                                   : sgi_base_write(&gic->s, owner, in_frame, size, (u32)value);
    gic_settle(gic);
    return known;
}
