/* SPDX-License-Identifier: MIT
 * Words that handlers of several classes share: flag setters, tests of flags, selects. No handlers here. */
#ifndef EMU_ISA_DP_WORDS_H
#define EMU_ISA_DP_WORDS_H

#include "isa/op.h"
#include "isa/condition.h"
#include "arch/pseudocode.h"

/* volatile keeps the compiler from joining the two stores into one of 16 bytes, by way of vector registers: loops with a
 * comparison ran at half the speed. */
#define SET_FLAGS(kind, a, b) \
    *(volatile u64 *)&cpu->flag_a = (a); cpu->flag_b = (b); cpu->flag_kind = (kind);

/* Flag setters, apart from how they go on (fuse.h lets them go on with a branch or a select). They leave the operands of the
 * comparison in a and b. */
#define DO_CMP_w(A, B) u64 a = sext32(A), b = sext32(B); SET_FLAGS(FLAGS_SUB32, a, b)
#define DO_CMP_x(A, B) u64 a = (A), b = (B); SET_FLAGS(FLAGS_SUB64, a, b)
#define DO_SUBS_w(A, B) DO_CMP_w(A, B) Xd = (u32)(a - b);
#define DO_SUBS_x(A, B) DO_CMP_x(A, B) Xd = a - b;
#define DO_TST_w(V) u64 a = sext32(V), b = 0; SET_FLAGS(FLAGS_LOGIC, a, b)
#define DO_TST_x(V) u64 a = (V), b = 0; SET_FLAGS(FLAGS_LOGIC, a, b)
#define DO_ANDS_w(V) DO_TST_w(V) Xd = (u32)a;
#define DO_ANDS_x(V) DO_TST_x(V) Xd = a;

/* Tests of flags of a known kind, and the way out where the kind is not among SH2's (test_kinds()). */
#define FLAGS_TEST(test) TEST_##test(cpu->flag_a, cpu->flag_b)
#define KNOWN_OR(slow) if (unlikely(cpu->flag_kind - 1 >= SH2)) MUSTTAIL return slow(PASS(op));

/* Conditional select: n where the condition holds, else something of m. */
#define ELSE_CSEL(m) (m)
#define ELSE_CSINC(m) ((m) + 1)
#define ELSE_CSINV(m) (~(m))
#define ELSE_CSNEG(m) (0 - (m))
#define SELECT_w(name, cond) u64 n = Xn, m = ELSE_##name(Xm); Xd = (u32)((cond) ? n : m);
#define SELECT_x(name, cond) u64 n = Xn, m = ELSE_##name(Xm); Xd = (cond) ? n : m;

#endif
