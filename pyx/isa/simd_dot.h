/* SPDX-License-Identifier: MIT
 * Dot products of bytes (FEAT_DotProd, FEAT_I8MM) and 2x2 integer matrix products (FEAT_I8MM). */
#ifndef EMU_ISA_SIMD_DOT_H
#define EMU_ISA_SIMD_DOT_H

#include "isa/simd_lanes.h"

typedef enum ByteSigns { DOT_UU, DOT_US, DOT_SU, DOT_SS } ByteSigns;   /* first operand, second operand */

/* The even, odd bytes as 16-bit lanes. */
ALWAYS_INLINE LanesU16 bytes_even(Lanes v, bool is_signed)
{
    LanesI16 high = (LanesI16)((LanesU16)v << (u16)8);
    return is_signed ? (LanesU16)(high >> (i16)8) : (LanesU16)((LanesU16)v & (u16)0xff);
}

ALWAYS_INLINE LanesU16 bytes_odd(Lanes v, bool is_signed)
{
    return is_signed ? (LanesU16)((LanesI16)v >> (i16)8) : (LanesU16)((LanesU16)v >> (u16)8);
}

/* Sums of neighbouring 16-bit lanes, as 32-bit lanes. */
ALWAYS_INLINE LanesU32 pair_sums(LanesU16 v, bool is_signed)
{
    LanesU32 low = (LanesU32)v << 16u;
    if (is_signed)
        return (LanesU32)((LanesI32)low >> 16) + (LanesU32)((LanesI32)v >> 16);
    return (low >> 16u) + ((LanesU32)v >> 16u);
}

/* In each 32-bit lane, the sum of the products of its four bytes. Each product fits 16 bits, signed unless both are unsigned. */
ALWAYS_INLINE LanesU32 dot4(Lanes n, Lanes m, ByteSigns signs)
{
    bool n_signed = signs == DOT_SS || signs == DOT_SU, m_signed = signs == DOT_SS || signs == DOT_US;
    LanesU16 even = bytes_even(n, n_signed) * bytes_even(m, m_signed), odd = bytes_odd(n, n_signed) * bytes_odd(m, m_signed);
    return pair_sums(even, signs != DOT_UU) + pair_sums(odd, signs != DOT_UU);
}

#define DOT(NAME, A, signs) THREE(NAME, A, r = d + dot4((Lanes)n, (Lanes)m, signs);)
FOR_S(DOT, SDOT_v, DOT_SS)
FOR_S(DOT, UDOT_v, DOT_UU)
FOR_S(DOT, USDOT_v, DOT_US)
#define DOT_ELEM(NAME, A, signs) ELEM(NAME, A, r = d + dot4((Lanes)n, (Lanes)m, signs);)
FOR_S(DOT_ELEM, SDOT_elem, DOT_SS)
FOR_S(DOT_ELEM, UDOT_elem, DOT_UU)
FOR_S(DOT_ELEM, USDOT_elem, DOT_US)
FOR_S(DOT_ELEM, SUDOT_elem, DOT_SU)

/* d[i][j] += row i of n times row j of m: two rows of eight bytes each. */
ALWAYS_INLINE LanesU32 matrix_product(Lanes n, Lanes m, ByteSigns signs)
{
    LanesU32 row0 = dot4(zip1(n, n, 64), m, signs), row1 = dot4(zip2(n, n, 64), m, signs);
    return (LanesU32)uzp1((Lanes)row0, (Lanes)row1, 32) + (LanesU32)uzp2((Lanes)row0, (Lanes)row1, 32);
}

THREE(SMMLA_v, 4s, r = d + matrix_product((Lanes)n, (Lanes)m, DOT_SS);)
THREE(UMMLA_v, 4s, r = d + matrix_product((Lanes)n, (Lanes)m, DOT_UU);)
THREE(USMMLA_v, 4s, r = d + matrix_product((Lanes)n, (Lanes)m, DOT_US);)

#endif
