/* SPDX-License-Identifier: MIT
 * Pairs that compilers emit, as one op: a comparison and the branch or select after it, moves and the move or branch after them.
 * None can fault between its halves, so the state is exact at each exit; flags are set as ever. Forms make them by renaming the op
 * of the first half. */
#ifndef EMU_ISA_FUSE_H
#define EMU_ISA_FUSE_H

#include "isa/dp_words.h"

/* -- Compare and branch: n, m, IMM, d are the comparison's. ------------------------------------------------------ */
#define OP_CMP_BRANCH(test, name, ...) OP(name##_B_##test, __VA_ARGS__ BRANCH(TEST_##test(a, b));)
FOR_TESTS_w(OP_CMP_BRANCH, CMP_imm_w, DO_CMP_w(Xn, IMM))
FOR_TESTS_x(OP_CMP_BRANCH, CMP_imm_x, DO_CMP_x(Xn, IMM))
FOR_TESTS_w(OP_CMP_BRANCH, CMP_reg_w, DO_CMP_w(Xn, Xm))
FOR_TESTS_x(OP_CMP_BRANCH, CMP_reg_x, DO_CMP_x(Xn, Xm))
FOR_TESTS_w(OP_CMP_BRANCH, SUBS_imm_w, DO_SUBS_w(Xn, IMM))
FOR_TESTS_x(OP_CMP_BRANCH, SUBS_imm_x, DO_SUBS_x(Xn, IMM))
FOR_TESTS_w(OP_CMP_BRANCH, SUBS_shift_w, DO_SUBS_w(Xn, Xm))
FOR_TESTS_x(OP_CMP_BRANCH, SUBS_shift_x, DO_SUBS_x(Xn, Xm))
FOR_SIGNED_TESTS(OP_CMP_BRANCH, TST_imm_w, DO_TST_w(Xn & IMM))
FOR_SIGNED_TESTS(OP_CMP_BRANCH, TST_imm_x, DO_TST_x(Xn & IMM))
FOR_SIGNED_TESTS(OP_CMP_BRANCH, TST_reg_w, DO_TST_w(Xn & Xm))
FOR_SIGNED_TESTS(OP_CMP_BRANCH, TST_reg_x, DO_TST_x(Xn & Xm))

/* -- Compare and select: d, n, m are the select's; a and IMM, or a and AUX, the comparison's. ---------------------- */
#define X_AUX AT(u64, AUX)
#define OP_CMP_SELECT(test, name, ...) \
    OP(name##_CSEL_w_##test, __VA_ARGS__ SELECT_w(CSEL, TEST_##test(a, b)) NEXT;) \
    OP(name##_CSEL_x_##test, __VA_ARGS__ SELECT_x(CSEL, TEST_##test(a, b)) NEXT;) \
    OP(name##_CSET_##test, __VA_ARGS__ Xd = TEST_##test(a, b); NEXT;)
FOR_TESTS_w(OP_CMP_SELECT, CMP_imm_w, DO_CMP_w(Xa, IMM))
FOR_TESTS_x(OP_CMP_SELECT, CMP_imm_x, DO_CMP_x(Xa, IMM))
FOR_TESTS_w(OP_CMP_SELECT, CMP_reg_w, DO_CMP_w(Xa, X_AUX))
FOR_TESTS_x(OP_CMP_SELECT, CMP_reg_x, DO_CMP_x(Xa, X_AUX))

/* -- Move and move, move and branch: d, n are the first move's, a, m the second's. IMM is the second constant, or the address that
 * BL returns to; the constant before it is below 2^16 and stands in AUX. ---------------------------------------------- */
OP(MOVI_MOVI, Xd = AUX; Xa = IMM; NEXT;)
OP(MOVI_MOV_w, Xd = IMM; Xa = Wm; NEXT;)
OP(MOVI_MOV_x, Xd = IMM; Xa = Xm; NEXT;)
OP(MOVI_B, Xd = AUX; JUMP;)
OP(MOVI_BL, Xd = AUX; cpu->x[30] = IMM; JUMP;)
#define OP_MOVE_PAIRS(first, N) \
    OP(first##_MOVI, Xd = N; Xa = IMM; NEXT;) \
    OP(first##_MOV_w, Xd = N; Xa = Wm; NEXT;) \
    OP(first##_MOV_x, Xd = N; Xa = Xm; NEXT;) \
    OP(first##_B, Xd = N; JUMP;) \
    OP(first##_BL, Xd = N; cpu->x[30] = IMM; JUMP;)
OP_MOVE_PAIRS(MOV_w, Wn)
OP_MOVE_PAIRS(MOV_x, Xn)

#endif
