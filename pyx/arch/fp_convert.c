/* SPDX-License-Identifier: MIT
 * FPToFixed, FixedToFP, FPConvert, FPRoundInt, FPRoundIntN, FPToFixedJS. */
#include "arch/fp_round.h"

/* The magnitude of v * 2^fbits as an integer. Beyond 2^100 any number that large will do: it does not fit anyway. */
static u128 to_integer(Real v, int fbits, FpRounding rounding, bool *inexact)
{
    int exp = v.exp + fbits;
    *inexact = false;
    if (v.frac == 0)
        return 0;
    if (exp >= 0)
        return v.frac << (exp < 64 ? exp : 64);
    return fp_round_shift(v.frac, (unsigned)-exp, v.sign, rounding, inexact);
}

/* SatQ of a sign and magnitude. */
static u64 saturate(bool sign, u128 magnitude, unsigned m, bool is_unsigned, bool *overflow)
{
    u64 ones = ~(u64)0 >> (64 - m);
    u64 most = is_unsigned ? ones : ones >> 1, least = is_unsigned ? 0 : most + 1;  /* magnitudes */
    u64 limit = sign ? least : most;
    *overflow = magnitude > limit;
    u64 result = *overflow ? limit : (u64)magnitude;
    return (sign ? 0 - result : result) & ones;
}

u64 fp_to_fixed(u64 op, unsigned n, unsigned m, unsigned fbits, bool is_unsigned, FpRounding rounding, u32 fpcr, u32 *fpsr)
{
    Unpacked u = fp_unpack(op, n, fpcr, fpsr);
    bool inexact, overflow;
    if (is_nan(u.type)) {
        *fpsr |= FPSR_IOC;
        return 0;
    }
    u128 magnitude = u.type == FPTYPE_INFINITY ? (u128)1 << 100 : to_integer(u.value, (int)fbits, rounding, &inexact);
    u64 result = saturate(u.value.sign, magnitude, m, is_unsigned, &overflow);
    if (overflow)
        *fpsr |= FPSR_IOC;
    else if (inexact)
        *fpsr |= FPSR_IXC;
    return result;
}

u64 fp_from_fixed(u64 op, unsigned n, unsigned m, unsigned fbits, bool is_unsigned, u32 fpcr, u32 *fpsr)
{
    bool sign = !is_unsigned && BIT(op, m - 1);
    u64 magnitude = (sign ? 0 - op : op) & ~(u64)0 >> (64 - m);
    if (magnitude == 0)
        return fp_zero(false, n);
    return fp_round((Real){sign, -(int)fbits, magnitude}, n, fp_rounding_mode(fpcr), fpcr, fpsr);
}

u64 fp_convert(u64 op, unsigned n, unsigned m, FpRounding rounding, u32 fpcr, u32 *fpsr)
{
    Unpacked u = fp_unpack_cv(op, n, fpcr, fpsr);
    bool alt_hp = m == 16 && (fpcr & FPCR_AHP), sign = u.value.sign;
    if (is_nan(u.type)) {
        if (u.type == FPTYPE_SNAN || alt_hp)
            *fpsr |= FPSR_IOC;
        return alt_hp ? fp_zero(sign, m) : fpcr & FPCR_DN ? fp_default_nan(m) : fp_convert_nan(op, n, m);
    }
    if (u.type == FPTYPE_INFINITY && alt_hp) {
        *fpsr |= FPSR_IOC;
        return fp_zero(sign, m) | 0x7fff;
    }
    if (u.type == FPTYPE_INFINITY)
        return fp_infinity(sign, m);
    if (u.type == FPTYPE_ZERO)
        return fp_zero(sign, m);
    return fp_round_cv(u.value, m, rounding, fpcr, fpsr);
}

u64 fp_round_int(u64 op, unsigned n, FpRounding rounding, bool exact, u32 fpcr, u32 *fpsr)
{
    Unpacked u = fp_unpack(op, n, fpcr, fpsr);
    bool inexact;
    if (is_nan(u.type))
        return fp_process_nan(u.type, op, n, fpcr, fpsr);
    if (u.type == FPTYPE_ZERO)
        return fp_zero(u.value.sign, n);
    if (u.type == FPTYPE_INFINITY || u.value.exp >= 0)
        return op;
    u128 integer = to_integer(u.value, 0, rounding, &inexact);
    if (exact && inexact)
        *fpsr |= FPSR_IXC;
    return integer == 0 ? fp_zero(u.value.sign, n) : fp_round((Real){u.value.sign, 0, integer}, n, FP_ZERO, fpcr, fpsr);
}

u64 fp_round_int_n(u64 op, unsigned n, FpRounding rounding, unsigned intsize, u32 fpcr, u32 *fpsr)
{
    Unpacked u = fp_unpack(op, n, fpcr, fpsr);
    bool inexact, overflow = true, sign = u.value.sign;
    u128 integer = 0;
    if (u.type == FPTYPE_ZERO)
        return fp_zero(sign, n);
    if (u.type == FPTYPE_NONZERO) {
        integer = to_integer(u.value, 0, rounding, &inexact);
        overflow = integer > ((u128)1 << (intsize - 1)) - !sign;
    }
    if (overflow) {     /* the most negative integer */
        *fpsr |= FPSR_IOC;
        return fp_small(true, (int)intsize - 1, false, n);
    }
    if (inexact)
        *fpsr |= FPSR_IXC;
    return integer == 0 ? fp_zero(sign, n) : fp_round((Real){sign, 0, integer}, n, FP_ZERO, fpcr, fpsr);
}

u32 fp_to_fixed_js(u64 op, u32 fpcr, u32 *fpsr, bool *z)
{
    Unpacked u = fp_unpack(op, 64, fpcr, fpsr);
    *z = false;
    if (is_nan(u.type) || u.type == FPTYPE_INFINITY) {
        *fpsr |= FPSR_IOC;
        return 0;
    }
    bool inexact;
    u128 integer = to_integer(u.value, 0, FP_ZERO, &inexact);
    if (u.value.exp >= 64)
        integer = (u128)1 << 64;        /* out of range, and its low 32 bits are zero */
    if (integer > ((u128)1 << 31) - !u.value.sign)
        *fpsr |= FPSR_IOC;
    else if (inexact)
        *fpsr |= FPSR_IXC;
    else    /* exact; but not of -0, nor of a flushed subnormal */
        *z = u.type == FPTYPE_NONZERO || op == 0;
    return (u32)(u.value.sign ? 0 - integer : integer);
}
