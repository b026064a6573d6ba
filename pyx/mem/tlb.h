/* SPDX-License-Identifier: MIT
 * The software TLB: filling slots from walks, and TLB maintenance. */
#ifndef EMU_MEM_TLB_H
#define EMU_MEM_TLB_H

#include "mem/bus.h"
#include "mem/walk.h"

/* Page tag bits that mark a RAM page whose writes may be cached in some TLB (see Region.page_flags). */
enum { RAM_WRITE_CACHED = 4 };

typedef struct TlbHit { const Region *region; u64 paddr; bool device, guarded; } TlbHit;

/* Translates one access that does not cross a page, through the TLB. False: Cpu.exception holds the abort. */
bool tlb_translate(Cpu *cpu, u64 va, Regime regime, unsigned acc, TlbHit *hit);
/* Forgets cached write permission for a physical page in all TLBs of the machine: its stores now take the slow path. */
void tlb_protect_page(struct Machine *machine, const Region *region, u64 paddr);
void tlb_init(Cpu *cpu);
/* Whether the page of va, which has just been fetched from, belongs to every ASID. */
bool tlb_is_global(const Cpu *cpu, u64 va);
Regime cpu_regime(const Cpu *cpu, unsigned acc);

#endif
