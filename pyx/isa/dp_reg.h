/* SPDX-License-Identifier: MIT
 * Data processing (register): handlers, and the flag manipulation instructions.
 * SH2 and AUX of the handlers called _any: test_kinds() and test_mask() of their condition (condition.h); SH: the condition. */
#ifndef EMU_ISA_DP_REG_H
#define EMU_ISA_DP_REG_H

#include "isa/dp_words.h"
#include "arch/crc32.h"
#include "arch/pauth.h"

/* -- The second operand: shifted or extended ------------------------------------------------------------------ */
#define M_w_none Wm
#define M_w_lsl (Wm << SH)
#define M_w_lsr (Wm >> SH)
#define M_w_asr ((u32)((i32)Wm >> SH))
#define M_w_ror ror32(Wm, SH)
#define M_w_uxtb ((u32)(u8)Xm << SH)
#define M_w_uxth ((u32)(u16)Xm << SH)
#define M_w_sxtb ((u32)(i8)Xm << SH)
#define M_w_sxth ((u32)(i16)Xm << SH)
#define M_x_none Xm
#define M_x_lsl (Xm << SH)
#define M_x_lsr (Xm >> SH)
#define M_x_asr ((u64)((i64)Xm >> SH))
#define M_x_ror ror64(Xm, SH)
#define M_x_uxtb ((u64)(u8)Xm << SH)
#define M_x_uxth ((u64)(u16)Xm << SH)
#define M_x_uxtw ((u64)Wm << SH)
#define M_x_sxtb ((u64)(i8)Xm << SH)
#define M_x_sxth ((u64)(i16)Xm << SH)
#define M_x_sxtw (sext32(Xm) << SH)

/* What is done with the operands. OP_FAMILY stamps one meaning for each kind of second operand. */
#define DO_ADD_w(n, m) Xd = (u32)((n) + (m));
#define DO_ADD_x(n, m) Xd = (n) + (m);
#define DO_SUB_w(n, m) Xd = (u32)((n) - (m));
#define DO_SUB_x(n, m) Xd = (n) - (m);
#define DO_ADDS_w(n, m) u64 a = sext32(n), b = sext32(m); SET_FLAGS(FLAGS_ADD32, a, b) Xd = (u32)(a + b);
#define DO_ADDS_x(n, m) u64 a = (n), b = (m); SET_FLAGS(FLAGS_ADD64, a, b) Xd = a + b;
#define DO_AND_w(n, m) Xd = (u32)((n) & (m));
#define DO_AND_x(n, m) Xd = (n) & (m);
#define DO_BIC_w(n, m) Xd = (u32)((n) & ~(m));
#define DO_BIC_x(n, m) Xd = (n) & ~(m);
#define DO_ORR_w(n, m) Xd = (u32)((n) | (m));
#define DO_ORR_x(n, m) Xd = (n) | (m);
#define DO_ORN_w(n, m) Xd = (u32)((n) | ~(m));
#define DO_ORN_x(n, m) Xd = (n) | ~(m);
#define DO_EOR_w(n, m) Xd = (u32)((n) ^ (m));
#define DO_EOR_x(n, m) Xd = (n) ^ (m);
#define DO_EON_w(n, m) Xd = (u32)((n) ^ ~(m));
#define DO_EON_x(n, m) Xd = (n) ^ ~(m);
#define DO_ANDS_shift_w(n, m) DO_ANDS_w((n) & (m))
#define DO_ANDS_shift_x(n, m) DO_ANDS_x((n) & (m))
#define DO_BICS_w(n, m) DO_ANDS_w((n) & ~(m))
#define DO_BICS_x(n, m) DO_ANDS_x((n) & ~(m))

#define OP_SHIFT(name, DO, kind) \
    OP(name##_w_##kind, DO##_w(Wn, M_w_##kind) NEXT;) \
    OP(name##_x_##kind, DO##_x(Xn, M_x_##kind) NEXT;)
#define ADDSUB_SHIFTS(name, DO) \
    OP(name##_w, DO##_w(Wn, Wm) NEXT;) \
    OP(name##_x, DO##_x(Xn, Xm) NEXT;) \
    OP_SHIFT(name, DO, lsl) OP_SHIFT(name, DO, lsr) OP_SHIFT(name, DO, asr)
#define LOGIC_SHIFTS(name, DO) ADDSUB_SHIFTS(name, DO) OP_SHIFT(name, DO, ror)
#define ADDSUB_EXTENDS(name, DO) \
    OP_SHIFT(name, DO, uxtb) OP_SHIFT(name, DO, uxth) OP_SHIFT(name, DO, sxtb) OP_SHIFT(name, DO, sxth) \
    OP(name##_x_uxtw, DO##_x(Xn, M_x_uxtw) NEXT;) \
    OP(name##_x_sxtw, DO##_x(Xn, M_x_sxtw) NEXT;)

ADDSUB_SHIFTS(ADD_shift, DO_ADD)
ADDSUB_SHIFTS(SUB_shift, DO_SUB)
ADDSUB_SHIFTS(ADDS_shift, DO_ADDS)
ADDSUB_SHIFTS(SUBS_shift, DO_SUBS)
ADDSUB_EXTENDS(ADD_ext, DO_ADD)
ADDSUB_EXTENDS(SUB_ext, DO_SUB)
ADDSUB_EXTENDS(ADDS_ext, DO_ADDS)
ADDSUB_EXTENDS(SUBS_ext, DO_SUBS)
LOGIC_SHIFTS(AND_shift, DO_AND)
LOGIC_SHIFTS(BIC_shift, DO_BIC)
LOGIC_SHIFTS(ORR_shift, DO_ORR)
LOGIC_SHIFTS(ORN_shift, DO_ORN)
LOGIC_SHIFTS(EOR_shift, DO_EOR)
LOGIC_SHIFTS(EON_shift, DO_EON)
LOGIC_SHIFTS(ANDS_shift, DO_ANDS_shift)
LOGIC_SHIFTS(BICS_shift, DO_BICS)
OP(CMP_reg_w, DO_CMP_w(Xn, Xm) NEXT;)
OP(CMP_reg_x, DO_CMP_x(Xn, Xm) NEXT;)
OP(TST_reg_w, DO_TST_w(Xn & Xm) NEXT;)
OP(TST_reg_x, DO_TST_x(Xn & Xm) NEXT;)

/* -- Add, subtract with carry. How PSTATE.C is found depends on the kind of flags. ------------------------------------ */
#define CARRY_any (nzcv_read(cpu) >> 29 & 1)
#define CARRY_sub (unsigned)(cpu->flag_a >= cpu->flag_b)
#define CARRY_add64 (unsigned)(cpu->flag_a + cpu->flag_b < cpu->flag_a)
#define CARRY_nzcv ((u32)cpu->flag_a >> 29 & 1)
#define OP_CARRY(kind) \
    OP(ADC_w_##kind, unsigned c = CARRY_##kind; Xd = (u32)(Wn + Wm + c); NEXT;) \
    OP(ADC_x_##kind, unsigned c = CARRY_##kind; Xd = Xn + Xm + c; NEXT;) \
    OP(SBC_w_##kind, unsigned c = CARRY_##kind; Xd = (u32)(Wn + ~Wm + c); NEXT;) \
    OP(SBC_x_##kind, unsigned c = CARRY_##kind; Xd = Xn + ~Xm + c; NEXT;)
#define OP_CARRY_S(kind) \
    OP(ADCS_w_##kind, u32 f; u64 r = add_with_carry_32(Wn, Wm, CARRY_##kind, &f); nzcv_write(cpu, f); Xd = r; NEXT;) \
    OP(ADCS_x_##kind, u32 f; u64 r = add_with_carry_64(Xn, Xm, CARRY_##kind, &f); nzcv_write(cpu, f); Xd = r; NEXT;) \
    OP(SBCS_w_##kind, u32 f; u64 r = add_with_carry_32(Wn, ~Wm, CARRY_##kind, &f); nzcv_write(cpu, f); Xd = r; NEXT;) \
    OP(SBCS_x_##kind, u32 f; u64 r = add_with_carry_64(Xn, ~Xm, CARRY_##kind, &f); nzcv_write(cpu, f); Xd = r; NEXT;)
OP_CARRY(any) OP_CARRY(sub) OP_CARRY(add64) OP_CARRY(nzcv)
OP_CARRY_S(any) OP_CARRY_S(sub) OP_CARRY_S(add64) OP_CARRY_S(nzcv)

/* -- Two sources ------------------------------------------------------------------------------------------------------- */
OP(UDIV_w, Xd = divide_u32(Wn, Wm); NEXT;)
OP(UDIV_x, Xd = divide_u64(Xn, Xm); NEXT;)
OP(SDIV_w, Xd = divide_s32(Wn, Wm); NEXT;)
OP(SDIV_x, Xd = divide_s64(Xn, Xm); NEXT;)
OP(LSLV_w, Xd = Wn << (Wm & 31); NEXT;)
OP(LSLV_x, Xd = Xn << (Xm & 63); NEXT;)
OP(LSRV_w, Xd = Wn >> (Wm & 31); NEXT;)
OP(LSRV_x, Xd = Xn >> (Xm & 63); NEXT;)
OP(ASRV_w, Xd = (u32)((i32)Wn >> (Wm & 31)); NEXT;)
OP(ASRV_x, Xd = (u64)((i64)Xn >> (Xm & 63)); NEXT;)
OP(RORV_w, Xd = ror32(Wn, Wm & 31); NEXT;)
OP(RORV_x, Xd = ror64(Xn, Xm & 63); NEXT;)

OP(SMAX_reg_w, i32 n = (i32)Wn; i32 m = (i32)Wm; Xd = (u32)(n > m ? n : m); NEXT;)
OP(SMAX_reg_x, i64 n = (i64)Xn; i64 m = (i64)Xm; Xd = (u64)(n > m ? n : m); NEXT;)
OP(SMIN_reg_w, i32 n = (i32)Wn; i32 m = (i32)Wm; Xd = (u32)(n < m ? n : m); NEXT;)
OP(SMIN_reg_x, i64 n = (i64)Xn; i64 m = (i64)Xm; Xd = (u64)(n < m ? n : m); NEXT;)
OP(UMAX_reg_w, u32 n = Wn; u32 m = Wm; Xd = n > m ? n : m; NEXT;)
OP(UMAX_reg_x, u64 n = Xn; u64 m = Xm; Xd = n > m ? n : m; NEXT;)
OP(UMIN_reg_w, u32 n = Wn; u32 m = Wm; Xd = n < m ? n : m; NEXT;)
OP(UMIN_reg_x, u64 n = Xn; u64 m = Xm; Xd = n < m ? n : m; NEXT;)

OP(CRC32B, Xd = crc32_ieee(Wn, (u8)Xm, 1); NEXT;)
OP(CRC32H, Xd = crc32_ieee(Wn, (u16)Xm, 2); NEXT;)
OP(CRC32W, Xd = crc32_ieee(Wn, Wm, 4); NEXT;)
OP(CRC32X, Xd = crc32_ieee(Wn, Xm, 8); NEXT;)
OP(CRC32CB, Xd = crc32_castagnoli(Wn, (u8)Xm, 1); NEXT;)
OP(CRC32CH, Xd = crc32_castagnoli(Wn, (u16)Xm, 2); NEXT;)
OP(CRC32CW, Xd = crc32_castagnoli(Wn, Wm, 4); NEXT;)
OP(CRC32CX, Xd = crc32_castagnoli(Wn, Xm, 8); NEXT;)

/* -- One source -------------------------------------------------------------------------------------------------------- */
OP(RBIT_w, Xd = reverse_bits_64(Xn) >> 32; NEXT;)
OP(RBIT_x, Xd = reverse_bits_64(Xn); NEXT;)
OP(REV16_w, Xd = (u32)reverse_bytes_16(Xn); NEXT;)
OP(REV16_x, Xd = reverse_bytes_16(Xn); NEXT;)
OP(REV_w, Xd = __builtin_bswap32(Wn); NEXT;)
OP(REV32, Xd = reverse_bytes_32(Xn); NEXT;)
OP(REV_x, Xd = __builtin_bswap64(Xn); NEXT;)
OP(CLZ_w, Xd = count_leading_zeros_32(Wn); NEXT;)
OP(CLZ_x, Xd = count_leading_zeros_64(Xn); NEXT;)
OP(CLS_w, Xd = count_leading_signs_32(Wn); NEXT;)
OP(CLS_x, Xd = count_leading_signs_64(Xn); NEXT;)
OP(CTZ_w, Xd = Wn ? (u64)__builtin_ctz(Wn) : 32; NEXT;)
OP(CTZ_x, Xd = Xn ? (u64)__builtin_ctzll(Xn) : 64; NEXT;)
OP(CNT_w, Xd = bit_count_64(Wn); NEXT;)
OP(CNT_x, Xd = bit_count_64(Xn); NEXT;)
OP(ABS_w, u32 n = Wn; Xd = (i32)n < 0 ? 0 - n : n; NEXT;)
OP(ABS_x, u64 n = Xn; Xd = (i64)n < 0 ? 0 - n : n; NEXT;)

/* -- Three sources ------------------------------------------------------------------------------------------------------- */
OP(MADD_w, Xd = (u32)(Wa + Wn * Wm); NEXT;)
OP(MADD_x, Xd = Xa + Xn * Xm; NEXT;)
OP(MSUB_w, Xd = (u32)(Wa - Wn * Wm); NEXT;)
OP(MSUB_x, Xd = Xa - Xn * Xm; NEXT;)
OP(MUL_w, Xd = (u32)(Wn * Wm); NEXT;)
OP(MUL_x, Xd = Xn * Xm; NEXT;)
OP(SMADDL, Xd = Xa + sext32(Xn) * sext32(Xm); NEXT;)
OP(SMSUBL, Xd = Xa - sext32(Xn) * sext32(Xm); NEXT;)
OP(SMULL, Xd = sext32(Xn) * sext32(Xm); NEXT;)
OP(UMADDL, Xd = Xa + (u64)Wn * Wm; NEXT;)
OP(UMSUBL, Xd = Xa - (u64)Wn * Wm; NEXT;)
OP(UMULL, Xd = (u64)Wn * Wm; NEXT;)
OP(SMULH, Xd = (u64)((i128)(i64)Xn * (i64)Xm >> 64); NEXT;)
OP(UMULH, Xd = (u64)((u128)Xn * Xm >> 64); NEXT;)

/* -- Conditional select: n where the test holds, else MS of m --------------------------------------------------------------- */
#define OP_SELECT(test, name) \
    OP(name##_w_##test, SELECT_w(name, FLAGS_TEST(test)) NEXT;) \
    OP(name##_x_##test, SELECT_x(name, FLAGS_TEST(test)) NEXT;)
FOR_TESTS(OP_SELECT, CSEL)
FOR_TESTS(OP_SELECT, CSINC)
FOR_TESTS(OP_SELECT, CSINV)
FOR_TESTS(OP_SELECT, CSNEG)
#define OP_CSET(test, name) OP(name##_##test, Xd = FLAGS_TEST(test); NEXT;)
FOR_TESTS(OP_CSET, CSET)

/* Flags of a kind that only shows at run time: one mask where it is a subtraction, as most are; else asked for. */
#define OP_SELECT_ANY(name) \
    COLD Handler op_##name##_w_slow, op_##name##_x_slow; \
    OP(name##_w_slow, SELECT_w(name, condition_holds(cpu, SH)) NEXT;) \
    OP(name##_x_slow, SELECT_x(name, condition_holds(cpu, SH)) NEXT;) \
    OP(name##_w_any, KNOWN_OR(op_##name##_w_slow) SELECT_w(name, mask_holds(cpu->flag_a, cpu->flag_b, AUX)) NEXT;) \
    OP(name##_x_any, KNOWN_OR(op_##name##_x_slow) SELECT_x(name, mask_holds(cpu->flag_a, cpu->flag_b, AUX)) NEXT;)
OP_SELECT_ANY(CSEL)
OP_SELECT_ANY(CSINC)
OP_SELECT_ANY(CSINV)
OP_SELECT_ANY(CSNEG)

/* -- Conditional compare ------------------------------------------------------------------------------------------------------
 * Where the condition fails, NZCV is a constant: the form gives flags whose value it is (IMM, SH2: operands, AUX: kind).
 * imm5, signed (CCMN of a constant is CCMP of its negative), stands in SH. The _slow handlers: the condition stands in a. */
#define ELSE_FLAGS SET_FLAGS(AUX, IMM, (u64)(i8)SH2)
#define CCMP(cond, kind, A, B) if (cond) { SET_FLAGS(kind, A, B) } else { ELSE_FLAGS }
#define OP_CCMP(test, name) \
    OP(name##_reg_w_##test, CCMP(FLAGS_TEST(test), FLAGS_SUB32, sext32(Xn), sext32(Xm)) NEXT;) \
    OP(name##_reg_x_##test, CCMP(FLAGS_TEST(test), FLAGS_SUB64, Xn, Xm) NEXT;) \
    OP(name##_imm_w_##test, CCMP(FLAGS_TEST(test), FLAGS_SUB32, sext32(Xn), (u64)(i8)SH) NEXT;) \
    OP(name##_imm_x_##test, CCMP(FLAGS_TEST(test), FLAGS_SUB64, Xn, (u64)(i8)SH) NEXT;)
FOR_TESTS(OP_CCMP, CCMP)
OP(CCMP_reg_w_slow, CCMP(condition_holds(cpu, op->a), FLAGS_SUB32, sext32(Xn), sext32(Xm)) NEXT;)
OP(CCMP_reg_x_slow, CCMP(condition_holds(cpu, op->a), FLAGS_SUB64, Xn, Xm) NEXT;)
OP(CCMP_imm_w_slow, CCMP(condition_holds(cpu, op->a), FLAGS_SUB32, sext32(Xn), (u64)(i8)SH) NEXT;)
OP(CCMP_imm_x_slow, CCMP(condition_holds(cpu, op->a), FLAGS_SUB64, Xn, (u64)(i8)SH) NEXT;)
OP(CCMN_reg_w_slow, CCMP(condition_holds(cpu, op->a), FLAGS_ADD32, sext32(Xn), sext32(Xm)) NEXT;)
OP(CCMN_reg_x_slow, CCMP(condition_holds(cpu, op->a), FLAGS_ADD64, Xn, Xm) NEXT;)

/* -- Flag manipulation --------------------------------------------------------------------------------------------------------- */
OP(RMIF, u32 bits = (u32)(ror64(Xn, SH) & SH2) << 28; u32 mask = (u32)SH2 << 28;
    nzcv_write(cpu, (nzcv_read(cpu) & ~mask) | bits); NEXT;)
OP(SETF8, u32 n = Wn;
    nzcv_write(cpu, nzcv_pack(n >> 7 & 1, (u8)n == 0, nzcv_read(cpu) & NZCV_C, (n >> 8 ^ n >> 7) & 1)); NEXT;)
OP(SETF16, u32 n = Wn;
    nzcv_write(cpu, nzcv_pack(n >> 15 & 1, (u16)n == 0, nzcv_read(cpu) & NZCV_C, (n >> 16 ^ n >> 15) & 1)); NEXT;)
OP(CFINV, nzcv_write(cpu, nzcv_read(cpu) ^ NZCV_C); NEXT;)
OP(XAFLAG, u32 f = nzcv_read(cpu); bool z = f & NZCV_Z; bool c = f & NZCV_C;
    nzcv_write(cpu, nzcv_pack(!c && !z, z && c, c || z, !c && z)); NEXT;)
OP(AXFLAG, u32 f = nzcv_read(cpu); bool z = f & NZCV_Z; bool c = f & NZCV_C; bool v = f & NZCV_V;
    nzcv_write(cpu, nzcv_pack(false, z || v, c && !v, false)); NEXT;)

/* -- Pointer authentication: SH is the PauthKey, Xa reads what Xd writes. --------------------------------------------------------- */
OP(PAC, Xd = pauth_add(cpu, Xa, Xn, (PauthKey)SH); NEXT;)
OP(AUT, if (!pauth_auth(cpu, Xa, Xn, (PauthKey)SH, &Xd)) TAKE_EXCEPTION; NEXT;)
OP(XPAC, Xd = pauth_strip(cpu, Xa, SH); NEXT;)
OP(PACGA, Xd = pauth_generic(cpu, Xn, Xm); NEXT;)

#endif
