/* SPDX-License-Identifier: MIT
 * The manual's shared integer pseudocode as pure functions: no core, no memory. Floating point has its own files. */
#ifndef EMU_ARCH_PSEUDOCODE_H
#define EMU_ARCH_PSEUDOCODE_H

#include "arch/types.h"

/* Bits of NZCV as PSTATE and SPSR hold them. */
#define NZCV_N (1u << 31)
#define NZCV_Z (1u << 30)
#define NZCV_C (1u << 29)
#define NZCV_V (1u << 28)

ALWAYS_INLINE u32 nzcv_pack(bool n, bool z, bool c, bool v)
{
    return (u32)n << 31 | (u32)z << 30 | (u32)c << 29 | (u32)v << 28;
}

/* Ones(n), 1 <= n <= 64 */
ALWAYS_INLINE u64 ones(unsigned n)
{
    return ~(u64)0 >> (64 - n);
}

/* The low 32 bits of v, sign-extended: how lazy flags keep 32-bit operands. */
ALWAYS_INLINE u64 sext32(u64 v)
{
    return (u64)(i64)(i32)v;
}

/* ROR(v, s), s below the width */
ALWAYS_INLINE u64 ror64(u64 v, unsigned s)
{
    return v >> s | v << (-s & 63);
}

ALWAYS_INLINE u32 ror32(u32 v, unsigned s)
{
    return v >> s | v << (-s & 31);
}

/* AddWithCarry: the sum, and NZCV in bits 31:28 of *nzcv */
ALWAYS_INLINE u64 add_with_carry_64(u64 x, u64 y, unsigned carry, u32 *nzcv)
{
    u64 r = x + y + carry;
    bool c = r < x || (carry && r == x);
    bool v = ((x ^ r) & (y ^ r)) >> 63;
    *nzcv = nzcv_pack(r >> 63, r == 0, c, v);
    return r;
}

ALWAYS_INLINE u32 add_with_carry_32(u32 x, u32 y, unsigned carry, u32 *nzcv)
{
    u64 sum = (u64)x + y + carry;
    u32 r = (u32)sum;
    *nzcv = nzcv_pack(r >> 31, r == 0, sum >> 32, ((x ^ r) & (y ^ r)) >> 31);
    return r;
}

/* DecodeBitMasks, the mask of a logical immediate. False: reserved, the instruction is UNDEFINED. Pure in its arguments:
 * a 64-bit pattern made of equal elements of 2 to 64 bits, each a rotated run of ones; datasize 32 keeps the low half. */
ALWAYS_INLINE bool decode_bit_masks(unsigned N, unsigned imms, unsigned immr, unsigned datasize, u64 *wmask)
{
    unsigned selector = N << 6 | (~imms & 0x3f);
    if (selector < 2)
        return false;
    unsigned len = 31 - (unsigned)__builtin_clz(selector);
    unsigned esize = 1u << len;
    unsigned S = imms & (esize - 1), R = immr & (esize - 1);
    if (S == esize - 1 || esize > datasize)
        return false;
    u64 welem = ones(S + 1);
    if (R)
        welem = (welem >> R | welem << (esize - R)) & ones(esize);
    for (unsigned size = esize; size < 64; size *= 2)
        welem |= welem << size;
    *wmask = welem & ones(datasize);
    return true;
}

/* CountLeadingZeroBits, CountLeadingSignBits */
ALWAYS_INLINE u64 count_leading_zeros_64(u64 v)
{
    return v ? (u64)__builtin_clzll(v) : 64;
}

ALWAYS_INLINE u32 count_leading_zeros_32(u32 v)
{
    return v ? (u32)__builtin_clz(v) : 32;
}

ALWAYS_INLINE u64 count_leading_signs_64(u64 v)
{
    return count_leading_zeros_64((v ^ v << 1) | 1);
}

ALWAYS_INLINE u32 count_leading_signs_32(u32 v)
{
    return count_leading_zeros_32((v ^ v << 1) | 1);
}

/* BitCount. By hand: without a host flag the compiler would call its library. */
ALWAYS_INLINE u64 bit_count_64(u64 v)
{
    v -= v >> 1 & 0x5555555555555555;
    v = (v & 0x3333333333333333) + (v >> 2 & 0x3333333333333333);
    v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return v * 0x0101010101010101 >> 56;
}

/* Bytes of each 16-bit or 32-bit element in reverse order (REV16, REV32) */
ALWAYS_INLINE u64 reverse_bytes_16(u64 v)
{
    return (v >> 8 & 0x00ff00ff00ff00ff) | (v & 0x00ff00ff00ff00ff) << 8;
}

ALWAYS_INLINE u64 reverse_bytes_32(u64 v)
{
    return ror64(__builtin_bswap64(v), 32);
}

/* BitReverse */
ALWAYS_INLINE u64 reverse_bits_64(u64 v)
{
    v = (v >> 1 & 0x5555555555555555) | (v & 0x5555555555555555) << 1;
    v = (v >> 2 & 0x3333333333333333) | (v & 0x3333333333333333) << 2;
    v = (v >> 4 & 0x0f0f0f0f0f0f0f0f) | (v & 0x0f0f0f0f0f0f0f0f) << 4;
    return __builtin_bswap64(v);
}

/* Quotients rounded toward zero; by zero gives zero, and the one overflow gives its dividend (SDIV, UDIV). */
ALWAYS_INLINE u64 divide_s64(u64 n, u64 m)
{
    if (m == 0)
        return 0;
    return m == ~(u64)0 ? 0 - n : (u64)((i64)n / (i64)m);
}

ALWAYS_INLINE u32 divide_s32(u32 n, u32 m)
{
    if (m == 0)
        return 0;
    return m == ~(u32)0 ? 0 - n : (u32)((i32)n / (i32)m);
}

ALWAYS_INLINE u64 divide_u64(u64 n, u64 m)
{
    return m ? n / m : 0;
}

ALWAYS_INLINE u32 divide_u32(u32 n, u32 m)
{
    return m ? n / m : 0;
}

#endif
