/* SPDX-License-Identifier: MIT
 * Registers that look the same in GICD and in the SGI frame of GICR: one bit, two bits or a byte for each INTID; and the
 * identification block. Offsets are GICD's; word 0 is the accessing (GICD) or owning (GICR) core's. */
#include "dev/gic_internal.h"

/* One 0x80-byte array of bits each, from offset 0x080. */
enum BitRegister { IGROUPR = 1, ISENABLER, ICENABLER, ISPENDR, ICPENDR, ISACTIVER, ICACTIVER };
enum { GICD_ICFGR = 0xc00, ICFGR_BYTES = 0x100 };

/* GICv2 has no control over the enable and pending bits of SGIs here. */
static u32 writable(const GicState *s, unsigned w, enum BitRegister reg, const IrqWord *word)
{
    bool fixed_sgis = s->version == 2 && w == 0 && reg >= ISENABLER && reg <= ICPENDR;
    return word->exists & (fixed_sgis ? 0xffff0000 : 0xffffffff);
}

static u32 spread(u32 half)
{
    u32 out = 0;

    for (unsigned i = 0; i < 16; i++)
        out |= (half >> i & 1) << (2 * i + 1);
    return out;
}

static u32 gather(u32 fields)
{
    u32 out = 0;

    for (unsigned i = 0; i < 16; i++)
        out |= (fields >> (2 * i + 1) & 1) << i;
    return out;
}

/* ICFGR: bit 1 of each pair says edge-triggered, bit 0 is RES0. */
static void icfgr_write(GicState *s, unsigned cpu, unsigned n, u32 value)
{
    IrqWord *word = irq_word(s, cpu, n / 2);
    unsigned shift = n % 2 * 16;
    u32 ids = (0xffffu << shift) & word->exists;

    if (n == 0)
        return;
    word->edge = (word->edge & ~ids) | (gather(value) << shift & ids);
    gic_update(s, cpu, n / 2, ids);
}

/* Reads the 32-bit register at offset; false when it is not one of these. */
bool gic_bits_read(GicState *s, unsigned cpu, u64 offset, u32 *value)
{
    if (in_range(offset, GICD_ICFGR, ICFGR_BYTES)) {
        unsigned n = (unsigned)(offset - GICD_ICFGR) / 4;
        *value = spread(irq_word(s, cpu, n / 2)->edge >> (n % 2 * 16) & 0xffff);
        return true;
    }
    const IrqWord *word = irq_word(s, cpu, (unsigned)(offset & 0x7f) / 4);
    switch (offset / 0x80) {
    case IGROUPR: *value = word->group1; return true;
    case ISENABLER: case ICENABLER: *value = word->enabled; return true;
    case ISPENDR: case ICPENDR: *value = irq_pending(word) & word->exists; return true;
    case ISACTIVER: case ICACTIVER: *value = word->active; return true;
    default: return false;
    }
}

bool gic_bits_write(GicState *s, unsigned cpu, u64 offset, u32 value)
{
    if (in_range(offset, GICD_ICFGR, ICFGR_BYTES)) {
        icfgr_write(s, cpu, (unsigned)(offset - GICD_ICFGR) / 4, value);
        return true;
    }
    unsigned w = (unsigned)(offset & 0x7f) / 4;
    IrqWord *word = irq_word(s, cpu, w);
    u32 bits = value & writable(s, w, (enum BitRegister)(offset / 0x80), word);
    switch (offset / 0x80) {
    case IGROUPR: bits = (value ^ word->group1) & word->exists; word->group1 ^= bits; break;
    case ISENABLER: word->enabled |= bits; break;
    case ICENABLER: word->enabled &= ~bits; break;
    case ISPENDR: word->latched |= bits; break;
    case ICPENDR: word->latched &= ~bits; break;
    case ISACTIVER: word->active |= bits; break;
    case ICACTIVER: word->active &= ~bits; break;
    default: return false;
    }
    gic_update(s, cpu, w, bits);
    return true;
}

/* `size` IPRIORITYR bytes from that of intid on. */
u32 gic_priority_read(GicState *s, unsigned cpu, unsigned intid, unsigned size)
{
    u32 value = 0;

    for (unsigned i = 0; i < size; i++)
        value |= (u32)*irq_priority(s, cpu, intid + i) << (8 * i);
    return value;
}

void gic_priority_write(GicState *s, unsigned cpu, unsigned intid, unsigned size, u32 value)
{
    for (unsigned i = 0; i < size; i++) {
        if (!irq_exists(s, cpu, intid + i))
            continue;
        *irq_priority(s, cpu, intid + i) = value >> (8 * i) & s->priority_mask;
        gic_priority_changed(s, cpu, intid + i);
    }
}

void gic_send_sgi(GicState *s, unsigned to, unsigned intid, unsigned source)
{
    GicCpu *c = &s->cpu[to];

    if (s->version == 2)
        c->sgi_sources[intid] |= (u8)(1u << source);
    c->private.latched |= 1u << intid;
    gic_update_private(s, to);
}

/* The last 48 bytes of a frame, offset from 0xffd0 (0xfd0 in a 4 KiB frame): PIDR4..7, PIDR0..3, CIDR0..3. `part` is the
 * part number that PIDR0 and PIDR1 spell, `arch` the architecture revision in PIDR2; the designer is Arm (JEP106 0x43b). */
u32 gic_id_register(u64 offset, u32 part, u32 arch)
{
    switch ((offset & 0xfff) / 4) {
    case 0xfd0 / 4: return 0x44;
    case 0xfe0 / 4: return part & 0xff;
    case 0xfe4 / 4: return 0xb0 | (part >> 8 & 0xf);
    case 0xfe8 / 4: return arch << 4 | 0xb;
    case 0xff0 / 4: return 0x0d;
    case 0xff4 / 4: return 0xf0;
    case 0xff8 / 4: return 0x05;
    case 0xffc / 4: return 0xb1;
    default: return 0;
    }
}
