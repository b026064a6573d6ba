/* SPDX-License-Identifier: MIT
 * What travels between the test and the programs that answer it: one operation with its operands, and the answer. */
#include <stdint.h>
typedef struct Case { uint32_t op, fpcr; uint64_t a, b, c; } Case;
typedef struct Answer { uint64_t result; uint32_t fpsr, nzcv; } Answer;

/* One instruction word with the registers that it may name: X0 to X3, V0 to V3. */
typedef struct WordState {
    uint32_t index;         /* in: which word; out: 0, or 1 when it is UNDEFINED */
    uint32_t fpcr, fpsr, nzcv;
    uint64_t x[4];
    struct { uint64_t d[2]; } v[4];
} WordState;
