/* SPDX-License-Identifier: MIT
 * FPCompare, FPCompareEQ/GE/GT, FPMax, FPMin, FPMaxNum, FPMinNum. */
#include "arch/fp_round.h"

/* Orders two operands that are not NaN. */
static int compare_unpacked(Unpacked a, Unpacked b)
{
    bool inf1 = a.type == FPTYPE_INFINITY, inf2 = b.type == FPTYPE_INFINITY;
    if (inf1 && inf2)
        return b.value.sign - a.value.sign;
    if (inf1)
        return a.value.sign ? -1 : 1;
    if (inf2)
        return b.value.sign ? 1 : -1;
    return real_compare(a.value, b.value);
}

enum { LESS = -1, EQUAL, GREATER, UNORDERED };

static int compare(u64 op1, u64 op2, bool signal_nans, unsigned n, u32 fpcr, u32 *fpsr)
{
    Unpacked a = fp_unpack(op1, n, fpcr, fpsr), b = fp_unpack(op2, n, fpcr, fpsr);
    if (!is_nan(a.type) && !is_nan(b.type))
        return compare_unpacked(a, b);
    if (signal_nans || a.type == FPTYPE_SNAN || b.type == FPTYPE_SNAN)
        *fpsr |= FPSR_IOC;
    return UNORDERED;
}

unsigned fp_compare(u64 op1, u64 op2, bool signal_nans, unsigned n, u32 fpcr, u32 *fpsr)
{
    static const u8 nzcv[] = {[LESS + 1] = 8, [EQUAL + 1] = 6, [GREATER + 1] = 2, [UNORDERED + 1] = 3};
    return nzcv[compare(op1, op2, signal_nans, n, fpcr, fpsr) + 1];
}

static u64 mask(bool holds, unsigned n)
{
    return holds ? ~(u64)0 >> (64 - n) : 0;
}

u64 fp_eq(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return mask(compare(op1, op2, false, n, fpcr, fpsr) == EQUAL, n);
}

u64 fp_ge(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    int order = compare(op1, op2, true, n, fpcr, fpsr);
    return mask(order == EQUAL || order == GREATER, n);
}

u64 fp_gt(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return mask(compare(op1, op2, true, n, fpcr, fpsr) == GREATER, n);
}

u64 fp_acge(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return fp_ge(fp_abs(op1, n), fp_abs(op2, n), n, fpcr, fpsr);
}

u64 fp_acgt(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return fp_gt(fp_abs(op1, n), fp_abs(op2, n), n, fpcr, fpsr);
}

/* -- Minimum and maximum ---------------------------------------------------------------------------------------- */
enum { MINIMUM = -1, MAXIMUM = 1 };

static u64 extremum(u64 op1, u64 op2, int which, unsigned n, u32 fpcr, u32 *fpsr)
{
    Unpacked a = fp_unpack(op1, n, fpcr, fpsr), b = fp_unpack(op2, n, fpcr, fpsr);
    u64 result;
    if (fp_process_nans(a.type, b.type, op1, op2, n, fpcr, fpsr, &result))
        return result;
    if (a.type == FPTYPE_ZERO && b.type == FPTYPE_ZERO)
        return fp_zero(which == MAXIMUM ? a.value.sign && b.value.sign : a.value.sign || b.value.sign, n);
    bool first = compare_unpacked(a, b) == which;
    if ((first ? a : b).type == FPTYPE_ZERO)            /* perhaps a flushed subnormal */
        return fp_zero(first ? a.value.sign : b.value.sign, n);
    return first ? op1 : op2;
}

u64 fp_max(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return extremum(op1, op2, MAXIMUM, n, fpcr, fpsr);
}

u64 fp_min(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return extremum(op1, op2, MINIMUM, n, fpcr, fpsr);
}

/* FPMaxNum, FPMinNum: a single quiet NaN counts as the infinity that loses. */
static u64 extremum_num(u64 op1, u64 op2, int which, unsigned n, u32 fpcr, u32 *fpsr)
{
    u32 ignored = 0;
    FpType type1 = fp_unpack(op1, n, fpcr, &ignored).type, type2 = fp_unpack(op2, n, fpcr, &ignored).type;
    if (type1 == FPTYPE_QNAN && type2 != FPTYPE_QNAN)
        op1 = fp_infinity(which == MAXIMUM, n);
    else if (type1 != FPTYPE_QNAN && type2 == FPTYPE_QNAN)
        op2 = fp_infinity(which == MAXIMUM, n);
    return extremum(op1, op2, which, n, fpcr, fpsr);
}

u64 fp_maxnm(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return extremum_num(op1, op2, MAXIMUM, n, fpcr, fpsr);
}

u64 fp_minnm(u64 op1, u64 op2, unsigned n, u32 fpcr, u32 *fpsr)
{
    return extremum_num(op1, op2, MINIMUM, n, fpcr, fpsr);
}
