/* SPDX-License-Identifier: MIT
 * System instructions: hints, barriers, PSTATE, system registers, caches, translation, exceptions. DC ZVA: system_mem.h. */
#include "arch/pauth.h"
#include "arch/sysregs.h"

OP(NOP, NEXT;)
/* An instruction that EL0 may not use: IMM = EC:ISS. */
OP(TRAP, exception_set(cpu, (u32)(IMM >> 32), (u32)IMM); TAKE_EXCEPTION;)

/* -- Hints ---------------------------------------------------------------------------------------------------------- */
OP(YIELD, cpu->leave = LEAVE_YIELD; return leave_after(PASS(op));)
OP(SEV, system_send_event(cpu, true); NEXT;)
OP(SEVL, system_send_event(cpu, false); NEXT;)
OP(ESB, system_error_barrier(cpu); NEXT;)

/* WFI WFE WFIT WFET: SH says which, Xn is the timeout, IMM the syndrome's register. */
OP(WAIT,
    SPILL(op);
    switch (system_wait(cpu, (Wait)SH, Xn, (u32)IMM)) {
    case WAIT_TRAPPED:
        TAKE_EXCEPTION;
    case WAIT_SLEEPS:
        cpu->leave = LEAVE_HALT;
        return leave_after(PASS(op));
    case WAIT_YIELDS:
        cpu->leave = LEAVE_YIELD;
        return leave_after(PASS(op));
    case WAIT_OVER:
        break;
    }
    NEXT;)

/* PACIASP, AUTIBZ, ..: SH is the key, Xm the modifier. */
OP(PACI_hint, Xd = pauth_add(cpu, Xn, Xm, (PauthKey)SH); NEXT;)
OP(AUTI_hint, if (!pauth_auth(cpu, Xn, Xm, (PauthKey)SH, &Xd)) TAKE_EXCEPTION; NEXT;)
OP(XPACLRI, Xd = pauth_strip(cpu, Xn, false); NEXT;)

/* -- Barriers --------------------------------------------------------------------------------------------------------
 * Instructions complete in order, and writes that change the context end their block: barriers have nothing left to do. */
OP(CLREX, cpu->exclusive = false; NEXT;)

/* -- PSTATE ---------------------------------------------------------------------------------------------------------- */
/* Whether the run loop has to look at what DAIF has just unmasked: an interrupt, or MDSCR_EL1.SS with PSTATE.D. */
#define MAY_BE_UNMASKED unlikely(cpu->irq_line | cpu->fiq_line | cpu->serror_pending | (cpu->mdscr_el1 & 1))
#define LOOK_BEFORE_NEXT do { cpu_update_context(cpu); return leave_at(PASS(op + 1)); } while (0)

OP(MSR_DAIFSet, cpu->daif |= (u32)IMM; if (unlikely(cpu->ctx & CTX_STEP)) LOOK_BEFORE_NEXT; NEXT;)
OP(MSR_DAIFClr, cpu->daif &= ~(u32)IMM; if (MAY_BE_UNMASKED) LOOK_BEFORE_NEXT; NEXT;)
OP(MSR_DAIF, cpu->daif = (u32)Xn & (u32)IMM; if (MAY_BE_UNMASKED) LOOK_BEFORE_NEXT; NEXT;)
OP(MSR_SPSel, system_select_sp(cpu, (unsigned)IMM); NEXT;)
OP(MSR_PAN, cpu->pan = (u8)IMM; pstate_select_regime(cpu); tlb = cpu->tlb_base; NEXT;)
OP(MSR_UAO, cpu->uao = (u8)IMM; pstate_select_regime(cpu); tlb = cpu->tlb_base; NEXT;)
OP(MSR_DIT, cpu->dit = (u8)IMM; NEXT;)
OP(MSR_SSBS, cpu->ssbs = (u8)IMM; NEXT;)

/* -- System registers ---------------------------------------------------------------------------------------------------
 * Plain storage is a load or a store. The rest goes through the register's row, IMM; AUX is Rt, for the syndrome. */
OP(MRS_storage_x, Xd = Xn; NEXT;)
OP(MRS_storage_w, Xd = AT(u32, op->n); NEXT;)
OP(MRS_constant, Xd = IMM; NEXT;)
OP(MSR_storage_x, Xd = Xn & IMM; NEXT;)

#define REG ((const SysReg *)(uintptr_t)IMM)
#define SYSREG_TRAP(is_read) do { \
    exception_set(cpu, EC_SYSREG, sysreg_iss(REG->encoding, AUX, is_read)); TAKE_EXCEPTION; } while (0)

OP(MRS, SPILL(op); u64 v = sysreg_read(cpu, REG); RELOAD; Xd = v; if (unlikely(cpu->attention)) return leave_at(PASS(op + 1)); NEXT;)
OP(MSR, SPILL(op); sysreg_write(cpu, REG, Xn); RELOAD; tlb = cpu->tlb_base;
    if (unlikely(cpu->attention)) return leave_at(PASS(op + 1)); NEXT;)
OP(MRS_el0, if (!REG->access(cpu, false)) SYSREG_TRAP(true); SPILL(op); u64 v = sysreg_read(cpu, REG); RELOAD; Xd = v; NEXT;)
OP(MSR_el0, if (!REG->access(cpu, true)) SYSREG_TRAP(false); SPILL(op); sysreg_write(cpu, REG, Xn); RELOAD;
    if (unlikely(cpu->attention)) return leave_at(PASS(op + 1)); NEXT;)
/* EL0, and no such register: SCTLR_EL1.TIDCP decides between a trap and UNDEFINED. IMM = ISS. */
OP(TIDCP, if (cpu->sctlr_el[1] >> 63) { exception_set(cpu, EC_SYSREG, (u32)IMM); TAKE_EXCEPTION; } UNDEFINED_INSN;)

/* -- Caches, translation, speculation ------------------------------------------------------------------------------------ */
/* SH: needs write permission. */
OP(CACHE_OP, SPILL(op); if (!system_cache_op(cpu, Xn, SH)) TAKE_EXCEPTION; RELOAD; NEXT;)
/* SH = CRm, SH2 = op2. */
OP(AT, SPILL(op); if (!system_translate(cpu, Xn, SH, SH2)) TAKE_EXCEPTION; RELOAD; NEXT;)
OP(TLBI, SPILL(op); system_tlbi(cpu, SH, SH2, Xn); RELOAD; NEXT;)
OP(RCTX_el0, if (!system_speculation_op(cpu)) { exception_set(cpu, EC_SYSREG, (u32)IMM); TAKE_EXCEPTION; } NEXT;)

/* -- Exceptions ------------------------------------------------------------------------------------------------------------ */
OP(SVC, exception_set(cpu, EC_SVC64, (u32)IMM); return leave_exception_after(PASS(op));)
OP(BRK, exception_set(cpu, EC_BRK64, (u32)IMM); TAKE_EXCEPTION;)
OP(HVC, exception_set(cpu, EC_HVC64, (u32)IMM); return leave_exception_after(PASS(op));)

/* After a return: the run loop must look first where something is pending. */
#define RETURNED do { RELOAD; \
    if (unlikely(cpu->il | cpu->irq_line | cpu->fiq_line | cpu->serror_pending | (cpu->ctx & CTX_STEP))) return leave_lookup(PASS(op)); \
    tlb = cpu->tlb_base; JUMP_TO(cpu->pc); } while (0)
OP(ERET, SPILL(op); system_exception_return(cpu); RETURNED;)
OP(ERETA, SPILL(op); if (!system_exception_return_auth(cpu, SH)) TAKE_EXCEPTION; RETURNED;)
