/* SPDX-License-Identifier: MIT
 * Loads and stores of one register, in every addressing mode: general-purpose, SIMD&FP, literal, unprivileged, prefetch.
 * Pairs are in ldst_pair.h. Compiled in three passes (op.h).
 * The order of register writes decides what is UNPREDICTABLE:
 * CHOICE(UNPREDICTABLE): a load with writeback where Rt is Rn: the register gets the written-back address.
 * CHOICE(UNPREDICTABLE): a store with writeback where Rt is Rn: the original address is stored. */
#include "arch/pauth.h"

/* Base register and offset; the registers are written after the access. TO: the load's effect with v; FROM: the value stored. */
#define LD_OFFSET(NAME, T, TO) \
    OP(NAME##_base, T v; LOAD(T, Xn + IMM, v); TO; NEXT;) \
    OP(NAME##_sp, T v; CHECK_SP; LOAD(T, SP + IMM, v); TO; NEXT;)
#define ST_OFFSET(NAME, T, FROM) \
    OP(NAME##_base, STORE(T, Xn + IMM, FROM); NEXT;) \
    OP(NAME##_sp, CHECK_SP; STORE(T, SP + IMM, FROM); NEXT;)

#define LD_POST(NAME, T, TO) \
    OP(NAME##_base, T v; u64 *base = &Xn, va = *base, next = va + IMM; LOAD(T, va, v); TO; *base = next; NEXT;) \
    OP(NAME##_sp, T v; CHECK_SP; u64 va = SP, next = va + IMM; LOAD(T, va, v); TO; SP = next; NEXT;)
#define ST_POST(NAME, T, FROM) \
    OP(NAME##_base, u64 *base = &Xn, va = *base, next = va + IMM; STORE(T, va, FROM); *base = next; NEXT;) \
    OP(NAME##_sp, CHECK_SP; u64 va = SP, next = va + IMM; STORE(T, va, FROM); SP = next; NEXT;)

#define LD_PRE(NAME, T, TO) \
    OP(NAME##_base, T v; u64 *base = &Xn, va = *base + IMM; LOAD(T, va, v); TO; *base = va; NEXT;) \
    OP(NAME##_sp, T v; CHECK_SP; u64 va = SP + IMM; LOAD(T, va, v); TO; SP = va; NEXT;)
#define ST_PRE(NAME, T, FROM) \
    OP(NAME##_base, u64 *base = &Xn, va = *base + IMM; STORE(T, va, FROM); *base = va; NEXT;) \
    OP(NAME##_sp, CHECK_SP; u64 va = SP + IMM; STORE(T, va, FROM); SP = va; NEXT;)

/* Register offset. ANY_INDEX, for base SP, finds the extension in SH2 (option) and the shift in SH. */
#define UXTW ((u64)AT(u32, op->m))
#define SXTW ((u64)(i64)AT(i32, op->m))
#define ANY_INDEX ((SH2 == 2 ? UXTW : SH2 == 6 ? SXTW : Xm) << SH)
#define EACH_INDEX(M, NAME, T, SCALE, WHAT) \
    M(NAME##_lsl0, Xn + Xm, T, WHAT) M(NAME##_lsl, Xn + (Xm << SCALE), T, WHAT) \
    M(NAME##_uxtw0, Xn + UXTW, T, WHAT) M(NAME##_uxtw, Xn + (UXTW << SCALE), T, WHAT) \
    M(NAME##_sxtw0, Xn + SXTW, T, WHAT) M(NAME##_sxtw, Xn + (SXTW << SCALE), T, WHAT)
#define LD_INDEX(NAME, VA, T, TO) OP(NAME, T v; LOAD(T, VA, v); TO; NEXT;)
#define ST_INDEX(NAME, VA, T, FROM) OP(NAME, STORE(T, VA, FROM); NEXT;)
#define LD_REG(NAME, T, SCALE, TO) \
    EACH_INDEX(LD_INDEX, NAME, T, SCALE, TO) OP(NAME##_sp, T v; CHECK_SP; LOAD(T, SP + ANY_INDEX, v); TO; NEXT;)
#define ST_REG(NAME, T, SCALE, FROM) \
    EACH_INDEX(ST_INDEX, NAME, T, SCALE, FROM) OP(NAME##_sp, CHECK_SP; STORE(T, SP + ANY_INDEX, FROM); NEXT;)

/* Every mode of one kind of access, that general-purpose and SIMD&FP registers share. */
#define LD_MODES(K, T, SCALE, TO) \
    LD_OFFSET(LD##K##_imm, T, TO) LD_OFFSET(LDU##K, T, TO) LD_POST(LD##K##_post, T, TO) LD_PRE(LD##K##_pre, T, TO) \
    LD_REG(LD##K##_reg, T, SCALE, TO)
#define ST_MODES(K, T, SCALE, FROM) \
    ST_OFFSET(ST##K##_imm, T, FROM) ST_OFFSET(STU##K, T, FROM) ST_POST(ST##K##_post, T, FROM) ST_PRE(ST##K##_pre, T, FROM) \
    ST_REG(ST##K##_reg, T, SCALE, FROM)
#define LOADS(K, T, SCALE, TO) \
    LD_MODES(K, T, SCALE, TO) OP(LDT##K, T v; CHECK_BASE; LOAD_U(T, Xn + IMM, v); TO; NEXT;)
#define STORES(K, T, SCALE) \
    ST_MODES(K, T, SCALE, (T)Xd) OP(STT##K, CHECK_BASE; STORE_U(T, Xn + IMM, (T)Xd); NEXT;)

LOADS(RB, u8, 0, Xd = v)
LOADS(RSB_x, i8, 0, Xd = (u64)(i64)v)
LOADS(RSB_w, i8, 0, Xd = (u32)v)
LOADS(RH, u16, 1, Xd = v)
LOADS(RSH_x, i16, 1, Xd = (u64)(i64)v)
LOADS(RSH_w, i16, 1, Xd = (u32)v)
LOADS(R_w, u32, 2, Xd = v)
LOADS(RSW, i32, 2, Xd = (u64)(i64)v)
LOADS(R_x, u64, 3, Xd = v)
STORES(RB, u8, 0)
STORES(RH, u16, 1)
STORES(R_w, u32, 2)
STORES(R_x, u64, 3)

/* SIMD&FP: the rest of the register becomes zero. */
#define VD_LOW(v) VQ(op->d) = vec_low(v)
LD_MODES(R_b, u8, 0, VD_LOW(v))
LD_MODES(R_h, u16, 1, VD_LOW(v))
LD_MODES(R_s, u32, 2, VD_LOW(v))
LD_MODES(R_d, u64, 3, VD_LOW(v))
LD_MODES(R_q, Vec128, 4, VQ(op->d) = v)
ST_MODES(R_b, u8, 0, Vd.b[0])
ST_MODES(R_h, u16, 1, Vd.h[0])
ST_MODES(R_s, u32, 2, Vd.s[0])
ST_MODES(R_d, u64, 3, Vd.d[0])
ST_MODES(R_q, Vec128, 4, VQ(op->d))

/* Literals: IMM is the address. */
#define LD_LITERAL(NAME, T, TO) OP(NAME, T v; LOAD(T, IMM, v); TO; NEXT;)
LD_LITERAL(LDR_w_lit, u32, Xd = v)
LD_LITERAL(LDR_x_lit, u64, Xd = v)
LD_LITERAL(LDRSW_lit, i32, Xd = (u64)(i64)v)
LD_LITERAL(LDR_s_lit, u32, VD_LOW(v))
LD_LITERAL(LDR_d_lit, u64, VD_LOW(v))
LD_LITERAL(LDR_q_lit, Vec128, VQ(op->d) = v)

/* LDRAA, LDRAB: the base is authenticated with modifier zero; the authenticated address is what writeback adds to. */
#define LD_AUTH(NAME, KEY, WBACK) \
    OP(NAME, u64 v; u64 va; CHECK_BASE; SPILL(op); \
        if (!pauth_auth(cpu, Xn, 0, KEY, &cpu->x[SLOT_SINK])) TAKE_EXCEPTION; \
        va = cpu->x[SLOT_SINK] + IMM; LOAD(u64, va, v); Xd = v; WBACK; NEXT;)
LD_AUTH(LDRAA_off, PAUTH_DA | PAUTH_COMBINED, (void)0)
LD_AUTH(LDRAB_off, PAUTH_DB | PAUTH_COMBINED, (void)0)
LD_AUTH(LDRAA_pre, PAUTH_DA | PAUTH_COMBINED, Xn = va)
LD_AUTH(LDRAB_pre, PAUTH_DB | PAUTH_COMBINED, Xn = va)
