/* SPDX-License-Identifier: MIT
 * Small operands that forms of floating point pack and handlers unpack. */
#ifndef EMU_ARCH_FP_FORMS_H
#define EMU_ARCH_FP_FORMS_H

#include "arch/fp.h"

/* A rounding mode beside FpRounding: what FPCR.RMode says when the instruction executes. */
enum { ROUND_FPCR = 8 };

ALWAYS_INLINE FpRounding effective_rounding(unsigned rounding, u32 fpcr)
{
    return rounding == ROUND_FPCR ? fp_rounding_mode(fpcr) : (FpRounding)rounding;
}

/* A conversion's widths in bits, each 16, 32 or 64, and whether the integer is unsigned. */
ALWAYS_INLINE u16 conversion_aux(unsigned fp_bits, unsigned other_bits, bool is_unsigned)
{
    return (u16)(fp_bits | other_bits << 7 | (unsigned)is_unsigned << 14);
}
ALWAYS_INLINE unsigned conversion_fp_bits(unsigned aux) { return aux & 127; }
ALWAYS_INLINE unsigned conversion_other_bits(unsigned aux) { return aux >> 7 & 127; }
ALWAYS_INLINE bool conversion_is_unsigned(unsigned aux) { return aux >> 14 & 1; }

/* The values of NZCV (0 to 15) for which a condition holds, as a mask. */
static inline u16 nzcv_mask(unsigned cond)
{
    unsigned mask = 0;
    for (unsigned nzcv = 0; nzcv < 16; nzcv++) {
        bool n = nzcv >> 3 & 1, z = nzcv >> 2 & 1, c = nzcv >> 1 & 1, v = nzcv & 1;
        const bool base[8] = {z, c, n, v, c && !z, n == v, n == v && !z, true};
        bool inverted = (cond & 1) && cond != 15;
        mask |= (unsigned)(base[cond >> 1] != inverted) << nzcv;
    }
    return (u16)mask;
}

/* The flags of a comparison as those of the 64-bit subtraction flag_a - COMPARE_B: greater 2, equal 1, less 0, and unordered,
 * whose NZCV 0011 is an overflow. So every condition after FCMP is tested as after CMP. */
enum { COMPARE_B = 1 };
#define COMPARE_UNORDERED ((u64)1 << 63)

#endif
