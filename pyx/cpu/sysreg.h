/* SPDX-License-Identifier: MIT
 * System registers for the rest of cpu/ and for debuggers; what instructions need of them is in arch/sysregs.h. */
#ifndef EMU_CPU_SYSREG_H
#define EMU_CPU_SYSREG_H

#include "arch/sysregs.h"

/* By Arm's name, if this core has it; NULL otherwise. */
const SysReg *sysreg_named(const Cpu *cpu, const char *name);
/* Every register to its reset value. Leaves identity, RNDR's state and PSTATE alone. */
void sysreg_reset(Cpu *cpu);

#endif
