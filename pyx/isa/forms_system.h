/* SPDX-License-Identifier: MIT
 * Forms of system.decode. Which handler serves is known here in full: exception level and EL0's controls are part of the context,
 * and what a core has never changes. */
#include "arch/pauth.h"
#include "arch/sysregs.h"

Handler op_NOP, op_TRAP, op_YIELD, op_SEV, op_SEVL, op_ESB, op_WAIT, op_PACI_hint, op_AUTI_hint, op_XPACLRI, op_CLREX,
    op_MSR_DAIFSet, op_MSR_DAIFClr, op_MSR_DAIF, op_MSR_SPSel, op_MSR_PAN, op_MSR_UAO, op_MSR_DIT, op_MSR_SSBS,
    op_MRS_storage_x, op_MRS_storage_w, op_MRS_constant, op_MSR_storage_x, op_MRS, op_MSR, op_MRS_el0, op_MSR_el0, op_TIDCP,
    op_CACHE_OP, op_AT, op_TLBI, op_RCTX_el0, op_SVC, op_BRK, op_HVC, op_ERET, op_ERETA;
Handler op_fp_trap, op_hook_MRS, op_hook_MSR;

static bool at_el0(const Translator *t)
{
    return (t->ctx & CTX_EL) == 0;
}

static int serve(Translator *t, Op *op, Handler *handler, BlockEnd end)
{
    op->handler = handler;
    t->end = end;
    return FORM_EMITTED;
}

static int emit_trap(Translator *t, Op *op, u32 ec, u32 iss)
{
    op->imm = (u64)ec << 32 | iss;
    return serve(t, op, op_TRAP, END_JUMP);
}

/* The encoding op0:op1:CRn:CRm:op2 of MRS, MSR, SYS, MSR (immediate) stands in the word as it does in a row. op0 is 2 bits: its high
 * one is set for MRS and MSR. */
static u16 word_encoding(u32 word)
{
    return (u16)(word >> 5);
}

/* The syndrome of a trapped system instruction, from its word. */
static u32 word_iss(u32 word)
{
    return sysreg_iss(word_encoding(word), word & 31, word >> 21 & 1);
}

/* -- Hints ------------------------------------------------------------------------------------------------------------ */

FORM(hint)
{
    switch (t->word >> 5 & 0x7f) {
    case 1:     /* YIELD: to nobody, on a single core */
        return !system_is_alone(t->cpu) ? serve(t, op, op_YIELD, END_JUMP) : serve(t, op, op_NOP, END_NONE);
    case 4:
        return serve(t, op, op_SEV, END_NONE);
    case 5:
        return serve(t, op, op_SEVL, END_NONE);
    case 16:
        return serve(t, op, cpu_has(t->cpu, FEAT_RAS) ? op_ESB : op_NOP, END_NONE);
    default:
        return serve(t, op, op_NOP, END_NONE);
    }
}

/* CRm<0> = 0: X17 and X16, or XPACLRI; CRm = 3: X30 with zero or SP. op2<2>: authenticate, op2<1>: key B. */
FORM(hint_pac)
{
    unsigned hint = t->word >> 5 & 0x7f;
    bool x17 = hint < 24, sp = hint & 1;
    if (!cpu_has(t->cpu, FEAT_PAuth)) {
        return serve(t, op, op_NOP, END_NONE);
    }
    op->d = op->n = reg_slot(x17 && hint != 7 ? 17 : 30);
    if (hint == 7) {
        return serve(t, op, op_XPACLRI, END_NONE);
    }
    op->m = reg_slot(x17 ? 16 : sp ? SLOT_SP : SLOT_ZR);
    op->sh = hint & 2 ? PAUTH_IB : PAUTH_IA;
    return serve(t, op, hint & 4 ? op_AUTI_hint : op_PACI_hint, END_NONE);
}

FORM(wait)
{
    op->sh = t->word >> 5 & 1 ? WAIT_WFI : WAIT_WFE;
    op->n = reg_slot(SLOT_ZR);
    return serve(t, op, op_WAIT, END_NONE);
}

/* ISS: RN and RV = 1. */
FORM(wait_timed)
{
    op->sh = t->word >> 5 & 1 ? WAIT_WFIT : WAIT_WFET;
    op->n = reg_zr(f->Rd);
    op->imm = f->Rd << 5 | 1u << 2;
    return serve(t, op, op_WAIT, END_NONE);
}

FORM(barrier)
{
    unsigned op2 = t->word >> 5 & 7;
    /* ISB ends the block: what follows must be fetched anew, for the code may have changed. */
    return serve(t, op, op2 == 2 ? op_CLREX : op_NOP, op2 == 6 ? END_EXIT : END_NONE);
}

/* -- PSTATE -------------------------------------------------------------------------------------------------------------- */

/* MSR (immediate): op1 says whether EL0 may. DAIF at EL0 obeys SCTLR_EL1.UMA. */
FORM(msr_imm)
{
    unsigned field = t->word >> 16 << 3 & 0x38, imm = f->CRm;
    field |= t->word >> 5 & 7;
    bool op1_is_3 = field >> 3 == 3;
    if (!op1_is_3 && at_el0(t)) {
        return FORM_UNDEFINED;
    }
    op->imm = imm & 1;
    switch (field) {
    case 003:
        return serve(t, op, op_MSR_UAO, END_NONE);
    case 004:
        return serve(t, op, op_MSR_PAN, END_NONE);
    case 005:
        return serve(t, op, op_MSR_SPSel, END_EXIT);
    case 031:
        return serve(t, op, op_MSR_SSBS, END_NONE);
    case 032:
        return serve(t, op, op_MSR_DIT, END_NONE);
    default:    /* DAIFSet, DAIFClr */
        if (!(t->ctx & CTX_UMA)) {
            return emit_trap(t, op, EC_SYSREG, word_iss(t->word));
        }
        op->imm = imm << 6;
        return serve(t, op, field == 036 ? op_MSR_DAIFSet : op_MSR_DAIFClr, END_NONE);
    }
}

/* -- System registers -------------------------------------------------------------------------------------------------------- */

/* Op0 3, op1 0, 1 or 3, CRn 0, CRm 0..7: the feature ID space, whose refused reads FEAT_IDST reports as traps. */
static bool in_id_space(u16 encoding)
{
    unsigned op1 = encoding >> 11 & 7, crn = encoding >> 7 & 15, crm = encoding >> 3 & 15;
    return encoding >> 14 == 3 && (op1 <= 1 || op1 == 3) && crn == 0 && crm < 8;
}

/* No such register, or not from here. FEAT_TIDCP1: EL0 may be trapped in the IMPLEMENTATION DEFINED space (CRn 11 and 15). */
static int no_register(Translator *t, Op *op, bool is_read)
{
    u16 encoding = word_encoding(t->word);
    unsigned op0 = encoding >> 14, crn = encoding >> 7 & 15;
    if (is_read && in_id_space(encoding) && cpu_has(t->cpu, FEAT_IDST)) {
        return emit_trap(t, op, EC_SYSREG, word_iss(t->word));
    }
    if (at_el0(t) && (op0 & 1) && (crn & 11) == 11 && cpu_has(t->cpu, FEAT_TIDCP1)) {
        op->imm = word_iss(t->word);
        return serve(t, op, op_TIDCP, END_JUMP);
    }
    return FORM_UNDEFINED;
}

FORM(sys_imp)
{
    (void)f;
    return no_register(t, op, false);
}

static bool may_access(const Translator *t, const SysReg *reg, unsigned lowest_el)
{
    return reg && (t->ctx & CTX_EL) >= lowest_el && !((reg->flags & SYSREG_BANKED_SP) && (t->ctx & CTX_SPSEL0));
}

/* Traps that the context decides. Returns FORM_EMITTED, or 0 to go on. */
static int context_traps(Translator *t, Op *op, const SysReg *reg)
{
    if ((reg->flags & SYSREG_FP) && (t->ctx & CTX_FP_TRAP)) {
        return serve(t, op, op_fp_trap, END_JUMP);
    }
    if (reg->el0_ctx & ~t->ctx) {
        return emit_trap(t, op, EC_SYSREG, word_iss(t->word));
    }
    return 0;
}

/* The hook of an access that the guest's exception level may make at all: op1 = 3 is EL0's. */
static bool is_hooked(const Translator *t, bool is_write)
{
    u16 encoding = word_encoding(t->word);
    bool open = !at_el0(t) || (encoding >> 11 & 7) == 3;
    return open && sysreg_is_hooked(t->cpu, encoding, is_write);
}

FORM(mrs)
{
    if (unlikely(is_hooked(t, false))) {
        op->d = reg_zr_dest(f->Rt);
        op->aux = word_encoding(t->word);
        return serve(t, op, op_hook_MRS, END_NONE);
    }
    const SysReg *reg = sysreg_find(t->cpu, word_encoding(t->word));
    if (!may_access(t, reg, reg ? reg->read_el : 0)) {
        return no_register(t, op, true);
    }
    if (context_traps(t, op, reg)) {
        return FORM_EMITTED;
    }
    bool checked = at_el0(t) && reg->access;
    op->d = reg_zr_dest(f->Rt);
    op->n = reg->offset;
    op->imm = (u64)(uintptr_t)reg;
    op->aux = (u16)f->Rt;
    t->flags_after = reg->flags & SYSREG_NZCV && reg->read_el == 0 && reg->write_el == SYSREG_NEVER ? FLAGS_NZCV : t->flags;
    if (checked || reg->read || reg->size == 1) {
        return serve(t, op, checked ? op_MRS_el0 : op_MRS, END_NONE);
    }
    if (reg->size == 0) {
        op->imm = reg->reset;
        return serve(t, op, op_MRS_constant, END_NONE);
    }
    return serve(t, op, reg->size == 8 ? op_MRS_storage_x : op_MRS_storage_w, END_NONE);
}

static bool is_daif(const SysReg *reg)
{
    return reg->offset == offsetof(Cpu, daif) && reg->size;
}

FORM(msr_reg)
{
    if (unlikely(is_hooked(t, true))) {
        op->n = reg_zr(f->Rt);
        op->aux = word_encoding(t->word);
        return serve(t, op, op_hook_MSR, END_JUMP);
    }
    const SysReg *reg = sysreg_find(t->cpu, word_encoding(t->word));
    if (!may_access(t, reg, reg ? reg->write_el : 0)) {
        return no_register(t, op, false);
    }
    if (context_traps(t, op, reg)) {
        return FORM_EMITTED;
    }
    BlockEnd end = reg->flags & SYSREG_CONTEXT ? END_EXIT : END_NONE;
    op->n = reg_zr(f->Rt);
    op->imm = (u64)(uintptr_t)reg;
    op->aux = (u16)f->Rt;
    t->flags_after = reg->flags & SYSREG_NZCV ? FLAGS_NZCV : t->flags;
    if (is_daif(reg)) {
        op->imm = PSTATE_D | PSTATE_A | PSTATE_I | PSTATE_F;
        return serve(t, op, op_MSR_DAIF, END_NONE);
    }
    if (at_el0(t) && reg->access) {
        return serve(t, op, op_MSR_el0, end);
    }
    if (!reg->write && reg->size == 8 && end == END_NONE) {
        op->d = reg->offset;
        op->imm = reg->mask;
        return serve(t, op, op_MSR_storage_x, END_NONE);
    }
    return serve(t, op, op_MSR, end);
}

/* -- Caches, translation, speculation ------------------------------------------------------------------------------------------ */

FORM(cache_el1)
{
    return at_el0(t) ? no_register(t, op, false) : serve(t, op, op_NOP, END_NONE);
}

/* SCTLR_EL1.UCI: cache maintenance from EL0. DC IVAC is EL1's alone, and needs write permission: it may discard data. */
FORM(cache_op)
{
    bool invalidates = !(t->word >> 16 & 7);
    if (at_el0(t) && invalidates) {
        return FORM_UNDEFINED;
    }
    if (!(t->ctx & CTX_UCI)) {
        return emit_trap(t, op, EC_SYSREG, word_iss(t->word));
    }
    op->n = reg_zr(f->Rt);
    op->sh = invalidates;
    return serve(t, op, op_CACHE_OP, END_NONE);
}

FORM(dc_zva)
{
    if (!(t->ctx & CTX_DZE)) {
        return emit_trap(t, op, EC_SYSREG, word_iss(t->word));
    }
    op->n = reg_zr(f->Rt);
    return 0;
}

FORM(rctx)
{
    op->imm = word_iss(t->word);
    return serve(t, op, at_el0(t) ? op_RCTX_el0 : op_NOP, END_NONE);
}

FORM(at)
{
    if (at_el0(t)) {
        return FORM_UNDEFINED;
    }
    op->n = reg_zr(f->Rt);
    op->sh = t->word >> 8 & 15;
    op->sh2 = t->word >> 5 & 7;
    return serve(t, op, op_AT, END_NONE);
}

/* CRm 1 and 5 are FEAT_TLBIOS's. */
FORM(tlbi)
{
    bool outer = f->CRm == 1 || f->CRm == 5;
    if (at_el0(t) || (outer && !cpu_has(t->cpu, FEAT_TLBIOS)) || (f->nXS && !cpu_has(t->cpu, FEAT_XS))) {
        return FORM_UNDEFINED;
    }
    op->n = reg_zr(f->Rt);
    op->sh = (u8)f->CRm;
    op->sh2 = t->word >> 5 & 7;
    return serve(t, op, op_TLBI, END_EXIT);
}

/* -- Exceptions ------------------------------------------------------------------------------------------------------------------ */

/* HVC without EL2 reaches the machine's PSCI, as on boards whose firmware is the hypervisor. */
FORM(exception)
{
    op->imm = f->imm16;
    switch (t->word & 0x00e0001f) {
    case 0x00000001:
        return serve(t, op, op_SVC, END_JUMP);
    case 0x00000002:
        return at_el0(t) ? FORM_UNDEFINED : serve(t, op, op_HVC, END_JUMP);
    case 0x00200000:
        return serve(t, op, op_BRK, END_JUMP);
    default:
        return FORM_UNDEFINED;
    }
}

FORM(eret)
{
    bool drps = t->word >> 21 & 1, authenticated = t->word >> 11 & 1;
    if (at_el0(t) || drps) {
        return FORM_UNDEFINED;
    }
    op->sh = t->word >> 10 & 1;
    return serve(t, op, authenticated ? op_ERETA : op_ERET, END_JUMP);
}
