/* SPDX-License-Identifier: MIT
 * The system-register CPU interface of GICv3, ICC_*, with one Security state. Arm ARM, register pages ICC_*.
 * The caller has decided whether the access is allowed at its Exception level. */
#include "dev/gic_internal.h"

/* ICC_CTLR_EL1: A3V, IDbits = 16, PRIbits = 5; CBPR and EOImode can be written. */
enum { CTLR_A3V = 1 << 15, CTLR_PRIBITS_5 = 4 << 8, CTLR_EOIMODE = 1 << 1, CTLR_WRITABLE = 3 };
enum { SRE_SRE_DFB_DIB = 7, SRE_ENABLE = 8 };

static u32 hppir_read(GicState *s, unsigned cpu, unsigned group)
{
    unsigned intid = s->cpu[cpu].best;
    return intid != GIC_INTID_NONE && irq_group(s, cpu, intid) == group ? intid : GIC_INTID_NONE;
}

static u32 iar_read(GicState *s, unsigned cpu, unsigned group)
{
    if (!gic_can_signal(s, cpu) || irq_group(s, cpu, s->cpu[cpu].best) != group)
        return GIC_INTID_NONE;
    return gic_acknowledge(s, cpu);
}

/* Drops the running priority, when it is of this group; deactivates `intid` unless EOImode leaves that to ICC_DIR_EL1. */
static void eoir_write(GicState *s, unsigned cpu, unsigned group, u64 value)
{
    const CpuInterface *c = &s->cpu[cpu].cpuif;
    unsigned intid = value & 0xffffff;

    if (!irq_exists(s, cpu, intid) || c->running == PRIORITY_IDLE || c->running_group != group)
        return;
    gic_priority_drop(s, cpu, group);
    if (!(c->ctlr & CTLR_EOIMODE))
        gic_deactivate(s, cpu, intid);
}

/* CHOICE(UNPREDICTABLE): a write to ICC_DIR_EL1 without EOImode is ignored. */
static void dir_write(GicState *s, unsigned cpu, u64 value)
{
    if (s->cpu[cpu].cpuif.ctlr & CTLR_EOIMODE)
        gic_deactivate(s, cpu, value & 0xffffff);
}

/* With CBPR, ICC_BPR1_EL1 is read-only. The minimum is what 5 bits of priority allow. */
static void bpr_write(GicState *s, unsigned cpu, unsigned group, u64 value)
{
    CpuInterface *c = &s->cpu[cpu].cpuif;
    u8 bpr = value & 7, minimum = group ? 3 : 2;

    if (group == 0 || !(c->ctlr & 1))
        c->bpr[group] = bpr < minimum ? minimum : bpr;
}

/* Sends the SGI to a core, if it has it in the right group. */
static void sgi_to(GicState *s, unsigned from, unsigned to, unsigned intid, unsigned group)
{
    if (irq_group(s, to, intid) == group)
        gic_send_sgi(s, to, intid, from);
}

/* ICC_SGI*R_EL1: Aff3 55:48, RS 47:44 (RES0 here), IRM 40, Aff2 39:32, INTID 27:24, Aff1 23:16, TargetList 15:0. */
static void sgi_write(GicState *s, unsigned cpu, unsigned group, u64 value)
{
    unsigned intid = value >> 24 & 0xf;

    if (value >> 40 & 1) {
        for (unsigned to = 0; to < s->cpus; to++)
            if (to != cpu)
                sgi_to(s, cpu, to, intid, group);
        return;
    }
    if (BITS(value, 55, 48) || BITS(value, 39, 32) || BITS(value, 23, 16) >= GICV3_MAX_CPUS / 16)
        return;
    for (u32 list = value & 0xffff; list; list &= list - 1) {
        unsigned to = (unsigned)BITS(value, 23, 16) * 16 + (unsigned)__builtin_ctz(list);
        if (to < s->cpus)
            sgi_to(s, cpu, to, intid, group);
    }
}

u64 gic_icc_read(Gic *gic, unsigned cpu, IccReg reg)
{
    GicState *s = &gic->s;
    const CpuInterface *c = &s->cpu[cpu].cpuif;
    u64 value = 0;

    switch (reg) {
    case ICC_IAR0_EL1: value = iar_read(s, cpu, 0); break;
    case ICC_IAR1_EL1: value = iar_read(s, cpu, 1); break;
    case ICC_HPPIR0_EL1: return hppir_read(s, cpu, 0);
    case ICC_HPPIR1_EL1: return hppir_read(s, cpu, 1);
    case ICC_BPR0_EL1: return c->bpr[0];
    case ICC_BPR1_EL1: return gic_bpr1(s, cpu);
    case ICC_CTLR_EL1: case ICC_CTLR_EL3: return c->ctlr | CTLR_A3V | CTLR_PRIBITS_5;
    case ICC_PMR_EL1: return c->pmr;
    case ICC_RPR_EL1: return c->running;
    case ICC_SRE_EL1: return SRE_SRE_DFB_DIB;
    case ICC_SRE_EL2: case ICC_SRE_EL3: return SRE_SRE_DFB_DIB | SRE_ENABLE;
    case ICC_IGRPEN0_EL1: return c->group_enabled[0];
    case ICC_IGRPEN1_EL1: case ICC_IGRPEN1_EL3: return c->group_enabled[1];
    case ICC_AP0R0_EL1: return gic_apr(s, cpu, 0, 0);
    case ICC_AP1R0_EL1: return gic_apr(s, cpu, 1, 0);
    default: break;     /* write-only */
    }
    gic_settle(gic);
    return value;
}

void gic_icc_write(Gic *gic, unsigned cpu, IccReg reg, u64 value)
{
    GicState *s = &gic->s;
    CpuInterface *c = &s->cpu[cpu].cpuif;

    switch (reg) {
    case ICC_EOIR0_EL1: eoir_write(s, cpu, 0, value); break;
    case ICC_EOIR1_EL1: eoir_write(s, cpu, 1, value); break;
    case ICC_DIR_EL1: dir_write(s, cpu, value); break;
    case ICC_BPR0_EL1: bpr_write(s, cpu, 0, value); break;
    case ICC_BPR1_EL1: bpr_write(s, cpu, 1, value); break;
    case ICC_CTLR_EL1: case ICC_CTLR_EL3: c->ctlr = value & CTLR_WRITABLE; break;
    case ICC_PMR_EL1: c->pmr = value & s->priority_mask; break;
    case ICC_IGRPEN0_EL1: gic_set_cpu_group(s, cpu, 0, value & 1); break;
    case ICC_IGRPEN1_EL1: case ICC_IGRPEN1_EL3: gic_set_cpu_group(s, cpu, 1, value & 1); break;
    case ICC_AP0R0_EL1: gic_set_apr(s, cpu, 0, 0, (u32)value); break;
    case ICC_AP1R0_EL1: gic_set_apr(s, cpu, 1, 0, (u32)value); break;
    case ICC_SGI0R_EL1: case ICC_ASGI1R_EL1: sgi_write(s, cpu, 0, value); break;
    case ICC_SGI1R_EL1: sgi_write(s, cpu, 1, value); break;
    default: return;    /* read-only, and the ICC_SRE_* that are RAO/WI */
    }
    s->dirty |= (u64)1 << cpu;
    gic_settle(gic);
}
