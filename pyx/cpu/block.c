/* SPDX-License-Identifier: MIT
 * The code cache: one arena of blocks for each machine, found by (paddr, vaddr, ctx). A dropped block stays in the arena with a
 * first op that leaves; a full arena is emptied as a whole. So links between blocks need no bookkeeping. */
#include "cpu/block.h"
#include "arch/effects.h"
#include "mem/host_memory.h"
#include "mem/tlb.h"

#include <stdlib.h>

enum { BUCKET_BITS = 15, ARENA_BYTES = 40 << 20, SCRATCH_BYTES = 64 << 10 };

struct CodeCache {
    Block **buckets;
    u8 *arena;
    size_t used;
    CodeStats stats;
    u8 *scratch;            /* of block_limited() */
};

Handler op_stale;

static size_t hash(u64 paddr, u64 vaddr, u32 ctx)
{
    u64 h = (paddr >> 2) ^ (vaddr >> 12) * 0x9e3779b97f4a7c15u ^ (u64)ctx << 7;
    return (size_t)((h * 0x9e3779b97f4a7c15u) >> (64 - BUCKET_BITS));
}

CodeCache *code_new(void)
{
    CodeCache *code = calloc(1, sizeof(*code));
    if (!code) {
        return NULL;
    }
    code->buckets = host_reserve(sizeof(Block *) << BUCKET_BITS);
    code->arena = host_reserve(ARENA_BYTES);
    code->scratch = host_reserve(SCRATCH_BYTES);
    if (!code->buckets || !code->arena || !code->scratch) {
        code_free(code);
        return NULL;
    }
    return code;
}

void code_free(CodeCache *code)
{
    if (code) {
        host_release(code->buckets, sizeof(Block *) << BUCKET_BITS);
        host_release(code->arena, ARENA_BYTES);
        host_release(code->scratch, SCRATCH_BYTES);
        free(code);
    }
}

CodeStats code_stats(const CodeCache *code)
{
    CodeStats stats = code->stats;
    stats.bytes = code->used;
    return stats;
}

static void forget_pages(Machine *machine)
{
    for (unsigned i = 0; i < machine->bus.n_regions; i++) {
        Region *r = &machine->bus.regions[i];
        for (u64 page = 0; r->kind == REGION_RAM && page < r->size >> PAGE_BITS; page++) {
            if (r->page_flags[page] & RAM_HAS_CODE) {
                r->page_flags[page] &= (u8)~RAM_HAS_CODE;
                r->page_blocks[page] = NULL;
            }
        }
    }
}

void code_flush(Machine *machine)
{
    CodeCache *code = machine->code;
    memset(code->buckets, 0, sizeof(Block *) << BUCKET_BITS);
    code->used = 0;
    code->stats.blocks = 0;
    code->stats.flushes++;
    forget_pages(machine);
    for (unsigned i = 0; i < machine->n_cpus; i++) {
        machine->cpus[i]->link = NULL;
        cpu_new_mapping(machine->cpus[i]);
    }
}

Block *block_of(const Op *op)
{
    return (Block *)((char *)(op - op->slot) - offsetof(Block, ops));
}

u64 op_pc(const Op *op)
{
    const Block *block = block_of(op);
    return block->vaddr + 4u * block->places[op->slot].words;
}

/* -- Dropping ------------------------------------------------------------------------------------------- */

static void unhash(CodeCache *code, Block *block)
{
    Block **at = &code->buckets[hash(block->paddr, block->vaddr, block->ctx)];
    while (*at && *at != block) {
        at = &(*at)->hash_next;
    }
    if (*at) {
        *at = block->hash_next;
    }
}

static void drop(CodeCache *code, Block *block)
{
    unhash(code, block);
    block->stale = true;
    block->ops[0].handler = op_stale;
    code->stats.blocks--;
    code->stats.invalidated++;
}

static void drop_in_page(Machine *machine, const Region *r, u64 page, u64 begin, u64 end)
{
    Block **at = &r->page_blocks[page];
    while (*at) {
        Block *block = *at;
        if (block->paddr < end && begin < block->paddr + 4u * block->n_insns) {
            *at = block->page_next;
            drop(machine->code, block);
        } else {
            at = &block->page_next;
        }
    }
    if (!r->page_blocks[page]) {
        r->page_flags[page] &= (u8)~RAM_HAS_CODE;
    }
}

/* What runs in that page is to be looked up again after this instruction: whether a run is cut there must not show. */
static void leave_page(Machine *machine, u64 page)
{
    Cpu *cpu = machine->cpus[machine->current < machine->n_cpus ? machine->current : 0];
    if (cpu->op && !((block_of(cpu->op)->paddr ^ page) & PAGE_MASK)) {
        cpu->attention = 1;
    }
}

void machine_invalidate_code(Machine *machine, u64 paddr, u64 size)
{
    const Region *r = bus_find(&machine->bus, paddr);
    if (!r || r->kind != REGION_RAM || size == 0) {
        return;
    }
    u64 first = (paddr - r->base) >> PAGE_BITS, last = (paddr - r->base + size - 1) >> PAGE_BITS;
    for (u64 page = first; page <= last && page < r->size >> PAGE_BITS; page++) {
        if (r->page_flags[page] & RAM_HAS_CODE) {
            drop_in_page(machine, r, page, paddr, paddr + size);
            leave_page(machine, r->base + (page << PAGE_BITS));
        }
    }
}

void code_drop_range(Machine *machine, u64 first, u64 last)
{
    for (size_t i = 0; machine->code->stats.blocks && i < (size_t)1 << BUCKET_BITS; i++) {
        for (Block *block = machine->code->buckets[i], *next; block; block = next) {
            next = block->hash_next;
            if (block->vaddr <= last && first <= block->vaddr + (4u * block->n_insns - 1)) {
                machine_invalidate_code(machine, block->paddr, 4);
            }
        }
    }
}

void code_drop_vaddr(Machine *machine, u64 vaddr)
{
    code_drop_range(machine, vaddr, vaddr);
}

/* -- Finding -------------------------------------------------------------------------------------------- */

static Block *look_up(const CodeCache *code, u64 paddr, u64 vaddr, u32 ctx)
{
    Block *block = code->buckets[hash(paddr, vaddr, ctx)];
    while (block && (block->paddr != paddr || block->vaddr != vaddr || block->ctx != ctx)) {
        block = block->hash_next;
    }
    return block;
}

/* Where Cpu.pc points in physical memory. False: instruction abort or PC alignment fault. */
static bool fetch_address(Cpu *cpu, TlbHit *hit, u32 *ctx)
{
    if (cpu->pc & 3) {
        exception_set_far(cpu, EC_PC_ALIGN, 0, cpu->pc);
        return false;
    }
    if (!tlb_translate(cpu, cpu->pc, cpu_regime(cpu, ACC_EXEC), ACC_EXEC, hit)) {
        return false;
    }
    if (!hit->region || hit->region->kind != REGION_RAM) {
        mmu_raise(cpu, cpu->pc, ACC_EXEC, &(Fault){.fsc = 0x10});  /* synchronous external abort */
        return false;
    }
    *ctx = cpu->ctx | (hit->guarded ? CTX_GUARDED : 0);
    return true;
}

static unsigned insns_to_page_end(u64 pc)
{
    return (unsigned)((PAGE_SIZE - (pc & (PAGE_SIZE - 1))) / 4);
}

/* Translates into memory at `to`; places follow the ops. Returns the bytes used. */
static size_t make(Cpu *cpu, const TlbHit *hit, u32 ctx, unsigned limit, u8 *to)
{
    Block *block = (Block *)to;
    OpPlace places[BLOCK_MAX_OPS];
    *block = (Block){.vaddr = cpu->pc, .paddr = hit->paddr, .ctx = ctx};
    unsigned room = insns_to_page_end(cpu->pc);
    translate(cpu, block, hit->region->host + (hit->paddr - hit->region->base), limit < room ? limit : room, places);
    size_t size = sizeof(Block) + block->n_ops * sizeof(Op);
    memcpy(to + size, places, block->n_ops * sizeof(OpPlace));
    block->places = (OpPlace *)(to + size);
    return (size + block->n_ops * sizeof(OpPlace) + 63) & ~(size_t)63;
}

static void enlist(Machine *machine, const Region *region, Block *block)
{
    CodeCache *code = machine->code;
    Block **bucket = &code->buckets[hash(block->paddr, block->vaddr, block->ctx)];
    block->hash_next = *bucket;
    *bucket = block;
    u64 page = (block->paddr - region->base) >> PAGE_BITS;
    block->page_next = region->page_blocks[page];
    region->page_blocks[page] = block;
    if (!(region->page_flags[page] & RAM_HAS_CODE)) {
        region->page_flags[page] |= RAM_HAS_CODE;
        tlb_protect_page(machine, region, block->paddr);
    }
    code->stats.blocks++;
    code->stats.translated_insns += block->n_insns;
}

Block *block_find(Cpu *cpu)
{
    TlbHit hit;
    u32 ctx;
    if (!fetch_address(cpu, &hit, &ctx)) {
        return NULL;
    }
    CodeCache *code = cpu->machine->code;
    Block *block = look_up(code, hit.paddr, cpu->pc, ctx);
    if (!block) {
        size_t most = sizeof(Block) + BLOCK_MAX_OPS * (sizeof(Op) + sizeof(OpPlace)) + 64;
        if (code->used + most > ARENA_BYTES) {
            code_flush(cpu->machine);
        }
        block = (Block *)(code->arena + code->used);
        code->used += make(cpu, &hit, ctx, BLOCK_MAX_INSNS, (u8 *)block);
        enlist(cpu->machine, hit.region, block);
    }
    return block;
}

Block *block_limited(Cpu *cpu, unsigned max_insns)
{
    TlbHit hit;
    u32 ctx;
    if (!fetch_address(cpu, &hit, &ctx)) {
        return NULL;
    }
    u8 *scratch = cpu->machine->code->scratch;
    make(cpu, &hit, ctx, max_insns < BLOCK_MAX_INSNS ? max_insns : BLOCK_MAX_INSNS, scratch);
    return (Block *)scratch;
}

/* -- The jump cache --------------------------------------------------------------------------------------- */

/* A key is pc ^ salt. Each context and each mapping epoch has a salt of its own (EL0's also each ASID epoch): a hash that guests
 * can't guess, since any 64-bit number may be jumped to, and none may hit what was made for another context. Salts have zeros
 * where an entry's index is, so that a key of another index fits nothing: the key of an empty entry. */
enum { MAP_EPOCHS = 1 << 10, ASID_EPOCHS = 1 << 16 };

static u64 hash_salt(const Cpu *cpu, u64 number)
{
    u64 h = ((u64)(uintptr_t)cpu ^ number * 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9;
    h = (h ^ h >> 29) * 0x94d049bb133111eb;
    return (h ^ h >> 32) << (JUMP_BITS + 2);
}

static void forget_jump(Cpu *cpu, unsigned i)
{
    cpu->jump[i] = (JumpEntry){.key = (u64)(i ^ 1) << 2};
}

static void clear_jumps(Cpu *cpu)
{
    for (unsigned i = 0; i < JUMP_SIZE; i++) {
        forget_jump(cpu, i);
    }
    cpu->n_contexts = 0;
    cpu->map_epoch = cpu->asid_epoch = 0;
}

static unsigned context_number(Cpu *cpu)
{
    for (unsigned i = 0; i < cpu->n_contexts; i++) {
        if (cpu->contexts[i] == cpu->ctx) {
            return i;
        }
    }
    if (cpu->n_contexts == ARRAY_LEN(cpu->contexts)) {
        clear_jumps(cpu);
    }
    cpu->contexts[cpu->n_contexts] = cpu->ctx;
    return cpu->n_contexts++;
}

void cpu_update_salt(Cpu *cpu)
{
    u64 context = context_number(cpu), number = cpu->map_epoch * ARRAY_LEN(cpu->contexts) + context;
    cpu->jump_salt = hash_salt(cpu, number * ASID_EPOCHS + (cpu->el == 0 ? cpu->asid_epoch : 0));
}

void cpu_new_mapping(Cpu *cpu)
{
    if (++cpu->map_epoch == MAP_EPOCHS) {
        clear_jumps(cpu);
    }
    cpu_update_salt(cpu);
}

void cpu_new_asid(Cpu *cpu)
{
    if (++cpu->asid_epoch == ASID_EPOCHS) {
        clear_jumps(cpu);
    }
    cpu_update_salt(cpu);
}

/* A page's instructions take up consecutive entries. */
void cpu_new_mapping_of_page(Cpu *cpu, u64 vpage)
{
    unsigned first = vpage >> 2 & (JUMP_SIZE - 1);
    for (unsigned i = 0; i < PAGE_SIZE / 4; i++) {
        forget_jump(cpu, first + i);
    }
}
_Static_assert(JUMP_SIZE % (PAGE_SIZE / 4) == 0, "a page's entries do not wrap around");

void jump_cache_init(Cpu *cpu)
{
    clear_jumps(cpu);
    cpu_update_salt(cpu);
}

void jump_cache_add(Cpu *cpu, const Block *block)
{
    cpu->jump[block->vaddr >> 2 & (JUMP_SIZE - 1)] = (JumpEntry){block->vaddr ^ cpu->jump_salt, block->ops};
}
