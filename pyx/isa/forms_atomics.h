/* SPDX-License-Identifier: MIT
 * Forms of atomics.decode. Variants are sizes: b h w x, or w x. */

FORM(ldxr)
{
    op->d = reg_zr_dest(f->Rt);
    op->n = reg_sp(f->Rn);
    return (int)f->size;
}

FORM(ldxp)
{
    op->d = reg_zr_dest(f->Rt);
    op->a = reg_zr_dest(f->Rt2);
    op->n = reg_sp(f->Rn);
    return (int)f->sz;
}

FORM(stxr)
{
    op->d = reg_zr(f->Rt);
    op->m = reg_zr_dest(f->Rs);
    op->n = reg_sp(f->Rn);
    return (int)f->size;
}

FORM(stxp)
{
    op->d = reg_zr(f->Rt);
    op->a = reg_zr(f->Rt2);
    op->m = reg_zr_dest(f->Rs);
    op->n = reg_sp(f->Rn);
    return (int)f->sz;
}

FORM(ldar)
{
    return form_ldxr(t, f, op);
}

FORM(stlr)
{
    op->d = reg_zr(f->Rt);
    op->n = reg_sp(f->Rn);
    return (int)f->size;
}

FORM(cas)
{
    op->d = reg_zr(f->Rt);
    op->m = reg_zr(f->Rs);
    op->a = reg_zr_dest(f->Rs);
    op->n = reg_sp(f->Rn);
    return (int)f->size;
}

/* Four registers are sources, two of them destinations too: see atomics.h. */
FORM(casp)
{
    op->d = reg_zr(f->Rt);
    op->imm = reg_zr(f->Rt + 1);
    op->m = reg_zr(f->Rs);
    op->a = reg_zr(f->Rs + 1);
    op->aux = reg_zr_dest(f->Rs + 1);
    op->n = reg_sp(f->Rn);
    return (int)f->sz;
}

FORM(atomic)
{
    op->d = reg_zr_dest(f->Rt);
    op->m = reg_zr(f->Rs);
    op->n = reg_sp(f->Rn);
    return (int)f->size;
}

FORM(ldapr_post)
{
    op->d = reg_zr_dest(f->Rt);
    op->n = reg_sp(f->Rn);
    return (int)f->sz;
}

FORM(stlr_pre)
{
    op->d = reg_zr(f->Rt);
    op->n = reg_sp(f->Rn);
    return (int)f->sz;
}

FORM(ldiapp)
{
    return form_ldxp(t, f, op);
}

FORM(stilp)
{
    op->d = reg_zr(f->Rt);
    op->a = reg_zr(f->Rt2);
    op->n = reg_sp(f->Rn);
    return (int)f->sz;
}

FORM(ldapur)
{
    op->imm = (u64)sign_extend(f->imm9, 9);
    return form_ldxr(t, f, op);
}

FORM(ldapurs_x)
{
    return form_ldapur(t, f, op);
}

FORM(ldapurs_w)
{
    return form_ldapur(t, f, op);
}

FORM(stlur)
{
    op->imm = (u64)sign_extend(f->imm9, 9);
    return form_stlr(t, f, op);
}

FORM(vldapur)
{
    op->d = reg_v(f->Rt);
    op->n = reg_sp(f->Rn);
    op->imm = (u64)sign_extend(f->imm9, 9);
    return (int)f->size;
}

FORM(vstlur)
{
    return form_vldapur(t, f, op);
}

FORM(vldapur_q)
{
    (void)form_vldapur(t, f, op);
    return 0;
}

FORM(vstlur_q)
{
    return form_vldapur_q(t, f, op);
}
