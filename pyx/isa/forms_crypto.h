/* SPDX-License-Identifier: MIT
 * Forms of the cryptographic instructions: up to four vector registers, no variants. */
#ifndef EMU_ISA_FORMS_CRYPTO_H
#define EMU_ISA_FORMS_CRYPTO_H

#include "isa/forms_simd.h"

FORM(crypto2) { simd_dn(op, f->Rd, f->Rn); return 0; }
FORM(crypto3) { simd_dnm(op, f->Rd, f->Rn, f->Rm); return 0; }

FORM(crypto4)
{
   
    simd_dnm(op, f->Rd, f->Rn, f->Rm);
    op->a = reg_v(f->Ra);
    return 0;
}

/* SH: the rotation of XAR, the element of SM3TT. */
FORM(crypto3_imm6)
{
   
    simd_dnm(op, f->Rd, f->Rn, f->Rm);
    op->sh = (u8)f->imm6;
    return 0;
}

FORM(crypto3_imm2)
{
   
    simd_dnm(op, f->Rd, f->Rn, f->Rm);
    op->sh = (u8)f->imm2;
    return 0;
}

#endif
