/* SPDX-License-Identifier: MIT
 * Advanced SIMD shift by immediate and its scalar forms: integers. Right shifts (1 .. ESIZE) come as SH = shift - 1, left
 * shifts (0 .. ESIZE - 1) as SH = shift. */
#ifndef EMU_ISA_SIMD_SHIFT_IMM_H
#define EMU_ISA_SIMD_SHIFT_IMM_H

#include "isa/simd_lanes.h"

BOTH_BHSD_D(TWO, SSHR, r = SAR1(n);)
BOTH_BHSD_D(TWO, USHR, r = SHR1(n);)
BOTH_BHSD_D(TWO, SSRA, r = d + SAR1(n);)
BOTH_BHSD_D(TWO, USRA, r = d + SHR1(n);)
BOTH_BHSD_D(TWO, SRSHR, r = SAR1_ROUND(n);)
BOTH_BHSD_D(TWO, URSHR, r = SHR1_ROUND(n);)
BOTH_BHSD_D(TWO, SRSRA, r = d + SAR1_ROUND(n);)
BOTH_BHSD_D(TWO, URSRA, r = d + SHR1_ROUND(n);)
BOTH_BHSD_D(TWO, SHL, r = SHL(n, SH);)
/* Insert: bits that the shift leaves empty stay as they are in d. */
BOTH_BHSD_D(TWO, SRI, r = SHR1(n) | (d & ~SHR1(SPLAT(~(EU)0)));)
BOTH_BHSD_D(TWO, SLI, r = SHL(n, SH) | (d & ~SHL(SPLAT(~(EU)0), SH));)

/* A left shift saturates where shifting back does not give the operand. */
BOTH_BHSD(TWO, SQSHL_imm, VU t = SHL(n, SH); VU o = ~ONES(SAR(t, SH) == n); SATURATED(o); r = SEL(o, SAT_LIKE(n), t);)
BOTH_BHSD(TWO, UQSHL_imm, VU t = SHL(n, SH); VU o = ~ONES(SHR(t, SH) == n); SATURATED(o); r = t | o;)
BOTH_BHSD(TWO, SQSHLU, VU t = SHL(n, SH); VU minus = NEGATIVE(n); VU o = ~ONES(SHR(t, SH) == n); SATURATED(o | minus);
    r = (t | o) & ~minus;)

FOR_NARROW(NARROW_TWO, SHRN_v, r = SHR1(n);)
FOR_NARROW(NARROW_TWO, RSHRN_v, r = SHR1_ROUND(n);)
BOTH_NARROW(NARROW_TWO, SQSHRN, r = CLAMP_S(SAR1(n));)
BOTH_NARROW(NARROW_TWO, SQRSHRN, r = CLAMP_S(SAR1_ROUND(n));)
BOTH_NARROW(NARROW_TWO, UQSHRN, r = CLAMP_U(SHR1(n));)
BOTH_NARROW(NARROW_TWO, UQRSHRN, r = CLAMP_U(SHR1_ROUND(n));)
BOTH_NARROW(NARROW_TWO, SQSHRUN, r = CLAMP_SU(SAR1(n));)
BOTH_NARROW(NARROW_TWO, SQRSHRUN, r = CLAMP_SU(SAR1_ROUND(n));)

FOR_LONG_BHS(LONG_TWO, SSHLL_v, widen_s, r = SHL(n, SH);)
FOR_LONG_BHS(LONG_TWO, USHLL_v, widen_u, r = SHL(n, SH);)

#endif
