/* SPDX-License-Identifier: MIT
 * Executes instruction words by our decoder and handlers, for ctypes: a core without memory, of which only the rows of
 * floating point are linked. */
#include <stdlib.h>
#include "arch/fp_host.h"
#include "isa/decode.h"
#include "record.h"

Handler raise_undefined, op_fp_trap, end_of_word;

static HandlerResult undefined(ARGS)
{
    cpu->leave = LEAVE_EXCEPTION;
    LEAVE_BLOCK;
}
HandlerResult raise_undefined(ARGS) { return undefined(PASS(op)); }
HandlerResult op_fp_trap(ARGS) { return undefined(PASS(op)); }
HandlerResult end_of_word(ARGS)
{
    cpu->leave = LEAVE_NONE;
    LEAVE_BLOCK;
}

static void run(Cpu *cpu, u32 word, u32 ctx)
{
    Op ops[16];
    Translator t = {.cpu = cpu, .word = word, .ctx = ctx, .flags = FLAGS_NZCV, .ops = ops};
    decode_emit(&t);
    ops[t.n_ops] = (Op){.handler = end_of_word};
    fp_host_enter(cpu);
#if EMU_TAILCALL
    ops[0].handler(cpu, ops, 1000, NULL);
#else
    for (const Op *op = ops; op; )
        op = op->handler(cpu, op, NULL);
#endif
    fp_host_leave(cpu);
}

/* soft: soft-float even where FPCR is all default. */
__attribute__((visibility("default")))
void words_run(const u32 *words, WordState *states, size_t count, int soft)
{
    Cpu *cpu = aligned_alloc(64, (sizeof(Cpu) + 63) & ~(size_t)63);
    memset(cpu, 0, sizeof(Cpu));
    for (unsigned f = 0; f < FEATURES; f++)
        feature_set_add(&cpu->features, (Feature)f);
    for (size_t i = 0; i < count; i++) {
        WordState *s = &states[i];
        memcpy(cpu->x, s->x, sizeof(s->x));
        memcpy(cpu->v, s->v, sizeof(s->v));
        cpu->fpcr = s->fpcr;
        cpu->fpsr = s->fpsr;
        nzcv_write(cpu, s->nzcv);
        run(cpu, words[s->index], soft || (s->fpcr & FPCR_MASK) ? CTX_FP_SOFT : 0);
        s->index = cpu->leave == LEAVE_EXCEPTION;
        memcpy(s->x, cpu->x, sizeof(s->x));
        memcpy(s->v, cpu->v, sizeof(s->v));
        s->fpsr = cpu->fpsr;
        s->nzcv = nzcv_read(cpu);
    }
    free(cpu);
}
