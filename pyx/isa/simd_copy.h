/* SPDX-License-Identifier: MIT
 * Advanced SIMD copy, and modified immediate. Elements are addressed by the form: the offset of n or d is the element's own. */
#ifndef EMU_ISA_SIMD_COPY_H
#define EMU_ISA_SIMD_COPY_H

#include "isa/simd_lanes.h"

#define DUP(NAME, A, source) OP(NAME##_##A, LANE_TYPES(A) lanes_write(D_AT, (Lanes)SPLAT(source), BYTES); NEXT;)
FOR_BHSD(DUP, DUP_elem, AT(EU, op->n))
FOR_SCALAR_BHSD(DUP, DUP_s_elem, AT(EU, op->n))
FOR_BHSD(DUP, DUP_gen, Xn)

#define INS(NAME, A, source) OP(NAME##_##A, LANE_TYPES(A) AT(EU, op->d) = (EU)(source); NEXT;)
FOR_SCALAR_BHSD(INS, INS_gen, Xn)
FOR_SCALAR_BHSD(INS, INS_elem, AT(EU, op->n))

#define MOV_TO_GENERAL(NAME, A, T) OP(NAME##_##A, LANE_TYPES(A) Xd = AT(T, op->n); NEXT;)
FOR_SCALAR_BHSD(MOV_TO_GENERAL, UMOV, EU)
OP(SMOV_w_b, Xd = (u32)AT(i8, op->n); NEXT;)
OP(SMOV_w_h, Xd = (u32)AT(i16, op->n); NEXT;)
OP(SMOV_x_b, Xd = (u64)AT(i8, op->n); NEXT;)
OP(SMOV_x_h, Xd = (u64)AT(i16, op->n); NEXT;)
OP(SMOV_x_s, Xd = (u64)AT(i32, op->n); NEXT;)

/* IMM is AdvSIMDExpandImm(), inverted for MVNI and BIC. */
#define IMMEDIATE(NAME, A, ...) OP(NAME##_##A, Lanes d = lanes_read(D_AT, 16), imm = { IMM, IMM }, r; (void)d; \
    __VA_ARGS__ lanes_write(D_AT, r, BYTES_##A); NEXT;)
FOR_B(IMMEDIATE, MOVI, r = imm;)
FOR_B(IMMEDIATE, MOVI_64, r = imm;)
FOR_B(IMMEDIATE, MVNI, r = imm;)
FOR_B(IMMEDIATE, FMOV_v_imm, r = imm;)
FOR_B(IMMEDIATE, FMOV_v_imm_h, r = imm;)
FOR_B(IMMEDIATE, FMOV_v_imm_d, r = imm;)
FOR_B(IMMEDIATE, ORR_v_imm, r = d | imm;)
FOR_B(IMMEDIATE, BIC_v_imm, r = d & imm;)

#endif
