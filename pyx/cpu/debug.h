/* SPDX-License-Identifier: MIT
 * What debuggers and the Python face ask of a core, without side effects on the guest. */
#ifndef EMU_CPU_DEBUG_H
#define EMU_CPU_DEBUG_H

#include "arch/state.h"

/* The physical address of va for an access (ACC_*), as the current regime sees it. False: Cpu.exception holds the abort. */
bool cpu_debug_translate(Cpu *cpu, u64 va, unsigned acc, u64 *paddr);
/* A system register by Arm's name. False: this core has none of that name (or, of writes, it is read-only). */
bool sysreg_debug_read(Cpu *cpu, const char *name, u64 *value);
bool sysreg_debug_write(Cpu *cpu, const char *name, u64 value);
/* The encoding op0:op1:CRn:CRm:op2 of a register of this core, by name; -1: none. */
int sysreg_debug_encoding(Cpu *cpu, const char *name);
/* The PC, exact in callbacks too. What a callback writes takes effect when the instruction has completed: it sets Cpu.attention. */
u64 cpu_pc(const Cpu *cpu);
void cpu_set_pc(Cpu *cpu, u64 pc);
const char *core_build_text(void);                  /* compiler and dispatch */

#endif
