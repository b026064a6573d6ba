/* SPDX-License-Identifier: MIT
 * Advanced SIMD two-register miscellaneous and its scalar forms: integers. */
#ifndef EMU_ISA_SIMD_TWO_REG_MISC_H
#define EMU_ISA_SIMD_TWO_REG_MISC_H

#include "isa/simd_lanes.h"

/* -- Reversal, within containers of 16, 32, 64 bits: in each, halves are swapped until lanes are reached -------------------- */
#define SWAP(T, half, v) ((VU)((T)(v) << (half) | (T)(v) >> (half)))
#define SWAP8(v) SWAP(LanesU16, (u16)8, v)
#define SWAP16(v) SWAP(LanesU32, (u32)16, v)
#define SWAP32(v) ((VU)__builtin_shufflevector((LanesU32)(v), (LanesU32)(v), 1, 0, 3, 2))
FOR_B(TWO, REV16_v, r = SWAP8(n);)
FOR_B(TWO, REV32_v, r = SWAP16(SWAP8(n));)
FOR_H(TWO, REV32_v, r = SWAP16(n);)
FOR_B(TWO, REV64_v, r = SWAP32(SWAP16(SWAP8(n)));)
FOR_H(TWO, REV64_v, r = SWAP32(SWAP16(n));)
FOR_S(TWO, REV64_v, r = SWAP32(n);)

/* -- Bits ---------------------------------------------------------------------------------------------------------------------- */
/* Swaps neighbouring groups of sh bits; mask: the lower of each two. Counting adds them instead. */
#define SWAP_BITS(v, sh, mask) ((SHR(v, sh) & (EU)(mask)) | SHL((v) & (EU)(mask), sh))
#define ADD_BITS(v, sh, mask) ({ VU v_ = (v); (SHR(v_, sh) & (EU)(mask)) + (v_ & (EU)(mask)); })
FOR_B(TWO, NOT_v, r = ~n;)
FOR_B(TWO, RBIT_v, n = SWAP_BITS(n, 4, 0x0f); n = SWAP_BITS(n, 2, 0x33); r = SWAP_BITS(n, 1, 0x55);)
FOR_B(TWO, CNT_v, r = ADD_BITS(ADD_BITS(ADD_BITS(n, 1, 0x55), 2, 0x33), 4, 0x0f);)
/* Binary search: where the upper half of what is left is zero, count it and look at the lower half. */
#define COUNT_ZEROS(sh) do { VU z_ = ONES(n < (EU)((u64)1 << ((ESIZE - (sh)) & 63))); r += z_ & (EU)(sh); \
    n = SEL(z_, SHL(n, (sh) & (ESIZE - 1)), n); } while (0)
#define LEADING_ZEROS do { if (ESIZE == 32) COUNT_ZEROS(16); if (ESIZE >= 16) COUNT_ZEROS(8); \
    COUNT_ZEROS(4); COUNT_ZEROS(2); COUNT_ZEROS(1); r += ONES(n == 0) & (EU)1; } while (0)
FOR_BHS(TWO, CLZ_v, LEADING_ZEROS;)
FOR_BHS(TWO, CLS_v, n = (n ^ SAR(n, 1)) << (EU)1 | (EU)1; LEADING_ZEROS;)

/* -- Sums of pairs: A is the arrangement of the sums ---------------------------------------------------------------------------- */
#define PAIR_S(v) (SAR(v, ESIZE / 2) + SAR(SHL(v, ESIZE / 2), ESIZE / 2))
#define PAIR_U(v) (SHR(v, ESIZE / 2) + SHR(SHL(v, ESIZE / 2), ESIZE / 2))
FOR_PAIRS(TWO, SADDLP_v, r = PAIR_S(n);)
FOR_PAIRS(TWO, UADDLP_v, r = PAIR_U(n);)
FOR_PAIRS(TWO, SADALP_v, r = d + PAIR_S(n);)
FOR_PAIRS(TWO, UADALP_v, r = d + PAIR_U(n);)

/* -- Comparisons with zero ---------------------------------------------------------------------------------------------------------- */
BOTH_BHSD_D(TWO, CMGT_zero, r = ONES((VS)n > 0);)
BOTH_BHSD_D(TWO, CMGE_zero, r = ONES((VS)n >= 0);)
BOTH_BHSD_D(TWO, CMEQ_zero, r = ONES(n == 0);)
BOTH_BHSD_D(TWO, CMLE_zero, r = ONES((VS)n <= 0);)
BOTH_BHSD_D(TWO, CMLT_zero, r = NEGATIVE(n);)

/* -- Absolute value, negation, accumulation with the other signedness ----------------------------------------------------------------- */
#define ABS(v) (((v) ^ NEGATIVE(v)) - NEGATIVE(v))
/* MIN has no negative: it becomes MAX, which is MIN less one. */
#define SQ_OF_MIN(result) ({ VU o_ = ONES(n == LANE_MIN); SATURATED(o_); (result) + o_; })
BOTH_BHSD_D(TWO, ABS, r = ABS(n);)
BOTH_BHSD_D(TWO, NEG, r = -n;)
BOTH_BHSD(TWO, SQABS, r = SQ_OF_MIN(ABS(n));)
BOTH_BHSD(TWO, SQNEG, r = SQ_OF_MIN(-n);)
/* A signed lane and an unsigned one: with the sign bit flipped, the signed range is the unsigned one. */
BOTH_BHSD(TWO, SUQADD, r = UQADD(d ^ LANE_MIN, n) ^ LANE_MIN;)
BOTH_BHSD(TWO, USQADD, VU down = NEGATIVE(n); r = d + n; VU over = ONES(r < d) & ~down; VU under = ONES(r > d) & down;
    SATURATED(over | under); r = (r | over) & ~under;)

/* -- Narrowing, and the one long shift ----------------------------------------------------------------------------------------------------- */
FOR_NARROW(NARROW_TWO, XTN_v, r = n;)
BOTH_NARROW(NARROW_TWO, SQXTN, r = CLAMP_S(n);)
BOTH_NARROW(NARROW_TWO, UQXTN, r = CLAMP_U(n);)
BOTH_NARROW(NARROW_TWO, SQXTUN, r = CLAMP_SU(n);)
FOR_LONG_BHS(LONG_TWO, SHLL_v, widen_u, r = SHL(n, ESIZE / 2);)

/* -- Estimates ---------------------------------------------------------------------------------------------------------------------------- */
/* UnsignedRecipEstimate: of a fraction in [0.5, 1), to 9 bits; below, all ones. */
static inline u32 unsigned_recip_estimate(u32 v)
{
    if (!(v >> 31))
        return ~(u32)0;
    u32 a = v >> 23, b = (1u << 19) / (a * 2 + 1);
    return ((b + 1) / 2) << 23;
}

/* UnsignedRSqrtEstimate: of a fraction in [0.25, 1). RecipSqrtEstimate looks for the largest b with a * b^2 < 2^28. */
static inline u32 unsigned_rsqrt_estimate(u32 v)
{
    if (!(v >> 30))
        return ~(u32)0;
    u32 a = v >> 23, b = 512;
    a = a < 256 ? a * 2 + 1 : ((a & ~1u) + 1) * 2;
    while (a * (b + 1) * (b + 1) < 1u << 28)
        b++;
    return ((b + 1) / 2) << 23;
}

#define ESTIMATE(function) for (unsigned i = 0; i < LANES; i++) r[i] = function(n[i]);
FOR_S(TWO, URECPE_v, ESTIMATE(unsigned_recip_estimate))
FOR_S(TWO, URSQRTE_v, ESTIMATE(unsigned_rsqrt_estimate))

#endif
