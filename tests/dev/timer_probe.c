/* SPDX-License-Identifier: MIT
 * The generic timer beside a clock that goes on while it is looked at, as the host's does. */
#include "cpu/timer.h"
#include "cpu/machine.h"
#include "dev/gic.h"

static Cpu cpu;
static Machine machine;
static bool line;
static u64 clock_ns, clock_step_ns;

u64 cpu_now_ns(Cpu *of)
{
    (void)of;
    u64 now = clock_ns;
    clock_ns += clock_step_ns;
    return now;
}

void gic_set_line(Gic *gic, unsigned intid, unsigned index, bool level)
{
    (void)gic, (void)index;
    line = intid == INTID_CNTV ? level : line;
}

/* What timer_recompute() returns for a virtual timer that is to fire at `fires_ns`, at a time of now_ns. */
u64 probe(u64 now_ns, u64 step_ns, u64 fires_ns, bool *asserted)
{
    cpu.machine = &machine;
    cpu.cntv_ctl_el0 = 1;
    cpu.cntv_cval_el0 = fires_ns / NS_PER_TICK;
    clock_ns = now_ns;
    clock_step_ns = step_ns;
    u64 next = timer_recompute(&cpu);
    *asserted = line;
    return next;
}
