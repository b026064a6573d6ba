/* SPDX-License-Identifier: MIT
 * Forms of ldst.decode. */

/* log2 of the bytes of one access, from size (bits 31:30) and, for Q registers, V and opc<1>. */
static unsigned ldst_scale(u32 word)
{
    return BIT(word, 26) && BIT(word, 23) ? 4 : (unsigned)BITS(word, 31, 30);
}

/* Rt of a load is a destination, of a store a source. opc = 0 is the only store. */
static u16 ldst_rt(u32 word, unsigned rt)
{
    return BITS(word, 23, 22) ? reg_zr_dest(rt) : reg_zr(rt);
}

enum { BASE_ANY, BASE_SP };     /* variants of most forms */

static int base_variant(unsigned rn)
{
    return rn == 31 ? BASE_SP : BASE_ANY;
}

FORM(ldst_uimm)
{
    op->d = ldst_rt(t->word, f->Rt);
    op->n = reg_sp(f->Rn);
    op->imm = (u64)f->imm12 << ldst_scale(t->word);
    return base_variant(f->Rn);
}

FORM(vldst_uimm)
{
    op->d = reg_v(f->Rt);
    op->n = reg_sp(f->Rn);
    op->imm = (u64)f->imm12 << ldst_scale(t->word);
    return base_variant(f->Rn);
}

FORM(ldst_simm)
{
    op->d = ldst_rt(t->word, f->Rt);
    op->n = reg_sp(f->Rn);
    op->imm = (u64)sign_extend(f->imm9, 9);
    return base_variant(f->Rn);
}

FORM(vldst_simm)
{
    op->d = reg_v(f->Rt);
    op->n = reg_sp(f->Rn);
    op->imm = (u64)sign_extend(f->imm9, 9);
    return base_variant(f->Rn);
}

FORM(ldst_unpriv)
{
    op->d = ldst_rt(t->word, f->Rt);
    op->n = reg_sp(f->Rn);
    op->imm = (u64)sign_extend(f->imm9, 9);
    return 0;
}

/* The variant for option (uxtw, lsl, sxtw, sxtx), S and base. */
static int index_form(const Translator *t, const Fields *f, Op *op)
{
    enum { LSL0, LSL, UXTW0, UXTW_, SXTW0, SXTW_, ANY_SP };
    op->n = reg_sp(f->Rn);
    op->m = reg_zr(f->Rm);
    op->sh = (u8)(f->S ? ldst_scale(t->word) : 0);
    op->sh2 = (u8)f->option;
    if (f->Rn == 31) {
        return ANY_SP;
    }
    return (f->option == 2 ? UXTW0 : f->option == 6 ? SXTW0 : LSL0) + (int)f->S;
}

FORM(ldst_reg)
{
    op->d = ldst_rt(t->word, f->Rt);
    return index_form(t, f, op);
}

FORM(vldst_reg)
{
    op->d = reg_v(f->Rt);
    return index_form(t, f, op);
}

FORM(ld_lit)
{
    op->d = reg_zr_dest(f->Rt);
    op->imm = t->pc + (u64)sign_extend((u64)f->imm19 << 2, 21);
    return 0;
}

FORM(vld_lit)
{
    op->d = reg_v(f->Rt);
    op->imm = t->pc + (u64)sign_extend((u64)f->imm19 << 2, 21);
    return 0;
}

FORM(prefetch)
{
    return 0;
}

/* opc<1> is the size of general-purpose pairs, opc that of SIMD&FP pairs; LDPSW (opc = 01) moves words. */
FORM(ldst_pair)
{
    bool load = BIT(t->word, 22);
    op->d = load ? reg_zr_dest(f->Rt) : reg_zr(f->Rt);
    op->a = load ? reg_zr_dest(f->Rt2) : reg_zr(f->Rt2);
    op->n = reg_sp(f->Rn);
    op->imm = (u64)sign_extend(f->imm7, 7) << (BIT(t->word, 31) ? 3 : 2);
    return base_variant(f->Rn);
}

FORM(vldst_pair)
{
    op->d = reg_v(f->Rt);
    op->a = reg_v(f->Rt2);
    op->n = reg_sp(f->Rn);
    op->imm = (u64)sign_extend(f->imm7, 7) << (2 + BITS(t->word, 31, 30));
    return base_variant(f->Rn);
}

FORM(ldra)
{
    op->d = reg_zr_dest(f->Rt);
    op->n = reg_sp(f->Rn);
    op->imm = (u64)sign_extend((u64)f->S << 9 | f->imm9, 10) << 3;
    return 0;
}
