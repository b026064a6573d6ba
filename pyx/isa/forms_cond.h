/* SPDX-License-Identifier: MIT
 * Conditional compare and select: how fields become operands, and which handler serves the condition. */
#ifndef EMU_ISA_FORMS_COND_H
#define EMU_ISA_FORMS_COND_H

#include "isa/forms_dp.h"

/* Handlers of a family by test. */
#define BY_TEST(test, name) [T_##test] = op_##name##_##test,

/* What a handler needs that finds the condition at run time (_any, _slow). */
static void ask_condition(Op *op, unsigned cond)
{
    Test test = subtraction_test(cond);
    op->sh = (u8)cond;
    op->sh2 = test_kinds(test);
    op->aux = test_mask(test);
}

/* -- Conditional select ----------------------------------------------------------------------------------- */
/* CMP and CSEL or CSET as one op. The comparison's operands move to a, aux and imm, and make room for d, n, m. */
typedef struct FusedSelect {
    Handler *compare, *csel[2][TESTS], *cset[TESTS];
} FusedSelect;

#define FUSED_SELECT(compare, FOR) {op_##compare, \
    {{FOR(BY_TEST, compare##_CSEL_w)}, {FOR(BY_TEST, compare##_CSEL_x)}}, {FOR(BY_TEST, compare##_CSET)}}

static Handler *fused_select(Handler *compare, Test test, bool is_cset, unsigned sf)
{
    static const FusedSelect fusions[] = {
        FUSED_SELECT(CMP_imm_w, FOR_TESTS_w), FUSED_SELECT(CMP_imm_x, FOR_TESTS_x),
        FUSED_SELECT(CMP_reg_w, FOR_TESTS_w), FUSED_SELECT(CMP_reg_x, FOR_TESTS_x),
    };
    for (unsigned i = 0; i < ARRAY_LEN(fusions); i++)
        if (fusions[i].compare == compare)
            return is_cset ? fusions[i].cset[test] : fusions[i].csel[sf][test];
    return NULL;
}

static bool fuse_select(const Translator *t, const Op *op, Test test, bool is_cset, unsigned sf)
{
    Op *before = previous_op(t);
    Handler *handler = before && test < TESTS ? fused_select(before->handler, test, is_cset, sf) : NULL;
    if (!handler)
        return false;
    before->handler = handler;
    before->a = before->n;
    before->aux = before->m;
    before->d = op->d;
    before->n = op->n;
    before->m = op->m;
    return true;
}

/* by_test[sf], then any[sf] for flags of an unknown kind. */
typedef struct SelectHandlers {
    Handler *by_test[2][TESTS], *any[2];
} SelectHandlers;

#define SELECT_HANDLERS(name) {{{FOR_TESTS(BY_TEST, name##_w)}, {FOR_TESTS(BY_TEST, name##_x)}}, \
    {op_##name##_w_any, op_##name##_x_any}}

static int emit_select(Translator *t, const Fields *f, Op *op, const SelectHandlers *handlers)
{
    operands(op, f->Rd, f->Rn, f->Rm);
    Test test = condition_test(t->flags, f->cond);
    if (test < TESTS)
        return emit(t, op, handlers->by_test[f->sf][test]);
    ask_condition(op, f->cond);
    return emit(t, op, handlers->any[f->sf]);
}

FORM(csel)
{
    static const SelectHandlers handlers = SELECT_HANDLERS(CSEL);
    operands(op, f->Rd, f->Rn, f->Rm);
    if (fuse_select(t, op, condition_test(t->flags, f->cond), false, f->sf))
        return fused(t);
    return emit_select(t, f, op, &handlers);
}

FORM(csinc)
{
    static const SelectHandlers handlers = SELECT_HANDLERS(CSINC);
    static Handler *const cset[TESTS] = {FOR_TESTS(BY_TEST, CSET)};
    Test test = condition_test(t->flags, f->cond ^ 1);
    if (f->Rn == 31 && f->Rm == 31 && test < TESTS) {
        operands(op, f->Rd, 31, 31);
        return fuse_select(t, op, test, true, f->sf) ? fused(t) : emit(t, op, cset[test]);
    }
    return emit_select(t, f, op, &handlers);
}

FORM(csinv)
{
    static const SelectHandlers handlers = SELECT_HANDLERS(CSINV);
    return emit_select(t, f, op, &handlers);
}

FORM(csneg)
{
    static const SelectHandlers handlers = SELECT_HANDLERS(CSNEG);
    return emit_select(t, f, op, &handlers);
}

/* -- Conditional compare -------------------------------------------------------------------------------------- */
/* Operands of a subtraction that has a given NZCV. Some values have none: Z without C, V without the borrow that it needs. */
static bool subtraction_with_flags(unsigned nzcv, unsigned sf, u64 *a, i8 *b)
{
    u64 most = sf ? ones(63) : ones(31), least = ~most;
    switch (nzcv) {
    case 0: *a = 1; *b = -2; return true;
    case 2: *a = 1; *b = 0; return true;
    case 3: *a = least; *b = 1; return true;
    case 6: *a = 0; *b = 0; return true;
    case 8: *a = 0; *b = 1; return true;
    case 9: *a = most; *b = -1; return true;
    case 10: *a = ~(u64)0; *b = 0; return true;
    default: return false;
    }
}

/* The flags where the condition fails: imm, sh2 (operands) and aux (kind). Returns what is then known of the kind of flags after
 * the instruction, which makes flags of kind `compare` where the condition holds. */
static int else_flags(Op *op, unsigned nzcv, unsigned sf, int compare)
{
    i8 b = 0;
    int is_sub = compare == FLAGS_SUB64 || compare == FLAGS_SUB32;
    if (is_sub && subtraction_with_flags(nzcv, sf, &op->imm, &b)) {
        op->sh2 = (u8)b;
        op->aux = (u16)compare;
        return compare;
    }
    op->sh2 = 0;
    if (nzcv == 4) {
        op->imm = 0;
        op->aux = FLAGS_LOGIC;
        return is_sub ? FLAGS_SIGNED : -1;
    }
    op->imm = (u64)nzcv << 28;
    op->aux = FLAGS_NZCV;
    return -1;
}

static int emit_ccmp(Translator *t, const Fields *f, Op *op, Handler *const by_test[2][TESTS], Handler *const slow[2])
{
    op->n = reg_zr(f->Rn);
    t->flags_after = else_flags(op, f->nzcv, f->sf, f->sf ? FLAGS_SUB64 : FLAGS_SUB32);
    Test test = condition_test(t->flags, f->cond);
    if (test < TESTS)
        return emit(t, op, by_test[f->sf][test]);
    op->a = (u16)f->cond;
    return emit(t, op, slow[f->sf]);
}

static int emit_ccmp_imm(Translator *t, const Fields *f, Op *op, int imm)
{
    static Handler *const by_test[2][TESTS] = {{FOR_TESTS(BY_TEST, CCMP_imm_w)}, {FOR_TESTS(BY_TEST, CCMP_imm_x)}};
    static Handler *const slow[2] = {op_CCMP_imm_w_slow, op_CCMP_imm_x_slow};
    op->sh = (u8)imm;
    return emit_ccmp(t, f, op, by_test, slow);
}

FORM(ccmp_imm)
{
    return emit_ccmp_imm(t, f, op, (int)f->imm5);
}

FORM(ccmp_reg)
{
    static Handler *const by_test[2][TESTS] = {{FOR_TESTS(BY_TEST, CCMP_reg_w)}, {FOR_TESTS(BY_TEST, CCMP_reg_x)}};
    static Handler *const slow[2] = {op_CCMP_reg_w_slow, op_CCMP_reg_x_slow};
    op->m = reg_zr(f->Rm);
    return emit_ccmp(t, f, op, by_test, slow);
}

static int emit_ccmn(Translator *t, const Fields *f, Op *op, unsigned Rm)
{
    op->n = reg_zr(f->Rn);
    op->m = reg_zr(Rm);
    op->a = (u16)f->cond;
    t->flags_after = else_flags(op, f->nzcv, f->sf, f->sf ? FLAGS_ADD64 : FLAGS_ADD32);
    return emit(t, op, f->sf ? op_CCMN_reg_x_slow : op_CCMN_reg_w_slow);
}

FORM(ccmn_reg)
{
    return emit_ccmn(t, f, op, f->Rm);
}

/* n + imm5 has the flags of n - -imm5, but for 0 (see adds_imm). */
FORM(ccmn_imm)
{
    return f->imm5 ? emit_ccmp_imm(t, f, op, -(int)f->imm5) : emit_ccmn(t, f, op, 31);
}

#endif
