/* SPDX-License-Identifier: MIT
 * A core's reset state (AArch64.TakeReset), and how it is started: as firmware hands a core to an operating system. */
#include "arch/effects.h"
#include "cpu/events.h"
#include "cpu/machine.h"
#include "cpu/sysreg.h"
#include "dev/gic.h"

/* CHOICE(UNKNOWN): registers whose reset value is UNKNOWN are zero. */
void cpu_reset(Cpu *cpu)
{
    sysreg_reset(cpu);      /* first: PSTATE's fields are system registers too, and start otherwise */
    memset(cpu->x, 0, sizeof(cpu->x));
    memset(cpu->v, 0, sizeof(cpu->v));
    memset(cpu->sp_el, 0, sizeof(cpu->sp_el));
    cpu->fpcr = cpu->fpsr = 0;
    nzcv_write(cpu, 0);
    cpu->pc = 0;
    cpu->el = 1;
    cpu->spsel = 1;
    cpu->daif = PSTATE_DAIF;
    cpu->btype = cpu->il = cpu->ss = cpu->pan = cpu->uao = cpu->dit = cpu->ssbs = cpu->tco = cpu->allint = 0;
    cpu->event_register = cpu->serror_pending = cpu->exclusive = false;
    cpu->halted = POWERED_OFF;
    cpu->deadline_ns = cpu->wfx_deadline_ns = NEVER;
    cpu->nested_faults = cpu->idle_faults = 0;
    cpu->hooked_at = cpu->entered_at = cpu->within_at = cpu->accessed_at = ~(u64)0;
    cpu->timer_changed = true;
    gic_cpu_reset(cpu->machine->gic, cpu->index);
    tlb_flush_all(cpu);
    cpu_update_context(cpu);
}

void cpu_start(Cpu *cpu, u64 pc, u64 argument)
{
    cpu_reset(cpu);
    cpu->pc = pc;
    cpu->x[0] = argument;
    cpu->halted = RUNNING;
}
