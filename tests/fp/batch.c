/* SPDX-License-Identifier: MIT
 * The same operations as oracle.c by our soft-float, for ctypes: soft_run() answers an array of cases, soft_name() lists them. */
#include "arch/fp.h"
#include "record.h"

#define FN(name, body) static u64 name(u64 a, u64 b, u64 c, u32 fpcr, u32 *fpsr, u32 *nzcv) \
    { (void)a; (void)b; (void)c; (void)fpcr; (void)fpsr; (void)nzcv; body }
#define CUT(v, n) ((v) & ~(u64)0 >> (64 - (n)))
#define EACH(M, ...) M(h, 16, __VA_ARGS__) M(s, 32, __VA_ARGS__) M(d, 64, __VA_ARGS__)
#define FP2_(s, n, i, f) FN(i##_##s, return f(CUT(a, n), CUT(b, n), n, fpcr, fpsr);)
#define FP1_(s, n, i, f) FN(i##_##s, return f(CUT(a, n), n, fpcr, fpsr);)
#define FP3_(s, n, i, f) FN(i##_##s, return f(CUT(c, n), CUT(a, n), CUT(b, n), n, fpcr, fpsr);)
#define RINT_(s, n, i, mode, exact) FN(i##_##s, return fp_round_int(CUT(a, n), n, mode, exact, fpcr, fpsr);)
#define RINTN_(s, n, i, mode, size) FN(i##_##s, return fp_round_int_n(CUT(a, n), n, mode, size, fpcr, fpsr);)
#define TOINT_(s, n, i, w, m, u, mode) FN(i##_##w##_##s, return fp_to_fixed(CUT(a, n), n, m, 0, u, mode, fpcr, fpsr);)
#define TOFIXED_(s, n, i, w, m, u, fb) FN(i##_##w##_##s##_##fb, return fp_to_fixed(CUT(a, n), n, m, fb, u, FP_ZERO, fpcr, fpsr);)
#define FROMINT_(s, n, i, w, m, u) FN(i##_##s##_##w, return fp_from_fixed(CUT(a, m), n, m, 0, u, fpcr, fpsr);)
#define FROMFIXED_(s, n, i, w, m, u, fb) FN(i##_##s##_##w##_##fb, return fp_from_fixed(CUT(a, m), n, m, fb, u, fpcr, fpsr);)
#define CMP_(s, n, i, e) FN(i##_##s, *nzcv = fp_compare(CUT(a, n), CUT(b, n), e, n, fpcr, fpsr); return 0;)

#define FP2(i, f) EACH(FP2_, i, f)
#define FP1(i, f) EACH(FP1_, i, f)
#define FP3(i, f) EACH(FP3_, i, f)
#define RINT(i, mode, exact) EACH(RINT_, i, mode, exact)
#define RINTN(i, mode, size) RINTN_(s, 32, i, mode, size) RINTN_(d, 64, i, mode, size)
#define CVT(to, m, from, n) FN(fcvt_##to##_##from, return fp_convert(CUT(a, n), n, m, fp_rounding_mode(fpcr), fpcr, fpsr);)
#define TOINT(i, u, mode) EACH(TOINT_, i, w, 32, u, mode) EACH(TOINT_, i, x, 64, u, mode)
#define TOFIXED64(i, u, fb) EACH(TOFIXED_, i, x, 64, u, fb)
#define TOFIXED(i, u, fb) EACH(TOFIXED_, i, w, 32, u, fb) TOFIXED64(i, u, fb)
#define FROMINT(i, u) EACH(FROMINT_, i, w, 32, u) EACH(FROMINT_, i, x, 64, u)
#define FROMFIXED64(i, u, fb) EACH(FROMFIXED_, i, x, 64, u, fb)
#define FROMFIXED(i, u, fb) EACH(FROMFIXED_, i, w, 32, u, fb) FROMFIXED64(i, u, fb)
#define CMP(i, e) EACH(CMP_, i, e)
#define ONE(i, to, from, text, soft) FN(i, return soft;)
#define THREE(i, to, text, soft) FN(i, return soft;)
#define JS() FN(fjcvtzs, bool z; u32 r = fp_to_fixed_js(a, fpcr, fpsr, &z); *nzcv = z ? 4 : 0; return r;)
#include "ops.def"

#undef FN
#define FN(name, body) {#name, name},
static const struct { const char *name; u64 (*run)(u64, u64, u64, u32, u32 *, u32 *); } table[] = {
#include "ops.def"
};

const char *soft_name(unsigned op) { return op < ARRAY_LEN(table) ? table[op].name : NULL; }

void soft_run(const Case *in, Answer *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        out[i].fpsr = out[i].nzcv = 0;
        out[i].result = table[in[i].op].run(in[i].a, in[i].b, in[i].c, in[i].fpcr, &out[i].fpsr, &out[i].nzcv);
    }
}
