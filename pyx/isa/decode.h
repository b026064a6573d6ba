/* SPDX-License-Identifier: MIT
 * The decode table as the translator and tests see it. */
#ifndef EMU_ISA_DECODE_H
#define EMU_ISA_DECODE_H

#include "isa/translate.h"

typedef struct Fields Fields;
typedef int FormFunction(Translator *t, const Fields *f, Op *op);

typedef struct Row {
    const char *name;
    Feature feature;
    FormFunction *form;
    void (*extract)(u32 word, Fields *f);
    Handler *const *handlers;   /* [3][n_variants]: op_, strict_, slow_ */
    unsigned n_variants;
    bool fp;                    /* SIMD and FP: CPACR_EL1.FPEN may trap it */
    u32 mask, value;
} Row;

const Row *decode_find(u32 word);               /* NULL: unallocated */
const Row *decode_row(unsigned index);          /* NULL: past the end */
/* Emits the ops of one instruction at t->ops[t->n_ops]; t->pc, word, ctx are set. Always emits at least one op, or fuses. */
void decode_emit(Translator *t);

enum { DECODE_MAX_OPS = 16 };                   /* more than any form emits for one instruction */
/* The index of the row that the core executes for a word at its current EL; -1: the word is UNDEFINED. */
int decode_classify(Cpu *cpu, u32 word);

#endif
