/* SPDX-License-Identifier: MIT
 * PRFM, PRFUM, RPRFM: hints that do nothing. Not in ldst.h, for they touch no memory. */
OP(PRFM_imm, NEXT;)
OP(PRFUM, NEXT;)
OP(PRFM_reg, NEXT;)
OP(PRFM_lit, NEXT;)
