/* SPDX-License-Identifier: MIT
 * Conditions over lazy flags (state.h FLAGS_*). A *test* is a condition whose kind of flags is known: one comparison of flag_a
 * with flag_b. Handlers exist for each test; forms choose one by condition_test(). */
#ifndef EMU_ISA_CONDITION_H
#define EMU_ISA_CONDITION_H

#include "arch/state.h"

/* a, b: u64. Only mi and pl depend on the width of the subtraction. */
#define TEST_eq(a, b) ((a) == (b))
#define TEST_ne(a, b) ((a) != (b))
#define TEST_cs(a, b) ((a) >= (b))
#define TEST_cc(a, b) ((a) < (b))
#define TEST_hi(a, b) ((a) > (b))
#define TEST_ls(a, b) ((a) <= (b))
#define TEST_ge(a, b) ((i64)(a) >= (i64)(b))
#define TEST_lt(a, b) ((i64)(a) < (i64)(b))
#define TEST_gt(a, b) ((i64)(a) > (i64)(b))
#define TEST_le(a, b) ((i64)(a) <= (i64)(b))
#define TEST_mi64(a, b) ((i64)((a) - (b)) < 0)
#define TEST_pl64(a, b) ((i64)((a) - (b)) >= 0)
#define TEST_mi32(a, b) ((i32)((a) - (b)) < 0)
#define TEST_pl32(a, b) ((i32)((a) - (b)) >= 0)

/* X(test, …) for each test: those that also serve FLAGS_LOGIC, where flag_b is 0; those that look at C; N of each width. */
#define FOR_SIGNED_TESTS(X, ...) X(eq, __VA_ARGS__) X(ne, __VA_ARGS__) X(ge, __VA_ARGS__) X(lt, __VA_ARGS__) \
    X(gt, __VA_ARGS__) X(le, __VA_ARGS__)
#define FOR_CARRY_TESTS(X, ...) X(cs, __VA_ARGS__) X(cc, __VA_ARGS__) X(hi, __VA_ARGS__) X(ls, __VA_ARGS__)
#define FOR_TESTS_x(X, ...) FOR_SIGNED_TESTS(X, __VA_ARGS__) FOR_CARRY_TESTS(X, __VA_ARGS__) \
    X(mi64, __VA_ARGS__) X(pl64, __VA_ARGS__)
#define FOR_TESTS_w(X, ...) FOR_SIGNED_TESTS(X, __VA_ARGS__) FOR_CARRY_TESTS(X, __VA_ARGS__) \
    X(mi32, __VA_ARGS__) X(pl32, __VA_ARGS__)
#define FOR_TESTS(X, ...) FOR_TESTS_x(X, __VA_ARGS__) X(mi32, __VA_ARGS__) X(pl32, __VA_ARGS__)

typedef enum Test {
    T_eq, T_ne, T_ge, T_lt, T_gt, T_le, T_cs, T_cc, T_hi, T_ls, T_mi64, T_pl64, T_mi32, T_pl32, TESTS,
    T_always, T_never,
    T_unknown,          /* ask at run time */
} Test;

/* A value of Translator.flags beside FLAGS_*: the kind is a FLAGS_SUB* or FLAGS_LOGIC, so that the signed tests hold. */
enum { FLAGS_SIGNED = 16 };

/* Condition codes, as in ConditionHolds. */
enum { COND_EQ, COND_NE, COND_CS, COND_CC, COND_MI, COND_PL, COND_VS, COND_VC, COND_HI, COND_LS, COND_GE, COND_LT, COND_GT,
    COND_LE, COND_AL, COND_NV };

/* The test that a condition is after a subtraction; mi, pl: of 64 bits. */
ALWAYS_INLINE Test subtraction_test(unsigned cond)
{
    static const u8 tests[16] = {T_eq, T_ne, T_cs, T_cc, T_mi64, T_pl64, T_unknown, T_unknown, T_hi, T_ls, T_ge, T_lt, T_gt,
        T_le, T_always, T_always};
    return (Test)tests[cond];
}

/* The test that a condition is where flags of a kind (FLAGS_*, FLAGS_SIGNED, -1) hold. */
static inline Test condition_test(int kind, unsigned cond)
{
    static const u8 logic[16] = {T_eq, T_ne, T_never, T_always, T_lt, T_ge, T_never, T_always, T_never, T_always, T_ge, T_lt,
        T_gt, T_le, T_always, T_always};
    Test test = subtraction_test(cond);
    switch (kind) {
    case FLAGS_SUB64:
        return test;
    case FLAGS_SUB32:
        return test == T_mi64 ? T_mi32 : test == T_pl64 ? T_pl32 : test;
    case FLAGS_LOGIC:
        return (Test)logic[cond];
    case FLAGS_SIGNED:
        return test <= T_le || test == T_always ? test : T_unknown;
    default:
        return test == T_always ? test : T_unknown;
    }
}

/* Run-time choice for one handler that serves ten tests: bit (eq | lo << 1 | lt << 2) of the mask says whether the test holds.
 * 0 where there is none. */
static inline u16 test_mask(Test test)
{
    static const u8 masks[TESTS] = {[T_eq] = 0xaa, [T_ne] = 0x55, [T_ge] = 0x0f, [T_lt] = 0xf0, [T_gt] = 0x05, [T_le] = 0xfa,
        [T_cs] = 0x33, [T_cc] = 0xcc, [T_hi] = 0x11, [T_ls] = 0xee};
    return test < TESTS ? masks[test] : 0;
}

/* How many kinds, counted from FLAGS_SUB64, a test serves: with FLAGS_LOGIC or without; none for mi, pl, vs, vc. */
static inline u8 test_kinds(Test test)
{
    return test <= T_le ? 3 : test <= T_ls ? 2 : 0;
}
_Static_assert(FLAGS_SUB64 == 1 && FLAGS_SUB32 == 2 && FLAGS_LOGIC == 3, "test_kinds counts them");

ALWAYS_INLINE bool mask_holds(u64 a, u64 b, unsigned mask)
{
    return mask >> ((unsigned)(a == b) | (unsigned)(a < b) << 1 | (unsigned)((i64)a < (i64)b) << 2) & 1;
}

#endif
