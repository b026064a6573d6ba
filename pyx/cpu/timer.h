/* SPDX-License-Identifier: MIT
 * The generic timer of a core: the EL1 physical and virtual timers, the counters, the event stream. */
#ifndef EMU_CPU_TIMER_H
#define EMU_CPU_TIMER_H

#include "arch/state.h"

typedef enum Timer { TIMER_PHYSICAL, TIMER_VIRTUAL } Timer;

/* PPIs of the timers, as INTIDs. */
enum { INTID_CNTHP = 26, INTID_CNTV = 27, INTID_CNTPS = 29, INTID_CNTP = 30 };

/* CNTPCT_EL0 and CNTVCT_EL0, exact at the spilled op. */
u64 timer_count(Cpu *cpu, Timer timer);

/* CNT{P,V}_CTL_EL0 with ISTATUS, CNT{P,V}_TVAL_EL0. CNT{P,V}_CVAL_EL0 is the member of Cpu. */
u64 timer_ctl_read(Cpu *cpu, Timer timer);
u64 timer_tval_read(Cpu *cpu, Timer timer);

/* Writes take effect on the PPI at once, and end the slice so that the run loop sees the new deadline. */
void timer_ctl_write(Cpu *cpu, Timer timer, u64 value);
void timer_tval_write(Cpu *cpu, Timer timer, u64 value);
void timer_cval_write(Cpu *cpu, Timer timer, u64 value);
void timer_cntvoff_write(Cpu *cpu, u64 value);

/* Sets both PPIs to what the time says. Returns the guest time in ns at which the next one would rise; ~0: none. */
u64 timer_recompute(Cpu *cpu);

/* Guest time in ns of the next event that CNTKCTL_EL1's event stream generates; ~0: it is off. A WFE that goes to sleep wakes no
 * later than that. */
u64 timer_next_event_ns(Cpu *cpu);

#endif
