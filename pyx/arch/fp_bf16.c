/* SPDX-License-Identifier: MIT
 * BFloat16: FPConvertBF, and the arithmetic of BFDOT and BFMMLA without FEAT_EBF16, which rounds to odd, flushes subnormals,
 * makes default NaNs and has no flags (BFAdd, BFMulH, BFRound, BFUnpack). */
#include "arch/fp_round.h"

u64 fp_convert_bf(u64 op, u32 fpcr, u32 *fpsr)
{
    Unpacked u = fp_unpack(op, 32, fpcr, fpsr);
    bool sign = u.value.sign;
    if (is_nan(u.type)) {
        if (u.type == FPTYPE_SNAN)
            *fpsr |= FPSR_IOC;
        return fpcr & FPCR_DN ? 0x7fc0 : op >> 16 | 0x40;
    }
    if (u.type == FPTYPE_INFINITY)
        return op >> 16;
    if (u.type == FPTYPE_ZERO)
        return fp_zero(sign, 16);
    return fp_round_bf(u.value, fp_rounding_mode(fpcr), fpcr, fpsr);
}

u64 bf_mul_add_h(u64 addend, u64 op1, u64 op2, u32 fpcr, u32 *fpsr)
{
    return fp_mul_add(addend, op1 << 16, op2 << 16, 32, fpcr, fpsr);
}

static Unpacked bf_unpack(u32 op)               /* BFUnpack */
{
    u32 ignored = 0;
    return fp_unpack(op, 32, FPCR_FZ, &ignored);
}

static u32 bf_round(Real value)                 /* BFRound: overflow gives infinity */
{
    u32 flags = 0;
    u64 result = fp_round(value, 32, FP_ODD, FPCR_FZ, &flags);
    return (u32)(flags & FPSR_OFC ? fp_infinity(value.sign, 32) : result);
}

static u32 bf_mul_h(u32 op1, u32 op2)           /* BFMulH: of BFloat16 operands */
{
    Unpacked a = bf_unpack(op1 << 16), b = bf_unpack(op2 << 16);
    bool inf = a.type == FPTYPE_INFINITY || b.type == FPTYPE_INFINITY;
    bool zero = a.type == FPTYPE_ZERO || b.type == FPTYPE_ZERO, sign = a.value.sign != b.value.sign;
    if (is_nan(a.type) || is_nan(b.type) || (inf && zero))
        return (u32)fp_default_nan(32);
    if (inf || zero)
        return (u32)(inf ? fp_infinity(sign, 32) : fp_zero(sign, 32));
    return bf_round(real_mul(a.value, b.value));
}

static u32 bf_add(u32 op1, u32 op2)             /* BFAdd */
{
    Unpacked a = bf_unpack(op1), b = bf_unpack(op2);
    bool inf1 = a.type == FPTYPE_INFINITY, inf2 = b.type == FPTYPE_INFINITY;
    if (is_nan(a.type) || is_nan(b.type) || (inf1 && inf2 && a.value.sign != b.value.sign))
        return (u32)fp_default_nan(32);
    if (inf1 || inf2)
        return (u32)fp_infinity(inf1 ? a.value.sign : b.value.sign, 32);
    if (a.type == FPTYPE_ZERO && b.type == FPTYPE_ZERO && a.value.sign == b.value.sign)
        return (u32)fp_zero(a.value.sign, 32);
    Real sum = real_add(a.value, b.value);
    return sum.frac == 0 ? 0 : bf_round(sum);
}

u32 bf_dot_add(u32 addend, u32 a, u32 b)
{
    u32 products = bf_add(bf_mul_h(a & 0xffff, b & 0xffff), bf_mul_h(a >> 16, b >> 16));
    return bf_add(addend, products);
}
