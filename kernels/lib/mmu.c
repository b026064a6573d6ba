// SPDX-License-Identifier: MIT
// Making translation tables, and turning the MMU on.

#include "mmu.h"

enum { ENTRIES = 512, MAX_TABLES = 48 };
#define TABLE_ADDRESS 0x0000fffffffff000UL
/* T0SZ = T1SZ = 16, walks are write-back cacheable and inner shareable, 4 KB granules (TG0 = 0, TG1 = 2), IPS = 32 bits. */
#define TCR (16UL | 1UL << 8 | 1UL << 10 | 3UL << 12 | 16UL << 16 | 1UL << 24 | 1UL << 26 | 3UL << 28 | 2UL << 30)

static u64 pool[MAX_TABLES][ENTRIES] __attribute__((aligned(4096)));

u64 *mmu_new_table(void)
{
    static unsigned used;
    if (used == MAX_TABLES)
        die("out of translation tables");
    return pool[used++];
}

u64 *mmu_entry(u64 *root, u64 va, unsigned level)
{
    for (unsigned i = 0; i < level; i++) {
        u64 *entry = &root[va >> (39 - 9 * i) & (ENTRIES - 1)];
        if (!(*entry & 1))
            *entry = (u64)mmu_new_table() | PTE_PAGE;
        root = (u64 *)(*entry & TABLE_ADDRESS);
    }
    return &root[va >> (39 - 9 * level) & (ENTRIES - 1)];
}

void mmu_map(u64 *root, u64 va, u64 descriptor, unsigned level)
{
    *(volatile u64 *)mmu_entry(root, va, level) = descriptor;
    barrier("dsb ishst\n isb");
}

u64 *mmu_identity(void)
{
    u64 *root = mmu_new_table();
    mmu_map(root, 0, PTE_DEVICE | PTE_BLOCK, 1);
    mmu_map(root, 0x40000000, 0x40000000 | PTE_NORMAL | PTE_UXN | PTE_BLOCK, 1);
    return root;
}

void mmu_enable(u64 *root, u64 tcr_extra)
{
    write_sysreg(mair_el1, 0x4400ff);
    write_sysreg(tcr_el1, TCR | tcr_extra);
    write_sysreg(ttbr0_el1, root);
    write_sysreg(ttbr1_el1, root);
    barrier("dsb sy\n tlbi vmalle1\n dsb sy\n ic iallu\n dsb sy\n isb");
    write_sysreg(sctlr_el1, (read_sysreg(sctlr_el1) | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SPAN) & ~SCTLR_A);
    barrier("isb");
}
