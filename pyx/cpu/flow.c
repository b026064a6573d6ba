/* SPDX-License-Identifier: MIT
 * The ops that the translator adds to a block, and the ways out of it. All have a handler's signature. */
#include "cpu/block.h"
#include "isa/op.h"

/* Leaves with Cpu.pc at op's instruction; what the block has not executed goes back to the budget.
 * done: instructions of op itself that have executed. */
static void settle(Cpu *cpu, const Op *op, unsigned done)
{
    const Block *block = block_of(op);
    const OpPlace *place = &block->places[op->slot];
    cpu->countdown += block->n_insns - place->insns - done;
    cpu->pc = block->vaddr + 4u * (place->words + done);
    cpu->op = NULL;
    if (place->insns + done < block->n_insns && place->insns + done > 0) {
        cpu->within_pc = cpu->pc;
        cpu->within_at = cpu_retired(cpu);
    }
}

#if EMU_TAILCALL
void block_enter(Cpu *cpu, const Op *op)
{
    op->handler(cpu, op, cpu->countdown, cpu->tlb_base);
}
#else
#undef budget
void block_enter(Cpu *cpu, const Op *op)
{
    while (op) {
        op = op->handler(cpu, op, cpu->tlb_base);   /* MSR PAN, ERET: the regime may change inside */
    }
}
#define budget (cpu->countdown)
#endif

#define LEAVE(reason, done) do { SPILL(op); settle(cpu, op, done); cpu->leave = (reason); (void)tlb; LEAVE_SPILLED; } while (0)
#if EMU_TAILCALL
#define LEAVE_SPILLED return
#else
#define LEAVE_SPILLED return NULL
#endif

COLD HandlerResult leave_budget(ARGS)
{
    SPILL(op);
    cpu->countdown += op->insns;
    cpu->pc = block_of(op)->vaddr;
    cpu->op = NULL;
    cpu->leave = LEAVE_BUDGET;
    (void)tlb;
    LEAVE_SPILLED;
}

HandlerResult leave_lookup(ARGS)
{
    SPILL(NULL);
    cpu->leave = LEAVE_LOOKUP;
    (void)op; (void)tlb;
    LEAVE_SPILLED;
}

COLD HandlerResult leave_at(ARGS)
{
    LEAVE(LEAVE_NONE, 0);
}

COLD HandlerResult leave_exception(ARGS)
{
    LEAVE(cpu->machine->stop == STOP_CALLBACK ? LEAVE_STOP : LEAVE_EXCEPTION, 0);
}

COLD HandlerResult leave_exception_after(ARGS)
{
    LEAVE(LEAVE_EXCEPTION, 1);
}

COLD HandlerResult leave_after(ARGS)
{
    LEAVE(cpu->leave, 1);
}

COLD HandlerResult raise_undefined(ARGS)
{
    exception_set(cpu, EC_UNKNOWN, 0);
    LEAVE(LEAVE_EXCEPTION, 0);
}

/* CPACR_EL1.FPEN traps: EC 0x07 with CV = 1, COND = 0b1110. */
COLD HandlerResult op_fp_trap(ARGS)
{
    exception_set(cpu, EC_FP_TRAP, 1u << 24 | 0xeu << 20);
    LEAVE(LEAVE_EXCEPTION, 0);
}

COLD HandlerResult op_breakpoint(ARGS)
{
    if (cpu->step_over == op->imm) {
        cpu->step_over = 1;
        DISPATCH(op + 1);
    }
    LEAVE(LEAVE_BREAKPOINT, 0);
}

/* Whether the hook lets the guest go on in this block. */
static bool call_code_hook(Cpu *cpu, const Op *op, unsigned size, bool block)
{
    Machine *m = cpu->machine;
    if (!m->callbacks.code(cpu, op->imm, size, block)) {
        machine_stop(m, STOP_CALLBACK);
    }
    return !cpu->attention;
}

/* Called once for each execution: not again when the guest leaves between the hook and the instruction. */
HandlerResult op_hook_code(ARGS)
{
    SPILL(op);
    u64 retired = cpu_retired(cpu);
    if (cpu->hooked_pc != op->imm || cpu->hooked_at != retired) {
        cpu->hooked_pc = op->imm;
        cpu->hooked_at = retired;
        if (unlikely(!call_code_hook(cpu, op, 4, false))) {
            LEAVE(cpu->machine->stop == STOP_CALLBACK ? LEAVE_STOP : LEAVE_NONE, 0);
        }
    }
    RELOAD;
    cpu->op = NULL;
    DISPATCH_NEXT;
}

HandlerResult op_hook_block(ARGS)
{
    SPILL(op);
    u64 retired = cpu_retired(cpu);
    bool cut = cpu->within_pc == op->imm && cpu->within_at == retired;
    if (!cut && (cpu->entered_pc != op->imm || cpu->entered_at != retired)) {
        cpu->entered_pc = op->imm;
        cpu->entered_at = retired;
        if (unlikely(!call_code_hook(cpu, op, 4u * block_of(op)->n_insns, true))) {
            LEAVE(cpu->machine->stop == STOP_CALLBACK ? LEAVE_STOP : LEAVE_NONE, 0);
        }
    }
    RELOAD;
    cpu->op = NULL;
    DISPATCH_NEXT;
}

HandlerResult op_hook_MRS(ARGS)
{
    u64 value = 0;
    SPILL(op);
    if (!cpu->machine->callbacks.sysreg(cpu, op->aux, false, &value)) {
        machine_stop(cpu->machine, STOP_CALLBACK);
        LEAVE(LEAVE_STOP, 0);
    }
    Xd = value;
    if (cpu->attention) {
        LEAVE(LEAVE_NONE, 1);
    }
    RELOAD;
    cpu->op = NULL;
    DISPATCH_NEXT;
}

HandlerResult op_hook_MSR(ARGS)
{
    u64 value = Xn;
    SPILL(op);
    if (!cpu->machine->callbacks.sysreg(cpu, op->aux, true, &value)) {
        machine_stop(cpu->machine, STOP_CALLBACK);
        LEAVE(LEAVE_STOP, 0);
    }
    LEAVE(LEAVE_NONE, 1);
}

COLD HandlerResult op_stale(ARGS)
{
    SPILL(op);
    cpu->countdown += op->insns;
    cpu->pc = block_of(op)->vaddr;
    cpu->op = NULL;
    cpu->leave = LEAVE_NONE;
    (void)tlb;
    LEAVE_SPILLED;
}

HandlerResult op_exit(ARGS)
{
    SPILL(NULL);
    cpu->pc = op->imm;
    cpu->leave = LEAVE_NONE;
    (void)tlb;
    LEAVE_SPILLED;
}

HandlerResult op_jump(ARGS)
{
    JUMP;
}

HandlerResult op_jump_far(ARGS)
{
    JUMP_TO(op->imm);
}

/* A direct branch within its page, for the first time: the run loop finds the block and fills in the link.
 * ORDER(links): links, stub of taken, stub of fallthrough (translate.c append_links). */
HandlerResult op_link(ARGS)
{
    OpLinks *links = (OpLinks *)(uintptr_t)(op - 1 - op->aux);
    SPILL(NULL);
    cpu->link = op->aux ? &links->fallthrough : &links->taken;
    cpu->link_from = block_of(op);
    cpu->pc = op->imm;
    cpu->leave = LEAVE_LINK;
    (void)tlb;
    LEAVE_SPILLED;
}

/* BTI: whether the first instruction of a guarded page's block may be reached with PSTATE.BTYPE. */
static bool bti_compatible(const Cpu *cpu, u32 word)
{
    enum { BTI_C = 0xd503245f, BTI_J = 0xd503249f, BTI_JC = 0xd50324df, PACIASP = 0xd503233f, PACIBSP = 0xd503237f };
    bool c = cpu->btype != 3, j = cpu->btype != 2;
    unsigned bt = cpu->el == 0 ? 35 : 36;           /* SCTLR_EL1.BT0, BT1; SCTLR_ELx.BT above EL1 is bit 36 too */
    u64 sctlr = cpu->sctlr_el[cpu->el ? cpu->el : 1];
    bool exception_generating = (word & 0xffe0001f) == 0xd4200000 || (word & 0xffe0001f) == 0xd4400000;   /* BRK, HLT */
    return (word == BTI_C && c) || (word == BTI_J && j) || word == BTI_JC || exception_generating ||
           ((word == PACIASP || word == PACIBSP) && (c || !BIT(sctlr, bt)));
}

/* First op of a block where BTI is in force; imm: the block's first instruction, aux: whether its page is guarded. */
HandlerResult op_bti_check(ARGS)
{
    if (unlikely(cpu->btype)) {
        if (op->aux && !bti_compatible(cpu, (u32)op->imm)) {
            exception_set(cpu, EC_BTI, cpu->btype);
            LEAVE(LEAVE_EXCEPTION, 0);
        }
        cpu->btype = 0;
    }
    DISPATCH(op + 1);
}
