/* SPDX-License-Identifier: MIT
 * Branches: handlers. CBZ and its kin read Rt through n; IMM of a call is the return address.
 * SH2 and SH of the handlers called _any: test_kinds() and the condition (condition.h). */
#ifndef EMU_ISA_BRANCH_H
#define EMU_ISA_BRANCH_H

#include "isa/dp_words.h"
#include "arch/pauth.h"

#define X30 (cpu->x[30])

/* -- Immediate ----------------------------------------------------------------------------------------- */
OP(B, JUMP;)
OP(BL, X30 = IMM; JUMP;)
OP(CBZ_w, BRANCH(Wn == 0);)
OP(CBZ_x, BRANCH(Xn == 0);)
OP(CBNZ_w, BRANCH(Wn != 0);)
OP(CBNZ_x, BRANCH(Xn != 0);)
OP(TBZ, BRANCH(!(Xn & IMM));)
OP(TBNZ, BRANCH(Xn & IMM);)

/* -- Conditional. Flags of a known kind: one comparison. Else the same after a look at the kind. ------------- */
#define OP_B_COND(test, name) OP(name##_##test, BRANCH(FLAGS_TEST(test));)
FOR_TESTS(OP_B_COND, B_cond)

OP(B_cond_slow, bool holds = condition_holds(cpu, SH); BRANCH(holds);)
#define OP_B_COND_ANY(test, name) OP(name##_any_##test, KNOWN_OR(op_B_cond_slow) BRANCH(FLAGS_TEST(test));)
FOR_SIGNED_TESTS(OP_B_COND_ANY, B_cond)
FOR_CARRY_TESTS(OP_B_COND_ANY, B_cond)

/* -- Register ------------------------------------------------------------------------------------------------- */
OP(BR, JUMP_TO(Xn);)
OP(BR_bti, cpu->btype = SH; JUMP_TO(Xn);)
OP(BLR, u64 target = Xn; X30 = IMM; JUMP_TO(target);)
OP(BLR_bti, u64 target = Xn; X30 = IMM; cpu->btype = SH; JUMP_TO(target);)
OP(RET, JUMP_TO(Xn);)

/* With authentication: SH2 is the key. The sink slot receives the target. */
#define AUTH_TARGET if (!pauth_auth(cpu, Xn, Xm, (PauthKey)SH2, &cpu->x[SLOT_SINK])) TAKE_EXCEPTION;
OP(BRA, AUTH_TARGET cpu->btype = SH; JUMP_TO(cpu->x[SLOT_SINK]);)
OP(BLRA, AUTH_TARGET X30 = IMM; cpu->btype = SH; JUMP_TO(cpu->x[SLOT_SINK]);)

#endif
