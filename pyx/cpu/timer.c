/* SPDX-License-Identifier: MIT
 * The generic timer (Arm ARM, "The Generic Timer in AArch64 state"). Nothing ticks: the counters are computed from guest time, and
 * the run loop is told when the next compare matches. */
#include "cpu/timer.h"
#include "arch/effects.h"
#include "cpu/machine.h"
#include "dev/gic.h"

enum { CTL_ENABLE = 1, CTL_IMASK = 2, CTL_ISTATUS = 4 };
enum { CNTKCTL_EVNTEN = 1 << 2, CNTKCTL_EVNTDIR = 1 << 3, CNTKCTL_EVNTIS = 1 << 17 };

#define NEVER (~(u64)0)

static u64 *ctl(Cpu *cpu, Timer timer)
{
    return timer == TIMER_PHYSICAL ? &cpu->cntp_ctl_el0 : &cpu->cntv_ctl_el0;
}

static u64 *cval(Cpu *cpu, Timer timer)
{
    return timer == TIMER_PHYSICAL ? &cpu->cntp_cval_el0 : &cpu->cntv_cval_el0;
}

static u64 count_at(const Cpu *cpu, Timer timer, u64 now_ns)
{
    u64 count = now_ns / NS_PER_TICK;
    return timer == TIMER_PHYSICAL ? count : count - cpu->cntvoff_el2;
}

u64 timer_count(Cpu *cpu, Timer timer)
{
    return count_at(cpu, timer, cpu_now_ns(cpu));
}

/* Guest time at which the counter will have advanced by `ticks` from where it stands at `now_ns`. */
static u64 ns_after(u64 now_ns, u64 ticks)
{
    u64 count = now_ns / NS_PER_TICK;
    return ticks > NEVER / NS_PER_TICK - count ? NEVER : (count + ticks) * NS_PER_TICK;
}

static bool condition_met(Cpu *cpu, Timer timer)
{
    return timer_count(cpu, timer) >= *cval(cpu, timer);
}

/* Drives the timer's PPI; returns when it would next rise. One look at the clock: with two, a compare value that passes in between
 * is neither met nor still to come. */
static u64 recompute_one(Cpu *cpu, Timer timer, unsigned intid)
{
    u64 now = cpu_now_ns(cpu), count = count_at(cpu, timer, now);
    bool unmasked = (*ctl(cpu, timer) & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE;
    bool met = unmasked && count >= *cval(cpu, timer);

    gic_set_line(cpu->machine->gic, intid, cpu->index, met);
    if (!unmasked || met)
        return NEVER;
    return ns_after(now, *cval(cpu, timer) - count);
}

u64 timer_recompute(Cpu *cpu)
{
    u64 physical = recompute_one(cpu, TIMER_PHYSICAL, INTID_CNTP);
    u64 virtual = recompute_one(cpu, TIMER_VIRTUAL, INTID_CNTV);
    return physical < virtual ? physical : virtual;
}

static void changed(Cpu *cpu)
{
    cpu->deadline_ns = timer_recompute(cpu);
    cpu->timer_changed = true;
    cpu->attention = 1;
}

/* -- Registers ------------------------------------------------------------------------------------------- */

/* CHOICE(UNKNOWN): ISTATUS reads as 0 while the timer is disabled. */
u64 timer_ctl_read(Cpu *cpu, Timer timer)
{
    u64 value = *ctl(cpu, timer);
    return value & CTL_ENABLE && condition_met(cpu, timer) ? value | CTL_ISTATUS : value;
}

void timer_ctl_write(Cpu *cpu, Timer timer, u64 value)
{
    *ctl(cpu, timer) = value & (CTL_ENABLE | CTL_IMASK);
    changed(cpu);
}

void timer_cval_write(Cpu *cpu, Timer timer, u64 value)
{
    *cval(cpu, timer) = value;
    changed(cpu);
}

/* TimerValue is a signed 32-bit distance from the counter to CompareValue. */
u64 timer_tval_read(Cpu *cpu, Timer timer)
{
    return (u32)(*cval(cpu, timer) - timer_count(cpu, timer));
}

void timer_tval_write(Cpu *cpu, Timer timer, u64 value)
{
    timer_cval_write(cpu, timer, timer_count(cpu, timer) + (u64)sign_extend(value, 32));
}

void timer_cntvoff_write(Cpu *cpu, u64 value)
{
    cpu->cntvoff_el2 = value;
    changed(cpu);
}

/* -- Event stream ------------------------------------------------------------------------------------------ */

/* An event each time the bit of CNTVCT_EL0 that EVNTI selects rises (EVNTDIR = 0) or falls (1). */
u64 timer_next_event_ns(Cpu *cpu)
{
    u64 control = cpu->cntkctl_el1;

    if (!(control & CNTKCTL_EVNTEN))
        return NEVER;
    unsigned bit = (unsigned)BITS(control, 7, 4) + (control & CNTKCTL_EVNTIS && cpu_has(cpu, FEAT_ECV) ? 8 : 0);
    u64 period = (u64)2 << bit;
    u64 edge = control & CNTKCTL_EVNTDIR ? 0 : period / 2;
    u64 now = cpu_now_ns(cpu), ticks = (edge - count_at(cpu, TIMER_VIRTUAL, now)) & (period - 1);
    return ns_after(now, ticks ? ticks : period);
}
