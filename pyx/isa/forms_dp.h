/* SPDX-License-Identifier: MIT
 * Data processing: how fields become operands, and which handler serves. */
#ifndef EMU_ISA_FORMS_DP_H
#define EMU_ISA_FORMS_DP_H

#include "isa/condition.h"

/* Handlers that no row of the table names: declared by reading their files with an OP that only declares. */
#pragma push_macro("OP")
#undef OP
#define OP(name, ...) Handler op_##name;
#include "isa/dp_imm.h"
#include "isa/dp_reg.h"
#include "isa/branch.h"
#include "isa/fuse.h"
#pragma pop_macro("OP")

static int emit(Translator *t, Op *op, Handler *handler)
{
    op->handler = handler;
    t->n_ops++;
    return FORM_EMITTED;
}

/* The op of the instruction before this one, where a form may rewrite it; NULL: there is none. */
static Op *previous_op(const Translator *t)
{
    return t->n_ops ? &t->ops[t->n_ops - 1] : NULL;
}

/* This instruction is now part of the previous op. */
static int fused(Translator *t)
{
    t->fused = true;
    return FORM_EMITTED;
}

static void operands(Op *op, unsigned Rd, unsigned Rn, unsigned Rm)
{
    op->d = reg_zr_dest(Rd);
    op->n = reg_zr(Rn);
    op->m = reg_zr(Rm);
}

/* -- Moves and constants, two to an op ------------------------------------------------------------------------ */
typedef struct MovePairs {
    Handler *first, *movi, *mov[2], *b, *bl;
} MovePairs;

/* What a move becomes with the move or branch after it. NULL: it is no move, or its constant must fit in 16 bits and does not. */
static const MovePairs *move_pairs(const Op *op, bool moves_constant)
{
    static const MovePairs pairs[] = {
        {op_MOVI, op_MOVI_MOVI, {op_MOVI_MOV_w, op_MOVI_MOV_x}, op_MOVI_B, op_MOVI_BL},
        {op_MOV_w, op_MOV_w_MOVI, {op_MOV_w_MOV_w, op_MOV_w_MOV_x}, op_MOV_w_B, op_MOV_w_BL},
        {op_MOV_x, op_MOV_x_MOVI, {op_MOV_x_MOV_w, op_MOV_x_MOV_x}, op_MOV_x_B, op_MOV_x_BL},
    };
    if (!op || (moves_constant && op->handler == op_MOVI && op->imm > 0xffff))
        return NULL;
    for (unsigned i = 0; i < ARRAY_LEN(pairs); i++)
        if (pairs[i].first == op->handler)
            return &pairs[i];
    return NULL;
}

/* Renames the op of a move; a constant of its own makes room for another. */
static void pair_with_constant(Op *op, Handler *handler, u64 imm)
{
    op->handler = handler;
    op->aux = (u16)op->imm;
    op->imm = imm;
}

static int emit_constant(Translator *t, Op *op, u16 d, u64 value)
{
    Op *before = previous_op(t);
    const MovePairs *pairs = move_pairs(before, true);
    if (pairs) {
        pair_with_constant(before, pairs->movi, value);
        before->a = d;
        return fused(t);
    }
    op->d = d;
    op->imm = value;
    return emit(t, op, op_MOVI);
}

/* d = m */
static int emit_move(Translator *t, Op *op, u16 d, u16 m, unsigned sf)
{
    Op *before = previous_op(t);
    const MovePairs *pairs = move_pairs(before, false);
    if (pairs) {
        before->handler = pairs->mov[sf];
        before->a = d;
        before->m = m;
        return fused(t);
    }
    op->d = d;
    op->n = m;
    return emit(t, op, sf ? op_MOV_x : op_MOV_w);
}

/* Where the previous op ends in a constant for register n: its imm. */
static u64 *previous_constant(const Translator *t, u16 n)
{
    Op *op = previous_op(t);
    if (!op)
        return NULL;
    bool single = op->handler == op_MOVI && op->d == n;
    bool second = (op->handler == op_MOVI_MOVI || op->handler == op_MOV_w_MOVI || op->handler == op_MOV_x_MOVI) && op->a == n;
    return single || second ? &op->imm : NULL;
}

static i64 adr_offset(const Fields *f)
{
    return sign_extend((u64)f->immhi << 2 | f->immlo, 21);
}

FORM(adr)
{
    return emit_constant(t, op, reg_zr_dest(f->Rd), t->pc + (u64)adr_offset(f));
}

FORM(adrp)
{
    return emit_constant(t, op, reg_zr_dest(f->Rd), (t->pc & ~(u64)0xfff) + ((u64)adr_offset(f) << 12));
}

FORM(movz)
{
    return emit_constant(t, op, reg_zr_dest(f->Rd), (u64)f->imm16 << 16 * f->hw);
}

FORM(movn)
{
    u64 value = ~((u64)f->imm16 << 16 * f->hw);
    return emit_constant(t, op, reg_zr_dest(f->Rd), f->sf ? value : (u32)value);
}

FORM(movk)
{
    unsigned shift = 16 * f->hw;
    u16 d = reg_zr_dest(f->Rd);
    u64 imm = (u64)f->imm16 << shift;
    u64 *constant = previous_constant(t, d);
    if (constant) {
        u64 value = (*constant & ~((u64)0xffff << shift)) | imm;
        *constant = f->sf ? value : (u32)value;
        return fused(t);
    }
    op->d = d;
    op->imm = imm;
    return (int)(f->sf * 2 + f->hw);
}

/* -- Add/subtract (immediate) --------------------------------------------------------------------------------- */
static u64 addsub_imm(const Fields *f)
{
    return (u64)f->imm12 << (f->sh ? 12 : 0);
}

/* d = n + imm: a constant after ADRP and the like, a move of SP or by #0, else 0 for w or 1 for x. */
static int add_constant(Translator *t, const Fields *f, Op *op, u64 imm)
{
    op->d = reg_sp(f->Rd);
    op->n = reg_sp(f->Rn);
    op->imm = imm;
    u64 *constant = previous_constant(t, op->n);
    if (constant) {
        u64 value = f->sf ? *constant + imm : (u32)(*constant + imm);
        if (op->n != op->d)
            return emit_constant(t, op, op->d, value);
        *constant = value;
        return fused(t);
    }
    if (imm == 0)
        return emit_move(t, op, op->d, op->n, f->sf);
    return emit(t, op, f->sf ? op_ADD_imm_x : op_ADD_imm_w);
}

FORM(add_imm)
{
    return add_constant(t, f, op, addsub_imm(f));
}

FORM(sub_imm)
{
    return add_constant(t, f, op, 0 - addsub_imm(f));
}

/* Flags of n - imm. */
static int compare_constant(Translator *t, const Fields *f, Op *op, u64 imm)
{
    op->d = reg_zr_dest(f->Rd);
    op->n = reg_sp(f->Rn);
    op->imm = imm;
    t->flags_after = f->sf ? FLAGS_SUB64 : FLAGS_SUB32;
    if (f->Rd == 31)
        return emit(t, op, f->sf ? op_CMP_imm_x : op_CMP_imm_w);
    return emit(t, op, f->sf ? op_SUBS_imm_x : op_SUBS_imm_w);
}

FORM(subs_imm)
{
    return compare_constant(t, f, op, addsub_imm(f));
}

/* n + imm has the flags of n - -imm, C and V too, but for imm 0: then C = V = 0, as of n & -1. */
FORM(adds_imm)
{
    u64 imm = addsub_imm(f);
    if (imm)
        return compare_constant(t, f, op, 0 - imm);
    op->d = reg_zr_dest(f->Rd);
    op->n = reg_sp(f->Rn);
    op->imm = f->sf ? ones(64) : ones(32);
    t->flags_after = FLAGS_LOGIC;
    return emit(t, op, f->sf ? op_ANDS_imm_x : op_ANDS_imm_w);
}

FORM(signed_minmax_imm)
{
    operands(op, f->Rd, f->Rn, 31);
    op->imm = (u64)sign_extend(f->imm8, 8);
    return (int)f->sf;
}

FORM(unsigned_minmax_imm)
{
    operands(op, f->Rd, f->Rn, 31);
    op->imm = f->imm8;
    return (int)f->sf;
}

/* -- Logical (immediate) ------------------------------------------------------------------------------------------ */
FORM(logic_imm)
{
    op->d = reg_sp(f->Rd);
    op->n = reg_zr(f->Rn);
    return decode_bit_masks(f->N, f->imms, f->immr, f->sf ? 64 : 32, &op->imm) ? (int)f->sf : FORM_UNDEFINED;
}

FORM(orr_imm)
{
    int variant = form_logic_imm(t, f, op);
    return variant >= 0 && f->Rn == 31 ? emit_constant(t, op, op->d, op->imm) : variant;
}

FORM(ands_imm)
{
    int variant = form_logic_imm(t, f, op);
    if (variant < 0)
        return variant;
    op->d = reg_zr_dest(f->Rd);
    t->flags_after = FLAGS_LOGIC;
    if (f->Rd == 31)
        return emit(t, op, f->sf ? op_TST_imm_x : op_TST_imm_w);
    return variant;
}

/* -- Bitfield, extract ----------------------------------------------------------------------------------------------- */
FORM(ubfm)
{
    unsigned top = f->sf ? 63 : 31;
    operands(op, f->Rd, f->Rn, 31);
    if (f->imms >= f->immr) {                           /* LSR, UXTB, UXTH, UBFX */
        op->sh = (u8)f->immr;
        op->imm = ones(f->imms - f->immr + 1);
        if (f->imms == top)
            return emit(t, op, f->sf ? op_LSR_imm_x : op_LSR_imm_w);
        return f->immr == 0 ? emit(t, op, op_AND_imm_x) : 1;
    }
    op->sh = (u8)(top + 1 - f->immr);                   /* LSL, UBFIZ */
    op->imm = ones(f->imms + 1) << op->sh;
    if (f->imms + 1 == f->immr)
        return emit(t, op, f->sf ? op_LSL_imm_x : op_LSL_imm_w);
    return 0;
}

/* SXTB, SXTH, SXTW, ASR; NULL: a field of another place or width. */
static Handler *sbfm_alias(const Fields *f)
{
    if (f->imms == (f->sf ? 63 : 31))
        return f->sf ? op_ASR_imm_x : op_ASR_imm_w;
    if (f->immr != 0)
        return NULL;
    switch (f->imms) {
    case 7:
        return f->sf ? op_SXTB_x : op_SXTB_w;
    case 15:
        return f->sf ? op_SXTH_x : op_SXTH_w;
    case 31:
        return op_SXTW_x;
    default:
        return NULL;
    }
}

FORM(sbfm)
{
    operands(op, f->Rd, f->Rn, 31);
    Handler *alias = sbfm_alias(f);
    if (alias) {
        op->sh = (u8)f->immr;
        return emit(t, op, alias);
    }
    op->sh = (u8)(63 - f->imms);
    if (f->imms >= f->immr)                             /* SBFX */
        op->sh2 = (u8)(63 - f->imms + f->immr);
    else                                                /* SBFIZ: down to bit regsize - immr */
        op->sh2 = (u8)(63 - f->imms - ((f->sf ? 64 : 32) - f->immr));
    return (int)f->sf;
}

/* BFM keeps the other bits of d, so Rd 31 reads what the sink holds: nobody sees the result. */
FORM(bfm)
{
    operands(op, f->Rd, f->Rn, 31);
    if (f->imms >= f->immr) {                           /* BFXIL */
        op->sh = (u8)f->immr;
        op->imm = ones(f->imms - f->immr + 1);
        return (int)(2 + f->sf);
    }
    op->sh = (u8)((f->sf ? 64 : 32) - f->immr);         /* BFI, BFC */
    op->imm = ones(f->imms + 1) << op->sh;
    return (int)f->sf;
}

FORM(extr)
{
    operands(op, f->Rd, f->Rn, f->Rm);
    op->sh = (u8)f->imms;
    if (f->imms == 0)
        return emit_move(t, op, op->d, op->m, f->sf);
    if (f->Rn == f->Rm)
        return emit(t, op, f->sf ? op_ROR_imm_x : op_ROR_imm_w);
    return (int)f->sf;
}

/* -- Shifted and extended registers ------------------------------------------------------------------------------------ */
/* Variants: w x w_lsl x_lsl w_lsr x_lsr w_asr x_asr w_ror x_ror; a shift by 0 is none. */
static int shifted(const Fields *f, Op *op)
{
    operands(op, f->Rd, f->Rn, f->Rm);
    op->sh = (u8)f->imm6;
    return (int)(f->sf + (f->imm6 ? 2 + 2 * f->shift : 0));
}

FORM(logic_shift)
{
    return shifted(f, op);
}

FORM(orr_shift)
{
    int variant = shifted(f, op);
    return f->Rn == 31 && f->imm6 == 0 ? emit_move(t, op, op->d, op->m, f->sf) : variant;
}

FORM(bics_shift)
{
    t->flags_after = FLAGS_LOGIC;
    return shifted(f, op);
}

FORM(ands_shift)
{
    t->flags_after = FLAGS_LOGIC;
    int variant = shifted(f, op);
    if (f->Rd == 31 && f->imm6 == 0)
        return emit(t, op, f->sf ? op_TST_reg_x : op_TST_reg_w);
    return variant;
}

FORM(addsub_shift)
{
    return shifted(f, op);
}

FORM(adds_shift)
{
    t->flags_after = f->sf ? FLAGS_ADD64 : FLAGS_ADD32;
    return shifted(f, op);
}

FORM(subs_shift)
{
    t->flags_after = f->sf ? FLAGS_SUB64 : FLAGS_SUB32;
    int variant = shifted(f, op);
    if (f->Rd == 31 && f->imm6 == 0)
        return emit(t, op, f->sf ? op_CMP_reg_x : op_CMP_reg_w);
    return variant;
}

/* Variants: w_uxtb w_uxth w_sxtb w_sxth x_uxtb x_uxth x_uxtw x_sxtb x_sxth x_sxtw. -1: as wide as the operation, a shift. */
static int extended(const Fields *f, Op *op)
{
    static const i8 variants[2][8] = {{0, 1, -1, -1, 2, 3, -1, -1}, {4, 5, 6, -1, 7, 8, 9, -1}};
    op->d = reg_sp(f->Rd);
    op->n = reg_sp(f->Rn);
    op->m = reg_zr(f->Rm);
    op->sh = (u8)f->imm3;
    return variants[f->sf][f->option];
}

/* A shift's handler: plain[sf], or lsl[sf] where it is not by 0. */
static int emit_shift(Translator *t, const Fields *f, Op *op, Handler *const plain[2], Handler *const lsl[2])
{
    return emit(t, op, f->imm3 ? lsl[f->sf] : plain[f->sf]);
}

FORM(add_ext)
{
    static Handler *const plain[2] = {op_ADD_shift_w, op_ADD_shift_x}, *const lsl[2] = {op_ADD_shift_w_lsl, op_ADD_shift_x_lsl};
    int variant = extended(f, op);
    return variant >= 0 ? variant : emit_shift(t, f, op, plain, lsl);
}

FORM(sub_ext)
{
    static Handler *const plain[2] = {op_SUB_shift_w, op_SUB_shift_x}, *const lsl[2] = {op_SUB_shift_w_lsl, op_SUB_shift_x_lsl};
    int variant = extended(f, op);
    return variant >= 0 ? variant : emit_shift(t, f, op, plain, lsl);
}

FORM(adds_ext)
{
    static Handler *const plain[2] = {op_ADDS_shift_w, op_ADDS_shift_x}, *const lsl[2] = {op_ADDS_shift_w_lsl, op_ADDS_shift_x_lsl};
    int variant = extended(f, op);
    op->d = reg_zr_dest(f->Rd);
    t->flags_after = f->sf ? FLAGS_ADD64 : FLAGS_ADD32;
    return variant >= 0 ? variant : emit_shift(t, f, op, plain, lsl);
}

FORM(subs_ext)
{
    static Handler *const plain[2] = {op_SUBS_shift_w, op_SUBS_shift_x}, *const lsl[2] = {op_SUBS_shift_w_lsl, op_SUBS_shift_x_lsl};
    int variant = extended(f, op);
    op->d = reg_zr_dest(f->Rd);
    t->flags_after = f->sf ? FLAGS_SUB64 : FLAGS_SUB32;
    return variant >= 0 ? variant : emit_shift(t, f, op, plain, lsl);
}

/* -- Carry --------------------------------------------------------------------------------------------------------------------- */
/* Variants: w_any x_any w_sub x_sub w_add64 x_add64 w_nzcv x_nzcv. */
FORM(adc)
{
    operands(op, f->Rd, f->Rn, f->Rm);
    switch (t->flags) {
    case FLAGS_SUB64: case FLAGS_SUB32:
        return (int)(2 + f->sf);
    case FLAGS_ADD64:
        return (int)(4 + f->sf);
    case FLAGS_NZCV:
        return (int)(6 + f->sf);
    default:
        return (int)f->sf;
    }
}

FORM(adcs)
{
    t->flags_after = FLAGS_NZCV;
    return form_adc(t, f, op);
}

/* -- One, two, three sources --------------------------------------------------------------------------------------------------- */
FORM(dp_2src)
{
    operands(op, f->Rd, f->Rn, f->Rm);
    return (int)f->sf;
}

FORM(dp_2src_one)
{
    operands(op, f->Rd, f->Rn, f->Rm);
    return 0;
}

FORM(dp_1src)
{
    operands(op, f->Rd, f->Rn, 31);
    return (int)f->sf;
}

FORM(dp_1src_one)
{
    operands(op, f->Rd, f->Rn, 31);
    return 0;
}

FORM(dp_3src_one)
{
    operands(op, f->Rd, f->Rn, f->Rm);
    op->a = reg_zr(f->Ra);
    return 0;
}

FORM(msub)
{
    form_dp_3src_one(t, f, op);
    return (int)f->sf;
}

FORM(madd)
{
    form_dp_3src_one(t, f, op);
    return f->Ra != 31 ? (int)f->sf : emit(t, op, f->sf ? op_MUL_x : op_MUL_w);
}

FORM(smaddl)
{
    form_dp_3src_one(t, f, op);
    return f->Ra != 31 ? 0 : emit(t, op, op_SMULL);
}

FORM(umaddl)
{
    form_dp_3src_one(t, f, op);
    return f->Ra != 31 ? 0 : emit(t, op, op_UMULL);
}

/* -- Flags ------------------------------------------------------------------------------------------------------------------------ */
FORM(flags)
{
    t->flags_after = FLAGS_NZCV;
    return 0;
}

FORM(flags_of_reg)
{
    t->flags_after = FLAGS_NZCV;
    op->n = reg_zr(f->Rn);
    op->sh = (u8)f->imm6;
    op->sh2 = (u8)f->mask;
    return 0;
}

#endif
