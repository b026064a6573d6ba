/* SPDX-License-Identifier: MIT
 * Forms of mops.decode. CHOICE(UNPREDICTABLE): registers that must differ but don't, or 31 where it has no meaning: UNDEFINED. */

static int mops_operands(const Fields *f, Op *op)
{
    if (f->Rd == 31 || f->Rn == 31 || f->Rd == f->Rn || f->Rd == f->Rs || f->Rn == f->Rs) {
        return FORM_UNDEFINED;
    }
    op->d = reg_slot(f->Rd);
    op->m = reg_zr(f->Rs);
    op->n = reg_slot(f->Rn);
    op->aux = (u16)(f->Rd << 10 | f->Rs << 5 | f->Rn);
    return 0;
}

FORM(cpy)
{
    op->sh = (u8)(f->nontemporal << 2 | f->unpriv);
    if (BITS(t->word, 23, 22) == 0) {   /* prologue */
        t->flags_after = FLAGS_NZCV;
    }
    return f->Rs == 31 ? FORM_UNDEFINED : mops_operands(f, op);
}

FORM(set)
{
    op->sh = (u8)(f->nontemporal << 1 | f->unpriv);
    if (BITS(t->word, 15, 14) == 0) {
        t->flags_after = FLAGS_NZCV;
    }
    return mops_operands(f, op);
}
