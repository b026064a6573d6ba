/* SPDX-License-Identifier: MIT
 * Advanced SIMD across lanes: integers. The result is one lane; the rest of the register becomes zero. */
#ifndef EMU_ISA_SIMD_ACROSS_H
#define EMU_ISA_SIMD_ACROSS_H

#include "isa/simd_lanes.h"

/* The exact sum of all lanes, taken as unsigned; n is zero beyond the operation's size. Bytes are added in pairs, then by a
 * multiplication that puts the sum of four halfwords into the highest. */
ALWAYS_INLINE u64 sum_lanes(Lanes n, unsigned esize)
{
    switch (esize) {
    case 8: {
        Lanes t = (n & (u64)0x00ff00ff00ff00ff) + (n >> (u64)8 & (u64)0x00ff00ff00ff00ff);
        return ((t[0] + t[1]) * 0x0001000100010001) >> 48;
    }
    case 16: {
        Lanes t = (n & (u64)0x0000ffff0000ffff) + (n >> (u64)16 & (u64)0x0000ffff0000ffff);
        u64 s = t[0] + t[1];
        return (u32)s + (s >> 32);
    }
    default:
        return (u32)n[0] + (n[0] >> 32) + (u32)n[1] + (n[1] >> 32);
    }
}

/* A: the arrangement of the operand; a result of `size` bytes in x. */
#define ACROSS(NAME, A, size, ...) OP(NAME##_##A, LANE_TYPES(A) VU n = READ(N_AT); u64 x; \
    __VA_ARGS__ lanes_write(D_AT, (Lanes){ x, 0 }, size); NEXT;)
#define FOR_ACROSS(STAMP, NAME, ...) FOR_B(STAMP, NAME, __VA_ARGS__) FOR_H(STAMP, NAME, __VA_ARGS__) STAMP(NAME, 4s, __VA_ARGS__)

FOR_ACROSS(ACROSS, ADDV_v, sizeof(EU), x = sum_lanes((Lanes)n, ESIZE);)
FOR_ACROSS(ACROSS, UADDLV_v, 2 * sizeof(EU), x = sum_lanes((Lanes)n, ESIZE);)
/* Signed: with the sign bits flipped every lane is too large by 2^(ESIZE-1). */
FOR_ACROSS(ACROSS, SADDLV_v, 2 * sizeof(EU), VU biased = (VU)lanes_cut((Lanes)(n ^ LANE_MIN), BYTES);
    x = sum_lanes((Lanes)biased, ESIZE) - (u64)LANES * LANE_MIN;)

/* Folds the register onto itself until the lowest lane has seen all others. 64-bit vectors start doubled. */
#define FOLD(pick) do { Lanes f_ = (Lanes)n; n = pick(n, (VU)__builtin_shufflevector(f_, f_, 1, 0)); \
    f_ = (Lanes)n; n = pick(n, (VU)(f_ >> (u64)32)); \
    if (ESIZE <= 16) { f_ = (Lanes)n; n = pick(n, (VU)(f_ >> (u64)16)); } \
    if (ESIZE == 8) { f_ = (Lanes)n; n = pick(n, (VU)(f_ >> (u64)8)); } } while (0)
#define DOUBLED (BYTES == 16 ? n : (VU)__builtin_shufflevector((Lanes)n, (Lanes)n, 0, 0))
FOR_ACROSS(ACROSS, SMAXV_v, sizeof(EU), n = DOUBLED; FOLD(MAX_S); x = n[0];)
FOR_ACROSS(ACROSS, UMAXV_v, sizeof(EU), n = DOUBLED; FOLD(MAX_U); x = n[0];)
FOR_ACROSS(ACROSS, SMINV_v, sizeof(EU), n = DOUBLED; FOLD(MIN_S); x = n[0];)
FOR_ACROSS(ACROSS, UMINV_v, sizeof(EU), n = DOUBLED; FOLD(MIN_U); x = n[0];)

#endif
