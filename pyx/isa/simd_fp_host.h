/* SPDX-License-Identifier: MIT
 * Advanced SIMD floating point on the host's FPU: all lanes at once, then one look whether any result is doubtful
 * (arch/fp_host.h); if so the soft variant redoes the instruction. Vectors of 64 bits are computed as 128 with both halves the
 * same, so that no lane raises flags that the guest's lanes do not. */
#include "arch/fp_host.h"
#include "isa/op.h"

typedef float F32x4 __attribute__((vector_size(16), may_alias));
typedef double F64x2 __attribute__((vector_size(16), may_alias));
typedef i32 I32x4 __attribute__((vector_size(16), may_alias));
typedef i64 I64x2 __attribute__((vector_size(16), may_alias));
typedef u32 U32x4 __attribute__((vector_size(16), may_alias));
typedef u64 U64x2 __attribute__((vector_size(16), may_alias));

/* By arrangement: type of a vector and of its bits, its soft variants, load and store. */
typedef F32x4 F_2s, F_4s;
typedef F64x2 F_2d;
typedef U32x4 B_2s, B_4s;
typedef U64x2 B_2d;
#define SOFT_2s s_soft
#define SOFT_4s s_soft
#define SOFT_2d d_soft
#define JOIN(a, b) a##_##b
#define SOFT_NAME(NAME, soft) JOIN(NAME, soft)

ALWAYS_INLINE F32x4 load_2s(const Vreg *v) { return (F32x4)(U64x2){v->d[0], v->d[0]}; }
ALWAYS_INLINE F32x4 load_4s(const Vreg *v) { return *(const F32x4 *)v; }
ALWAYS_INLINE F64x2 load_2d(const Vreg *v) { return *(const F64x2 *)v; }
ALWAYS_INLINE void store_2s(Vreg *v, F32x4 r) { *(U64x2 *)v = (U64x2){((U64x2)r)[0], 0}; }
ALWAYS_INLINE void store_4s(Vreg *v, F32x4 r) { *(F32x4 *)v = r; }
ALWAYS_INLINE void store_2d(Vreg *v, F64x2 r) { *(F64x2 *)v = r; }
ALWAYS_INLINE F32x4 lane_2s(const Vreg *v, unsigned e) { float x = v->f32[e]; return (F32x4){x, x, x, x}; }
ALWAYS_INLINE F32x4 lane_4s(const Vreg *v, unsigned e) { return lane_2s(v, e); }
ALWAYS_INLINE F64x2 lane_2d(const Vreg *v, unsigned e) { double x = v->f64[e]; return (F64x2){x, x}; }

ALWAYS_INLINE bool any(U64x2 mask)      /* of lanes that are all ones or all zeros */
{
#if defined(__x86_64__)
    return _mm_movemask_epi8((__m128i)mask) != 0;
#else
    return (mask[0] | mask[1]) != 0;
#endif
}

/* Comparisons of vectors with themselves are quiet. */
ALWAYS_INLINE bool nan_4s(F32x4 r) { return unlikely(any((U64x2)(r != r))); }
ALWAYS_INLINE bool nan_2d(F64x2 r) { return unlikely(any((U64x2)(r != r))); }
ALWAYS_INLINE bool nan_2s(F32x4 r) { return nan_4s(r); }
#if defined(__x86_64__)
ALWAYS_INLINE bool doubt_4s(F32x4 r) { return unlikely(any((U64x2)((r != r) | ((U32x4)r << 1 == FP32_MIN_NORMAL)))); }
ALWAYS_INLINE bool doubt_2d(F64x2 r) { return unlikely(any((U64x2)((r != r) | ((U64x2)r << 1 == FP64_MIN_NORMAL)))); }
#else
ALWAYS_INLINE bool doubt_4s(F32x4 r) { return nan_4s(r); }
ALWAYS_INLINE bool doubt_2d(F64x2 r) { return nan_2d(r); }
#endif
ALWAYS_INLINE bool doubt_2s(F32x4 r) { return doubt_4s(r); }

#define SIGN_4s 0x80000000u
#define SIGN_2s SIGN_4s
#define SIGN_2d 0x8000000000000000u
#define ABS(A, v) ((F_##A)((B_##A)(v) & ~SIGN_##A))

#define FOR_ARRANGEMENTS(M, ...) M(2s, __VA_ARGS__) M(4s, __VA_ARGS__) M(2d, __VA_ARGS__)
#define RETRY_SOFT(doubt, NAME, A) if (unlikely(doubt)) MUSTTAIL return SOFT_NAME(op_##NAME, SOFT_##A)(PASS(op))

/* -- Arithmetic: an expression of vectors n and m, and the doubt about its result r -------------------- */
#define HOST2(A, NAME, doubt, ...) OP(NAME##_##A, F_##A n = load_##A(&Vn), m = load_##A(&Vm), r = (__VA_ARGS__); \
    RETRY_SOFT(doubt##_##A(r), NAME, A); store_##A(&Vd, r); NEXT;)
#define HANDLERS_DECLARED(NAME) Handler op_##NAME##_s_soft, op_##NAME##_d_soft;
#define VECTOR2(NAME, doubt, ...) HANDLERS_DECLARED(NAME) FOR_ARRANGEMENTS(HOST2, NAME, doubt, __VA_ARGS__)

VECTOR2(FADD_v, nan, n + m)
VECTOR2(FSUB_v, nan, n - m)
VECTOR2(FMUL_v, doubt, n * m)
VECTOR2(FDIV_v, doubt, n / m)

#define HOST_ABD(A, NAME) OP(NAME##_##A, F_##A n = load_##A(&Vn), m = load_##A(&Vm), r = n - m; \
    RETRY_SOFT(nan_##A(r), NAME, A); store_##A(&Vd, ABS(A, r)); NEXT;)
HANDLERS_DECLARED(FABD_v)
FOR_ARRANGEMENTS(HOST_ABD, FABD_v)

/* Minimum, maximum. NaNs are looked for first, quietly. Equal lanes are zeros, or the same: AND for FMAX, OR for FMIN. */
#define HOST_EXTREMUM(A, NAME, first, merge) OP(NAME##_##A, F_##A n = load_##A(&Vn), m = load_##A(&Vm); \
    RETRY_SOFT(any((U64x2)((n != n) | (m != m))), NAME, A); AFTER_CHECK(n); AFTER_CHECK(m); \
    B_##A p = (B_##A)n, q = (B_##A)m, gt = (B_##A)(n > m), lt = (B_##A)(n < m), win = first; \
    store_##A(&Vd, (F_##A)((win & p) | ((gt ^ lt ^ win) & q) | (~(gt | lt) & (p merge q)))); NEXT;)
#define EXTREMUM(NAME, first, merge) HANDLERS_DECLARED(NAME) FOR_ARRANGEMENTS(HOST_EXTREMUM, NAME, first, merge)
EXTREMUM(FMAX_v, gt, &)
EXTREMUM(FMAXNM_v, gt, &)
EXTREMUM(FMIN_v, lt, |)
EXTREMUM(FMINNM_v, lt, |)

#if defined(__x86_64__)
ALWAYS_INLINE F32x4 host_sqrt_4s(F32x4 n) { return (F32x4)_mm_sqrt_ps((__m128)n); }
ALWAYS_INLINE F64x2 host_sqrt_2d(F64x2 n) { return (F64x2)_mm_sqrt_pd((__m128d)n); }
ALWAYS_INLINE I32x4 host_truncate_4s(F32x4 n) { return (I32x4)_mm_cvttps_epi32((__m128)n); }
#elif defined(__aarch64__)
ALWAYS_INLINE F32x4 host_sqrt_4s(F32x4 n) { return (F32x4)vsqrtq_f32((float32x4_t)n); }
ALWAYS_INLINE F64x2 host_sqrt_2d(F64x2 n) { return (F64x2)vsqrtq_f64((float64x2_t)n); }
ALWAYS_INLINE I32x4 host_truncate_4s(F32x4 n) { return (I32x4)vcvtq_s32_f32((float32x4_t)n); }
#else
ALWAYS_INLINE F32x4 host_sqrt_4s(F32x4 n) { return n; }     /* FP_HOST is 0: compiled, never run */
ALWAYS_INLINE F64x2 host_sqrt_2d(F64x2 n) { return n; }
ALWAYS_INLINE I32x4 host_truncate_4s(F32x4 n) { return (I32x4)n; }
#endif
ALWAYS_INLINE F32x4 host_sqrt_2s(F32x4 n) { return host_sqrt_4s(n); }
#define HOST_SQRT(A, NAME) OP(NAME##_##A, F_##A r = host_sqrt_##A(load_##A(&Vn)); \
    RETRY_SOFT(nan_##A(r), NAME, A); store_##A(&Vd, r); NEXT;)
HANDLERS_DECLARED(FSQRT_v)
FOR_ARRANGEMENTS(HOST_SQRT, FSQRT_v)

/* -- Comparison: == is quiet, the others signal every NaN, as Arm's do. No lane is ever in doubt. -------- */
#define HOST_COMPARE2(A, NAME, ...) OP(NAME##_##A, F_##A n = load_##A(&Vn), m = load_##A(&Vm); \
    store_##A(&Vd, (F_##A)(__VA_ARGS__)); NEXT;)
FOR_ARRANGEMENTS(HOST_COMPARE2, FCMEQ_v, n == m)
FOR_ARRANGEMENTS(HOST_COMPARE2, FCMGE_v, n >= m)
FOR_ARRANGEMENTS(HOST_COMPARE2, FCMGT_v, n > m)
#define HOST_COMPARE_ABS(A, NAME, relation) OP(NAME##_##A, F_##A n = load_##A(&Vn), m = load_##A(&Vm); \
    store_##A(&Vd, (F_##A)(ABS(A, n) relation ABS(A, m))); NEXT;)
FOR_ARRANGEMENTS(HOST_COMPARE_ABS, FACGE_v, >=)
FOR_ARRANGEMENTS(HOST_COMPARE_ABS, FACGT_v, >)
#define HOST_COMPARE0(A, NAME, relation) OP(NAME##_##A, F_##A n = load_##A(&Vn), zero = (F_##A)((B_##A)n & 0); \
    store_##A(&Vd, (F_##A)(n relation zero)); NEXT;)
FOR_ARRANGEMENTS(HOST_COMPARE0, FCMEQ_zero_v, ==)
FOR_ARRANGEMENTS(HOST_COMPARE0, FCMGE_zero_v, >=)
FOR_ARRANGEMENTS(HOST_COMPARE0, FCMGT_zero_v, >)
FOR_ARRANGEMENTS(HOST_COMPARE0, FCMLE_zero_v, <=)
FOR_ARRANGEMENTS(HOST_COMPARE0, FCMLT_zero_v, <)

/* -- Pairwise addition --------------------------------------------------------------------------------- */
#define EVEN_2s 0, 4, 0, 4
#define ODD_2s 1, 5, 1, 5
#define EVEN_4s 0, 2, 4, 6
#define ODD_4s 1, 3, 5, 7
#define EVEN_2d 0, 2
#define ODD_2d 1, 3
#define SHUFFLE(n, m, ...) __builtin_shufflevector(n, m, __VA_ARGS__)
#define HOST_PAIRS(A, NAME) OP(NAME##_##A, F_##A n = load_##A(&Vn), m = load_##A(&Vm); \
    F_##A r = SHUFFLE(n, m, EVEN_##A) + SHUFFLE(n, m, ODD_##A); \
    RETRY_SOFT(nan_##A(r), NAME, A); store_##A(&Vd, r); NEXT;)
HANDLERS_DECLARED(FADDP_v)
FOR_ARRANGEMENTS(HOST_PAIRS, FADDP_v)

#define SET_s(value) do { u64 v_ = bits_s(value); Vreg *d_ = &Vd; d_->d[0] = v_; d_->d[1] = 0; } while (0)
#define SET_d(value) do { u64 v_ = bits_d(value); Vreg *d_ = &Vd; d_->d[0] = v_; d_->d[1] = 0; } while (0)
#define RETRY_IF(doubt, soft) if (unlikely(doubt)) MUSTTAIL return op_##soft(PASS(op))
HANDLERS_DECLARED(FADDP_s)
OP(FADDP_s_s, float r = Vn.f32[0] + Vn.f32[1]; RETRY_IF(is_nan_s(r), FADDP_s_s_soft); SET_s(r); NEXT;)
OP(FADDP_s_d, double r = Vn.f64[0] + Vn.f64[1]; RETRY_IF(is_nan_d(r), FADDP_s_d_soft); SET_d(r); NEXT;)

/* -- By element ---------------------------------------------------------------------------------------- */
#define HOST_ELEMENT(A, NAME) OP(NAME##_##A, F_##A r = load_##A(&Vn) * lane_##A(&Vm, SH2); \
    RETRY_SOFT(doubt_##A(r), NAME, A); store_##A(&Vd, r); NEXT;)
HANDLERS_DECLARED(FMUL_elem)
FOR_ARRANGEMENTS(HOST_ELEMENT, FMUL_elem)
HANDLERS_DECLARED(FMUL_s_elem)
OP(FMUL_s_elem_s, float r = Vn.f32[0] * Vm.f32[SH2]; RETRY_IF(doubtful_s(r), FMUL_s_elem_s_soft); SET_s(r); NEXT;)
OP(FMUL_s_elem_d, double r = Vn.f64[0] * Vm.f64[SH2]; RETRY_IF(doubtful_d(r), FMUL_s_elem_d_soft); SET_d(r); NEXT;)

/* -- Conversions --------------------------------------------------------------------------------------- */
Handler op_fpv_to_int_soft;
/* An integer that the host gives for what is out of range sends all lanes to soft-float. */
#define TO_INT_s(SIZE, load, store) OP(FCVTZS_v_##SIZE, I32x4 r = host_truncate_4s(load(&Vn)); \
        RETRY_IF(any((U64x2)(r == INT32_MIN)), fpv_to_int_soft); store(&Vd, (F32x4)r); NEXT;)
TO_INT_s(2s, load_2s, store_2s)
TO_INT_s(4s, load_4s, store_4s)
OP(FCVTZS_v_2d, i64 low = host_truncate_x(Vn.f64[0]), high = host_truncate_x(Vn.f64[1]);
    RETRY_IF(low == INT64_MIN || high == INT64_MIN, fpv_to_int_soft); Vd = (Vreg){.d = {(u64)low, (u64)high}}; NEXT;)
/* Unsigned: the signed conversion serves what has no sign bit and is below 2^31, 2^63. */
#define TO_UINT_s(SIZE, load, store) OP(FCVTZU_v_##SIZE, F32x4 n = load(&Vn); \
        RETRY_IF(any((U64x2)((U32x4)n >= bits_s(0x1p31f))), fpv_to_int_soft); \
        AFTER_CHECK(n); store(&Vd, (F32x4)host_truncate_4s(n)); NEXT;)
TO_UINT_s(2s, load_2s, store_2s)
TO_UINT_s(4s, load_4s, store_4s)
OP(FCVTZU_v_2d, double low = Vn.f64[0], high = Vn.f64[1];
    RETRY_IF(!positive_below(low, 63) || !positive_below(high, 63), fpv_to_int_soft);
    AFTER_CHECK(low); AFTER_CHECK(high);
    Vd = (Vreg){.d = {(u64)host_truncate_x(low), (u64)host_truncate_x(high)}}; NEXT;)

ALWAYS_INLINE F32x4 signed_to_s(U32x4 n) { return __builtin_convertvector((I32x4)n, F32x4); }
ALWAYS_INLINE F32x4 unsigned_to_s(U32x4 n)
{
    return (F32x4){(float)(i64)n[0], (float)(i64)n[1], (float)(i64)n[2], (float)(i64)n[3]};
}
#define FROM_INT(NAME, convert_s, T) \
    OP(NAME##_2s, store_2s(&Vd, convert_s((U32x4)load_2s(&Vn))); NEXT;) \
    OP(NAME##_4s, store_4s(&Vd, convert_s((U32x4)load_4s(&Vn))); NEXT;) \
    OP(NAME##_2d, store_2d(&Vd, (F64x2){(double)(T)Vn.d[0], (double)(T)Vn.d[1]}); NEXT;)
FROM_INT(SCVTF_v, signed_to_s, i64)
FROM_INT(UCVTF_v, unsigned_to_s, u64)

Handler op_FCVTL_2d_soft, op_FCVTN_2s_soft;
OP(FCVTL_2d, const float *from = &Vn.f32[2 * SH2]; F64x2 r = {(double)from[0], (double)from[1]};
    RETRY_IF(nan_2d(r), FCVTL_2d_soft); store_2d(&Vd, r); NEXT;)
OP(FCVTN_2s, float low = (float)Vn.f64[0], high = (float)Vn.f64[1];
    RETRY_IF(doubtful_s(low) || doubtful_s(high), FCVTN_2s_soft);
    u64 r = bits_s(low) | (u64)bits_s(high) << 32; Vreg *d = &Vd;
    if (SH2) d->d[1] = r; else *d = (Vreg){.d = {r, 0}}; NEXT;)

/* -- Fused multiply-add, rounding to integral ---------------------------------------------------------- */
HOST_FMA_BEGIN
#if defined(__x86_64__)
#define FMA_4s(a, n, m) ((F32x4)__builtin_ia32_vfmaddps(n, m, a))
#define FMA_2d(a, n, m) ((F64x2)__builtin_ia32_vfmaddpd(n, m, a))
#elif defined(__aarch64__)
#define FMA_4s(a, n, m) ((F32x4)vfmaq_f32((float32x4_t)(a), (float32x4_t)(n), (float32x4_t)(m)))
#define FMA_2d(a, n, m) ((F64x2)vfmaq_f64((float64x2_t)(a), (float64x2_t)(n), (float64x2_t)(m)))
#else
#define FMA_4s(a, n, m) ((n) * (m) + (a))   /* FP_HOST is 0: compiled, never run */
#define FMA_2d(a, n, m) ((n) * (m) + (a))
#endif
#define FMA_2s FMA_4s

#define HOST_FMA(A, NAME, sign, operand) OP(NAME##_##A, F_##A n = sign load_##A(&Vn), m = operand, a = load_##A(&Vd); \
    F_##A r = FMA_##A(a, n, m); RETRY_SOFT(doubt_##A(r), NAME, A); store_##A(&Vd, r); NEXT;)
#define HOST_FMA_v(A, NAME, sign) HOST_FMA(A, NAME, sign, load_##A(&Vm))
#define HOST_FMA_elem(A, NAME, sign) HOST_FMA(A, NAME, sign, lane_##A(&Vm, SH2))
HANDLERS_DECLARED(FMLA_v) HANDLERS_DECLARED(FMLS_v) HANDLERS_DECLARED(FMLA_elem) HANDLERS_DECLARED(FMLS_elem)
FOR_ARRANGEMENTS(HOST_FMA_v, FMLA_v, +)
FOR_ARRANGEMENTS(HOST_FMA_v, FMLS_v, -)
FOR_ARRANGEMENTS(HOST_FMA_elem, FMLA_elem, +)
FOR_ARRANGEMENTS(HOST_FMA_elem, FMLS_elem, -)

#define SCALAR_FMA(NAME, sign) HANDLERS_DECLARED(NAME) \
    OP(NAME##_s, float r = __builtin_fmaf(sign Vn.f32[0], Vm.f32[SH2], Vd.f32[0]); \
        RETRY_IF(doubtful_s(r), NAME##_s_soft); SET_s(r); NEXT;) \
    OP(NAME##_d, double r = __builtin_fma(sign Vn.f64[0], Vm.f64[SH2], Vd.f64[0]); \
        RETRY_IF(doubtful_d(r), NAME##_d_soft); SET_d(r); NEXT;)
SCALAR_FMA(FMLA_s_elem, +)
SCALAR_FMA(FMLS_s_elem, -)

Handler op_fpv_round_soft;
#define HOST_ROUND(NAME, f, ff) \
    OP(NAME##_2s, F32x4 n = load_2s(&Vn), r = {ff(n[0]), ff(n[1]), 0, 0}; \
        RETRY_IF(nan_4s(r), fpv_round_soft); store_2s(&Vd, r); NEXT;) \
    OP(NAME##_4s, F32x4 n = load_4s(&Vn), r = {ff(n[0]), ff(n[1]), ff(n[2]), ff(n[3])}; \
        RETRY_IF(nan_4s(r), fpv_round_soft); store_4s(&Vd, r); NEXT;) \
    OP(NAME##_2d, F64x2 n = load_2d(&Vn), r = {f(n[0]), f(n[1])}; RETRY_IF(nan_2d(r), fpv_round_soft); store_2d(&Vd, r); NEXT;)
HOST_ROUND(FRINTN_v, __builtin_nearbyint, __builtin_nearbyintf)       /* the host rounds to nearest */
HOST_ROUND(FRINTP_v, __builtin_ceil, __builtin_ceilf)
HOST_ROUND(FRINTM_v, __builtin_floor, __builtin_floorf)
HOST_ROUND(FRINTZ_v, __builtin_trunc, __builtin_truncf)
HOST_ROUND(FRINTX_v, __builtin_rint, __builtin_rintf)
HOST_ROUND(FRINTI_v, __builtin_nearbyint, __builtin_nearbyintf)
HOST_FMA_END
