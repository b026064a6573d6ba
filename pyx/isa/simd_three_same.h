/* SPDX-License-Identifier: MIT
 * Advanced SIMD three same, three same extra (FEAT_RDM), and their scalar forms: integers and logic.
 * Dot products and matrices are in simd_dot.h. */
#ifndef EMU_ISA_SIMD_THREE_SAME_H
#define EMU_ISA_SIMD_THREE_SAME_H

#include "isa/simd_lanes.h"

/* -- Arithmetic ------------------------------------------------------------------------------------------ */
BOTH_BHSD_D(THREE, ADD, r = n + m;)
BOTH_BHSD_D(THREE, SUB, r = n - m;)
FOR_BHS(THREE, MUL_v, r = n * m;)
FOR_BHS(THREE, MLA_v, r = d + n * m;)
FOR_BHS(THREE, MLS_v, r = d - n * m;)
FOR_B(THREE, PMUL_v, for (int i = 0; i < 8; i++) r ^= SHL(n, i) & -(SHR(m, i) & (EU)1);)

/* Halving: no lane needs a ninth bit, since a + b = 2 * (a & b) + (a ^ b) and a | b = (a & b) + (a ^ b). */
FOR_BHS(THREE, SHADD_v, r = (n & m) + SAR(n ^ m, 1);)
FOR_BHS(THREE, UHADD_v, r = (n & m) + SHR(n ^ m, 1);)
FOR_BHS(THREE, SRHADD_v, r = (n | m) - SAR(n ^ m, 1);)
FOR_BHS(THREE, URHADD_v, r = (n | m) - SHR(n ^ m, 1);)
FOR_BHS(THREE, SHSUB_v, r = SAR(n, 1) - SAR(m, 1) - (~n & m & (EU)1);)
FOR_BHS(THREE, UHSUB_v, r = SHR(n, 1) - SHR(m, 1) - (~n & m & (EU)1);)

BOTH_BHSD(THREE, SQADD, r = SQADD(n, m);)
BOTH_BHSD(THREE, UQADD, r = UQADD(n, m);)
BOTH_BHSD(THREE, SQSUB, r = SQSUB(n, m);)
BOTH_BHSD(THREE, UQSUB, r = UQSUB(n, m);)

FOR_BHS(THREE, SMAX_v, r = MAX_S(n, m);)
FOR_BHS(THREE, UMAX_v, r = MAX_U(n, m);)
FOR_BHS(THREE, SMIN_v, r = MIN_S(n, m);)
FOR_BHS(THREE, UMIN_v, r = MIN_U(n, m);)
FOR_BHS(THREE, SABD_v, r = ABD_S(n, m);)
FOR_BHS(THREE, UABD_v, r = ABD_U(n, m);)
FOR_BHS(THREE, SABA_v, r = d + ABD_S(n, m);)
FOR_BHS(THREE, UABA_v, r = d + ABD_U(n, m);)

/* -- Comparisons ------------------------------------------------------------------------------------------- */
BOTH_BHSD_D(THREE, CMEQ, r = ONES(n == m);)
BOTH_BHSD_D(THREE, CMGT, r = ONES((VS)n > (VS)m);)
BOTH_BHSD_D(THREE, CMGE, r = ONES((VS)n >= (VS)m);)
BOTH_BHSD_D(THREE, CMHI, r = ONES(n > m);)
BOTH_BHSD_D(THREE, CMHS, r = ONES(n >= m);)
BOTH_BHSD_D(THREE, CMTST, r = ONES((n & m) != 0);)

/* -- Logic ---------------------------------------------------------------------------------------------------- */
FOR_B(THREE, AND_v, r = n & m;)
FOR_B(THREE, BIC_v, r = n & ~m;)
FOR_B(THREE, ORR_v, r = n | m;)
FOR_B(THREE, ORN_v, r = n | ~m;)
FOR_B(THREE, EOR_v, r = n ^ m;)
FOR_B(THREE, BSL_v, r = SEL(d, n, m);)
FOR_B(THREE, BIT_v, r = SEL(m, n, d);)
FOR_B(THREE, BIF_v, r = SEL(m, d, n);)

/* -- Pairwise: over the lanes of n, then those of m -------------------------------------------------------------- */
#define PAIRS(NAME, A, ...) THREE(NAME, A, \
    VU e = (VU)uzp1_of((Lanes)n, (Lanes)m, ESIZE, BYTES), o = (VU)uzp2_of((Lanes)n, (Lanes)m, ESIZE, BYTES); __VA_ARGS__)
FOR_BHSD(PAIRS, ADDP_v, r = e + o;)
FOR_BHS(PAIRS, SMAXP_v, r = MAX_S(e, o);)
FOR_BHS(PAIRS, UMAXP_v, r = MAX_U(e, o);)
FOR_BHS(PAIRS, SMINP_v, r = MIN_S(e, o);)
FOR_BHS(PAIRS, UMINP_v, r = MIN_U(e, o);)
OP(ADDP_s_d, Lanes n = lanes_read(N_AT, 16); lanes_write(D_AT, (Lanes){ n[0] + n[1], 0 }, 16); NEXT;)

/* -- Shifts by register: by the signed low byte of each lane of m, to the left where positive ------------------------ */
typedef enum ShiftKind { SHIFT_PLAIN, SHIFT_ROUND, SHIFT_SAT, SHIFT_SAT_ROUND } ShiftKind;

ALWAYS_INLINE u64 saturate(bool negative, unsigned esize, u64 *sat)
{
    *sat = 1;
    return ((u64)1 << (esize - 1)) - !negative;
}

ALWAYS_INLINE u64 shift_signed(i64 v, int sh, unsigned esize, ShiftKind kind, u64 *sat)
{
    if (sh < 0) {
        if (-sh > (int)esize)
            return v < 0 && !(kind & SHIFT_ROUND) ? ~(u64)0 : 0;
        i64 t = v >> (-sh - 1);
        return (u64)(t >> 1) + (kind & SHIFT_ROUND ? t & 1 : 0);
    }
    u64 r = sh < (int)esize ? (u64)v << sh : 0;
    if (!(kind & SHIFT_SAT) || (sh < (int)esize ? sign_extend(r, esize) >> sh == v : v == 0))
        return r;
    return saturate(v < 0, esize, sat);
}

ALWAYS_INLINE u64 shift_unsigned(u64 v, int sh, unsigned esize, ShiftKind kind, u64 *sat)
{
    if (sh < 0) {
        if (-sh > (int)esize)
            return 0;
        u64 t = v >> (-sh - 1);
        return (t >> 1) + (kind & SHIFT_ROUND ? t & 1 : 0);
    }
    u64 r = sh < (int)esize ? v << sh : 0;
    if (!(kind & SHIFT_SAT) || (sh < (int)esize ? (r << (64 - esize)) >> (64 - esize) >> sh == v : v == 0))
        return r;
    *sat = 1;
    return ~(u64)0;
}

#define SHIFTS(NAME, A, E, shift, kind) THREE(NAME, A, \
    for (unsigned i = 0; i < LANES; i++) r[i] = (EU)shift((E##_##A)n[i], (i8)m[i], ESIZE, kind, &sat);)
BOTH_BHSD_D(SHIFTS, SSHL, ES, shift_signed, SHIFT_PLAIN)
BOTH_BHSD_D(SHIFTS, SRSHL, ES, shift_signed, SHIFT_ROUND)
BOTH_BHSD(SHIFTS, SQSHL, ES, shift_signed, SHIFT_SAT)
BOTH_BHSD(SHIFTS, SQRSHL, ES, shift_signed, SHIFT_SAT_ROUND)
BOTH_BHSD_D(SHIFTS, USHL, EU, shift_unsigned, SHIFT_PLAIN)
BOTH_BHSD_D(SHIFTS, URSHL, EU, shift_unsigned, SHIFT_ROUND)
BOTH_BHSD(SHIFTS, UQSHL, EU, shift_unsigned, SHIFT_SAT)
BOTH_BHSD(SHIFTS, UQRSHL, EU, shift_unsigned, SHIFT_SAT_ROUND)

/* -- Doubling multiplies that keep the high half ------------------------------------------------------------------------ */
BOTH_HS(THREE, SQDMULH, DOUBLING(0, 1, false))
BOTH_HS(THREE, SQRDMULH, DOUBLING(0, 1, true))
BOTH_HS(THREE, SQRDMLAH, DOUBLING(d[i], 1, true))
BOTH_HS(THREE, SQRDMLSH, DOUBLING(d[i], -1, true))

#endif
