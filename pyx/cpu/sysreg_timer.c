/* SPDX-License-Identifier: MIT
 * Registers of the generic timer: rows to cpu/timer.c, and what CNTKCTL_EL1 lets EL0 do. */
#include "arch/sysregs.h"
#include "cpu/timer.h"

SysRegRead read_count, read_tval, read_timer_ctl;
SysRegWrite write_tval, write_timer_ctl, write_cval, write_cntkctl;
SysRegAccess access_counter, access_cntpct, access_cntvct, access_cntp, access_cntv;

u64 read_count(Cpu *cpu, const SysReg *reg)
{
    return timer_count(cpu, (Timer)reg->arg);
}

u64 read_tval(Cpu *cpu, const SysReg *reg)
{
    return timer_tval_read(cpu, (Timer)reg->arg);
}

void write_tval(Cpu *cpu, const SysReg *reg, u64 value)
{
    timer_tval_write(cpu, (Timer)reg->arg, value);
}

u64 read_timer_ctl(Cpu *cpu, const SysReg *reg)
{
    return timer_ctl_read(cpu, (Timer)reg->arg);
}

void write_timer_ctl(Cpu *cpu, const SysReg *reg, u64 value)
{
    timer_ctl_write(cpu, (Timer)reg->arg, value);
}

void write_cval(Cpu *cpu, const SysReg *reg, u64 value)
{
    timer_cval_write(cpu, (Timer)reg->arg, value);
}

/* EVNTIS (bit 17) is FEAT_ECV's. */
void write_cntkctl(Cpu *cpu, const SysReg *reg, u64 value)
{
    cpu->cntkctl_el1 = value & reg->mask & ~(cpu_has(cpu, FEAT_ECV) ? 0 : (u64)1 << 17);
}

/* CNTKCTL_EL1: EL0PCTEN 0, EL0VCTEN 1, EL0VTEN 8, EL0PTEN 9. */
#define TIMER_ACCESS(name, bits) \
    bool name(const Cpu *cpu, bool is_write) { (void)is_write; return cpu->cntkctl_el1 & (bits); }
TIMER_ACCESS(access_counter, 3)
TIMER_ACCESS(access_cntpct, 1)
TIMER_ACCESS(access_cntvct, 2)
TIMER_ACCESS(access_cntv, 1u << 8)
TIMER_ACCESS(access_cntp, 1u << 9)
