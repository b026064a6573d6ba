/* SPDX-License-Identifier: MIT
 * Pointer authentication: how fields become operands. */
#ifndef EMU_ISA_FORMS_PAUTH_H
#define EMU_ISA_FORMS_PAUTH_H

#include "isa/forms_dp.h"

/* n: the modifier's register; key: a PauthKey, or for XPAC whether the pointer is a data pointer. */
static int emit_pauth(Translator *t, const Fields *f, Op *op, u16 n, unsigned key, Handler *handler)
{
    op->d = reg_zr_dest(f->Rd);
    op->a = reg_zr(f->Rd);
    op->n = n;
    op->sh = (u8)key;
    return emit(t, op, handler);
}

FORM(pac)
{
    return emit_pauth(t, f, op, reg_sp(f->Rn), f->key, op_PAC);
}

FORM(aut)
{
    return emit_pauth(t, f, op, reg_sp(f->Rn), f->key, op_AUT);
}

FORM(pacz)
{
    return emit_pauth(t, f, op, reg_zr(31), f->key, op_PAC);
}

FORM(autz)
{
    return emit_pauth(t, f, op, reg_zr(31), f->key, op_AUT);
}

FORM(xpac)
{
    return emit_pauth(t, f, op, reg_zr(31), f->D, op_XPAC);
}

FORM(pacga)
{
    op->d = reg_zr_dest(f->Rd);
    op->n = reg_zr(f->Rn);
    op->m = reg_sp(f->Rm);
    return 0;
}

#endif
