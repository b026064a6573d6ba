/* SPDX-License-Identifier: MIT
 * Forms of simd_ldst.decode: operands as simd_ldst.h tells. */

static void struct_operands(const Fields *f, Op *op, unsigned bytes)
{
    bool by_register = f->post && f->Rm != 31;
    op->n = reg_sp(f->Rn);
    op->sh2 = (u8)f->Rt;
    op->a = f->post ? reg_sp(f->Rn) : reg_slot(SLOT_SINK);
    op->m = by_register ? reg_slot(f->Rm) : reg_slot(SLOT_ZR);
    op->imm = by_register ? 0 : bytes;
}

/* opcode op:1:p says how many registers: 0111 one, 1010 two, 0110 three, 0010 four. */
FORM(struct_1)
{
    unsigned regs = f->p ? 1 : f->op == 2 ? 2 : f->op == 1 ? 3 : 4;
    struct_operands(f, op, regs << (f->Q ? 4 : 3));
    op->sh = (u8)f->size;
    return (int)(2 * (regs - 1) + f->Q);
}

FORM(struct_n)
{
    unsigned opcode = (unsigned)BITS(t->word, 15, 12), regs = opcode == 8 ? 2 : opcode == 4 ? 3 : 4;
    struct_operands(f, op, regs << (f->Q ? 4 : 3));
    return f->size == 3 ? 6 : (int)(2 * f->size + f->Q);
}

/* Registers of a single-structure access: opcode<0>:R + 1. */
static unsigned single_structure_regs(u32 word)
{
    return (unsigned)(BIT(word, 13) << 1 | BIT(word, 21)) + 1;
}

FORM(struct_elem)
{
    unsigned size = f->scale == 2 && f->size == 1 ? 3 : f->scale;
    struct_operands(f, op, single_structure_regs(t->word) << size);
    op->sh = (u8)((f->Q << 3 | f->S << 2 | f->size) >> size);
    return (int)size;
}

FORM(struct_all)
{
    struct_operands(f, op, single_structure_regs(t->word) << f->size);
    op->aux = (u16)f->Q;
    return (int)f->size;
}

FORM(ordered_elem)
{
    op->d = reg_v(f->Rt);
    op->n = reg_sp(f->Rn);
    op->sh = (u8)f->Q;
    return 0;
}
