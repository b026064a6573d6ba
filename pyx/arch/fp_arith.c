/* SPDX-License-Identifier: MIT
 * FPAdd, FPMul, FPMulAdd, FPDiv, FPSqrt and what is made of them. */
#include "arch/fp_round.h"

static u64 invalid(unsigned n, u32 *fpsr)
{
    *fpsr |= FPSR_IOC;
    return fp_default_nan(n);
}

/* A sum that is exactly zero takes its sign from the rounding mode, unless both addends are zeros of one sign. */
static u64 round_sum(Real sum, unsigned n, u32 fpcr, u32 *fpsr)
{
    FpRounding rounding = fp_rounding_mode(fpcr);
    return sum.frac == 0 ? fp_zero(rounding == FP_NEGINF, n) : fp_round(sum, n, rounding, fpcr, fpsr);
}

/* Of operands that are not NaN. */
static u64 add_unpacked(Unpacked a, Unpacked b, unsigned n, u32 fpcr, u32 *fpsr)
{
    bool inf1 = a.type == FPTYPE_INFINITY, inf2 = b.type == FPTYPE_INFINITY;
    if (inf1 && inf2 && a.value.sign != b.value.sign)
        return invalid(n, fpsr);
    if (inf1 || inf2)
        return fp_infinity(inf1 ? a.value.sign : b.value.sign, n);
    if (a.type == FPTYPE_ZERO && b.type == FPTYPE_ZERO && a.value.sign == b.value.sign)
        return fp_zero(a.value.sign, n);
    return round_sum(real_add(a.value, b.value), n, fpcr, fpsr);
}

static u64 add_or_sub(u64 op1, u64 op2, bool subtract, unsigned n, u32 fpcr, u32 *fpsr)
{
    Unpacked a = fp_unpack(op1, n, fpcr, fpsr), b = fp_unpack(op2, n, fpcr, fpsr);
    u64 result;
    if (fp_process_nans(a.type, b.type, op1, op2, n, fpcr, fpsr, &result))
        return result;
    b.value.sign ^= subtract;
    return add_unpacked(a, b, n, fpcr, fpsr);
}

u64 fp_add(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return add_or_sub(op1, op2, false, n, fpcr, fpsr);
}

u64 fp_sub(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return add_or_sub(op1, op2, true, n, fpcr, fpsr);
}

u64 fp_abd(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return fp_abs(fp_sub(op1, op2, n, fpcr, fpsr), n);
}

static bool inf_times_zero(Unpacked a, Unpacked b)
{
    return (a.type == FPTYPE_INFINITY && b.type == FPTYPE_ZERO) || (a.type == FPTYPE_ZERO && b.type == FPTYPE_INFINITY);
}

static u64 mul(u64 op1, u64 op2, bool extended, unsigned n, u32 fpcr, u32 *fpsr)
{
    Unpacked a = fp_unpack(op1, n, fpcr, fpsr), b = fp_unpack(op2, n, fpcr, fpsr);
    bool sign = a.value.sign != b.value.sign;
    u64 result;
    if (fp_process_nans(a.type, b.type, op1, op2, n, fpcr, fpsr, &result))
        return result;
    if (inf_times_zero(a, b))
        return extended ? fp_two(sign, n) : invalid(n, fpsr);
    if (a.type == FPTYPE_INFINITY || b.type == FPTYPE_INFINITY)
        return fp_infinity(sign, n);
    if (a.type == FPTYPE_ZERO || b.type == FPTYPE_ZERO)
        return fp_zero(sign, n);
    return fp_round(real_mul(a.value, b.value), n, fp_rounding_mode(fpcr), fpcr, fpsr);
}

u64 fp_mul(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return mul(op1, op2, false, n, fpcr, fpsr);
}

u64 fp_mulx(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return mul(op1, op2, true, n, fpcr, fpsr);
}

u64 fp_nmul(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return fp_neg(fp_mul(op1, op2, n, fpcr, fpsr), n);
}

static Real real_div(Real a, Real b)    /* 64 significant bits or so, and a sticky one */
{
    int lead_a = __builtin_clzll((u64)a.frac), lead_b = __builtin_clzll((u64)b.frac);
    u64 divisor = (u64)b.frac << lead_b;
    u128 dividend = a.frac << lead_a << 63, quotient = dividend / divisor;
    return (Real){a.sign != b.sign, a.exp - lead_a - b.exp + lead_b - 64, quotient << 1 | (quotient * divisor != dividend)};
}

u64 fp_div(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    Unpacked a = fp_unpack(op1, n, fpcr, fpsr), b = fp_unpack(op2, n, fpcr, fpsr);
    bool sign = a.value.sign != b.value.sign;
    u64 result;
    if (fp_process_nans(a.type, b.type, op1, op2, n, fpcr, fpsr, &result))
        return result;
    if (a.type == b.type && a.type != FPTYPE_NONZERO)      /* inf / inf, 0 / 0 */
        return invalid(n, fpsr);
    if (a.type == FPTYPE_INFINITY || b.type == FPTYPE_ZERO) {
        if (a.type != FPTYPE_INFINITY)
            *fpsr |= FPSR_DZC;
        return fp_infinity(sign, n);
    }
    if (a.type == FPTYPE_ZERO || b.type == FPTYPE_INFINITY)
        return fp_zero(sign, n);
    return fp_round(real_div(a.value, b.value), n, fp_rounding_mode(fpcr), fpcr, fpsr);
}

/* -- Fused multiply-add --------------------------------------------------------------------------------------- */
/* FPMulAdd once NaN operands are dealt with. */
static u64 mul_add_unpacked(Unpacked addend, Unpacked a, Unpacked b, unsigned n, u32 fpcr, u32 *fpsr)
{
    if (inf_times_zero(a, b))
        return invalid(n, fpsr);
    Unpacked product = {FPTYPE_NONZERO, real_mul(a.value, b.value)};
    if (a.type == FPTYPE_INFINITY || b.type == FPTYPE_INFINITY)
        product.type = FPTYPE_INFINITY;
    else if (a.type == FPTYPE_ZERO || b.type == FPTYPE_ZERO)
        product.type = FPTYPE_ZERO;
    return add_unpacked(addend, product, n, fpcr, fpsr);
}

/* FPProcessNaNs3 and FPProcessNaNs3H: NaNs of op1 and op2, n2 bits wide, are converted to n bits. */
static bool process_nans3(const Unpacked u[3], const u64 op[3], unsigned n, unsigned n2, u32 fpcr, u32 *fpsr, u64 *result)
{
    int found = -1;
    for (int i = 2; i >= 0; i--)
        if (is_nan(u[i].type) && (found < 0 || u[i].type == FPTYPE_SNAN || u[found].type == FPTYPE_QNAN))
            found = i;
    if (found < 0)
        return false;
    unsigned width = found == 0 ? n : n2;
    *result = fp_process_nan(u[found].type, op[found], width, fpcr, fpsr);
    if (width != n)
        *result = fp_convert_nan(*result, width, n);
    return true;
}

static u64 mul_add_widths(u64 addend, u64 op1, u64 op2, unsigned n, unsigned n2, u32 fpcr, u32 *fpsr)
{
    const u64 op[3] = {addend, op1, op2};
    Unpacked u[3] = {fp_unpack(addend, n, fpcr, fpsr), fp_unpack(op1, n2, fpcr, fpsr), fp_unpack(op2, n2, fpcr, fpsr)};
    u64 result;
    bool done = process_nans3(u, op, n, n2, fpcr, fpsr, &result);
    if (u[0].type == FPTYPE_QNAN && inf_times_zero(u[1], u[2]))
        return invalid(n, fpsr);
    return done ? result : mul_add_unpacked(u[0], u[1], u[2], n, fpcr, fpsr);
}

u64 fp_mul_add(u64 addend, u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return mul_add_widths(addend, op1, op2, n, n, fpcr, fpsr);
}

u64 fp_mul_sub(u64 addend, u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return mul_add_widths(addend, fp_neg(op1, n), op2, n, n, fpcr, fpsr);
}

u64 fp_mul_add_h(u64 addend, u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return mul_add_widths(addend, op1, op2, n, n / 2, fpcr, fpsr);
}

u64 fp_mul_sub_h(u64 addend, u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return mul_add_widths(addend, fp_neg(op1, n / 2), op2, n, n / 2, fpcr, fpsr);
}

/* -- Newton steps ----------------------------------------------------------------------------------------------- */
/* (constant - op1 * op2) / 2^halvings; inf * 0 counts as 0. */
static u64 fused_step(u64 op1, u64 op2, u64 constant, int halvings, unsigned n, u32 fpcr, u32 *fpsr)
{
    op1 = fp_neg(op1, n);
    Unpacked a = fp_unpack(op1, n, fpcr, fpsr), b = fp_unpack(op2, n, fpcr, fpsr);
    u64 result;
    if (fp_process_nans(a.type, b.type, op1, op2, n, fpcr, fpsr, &result))
        return result;
    if (inf_times_zero(a, b))
        return halvings ? fp_one_point_five(false, n) : fp_two(false, n);
    if (a.type == FPTYPE_INFINITY || b.type == FPTYPE_INFINITY)
        return fp_infinity(a.value.sign != b.value.sign, n);
    Real sum = real_add((Real){false, 0, constant}, real_mul(a.value, b.value));
    sum.exp -= halvings;
    return round_sum(sum, n, fpcr, fpsr);
}

u64 fp_recip_step(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return fused_step(op1, op2, 2, 0, n, fpcr, fpsr);
}

u64 fp_rsqrt_step(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return fused_step(op1, op2, 3, 1, n, fpcr, fpsr);
}

/* -- Square root -------------------------------------------------------------------------------------------------- */
/* floor(sqrt(v)) of 2^126 <= v, digit by digit: 64 significant bits. */
static u64 isqrt128(u128 v)
{
    u64 root = 0;
    for (int bit = 63; bit >= 0; bit--) {
        u64 trial = root | (u64)1 << bit;
        if ((u128)trial * trial <= v)
            root = trial;
    }
    return root;
}

static Real real_sqrt(Real v)
{
    int lead = __builtin_clzll((u64)v.frac) + 63;
    lead -= (v.exp - lead) & 1;         /* the exponent is to be even */
    u128 radicand = v.frac << lead;
    u64 root = isqrt128(radicand);
    return (Real){false, (v.exp - lead) / 2 - 1, (u128)root << 1 | ((u128)root * root != radicand)};
}

u64 fp_sqrt(u64 op, unsigned n, u32 fpcr, u32 *fpsr)
{
    Unpacked u = fp_unpack(op, n, fpcr, fpsr);
    if (is_nan(u.type))
        return fp_process_nan(u.type, op, n, fpcr, fpsr);
    if (u.type == FPTYPE_ZERO)
        return fp_zero(u.value.sign, n);
    if (u.value.sign)
        return invalid(n, fpsr);
    if (u.type == FPTYPE_INFINITY)
        return fp_infinity(false, n);
    return fp_round(real_sqrt(u.value), n, fp_rounding_mode(fpcr), fpcr, fpsr);
}
