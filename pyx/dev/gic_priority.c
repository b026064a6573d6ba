/* SPDX-License-Identifier: MIT
 * Priorities as a CPU interface of either version treats them: masking, preemption, running priority, acknowledge, end of
 * interrupt. IHI 0069, chapter "Physical interrupt handling and prioritization"; IHI 0048, "Interrupt prioritization". */
#include "dev/gic_internal.h"

/* GICC_CTLR.CBPR is bit 4, ICC_CTLR_EL1.CBPR bit 0. */
static bool common_bpr(const GicState *s, const CpuInterface *c)
{
    return c->ctlr >> (s->version == 2 ? 4 : 0) & 1;
}

/* Bits of a priority that make its group priority. Group 0 splits below bit BPR0 + 1, Group 1 below bit BPR1. */
u8 gic_group_priority_mask(const GicState *s, const CpuInterface *c, unsigned group)
{
    if (group == 0 || common_bpr(s, c))
        return (u8)(0xfeu << c->bpr[0]);
    return (u8)(0xffu << c->bpr[1]);
}

/* ICC_BPR1_EL1 as read: with CBPR it shows what Group 0's binary point means for Group 1. */
unsigned gic_bpr1(const GicState *s, unsigned cpu)
{
    const CpuInterface *c = &s->cpu[cpu].cpuif;

    if (!common_bpr(s, c))
        return c->bpr[1];
    return c->bpr[0] < 7 ? c->bpr[0] + 1 : 7;
}

/* Whether the best candidate may interrupt the core: group enabled, above the mask, and of higher group priority than what is
 * being handled. The running priority is masked too: what runs may be of the other group, with a finer binary point, and
 * a binary point of 7 for Group 0 must mean "no preemption". */
bool gic_can_signal(const GicState *s, unsigned cpu)
{
    const GicCpu *c = &s->cpu[cpu];

    if (c->best == GIC_INTID_NONE || c->best_priority >= c->cpuif.pmr)
        return false;
    unsigned group = irq_group((GicState *)s, cpu, c->best);
    u8 mask = gic_group_priority_mask(s, &c->cpuif, group);
    return c->cpuif.group_enabled[group]
        && (c->cpuif.running == PRIORITY_IDLE || (c->best_priority & mask) < (c->cpuif.running & mask));
}

/* GICv3 signals Group 0 as FIQ. GICv2 does so when GICC_CTLR.FIQEn is set. */
bool gic_wants_fiq(const GicState *s, unsigned cpu, unsigned group)
{
    return group == 0 && (s->version == 3 || (s->cpu[cpu].cpuif.ctlr >> 3 & 1));
}

/* -- Active priorities ------------------------------------------------------------------------------ */

static unsigned lowest_bit(const u64 apr[2])
{
    return apr[0] ? (unsigned)__builtin_ctzll(apr[0]) : apr[1] ? 64 + (unsigned)__builtin_ctzll(apr[1]) : 128;
}

void gic_update_running(GicState *s, unsigned cpu)
{
    CpuInterface *c = &s->cpu[cpu].cpuif;
    unsigned group0 = lowest_bit(c->apr[0]), group1 = lowest_bit(c->apr[1]);
    unsigned lowest = group0 <= group1 ? group0 : group1;

    c->running = lowest == 128 ? PRIORITY_IDLE : (u8)(lowest << s->apr_shift);
    c->running_group = group1 < group0;
    s->dirty |= (u64)1 << cpu;
}

u32 gic_apr(const GicState *s, unsigned cpu, unsigned group, unsigned n)
{
    return (u32)(s->cpu[cpu].cpuif.apr[group][n / 2] >> (n % 2 * 32));
}

void gic_set_apr(GicState *s, unsigned cpu, unsigned group, unsigned n, u32 value)
{
    u64 *apr = &s->cpu[cpu].cpuif.apr[group][n / 2];
    unsigned shift = n % 2 * 32;

    *apr = (*apr & ~((u64)~0u << shift)) | (u64)value << shift;
    gic_update_running(s, cpu);
}

/* The highest active group priority of `group` ends (PriorityDrop). */
void gic_priority_drop(GicState *s, unsigned cpu, unsigned group)
{
    u64 *apr = s->cpu[cpu].cpuif.apr[group];
    u64 *half = &apr[apr[0] == 0];

    *half &= *half - 1;
    gic_update_running(s, cpu);
}

/* -- Acknowledge and deactivate ------------------------------------------------------------------------ */

static void clear_pending(GicCpu *c, IrqWord *word, unsigned intid, unsigned source)
{
    if (intid < 16) {
        c->sgi_sources[intid] &= (u8)~(1u << source);
        if (c->sgi_sources[intid])
            return;
    }
    word->latched &= ~(1u << (intid % 32));
}

/* The best candidate becomes active; the caller has checked that it may. Returns the INTID, with the number of the CPU that
 * sent a GICv2 SGI (the lowest, if several did) in bits 12:10. */
unsigned gic_acknowledge(GicState *s, unsigned cpu)
{
    GicCpu *c = &s->cpu[cpu];
    unsigned intid = c->best;
    IrqWord *word = irq_word(s, cpu, intid / 32);
    unsigned group = irq_group(s, cpu, intid);
    unsigned level = (c->best_priority & gic_group_priority_mask(s, &c->cpuif, group)) >> s->apr_shift;
    unsigned source = intid < 16 && c->sgi_sources[intid] ? (unsigned)__builtin_ctz(c->sgi_sources[intid]) : 0;

    c->cpuif.apr[group][level / 64] |= (u64)1 << (level % 64);
    gic_update_running(s, cpu);
    word->active |= 1u << (intid % 32);
    clear_pending(c, word, intid, source);
    gic_update(s, cpu, intid / 32, 1u << (intid % 32));
    return source << 10 | intid;
}

void gic_deactivate(GicState *s, unsigned cpu, unsigned intid)
{
    if (!irq_exists(s, cpu, intid))
        return;
    irq_word(s, cpu, intid / 32)->active &= ~(1u << (intid % 32));
    gic_update(s, cpu, intid / 32, 1u << (intid % 32));
}

/* The interface of a core enables or disables a group. A GICv3 redistributor is told, and forwards the group no more; a GICv2
 * distributor does not know, so that the group's interrupts stay visible in GICC_HPPIR. */
void gic_set_cpu_group(GicState *s, unsigned cpu, unsigned group, bool enabled)
{
    u64 bit = (u64)1 << cpu, before = s->group_cpus[group];

    s->cpu[cpu].cpuif.group_enabled[group] = enabled;
    s->dirty |= bit;
    if (enabled || s->version == 2)
        s->group_cpus[group] |= bit;
    else
        s->group_cpus[group] &= ~bit;
    if (s->group_cpus[group] != before)
        gic_update_all(s);
}
