/* SPDX-License-Identifier: MIT
 * Soft floating point: the manual's shared pseudocode (FPAdd, FPRound, ...) as pure functions on operand bits.
 * n is the operand's width in bits (16, 32 or 64: the pseudocode's N); values lie in the low bits of a u64, the rest is zero.
 * fpcr is FPCR as the guest wrote it; flags are ORed into *fpsr. FPCR.AH, FIZ, NEP, EBF and the trap enables are taken to be 0
 * (FEAT_AFP, FEAT_EBF16 and trapped exceptions are not implemented). */
#ifndef EMU_ARCH_FP_H
#define EMU_ARCH_FP_H

#include "arch/types.h"

enum {
    FPSR_IOC = 1 << 0, FPSR_DZC = 1 << 1, FPSR_OFC = 1 << 2, FPSR_UFC = 1 << 3, FPSR_IXC = 1 << 4, FPSR_IDC = 1 << 7,
    FPSR_QC = 1 << 27,
    FPSR_MASK = FPSR_QC | 0x9f,         /* what can be written */
};

enum {
    FPCR_FZ16 = 1 << 19, FPCR_FZ = 1 << 24, FPCR_DN = 1 << 25, FPCR_AHP = 1 << 26,
    FPCR_RMODE = 3 << 22, FPCR_RMODE_SHIFT = 22,
    FPCR_MASK = FPCR_FZ16 | FPCR_FZ | FPCR_DN | FPCR_AHP | FPCR_RMODE,
};

/* FPRounding; the first four are the values of FPCR.RMode. */
typedef enum FpRounding { FP_TIEEVEN, FP_POSINF, FP_NEGINF, FP_ZERO, FP_TIEAWAY, FP_ODD } FpRounding;

ALWAYS_INLINE FpRounding fp_rounding_mode(u32 fpcr)     /* FPRoundingMode */
{
    return (FpRounding)(fpcr >> FPCR_RMODE_SHIFT & 3);
}

ALWAYS_INLINE u64 fp_sign_bit(unsigned n) { return (u64)1 << (n - 1); }
ALWAYS_INLINE u64 fp_neg(u64 op, unsigned n) { return op ^ fp_sign_bit(n); }            /* FPNeg */
ALWAYS_INLINE u64 fp_abs(u64 op, unsigned n) { return op & (fp_sign_bit(n) - 1); }      /* FPAbs */

typedef u64 FpOp1(u64 op, unsigned n, u32 fpcr, u32 *fpsr);
typedef u64 FpOp2(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr);
typedef u64 FpOp3(u64 addend, u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr);

/* -- fp_arith.c ------------------------------------------------------------------------------------------- */
FpOp2 fp_add, fp_sub, fp_mul, fp_mulx, fp_div;
FpOp2 fp_nmul;                          /* FPNeg(FPMul()) */
FpOp2 fp_abd;                           /* FPAbs(FPSub()) */
FpOp2 fp_recip_step, fp_rsqrt_step;     /* FPRecipStepFused, FPRSqrtStepFused */
FpOp3 fp_mul_add;                       /* FPMulAdd: addend + op1 * op2 */
FpOp3 fp_mul_sub;                       /* the same of FPNeg(op1) */
FpOp3 fp_mul_add_h, fp_mul_sub_h;       /* FPMulAddH: n = 32, op1 and op2 are half-precision */
FpOp1 fp_sqrt;

/* -- fp_compare.c ------------------------------------------------------------------------------------------ */
FpOp2 fp_max, fp_min, fp_maxnm, fp_minnm;
FpOp2 fp_eq, fp_ge, fp_gt;              /* FPCompareEQ, GE, GT: 0 or all ones in n bits */
FpOp2 fp_acge, fp_acgt;                 /* of FPAbs of both */
/* FPCompare: NZCV in bits 3:0. */
unsigned fp_compare(u64 op1, u64 op2, bool signal_nans, unsigned n, u32 fpcr, u32 *fpsr);

/* -- fp_convert.c ------------------------------------------------------------------------------------------ */
/* FPToFixed to m bits with fbits fraction bits; the result is zero-extended from m bits. */
u64 fp_to_fixed(u64 op, unsigned n, unsigned m, unsigned fbits, bool is_unsigned, FpRounding rounding, u32 fpcr, u32 *fpsr);
/* FixedToFP of the m-bit integer op, rounding by FPCR. */
u64 fp_from_fixed(u64 op, unsigned n, unsigned m, unsigned fbits, bool is_unsigned, u32 fpcr, u32 *fpsr);
/* FPConvert from n to m bits. */
u64 fp_convert(u64 op, unsigned n, unsigned m, FpRounding rounding, u32 fpcr, u32 *fpsr);
/* FPRoundInt; exact: Inexact is reported (FRINTX). */
u64 fp_round_int(u64 op, unsigned n, FpRounding rounding, bool exact, u32 fpcr, u32 *fpsr);
/* FPRoundIntN: to a signed integer of intsize (32 or 64) bits that stays in floating point. */
u64 fp_round_int_n(u64 op, unsigned n, FpRounding rounding, unsigned intsize, u32 fpcr, u32 *fpsr);
/* FPToFixedJS: the low 32 bits; *z becomes PSTATE.Z. */
u32 fp_to_fixed_js(u64 op, u32 fpcr, u32 *fpsr, bool *z);

/* -- fp_estimate.c ----------------------------------------------------------------------------------------- */
FpOp1 fp_recip_estimate, fp_rsqrt_estimate, fp_recpx;

/* -- fp_bf16.c ----------------------------------------------------------------------------------------------- */
u64 fp_convert_bf(u64 op, u32 fpcr, u32 *fpsr);             /* FPConvertBF: single to BFloat16 */
/* BFDotAdd without FEAT_EBF16: addend + a0*b0 + a1*b1, where a and b hold two BFloat16 each. No flags, ignores FPCR. */
u32 bf_dot_add(u32 addend, u32 a, u32 b);
u64 bf_mul_add_h(u64 addend, u64 op1, u64 op2, u32 fpcr, u32 *fpsr);  /* BFMulAddH: BFMLALB, BFMLALT */

#endif
