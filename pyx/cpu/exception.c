/* SPDX-License-Identifier: MIT
 * Exceptions to EL1: AArch64.TakeException, AArch64.ExceptionReturn and what they need. State is banked by EL, so that EL2 and EL3
 * are more values of `target`, not more code. */
#include "cpu/exception.h"
#include "cpu/machine.h"
#include "cpu/psci.h"
#include "cpu/pstate.h"

enum { VECTOR_SYNC = 0x000, VECTOR_IRQ = 0x080, VECTOR_FIQ = 0x100, VECTOR_SERROR = 0x180 };
enum { FSC_DEBUG = 0x22, ISS_STEP_ISV = 1 << 24 };
#define ESR_IL (1u << 25)

void exception_set(Cpu *cpu, u32 ec, u32 iss)
{
    cpu->exception = (Exception){.ec = ec, .iss = iss, .target_el = 1};
}

void exception_set_far(Cpu *cpu, u32 ec, u32 iss, u64 far)
{
    cpu->exception = (Exception){.ec = ec, .iss = iss, .far = far, .has_far = true, .target_el = 1};
}

/* GetPSRFromPSTATE */
u32 pstate_read(const Cpu *cpu)
{
    return nzcv_read(cpu) | (u32)cpu->tco << 25 | (u32)cpu->dit << 24 | (u32)cpu->uao << 23 | (u32)cpu->pan << 22 |
           (u32)cpu->ss << 21 | (u32)cpu->il << 20 | (u32)cpu->allint << 13 | (u32)cpu->ssbs << 12 |
           (u32)cpu->btype << PSTATE_BTYPE_SHIFT | cpu->daif | PSTATE_EL(cpu->el) | cpu->spsel;
}

/* The part of SetPSTATEFromPSR that a legal return alone restores. */
static void set_legal_fields(Cpu *cpu, u32 psr)
{
    cpu->il = BIT(psr, 20);
    cpu->btype = cpu_has(cpu, FEAT_BTI) ? (u8)BITS(psr, 11, 10) : 0;
    cpu->ssbs = cpu_has(cpu, FEAT_SSBS) && BIT(psr, 12);
    cpu->uao = cpu_has(cpu, FEAT_UAO) && BIT(psr, 23);
    cpu->dit = cpu_has(cpu, FEAT_DIT) && BIT(psr, 24);
    pstate_select_sp(cpu, (unsigned)BITS(psr, 3, 2), BIT(psr, 0));
}

static void set_common_fields(Cpu *cpu, u32 psr)
{
    nzcv_write(cpu, psr & 0xf0000000u);
    cpu->pan = cpu_has(cpu, FEAT_PAN) && BIT(psr, 22);
    cpu->daif = psr & (PSTATE_D | PSTATE_A | PSTATE_I | PSTATE_F);
    cpu->allint = cpu_has(cpu, FEAT_NMI) && BIT(psr, 13);
}

/* IllegalExceptionReturn: AArch32, a higher or missing EL, reserved mode bits. EL2 and EL3 are not implemented. */
static bool mode_is_illegal(u32 psr, unsigned from_el)
{
    unsigned el = (unsigned)BITS(psr, 3, 2);
    return BIT(psr, 4) || BIT(psr, 1) || el > from_el || (el == 0 && BIT(psr, 0));
}

bool pstate_write(Cpu *cpu, u32 pstate)
{
    if (mode_is_illegal(pstate, 1)) {
        return false;
    }
    set_legal_fields(cpu, pstate);
    set_common_fields(cpu, pstate);
    cpu->ss = BIT(pstate, 21);
    cpu_update_context(cpu);
    return true;
}

u64 branch_address(const Cpu *cpu, u64 target)
{
    u64 tcr = cpu->tcr_el[1];
    bool upper = BIT(target, 55);
    bool data_only = cpu_has(cpu, FEAT_PAuth) && BIT(tcr, upper ? 52 : 51);    /* TBID: instruction addresses keep their tag */
    if (!BIT(tcr, upper ? 38 : 37) || data_only) {
        return target;
    }
    return (u64)sign_extend(target, 56);
}

/* -- Entry --------------------------------------------------------------------------------------------------------- */

static u64 vector_of(const Cpu *cpu, unsigned target, unsigned offset)
{
    if (cpu->el < target) {
        offset += 0x400;
    } else if (cpu->spsel) {
        offset += 0x200;
    }
    return (cpu->vbar_el[target] & ~(u64)0x7ff) + offset;
}

/* PSTATE at the vector. Cpu.pc is the preferred return address. */
static void enter(Cpu *cpu, unsigned target, unsigned offset)
{
    u64 sctlr = cpu->sctlr_el[target], vector = vector_of(cpu, target, offset);
    cpu->spsr_el[target] = pstate_read(cpu);
    cpu->elr_el[target] = cpu->pc;
    pstate_select_sp(cpu, target, 1);
    cpu->daif = PSTATE_D | PSTATE_A | PSTATE_I | PSTATE_F;
    cpu->ss = cpu->il = cpu->btype = cpu->uao = 0;
    cpu->stepping = false;
    if (cpu_has(cpu, FEAT_PAN) && !BIT(sctlr, 23)) {    /* SPAN */
        cpu->pan = 1;
    }
    cpu->ssbs = cpu_has(cpu, FEAT_SSBS) && BIT(sctlr, 44);
    cpu->pc = vector;
    cpu_update_context(cpu);
}

static void call_hook(Cpu *cpu, unsigned kind)
{
    Machine *m = cpu->machine;
    if (unlikely(m->hooks_exceptions) && !m->callbacks.exception(cpu, kind)) {
        machine_stop(m, STOP_CALLBACK);
    }
}

/* These exist in a "from lower EL" and a "same EL" form, which is one higher. */
static bool has_same_el_form(u32 ec)
{
    return ec == EC_IABT_LOWER || ec == EC_DABT_LOWER || ec == EC_BREAKPOINT_LOWER || ec == EC_STEP_LOWER ||
           ec == EC_WATCHPOINT_LOWER;
}

void exception_take(Cpu *cpu)
{
    const Exception *e = &cpu->exception;
    if (e->ec == EC_HVC64) {    /* no EL2: the machine's firmware answers */
        cpu->nested_faults = 0;
        psci_call(cpu);
        return;
    }
    unsigned target = e->target_el;
    u32 ec = e->ec + (has_same_el_form(e->ec) && cpu->el == target);
    cpu->esr_el[target] = ec << 26 | (e->il16 ? 0 : ESR_IL) | e->iss;
    if (e->has_far) {
        cpu->far_el[target] = e->far;
    }
    if (ec == EC_SVC64) {
        cpu->ss = 0;    /* SSAdvance: the instruction has completed */
    }
    enter(cpu, target, VECTOR_SYNC);
    call_hook(cpu, 0);
}

void exception_take_interrupt(Cpu *cpu, Interrupt kind)
{
    static const u16 offsets[] = {VECTOR_IRQ, VECTOR_FIQ, VECTOR_SERROR};
    if (kind == INTERRUPT_SERROR) {
        cpu->serror_pending = false;
        cpu->esr_el[1] = (u32)EC_SERROR << 26 | ESR_IL;
    }
    enter(cpu, 1, offsets[kind]);
    call_hook(cpu, kind == INTERRUPT_IRQ ? 1 : kind == INTERRUPT_FIQ ? 2 : 3);
}

bool exception_interrupt_enabled(const Cpu *cpu, Interrupt kind)
{
    static const u32 masks[] = {PSTATE_I, PSTATE_F, PSTATE_A};
    return cpu->el < 1 || !(cpu->daif & masks[kind]);
}

/* -- Return -------------------------------------------------------------------------------------------------------- */

/* DebugExceptionReturnSS: a debugger sets SPSR.SS to let one instruction run. */
static bool step_after_return(const Cpu *cpu, u32 spsr, bool illegal)
{
    unsigned dest = illegal ? cpu->el : (unsigned)BITS(spsr, 3, 2);
    return BIT(cpu->mdscr_el1, 0) && !debug_enabled_from(cpu, cpu->el, cpu->daif & PSTATE_D) &&
           debug_enabled_from(cpu, dest, spsr & PSTATE_D) && BIT(spsr, 21);
}

void exception_return_to(Cpu *cpu, u64 target)
{
    u32 spsr = (u32)cpu->spsr_el[cpu->el];
    bool illegal = mode_is_illegal(spsr, cpu->el);
    cpu->ss = step_after_return(cpu, spsr, illegal);
    cpu->stepping = false;
    if (illegal) {
        cpu->il = 1;
    } else {
        set_legal_fields(cpu, spsr);
    }
    set_common_fields(cpu, spsr);
    cpu->exclusive = false;
    cpu->event_register = true;
    cpu->nested_faults = 0;
    cpu->pc = branch_address(cpu, target);
    cpu_update_context(cpu);
}

void exception_return(Cpu *cpu)
{
    exception_return_to(cpu, cpu->elr_el[cpu->el]);
}

/* -- Software step ---------------------------------------------------------------------------------------------------
 * CTX_STEP: active. PSTATE.SS = 1: not pending, one instruction runs; 0: pending, the exception comes first.
 * CHOICE(UNKNOWN): ESR.EX, "the stepped instruction was a load-exclusive", reads as zero. */

bool software_step_begin(Cpu *cpu)
{
    if (cpu->ss) {
        cpu->stepping = true;
        return true;
    }
    exception_set(cpu, EC_STEP_LOWER, FSC_DEBUG | (cpu->stepped ? ISS_STEP_ISV : 0));
    cpu->stepped = false;
    exception_take(cpu);
    return false;
}

void software_step_end(Cpu *cpu)
{
    if (cpu->stepping) {
        cpu->ss = 0;
        cpu->stepped = true;
    }
    cpu->stepping = false;
}
