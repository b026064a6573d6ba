/* SPDX-License-Identifier: MIT
 * FPUnpack, FPRound, FPProcessNaN and exact arithmetic on reals ("Shared Pseudocode: functions/float"). */
#include "arch/fp_round.h"

ALWAYS_INLINE unsigned clz128(u128 v)       /* v != 0 */
{
    u64 hi = (u64)(v >> 64);
    return hi ? (unsigned)__builtin_clzll(hi) : 64 + (unsigned)__builtin_clzll((u64)v);
}

/* -- FPUnpack ------------------------------------------------------------------------------------------------ */
/* A subnormal counts as zero under FZ (which reports Input Denormal) or FZ16 (which does not). */
static bool flush_input(unsigned n, u32 fpcr, u32 *fpsr)
{
    if (n == 16)
        return fpcr & FPCR_FZ16;
    if (!(fpcr & FPCR_FZ))
        return false;
    *fpsr |= FPSR_IDC;
    return true;
}

static Unpacked unpack_base(u64 op, unsigned n, u32 fpcr, u32 *fpsr)    /* FPUnpackBase */
{
    FpFormat f = fp_format(n);
    bool sign = BIT(op, n - 1);
    int max_exp = (1 << f.E) - 1, bias = max_exp >> 1;
    int exp = (int)(op >> f.F) & max_exp;
    u64 frac = op & (((u64)1 << f.F) - 1);
    if (exp == 0) {
        if (frac == 0 || flush_input(n, fpcr, fpsr))
            return (Unpacked){FPTYPE_ZERO, {sign, 0, 0}};
        return (Unpacked){FPTYPE_NONZERO, {sign, 1 - bias - f.F, frac}};
    }
    if (exp == max_exp && !(n == 16 && (fpcr & FPCR_AHP))) {
        FpType type = frac == 0 ? FPTYPE_INFINITY : frac & fp_quiet_bit(n) ? FPTYPE_QNAN : FPTYPE_SNAN;
        return (Unpacked){type, {sign, 0, 0}};
    }
    return (Unpacked){FPTYPE_NONZERO, {sign, exp - bias - f.F, frac | (u64)1 << f.F}};
}

Unpacked fp_unpack(u64 op, unsigned n, u32 fpcr, u32 *fpsr)
{
    return unpack_base(op, n, fpcr & ~(u32)FPCR_AHP, fpsr);
}

Unpacked fp_unpack_cv(u64 op, unsigned n, u32 fpcr, u32 *fpsr)
{
    return unpack_base(op, n, fpcr & ~(u32)FPCR_FZ16, fpsr);
}

static u128 shift_right_jam(u128 v, unsigned shift)
{
    if (shift > 127)
        return v != 0;
    return v >> shift | ((v & (((u128)1 << shift) - 1)) != 0);
}

/* -- FPRound ------------------------------------------------------------------------------------------------- */
static bool round_up(u128 rest, u128 half, bool odd, bool sign, FpRounding rounding)
{
    switch (rounding) {
    case FP_TIEEVEN: return rest > half || (rest == half && odd);
    case FP_TIEAWAY: return rest >= half;
    case FP_POSINF: return !sign;
    case FP_NEGINF: return sign;
    case FP_ODD: return !odd;
    default: return false;
    }
}

u128 fp_round_shift(u128 frac, unsigned shift, bool sign, FpRounding rounding, bool *inexact)
{
    if (shift > 127) {
        frac = shift_right_jam(frac, shift - 127);
        shift = 127;
    }
    u128 one = (u128)1 << shift, rest = frac & (one - 1), result = frac >> shift;
    *inexact = rest != 0;
    return result + (rest != 0 && round_up(rest, one >> 1, result & 1, sign, rounding));
}

static bool overflow_to_inf(bool sign, FpRounding rounding)
{
    return rounding == FP_TIEEVEN || rounding == FP_TIEAWAY || (rounding == FP_POSINF && !sign) || (rounding == FP_NEGINF && sign);
}

/* What FPRoundBase needs to know of the destination. */
typedef struct RoundTo {
    int E, F;
    bool flush;             /* FZ or FZ16, as it applies */
    bool alt_half;          /* no infinities: FPCR.AHP */
} RoundTo;

/* FPRoundBase, with underflow detected before rounding. Returns the bits without the sign. */
static u64 round_magnitude(Real v, RoundTo to, FpRounding rounding, u32 *fpsr)
{
    unsigned lead = clz128(v.frac);
    int exponent = v.exp + 127 - (int)lead, minimum_exp = 2 - (1 << (to.E - 1));
    bool tiny = exponent < minimum_exp, inexact;
    if (tiny && to.flush) {
        *fpsr |= FPSR_UFC;  /* and not Inexact */
        return 0;
    }
    unsigned shift = 127 - (unsigned)to.F + (tiny ? (unsigned)(minimum_exp - exponent) : 0);
    u64 int_mant = (u64)fp_round_shift(v.frac << lead, shift, v.sign, rounding, &inexact);
    if (tiny && inexact)
        *fpsr |= FPSR_UFC;
    /* The leading one, or its carry, adds to the exponent field. */
    u64 bits = ((u64)(tiny ? 0 : exponent - minimum_exp) << to.F) + int_mant;
    u64 infinity = (((u64)1 << to.E) - 1) << to.F;
    if (to.alt_half && bits >= (u64)1 << (to.E + to.F)) {
        *fpsr |= FPSR_IOC;
        return ((u64)1 << (to.E + to.F)) - 1;
    }
    if (!to.alt_half && bits >= infinity) {
        *fpsr |= FPSR_OFC | FPSR_IXC;
        return overflow_to_inf(v.sign, rounding) ? infinity : infinity - 1;
    }
    if (inexact)
        *fpsr |= FPSR_IXC;
    return bits;
}

static u64 round_base(Real v, unsigned n, FpRounding rounding, u32 fpcr, u32 *fpsr)
{
    FpFormat f = fp_format(n);
    RoundTo to = {f.E, f.F, fpcr & (n == 16 ? FPCR_FZ16 : FPCR_FZ), n == 16 && (fpcr & FPCR_AHP)};
    return fp_zero(v.sign, n) | round_magnitude(v, to, rounding, fpsr);
}

u64 fp_round(Real value, unsigned n, FpRounding rounding, u32 fpcr, u32 *fpsr)
{
    return round_base(value, n, rounding, fpcr & ~(u32)FPCR_AHP, fpsr);
}

u64 fp_round_cv(Real value, unsigned n, FpRounding rounding, u32 fpcr, u32 *fpsr)
{
    return round_base(value, n, rounding, fpcr & ~(u32)FPCR_FZ16, fpsr);
}

u64 fp_round_bf(Real value, FpRounding rounding, u32 fpcr, u32 *fpsr)
{
    RoundTo to = {8, 7, fpcr & FPCR_FZ, false};
    return fp_zero(value.sign, 16) | round_magnitude(value, to, rounding, fpsr);
}

/* -- NaNs ------------------------------------------------------------------------------------------------------ */
u64 fp_process_nan(FpType type, u64 op, unsigned n, u32 fpcr, u32 *fpsr)
{
    if (type == FPTYPE_SNAN)
        *fpsr |= FPSR_IOC;
    return fpcr & FPCR_DN ? fp_default_nan(n) : op | fp_quiet_bit(n);
}

bool fp_process_nans(FpType type1, FpType type2, u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr, u64 *result)
{
    if (!is_nan(type1) && !is_nan(type2))
        return false;
    bool first = type1 == FPTYPE_SNAN || (type2 != FPTYPE_SNAN && type1 == FPTYPE_QNAN);
    *result = fp_process_nan(first ? type1 : type2, first ? op1 : op2, n, fpcr, fpsr);
    return true;
}

u64 fp_convert_nan(u64 op, unsigned n, unsigned m)
{
    FpFormat from = fp_format(n), to = fp_format(m);
    u64 frac = op & (((u64)1 << from.F) - 1);
    frac = to.F >= from.F ? frac << (to.F - from.F) : frac >> (from.F - to.F);
    return fp_infinity(BIT(op, n - 1), m) | fp_quiet_bit(m) | frac;
}

/* -- Reals --------------------------------------------------------------------------------------------------- */
static Real normalise(Real v)       /* leading one at bit 126: one bit of headroom */
{
    if (v.frac == 0)
        return v;
    int lead = (int)clz128(v.frac) - 1;
    return lead < 0 ? (Real){v.sign, v.exp + 1, v.frac >> 1 | (v.frac & 1)} : (Real){v.sign, v.exp - lead, v.frac << lead};
}

/* Operands have at most 106 bits. Bits fall off the smaller operand only when its exponent is more than 20 below, and then
 * cancellation removes one leading bit at most: the sticky bit stays far below any rounding position. */
Real real_add(Real a, Real b)
{
    if (a.frac == 0 || b.frac == 0)
        return a.frac == 0 ? b : a;
    a = normalise(a);
    b = normalise(b);
    if (a.exp < b.exp) {
        Real swap = a;
        a = b;
        b = swap;
    }
    b.frac = shift_right_jam(b.frac, (unsigned)(a.exp - b.exp));
    if (a.sign == b.sign)
        return (Real){a.sign, a.exp, a.frac + b.frac};
    if (a.frac >= b.frac)
        return (Real){a.sign, a.exp, a.frac - b.frac};
    return (Real){b.sign, a.exp, b.frac - a.frac};
}

int real_compare(Real a, Real b)
{
    b.sign = !b.sign;
    Real difference = real_add(a, b);
    return difference.frac == 0 ? 0 : difference.sign ? -1 : 1;
}
