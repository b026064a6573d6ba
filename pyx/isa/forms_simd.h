/* SPDX-License-Identifier: MIT
 * Forms of Advanced SIMD integer instructions: fields to operands. Variants are arrangements, in the order
 * 8b 16b 4h 8h 2s 4s (1d) 2d, or b h s d; forms of fewer sizes start at their first. */
#ifndef EMU_ISA_FORMS_SIMD_H
#define EMU_ISA_FORMS_SIMD_H

#include "arch/host_x86.h"
#include "isa/translate.h"

/* Index among 8b 16b 4h 8h 2s 4s 2d. */
ALWAYS_INLINE int arrangement(unsigned size, unsigned Q) { return size == 3 ? 6 : (int)(2 * size + Q); }

/* Offset of element `index` of 8 << size bits. */
ALWAYS_INLINE u16 reg_elem(unsigned r, unsigned size, unsigned index) { return (u16)(reg_v(r) + (index << size)); }

ALWAYS_INLINE void simd_dn(Op *op, unsigned Rd, unsigned Rn)
{
    op->d = reg_v(Rd);
    op->n = reg_v(Rn);
}

ALWAYS_INLINE void simd_dnm(Op *op, unsigned Rd, unsigned Rn, unsigned Rm)
{
    simd_dn(op, Rd, Rn);
    op->m = reg_v(Rm);
}

/* -- Three registers ------------------------------------------------------------------------------------ */
FORM(v3_bhsd) { simd_dnm(op, f->Rd, f->Rn, f->Rm); return arrangement(f->size, f->Q); }
FORM(v3_bhs) { simd_dnm(op, f->Rd, f->Rn, f->Rm); return arrangement(f->size, f->Q); }
FORM(v3_hs) { simd_dnm(op, f->Rd, f->Rn, f->Rm); return arrangement(f->size, f->Q) - 2; }
FORM(v3_b) { simd_dnm(op, f->Rd, f->Rn, f->Rm); return (int)f->Q; }
FORM(v3_s) { simd_dnm(op, f->Rd, f->Rn, f->Rm); return (int)f->Q; }
FORM(v3_4s) { simd_dnm(op, f->Rd, f->Rn, f->Rm); return 0; }
FORM(s3_bhsd) { simd_dnm(op, f->Rd, f->Rn, f->Rm); return (int)f->size; }
FORM(s3_hs) { simd_dnm(op, f->Rd, f->Rn, f->Rm); return (int)f->size - 1; }
FORM(s3_d) { simd_dnm(op, f->Rd, f->Rn, f->Rm); return 0; }

/* Different sizes: the second halves ("2" instructions) are read at, or written to, offset 8. */
static void simd_long(const Fields *f, Op *op)
{
    simd_dnm(op, f->Rd, f->Rn, f->Rm);
    op->n = (u16)(op->n + 8 * f->Q);
    op->m = (u16)(op->m + 8 * f->Q);
}

FORM(long3_bhs) { simd_long(f, op); return (int)f->size; }
FORM(long3_hs) { simd_long(f, op); return (int)f->size - 1; }
FORM(long3_8h) { simd_long(f, op); return 0; }
FORM(long3_1q) { simd_long(f, op); return 0; }
FORM(long3_s_hs) { simd_dnm(op, f->Rd, f->Rn, f->Rm); return (int)f->size - 1; }

FORM(wide3)
{
   
    simd_dnm(op, f->Rd, f->Rn, f->Rm);
    op->m = (u16)(op->m + 8 * f->Q);
    return (int)f->size;
}

FORM(narrow3)
{
   
    simd_dnm(op, f->Rd, f->Rn, f->Rm);
    op->d = (u16)(op->d + 8 * f->Q);
    return arrangement(f->size, f->Q);
}

/* -- Two registers ------------------------------------------------------------------------------------------ */
FORM(v2_bhsd) { simd_dn(op, f->Rd, f->Rn); return arrangement(f->size, f->Q); }
FORM(v2_bhs) { simd_dn(op, f->Rd, f->Rn); return arrangement(f->size, f->Q); }
FORM(v2_bh) { simd_dn(op, f->Rd, f->Rn); return arrangement(f->size, f->Q); }
FORM(v2_b) { simd_dn(op, f->Rd, f->Rn); return (int)f->Q; }
FORM(v2_s) { simd_dn(op, f->Rd, f->Rn); return (int)f->Q; }
FORM(s2_bhsd) { simd_dn(op, f->Rd, f->Rn); return (int)f->size; }
FORM(s2_d) { simd_dn(op, f->Rd, f->Rn); return 0; }
FORM(pairs) { simd_dn(op, f->Rd, f->Rn); return (int)(2 * f->size + f->Q); }
FORM(across) { simd_dn(op, f->Rd, f->Rn); return f->size == 2 ? 4 : (int)(2 * f->size + f->Q); }

FORM(narrow2)
{
   
    simd_dn(op, f->Rd, f->Rn);
    op->d = (u16)(op->d + 8 * f->Q);
    return arrangement(f->size, f->Q);
}

FORM(narrow2_s) { simd_dn(op, f->Rd, f->Rn); return (int)f->size; }

FORM(long2)
{
   
    simd_dn(op, f->Rd, f->Rn);
    op->n = (u16)(op->n + 8 * f->Q);
    return (int)f->size;
}

/* -- Shift by immediate: immh:immb is 2 * esize - shift to the right, esize + shift to the left. SH of right shifts is less one -- */
ALWAYS_INLINE unsigned shift_size(const Fields *f) { return 31u - (unsigned)__builtin_clz((u32)f->immh); }
ALWAYS_INLINE unsigned shift_imm(const Fields *f) { return (unsigned)(f->immh << 3 | f->immb); }
ALWAYS_INLINE u8 shift_left(const Fields *f) { return (u8)(shift_imm(f) - (8u << shift_size(f))); }
ALWAYS_INLINE u8 shift_right(const Fields *f) { return (u8)((16u << shift_size(f)) - shift_imm(f) - 1); }

static int simd_shift(const Fields *f, Op *op, u8 shift)
{
    simd_dn(op, f->Rd, f->Rn);
    op->sh = shift;
    return (int)shift_size(f);
}

FORM(shr_v) { return arrangement((unsigned)simd_shift(f, op, shift_right(f)), f->Q); }
FORM(shr_d) { simd_shift(f, op, shift_right(f)); return 0; }
FORM(shl_v) { return arrangement((unsigned)simd_shift(f, op, shift_left(f)), f->Q); }
FORM(shl_s) { return simd_shift(f, op, shift_left(f)); }
FORM(shl_d) { simd_shift(f, op, shift_left(f)); return 0; }
FORM(shr_narrow_s) { return simd_shift(f, op, shift_right(f)); }

FORM(shr_narrow)
{
   
    int size = simd_shift(f, op, shift_right(f));
    op->d = (u16)(op->d + 8 * f->Q);
    return arrangement((unsigned)size, f->Q);
}

FORM(shl_long)
{
   
    int size = simd_shift(f, op, shift_left(f));
    op->n = (u16)(op->n + 8 * f->Q);
    return size;
}

/* -- By element: halfwords are H:L:M of V0-V15, words H:L of M:Rm -------------------------------------------------------------- */
static int simd_elem(const Fields *f, Op *op)
{
    simd_dn(op, f->Rd, f->Rn);
    if (f->size == 1)
        op->m = reg_elem(f->Rm, 1, (unsigned)(f->H << 2 | f->L << 1 | f->M));
    else
        op->m = reg_elem((unsigned)(f->M << 4 | f->Rm), 2, (unsigned)(f->H << 1 | f->L));
    return (int)f->size - 1;
}

FORM(elem_hs) { return 2 * simd_elem(f, op) + (int)f->Q; }
FORM(elem_s_hs) { return simd_elem(f, op); }
FORM(elem_long_s_hs) { return simd_elem(f, op); }

FORM(elem_long_hs)
{
   
    int variant = simd_elem(f, op);
    op->n = (u16)(op->n + 8 * f->Q);
    return variant;
}

/* Groups of four bytes, whatever size says. */
FORM(elem_dot)
{
   
    simd_dn(op, f->Rd, f->Rn);
    op->m = reg_elem((unsigned)(f->M << 4 | f->Rm), 2, (unsigned)(f->H << 1 | f->L));
    return (int)f->Q;
}

/* -- Copy: the lowest 1 of imm5 says the size, the bits above it the index ---------------------------------------------------------- */
ALWAYS_INLINE unsigned copy_size(const Fields *f) { return (unsigned)__builtin_ctz((u32)f->imm5); }
ALWAYS_INLINE u16 copy_elem(const Fields *f, unsigned r) { return reg_elem(r, copy_size(f), (unsigned)(f->imm5 >> (copy_size(f) + 1))); }

FORM(dup_elem)
{
   
    op->d = reg_v(f->Rd);
    op->n = copy_elem(f, f->Rn);
    return arrangement(copy_size(f), f->Q);
}

FORM(dup_s)
{
   
    op->d = reg_v(f->Rd);
    op->n = copy_elem(f, f->Rn);
    return (int)copy_size(f);
}

FORM(dup_gen)
{
   
    op->d = reg_v(f->Rd);
    op->n = reg_zr(f->Rn);
    return arrangement(copy_size(f), f->Q);
}

FORM(ins_gen)
{
   
    op->d = copy_elem(f, f->Rd);
    op->n = reg_zr(f->Rn);
    return (int)copy_size(f);
}

/* imm4 is the index in units of bytes; its bits below the size are ignored. */
FORM(ins_elem)
{
   
    op->d = copy_elem(f, f->Rd);
    op->n = reg_elem(f->Rn, copy_size(f), (unsigned)(f->imm4 >> copy_size(f)));
    return (int)copy_size(f);
}

FORM(umov)
{
   
    op->d = reg_zr_dest(f->Rd);
    op->n = copy_elem(f, f->Rn);
    return (int)copy_size(f);
}

FORM(smov)
{
   
    op->d = reg_zr_dest(f->Rd);
    op->n = copy_elem(f, f->Rn);
    return (int)(2 * f->Q + copy_size(f));
}

/* -- Modified immediate --------------------------------------------------------------------------------------------------------------- */
/* VFPExpandImm: imm8 = sign, exponent high bit inverted, its next bit repeated, two bits, and four bits of fraction. */
ALWAYS_INLINE u64 vfp_expand_imm(unsigned imm8, unsigned exponent_bits, unsigned fraction_bits)
{
    u64 sign = imm8 >> 7, b6 = imm8 >> 6 & 1, repeated = b6 ? ((u64)1 << (exponent_bits - 3)) - 1 : 0;
    u64 exponent = (b6 ^ 1) << (exponent_bits - 1) | repeated << 2 | (imm8 >> 4 & 3);
    return (sign << exponent_bits | exponent) << fraction_bits | (u64)(imm8 & 15) << (fraction_bits - 4);
}

/* Each bit of imm8 as a byte of zeros or ones. */
static u64 expand_bytes(unsigned imm8)
{
    u64 v = 0;
    for (unsigned i = 0; i < 8; i++)
        v |= (imm8 >> i & 1 ? (u64)0xff : 0) << (8 * i);
    return v;
}

/* AdvSIMDExpandImm */
static u64 simd_expand_imm(unsigned cmode, unsigned is_op, u64 imm8)
{
    const u64 words = 0x0000000100000001, halves = 0x0001000100010001, bytes = 0x0101010101010101;
    switch (cmode >> 1) {
    case 0: case 1: case 2: case 3: return words * (imm8 << (8 * (cmode >> 1)));
    case 4: case 5: return halves * (imm8 << (8 * (cmode >> 1 & 1)));
    case 6: return words * (cmode & 1 ? imm8 << 16 | 0xffff : imm8 << 8 | 0xff);
    default: break;
    }
    if (cmode == 14)
        return is_op ? expand_bytes((unsigned)imm8) : bytes * imm8;
    return is_op ? vfp_expand_imm((unsigned)imm8, 11, 52) : words * vfp_expand_imm((unsigned)imm8, 8, 23);
}

static int simd_imm(const Fields *f, Op *op, unsigned is_op, u64 invert)
{
    op->d = reg_v(f->Rd);
    op->imm = simd_expand_imm(f->cmode, is_op, (u64)(f->abc << 5 | f->defgh)) ^ invert;
    return (int)f->Q;
}

FORM(imm_plain) { return simd_imm(f, op, 0, 0); }
FORM(imm_inverted) { return simd_imm(f, op, 0, ~(u64)0); }
FORM(imm_64) { return simd_imm(f, op, 1, 0); }

FORM(imm_half)
{
   
    op->d = reg_v(f->Rd);
    op->imm = 0x0001000100010001 * vfp_expand_imm((unsigned)(f->abc << 5 | f->defgh), 5, 10);
    return (int)f->Q;
}

/* -- Extract, permute, table lookup ------------------------------------------------------------------------------------ */
FORM(ext)
{
   
    bool upper = f->imm4 & 8;
    op->d = reg_v(f->Rd);
    op->sh = (u8)(f->imm4 % 8 * 8);
    u16 n = reg_v(f->Rn), m = reg_v(f->Rm);
    u16 double_words[4] = { n, f->Q ? (u16)(n + 8) : m, m, (u16)(m + 8) };
    op->n = double_words[upper];
    op->m = double_words[upper + 1];
    op->a = double_words[upper + 2];
    return (int)f->Q + (op->sh ? 0 : 2);
}

FORM(zip) { simd_dnm(op, f->Rd, f->Rn, f->Rm); return arrangement(f->size, f->Q); }

static int simd_table(const Fields *f, Op *op)
{
    simd_dnm(op, f->Rd, f->Rn, f->Rm);
    op->a = reg_v((f->Rn + 1) % 32);
    op->aux = reg_v((f->Rn + 2) % 32);
    op->imm = reg_v((f->Rn + 3) % 32);
    return (int)(2 * f->len + f->Q);
}

#if HOST_X86
#define HOST_VARIANTS(NAME) { op_host_##NAME##_1_8b, op_host_##NAME##_1_16b, op_host_##NAME##_2_8b, op_host_##NAME##_2_16b, \
    op_host_##NAME##_3_8b, op_host_##NAME##_3_16b, op_host_##NAME##_4_8b, op_host_##NAME##_4_16b }
extern Handler op_host_TBL_v_1_8b, op_host_TBL_v_1_16b, op_host_TBL_v_2_8b, op_host_TBL_v_2_16b, op_host_TBL_v_3_8b,
    op_host_TBL_v_3_16b, op_host_TBL_v_4_8b, op_host_TBL_v_4_16b, op_host_TBX_v_1_8b, op_host_TBX_v_1_16b, op_host_TBX_v_2_8b,
    op_host_TBX_v_2_16b, op_host_TBX_v_3_8b, op_host_TBX_v_3_16b, op_host_TBX_v_4_8b, op_host_TBX_v_4_16b;
static Handler *const host_TBL[8] = HOST_VARIANTS(TBL_v), *const host_TBX[8] = HOST_VARIANTS(TBX_v);

/* The handlers of a host with SSSE3, if this is one. */
static int simd_table_host(Translator *t, Op *op, Handler *const host[8], int variant)
{
    if (!HOST_HAS("ssse3"))
        return variant;
    op->handler = host[variant];
    t->n_ops++;
    return FORM_EMITTED;
}

FORM(tbl) { return simd_table_host(t, op, host_TBL, simd_table(f, op)); }
FORM(tbx) { return simd_table_host(t, op, host_TBX, simd_table(f, op)); }
#else
FORM(tbl) { return simd_table(f, op); }
FORM(tbx) { return simd_table(f, op); }
#endif

#endif
