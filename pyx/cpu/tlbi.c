/* SPDX-License-Identifier: MIT
 * TLBI of the EL1&0 regime. The nXS forms are the same: nothing is outstanding when an instruction ends. */
#include "arch/sysregs.h"
#include "cpu/machine.h"

/* What a TLBI names: pages of 4 KB from va, and an ASID or -1. */
typedef struct Scope { u64 va, pages; int asid; } Scope;

enum { OP2_VMALL = 0, OP2_VA = 1, OP2_ASID = 2, OP2_VA_ANY = 3, OP2_VA_LAST = 5, OP2_VA_ANY_LAST = 7 };

static int asid_of(const Cpu *cpu, u64 value)
{
    bool wide = BIT(cpu->tcr_el[1], 36) && cpu_has(cpu, FEAT_ASID16);   /* TCR_EL1.AS */
    return (int)(wide ? BITS(value, 63, 48) : BITS(value, 55, 48));
}

/* BaseADDR is in units of the granule that TG names. Reserved TG: nothing is to be invalidated. */
static Scope range_of(const Cpu *cpu, u64 value)
{
    static const u8 granule_bits[4] = {0, 12, 14, 16};
    unsigned bits = granule_bits[BITS(value, 47, 46)], scale = (unsigned)BITS(value, 45, 44);
    if (!bits) {
        return (Scope){0, 0, -1};
    }
    u64 granules = (BITS(value, 43, 39) + 1) << (5 * scale + 1);
    return (Scope){(u64)sign_extend(BITS(value, 36, 0), 37) << bits, granules << (bits - PAGE_BITS), asid_of(cpu, value)};
}

/* Xt<43:0> holds VA<55:12>. A translation granule above 4 KB ignores the low bits of that: its pages are blocks to the TLB. */
static Scope page_of(const Cpu *cpu, u64 value)
{
    return (Scope){(u64)sign_extend(value << PAGE_BITS, 56), 1, asid_of(cpu, value)};
}

static void flush(Cpu *cpu, unsigned op2, const Scope *scope)
{
    switch (op2) {
    case OP2_VMALL:
        tlb_flush_all(cpu);
        break;
    case OP2_ASID:
        tlb_flush_asid(cpu, scope->asid);
        break;
    case OP2_VA:
    case OP2_VA_LAST:
        tlb_flush_va(cpu, scope->va, scope->asid, scope->pages);
        break;
    case OP2_VA_ANY:
    case OP2_VA_ANY_LAST:
        tlb_flush_va(cpu, scope->va, -1, scope->pages);
        break;
    }
}

void system_tlbi(Cpu *cpu, unsigned crm, unsigned op2, u64 value)
{
    bool range = crm == 2 || crm == 5 || crm == 6;
    bool everywhere = crm == 1 || crm == 2 || crm == 3 || crm == 5;
    Scope scope = range ? range_of(cpu, value) : page_of(cpu, value);
    const Machine *m = cpu->machine;
    for (unsigned i = 0; i < m->n_cpus; i++) {
        if (everywhere || m->cpus[i] == cpu) {
            flush(m->cpus[i], op2, &scope);
        }
    }
}
