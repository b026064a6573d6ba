/* SPDX-License-Identifier: MIT */
#ifndef EMU_CPU_RUN_H
#define EMU_CPU_RUN_H

#include "cpu/machine.h"
#include "isa/op.h"

/* Calls a block's first op; Cpu.countdown has been charged for it. (cpu/flow.c) */
void block_enter(Cpu *cpu, const Op *op);

#endif
