/* SPDX-License-Identifier: MIT
 * Scalar conversions: between precisions, to and from integers and fixed point, to integral values.
 * One soft-float handler serves each kind, for all widths; host variants fall back on it (arch/fp_host.h). Operands of the soft
 * handlers: SH rounding, SH2 fraction bits, AUX widths (arch/fp_forms.h). */
#include "arch/fp_forms.h"
#include "arch/fp_host.h"

#define FPENV cpu->fpcr, &cpu->fpsr
#define SET_BITS(value) do { u64 v_ = (value); Vreg *d_ = &Vd; d_->d[0] = v_; d_->d[1] = 0; } while (0)
#define SET_s(value) SET_BITS(bits_s(value))
#define SET_d(value) do { double r_ = (value); Vreg *d_ = &Vd; d_->f64[0] = r_; d_->d[1] = 0; } while (0)
#define RETRY_IF(doubt, soft) if (unlikely(doubt)) MUSTTAIL return op_##soft(PASS(op))
#define LOW(value, bits) ((value) & ~(u64)0 >> (64 - (bits)))
#define FP_BITS conversion_fp_bits(AUX)
#define OTHER_BITS conversion_other_bits(AUX)
#define IS_UNSIGNED conversion_is_unsigned(AUX)

/* -- Precision ---------------------------------------------------------------------------------------------------------- */
OP(fp_convert_soft,
    SET_BITS(fp_convert(LOW(Vn.d[0], FP_BITS), FP_BITS, OTHER_BITS, fp_rounding_mode(cpu->fpcr), FPENV)); NEXT;)
OP(FCVT_d_s, double r = Vn.f32[0]; RETRY_IF(is_nan_d(r), fp_convert_soft); SET_d(r); NEXT;)
OP(FCVT_s_d, float r = (float)Vn.f64[0]; RETRY_IF(doubtful_s(r), fp_convert_soft); SET_s(r); NEXT;)
OP(BFCVT, SET_BITS(fp_convert_bf(Vn.s[0], FPENV)); NEXT;)

/* -- To integral values, in floating point -------------------------------------------------------------------------------- */
OP(fp_round_int_soft,
    SET_BITS(fp_round_int(LOW(Vn.d[0], AUX), AUX, effective_rounding(SH, cpu->fpcr), SH2, FPENV)); NEXT;)
OP(fp_round_int_n,
    SET_BITS(fp_round_int_n(LOW(Vn.d[0], AUX), AUX, effective_rounding(SH, cpu->fpcr), SH2, FPENV)); NEXT;)

/* f, ff: of double, float. All but rint are silent about Inexact. */
#define OP_FRINT(NAME, f, ff) \
    OP(NAME##_s, float r = ff(Vn.f32[0]); RETRY_IF(is_nan_s(r), fp_round_int_soft); SET_s(r); NEXT;) \
    OP(NAME##_d, double r = f(Vn.f64[0]); RETRY_IF(is_nan_d(r), fp_round_int_soft); SET_d(r); NEXT;)

/* FRINTA: what lies beyond 2^23 or 2^52 is integral, or no number. */
#define HOST_AWAY_s(a) ({ float t_ = __builtin_truncf(a), rest_ = (a) - t_; \
    __builtin_copysignf(__builtin_fabsf(rest_) >= 0.5f ? t_ + __builtin_copysignf(1.0f, a) : t_, a); })
#define HOST_AWAY_d(a) ({ double t_ = __builtin_trunc(a), rest_ = (a) - t_; \
    __builtin_copysign(__builtin_fabs(rest_) >= 0.5 ? t_ + __builtin_copysign(1.0, a) : t_, a); })

HOST_FMA_BEGIN
OP_FRINT(FRINTN_s, __builtin_nearbyint, __builtin_nearbyintf)   /* the host rounds to nearest */
OP_FRINT(FRINTP_s, __builtin_ceil, __builtin_ceilf)
OP_FRINT(FRINTM_s, __builtin_floor, __builtin_floorf)
OP_FRINT(FRINTZ_s, __builtin_trunc, __builtin_truncf)
OP_FRINT(FRINTX_s, __builtin_rint, __builtin_rintf)
OP_FRINT(FRINTI_s, __builtin_nearbyint, __builtin_nearbyintf)
OP(FRINTA_s_s, float a = Vn.f32[0]; RETRY_IF(!magnitude_below((double)a, 23), fp_round_int_soft);
    AFTER_CHECK(a); SET_s(HOST_AWAY_s(a)); NEXT;)
OP(FRINTA_s_d, double a = Vn.f64[0]; RETRY_IF(!magnitude_below(a, 52), fp_round_int_soft);
    AFTER_CHECK(a); SET_d(HOST_AWAY_d(a)); NEXT;)
HOST_FMA_END

/* -- To integers -------------------------------------------------------------------------------------------------------------- */
OP(fp_to_int_soft, Xd = fp_to_fixed(LOW(Vn.d[0], FP_BITS), FP_BITS, OTHER_BITS, SH2, IS_UNSIGNED, (FpRounding)SH, FPENV); NEXT;)

/* FCVTZS: the host's answer out of range is the most negative integer, with Invalid; that integer itself is converted again. */
OP(FCVTZS_int_w_s, i32 r = host_truncate_ws(Vn.f32[0]); RETRY_IF(r == INT32_MIN, fp_to_int_soft); Xd = (u32)r; NEXT;)
OP(FCVTZS_int_x_s, i64 r = host_truncate_xs(Vn.f32[0]); RETRY_IF(r == INT64_MIN, fp_to_int_soft); Xd = (u64)r; NEXT;)
OP(FCVTZS_int_w_d, i32 r = host_truncate_w(Vn.f64[0]); RETRY_IF(r == INT32_MIN, fp_to_int_soft); Xd = (u32)r; NEXT;)
OP(FCVTZS_int_x_d, i64 r = host_truncate_x(Vn.f64[0]); RETRY_IF(r == INT64_MIN, fp_to_int_soft); Xd = (u64)r; NEXT;)

/* The others ask first whether the result is in range, since Inexact must not stick if it is not. Single precision widens
 * exactly; a signaling NaN, which raises Invalid then, does so in the soft variant too. */
#define OP_FCVT_SIZE(name, lane, in_range, limit, T, convert) \
    OP(name, double a = Vn.lane[0]; RETRY_IF(!in_range(a, limit), fp_to_int_soft); AFTER_CHECK(a); Xd = (T)convert(a); NEXT;)
#define OP_FCVT(NAME, in_range, limit_w, limit_x, convert) \
    OP_FCVT_SIZE(NAME##_int_w_s, f32, in_range, limit_w, u32, convert) \
    OP_FCVT_SIZE(NAME##_int_w_d, f64, in_range, limit_w, u32, convert) \
    OP_FCVT_SIZE(NAME##_int_x_s, f32, in_range, limit_x, u64, convert) \
    OP_FCVT_SIZE(NAME##_int_x_d, f64, in_range, limit_x, u64, convert)

OP_FCVT(FCVTNS, magnitude_below, 30, 62, host_nearest_x)
OP_FCVT(FCVTPS, magnitude_below, 30, 62, host_ceil_x)
OP_FCVT(FCVTMS, magnitude_below, 30, 62, host_floor_x)
OP_FCVT(FCVTAS, magnitude_below, 30, 62, host_away_x)
OP_FCVT(FCVTNU, positive_below, 31, 62, host_nearest_x)
OP_FCVT(FCVTPU, positive_below, 31, 62, host_ceil_x)
OP_FCVT(FCVTMU, positive_below, 31, 62, host_floor_x)
OP_FCVT(FCVTAU, positive_below, 31, 62, host_away_x)
OP_FCVT(FCVTZU, positive_below, 32, 63, host_truncate_x)

static __attribute__((noinline)) void convert_js(Cpu *cpu, const Op *op)   /* apart: a handler takes no address of a local */
{
    bool z;
    Xd = fp_to_fixed_js(Vn.d[0], FPENV, &z);
    nzcv_write(cpu, z ? PSTATE_Z : 0);
}
OP(FJCVTZS, convert_js(cpu, op); NEXT;)

/* -- From integers ---------------------------------------------------------------------------------------------------------- */
OP(int_to_fp_soft, SET_BITS(fp_from_fixed(LOW(Xn, OTHER_BITS), FP_BITS, OTHER_BITS, SH2, IS_UNSIGNED, FPENV)); NEXT;)
OP(SCVTF_int_s_w, SET_s((float)(i32)Xn); NEXT;)
OP(SCVTF_int_d_w, SET_d((double)(i32)Xn); NEXT;)
OP(SCVTF_int_s_x, SET_s((float)(i64)Xn); NEXT;)
OP(SCVTF_int_d_x, SET_d((double)(i64)Xn); NEXT;)
OP(UCVTF_int_s_w, SET_s((float)(i64)Wn); NEXT;)
OP(UCVTF_int_d_w, SET_d((double)(i64)Wn); NEXT;)
OP(UCVTF_int_s_x, SET_s((float)Xn); NEXT;)
OP(UCVTF_int_d_x, SET_d((double)Xn); NEXT;)
