/* SPDX-License-Identifier: MIT
 * PSTATE: stack pointer banks, the translation regime, and what of it translated code depends on. */
#ifndef EMU_CPU_PSTATE_H
#define EMU_CPU_PSTATE_H

#include "arch/state.h"

/* PSTATE.EL and PSTATE.SP change: the current SP goes back to its bank, and the new one comes out of its own. */
void pstate_select_sp(Cpu *cpu, unsigned el, unsigned spsel);
/* Whether debug exceptions are taken from an EL with PSTATE.D as given (AArch64.GenerateDebugExceptionsFrom). */
bool debug_enabled_from(const Cpu *cpu, unsigned el, bool masked);

#endif
