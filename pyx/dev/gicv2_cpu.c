/* SPDX-License-Identifier: MIT
 * The memory-mapped CPU interface of GICv2, GICC_*, without the Security Extensions: every access sees both groups.
 * IHI 0048, "CPU interface register descriptions". */
#include "dev/gic_internal.h"

enum {
    GICC_CTLR = 0x00, GICC_PMR = 0x04, GICC_BPR = 0x08, GICC_IAR = 0x0c, GICC_EOIR = 0x10, GICC_RPR = 0x14, GICC_HPPIR = 0x18,
    GICC_ABPR = 0x1c, GICC_AIAR = 0x20, GICC_AEOIR = 0x24, GICC_AHPPIR = 0x28, GICC_APR = 0xd0, GICC_NSAPR = 0xe0,
    GICC_IIDR = 0xfc, GICC_DIR = 0x1000,
};

/* EnableGrp0, EnableGrp1, AckCtl, FIQEn, CBPR, EOImode. No bypass signals: their disable bits are RAZ/WI. */
enum { CTLR_ACKCTL = 1 << 2, CTLR_EOIMODE = 1 << 9, CTLR_WRITABLE = 0x21f };
enum { INTID_GROUP1 = 1022 };

/* The alias registers (GICC_AIAR, AEOIR, AHPPIR) handle Group 1 only; the plain ones Group 0, and Group 1 with AckCtl. */
typedef enum View { VIEW_PLAIN, VIEW_ALIAS } View;

static bool view_shows(const CpuInterface *c, View view, unsigned group)
{
    return view == VIEW_ALIAS ? group == 1 : group == 0 || (c->ctlr & CTLR_ACKCTL);
}

static unsigned hidden(View view)
{
    return view == VIEW_PLAIN ? INTID_GROUP1 : GIC_INTID_NONE;
}

static u32 iar_read(GicState *s, unsigned cpu, View view)
{
    if (!gic_can_signal(s, cpu))
        return GIC_INTID_NONE;
    if (!view_shows(&s->cpu[cpu].cpuif, view, irq_group(s, cpu, s->cpu[cpu].best)))
        return hidden(view);
    return gic_acknowledge(s, cpu);
}

static u32 hppir_read(GicState *s, unsigned cpu, View view)
{
    const GicCpu *c = &s->cpu[cpu];
    unsigned intid = c->best;

    if (intid == GIC_INTID_NONE)
        return intid;
    if (!view_shows(&c->cpuif, view, irq_group(s, cpu, intid)))
        return hidden(view);
    unsigned source = intid < 16 && c->sgi_sources[intid] ? (unsigned)__builtin_ctz(c->sgi_sources[intid]) : 0;
    return source << 10 | intid;
}

/* Drops the highest active priority of the interrupt's group, and without EOImode deactivates it. The CPUID field is not checked.
 * CHOICE(UNPREDICTABLE): GICC_EOIR takes Group 1 interrupts without AckCtl too, and does nothing while no priority is active;
 * both as QEMU does. */
static void eoir_write(GicState *s, unsigned cpu, View view, u32 value)
{
    unsigned intid = value & 0x3ff;

    if (!irq_exists(s, cpu, intid) || s->cpu[cpu].cpuif.running == PRIORITY_IDLE)
        return;
    unsigned group = irq_group(s, cpu, intid);
    if (view == VIEW_ALIAS && group == 0)
        return;
    gic_priority_drop(s, cpu, group);
    if (!(s->cpu[cpu].cpuif.ctlr & CTLR_EOIMODE))
        gic_deactivate(s, cpu, intid);
}

/* CHOICE(UNPREDICTABLE): a write to GICC_DIR without EOImode is ignored. */
static void dir_write(GicState *s, unsigned cpu, u32 value)
{
    if (s->cpu[cpu].cpuif.ctlr & CTLR_EOIMODE)
        gic_deactivate(s, cpu, value & 0x3ff);
}

static void ctlr_write(GicState *s, unsigned cpu, u32 value)
{
    s->cpu[cpu].cpuif.ctlr = value & CTLR_WRITABLE;
    gic_set_cpu_group(s, cpu, 0, value & 1);
    gic_set_cpu_group(s, cpu, 1, value >> 1 & 1);
}

bool gic_cpuif_read(Gic *gic, unsigned cpu, u64 offset, unsigned size, u64 *value)
{
    GicState *s = &gic->s;
    const CpuInterface *c = &s->cpu[cpu].cpuif;

    *value = 0;
    if (s->version != 2 || size != 4 || offset % 4)
        return false;
    switch (offset) {
    case GICC_CTLR: *value = c->ctlr; break;
    case GICC_PMR: *value = c->pmr; break;
    case GICC_BPR: *value = c->bpr[0]; break;
    case GICC_IAR: *value = iar_read(s, cpu, VIEW_PLAIN); break;
    case GICC_RPR: *value = c->running; break;
    case GICC_HPPIR: *value = hppir_read(s, cpu, VIEW_PLAIN); break;
    case GICC_ABPR: *value = c->bpr[1]; break;
    case GICC_AIAR: *value = iar_read(s, cpu, VIEW_ALIAS); break;
    case GICC_AHPPIR: *value = hppir_read(s, cpu, VIEW_ALIAS); break;
    case GICC_IIDR: *value = 0x0002043b; break;
    case GICC_APR ... GICC_APR + 15: *value = gic_apr(s, cpu, 0, (unsigned)(offset - GICC_APR) / 4); break;
    case GICC_NSAPR ... GICC_NSAPR + 15: *value = gic_apr(s, cpu, 1, (unsigned)(offset - GICC_NSAPR) / 4); break;
    default: return false;
    }
    gic_settle(gic);
    return true;
}

static bool register_write(GicState *s, unsigned cpu, u64 offset, u32 value)
{
    CpuInterface *c = &s->cpu[cpu].cpuif;

    switch (offset) {
    case GICC_CTLR: ctlr_write(s, cpu, value); return true;
    case GICC_PMR: c->pmr = (u8)value; return true;
    case GICC_BPR: c->bpr[0] = value & 7; return true;
    case GICC_ABPR: c->bpr[1] = value & 7 ? value & 7 : 1; return true;
    case GICC_EOIR: eoir_write(s, cpu, VIEW_PLAIN, value); return true;
    case GICC_AEOIR: eoir_write(s, cpu, VIEW_ALIAS, value); return true;
    case GICC_APR ... GICC_APR + 15: gic_set_apr(s, cpu, 0, (unsigned)(offset - GICC_APR) / 4, value); return true;
    case GICC_NSAPR ... GICC_NSAPR + 15: gic_set_apr(s, cpu, 1, (unsigned)(offset - GICC_NSAPR) / 4, value); return true;
    case GICC_DIR: dir_write(s, cpu, value); return true;
    default: return false;
    }
}

bool gic_cpuif_write(Gic *gic, unsigned cpu, u64 offset, unsigned size, u64 value)
{
    GicState *s = &gic->s;

    if (s->version != 2 || size != 4 || offset % 4 || !register_write(s, cpu, offset, (u32)value))
        return false;
    s->dirty |= (u64)1 << cpu;
    gic_settle(gic);
    return true;
}
