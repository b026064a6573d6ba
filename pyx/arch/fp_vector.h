/* SPDX-License-Identifier: MIT
 * Soft floating point on vectors: a scalar operation (arch/fp.h) for each lane of esize bits. What lies beyond the lanes of a
 * result becomes zero. The destination may be any of the operands. */
#ifndef EMU_ARCH_FP_VECTOR_H
#define EMU_ARCH_FP_VECTOR_H

#include "arch/fp.h"
#include "arch/state.h"

ALWAYS_INLINE u64 lane_get(const Vreg *v, unsigned e, unsigned esize)
{
    return esize == 64 ? v->d[e] : esize == 32 ? v->s[e] : v->h[e];
}

ALWAYS_INLINE void lane_set(Vreg *v, unsigned e, unsigned esize, u64 value)
{
    if (esize == 64)
        v->d[e] = value;
    else if (esize == 32)
        v->s[e] = (u32)value;
    else
        v->h[e] = (u16)value;
}

/* How a soft vector operation sees the CPU. */
typedef struct FpEnv {
    u32 fpcr;
    u32 *fpsr;
} FpEnv;

void fpv_map1(Vreg *d, const Vreg *n, unsigned lanes, unsigned esize, FpOp1 *f, FpEnv env);
void fpv_map2(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, unsigned esize, FpOp2 *f, FpEnv env);
/* d = f(d, n, m): d is the addend. */
void fpv_map3(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, unsigned esize, FpOp3 *f, FpEnv env);
/* Pairs of the concatenation m:n, lanes results. */
void fpv_pairs(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, unsigned esize, FpOp2 *f, FpEnv env);
u64 fpv_reduce(const Vreg *n, unsigned lanes, unsigned esize, FpOp2 *f, FpEnv env);     /* FPReduce: as a tree */
Vreg fpv_broadcast(const Vreg *m, unsigned index, unsigned esize);      /* one element everywhere, 16 to 64 bits */

/* d.s[e] += n.h[first_n + e] * m.h[...]; index < 0: m's element goes along with n's. f: fp_mul_add_h or fp_mul_sub_h. */
void fpv_mul_add_long(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, unsigned part, int index, FpOp3 *f, FpEnv env);
void fpv_complex_mul_add(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, unsigned esize, unsigned rot, FpEnv env);
void fpv_complex_add(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, unsigned esize, unsigned rot, FpEnv env);
void fpv_bf_dot(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes);
void fpv_bf_matrix(Vreg *d, const Vreg *n, const Vreg *m);
/* BFMLAL: top or bottom half of each lane of n, and of m. */
void fpv_bf_mul_add(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, bool top_n, bool top_m, FpEnv env);

#endif
