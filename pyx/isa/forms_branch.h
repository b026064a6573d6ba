/* SPDX-License-Identifier: MIT
 * Branches: how fields become operands, and which handler serves. */
#ifndef EMU_ISA_FORMS_BRANCH_H
#define EMU_ISA_FORMS_BRANCH_H

#include "isa/forms_cond.h"

FORM(udf)
{
    return FORM_UNDEFINED;
}

/* -- Immediate ---------------------------------------------------------------------------------------------- */
static void branch_to(Translator *t, u32 imm, unsigned bits)
{
    t->end = END_BRANCH;
    t->target = t->pc + ((u64)sign_extend(imm, bits) << 2);
}

FORM(b)
{
    branch_to(t, f->imm26, 26);
    Op *before = previous_op(t);
    const MovePairs *pairs = move_pairs(before, true);
    if (!pairs)
        return emit(t, op, op_B);
    pair_with_constant(before, pairs->b, 0);
    return fused(t);
}

FORM(bl)
{
    branch_to(t, f->imm26, 26);
    Op *before = previous_op(t);
    const MovePairs *pairs = move_pairs(before, true);
    if (pairs) {
        pair_with_constant(before, pairs->bl, t->pc + 4);
        return fused(t);
    }
    op->imm = t->pc + 4;
    return emit(t, op, op_BL);
}

FORM(cbz)
{
    branch_to(t, f->imm19, 19);
    op->n = reg_zr(f->Rt);
    return (int)f->sf;
}

FORM(tbz)
{
    branch_to(t, f->imm14, 14);
    op->n = reg_zr(f->Rt);
    op->imm = (u64)1 << (f->b5 << 5 | f->b40);
    return 0;
}

/* -- Conditional ------------------------------------------------------------------------------------------------ */
/* A comparison and the branch on its flags as one op: the comparison's handler, then the pair's by test. */
typedef struct FusedBranch {
    Handler *compare, *by_test[TESTS];
} FusedBranch;

#define FUSED_BRANCH(compare, FOR) {op_##compare, {FOR(BY_TEST, compare##_B)}}

static Handler *fused_branch(Handler *compare, Test test)
{
    static const FusedBranch fusions[] = {
        FUSED_BRANCH(CMP_imm_w, FOR_TESTS_w), FUSED_BRANCH(CMP_imm_x, FOR_TESTS_x),
        FUSED_BRANCH(CMP_reg_w, FOR_TESTS_w), FUSED_BRANCH(CMP_reg_x, FOR_TESTS_x),
        FUSED_BRANCH(SUBS_imm_w, FOR_TESTS_w), FUSED_BRANCH(SUBS_imm_x, FOR_TESTS_x),
        FUSED_BRANCH(SUBS_shift_w, FOR_TESTS_w), FUSED_BRANCH(SUBS_shift_x, FOR_TESTS_x),
        FUSED_BRANCH(TST_imm_w, FOR_SIGNED_TESTS), FUSED_BRANCH(TST_imm_x, FOR_SIGNED_TESTS),
        FUSED_BRANCH(TST_reg_w, FOR_SIGNED_TESTS), FUSED_BRANCH(TST_reg_x, FOR_SIGNED_TESTS),
    };
    for (unsigned i = 0; i < ARRAY_LEN(fusions); i++)
        if (fusions[i].compare == compare)
            return fusions[i].by_test[test];
    return NULL;
}

/* Flags of an unknown kind: the test of a subtraction, with a look at the kind. */
static int emit_b_cond_any(Translator *t, Op *op, unsigned cond)
{
    static Handler *const any[TESTS] = {FOR_SIGNED_TESTS(BY_TEST, B_cond_any) FOR_CARRY_TESTS(BY_TEST, B_cond_any)};
    Test test = subtraction_test(cond);
    ask_condition(op, cond);
    return emit(t, op, test < TESTS && any[test] ? any[test] : op_B_cond_slow);
}

FORM(b_cond)
{
    static Handler *const by_test[TESTS] = {FOR_TESTS(BY_TEST, B_cond)};
    branch_to(t, f->imm19, 19);
    Test test = condition_test(t->flags, f->cond);
    if (test == T_never)
        t->target = t->pc + 4;
    if (test == T_never || test == T_always)
        return emit(t, op, op_B);
    if (test == T_unknown)
        return emit_b_cond_any(t, op, f->cond);
    Op *before = previous_op(t);
    Handler *pair = before ? fused_branch(before->handler, test) : NULL;
    if (!pair)
        return emit(t, op, by_test[test]);
    before->handler = pair;
    return fused(t);
}

/* -- Register ------------------------------------------------------------------------------------------------------ */
/* What BR and BRAA leave in PSTATE.BTYPE; BLR leaves 2. */
static u8 br_btype(const Translator *t, unsigned Rn)
{
    return (t->ctx & CTX_GUARDED) && Rn != 16 && Rn != 17 ? 3 : 1;
}

FORM(ret)
{
    t->end = END_JUMP;
    op->n = reg_zr(f->Rn);
    return 0;
}

FORM(br)
{
    t->end = END_JUMP;
    op->n = reg_zr(f->Rn);
    op->sh = br_btype(t, f->Rn);
    return (t->ctx & CTX_BTI) != 0;
}

FORM(blr)
{
    t->end = END_JUMP;
    op->n = reg_zr(f->Rn);
    op->imm = t->pc + 4;
    op->sh = 2;
    return (t->ctx & CTX_BTI) != 0;
}

/* n: the target, m: the modifier. */
static int emit_auth_branch(Translator *t, const Fields *f, Op *op, u16 n, u16 m, u8 btype, Handler *handler)
{
    t->end = END_JUMP;
    op->n = n;
    op->m = m;
    op->imm = t->pc + 4;
    op->sh = t->ctx & CTX_BTI ? btype : 0;
    op->sh2 = (u8)((f->M ? PAUTH_IB : PAUTH_IA) | PAUTH_COMBINED);
    return emit(t, op, handler);
}

FORM(bra)
{
    return emit_auth_branch(t, f, op, reg_zr(f->Rn), reg_sp(f->Rm), br_btype(t, f->Rn), op_BRA);
}

FORM(braz)
{
    return emit_auth_branch(t, f, op, reg_zr(f->Rn), reg_zr(31), br_btype(t, f->Rn), op_BRA);
}

FORM(blra)
{
    return emit_auth_branch(t, f, op, reg_zr(f->Rn), reg_sp(f->Rm), 2, op_BLRA);
}

FORM(blraz)
{
    return emit_auth_branch(t, f, op, reg_zr(f->Rn), reg_zr(31), 2, op_BLRA);
}

FORM(reta)
{
    return emit_auth_branch(t, f, op, reg_zr(30), reg_sp(31), 0, op_BRA);
}

#endif
