/* SPDX-License-Identifier: MIT
 * What every soft floating-point operation stands on: formats, FPUnpack, FPRound, FPProcessNaNs. Private to arch/fp_*.c. */
#ifndef EMU_ARCH_FP_ROUND_H
#define EMU_ARCH_FP_ROUND_H

#include "arch/fp.h"

typedef enum FpType { FPTYPE_ZERO, FPTYPE_NONZERO, FPTYPE_INFINITY, FPTYPE_QNAN, FPTYPE_SNAN } FpType;

/* E exponent bits, F fraction bits. */
typedef struct FpFormat { int E, F; } FpFormat;

ALWAYS_INLINE FpFormat fp_format(unsigned n)
{
    return n == 16 ? (FpFormat){5, 10} : n == 32 ? (FpFormat){8, 23} : (FpFormat){11, 52};
}

/* A real number: (-1)^sign * frac * 2^exp, exactly. */
typedef struct Real {
    bool sign;
    int exp;
    u128 frac;
} Real;

/* Result of FPUnpack. value.frac is 0 unless type is FPTYPE_NONZERO; value.sign holds always. */
typedef struct Unpacked {
    FpType type;
    Real value;
} Unpacked;

ALWAYS_INLINE bool is_nan(FpType t) { return t >= FPTYPE_QNAN; }

ALWAYS_INLINE u64 fp_zero(bool sign, unsigned n) { return (u64)sign << (n - 1); }
ALWAYS_INLINE u64 fp_infinity(bool sign, unsigned n)
{
    FpFormat f = fp_format(n);
    return fp_zero(sign, n) | (((u64)1 << f.E) - 1) << f.F;
}
ALWAYS_INLINE u64 fp_max_normal(bool sign, unsigned n) { return fp_infinity(sign, n) - 1; }
ALWAYS_INLINE u64 fp_quiet_bit(unsigned n) { return (u64)1 << (fp_format(n).F - 1); }
ALWAYS_INLINE u64 fp_default_nan(unsigned n) { return fp_infinity(false, n) | fp_quiet_bit(n); }

/* Normal numbers of small magnitude that some operations return: mantissa 1.0 or 1.5, exponent e. */
ALWAYS_INLINE u64 fp_small(bool sign, int e, bool half, unsigned n)
{
    FpFormat f = fp_format(n);
    u64 bias = ((u64)1 << (f.E - 1)) - 1;
    return fp_zero(sign, n) | (bias + (u64)e) << f.F | (half ? fp_quiet_bit(n) : 0);
}
ALWAYS_INLINE u64 fp_two(bool sign, unsigned n) { return fp_small(sign, 1, false, n); }            /* FPTwo */
ALWAYS_INLINE u64 fp_one_point_five(bool sign, unsigned n) { return fp_small(sign, 0, true, n); }  /* FPOnePointFive */

Unpacked fp_unpack(u64 op, unsigned n, u32 fpcr, u32 *fpsr);        /* FPUnpack: IEEE half precision */
Unpacked fp_unpack_cv(u64 op, unsigned n, u32 fpcr, u32 *fpsr);     /* FPUnpackCV: ignores FZ16, heeds AHP */

/* FPRound of value != 0 (frac < 2^127 or so: any u128). */
u64 fp_round(Real value, unsigned n, FpRounding rounding, u32 fpcr, u32 *fpsr);
u64 fp_round_cv(Real value, unsigned n, FpRounding rounding, u32 fpcr, u32 *fpsr);   /* FPRoundCV */
u64 fp_round_bf(Real value, FpRounding rounding, u32 fpcr, u32 *fpsr);  /* FPRoundBF: to BFloat16, 16 bits */

/* frac / 2^shift to an integer; *inexact tells whether anything was lost. shift may be any number >= 0. */
u128 fp_round_shift(u128 frac, unsigned shift, bool sign, FpRounding rounding, bool *inexact);

u64 fp_process_nan(FpType type, u64 op, unsigned n, u32 fpcr, u32 *fpsr);   /* FPProcessNaN */
/* FPProcessNaNs: true when an operand is a NaN; then *result is the operation's result. */
bool fp_process_nans(FpType type1, FpType type2, u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr, u64 *result);
u64 fp_convert_nan(u64 op, unsigned n, unsigned m);                 /* FPConvertNaN */

/* a + b. The sum keeps enough bits, the last one sticky, to be rounded once to any format. */
Real real_add(Real a, Real b);
ALWAYS_INLINE Real real_mul(Real a, Real b)     /* exact: operands have at most 64 bits */
{
    return (Real){a.sign != b.sign, a.exp + b.exp, (u128)(u64)a.frac * (u64)b.frac};
}
int real_compare(Real a, Real b);               /* -1, 0, 1; zeros are equal */

#endif
