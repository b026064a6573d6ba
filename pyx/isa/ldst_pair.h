/* SPDX-License-Identifier: MIT
 * Load pair, store pair, with and without the non-temporal hint. Compiled in three passes (op.h).
 * CHOICE(UNPREDICTABLE): LDP with Rt = Rt2: a general-purpose register gets the first element, a SIMD&FP register the second.
 * CHOICE(UNPREDICTABLE): LDP with writeback to Rt or Rt2: the register gets the address. */

#define LDP_OFFSET(NAME, T, TO) \
    OP(NAME##_base, T v0; T v1; LOAD2(T, Xn + IMM, v0, v1); TO; NEXT;) \
    OP(NAME##_sp, T v0; T v1; CHECK_SP; LOAD2(T, SP + IMM, v0, v1); TO; NEXT;)
#define LDP_POST(NAME, T, TO) \
    OP(NAME##_base, T v0; T v1; u64 *base = &Xn, va = *base, next = va + IMM; LOAD2(T, va, v0, v1); TO; *base = next; NEXT;) \
    OP(NAME##_sp, T v0; T v1; CHECK_SP; u64 va = SP, next = va + IMM; LOAD2(T, va, v0, v1); TO; SP = next; NEXT;)
#define LDP_PRE(NAME, T, TO) \
    OP(NAME##_base, T v0; T v1; u64 *base = &Xn, va = *base + IMM; LOAD2(T, va, v0, v1); TO; *base = va; NEXT;) \
    OP(NAME##_sp, T v0; T v1; CHECK_SP; u64 va = SP + IMM; LOAD2(T, va, v0, v1); TO; SP = va; NEXT;)

/* v0, v1 are read before the first byte is stored. */
#define STP_OFFSET(NAME, T, FROM) \
    OP(NAME##_base, T v0 = FROM(op->d); T v1 = FROM(op->a); STORE2(T, Xn + IMM, v0, v1); NEXT;) \
    OP(NAME##_sp, CHECK_SP; T v0 = FROM(op->d); T v1 = FROM(op->a); STORE2(T, SP + IMM, v0, v1); NEXT;)
#define STP_POST(NAME, T, FROM) \
    OP(NAME##_base, T v0 = FROM(op->d); T v1 = FROM(op->a); u64 *base = &Xn, va = *base, next = va + IMM; \
        STORE2(T, va, v0, v1); *base = next; NEXT;) \
    OP(NAME##_sp, CHECK_SP; T v0 = FROM(op->d); T v1 = FROM(op->a); u64 va = SP, next = va + IMM; \
        STORE2(T, va, v0, v1); SP = next; NEXT;)
#define STP_PRE(NAME, T, FROM) \
    OP(NAME##_base, T v0 = FROM(op->d); T v1 = FROM(op->a); u64 *base = &Xn, va = *base + IMM; \
        STORE2(T, va, v0, v1); *base = va; NEXT;) \
    OP(NAME##_sp, CHECK_SP; T v0 = FROM(op->d); T v1 = FROM(op->a); u64 va = SP + IMM; \
        STORE2(T, va, v0, v1); SP = va; NEXT;)

#define LOAD_PAIRS(K, T, TO) LDP_OFFSET(LD##K##_off, T, TO) LDP_POST(LD##K##_post, T, TO) LDP_PRE(LD##K##_pre, T, TO)
#define STORE_PAIRS(K, T, FROM) STP_OFFSET(ST##K##_off, T, FROM) STP_POST(ST##K##_post, T, FROM) STP_PRE(ST##K##_pre, T, FROM)

#define TO_X Xa = v1; Xd = v0
#define TO_X_SIGNED Xa = (u64)(i64)v1; Xd = (u64)(i64)v0
#define TO_V_LOW VQ(op->d) = vec_low(v0); VQ(op->a) = vec_low(v1)
#define TO_V VQ(op->d) = v0; VQ(op->a) = v1
#define LOW_S(offset) AT(Vreg, offset).s[0]
#define LOW_D(offset) AT(Vreg, offset).d[0]
#define FROM_X(offset) AT(u64, offset)

LOAD_PAIRS(P_w, u32, TO_X)
LOAD_PAIRS(P_x, u64, TO_X)
LOAD_PAIRS(PSW, i32, TO_X_SIGNED)
LOAD_PAIRS(P_s, u32, TO_V_LOW)
LOAD_PAIRS(P_d, u64, TO_V_LOW)
LOAD_PAIRS(P_q, Vec128, TO_V)
STORE_PAIRS(P_w, u32, (u32)FROM_X)
STORE_PAIRS(P_x, u64, FROM_X)
STORE_PAIRS(P_s, u32, LOW_S)
STORE_PAIRS(P_d, u64, LOW_D)
STORE_PAIRS(P_q, Vec128, VQ)

LDP_OFFSET(LDNP_w, u32, TO_X)
LDP_OFFSET(LDNP_x, u64, TO_X)
LDP_OFFSET(LDNP_s, u32, TO_V_LOW)
LDP_OFFSET(LDNP_d, u64, TO_V_LOW)
LDP_OFFSET(LDNP_q, Vec128, TO_V)
STP_OFFSET(STNP_w, u32, (u32)FROM_X)
STP_OFFSET(STNP_x, u64, FROM_X)
STP_OFFSET(STNP_s, u32, LOW_S)
STP_OFFSET(STNP_d, u64, LOW_D)
STP_OFFSET(STNP_q, Vec128, VQ)
