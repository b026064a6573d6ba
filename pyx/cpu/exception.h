/* SPDX-License-Identifier: MIT
 * Exception entry and return: AArch64.TakeException, AArch64.ExceptionReturn. */
#ifndef EMU_CPU_EXCEPTION_H
#define EMU_CPU_EXCEPTION_H

#include "arch/state.h"
#include "arch/effects.h"

typedef enum Interrupt { INTERRUPT_IRQ, INTERRUPT_FIQ, INTERRUPT_SERROR } Interrupt;

/* Takes Cpu.exception; Cpu.pc is the preferred return address. Sets Cpu.pc to the vector and updates the context. */
void exception_take(Cpu *cpu);
void exception_take_interrupt(Cpu *cpu, Interrupt kind);
/* Whether an interrupt of that kind would be taken now, with PSTATE and routing as they are. */
bool exception_interrupt_enabled(const Cpu *cpu, Interrupt kind);
/* ERET: restores PSTATE and Cpu.pc from SPSR and ELR of the current EL; an illegal return sets PSTATE.IL. */
void exception_return(Cpu *cpu);
void exception_return_to(Cpu *cpu, u64 target);     /* ERETAA, ERETAB: to the authenticated ELR */
/* PSTATE as SPSR_ELx would hold it, and its inverse for debuggers (false: not a state that this core can be in). */
u32 pstate_read(const Cpu *cpu);
bool pstate_write(Cpu *cpu, u32 pstate);
/* AArch64.BranchAddr: a branch target with tag bits removed where TBI asks for it. */
u64 branch_address(const Cpu *cpu, u64 target);

/* Software step, where CTX_STEP is set. Before an instruction; false: a Software Step exception has been taken instead. */
bool software_step_begin(Cpu *cpu);
/* After it, whatever it did. */
void software_step_end(Cpu *cpu);

#endif
