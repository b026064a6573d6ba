/* SPDX-License-Identifier: MIT */
#ifndef EMU_CPU_EVENTS_H
#define EMU_CPU_EVENTS_H

#include "cpu/machine.h"

#define NEVER (~(u64)0)

u64 machine_at(Machine *machine, u64 time_ns);
void machine_cancel(Machine *machine, u64 serial);
u64 events_next_ns(const Machine *machine);             /* NEVER: none */
/* Fires what is due. False: a callback raised, and the machine is stopped. */
bool events_fire(Machine *machine, u64 now_ns);

#endif
