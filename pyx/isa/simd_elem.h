/* SPDX-License-Identifier: MIT
 * Advanced SIMD vector by indexed element and scalar by indexed element: integers. The form finds the element. */
#ifndef EMU_ISA_SIMD_ELEM_H
#define EMU_ISA_SIMD_ELEM_H

#include "isa/simd_lanes.h"

FOR_HS(ELEM, MUL_elem, r = n * m;)
FOR_HS(ELEM, MLA_elem, r = d + n * m;)
FOR_HS(ELEM, MLS_elem, r = d - n * m;)

FOR_LONG_HS(ELEM_LONG, SMULL_elem, widen_s, r = n * m;)
FOR_LONG_HS(ELEM_LONG, UMULL_elem, widen_u, r = n * m;)
FOR_LONG_HS(ELEM_LONG, SMLAL_elem, widen_s, r = d + n * m;)
FOR_LONG_HS(ELEM_LONG, UMLAL_elem, widen_u, r = d + n * m;)
FOR_LONG_HS(ELEM_LONG, SMLSL_elem, widen_s, r = d - n * m;)
FOR_LONG_HS(ELEM_LONG, UMLSL_elem, widen_u, r = d - n * m;)

/* Vector and scalar: rows NAME_elem and NAME_s_elem. */
#define ELEM_BOTH_LONG(NAME, ...) \
    FOR_LONG_HS(ELEM_LONG, NAME##_elem, widen_s, __VA_ARGS__) FOR_SCALAR_LONG(ELEM_LONG, NAME##_s_elem, widen_s, __VA_ARGS__)
#define ELEM_BOTH_HS(NAME, ...) FOR_HS(ELEM, NAME##_elem, __VA_ARGS__) FOR_SCALAR_HS(ELEM, NAME##_s_elem, __VA_ARGS__)
ELEM_BOTH_LONG(SQDMULL, r = SQDOUBLE(n * m);)
ELEM_BOTH_LONG(SQDMLAL, r = SQADD(d, SQDOUBLE(n * m));)
ELEM_BOTH_LONG(SQDMLSL, r = SQSUB(d, SQDOUBLE(n * m));)
ELEM_BOTH_HS(SQDMULH, DOUBLING(0, 1, false))
ELEM_BOTH_HS(SQRDMULH, DOUBLING(0, 1, true))
ELEM_BOTH_HS(SQRDMLAH, DOUBLING(d[i], 1, true))
ELEM_BOTH_HS(SQRDMLSH, DOUBLING(d[i], -1, true))

#endif
