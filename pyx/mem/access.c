/* SPDX-License-Identifier: MIT
 * The slow path of loads and stores: alignment, page crossing, devices, pages with code. Everything the TLB fast path declines. */
#include "mem/tlb.h"
#include "cpu/machine.h"

enum { FSC_EXTERNAL = 0x10, FSC_ALIGNMENT = 0x21 };

static bool abort_with(Cpu *cpu, u64 va, unsigned acc, u8 fsc)
{
    Fault fault = {.fsc = fsc};
    mmu_raise(cpu, va, acc, &fault);
    return false;
}

/* -- Hooks ------------------------------------------------------------------------------------------------ */

/* Whether one waits for a kind of access there. Tag bits of a pointer do not count. */
static bool is_hooked(const Cpu *cpu, HookKind kind, u64 va, unsigned size)
{
    const HookSet *set = &cpu->machine->hooks[kind];
    u64 first = (u64)sign_extend(va, 56);
    return unlikely(set->n) && hook_set_meets(set, first, first + (size - 1));
}

/* False: the hook raised. The instruction has done nothing then, and when it is run again its hooks are not called again. */
static bool call_hook(Cpu *cpu, u64 va, unsigned size, const void *value, bool is_write)
{
    Machine *m = cpu->machine;
    u64 retired = cpu_retired(cpu), pc = op_pc(cpu->op);
    if (cpu->accessed_at == retired && cpu->accessed_pc == pc) {
        return true;
    }
    if (m->callbacks.access(cpu, (u64)sign_extend(va, 56), size, value, is_write)) {
        return true;
    }
    cpu->accessed_pc = pc;
    cpu->accessed_at = retired;
    machine_stop(m, STOP_CALLBACK);
    return false;
}

/* AArch64.CheckAlignment: ordered and atomic accesses are checked always, but FEAT_LSE2 lets them be anywhere within 16 bytes. */
static bool is_aligned(const Cpu *cpu, u64 va, unsigned size, unsigned align, unsigned acc)
{
    if (!(va & (align - 1))) {
        return true;
    }
    if (cpu->ctx & CTX_STRICT_ALIGN) {
        return false;
    }
    if (!(acc & (ACC_ATOMIC | ACC_ORDERED))) {
        return true;
    }
    bool nAA = !(acc & ACC_ATOMIC) && BIT(cpu->sctlr_el[cpu->el ? cpu->el : 1], 6);
    return cpu_has(cpu, FEAT_LSE2) && ((va & 15) + size <= 16 || nAA);
}

static bool device_read(Cpu *cpu, const Region *r, u64 paddr, unsigned size, u8 *buf)
{
    u64 value = 0;
    cpu->count_mmio++;
    if (!r->read(r->device, cpu->machine, cpu->index, paddr - r->base, size, &value)) {
        return false;
    }
    memcpy(buf, &value, size);
    return true;
}

static bool device_write(Cpu *cpu, const Region *r, u64 paddr, unsigned size, u8 *buf)
{
    u64 value = 0;
    memcpy(&value, buf, size);
    cpu->count_mmio++;
    return r->write(r->device, cpu->machine, cpu->index, paddr - r->base, size, value);
}

/* Devices see 1, 2, 4 or 8 bytes, aligned: a misaligned access (to Normal memory that is a device after all) comes in bytes. */
static unsigned device_step(u64 paddr, unsigned size, unsigned align)
{
    unsigned step = align > 8 ? 8 : align;
    return (paddr | size) & (step - 1) ? 1 : step;
}

static bool in_region(const Region *r, u64 paddr, unsigned size)
{
    return r && size <= r->size - (paddr - r->base);
}

/* Where one access inside a page goes, after all checks. */
static bool reach(Cpu *cpu, u64 va, unsigned size, unsigned align, unsigned acc, TlbHit *hit)
{
    if (!tlb_translate(cpu, va, cpu_regime(cpu, acc), acc, hit)) {
        return false;
    }
    if (hit->device && (va & (align - 1))) {
        return abort_with(cpu, va, acc, FSC_ALIGNMENT);
    }
    return in_region(hit->region, hit->paddr, size) || abort_with(cpu, va, acc, FSC_EXTERNAL);
}

typedef bool DeviceAccess(Cpu *cpu, const Region *r, u64 paddr, unsigned size, u8 *buf);

/* Wide accesses reach a device as elements of `align` bytes, in order of address. */
static bool device_elements(Cpu *cpu, const TlbHit *hit, unsigned size, unsigned align, u8 *buf, DeviceAccess *access)
{
    unsigned step = device_step(hit->paddr, size, align);
    for (unsigned done = 0; done < size; done += step) {
        if (!access(cpu, hit->region, hit->paddr + done, step, buf + done)) {
            return false;
        }
    }
    return true;
}

static bool load_part(Cpu *cpu, u64 va, unsigned size, unsigned align, unsigned acc, u8 *buf)
{
    TlbHit hit;
    if (!reach(cpu, va, size, align, acc, &hit)) {
        return false;
    }
    if (hit.region->kind == REGION_RAM) {
        memcpy(buf, hit.region->host + (hit.paddr - hit.region->base), size);
        return true;
    }
    return device_elements(cpu, &hit, size, align, buf, device_read) || abort_with(cpu, va, acc, FSC_EXTERNAL);
}

static bool store_part(Cpu *cpu, u64 va, unsigned size, unsigned align, unsigned acc, const u8 *buf)
{
    TlbHit hit;
    if (!reach(cpu, va, size, align, acc, &hit)) {
        return false;
    }
    if (hit.region->kind == REGION_RAM) {
        memcpy(hit.region->host + (hit.paddr - hit.region->base), buf, size);
        bus_ram_written(cpu->machine, hit.paddr, size);
        return true;
    }
    return device_elements(cpu, &hit, size, align, (u8 *)buf, device_write) || abort_with(cpu, va, acc, FSC_EXTERNAL);
}

/* Whether a store at va will find permission, and something there. */
static bool may_store(Cpu *cpu, u64 va, unsigned acc)
{
    TlbHit hit;
    if (!tlb_translate(cpu, va, cpu_regime(cpu, acc), acc, &hit)) {
        return false;
    }
    return hit.region || abort_with(cpu, va, acc, FSC_EXTERNAL);
}

/* Bytes of [va, va+size) in va's page. */
static unsigned first_part(u64 va, unsigned size)
{
    u64 room = PAGE_SIZE - (va & ~PAGE_MASK);
    return room < size ? (unsigned)room : size;
}

bool mem_load(Cpu *cpu, u64 va, unsigned size, unsigned align, unsigned acc, void *buf)
{
    if (!is_aligned(cpu, va, size, align, acc)) {
        return abort_with(cpu, va, acc, FSC_ALIGNMENT);
    }
    unsigned first = first_part(va, size);
    return load_part(cpu, va, first, align, acc, buf) &&
           (first == size || load_part(cpu, va + first, size - first, align, acc, (u8 *)buf + first)) &&
           (!is_hooked(cpu, HOOK_READ, va, size) || call_hook(cpu, va, size, buf, false));
}

bool mem_store(Cpu *cpu, u64 va, unsigned size, unsigned align, unsigned acc, const void *buf)
{
    acc |= ACC_WRITE;
    if (!is_aligned(cpu, va, size, align, acc)) {
        return abort_with(cpu, va, acc, FSC_ALIGNMENT);
    }
    unsigned first = first_part(va, size);
    if (is_hooked(cpu, HOOK_WRITE, va, size)) {
        bool permitted = may_store(cpu, va, acc) && (first == size || may_store(cpu, va + first, acc));
        if (!permitted || !call_hook(cpu, va, size, buf, true)) {
            return false;
        }
    }
    if (first == size) {
        return store_part(cpu, va, size, align, acc, buf);
    }
    /* Neither page may change when one of them faults. */
    return may_store(cpu, va, acc) && may_store(cpu, va + first, acc) && store_part(cpu, va, first, align, acc, buf) &&
           store_part(cpu, va + first, size - first, align, acc, (const u8 *)buf + first);
}

bool mem_probe(Cpu *cpu, u64 va, unsigned acc)
{
    TlbHit hit;
    return tlb_translate(cpu, va, cpu_regime(cpu, acc), acc, &hit);
}

/* ESR_ELx.WnR of an atomic that reads and writes (ACC_ATOMIC without ACC_WRITE) is 0 for faults that a read would have too.
 * CHOICE(IMPDEF): atomics on devices end in a synchronous external abort. */
u8 *mem_rmw(Cpu *cpu, u64 va, unsigned size, unsigned acc)
{
    TlbHit hit;
    unsigned write = acc | ACC_WRITE;
    bool reads = (acc & (ACC_ATOMIC | ACC_WRITE)) == ACC_ATOMIC;
    if (!is_aligned(cpu, va, size, size, acc) || first_part(va, size) != size) {
        abort_with(cpu, va, acc, FSC_ALIGNMENT);
        return NULL;
    }
    if (!tlb_translate(cpu, va, cpu_regime(cpu, write), write, &hit)) {
        if (reads && mem_probe(cpu, va, acc)) {
            (void)mem_probe(cpu, va, write);
        }
        return NULL;
    }
    if (!in_region(hit.region, hit.paddr, size) || hit.region->kind != REGION_RAM) {
        abort_with(cpu, va, acc, FSC_EXTERNAL);
        return NULL;
    }
    u8 *at = hit.region->host + (hit.paddr - hit.region->base);
    if (reads && is_hooked(cpu, HOOK_READ, va, size) && !call_hook(cpu, va, size, at, false)) {
        return NULL;
    }
    bus_ram_written(cpu->machine, hit.paddr, size);
    return at;
}

const u8 mem_zeros[64];

bool mem_rmw_hooked(const Cpu *cpu, u64 va, unsigned size)
{
    return is_hooked(cpu, HOOK_WRITE, va, size);
}

/* A store-exclusive writes when the memory still holds what its load saw (isa/exclusive.h). */
bool mem_rmw_show(Cpu *cpu, u64 va, unsigned size, unsigned acc, const u8 *at, const void *value)
{
    bool writes = !(acc & ACC_WRITE) || !memcmp(at, &cpu->exclusive_value, size);
    return !writes || !is_hooked(cpu, HOOK_WRITE, va, size) || call_hook(cpu, va, size, value, true);
}
