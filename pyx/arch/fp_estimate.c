/* SPDX-License-Identifier: MIT
 * FPRecipEstimate, FPRSqrtEstimate, FPRecpX: eight bits, as without FEAT_RPRES
 * (whose twelve bits need FPCR.AH = 1). */
#include "arch/fp_round.h"

static unsigned recip_estimate(unsigned a)      /* RecipEstimate: 256 <= a < 512, result the same */
{
    a = a * 2 + 1;
    return ((1u << 19) / a + 1) / 2;
}

static unsigned recip_sqrt_estimate(unsigned a) /* RecipSqrtEstimate: 128 <= a < 512, 256 <= result < 512 */
{
    a = a < 256 ? a * 2 + 1 : ((a & ~1u) + 1) * 2;
    unsigned b = 512;
    while (a * (b + 1) * (b + 1) < 1u << 28)
        b++;
    return (b + 1) / 2;
}

/* Exponent field and fraction of a finite operand, the fraction aligned to 52 bits as in double precision. */
static u64 fraction52(u64 op, unsigned n, int *exp)
{
    FpFormat f = fp_format(n);
    *exp = (int)BITS(op, n - 2, f.F);
    return (op & (((u64)1 << f.F) - 1)) << (52 - f.F);
}

static u64 join(bool sign, int exp, u64 fraction, unsigned n)
{
    FpFormat f = fp_format(n);
    return fp_zero(sign, n) | (u64)exp << f.F | fraction >> (52 - f.F);
}

#define FRACTION_TOP ((u64)1 << 51)
#define FRACTION_MASK (((u64)1 << 52) - 1)

static u64 recip_finite(bool sign, u64 op, unsigned n)
{
    int exp, bias2 = (1 << fp_format(n).E) - 3;     /* 29, 253, 2045 */
    u64 fraction = fraction52(op, n, &exp);
    if (exp == 0 && !(fraction & FRACTION_TOP)) {
        exp = -1;
        fraction = fraction << 2 & FRACTION_MASK;
    } else if (exp == 0) {
        fraction = fraction << 1 & FRACTION_MASK;
    }
    int result_exp = bias2 - exp;
    fraction = (u64)(recip_estimate(256 | (unsigned)(fraction >> 44)) & 255) << 44;
    if (result_exp <= 0) {                          /* 0 or -1: a subnormal result */
        fraction = (FRACTION_TOP | fraction >> 1) >> -result_exp;
        result_exp = 0;
    }
    return join(sign, result_exp, fraction, n);
}

u64 fp_recip_estimate(u64 op, unsigned n, u32 fpcr, u32 *fpsr)
{
    Unpacked u = fp_unpack(op, n, fpcr, fpsr);
    FpFormat f = fp_format(n);
    bool sign = u.value.sign;
    u64 magnitude = fp_abs(op, n);
    if (is_nan(u.type))
        return fp_process_nan(u.type, op, n, fpcr, fpsr);
    if (u.type == FPTYPE_INFINITY)
        return fp_zero(sign, n);
    if (u.type == FPTYPE_ZERO) {
        *fpsr |= FPSR_DZC;
        return fp_infinity(sign, n);
    }
    if (magnitude < (u64)1 << (f.F - 2)) {          /* below 2^-16, 2^-128, 2^-1024: overflow */
        FpRounding rounding = fp_rounding_mode(fpcr);
        *fpsr |= FPSR_OFC | FPSR_IXC;
        bool to_inf = rounding == FP_TIEEVEN || rounding == (sign ? FP_NEGINF : FP_POSINF);
        return to_inf ? fp_infinity(sign, n) : fp_max_normal(sign, n);
    }
    u64 least_flushed = ((u64)(1 << f.E) - 3) << f.F;   /* 2^14, 2^126, 2^1022 */
    if ((fpcr & (n == 16 ? FPCR_FZ16 : FPCR_FZ)) && magnitude >= least_flushed) {
        *fpsr |= FPSR_UFC;
        return fp_zero(sign, n);
    }
    return recip_finite(sign, op, n);
}

static u64 rsqrt_positive(u64 op, unsigned n)
{
    int exp, bias3 = 3 * (1 << (fp_format(n).E - 1)) - 4;   /* 44, 380, 3068 */
    u64 fraction = fraction52(op, n, &exp);
    if (exp == 0) {
        for (; !(fraction & FRACTION_TOP); exp--)
            fraction = fraction << 1;
        fraction = fraction << 1 & FRACTION_MASK;
    }
    unsigned scaled = 256 | (unsigned)(fraction >> 44);
    if (exp & 1)
        scaled >>= 1;
    return join(false, (bias3 - exp) / 2, (u64)(recip_sqrt_estimate(scaled) & 255) << 44, n);
}

u64 fp_rsqrt_estimate(u64 op, unsigned n, u32 fpcr, u32 *fpsr)
{
    Unpacked u = fp_unpack(op, n, fpcr, fpsr);
    if (is_nan(u.type))
        return fp_process_nan(u.type, op, n, fpcr, fpsr);
    if (u.type == FPTYPE_ZERO) {
        *fpsr |= FPSR_DZC;
        return fp_infinity(u.value.sign, n);
    }
    if (u.value.sign) {
        *fpsr |= FPSR_IOC;
        return fp_default_nan(n);
    }
    return u.type == FPTYPE_INFINITY ? fp_zero(false, n) : rsqrt_positive(op, n);
}

u64 fp_recpx(u64 op, unsigned n, u32 fpcr, u32 *fpsr)
{
    Unpacked u = fp_unpack(op, n, fpcr, fpsr);
    FpFormat f = fp_format(n);
    if (is_nan(u.type))
        return fp_process_nan(u.type, op, n, fpcr, fpsr);
    u64 exp = BITS(op, n - 2, f.F), ones = ((u64)1 << f.E) - 1;
    return fp_zero(u.value.sign, n) | (exp == 0 ? ones - 1 : ones ^ exp) << f.F;
}
