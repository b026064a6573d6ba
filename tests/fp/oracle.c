/* SPDX-License-Identifier: MIT
 * AArch64 program: reads Case records from stdin, executes each with the real instruction, writes Answer records.
 * Built with a cross compiler and run under qemu-aarch64, or on a machine. Case.op counts the functions of table[]. */
#include <stdio.h>
#include <string.h>
#include "record.h"

typedef uint64_t u64;
#define ENTER "msr fpcr, %x[cr]\n msr fpsr, xzr\n"
#define LEAVE "\n mrs %x[sr], fpsr\n msr fpcr, xzr"
#define FN(name) static u64 name(u64 a, u64 b, u64 c, u64 fpcr, u64 *fpsr, u64 *nzcv)
#define IGNORE (void)a; (void)b; (void)c; (void)nzcv

/* T: how the result and operands sit in vector registers. All operands are moved as 64 bits. */
#define VEC1(name, insn) FN(name) { IGNORE; u64 r, sr; \
    __asm__ volatile("fmov d1, %x[a]\n fmov d0, %x[c]\n" ENTER insn LEAVE "\n fmov %x[r], d0" \
    : [r] "=&r"(r), [sr] "=&r"(sr) : [a] "r"(a), [c] "r"(c), [cr] "r"(fpcr) : "v0", "v1"); *fpsr = sr; return r; }
#define VEC2(name, insn) FN(name) { IGNORE; u64 r, sr; \
    __asm__ volatile("fmov d1, %x[a]\n fmov d2, %x[b]\n fmov d0, %x[c]\n fmov d3, %x[c]\n" ENTER insn LEAVE "\n fmov %x[r], d0" \
    : [r] "=&r"(r), [sr] "=&r"(sr) : [a] "r"(a), [b] "r"(b), [c] "r"(c), [cr] "r"(fpcr) : "v0", "v1", "v2", "v3"); \
    *fpsr = sr; return r; }
#define TOGPR(name, insn, W) FN(name) { IGNORE; u64 r, sr; \
    __asm__ volatile("fmov d1, %x[a]\n" ENTER insn LEAVE \
    : [r] "=&r"(r), [sr] "=&r"(sr) : [a] "r"(a), [cr] "r"(fpcr) : "v1"); *fpsr = sr; return r; }
#define FROMGPR(name, insn) FN(name) { IGNORE; u64 r, sr; \
    __asm__ volatile(ENTER insn LEAVE "\n fmov %x[r], d0" \
    : [r] "=&r"(r), [sr] "=&r"(sr) : [a] "r"(a), [cr] "r"(fpcr) : "v0"); *fpsr = sr; return r; }
#define FLAGS(name, insn) FN(name) { IGNORE; u64 r, sr, f; \
    __asm__ volatile("fmov d1, %x[a]\n fmov d2, %x[b]\n mov %x[r], xzr\n" ENTER insn LEAVE "\n mrs %x[f], nzcv" \
    : [r] "=&r"(r), [sr] "=&r"(sr), [f] "=&r"(f) : [a] "r"(a), [b] "r"(b), [cr] "r"(fpcr) : "v1", "v2", "cc"); \
    *fpsr = sr; *nzcv = f >> 28; return r; }

#define FP2(i, f) VEC2(i##_h, #i " h0, h1, h2") VEC2(i##_s, #i " s0, s1, s2") VEC2(i##_d, #i " d0, d1, d2")
#define FP1(i, f) VEC1(i##_h, #i " h0, h1") VEC1(i##_s, #i " s0, s1") VEC1(i##_d, #i " d0, d1")
#define FP3(i, f) VEC2(i##_h, #i " h0, h1, h2, h3") VEC2(i##_s, #i " s0, s1, s2, s3") VEC2(i##_d, #i " d0, d1, d2, d3")
#define RINT(i, ...) FP1(i, 0)
#define RINTN(i, ...) VEC1(i##_s, #i " s0, s1") VEC1(i##_d, #i " d0, d1")
#define CVT(to, m, from, n) VEC1(fcvt_##to##_##from, "fcvt " #to "0, " #from "1")
#define TOINT1(i, w, s) TOGPR(i##_##w##_##s, #i " %" #w "[r], " #s "1", w)
#define TOINT(i, ...) TOINT1(i, w, h) TOINT1(i, w, s) TOINT1(i, w, d) TOINT1(i, x, h) TOINT1(i, x, s) TOINT1(i, x, d)
#define TOFIXED1(i, w, s, fb) TOGPR(i##_##w##_##s##_##fb, #i " %" #w "[r], " #s "1, #" #fb, w)
#define TOFIXED64(i, u, fb) TOFIXED1(i, x, h, fb) TOFIXED1(i, x, s, fb) TOFIXED1(i, x, d, fb)
#define TOFIXED(i, u, fb) TOFIXED1(i, w, h, fb) TOFIXED1(i, w, s, fb) TOFIXED1(i, w, d, fb) TOFIXED64(i, u, fb)
#define FROMINT1(i, w, s) FROMGPR(i##_##s##_##w, #i " " #s "0, %" #w "[a]")
#define FROMINT(i, u) FROMINT1(i, w, h) FROMINT1(i, w, s) FROMINT1(i, w, d) FROMINT1(i, x, h) FROMINT1(i, x, s) FROMINT1(i, x, d)
#define FROMFIXED1(i, w, s, fb) FROMGPR(i##_##s##_##w##_##fb, #i " " #s "0, %" #w "[a], #" #fb)
#define FROMFIXED64(i, u, fb) FROMFIXED1(i, x, h, fb) FROMFIXED1(i, x, s, fb) FROMFIXED1(i, x, d, fb)
#define FROMFIXED(i, u, fb) FROMFIXED1(i, w, h, fb) FROMFIXED1(i, w, s, fb) FROMFIXED1(i, w, d, fb) FROMFIXED64(i, u, fb)
#define CMP(i, e) FLAGS(i##_h, #i " h1, h2") FLAGS(i##_s, #i " s1, s2") FLAGS(i##_d, #i " d1, d2")
#define CUT "\n fmov s0, s0"     /* only the lowest element counts */
#define ONE_TEXT_fcvtxn "fcvtxn s0, d1"
#define ONE_TEXT_bfcvt "bfcvt h0, s1"
#define ONE_TEXT_fmlal "fmlal v0.2s, v1.2h, v2.2h"
#define ONE_TEXT_fmlsl "fmlsl v0.2s, v1.2h, v2.2h"
#define ONE_TEXT_bfdot "bfdot v0.2s, v1.4h, v2.4h"
#define ONE_TEXT_bfmlalb "bfmlalb v0.4s, v1.8h, v2.8h"
#define ONE(i, to, from, text, soft) VEC1(i, ONE_TEXT_##i CUT)
#define THREE(i, to, text, soft) VEC2(i, ONE_TEXT_##i CUT)
#define JS() FLAGS(fjcvtzs, "fjcvtzs %w[r], d1")
#include "ops.def"

#undef VEC1
#undef VEC2
#undef TOGPR
#undef FROMGPR
#undef FLAGS
#define VEC1(name, insn) {#name, name},
#define VEC2(name, insn) {#name, name},
#define TOGPR(name, insn, W) {#name, name},
#define FROMGPR(name, insn) {#name, name},
#define FLAGS(name, insn) {#name, name},
static const struct { const char *name; u64 (*run)(u64, u64, u64, u64, u64 *, u64 *); } table[] = {
#include "ops.def"
};

static Case in[4096];
static Answer out[4096];

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++)
            puts(table[i].name);
        return 0;
    }
    for (size_t n; (n = fread(in, sizeof(Case), 4096, stdin)) > 0; fwrite(out, sizeof(Answer), n, stdout))
        for (size_t i = 0; i < n; i++) {
            u64 fpsr = 0, nzcv = 0;
            out[i].result = table[in[i].op].run(in[i].a, in[i].b, in[i].c, in[i].fpcr, &fpsr, &nzcv);
            out[i].fpsr = (uint32_t)fpsr;
            out[i].nzcv = (uint32_t)nzcv;
        }
    return 0;
}
