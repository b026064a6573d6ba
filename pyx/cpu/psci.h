/* SPDX-License-Identifier: MIT
 * Firmware calls: PSCI 1.1 (Arm DEN 0022) and the architecture calls of SMCCC 1.1 (Arm DEN 0028). */
#ifndef EMU_CPU_PSCI_H
#define EMU_CPU_PSCI_H

#include "arch/state.h"

/* Serves the call that X0..X3 describe; the result goes to X0. Cpu.pc must already be the address after the HVC or SMC; a call that
 * powers the core down and up again changes it. The caller then goes to the run loop, which looks at Cpu.halted, Cpu.pc and
 * Machine.stop: the core may be off, asleep or elsewhere. */
void psci_call(Cpu *cpu);

#endif
