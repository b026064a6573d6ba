/* SPDX-License-Identifier: MIT */
#include "mem/tlb.h"
#include "cpu/machine.h"

static unsigned slot_of(u64 va)
{
    return (unsigned)(va >> PAGE_BITS) & (TLB_SIZE - 1);
}

static bool permits(const TlbEntry *e, const TlbInfo *info, u64 va, unsigned acc)
{
    u64 page = va & PAGE_MASK;
    if (info->vpage != page) {
        return false;
    }
    if (acc & ACC_EXEC) {
        return e->exec == page;
    }
    return acc & ACC_WRITE ? info->writable : info->readable;
}

static void clear_slot(TlbEntry *e, TlbInfo *info)
{
    *e = (TlbEntry){TLB_MISS, TLB_MISS, TLB_MISS, 0};
    info->vpage = TLB_MISS;
}

/* The word and bit of Cpu.tlb_blocks for a page of a block of some size. */
static u64 *block_frame(Cpu *cpu, u64 page, u64 block_size, u64 *bit)
{
    bool large = block_size > (u64)2 << 20;
    u64 frame = page << 8 >> 8 >> (large ? 30 : 21) & 4095;     /* tag bits do not count */
    *bit = (u64)1 << (frame & 63);
    return &cpu->tlb_blocks[large][frame >> 6];
}

static bool may_be_in_block(Cpu *cpu, u64 page)
{
    u64 small_bit, large_bit;
    u64 *small = block_frame(cpu, page, (u64)2 << 20, &small_bit), *large = block_frame(cpu, page, (u64)1 << 30, &large_bit);
    return (*small & small_bit) || (*large & large_bit);
}

static void note_fill(Cpu *cpu, Regime regime, unsigned slot, const Translation *tr, u64 page)
{
    cpu->tlb_used[regime] = true;
    if (tr->block_size > PAGE_SIZE) {
        u64 bit;
        *block_frame(cpu, page, tr->block_size, &bit) |= bit;
    }
    if (tr->not_global) {
        if (cpu->tlb_n_private < ARRAY_LEN(cpu->tlb_private)) {
            cpu->tlb_private[cpu->tlb_n_private] = (u16)(regime * TLB_SIZE + slot);
        }
        cpu->tlb_n_private += cpu->tlb_n_private <= ARRAY_LEN(cpu->tlb_private);
    }
}

/* Whether a hook waits for reads, or for writes, somewhere in the page. A hooked read hides a page from atomics too, which look at
 * the tag for writes alone. */
static void hide_hooked(const Machine *machine, TlbEntry *e, u64 vpage)
{
    u64 first = (u64)sign_extend(vpage, 56), last = first + (PAGE_SIZE - 1);
    bool reads = hook_set_meets(&machine->hooks[HOOK_READ], first, last);
    if (reads) {
        e->read = TLB_MISS;
    }
    if (reads || hook_set_meets(&machine->hooks[HOOK_WRITE], first, last)) {
        e->write = TLB_MISS;
    }
}

/* The fast path may use a page only where it needs no thought: RAM, and Device memory only under strict alignment. */
static void set_tags(Cpu *cpu, TlbEntry *e, const TlbInfo *info)
{
    const Region *region = bus_find(&cpu->machine->bus, info->paddr);
    if (!region || region->kind != REGION_RAM || (info->device && !(cpu->ctx & CTX_STRICT_ALIGN))) {
        return;
    }
    u8 *flags = &region->page_flags[(info->paddr - region->base) >> PAGE_BITS];
    e->addend = (u64)(uintptr_t)(region->host + (info->paddr - region->base)) - info->vpage;
    e->read = info->readable ? info->vpage : TLB_MISS;
    if (info->writable && !(*flags & (RAM_HAS_CODE | RAM_CLEAN))) {
        e->write = info->vpage;
        *flags |= RAM_WRITE_CACHED;
    }
    if (unlikely(cpu->machine->hooks[HOOK_READ].n | cpu->machine->hooks[HOOK_WRITE].n)) {
        hide_hooked(cpu->machine, e, info->vpage);
    }
}

static void fill_slot(Cpu *cpu, u64 va, Regime regime, const Translation *tr)
{
    unsigned slot = slot_of(va);
    TlbEntry *e = &cpu->tlb[regime][slot];
    TlbInfo *info = &cpu->tlb_info[regime][slot];
    u64 page = va & PAGE_MASK;
    *info = (TlbInfo){.vpage = page, .paddr = tr->paddr & PAGE_MASK, .block_size = tr->block_size, .asid = tr->asid,
                      .not_global = tr->not_global, .device = tr->device, .guarded = tr->guarded, .writable = tr->write,
                      .readable = tr->read};
    *e = (TlbEntry){TLB_MISS, TLB_MISS, tr->exec ? page : TLB_MISS, 0};
    note_fill(cpu, regime, slot, tr, page);
    if (unlikely(tr->guarded) && !cpu->machine->guarded_pages) {
        cpu->machine->guarded_pages = true;
        cpu->attention = 1;
    }
    set_tags(cpu, e, info);
}

bool tlb_translate(Cpu *cpu, u64 va, Regime regime, unsigned acc, TlbHit *hit)
{
    unsigned slot = slot_of(va);
    TlbEntry *e = &cpu->tlb[regime][slot];
    const TlbInfo *info = &cpu->tlb_info[regime][slot];
    if (!permits(e, info, va, acc)) {
        Translation tr;
        Fault fault;
        cpu->count_tlb_miss++;
        if (!mmu_walk(cpu, va, regime, acc, &tr, &fault)) {
            mmu_raise(cpu, va, acc, &fault);
            return false;
        }
        fill_slot(cpu, va, regime, &tr);
    } else if ((acc & ACC_WRITE) && e->write == TLB_MISS) {
        set_tags(cpu, e, info);     /* perhaps the page has lost its code since */
    }
    *hit = (TlbHit){bus_find(&cpu->machine->bus, info->paddr), info->paddr | (va & ~PAGE_MASK), info->device, info->guarded};
    return true;
}

Regime cpu_regime(const Cpu *cpu, unsigned acc)
{
    const TlbEntry *base = acc & ACC_UNPRIV ? cpu->tlb_unpriv : cpu->tlb_base;
    return (Regime)((base - &cpu->tlb[0][0]) / TLB_SIZE);
}

void tlb_protect_page(struct Machine *machine, const Region *region, u64 paddr)
{
    u64 page = paddr & PAGE_MASK, index = (page - region->base) >> PAGE_BITS;
    if (!(region->page_flags[index] & RAM_WRITE_CACHED)) {
        return;
    }
    region->page_flags[index] &= (u8)~RAM_WRITE_CACHED;
    for (unsigned c = 0; c < machine->n_cpus; c++) {
        Cpu *cpu = machine->cpus[c];
        for (unsigned i = 0; i < REGIMES * TLB_SIZE; i++) {
            if ((&cpu->tlb_info[0][0])[i].paddr == page) {
                (&cpu->tlb[0][0])[i].write = TLB_MISS;
            }
        }
    }
}

static void clear_numbered(Cpu *cpu, unsigned i)
{
    clear_slot(&(&cpu->tlb[0][0])[i], &(&cpu->tlb_info[0][0])[i]);
}

void tlb_flush_all(Cpu *cpu)
{
    for (unsigned r = 0; r < REGIMES; r++) {
        for (unsigned i = 0; cpu->tlb_used[r] && i < TLB_SIZE; i++) {
            clear_numbered(cpu, r * TLB_SIZE + i);
        }
        cpu->tlb_used[r] = false;
    }
    cpu->tlb_n_private = 0;
    memset(cpu->tlb_blocks, 0, sizeof(cpu->tlb_blocks));
    cpu_new_mapping(cpu);
}

void tlb_init(Cpu *cpu)
{
    memset(cpu->tlb_used, true, sizeof(cpu->tlb_used));
    tlb_flush_all(cpu);
}

static void flush_if_private(Cpu *cpu, unsigned i, int asid)
{
    const TlbInfo *info = &(&cpu->tlb_info[0][0])[i];
    if (info->not_global && (asid < 0 || info->asid == asid)) {
        clear_numbered(cpu, i);
    }
}

void tlb_flush_asid(Cpu *cpu, int asid)
{
    unsigned n = cpu->tlb_n_private;
    if (n <= ARRAY_LEN(cpu->tlb_private)) {
        for (unsigned i = 0; i < n; i++) {
            flush_if_private(cpu, cpu->tlb_private[i], asid);
        }
    } else {
        for (unsigned i = 0; i < REGIMES * TLB_SIZE; i++) {
            flush_if_private(cpu, i, asid);
        }
    }
    cpu->tlb_n_private = asid < 0 ? 0 : n;
    cpu_new_asid(cpu);
}

/* Whether TLB maintenance of one page of an ASID (-1: any) concerns a slot. Tag bits do not count: a tagged pointer may have
 * filled it. */
static bool concerns(const TlbInfo *info, u64 page, u64 size, int asid)
{
    return info->vpage != TLB_MISS && !((info->vpage ^ page) << 8 & ~(size - 1)) && (asid < 0 || !info->not_global || info->asid == asid);
}

static void flush_page(Cpu *cpu, u64 page, int asid)
{
    for (unsigned r = 0; r < REGIMES; r++) {
        if (concerns(&cpu->tlb_info[r][slot_of(page)], page, PAGE_SIZE, asid)) {
            clear_numbered(cpu, r * TLB_SIZE + slot_of(page));
        }
    }
}

static void flush_blocks_of(Cpu *cpu, u64 page, int asid)
{
    for (unsigned r = 0; r < REGIMES; r++) {
        for (unsigned i = r * TLB_SIZE; cpu->tlb_used[r] && i < (r + 1) * TLB_SIZE; i++) {
            const TlbInfo *info = &(&cpu->tlb_info[0][0])[i];
            if (info->block_size > PAGE_SIZE && concerns(info, page, info->block_size, asid)) {
                clear_numbered(cpu, i);
            }
        }
    }
}

void tlb_flush_va(Cpu *cpu, u64 va, int asid, u64 pages)
{
    if (pages >= TLB_SIZE / 4) {
        tlb_flush_all(cpu);
        return;
    }
    bool few = pages <= 4;
    for (u64 p = 0; p < pages; p++) {
        u64 page = (va & PAGE_MASK) + p * PAGE_SIZE;
        flush_page(cpu, page, asid);
        if (may_be_in_block(cpu, page)) {
            flush_blocks_of(cpu, page, asid);
            few = false;
        }
        if (few) {
            cpu_new_mapping_of_page(cpu, page);
        }
    }
    if (!few) {
        cpu_new_mapping(cpu);
    }
}

bool tlb_is_global(const Cpu *cpu, u64 va)
{
    return !cpu->tlb_info[cpu_regime(cpu, ACC_EXEC)][slot_of(va)].not_global;
}
