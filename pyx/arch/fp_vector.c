/* SPDX-License-Identifier: MIT
 * Vector loops over soft-float operations. */
#include "arch/fp_vector.h"

void fpv_map1(Vreg *d, const Vreg *n, unsigned lanes, unsigned esize, FpOp1 *f, FpEnv env)
{
    Vreg r = {.d = {0, 0}};
    for (unsigned e = 0; e < lanes; e++)
        lane_set(&r, e, esize, f(lane_get(n, e, esize), esize, env.fpcr, env.fpsr));
    *d = r;
}

void fpv_map2(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, unsigned esize, FpOp2 *f, FpEnv env)
{
    Vreg r = {.d = {0, 0}};
    for (unsigned e = 0; e < lanes; e++)
        lane_set(&r, e, esize, f(lane_get(n, e, esize), lane_get(m, e, esize), esize, env.fpcr, env.fpsr));
    *d = r;
}

void fpv_map3(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, unsigned esize, FpOp3 *f, FpEnv env)
{
    Vreg r = {.d = {0, 0}};
    for (unsigned e = 0; e < lanes; e++) {
        u64 addend = lane_get(d, e, esize);
        lane_set(&r, e, esize, f(addend, lane_get(n, e, esize), lane_get(m, e, esize), esize, env.fpcr, env.fpsr));
    }
    *d = r;
}

void fpv_pairs(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, unsigned esize, FpOp2 *f, FpEnv env)
{
    Vreg r = {.d = {0, 0}};
    for (unsigned e = 0; e < lanes; e++) {
        const Vreg *from = 2 * e < lanes ? n : m;
        unsigned first = 2 * e < lanes ? 2 * e : 2 * e - lanes;
        u64 result = f(lane_get(from, first, esize), lane_get(from, first + 1, esize), esize, env.fpcr, env.fpsr);
        lane_set(&r, e, esize, result);
    }
    *d = r;
}

u64 fpv_reduce(const Vreg *n, unsigned lanes, unsigned esize, FpOp2 *f, FpEnv env)
{
    Vreg v = *n;
    for (; lanes > 1; lanes /= 2)
        fpv_pairs(&v, &v, &v, lanes, esize, f, env);    /* the lower half of the results is what counts */
    return lane_get(&v, 0, esize);
}

Vreg fpv_broadcast(const Vreg *m, unsigned index, unsigned esize)
{
    Vreg r;
    for (unsigned e = 0; e < 128 / esize; e++)
        lane_set(&r, e, esize, lane_get(m, index, esize));
    return r;
}

void fpv_mul_add_long(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, unsigned part, int index, FpOp3 *f, FpEnv env)
{
    Vreg r = {.d = {0, 0}};
    for (unsigned e = 0; e < lanes; e++) {
        unsigned source = part * lanes + e;
        u64 factor = m->h[index < 0 ? source : (unsigned)index];
        r.s[e] = (u32)f(d->s[e], n->h[source], factor, 32, env.fpcr, env.fpsr);
    }
    *d = r;
}

/* -- Complex numbers: even lanes real, odd lanes imaginary; rot counts quarter turns ------------------------------------- */
void fpv_complex_mul_add(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, unsigned esize, unsigned rot, FpEnv env)
{
    Vreg r = {.d = {0, 0}};
    for (unsigned e = 0; e < lanes; e += 2) {
        u64 real = lane_get(m, e, esize), imaginary = lane_get(m, e + 1, esize);
        u64 element2 = lane_get(n, e + (rot & 1), esize);
        u64 element1 = rot & 1 ? imaginary : real, element3 = rot & 1 ? real : imaginary;
        if (rot == 1 || rot == 2)
            element1 = fp_neg(element1, esize);
        if (rot >= 2)
            element3 = fp_neg(element3, esize);
        lane_set(&r, e, esize, fp_mul_add(lane_get(d, e, esize), element2, element1, esize, env.fpcr, env.fpsr));
        lane_set(&r, e + 1, esize, fp_mul_add(lane_get(d, e + 1, esize), element2, element3, esize, env.fpcr, env.fpsr));
    }
    *d = r;
}

void fpv_complex_add(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, unsigned esize, unsigned rot, FpEnv env)
{
    Vreg r = {.d = {0, 0}};
    for (unsigned e = 0; e < lanes; e += 2) {   /* rot: 0 for 90 degrees, 1 for 270 */
        u64 element1 = lane_get(m, e + 1, esize), element3 = lane_get(m, e, esize);
        if (rot == 0)
            element1 = fp_neg(element1, esize);
        else
            element3 = fp_neg(element3, esize);
        lane_set(&r, e, esize, fp_add(lane_get(n, e, esize), element1, esize, env.fpcr, env.fpsr));
        lane_set(&r, e + 1, esize, fp_add(lane_get(n, e + 1, esize), element3, esize, env.fpcr, env.fpsr));
    }
    *d = r;
}

/* -- BFloat16 ------------------------------------------------------------------------------------------------------------ */
void fpv_bf_dot(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes)
{
    Vreg r = {.d = {0, 0}};
    for (unsigned e = 0; e < lanes; e++)
        r.s[e] = bf_dot_add(d->s[e], n->s[e], m->s[e]);
    *d = r;
}

void fpv_bf_matrix(Vreg *d, const Vreg *n, const Vreg *m)   /* BFMatMulAddH: 2x4 by 4x2 */
{
    Vreg r;
    for (unsigned i = 0; i < 2; i++)
        for (unsigned j = 0; j < 2; j++) {
            u32 sum = bf_dot_add(d->s[2 * i + j], n->s[2 * i], m->s[2 * j]);
            r.s[2 * i + j] = bf_dot_add(sum, n->s[2 * i + 1], m->s[2 * j + 1]);
        }
    *d = r;
}

void fpv_bf_mul_add(Vreg *d, const Vreg *n, const Vreg *m, unsigned lanes, bool top_n, bool top_m, FpEnv env)
{
    Vreg r = {.d = {0, 0}};
    for (unsigned e = 0; e < lanes; e++)
        r.s[e] = (u32)bf_mul_add_h(d->s[e], n->h[2 * e + top_n], m->h[2 * e + top_m], env.fpcr, env.fpsr);
    *d = r;
}
