/* SPDX-License-Identifier: MIT
 * Forms of scalar floating point (fp.decode). */
#ifndef EMU_ISA_FORMS_FP_H
#define EMU_ISA_FORMS_FP_H

#include "arch/fp_forms.h"
#include "arch/fp_host.h"
#include "isa/condition.h"
#include "isa/translate.h"

Handler op_fp_to_int_soft, op_int_to_fp_soft, op_fp_round_int_soft, op_fp_round_int_n, op_fp_convert_soft;
Handler op_FCCMP_any;

/* Whether handlers that use the host's FPU may serve. */
ALWAYS_INLINE bool host_fp(const Translator *t) { return FP_HOST && !(t->ctx & CTX_FP_SOFT); }
ALWAYS_INLINE bool host_fma(const Translator *t) { return host_fp(t) && fp_host_has_fma(); }

/* The width of a scalar, from word<23:22>. */
ALWAYS_INLINE unsigned ftype_bits(u32 word)
{
    static const u8 bits[4] = {32, 64, 0, 16};
    return bits[BITS(word, 23, 22)];
}

static int emit_as(Translator *t, Op *op, Handler *handler)
{
    op->handler = handler;
    t->n_ops++;
    return FORM_EMITTED;
}

/* -- Arithmetic: variants s d s_soft d_soft ------------------------------------------------------------------------ */
FORM(fp_1)
{
    op->d = reg_v(f->Rd);
    op->n = reg_v(f->Rn);
    return (int)f->ftype + (host_fp(t) ? 0 : 2);
}

FORM(fp_1h)
{
    (void)t;
    op->d = reg_v(f->Rd);
    op->n = reg_v(f->Rn);
    return 0;
}

FORM(fp_1bits)
{
    (void)t;
    op->d = reg_v(f->Rd);
    op->n = reg_v(f->Rn);
    return (int)f->ftype;
}

FORM(fp_2)
{
    op->m = reg_v(f->Rm);
    return form_fp_1(t, f, op);
}

FORM(fp_2h)
{
    op->m = reg_v(f->Rm);
    return form_fp_1h(t, f, op);
}

FORM(fp_3)
{
    op->a = reg_v(f->Ra);
    op->m = reg_v(f->Rm);
    op->d = reg_v(f->Rd);
    op->n = reg_v(f->Rn);
    return (int)f->ftype + (host_fma(t) ? 0 : 2);
}

FORM(fp_3h)
{
    op->a = reg_v(f->Ra);
    return form_fp_2h(t, f, op);
}

/* -- Rounding to integral: SH rounding (FP_*), or ROUND_FPCR; SH2 exact; AUX width --------------------------------------- */
FORM(fp_round_soft)
{
    static const u8 rounding[8] = {FP_TIEEVEN, FP_POSINF, FP_NEGINF, FP_ZERO, FP_TIEAWAY, 0, ROUND_FPCR, ROUND_FPCR};
    unsigned opcode = (unsigned)BITS(t->word, 17, 15);
    op->d = reg_v(f->Rd);
    op->n = reg_v(f->Rn);
    op->sh = rounding[opcode];
    op->sh2 = opcode == 6;          /* FRINTX */
    op->aux = (u16)ftype_bits(t->word);
    return emit_as(t, op, op_fp_round_int_soft);
}

FORM(fp_round)
{
    if (!host_fma(t))
        return form_fp_round_soft(t, f, op);
    (void)form_fp_round_soft(t, f, op);
    t->n_ops--;
    return (int)f->ftype;
}

FORM(fp_round_n)    /* SH2: size of the integer */
{
    op->d = reg_v(f->Rd);
    op->n = reg_v(f->Rn);
    op->sh = BIT(t->word, 15) ? ROUND_FPCR : FP_ZERO;
    op->sh2 = BIT(t->word, 16) ? 64 : 32;
    op->aux = (u16)ftype_bits(t->word);
    return emit_as(t, op, op_fp_round_int_n);
}

/* -- Compare and select ------------------------------------------------------------------------------------------------ */
FORM(fp_cmp)
{
    op->n = reg_v(f->Rn);
    op->m = f->zero ? reg_slot(SLOT_ZR) : reg_v(f->Rm);     /* CHOICE(UNPREDICTABLE): Rm is ignored where it should be 0 */
    t->flags_after = FLAGS_SUB64;
    return (int)f->ftype + (host_fp(t) ? 0 : 2);
}

FORM(fp_cmp_h)
{
    op->n = reg_v(f->Rn);
    op->m = f->zero ? reg_slot(SLOT_ZR) : reg_v(f->Rm);
    t->flags_after = FLAGS_SUB64;
    return 0;
}

FORM(fp_ccmp)       /* SH: cond; SH2: NaNs signal; IMM: NZCV otherwise; AUX: width */
{
    op->n = reg_v(f->Rn);
    op->m = reg_v(f->Rm);
    op->sh = (u8)f->cond;
    op->sh2 = (u8)f->op;
    op->imm = (u64)f->nzcv << 28;
    op->aux = (u16)ftype_bits(t->word);
    t->flags_after = -1;
    return emit_as(t, op, op_FCCMP_any);
}

FORM(fp_csel)       /* IMM: the bits of the result that count; AUX: mask of tests, or of values of NZCV; SH: cond */
{
    enum { TEST_KNOWN, NZCV_KNOWN, ANY };
    op->d = reg_v(f->Rd);
    op->n = reg_v(f->Rn);
    op->m = reg_v(f->Rm);
    op->sh = (u8)f->cond;
    op->imm = ~(u64)0 >> (64 - ftype_bits(t->word));
    op->aux = test_mask(condition_test(t->flags, f->cond));
    if (op->aux)
        return TEST_KNOWN;
    op->aux = nzcv_mask(f->cond);
    return t->flags == FLAGS_NZCV ? NZCV_KNOWN : ANY;
}

/* -- Moves ------------------------------------------------------------------------------------------------------------- */
static u64 fp_expand_imm(unsigned imm8, unsigned n)        /* VFPExpandImm */
{
    unsigned exponent_bits = n == 16 ? 5 : n == 32 ? 8 : 11, fraction_bits = n - exponent_bits - 1;
    u64 b = BIT(imm8, 6), exponent = (b ^ 1) << (exponent_bits - 1);
    if (b)
        exponent |= (((u64)1 << (exponent_bits - 3)) - 1) << 2;
    exponent |= BITS(imm8, 5, 4);
    return BIT(imm8, 7) << (n - 1) | exponent << fraction_bits | BITS(imm8, 3, 0) << (fraction_bits - 4);
}

FORM(fp_imm)
{
    op->d = reg_v(f->Rd);
    op->imm = fp_expand_imm(f->imm8, ftype_bits(t->word));
    return 0;
}

FORM(fp_to_gpr)
{
    (void)t;
    op->d = reg_zr_dest(f->Rd);
    op->n = reg_v(f->Rn);
    return 0;
}

FORM(fp_from_gpr)
{
    (void)t;
    op->d = reg_v(f->Rd);
    op->n = reg_zr(f->Rn);
    return 0;
}

/* -- Conversions: SH rounding, SH2 fraction bits, AUX as conversion_aux() packs it --------------------------------------------- */
FORM(fp_to_int_soft)
{
    static const u8 direction[4] = {FP_TIEEVEN, FP_POSINF, FP_NEGINF, FP_ZERO};
    bool away = BIT(t->word, 18);   /* FCVTAS, FCVTAU */
    op->d = reg_zr_dest(f->Rd);
    op->n = reg_v(f->Rn);
    op->sh = away ? (u8)FP_TIEAWAY : direction[BITS(t->word, 20, 19)];
    op->aux = conversion_aux(ftype_bits(t->word), f->sf ? 64 : 32, BIT(t->word, 16));
    return emit_as(t, op, op_fp_to_int_soft);
}

FORM(fp_to_int)
{
    (void)form_fp_to_int_soft(t, f, op);    /* what a host variant falls back on */
    if (!host_fp(t))
        return FORM_EMITTED;
    t->n_ops--;
    return (int)(f->sf * 2 + f->ftype);
}

FORM(fp_to_fixed)
{
    op->sh2 = (u8)(64 - f->scale);
    return form_fp_to_int_soft(t, f, op);
}

FORM(int_to_fp_soft)
{
    op->d = reg_v(f->Rd);
    op->n = reg_zr(f->Rn);
    op->aux = conversion_aux(ftype_bits(t->word), f->sf ? 64 : 32, BIT(t->word, 16));
    return emit_as(t, op, op_int_to_fp_soft);
}

FORM(int_to_fp)
{
    if (!host_fp(t))
        return form_int_to_fp_soft(t, f, op);
    op->d = reg_v(f->Rd);
    op->n = reg_zr(f->Rn);
    return (int)(f->sf * 2 + f->ftype);
}

FORM(fixed_to_fp)
{
    op->sh2 = (u8)(64 - f->scale);
    return form_int_to_fp_soft(t, f, op);
}

FORM(fp_cvt_soft)   /* AUX: from, to */
{
    static const u8 bits[4] = {32, 64, 0, 16};
    op->d = reg_v(f->Rd);
    op->n = reg_v(f->Rn);
    op->aux = conversion_aux(ftype_bits(t->word), bits[BITS(t->word, 16, 15)], false);
    return emit_as(t, op, op_fp_convert_soft);
}

FORM(fp_cvt)
{
    (void)form_fp_cvt_soft(t, f, op);
    if (!host_fp(t))
        return FORM_EMITTED;
    t->n_ops--;
    return 0;
}

FORM(fp_js)
{
    op->d = reg_zr_dest(f->Rd);
    op->n = reg_v(f->Rn);
    t->flags_after = FLAGS_NZCV;
    return 0;
}

#endif
