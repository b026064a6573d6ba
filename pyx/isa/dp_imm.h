/* SPDX-License-Identifier: MIT
 * Data processing (immediate): handlers. Immediates arrive as the instruction means them: shifted, replicated, sign-extended.
 * Subtraction of a constant is addition of its negative; all moves of constants, ADR and ADRP are MOVI. */
#ifndef EMU_ISA_DP_IMM_H
#define EMU_ISA_DP_IMM_H

#include "isa/dp_words.h"

/* -- Moves ------------------------------------------------------------------------------------------- */
OP(MOVI, Xd = IMM; NEXT;)
OP(MOV_w, Xd = Wn; NEXT;)
OP(MOV_x, Xd = Xn; NEXT;)

/* MOVK: IMM is in place already. */
OP(MOVK_w_0, Xd = (Xd & 0xffff0000) | IMM; NEXT;)
OP(MOVK_w_16, Xd = (Xd & 0x0000ffff) | IMM; NEXT;)
OP(MOVK_x_0, Xd = (Xd & ~(u64)0xffff) | IMM; NEXT;)
OP(MOVK_x_16, Xd = (Xd & ~((u64)0xffff << 16)) | IMM; NEXT;)
OP(MOVK_x_32, Xd = (Xd & ~((u64)0xffff << 32)) | IMM; NEXT;)
OP(MOVK_x_48, Xd = (Xd & ~((u64)0xffff << 48)) | IMM; NEXT;)

/* -- Add, subtract, compare ------------------------------------------------------------------------------ */
OP(ADD_imm_w, Xd = (u32)(Xn + IMM); NEXT;)
OP(ADD_imm_x, Xd = Xn + IMM; NEXT;)
OP(SUBS_imm_w, DO_SUBS_w(Xn, IMM) NEXT;)
OP(SUBS_imm_x, DO_SUBS_x(Xn, IMM) NEXT;)
OP(CMP_imm_w, DO_CMP_w(Xn, IMM) NEXT;)
OP(CMP_imm_x, DO_CMP_x(Xn, IMM) NEXT;)

OP(SMAX_imm_w, i32 n = (i32)Wn; i32 m = (i32)IMM; Xd = (u32)(n > m ? n : m); NEXT;)
OP(SMAX_imm_x, i64 n = (i64)Xn; i64 m = (i64)IMM; Xd = (u64)(n > m ? n : m); NEXT;)
OP(SMIN_imm_w, i32 n = (i32)Wn; i32 m = (i32)IMM; Xd = (u32)(n < m ? n : m); NEXT;)
OP(SMIN_imm_x, i64 n = (i64)Xn; i64 m = (i64)IMM; Xd = (u64)(n < m ? n : m); NEXT;)
OP(UMAX_imm_w, u64 n = Wn; u64 m = IMM; Xd = n > m ? n : m; NEXT;)
OP(UMAX_imm_x, u64 n = Xn; u64 m = IMM; Xd = n > m ? n : m; NEXT;)
OP(UMIN_imm_w, u64 n = Wn; u64 m = IMM; Xd = n < m ? n : m; NEXT;)
OP(UMIN_imm_x, u64 n = Xn; u64 m = IMM; Xd = n < m ? n : m; NEXT;)

/* -- Logical. A 32-bit mask has zeros above, so that AND needs no width. ------------------------------------- */
OP(AND_imm_w, Xd = Xn & IMM; NEXT;)
OP(AND_imm_x, Xd = Xn & IMM; NEXT;)
OP(ORR_imm_w, Xd = (u32)(Xn | IMM); NEXT;)
OP(ORR_imm_x, Xd = Xn | IMM; NEXT;)
OP(EOR_imm_w, Xd = (u32)(Xn ^ IMM); NEXT;)
OP(EOR_imm_x, Xd = Xn ^ IMM; NEXT;)
OP(ANDS_imm_w, DO_ANDS_w(Xn & IMM) NEXT;)
OP(ANDS_imm_x, DO_ANDS_x(Xn & IMM) NEXT;)
OP(TST_imm_w, DO_TST_w(Xn & IMM) NEXT;)
OP(TST_imm_x, DO_TST_x(Xn & IMM) NEXT;)

/* -- Bitfield ---------------------------------------------------------------------------------------------- */
OP(LSL_imm_w, Xd = Wn << SH; NEXT;)
OP(LSL_imm_x, Xd = Xn << SH; NEXT;)
OP(LSR_imm_w, Xd = Wn >> SH; NEXT;)
OP(LSR_imm_x, Xd = Xn >> SH; NEXT;)
OP(ASR_imm_w, Xd = (u32)((i32)Wn >> SH); NEXT;)
OP(ASR_imm_x, Xd = (u64)((i64)Xn >> SH); NEXT;)
OP(SXTB_w, Xd = (u32)(i8)Xn; NEXT;)
OP(SXTB_x, Xd = (u64)(i8)Xn; NEXT;)
OP(SXTH_w, Xd = (u32)(i16)Xn; NEXT;)
OP(SXTH_x, Xd = (u64)(i16)Xn; NEXT;)
OP(SXTW_x, Xd = sext32(Xn); NEXT;)
/* SH brings the field's top bit to bit 63, SH2 the field down to its place. */
OP(SBFM_w, Xd = (u32)((i64)(Xn << SH) >> SH2); NEXT;)
OP(SBFM_x, Xd = (u64)((i64)(Xn << SH) >> SH2); NEXT;)
/* IMM: ones where the field arrives. Fields of W registers end below bit 32. */
OP(UBFM_insert, Xd = Xn << SH & IMM; NEXT;)
OP(UBFM_extract, Xd = Xn >> SH & IMM; NEXT;)
OP(BFM_w_insert, Xd = (u32)((Xd & ~IMM) | (Xn << SH & IMM)); NEXT;)
OP(BFM_x_insert, Xd = (Xd & ~IMM) | (Xn << SH & IMM); NEXT;)
OP(BFM_w_extract, Xd = (u32)((Xd & ~IMM) | (Xn >> SH & IMM)); NEXT;)
OP(BFM_x_extract, Xd = (Xd & ~IMM) | (Xn >> SH & IMM); NEXT;)

/* -- Extract: SH is not 0. ------------------------------------------------------------------------------------ */
OP(EXTR_w, Xd = Wm >> SH | Wn << (32 - SH); NEXT;)
OP(EXTR_x, Xd = Xm >> SH | Xn << (64 - SH); NEXT;)
OP(ROR_imm_w, Xd = ror32(Wn, SH); NEXT;)
OP(ROR_imm_x, Xd = ror64(Xn, SH); NEXT;)

#endif
