/* SPDX-License-Identifier: MIT
 * Advanced SIMD three different: long, wide and narrow arithmetic, and polynomial multiply. */
#ifndef EMU_ISA_SIMD_THREE_DIFF_H
#define EMU_ISA_SIMD_THREE_DIFF_H

#include "arch/crypto.h"
#include "isa/simd_lanes.h"

FOR_LONG_BHS(LONG, SADDL_v, widen_s, r = n + m;)
FOR_LONG_BHS(LONG, UADDL_v, widen_u, r = n + m;)
FOR_LONG_BHS(LONG, SSUBL_v, widen_s, r = n - m;)
FOR_LONG_BHS(LONG, USUBL_v, widen_u, r = n - m;)
FOR_LONG_BHS(WIDE, SADDW_v, widen_s, r = n + m;)
FOR_LONG_BHS(WIDE, UADDW_v, widen_u, r = n + m;)
FOR_LONG_BHS(WIDE, SSUBW_v, widen_s, r = n - m;)
FOR_LONG_BHS(WIDE, USUBW_v, widen_u, r = n - m;)
FOR_LONG_BHS(LONG, SABDL_v, widen_s, r = ABD_S(n, m);)
FOR_LONG_BHS(LONG, UABDL_v, widen_u, r = ABD_S(n, m);)
FOR_LONG_BHS(LONG, SABAL_v, widen_s, r = d + ABD_S(n, m);)
FOR_LONG_BHS(LONG, UABAL_v, widen_u, r = d + ABD_S(n, m);)

FOR_LONG_BHS(LONG, SMULL_v, widen_s, r = n * m;)
FOR_LONG_BHS(LONG, UMULL_v, widen_u, r = n * m;)
FOR_LONG_BHS(LONG, SMLAL_v, widen_s, r = d + n * m;)
FOR_LONG_BHS(LONG, UMLAL_v, widen_u, r = d + n * m;)
FOR_LONG_BHS(LONG, SMLSL_v, widen_s, r = d - n * m;)
FOR_LONG_BHS(LONG, UMLSL_v, widen_u, r = d - n * m;)
BOTH_LONG_HS(LONG, SQDMULL, widen_s, r = SQDOUBLE(n * m);)
BOTH_LONG_HS(LONG, SQDMLAL, widen_s, r = SQADD(d, SQDOUBLE(n * m));)
BOTH_LONG_HS(LONG, SQDMLSL, widen_s, r = SQSUB(d, SQDOUBLE(n * m));)

/* The high halves; the rounding forms add half of the last place that stays. */
#define HIGH_HALF(v) SHR(v, ESIZE / 2)
#define HALF_PLACE ((EU)((u64)1 << (ESIZE / 2 - 1)))
FOR_NARROW(NARROW_THREE, ADDHN_v, r = HIGH_HALF(n + m);)
FOR_NARROW(NARROW_THREE, SUBHN_v, r = HIGH_HALF(n - m);)
FOR_NARROW(NARROW_THREE, RADDHN_v, r = HIGH_HALF(n + m + HALF_PLACE);)
FOR_NARROW(NARROW_THREE, RSUBHN_v, r = HIGH_HALF(n - m + HALF_PLACE);)

LONG(PMULL_v, 8h, widen_u, for (int i = 0; i < 8; i++) r ^= SHL(n, i) & -(SHR(m, i) & (EU)1);)
OP(PMULL_v_1q_q, { Vreg r; pmull64(&r, Xn, Xm); Vd = r; } NEXT;)

#endif
