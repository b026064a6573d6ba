/* SPDX-License-Identifier: MIT
 * The host's FPU as the fast path of the guest's, while FPCR is all default (context without CTX_FP_SOFT).
 *
 * Between fp_host_enter() and fp_host_leave() the host FPU rounds to nearest, flushes nothing, traps nothing, and gathers sticky
 * flags for the guest; fpsr_read() adds them to Cpu.fpsr. Whatever else may use floating point in between (Python callbacks
 * above all) must be wrapped in fp_host_leave() ... fp_host_enter(), or its flags would become the guest's.
 *
 * A handler computes on the host and keeps the result unless it is *doubtful*; then its soft-float variant redoes the instruction.
 * Doubtful is: a NaN (default NaN and propagation differ), and on x86 a result that may underflow and is the smallest normal
 * number (x86 detects tininess after rounding, Arm before). The flags that the host has raised by then are a subset of those
 * that the soft variant raises. Operations for which this does not hold look at their operands first. */
#ifndef EMU_ARCH_FP_HOST_H
#define EMU_ARCH_FP_HOST_H

#include "arch/fp.h"
#include "arch/state.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#define FP_HOST 1
#elif defined(__aarch64__)
#include <arm_neon.h>
#define FP_HOST 1
#else
#define FP_HOST 0           /* soft-float only */
#endif

void fp_host_enter(Cpu *cpu);
void fp_host_leave(Cpu *cpu);
bool fp_host_has_fma(void);     /* fused multiply-add and rounding to integral as instructions: what HOST_FMA_BEGIN assumes */

/* Functions between these marks may use FMA and SSE4.1. */
#if defined(__x86_64__) && defined(__clang__)
#define HOST_FMA_BEGIN _Pragma("clang attribute push(__attribute__((target(\"sse4.1,fma\"))), apply_to = function)")
#define HOST_FMA_END _Pragma("clang attribute pop")
#elif defined(__x86_64__)
#define HOST_FMA_BEGIN _Pragma("GCC push_options") _Pragma("GCC target(\"sse4.1,fma\")")
#define HOST_FMA_END _Pragma("GCC pop_options")
#else
#define HOST_FMA_BEGIN
#define HOST_FMA_END
#endif

#define FP32_NAN_ABOVE 0xff000000u                          /* bits << 1 of infinity */
#define FP32_MIN_NORMAL 0x01000000u                         /* bits << 1 */
#define FP64_MIN_NORMAL 0x0020000000000000u

ALWAYS_INLINE u32 bits_s(float v) { u32 bits; memcpy(&bits, &v, 4); return bits; }
ALWAYS_INLINE u64 bits_d(double v) { u64 bits; memcpy(&bits, &v, 8); return bits; }

/* NaN tests by comparison: quiet, since an arithmetic result is no signaling NaN. */
ALWAYS_INLINE bool is_nan_s(float r) { return r != r; }
ALWAYS_INLINE bool is_nan_d(double r) { return r != r; }

#if defined(__x86_64__)
ALWAYS_INLINE bool is_edge_s(float r) { return bits_s(r) << 1 == FP32_MIN_NORMAL; }
ALWAYS_INLINE bool is_edge_d(double r) { return bits_d(r) << 1 == FP64_MIN_NORMAL; }
#else
ALWAYS_INLINE bool is_edge_s(float r) { (void)r; return false; }
ALWAYS_INLINE bool is_edge_d(double r) { (void)r; return false; }
#endif
ALWAYS_INLINE bool doubtful_s(float r) { return unlikely(is_nan_s(r)) || unlikely(is_edge_s(r)); }
ALWAYS_INLINE bool doubtful_d(double r) { return unlikely(is_nan_d(r)) || unlikely(is_edge_d(r)); }

/* A statement between looking at an operand v and using it: keeps the compiler from computing first, whose flags would stick. */
#if defined(__x86_64__)
#define AFTER_CHECK(v) __asm__ volatile("" : "+x"(v))
#elif defined(__aarch64__)
#define AFTER_CHECK(v) __asm__ volatile("" : "+w"(v))
#else
#define AFTER_CHECK(v) ((void)0)
#endif

/* -- Operations that C does not write as one instruction ------------------------------------------------------------------ */
#if defined(__x86_64__)
ALWAYS_INLINE float host_sqrt_s(float a) { return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(a))); }
ALWAYS_INLINE double host_sqrt_d(double a) { __m128d v = _mm_set_sd(a); return _mm_cvtsd_f64(_mm_sqrt_sd(v, v)); }
ALWAYS_INLINE i32 host_truncate_w(double a) { return _mm_cvttsd_si32(_mm_set_sd(a)); }     /* out of range: INT32_MIN */
ALWAYS_INLINE i64 host_truncate_x(double a) { return _mm_cvttsd_si64(_mm_set_sd(a)); }     /* out of range: INT64_MIN */
ALWAYS_INLINE i32 host_truncate_ws(float a) { return _mm_cvttss_si32(_mm_set_ss(a)); }
ALWAYS_INLINE i64 host_truncate_xs(float a) { return _mm_cvttss_si64(_mm_set_ss(a)); }
ALWAYS_INLINE i64 host_nearest_x(double a) { return _mm_cvtsd_si64(_mm_set_sd(a)); }
#elif defined(__aarch64__)
ALWAYS_INLINE float host_sqrt_s(float a) { return vget_lane_f32(vsqrt_f32(vdup_n_f32(a)), 0); }
ALWAYS_INLINE double host_sqrt_d(double a) { return vget_lane_f64(vsqrt_f64(vdup_n_f64(a)), 0); }
ALWAYS_INLINE i32 host_truncate_w(double a) { i32 r; __asm__ volatile("fcvtzs %w0, %d1" : "=r"(r) : "w"(a)); return r; }
ALWAYS_INLINE i64 host_truncate_x(double a) { return vcvtd_s64_f64(a); }
ALWAYS_INLINE i32 host_truncate_ws(float a) { return vcvts_s32_f32(a); }
ALWAYS_INLINE i64 host_truncate_xs(float a) { i64 r; __asm__ volatile("fcvtzs %x0, %s1" : "=r"(r) : "w"(a)); return r; }
ALWAYS_INLINE i64 host_nearest_x(double a) { return vcvtnd_s64_f64(a); }
#else
ALWAYS_INLINE float host_sqrt_s(float a) { return a; }      /* FP_HOST is 0: compiled, never run */
ALWAYS_INLINE double host_sqrt_d(double a) { return a; }
ALWAYS_INLINE i32 host_truncate_w(double a) { return (i32)a; }
ALWAYS_INLINE i64 host_truncate_x(double a) { return (i64)a; }
ALWAYS_INLINE i32 host_truncate_ws(float a) { return (i32)a; }
ALWAYS_INLINE i64 host_truncate_xs(float a) { return (i64)a; }
ALWAYS_INLINE i64 host_nearest_x(double a) { return (i64)a; }
#endif

/* |a| < 2^limit; a NaN is not. */
ALWAYS_INLINE bool magnitude_below(double a, int limit) { return bits_d(a) << 1 < (u64)(1023 + limit) << 53; }
/* 0 <= a < 2^limit, and a is not -0. */
ALWAYS_INLINE bool positive_below(double a, int limit) { return bits_d(a) < (u64)(1023 + limit) << 52; }

/* To the integer in a direction, of |a| < 2^62: truncation raises Inexact as Arm does, the corrections are exact. */
ALWAYS_INLINE i64 host_floor_x(double a) { i64 t = host_truncate_x(a); return t - ((double)t > a); }
ALWAYS_INLINE i64 host_ceil_x(double a) { i64 t = host_truncate_x(a); return t + ((double)t < a); }
ALWAYS_INLINE i64 host_away_x(double a)
{
    i64 t = host_truncate_x(a);
    double rest = a - (double)t;
    return t + (rest >= 0.5) - (rest <= -0.5);
}

#if defined(__x86_64__)
/* Ordered operands only; *is_nan else. 2, 1, 0 for greater, equal, less. */
#define HOST_COMPARE(insn, T) { bool above, not_below, parity; \
    __asm__ volatile(insn " %[b], %[a]" : "=@cca"(above), "=@ccnc"(not_below), "=@ccp"(parity) : [a] "x"(a), [b] "xm"(b)); \
    *is_nan = parity; return (u64)above + not_below; }
#else
#define HOST_COMPARE(insn, T) { *is_nan = __builtin_isunordered(a, b); \
    return (u64)__builtin_isgreater(a, b) + (u64)__builtin_isgreaterequal(a, b); }
#endif
ALWAYS_INLINE u64 host_compare_s(float a, float b, bool *is_nan) HOST_COMPARE("ucomiss", float)
ALWAYS_INLINE u64 host_compare_d(double a, double b, bool *is_nan) HOST_COMPARE("ucomisd", double)

#endif
