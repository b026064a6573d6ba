/* SPDX-License-Identifier: MIT */
#include "cpu/debug.h"
#include "cpu/sysreg.h"
#include "isa/op.h"
#include "mem/tlb.h"

bool cpu_debug_translate(Cpu *cpu, u64 va, unsigned acc, u64 *paddr)
{
    Translation tr;
    Fault fault;
    acc |= ACC_NOFAULT;
    if (!mmu_walk(cpu, va, cpu_regime(cpu, acc), acc, &tr, &fault)) {
        mmu_raise(cpu, va, acc, &fault);
        return false;
    }
    *paddr = (tr.paddr & PAGE_MASK) | (va & ~PAGE_MASK);
    return true;
}

u64 cpu_pc(const Cpu *cpu)
{
    return cpu->has_new_pc ? cpu->new_pc : cpu->op ? op_pc(cpu->op) : cpu->pc;
}

/* Inside an instruction Cpu.op, not Cpu.pc, says where the core is. */
void cpu_set_pc(Cpu *cpu, u64 pc)
{
    if (cpu->op) {
        cpu->new_pc = pc;
        cpu->has_new_pc = true;
    } else {
        cpu->pc = pc;
    }
}

#if EMU_TAILCALL
#define DISPATCH_TEXT "tail calls"
#else
#define DISPATCH_TEXT "call loop"
#endif

const char *core_build_text(void)
{
#if defined(__clang__)
    return "clang " __clang_version__ ", " DISPATCH_TEXT;
#else
    return "gcc " __VERSION__ ", " DISPATCH_TEXT;
#endif
}

bool sysreg_debug_read(Cpu *cpu, const char *name, u64 *value)
{
    const SysReg *reg = sysreg_named(cpu, name);
    if (!reg || reg->read_el == SYSREG_NEVER) {
        return false;
    }
    *value = sysreg_read(cpu, reg);
    return true;
}

int sysreg_debug_encoding(Cpu *cpu, const char *name)
{
    const SysReg *reg = sysreg_named(cpu, name);
    return reg ? reg->encoding : -1;
}

bool sysreg_debug_write(Cpu *cpu, const char *name, u64 value)
{
    const SysReg *reg = sysreg_named(cpu, name);
    if (!reg || reg->write_el == SYSREG_NEVER) {
        return false;
    }
    sysreg_write(cpu, reg, value);
    return true;
}
