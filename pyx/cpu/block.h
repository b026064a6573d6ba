/* SPDX-License-Identifier: MIT
 * Translated blocks: where they lie, how they are found, how they are dropped. */
#ifndef EMU_CPU_BLOCK_H
#define EMU_CPU_BLOCK_H

#include "cpu/machine.h"
#include "isa/op.h"

/* Where an op's guest instruction is: pc = block->vaddr + 4 * words; insns: guest instructions of the block before it. */
typedef struct OpPlace { u16 words, insns; } OpPlace;

enum { BLOCK_MAX_INSNS = 64, BLOCK_MAX_OPS = 4 * BLOCK_MAX_INSNS + 8 };

struct Block {
    u64 vaddr, paddr;
    u32 ctx;
    u16 n_insns, n_ops;
    bool goes_on;           /* its end is no branch: the next instruction follows */
    bool stale;             /* dropped: its first op leaves, so that links to it do no harm */
    Block *hash_next;       /* in CodeCache.buckets */
    Block *page_next;       /* in Region.page_blocks */
    const OpPlace *places;  /* one for each op */
    Op ops[];
};

typedef struct CodeCache CodeCache;

CodeCache *code_new(void);                      /* NULL: no memory */
void code_free(CodeCache *code);
/* Drops every block. No handler may be running. */
void code_flush(Machine *machine);

/* The block at Cpu.pc in the current context, translated if need be. NULL: the fetch faults; Cpu.exception is set. */
Block *block_find(Cpu *cpu);
/* A block of at most max_insns at Cpu.pc, in scratch memory that the next call reuses. */
Block *block_limited(Cpu *cpu, unsigned max_insns);
Block *block_of(const Op *op);
/* Blocks that hold code at these virtual addresses are dropped: breakpoints changed. */
void code_drop_vaddr(Machine *machine, u64 vaddr);
/* The same for those from first to last, both included. */
void code_drop_range(Machine *machine, u64 first, u64 last);

void jump_cache_init(Cpu *cpu);
/* The next JUMP_TO the block's address in this context finds it inline. Only for canonical addresses. */
void jump_cache_add(Cpu *cpu, const Block *block);

typedef struct CodeStats { u64 blocks, translated_insns, flushes, invalidated, bytes; } CodeStats;
CodeStats code_stats(const CodeCache *code);

/* cpu/translate.c: fills block->ops from guest words at `words`, which are `limit` instructions long at most.
 * Returns false when ops would not fit in max_ops. */
void translate(Cpu *cpu, Block *block, const u8 *words, unsigned limit, OpPlace *places);

#endif
