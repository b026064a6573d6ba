/* SPDX-License-Identifier: MIT
 * Forms of Advanced SIMD floating point (simd_fp.decode). SH is the number of lanes of the result; soft handlers loop over it. */
#ifndef EMU_ISA_FORMS_SIMD_FP_H
#define EMU_ISA_FORMS_SIMD_FP_H

#include "isa/forms_fp.h"

Handler op_fpv_to_int_soft, op_fpv_from_int_soft, op_fpv_round_soft, op_fpv_round_n;

static void fpv_operands(const Fields *f, Op *op, unsigned lanes)
{
    op->d = reg_v(f->Rd);
    op->n = reg_v(f->Rn);
    op->sh = (u8)lanes;
}

static unsigned lanes_sd(const Fields *f) { return f->sz ? 2 : f->Q ? 4 : 2; }
static unsigned lanes_h(const Fields *f) { return f->Q ? 8 : 4; }

/* Variants 2s 4s 2d s_soft d_soft. */
static int vector_variant(const Fields *f, bool host)
{
    return host ? (int)(f->sz ? 2 : f->Q) : (int)(3 + f->sz);
}

/* -- One operand, two operands --------------------------------------------------------------------------------------- */
FORM(fpv_1)
{
    fpv_operands(f, op, lanes_sd(f));
    return vector_variant(f, host_fp(t));
}

FORM(fpv_1_soft)
{
    (void)t;
    fpv_operands(f, op, lanes_sd(f));
    return (int)f->sz;
}

FORM(fpv_1h)
{
    (void)t;
    fpv_operands(f, op, lanes_h(f));
    return 0;
}

FORM(fps_1)
{
    (void)t;
    fpv_operands(f, op, 1);
    return (int)f->sz;
}

FORM(fps_1h)
{
    (void)t;
    fpv_operands(f, op, 1);
    return 0;
}

FORM(fpv_2)
{
    op->m = reg_v(f->Rm);
    return form_fpv_1(t, f, op);
}

FORM(fpv_2_soft)
{
    op->m = reg_v(f->Rm);
    return form_fpv_1_soft(t, f, op);
}

FORM(fpv_2h)
{
    op->m = reg_v(f->Rm);
    return form_fpv_1h(t, f, op);
}

FORM(fps_2)
{
    op->m = reg_v(f->Rm);
    return form_fps_1(t, f, op);
}

FORM(fps_2h)
{
    op->m = reg_v(f->Rm);
    return form_fps_1h(t, f, op);
}

FORM(fpv_fma)
{
    op->m = reg_v(f->Rm);
    fpv_operands(f, op, lanes_sd(f));
    return vector_variant(f, host_fma(t));
}

/* -- Multiply-add that widens, BFloat16, complex numbers: SH2 part of the source, or rotation ---------- */
FORM(fpv_fhm)
{
    op->m = reg_v(f->Rm);
    fpv_operands(f, op, f->Q ? 4 : 2);
    op->sh2 = BIT(t->word, 29);         /* FMLAL2, FMLSL2: the upper half of the halves */
    return 0;
}

FORM(fpv_bf)        /* BFMLAL: Q chooses the top halves of all lanes */
{
    (void)t;
    op->m = reg_v(f->Rm);
    fpv_operands(f, op, f->Q ? 4 : 2);
    op->sh2 = (u8)f->Q;
    return 0;
}

FORM(fpv_bfmmla)
{
    (void)t;
    op->m = reg_v(f->Rm);
    fpv_operands(f, op, 4);
    return 0;
}

FORM(fpv_complex)
{
    op->sh2 = (u8)f->rot;
    return form_fpv_2_soft(t, f, op);
}

FORM(fpv_complex_h)
{
    if (!cpu_has(t->cpu, FEAT_FP16))
        return FORM_UNDEFINED;
    op->sh2 = (u8)f->rot;
    return form_fpv_2h(t, f, op);
}

/* -- Rounding to integral: IMM rounding, SH2 exact or size of the integer, AUX width --------------------------------------- */
static unsigned lane_bits(const Translator *t)      /* of two-register miscellaneous */
{
    return BITS(t->word, 21, 17) == 0x1c ? 16 : BIT(t->word, 22) ? 64 : 32;
}

static unsigned lanes_of(const Translator *t)
{
    return (BIT(t->word, 30) ? 128 : 64) / lane_bits(t);
}

FORM(fpv_round_soft)
{
    /* U a opcode<0>: FRINTN M P Z A X - I */
    static const u8 rounding[8] = {FP_TIEEVEN, FP_NEGINF, FP_POSINF, FP_ZERO, FP_TIEAWAY, ROUND_FPCR, 0, ROUND_FPCR};
    unsigned which = (unsigned)(BIT(t->word, 29) << 2 | BIT(t->word, 23) << 1 | BIT(t->word, 12));
    fpv_operands(f, op, lanes_of(t));
    op->imm = rounding[which];
    op->sh2 = which == 5;
    op->aux = (u16)lane_bits(t);
    return emit_as(t, op, op_fpv_round_soft);
}

/* A host variant 2s 4s 2d in place of the soft op that was just emitted. */
static int prefer_host(Translator *t, const Fields *f, bool host)
{
    if (!host)
        return FORM_EMITTED;
    t->n_ops--;
    return vector_variant(f, true);
}

FORM(fpv_round)
{
    (void)form_fpv_round_soft(t, f, op);
    return prefer_host(t, f, host_fma(t));
}

FORM(fpv_round_n)
{
    fpv_operands(f, op, lanes_of(t));
    op->imm = BIT(t->word, 29) ? ROUND_FPCR : FP_ZERO;
    op->sh2 = BIT(t->word, 12) ? 64 : 32;
    op->aux = (u16)lane_bits(t);
    return emit_as(t, op, op_fpv_round_n);
}

/* -- Conversions: IMM rounding, SH2 fraction bits, AUX as conversion_aux() --------------------------------------------------- */
static int fpv_convert(Translator *t, Op *op, unsigned esize, Handler *handler)
{
    op->aux = conversion_aux(esize, esize, BIT(t->word, 29));
    return emit_as(t, op, handler);
}

static u64 direction(const Translator *t)   /* FCVTN M A P Z by a and opcode<2:0> */
{
    static const u8 rounding[2][2] = {{FP_TIEEVEN, FP_NEGINF}, {FP_POSINF, FP_ZERO}};
    return BIT(t->word, 14) ? FP_TIEAWAY : rounding[BIT(t->word, 23)][BIT(t->word, 12)];
}

FORM(fpv_to_int_soft)
{
    fpv_operands(f, op, lanes_of(t));
    op->imm = direction(t);
    return fpv_convert(t, op, lane_bits(t), op_fpv_to_int_soft);
}

FORM(fps_to_int)
{
    fpv_operands(f, op, 1);
    op->imm = direction(t);
    return fpv_convert(t, op, lane_bits(t), op_fpv_to_int_soft);
}

FORM(fpv_to_int)
{
    (void)form_fpv_to_int_soft(t, f, op);
    return prefer_host(t, f, host_fp(t));
}

FORM(fpv_from_int_soft)
{
    fpv_operands(f, op, lanes_of(t));
    return fpv_convert(t, op, lane_bits(t), op_fpv_from_int_soft);
}

FORM(fps_from_int)
{
    fpv_operands(f, op, 1);
    return fpv_convert(t, op, lane_bits(t), op_fpv_from_int_soft);
}

FORM(fpv_from_int)
{
    (void)form_fpv_from_int_soft(t, f, op);
    return prefer_host(t, f, host_fp(t));
}

/* Fixed point: immh:immb = 2 * esize - fbits. */
static unsigned fixed_operands(Translator *t, const Fields *f, Op *op, bool vector)
{
    unsigned imm = (unsigned)BITS(t->word, 22, 16), esize = imm & 64 ? 64 : imm & 32 ? 32 : 16;
    fpv_operands(f, op, vector ? (BIT(t->word, 30) ? 128 : 64) / esize : 1);
    op->sh2 = (u8)(2 * esize - imm);
    op->imm = FP_ZERO;
    return esize;
}

FORM(fpv_fixed_to) { return fpv_convert(t, op, fixed_operands(t, f, op, true), op_fpv_to_int_soft); }
FORM(fpv_fixed_from) { return fpv_convert(t, op, fixed_operands(t, f, op, true), op_fpv_from_int_soft); }
FORM(fps_fixed_to) { return fpv_convert(t, op, fixed_operands(t, f, op, false), op_fpv_to_int_soft); }
FORM(fps_fixed_from) { return fpv_convert(t, op, fixed_operands(t, f, op, false), op_fpv_from_int_soft); }

/* Precision: SH2 is Q, the upper half of the narrow register. */
FORM(fpv_long)
{
    fpv_operands(f, op, f->sz ? 2 : 4);
    op->sh2 = (u8)f->Q;
    return f->sz ? (host_fp(t) ? 1 : 2) : 0;
}

FORM(fpv_narrow)
{
    return form_fpv_long(t, f, op);
}

FORM(fpv_narrow_1)
{
    (void)t;
    fpv_operands(f, op, BIT(t->word, 23) ? 4 : 2);  /* BFCVTN, FCVTXN */
    op->sh2 = (u8)f->Q;
    return 0;
}

FORM(fpv_plain)
{
    (void)t;
    fpv_operands(f, op, 1);
    return 0;
}

/* -- Across lanes, scalar pairwise ----------------------------------------------------------------------------------------- */
FORM(fpv_across)
{
    (void)t;
    fpv_operands(f, op, 4);
    return 0;
}

FORM(fpv_across_h)
{
    (void)t;
    fpv_operands(f, op, lanes_h(f));
    return 0;
}

FORM(fps_pair)
{
    fpv_operands(f, op, 1);
    return (int)f->sz + (host_fp(t) ? 0 : 2);
}

/* -- By element: SH2 index --------------------------------------------------------------------------------------------------- */
static void element_sd(const Fields *f, Op *op)
{
    op->m = reg_v(f->M << 4 | f->Rm);
    op->sh2 = (u8)(f->sz ? f->H : f->H << 1 | f->L);
}

static void element_h(const Fields *f, Op *op)
{
    op->m = reg_v(f->Rm);
    op->sh2 = (u8)(f->H << 2 | f->L << 1 | f->M);
}

FORM(fpv_elem)
{
    element_sd(f, op);
    return form_fpv_1(t, f, op);
}

FORM(fpv_elem_soft)
{
    element_sd(f, op);
    return form_fpv_1_soft(t, f, op);
}

FORM(fpv_elem_fma)
{
    element_sd(f, op);
    fpv_operands(f, op, lanes_sd(f));
    return vector_variant(f, host_fma(t));
}

FORM(fpv_elem_h)
{
    element_h(f, op);
    return form_fpv_1h(t, f, op);
}

FORM(fps_elem)
{
    element_sd(f, op);
    return form_fps_pair(t, f, op);
}

FORM(fps_elem_soft)
{
    element_sd(f, op);
    return form_fps_1(t, f, op);
}

FORM(fps_elem_fma)
{
    element_sd(f, op);
    fpv_operands(f, op, 1);
    return (int)f->sz + (host_fma(t) ? 0 : 2);
}

FORM(fps_elem_h)
{
    element_h(f, op);
    return form_fps_1h(t, f, op);
}

FORM(fpv_fhm_elem)      /* AUX: part of Rn */
{
    element_h(f, op);
    fpv_operands(f, op, f->Q ? 4 : 2);
    op->aux = BIT(t->word, 29);
    return 0;
}

FORM(fpv_complex_elem)      /* AUX: rotation */
{
    (void)t;
    op->m = reg_v(f->M << 4 | f->Rm);
    op->sh2 = (u8)f->H;
    op->aux = (u16)f->rot;
    fpv_operands(f, op, 4);
    return 0;
}

FORM(fpv_complex_elem_h)
{
    if (!cpu_has(t->cpu, FEAT_FP16))
        return FORM_UNDEFINED;
    op->m = reg_v(f->M << 4 | f->Rm);
    op->sh2 = (u8)(f->H << 1 | f->L);
    op->aux = (u16)f->rot;
    fpv_operands(f, op, lanes_h(f));
    return 0;
}

FORM(fpv_bfdot_elem)
{
    (void)t;
    op->m = reg_v(f->M << 4 | f->Rm);
    op->sh2 = (u8)(f->H << 1 | f->L);
    fpv_operands(f, op, f->Q ? 4 : 2);
    return 0;
}

FORM(fpv_bfmlal_elem)       /* AUX: top halves of Rn */
{
    (void)t;
    element_h(f, op);
    fpv_operands(f, op, 4);
    op->aux = (u16)f->Q;
    return 0;
}

#endif
