/* SPDX-License-Identifier: MIT
 * Guest words to a block of ops. A block ends
 *   at a branch, or an instruction that always leaves;
 *   where the context may change (END_EXIT): system registers, barriers, exceptions;
 *   at its limit: the page's end, BLOCK_MAX_INSNS, or the caller's;
 *   before a breakpoint. */
#include "cpu/block.h"
#include "isa/decode.h"

Handler op_jump, op_exit, op_link, op_jump_far, op_breakpoint, op_bti_check, op_step_end, op_hook_code, op_hook_block;

typedef struct Builder {
    Translator t;
    Block *block;
    OpPlace *places;
    unsigned n_insns;
} Builder;

static void place(Builder *b, unsigned from, unsigned words, unsigned insns)
{
    for (unsigned i = from; i < b->t.n_ops; i++) {
        b->places[i] = (OpPlace){(u16)words, (u16)insns};
        b->t.ops[i].slot = (u16)i;
    }
}

static Op *append(Builder *b, Handler *handler, u64 imm)
{
    Op *op = &b->t.ops[b->t.n_ops];
    *op = (Op){.handler = handler, .imm = imm};
    b->t.n_ops++;
    place(b, b->t.n_ops - 1, b->n_insns, b->n_insns);
    return op;
}

static bool same_page(u64 a, u64 b)
{
    return !((a ^ b) & PAGE_MASK);
}

/* The stub that a branch first goes to: links within the page, jump cache across pages, whose mapping may change by itself. */
static const Op *stub(Builder *b, u64 target, unsigned which)
{
    bool near = same_page(target, b->block->vaddr) && !(target & 3);
    Op *op = append(b, near ? op_link : op_jump_far, target);
    op->aux = (u16)which;
    return op;
}

static void append_links(Builder *b, u64 taken, u64 fallthrough)
{
    OpLinks *links = (OpLinks *)append(b, NULL, 0);
    const Op *t = stub(b, taken, 0);
    const Op *f = stub(b, fallthrough, 1);
    *links = (OpLinks){t, f, {0, 0}};
}

static bool is_breakpoint(const Machine *machine, u64 vaddr)
{
    unsigned lo = 0, hi = machine->n_breakpoints;
    while (lo < hi) {
        unsigned mid = (lo + hi) / 2;
        if (machine->breakpoints[mid] == vaddr) {
            return true;
        }
        if (machine->breakpoints[mid] < vaddr) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return false;
}

static u32 fetch(const u8 *words, unsigned i)
{
    u32 word;
    memcpy(&word, words + 4 * i, 4);    /* instructions are little-endian always; so are our hosts */
    return word;
}

static bool is_hooked(const Builder *b, HookKind kind, u64 vaddr)
{
    const HookSet *set = &b->t.cpu->machine->hooks[kind];
    return unlikely(set->n) && hook_set_meets(set, vaddr, vaddr + 3);
}

/* A hook may see and change everything: the instruction after it takes nothing for granted, and stands alone. */
static void add_code_hook(Builder *b)
{
    u64 vaddr = b->block->vaddr + 4 * b->n_insns;
    if (is_hooked(b, HOOK_CODE, vaddr)) {
        append(b, op_hook_code, vaddr);
        b->t.flags = -1;
    }
}

/* One instruction. Ops get the place of the instruction; one that fuses into the previous op keeps that op's. */
static void one(Builder *b, u32 word)
{
    unsigned before = b->t.n_ops;
    b->t.pc = b->block->vaddr + 4 * b->n_insns;
    b->t.word = word;
    b->t.flags_after = b->t.flags;
    b->t.fused = false;
    b->t.end = END_NONE;
    decode_emit(&b->t);
    place(b, before, b->n_insns, b->n_insns);
    b->t.flags = b->t.flags_after;
    b->n_insns++;
}

static void finish(Builder *b)
{
    u64 next = b->block->vaddr + 4 * b->n_insns;
    switch (b->t.end) {
    case END_BRANCH:
        append_links(b, b->t.target, next);
        break;
    case END_EXIT:
        append(b, op_exit, next);
        break;
    case END_NONE:
        append(b, op_jump, next);
        append_links(b, next, next);
        break;
    case END_JUMP:
        break;
    }
}

void translate(Cpu *cpu, Block *block, const u8 *words, unsigned limit, OpPlace *places)
{
    u32 ctx = block->ctx;
    unsigned column = ctx & CTX_SLOW_MEM ? 2 : ctx & CTX_STRICT_ALIGN ? 1 : 0;
    Builder b = {.t = {.cpu = cpu, .ctx = ctx, .flags = -1, .ops = block->ops, .column = column}, .block = block, .places = places};
    unsigned most = ctx & CTX_STEP ? 1 : limit;
    if (is_breakpoint(cpu->machine, block->vaddr)) {
        append(&b, op_breakpoint, block->vaddr);
    }
    if (ctx & CTX_BTI) {
        append(&b, op_bti_check, fetch(words, 0))->aux = !!(ctx & CTX_GUARDED);
    }
    if (is_hooked(&b, HOOK_BLOCK, block->vaddr)) {
        append(&b, op_hook_block, block->vaddr);
    }
    while (b.t.end == END_NONE && b.n_insns < most && b.t.n_ops < BLOCK_MAX_OPS - 16) {
        if (b.n_insns && is_breakpoint(cpu->machine, block->vaddr + 4 * b.n_insns)) {
            break;
        }
        add_code_hook(&b);
        one(&b, fetch(words, b.n_insns));
    }
    finish(&b);
    block->goes_on = b.t.end == END_NONE;
    block->n_insns = (u16)b.n_insns;
    block->n_ops = (u16)b.t.n_ops;
    block->ops[0].insns = block->n_insns;
}
