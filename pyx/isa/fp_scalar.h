/* SPDX-License-Identifier: MIT
 * Scalar floating point: arithmetic, comparison, selection, moves ("A64 -- SIMD and Floating-point Instructions").
 * NAME_s and NAME_d compute on the host and tail-call NAME_s_soft, NAME_d_soft when the result is doubtful (arch/fp_host.h).
 * A scalar result clears the rest of its vector register. */
#include "arch/fp_forms.h"
#include "arch/fp_host.h"
#include "isa/condition.h"

#define FPENV cpu->fpcr, &cpu->fpsr
#define SET_BITS(value) do { u64 v_ = (value); Vreg *d_ = &Vd; d_->d[0] = v_; d_->d[1] = 0; } while (0)
#define SET_s(value) SET_BITS(bits_s(value))
#define SET_d(value) do { double r_ = (value); Vreg *d_ = &Vd; d_->f64[0] = r_; d_->d[1] = 0; } while (0)
#define RETRY_IF(doubt, soft) if (unlikely(doubt)) MUSTTAIL return op_##soft(PASS(op))

/* -- Two operands -------------------------------------------------------------------------------------------------- */
#define SOFT2(NAME, f) \
    OP(NAME##_h, SET_BITS(f(Vn.h[0], Vm.h[0], 16, FPENV)); NEXT;) \
    OP(NAME##_s_soft, SET_BITS(f(Vn.s[0], Vm.s[0], 32, FPENV)); NEXT;) \
    OP(NAME##_d_soft, SET_BITS(f(Vn.d[0], Vm.d[0], 64, FPENV)); NEXT;)
#define HOST2(NAME, doubt, expression) HOST2_(NAME, doubt##_s, doubt##_d, expression)
#define HOST2_(NAME, doubt_s, doubt_d, expression) \
    OP(NAME##_s, float a = Vn.f32[0], b = Vm.f32[0], r = (expression); RETRY_IF(doubt_s(r), NAME##_s_soft); SET_s(r); NEXT;) \
    OP(NAME##_d, double a = Vn.f64[0], b = Vm.f64[0], r = (expression); RETRY_IF(doubt_d(r), NAME##_d_soft); SET_d(r); NEXT;)

SOFT2(FADD_s, fp_add)
SOFT2(FSUB_s, fp_sub)
SOFT2(FMUL_s, fp_mul)
SOFT2(FDIV_s, fp_div)
SOFT2(FNMUL, fp_nmul)
HOST2(FADD_s, is_nan, a + b)        /* a sum that is tiny is exact */
HOST2(FSUB_s, is_nan, a - b)
HOST2(FMUL_s, doubtful, a * b)
HOST2(FDIV_s, doubtful, a / b)
HOST2(FNMUL, doubtful, -(a * b))

/* Of equal numbers, which are zeros or the same, FMAX takes the AND and FMIN the OR. An unordered comparison has raised no more
 * than Arm's: Invalid for a signaling NaN. */
#define HOST_EXTREMUM(NAME, first, merge) \
    OP(NAME##_s, bool is_nan; u64 order = host_compare_s(Vn.f32[0], Vm.f32[0], &is_nan); RETRY_IF(is_nan, NAME##_s_soft); \
        SET_BITS(order == 1 ? Vn.s[0] merge Vm.s[0] : order == (first) ? Vn.s[0] : Vm.s[0]); NEXT;) \
    OP(NAME##_d, bool is_nan; u64 order = host_compare_d(Vn.f64[0], Vm.f64[0], &is_nan); RETRY_IF(is_nan, NAME##_d_soft); \
        SET_BITS(order == 1 ? Vn.d[0] merge Vm.d[0] : order == (first) ? Vn.d[0] : Vm.d[0]); NEXT;)

SOFT2(FMAX_s, fp_max)
SOFT2(FMIN_s, fp_min)
SOFT2(FMAXNM_s, fp_maxnm)
SOFT2(FMINNM_s, fp_minnm)
HOST_EXTREMUM(FMAX_s, 2, &)
HOST_EXTREMUM(FMIN_s, 0, |)
HOST_EXTREMUM(FMAXNM_s, 2, &)
HOST_EXTREMUM(FMINNM_s, 0, |)

/* -- Three operands: Ra, Rn, Rm ------------------------------------------------------------------------------------------- */
/* sign_a, sign_n: whether the sign of Ra, Rn is inverted. */
#define SOFT3_SIZE(name, lane, n, sign_a, f) \
    OP(name, u64 addend = Va.lane[0]; if (sign_a) addend = fp_neg(addend, n); \
        SET_BITS(f(addend, Vn.lane[0], Vm.lane[0], n, FPENV)); NEXT;)
#define SOFT3(NAME, sign_a, f) SOFT3_SIZE(NAME##_h, h, 16, sign_a, f) \
    SOFT3_SIZE(NAME##_s_soft, s, 32, sign_a, f) SOFT3_SIZE(NAME##_d_soft, d, 64, sign_a, f)
#define HOST3(NAME, sign_a, sign_n) \
    OP(NAME##_s, float r = __builtin_fmaf(sign_n Vn.f32[0], Vm.f32[0], sign_a Va.f32[0]); \
        RETRY_IF(doubtful_s(r), NAME##_s_soft); SET_s(r); NEXT;) \
    OP(NAME##_d, double r = __builtin_fma(sign_n Vn.f64[0], Vm.f64[0], sign_a Va.f64[0]); \
        RETRY_IF(doubtful_d(r), NAME##_d_soft); SET_d(r); NEXT;)

SOFT3(FMADD, false, fp_mul_add)
SOFT3(FMSUB, false, fp_mul_sub)
SOFT3(FNMADD, true, fp_mul_sub)
SOFT3(FNMSUB, true, fp_mul_add)

HOST_FMA_BEGIN
HOST3(FMADD, +, +)
HOST3(FMSUB, +, -)
HOST3(FNMADD, -, -)
HOST3(FNMSUB, -, +)
HOST_FMA_END

/* -- One operand -------------------------------------------------------------------------------------------------------------- */
OP(FSQRT_s_h, SET_BITS(fp_sqrt(Vn.h[0], 16, FPENV)); NEXT;)
OP(FSQRT_s_s_soft, SET_BITS(fp_sqrt(Vn.s[0], 32, FPENV)); NEXT;)
OP(FSQRT_s_d_soft, SET_BITS(fp_sqrt(Vn.d[0], 64, FPENV)); NEXT;)
OP(FSQRT_s_s, float r = host_sqrt_s(Vn.f32[0]); RETRY_IF(is_nan_s(r), FSQRT_s_s_soft); SET_s(r); NEXT;)
OP(FSQRT_s_d, double r = host_sqrt_d(Vn.f64[0]); RETRY_IF(is_nan_d(r), FSQRT_s_d_soft); SET_d(r); NEXT;)

OP(FMOV_s_h, SET_BITS(Vn.h[0]); NEXT;)
OP(FMOV_s_s, SET_BITS(Vn.s[0]); NEXT;)
OP(FMOV_s_d, SET_BITS(Vn.d[0]); NEXT;)
OP(FABS_s_h, SET_BITS(fp_abs(Vn.h[0], 16)); NEXT;)
OP(FABS_s_s, SET_BITS(fp_abs(Vn.s[0], 32)); NEXT;)
OP(FABS_s_d, SET_BITS(fp_abs(Vn.d[0], 64)); NEXT;)
OP(FNEG_s_h, SET_BITS(fp_neg(Vn.h[0], 16)); NEXT;)
OP(FNEG_s_s, SET_BITS(fp_neg(Vn.s[0], 32)); NEXT;)
OP(FNEG_s_d, SET_BITS(fp_neg(Vn.d[0], 64)); NEXT;)

/* -- Comparison: flags as those of a subtraction (arch/fp_forms.h) --------------------------------------------------------- */
#define SET_COMPARED(a) (cpu->flag_kind = FLAGS_SUB64, cpu->flag_a = (a), cpu->flag_b = COMPARE_B)

static u64 compared(unsigned nzcv)
{
    return nzcv == 8 ? 0 : nzcv == 6 ? 1 : nzcv == 2 ? 2 : COMPARE_UNORDERED;
}

#define OP_FCMP(NAME, signal_nans) \
    OP(NAME##_h, SET_COMPARED(compared(fp_compare(Vn.h[0], Vm.h[0], signal_nans, 16, FPENV))); NEXT;) \
    OP(NAME##_s_soft, SET_COMPARED(compared(fp_compare(Vn.s[0], Vm.s[0], signal_nans, 32, FPENV))); NEXT;) \
    OP(NAME##_d_soft, SET_COMPARED(compared(fp_compare(Vn.d[0], Vm.d[0], signal_nans, 64, FPENV))); NEXT;)
#define HOST_FCMP(NAME) \
    OP(NAME##_s, bool is_nan; u64 order = host_compare_s(Vn.f32[0], Vm.f32[0], &is_nan); \
        RETRY_IF(is_nan, NAME##_s_soft); SET_COMPARED(order); NEXT;) \
    OP(NAME##_d, bool is_nan; u64 order = host_compare_d(Vn.f64[0], Vm.f64[0], &is_nan); \
        RETRY_IF(is_nan, NAME##_d_soft); SET_COMPARED(order); NEXT;)

OP_FCMP(FCMP, false)
OP_FCMP(FCMPE, true)
HOST_FCMP(FCMP)
HOST_FCMP(FCMPE)        /* a NaN of any kind: FCMPE_s_soft reports it */

static void conditional_compare(Cpu *cpu, const Op *op)
{
    if (!condition_holds(cpu, SH)) {
        nzcv_write(cpu, (u32)IMM);
        return;
    }
    u64 mask = ~(u64)0 >> (64 - AUX);
    SET_COMPARED(compared(fp_compare(Vn.d[0] & mask, Vm.d[0] & mask, SH2, AUX, FPENV)));
}

OP(FCCMP_any, conditional_compare(cpu, op); NEXT;)

/* -- Selection and moves ----------------------------------------------------------------------------------------------------- */
#define SELECT(holds) SET_BITS(((holds) ? Vn.d[0] : Vm.d[0]) & IMM)

#define OP_FCSEL(NAME) \
    OP(NAME##_test, SELECT(mask_holds(cpu->flag_a, cpu->flag_b, AUX)); NEXT;) \
    OP(NAME##_nzcv, SELECT(AUX >> (cpu->flag_a >> 28 & 15) & 1); NEXT;) \
    OP(NAME##_any, SELECT(condition_holds(cpu, SH)); NEXT;)

OP_FCSEL(FCSEL)
OP_FCSEL(FCSEL_h)

OP(FMOV_imm, SET_BITS(IMM); NEXT;)
OP(FMOV_imm_h, SET_BITS(IMM); NEXT;)
OP(FMOV_w_s, Xd = Vn.s[0]; NEXT;)
OP(FMOV_s_w, SET_BITS(Wn); NEXT;)
OP(FMOV_x_d, Xd = Vn.d[0]; NEXT;)
OP(FMOV_d_x, SET_BITS(Xn); NEXT;)
OP(FMOV_x_top, Xd = Vn.d[1]; NEXT;)
OP(FMOV_top_x, Vd.d[1] = Xn; NEXT;)
OP(FMOV_gpr_h, Xd = Vn.h[0]; NEXT;)
OP(FMOV_h_gpr, SET_BITS((u16)Xn); NEXT;)
