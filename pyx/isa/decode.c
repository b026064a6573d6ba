/* SPDX-License-Identifier: MIT
 * From a word to ops: the decision tree, the feature gate, the form. */
#include "isa/decode.h"
#include "arch/pseudocode.h"
#include "a64_fields.h"
#include "a64_forms.h"
#include "a64_rows.h"
#include "a64_tree.h"

Handler op_fp_trap;

const Row *decode_find(u32 word)
{
    int index = find_row(word);
    return index < 0 ? NULL : &rows[index];
}

const Row *decode_row(unsigned index)
{
    return index < ARRAY_LEN(rows) ? &rows[index] : NULL;
}

static void emit_way_out(Translator *t, Handler *handler)
{
    Op *op = &t->ops[t->n_ops++];
    *op = (Op){.handler = handler, .imm = t->word};
    t->end = END_JUMP;
}

void decode_emit(Translator *t)
{
    const Row *row = decode_find(t->word);
    if (!row || !cpu_has(t->cpu, row->feature)) {
        emit_way_out(t, raise_undefined);
        return;
    }
    if (row->fp && (t->ctx & CTX_FP_TRAP)) {
        emit_way_out(t, op_fp_trap);
        return;
    }
    Fields f;
    row->extract(t->word, &f);
    unsigned before = t->n_ops;
    Op *op = &t->ops[before];
    *op = (Op){.imm = 0};
    int variant = row->form(t, &f, op);
    if (variant == FORM_UNDEFINED) {
        emit_way_out(t, raise_undefined);
    } else if (variant == FORM_EMITTED) {
        t->n_ops += t->n_ops == before && op->handler != NULL;      /* counted by the form, by us, or fused: none */
    } else {
        op->handler = row->handlers[t->column * row->n_variants + (unsigned)variant];
        t->n_ops++;
    }
}

int decode_classify(Cpu *cpu, u32 word)
{
    const Row *row = decode_find(word);
    if (!row || !cpu_has(cpu, row->feature))
        return -1;
    Fields f;
    Op ops[DECODE_MAX_OPS] = {0};
    Translator t = {.cpu = cpu, .pc = cpu->pc, .word = word, .ctx = cpu->ctx, .flags = -1, .flags_after = -1, .ops = ops};
    row->extract(word, &f);
    if (row->form(&t, &f, &ops[0]) == FORM_UNDEFINED)
        return -1;
    bool refused = t.n_ops && ops[0].handler == raise_undefined;
    return refused ? -1 : (int)(row - rows);
}
