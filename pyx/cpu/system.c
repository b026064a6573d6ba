/* SPDX-License-Identifier: MIT
 * What system instructions do beyond their own operands: waiting, cache maintenance, AT, ESB, exception return. */
#include "arch/pauth.h"
#include "arch/sysregs.h"
#include "cpu/exception.h"
#include "cpu/machine.h"
#include "cpu/pstate.h"
#include "cpu/timer.h"
#include "mem/tlb.h"
#include "mem/walk.h"

/* -- Waiting ------------------------------------------------------------------------------------------------------- */

/* SCTLR_EL1.nTWI, nTWE: EL0 may not put the core to sleep. CV = 1, COND = 0b1110. */
static bool wait_trapped(Cpu *cpu, Wait kind, u32 iss)
{
    bool is_wfe = kind == WAIT_WFE || kind == WAIT_WFET;
    if (cpu->el != 0 || BIT(cpu->sctlr_el[1], is_wfe ? 18 : 16)) {
        return false;
    }
    exception_set(cpu, EC_WFX, 1u << 24 | 0xeu << 20 | iss | kind);
    return true;
}

static bool wake_up_is_there(Cpu *cpu, Wait kind)
{
    if (kind == WAIT_WFI || kind == WAIT_WFIT) {
        return cpu->irq_line || cpu->fiq_line || cpu->serror_pending;
    }
    bool event = cpu->event_register;
    cpu->event_register = false;
    return event;
}

/* CNTVCT_EL0 has reached a value at this guest time in ns; ~0: never. */
static u64 count_to_ns(const Cpu *cpu, u64 ticks)
{
    u64 physical = ticks + cpu->cntvoff_el2;
    return physical > ~(u64)0 / NS_PER_TICK ? ~(u64)0 : physical * NS_PER_TICK;
}

WaitResult system_wait(Cpu *cpu, Wait kind, u64 timeout_ticks, u32 iss)
{
    bool timed = kind == WAIT_WFIT || kind == WAIT_WFET;
    u64 deadline = timed ? count_to_ns(cpu, timeout_ticks) : ~(u64)0;
    if (wake_up_is_there(cpu, kind) || (timed && cpu_now_ns(cpu) >= deadline)) {
        return WAIT_OVER;
    }
    if (wait_trapped(cpu, kind, iss)) {
        return WAIT_TRAPPED;
    }
    bool is_wfe = kind == WAIT_WFE || kind == WAIT_WFET;
    if (is_wfe && cpu->exclusive) {
        return WAIT_YIELDS;     /* another core's store to what LDXR has marked is a wake-up event, and we can't see it */
    }
    u64 event = is_wfe ? timer_next_event_ns(cpu) : ~(u64)0;
    cpu->count_wfi++;
    cpu->wfx_deadline_ns = event < deadline ? event : deadline;
    cpu->halted = is_wfe ? HALTED_WFE : HALTED_WFI;
    return WAIT_SLEEPS;
}

bool system_is_alone(const Cpu *cpu)
{
    return cpu->machine->n_cpus == 1;
}

void system_send_event(Cpu *cpu, bool everywhere)
{
    if (everywhere) {
        machine_send_event(cpu->machine);
    } else {
        cpu->event_register = true;
    }
}

/* -- Caches, translation --------------------------------------------------------------------------------------------- */

/* Caches are not modelled: what remains of an operation by address is its translation. PSTATE.PAN does not apply to it.
 * FEAT_CMOW: maintenance from EL0 needs write permission where SCTLR_EL1.CMOW asks for it. */
bool system_cache_op(Cpu *cpu, u64 va, bool write)
{
    TlbHit hit;
    bool cmow = cpu->el == 0 && BIT(cpu->sctlr_el[1], 32);
    unsigned acc = ACC_CACHE | (write || cmow ? ACC_WRITE : 0);
    return tlb_translate(cpu, va, cpu->el ? REGIME_EL1 : REGIME_EL0, acc, &hit);
}

static u64 par_success(const Translation *tr)
{
    return (u64)tr->attr << 56 | BITS(tr->paddr, 47, 12) << 12 | 1u << 11 | (u64)tr->shareability << 7;
}

static u64 par_fault(const Fault *fault)
{
    return 1u << 11 | (u64)fault->s1ptw << 8 | (u64)fault->fsc << 1 | 1;
}

/* S1E1R S1E1W S1E0R S1E0W (CRm 8, op2 0..3), S1E1RP S1E1WP (CRm 9). Only the P forms heed PSTATE.PAN. */
bool system_translate(Cpu *cpu, u64 va, unsigned crm, unsigned op2)
{
    Regime regime = op2 & 2 ? REGIME_EL0 : crm == 9 && cpu->pan ? REGIME_EL1_PAN : REGIME_EL1;
    unsigned acc = ACC_NOFAULT | (op2 & 1 ? ACC_WRITE : 0);
    Translation tr;
    Fault fault;
    if (mmu_walk(cpu, va, regime, acc, &tr, &fault)) {
        cpu->par_el1 = par_success(&tr);
        return true;
    }
    if ((fault.fsc & 0x3c) == 0x14) {   /* external abort on the walk */
        mmu_raise(cpu, va, ACC_CACHE, &fault);
        return false;
    }
    cpu->par_el1 = par_fault(&fault);
    return true;
}

/* -- Errors, calls, returns -------------------------------------------------------------------------------------------- */

/* ESB: a pending SError that is masked is deferred to DISR_EL1 (A = 1, uncategorised: ISS = 0). */
void system_error_barrier(Cpu *cpu)
{
    if (cpu->serror_pending && !exception_interrupt_enabled(cpu, INTERRUPT_SERROR)) {
        cpu->serror_pending = false;
        cpu->disr_el1 = (u64)1 << 31;
    }
}

/* SCTLR_EL1.EnRCTX */
bool system_speculation_op(Cpu *cpu)
{
    return cpu->el != 0 || BIT(cpu->sctlr_el[1], 10);
}

void system_exception_return(Cpu *cpu)
{
    exception_return(cpu);
}

bool system_exception_return_auth(Cpu *cpu, bool key_b)
{
    u64 target;
    PauthKey key = (key_b ? PAUTH_IB : PAUTH_IA) | PAUTH_COMBINED;
    if (!pauth_auth(cpu, cpu->elr_el[cpu->el], cpu->x[SLOT_SP], key, &target)) {
        return false;
    }
    exception_return_to(cpu, target);
    return true;
}

void system_select_sp(Cpu *cpu, unsigned spsel)
{
    pstate_select_sp(cpu, cpu->el, spsel);
    cpu_update_context(cpu);
}
