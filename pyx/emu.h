/* SPDX-License-Identifier: MIT
 * The C core's public interface: what the Cython face, and nobody else, calls. */
#ifndef EMU_EMU_H
#define EMU_EMU_H

#include "arch/effects.h"
#include "cpu/block.h"
#include "cpu/debug.h"
#include "cpu/events.h"
#include "cpu/exception.h"
#include "cpu/hooks.h"
#include "cpu/machine.h"
#include "cpu/models.h"
#include "cpu/sysreg.h"
#include "dev/gic.h"
#include "isa/decode.h"
#include "mem/bus.h"
#include "mem/tlb.h"

/* NULL and a reason in *error, or a machine whose cores are reset and off. */
Machine *machine_new(unsigned cpus, const char *model, unsigned gic_version, unsigned max_el, bool virtual_clock, u64 seed,
                     const Callbacks *callbacks, const char **error);
void machine_free(Machine *machine);
/* Cores, GIC and timers to their reset state; RAM, clock and events stay. */
void machine_reset(Machine *machine);

/* Runs until something stops the machine, or (STOP_NONE) until host_ns have passed or machine_request() was called.
 * limit: total of machine_instructions() at which to stop; ~0: none. */
Stop machine_run(Machine *machine, u64 limit, u64 host_ns);
/* From any thread: ends a machine_run() soon, also an idle one. */
void machine_request(Machine *machine);
void machine_clear_request(Machine *machine);
/* The next run does not stop at breakpoints where cores stand now. */
void machine_step_over(Machine *machine);
u64 machine_instructions(const Machine *machine);

/* After a callback that may have taken long, or asked for a stop: the core leaves its slice if it is time. */
void machine_poll(Machine *machine, Cpu *cpu);

/* Has Callbacks.event called at a guest time, in ns, with the number that this returns. 0: no memory. */
u64 machine_at(Machine *machine, u64 time_ns);
/* That event does not fire any more. */
void machine_cancel(Machine *machine, u64 serial);

/* Replaces the set of breakpoints. Returns false without memory. */
bool machine_set_breakpoints(Machine *machine, const u64 *sorted, unsigned n);

/* MMIO of the GIC on the bus. NULL, or why not. */
const char *machine_map_gic(Machine *machine, u64 distributor, u64 second);

#endif
