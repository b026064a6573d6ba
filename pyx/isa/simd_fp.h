/* SPDX-License-Identifier: MIT
 * Advanced SIMD floating point, exact by soft-float (arch/fp_vector.h): half precision, the instructions that no compiled loop
 * is hot on, and what the host variants of simd_fp_host.h fall back on.
 * SH: lanes of the result; SH2, AUX, IMM: see forms_simd_fp.h. */
#include "arch/fp_forms.h"
#include "arch/fp_vector.h"
#include "isa/op.h"

#define ENV ((FpEnv){cpu->fpcr, &cpu->fpsr})
#define SET_SCALAR(value) do { u64 v_ = (value); Vreg *d_ = &Vd; d_->d[0] = v_; d_->d[1] = 0; } while (0)

/* -- Three same ---------------------------------------------------------------------------------------- */
#define MAP2(name, esize, f) OP(name, fpv_map2(&Vd, &Vn, &Vm, SH, esize, f, ENV); NEXT;)
#define VECTOR2(NAME, s_, d_, f) MAP2(NAME##_v_h, 16, f) MAP2(NAME##_v_##s_, 32, f) MAP2(NAME##_v_##d_, 64, f)
#define SCALAR2(NAME, f) MAP2(NAME##_s_h, 16, f) MAP2(NAME##_s_s, 32, f) MAP2(NAME##_s_d, 64, f)

VECTOR2(FADD, s_soft, d_soft, fp_add)
VECTOR2(FSUB, s_soft, d_soft, fp_sub)
VECTOR2(FMUL, s_soft, d_soft, fp_mul)
VECTOR2(FDIV, s_soft, d_soft, fp_div)
VECTOR2(FMAX, s_soft, d_soft, fp_max)
VECTOR2(FMIN, s_soft, d_soft, fp_min)
VECTOR2(FMAXNM, s_soft, d_soft, fp_maxnm)
VECTOR2(FMINNM, s_soft, d_soft, fp_minnm)
VECTOR2(FABD, s_soft, d_soft, fp_abd) SCALAR2(FABD, fp_abd)
VECTOR2(FCMEQ, s_soft, d_soft, fp_eq) SCALAR2(FCMEQ, fp_eq)
VECTOR2(FCMGE, s_soft, d_soft, fp_ge) SCALAR2(FCMGE, fp_ge)
VECTOR2(FCMGT, s_soft, d_soft, fp_gt) SCALAR2(FCMGT, fp_gt)
VECTOR2(FACGE, s_soft, d_soft, fp_acge) SCALAR2(FACGE, fp_acge)
VECTOR2(FACGT, s_soft, d_soft, fp_acgt) SCALAR2(FACGT, fp_acgt)
VECTOR2(FMULX, s, d, fp_mulx) SCALAR2(FMULX, fp_mulx)
VECTOR2(FRECPS, s, d, fp_recip_step) SCALAR2(FRECPS, fp_recip_step)
VECTOR2(FRSQRTS, s, d, fp_rsqrt_step) SCALAR2(FRSQRTS, fp_rsqrt_step)

#define MAP3(name, esize, f) OP(name, fpv_map3(&Vd, &Vn, &Vm, SH, esize, f, ENV); NEXT;)
#define VECTOR3(NAME, f) MAP3(NAME##_v_h, 16, f) MAP3(NAME##_v_s_soft, 32, f) MAP3(NAME##_v_d_soft, 64, f)
VECTOR3(FMLA, fp_mul_add)
VECTOR3(FMLS, fp_mul_sub)

#define PAIRS(name, esize, f) OP(name, fpv_pairs(&Vd, &Vn, &Vm, SH, esize, f, ENV); NEXT;)
#define PAIRWISE(NAME, s_, d_, f) PAIRS(NAME##_v_h, 16, f) PAIRS(NAME##_v_##s_, 32, f) PAIRS(NAME##_v_##d_, 64, f)
PAIRWISE(FADDP, s_soft, d_soft, fp_add)
PAIRWISE(FMAXP, s, d, fp_max)
PAIRWISE(FMINP, s, d, fp_min)
PAIRWISE(FMAXNMP, s, d, fp_maxnm)
PAIRWISE(FMINNMP, s, d, fp_minnm)

/* -- Scalar pairwise, across lanes --------------------------------------------------------------------- */
#define REDUCE(name, lanes, esize, f) OP(name, SET_SCALAR(fpv_reduce(&Vn, lanes, esize, f, ENV)); NEXT;)
#define SCALAR_PAIR(NAME, s_, d_, f) REDUCE(NAME##_s_h, 2, 16, f) REDUCE(NAME##_s_##s_, 2, 32, f) \
    REDUCE(NAME##_s_##d_, 2, 64, f)
SCALAR_PAIR(FADDP, s_soft, d_soft, fp_add)
SCALAR_PAIR(FMAXP, s, d, fp_max)
SCALAR_PAIR(FMINP, s, d, fp_min)
SCALAR_PAIR(FMAXNMP, s, d, fp_maxnm)
SCALAR_PAIR(FMINNMP, s, d, fp_minnm)

#define ACROSS(NAME, f) REDUCE(NAME, SH, 32, f) REDUCE(NAME##_h, SH, 16, f)
ACROSS(FMAXV, fp_max)
ACROSS(FMINV, fp_min)
ACROSS(FMAXNMV, fp_maxnm)
ACROSS(FMINNMV, fp_minnm)

/* -- Two-register miscellaneous ------------------------------------------------------------------------ */
#define MAP1(name, esize, f) OP(name, fpv_map1(&Vd, &Vn, SH, esize, f, ENV); NEXT;)
#define VECTOR1(NAME, s_, d_, f) MAP1(NAME##_v_h, 16, f) MAP1(NAME##_v_##s_, 32, f) MAP1(NAME##_v_##d_, 64, f)
#define SCALAR1(NAME, f) MAP1(NAME##_s_h, 16, f) MAP1(NAME##_s_s, 32, f) MAP1(NAME##_s_d, 64, f)

#define FP_LANE(name) static u64 name(u64 op, unsigned n, u32 fpcr, u32 *fpsr)
FP_LANE(eq_zero) { return fp_eq(op, 0, n, fpcr, fpsr); }
FP_LANE(ge_zero) { return fp_ge(op, 0, n, fpcr, fpsr); }
FP_LANE(gt_zero) { return fp_gt(op, 0, n, fpcr, fpsr); }
FP_LANE(le_zero) { return fp_ge(0, op, n, fpcr, fpsr); }
FP_LANE(lt_zero) { return fp_gt(0, op, n, fpcr, fpsr); }
FP_LANE(lane_abs) { (void)fpcr; (void)fpsr; return fp_abs(op, n); }
FP_LANE(lane_neg) { (void)fpcr; (void)fpsr; return fp_neg(op, n); }

VECTOR1(FCMEQ_zero, s_soft, d_soft, eq_zero) SCALAR1(FCMEQ_zero, eq_zero)
VECTOR1(FCMGE_zero, s_soft, d_soft, ge_zero) SCALAR1(FCMGE_zero, ge_zero)
VECTOR1(FCMGT_zero, s_soft, d_soft, gt_zero) SCALAR1(FCMGT_zero, gt_zero)
VECTOR1(FCMLE_zero, s_soft, d_soft, le_zero) SCALAR1(FCMLE_zero, le_zero)
VECTOR1(FCMLT_zero, s_soft, d_soft, lt_zero) SCALAR1(FCMLT_zero, lt_zero)
VECTOR1(FSQRT, s_soft, d_soft, fp_sqrt)
VECTOR1(FABS, s, d, lane_abs)
VECTOR1(FNEG, s, d, lane_neg)
VECTOR1(FRECPE, s, d, fp_recip_estimate) SCALAR1(FRECPE, fp_recip_estimate)
VECTOR1(FRSQRTE, s, d, fp_rsqrt_estimate) SCALAR1(FRSQRTE, fp_rsqrt_estimate)
SCALAR1(FRECPX, fp_recpx)

/* -- Conversions --------------------------------------------------------------------------------------- */
#define FPENV cpu->fpcr, &cpu->fpsr
#define ESIZE conversion_fp_bits(AUX)
/* A loop over lanes; e is the lane, value the expression of it. */
#define LANES_OF(esize, expression) do { Vreg r_ = {.d = {0, 0}}; \
    for (unsigned e = 0; e < SH; e++) lane_set(&r_, e, (esize), (expression)); Vd = r_; } while (0)

OP(fpv_to_int_soft, LANES_OF(ESIZE, fp_to_fixed(lane_get(&Vn, e, ESIZE), ESIZE, ESIZE, SH2, conversion_is_unsigned(AUX),
    (FpRounding)IMM, FPENV)); NEXT;)
OP(fpv_from_int_soft, LANES_OF(ESIZE, fp_from_fixed(lane_get(&Vn, e, ESIZE), ESIZE, ESIZE, SH2, conversion_is_unsigned(AUX),
    FPENV)); NEXT;)
OP(fpv_round_soft, LANES_OF(AUX, fp_round_int(lane_get(&Vn, e, AUX), AUX, effective_rounding((unsigned)IMM, cpu->fpcr), SH2,
    FPENV)); NEXT;)
OP(fpv_round_n, LANES_OF(AUX, fp_round_int_n(lane_get(&Vn, e, AUX), AUX, effective_rounding((unsigned)IMM, cpu->fpcr), SH2,
    FPENV)); NEXT;)

#define CONVERT(value, from, to) fp_convert(value, from, to, fp_rounding_mode(cpu->fpcr), FPENV)
OP(FCVTL_4s, LANES_OF(32, CONVERT(Vn.h[4 * SH2 + e], 16, 32)); NEXT;)
OP(FCVTL_2d_soft, LANES_OF(64, CONVERT(Vn.s[2 * SH2 + e], 32, 64)); NEXT;)

/* Narrow results fill the lower half and clear the upper one, or (SH2) fill the upper half only. */
#define NARROW(esize, expression) do { Vreg r_ = {.d = {0, 0}}; \
    for (unsigned e = 0; e < SH; e++) lane_set(&r_, e, (esize), (expression)); \
    Vreg *d_ = &Vd; if (SH2) d_->d[1] = r_.d[0]; else *d_ = r_; } while (0)
OP(FCVTN_4h, NARROW(16, CONVERT(Vn.s[e], 32, 16)); NEXT;)
OP(FCVTN_2s_soft, NARROW(32, CONVERT(Vn.d[e], 64, 32)); NEXT;)
OP(FCVTXN_v, NARROW(32, fp_convert(Vn.d[e], 64, 32, FP_ODD, FPENV)); NEXT;)
OP(FCVTXN_s, SET_SCALAR(fp_convert(Vn.d[0], 64, 32, FP_ODD, FPENV)); NEXT;)
OP(BFCVTN, NARROW(16, fp_convert_bf(Vn.s[e], FPENV)); NEXT;)

/* -- By element ---------------------------------------------------------------------------------------- */
/* Functions of their own, since a handler with a local whose address is taken could not end in a jump. */
#define OUT_OF_LINE static __attribute__((noinline)) void
OUT_OF_LINE element_map2(Cpu *cpu, const Op *op, unsigned esize, FpOp2 *f)
{
    Vreg m = fpv_broadcast(&Vm, SH2, esize);
    fpv_map2(&Vd, &Vn, &m, SH, esize, f, ENV);
}
OUT_OF_LINE element_map3(Cpu *cpu, const Op *op, unsigned esize, FpOp3 *f)
{
    Vreg m = fpv_broadcast(&Vm, SH2, esize);
    fpv_map3(&Vd, &Vn, &m, SH, esize, f, ENV);
}
#define BY_ELEMENT(name, esize, map, f) OP(name, map(cpu, op, esize, f); NEXT;)
#define ELEMENT(NAME, s_, d_, map, f) BY_ELEMENT(NAME##_h, 16, map, f) BY_ELEMENT(NAME##_##s_, 32, map, f) \
    BY_ELEMENT(NAME##_##d_, 64, map, f)
ELEMENT(FMUL_elem, s_soft, d_soft, element_map2, fp_mul)
ELEMENT(FMULX_elem, s, d, element_map2, fp_mulx)
ELEMENT(FMLA_elem, s_soft, d_soft, element_map3, fp_mul_add)
ELEMENT(FMLS_elem, s_soft, d_soft, element_map3, fp_mul_sub)
ELEMENT(FMUL_s_elem, s_soft, d_soft, element_map2, fp_mul)
ELEMENT(FMULX_s_elem, s, d, element_map2, fp_mulx)
ELEMENT(FMLA_s_elem, s_soft, d_soft, element_map3, fp_mul_add)
ELEMENT(FMLS_s_elem, s_soft, d_soft, element_map3, fp_mul_sub)

/* -- FMLAL, complex numbers, BFloat16 ------------------------------------------------------------------ */
#define LONG(NAME, f) \
    OP(NAME##_v, fpv_mul_add_long(&Vd, &Vn, &Vm, SH, SH2, -1, f, ENV); NEXT;) \
    OP(NAME##_elem, fpv_mul_add_long(&Vd, &Vn, &Vm, SH, AUX, SH2, f, ENV); NEXT;)
LONG(FMLAL, fp_mul_add_h)
LONG(FMLAL2, fp_mul_add_h)
LONG(FMLSL, fp_mul_sub_h)
LONG(FMLSL2, fp_mul_sub_h)

#define COMPLEX(name, esize, f) OP(name, f(&Vd, &Vn, &Vm, SH, esize, SH2, ENV); NEXT;)
COMPLEX(FCMLA_v_h, 16, fpv_complex_mul_add)
COMPLEX(FCMLA_v_s, 32, fpv_complex_mul_add)
COMPLEX(FCMLA_v_d, 64, fpv_complex_mul_add)
COMPLEX(FCADD_v_h, 16, fpv_complex_add)
COMPLEX(FCADD_v_s, 32, fpv_complex_add)
COMPLEX(FCADD_v_d, 64, fpv_complex_add)
/* An element is a pair: real and imaginary part. */
OUT_OF_LINE element_complex(Cpu *cpu, const Op *op, unsigned esize)
{
    Vreg m = fpv_broadcast(&Vm, SH2, 2 * esize);
    fpv_complex_mul_add(&Vd, &Vn, &m, SH, esize, AUX, ENV);
}
OP(FCMLA_elem, element_complex(cpu, op, 32); NEXT;)
OP(FCMLA_elem_h, element_complex(cpu, op, 16); NEXT;)

OP(BFDOT_v, fpv_bf_dot(&Vd, &Vn, &Vm, SH); NEXT;)
OUT_OF_LINE element_bf_dot(Cpu *cpu, const Op *op)
{
    Vreg m = fpv_broadcast(&Vm, SH2, 32);
    fpv_bf_dot(&Vd, &Vn, &m, SH);
}
OP(BFDOT_elem, element_bf_dot(cpu, op); NEXT;)
OP(BFMMLA, fpv_bf_matrix(&Vd, &Vn, &Vm); NEXT;)
OP(BFMLAL_v, fpv_bf_mul_add(&Vd, &Vn, &Vm, 4, SH2, SH2, ENV); NEXT;)
OUT_OF_LINE element_bf_mul_add(Cpu *cpu, const Op *op)
{
    Vreg m = fpv_broadcast(&Vm, SH2, 16);
    fpv_bf_mul_add(&Vd, &Vn, &m, SH, AUX, false, ENV);
}
OP(BFMLAL_elem, element_bf_mul_add(cpu, op); NEXT;)
