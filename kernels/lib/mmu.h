/* SPDX-License-Identifier: MIT
 * Stage 1 translation tables: 4 KB granule, 48-bit addresses, four levels from level 0. */
#ifndef MMU_H
#define MMU_H

#include "guest.h"

/* Descriptor bits (VMSAv8-64). */
#define PTE_BLOCK 1UL
#define PTE_PAGE 3UL
#define PTE_ATTR(index) ((u64)(index) << 2)
#define PTE_AP_EL0 (1UL << 6)
#define PTE_AP_RO (1UL << 7)
#define PTE_SH_INNER (3UL << 8)
#define PTE_AF (1UL << 10)
#define PTE_NG (1UL << 11)
#define PTE_DBM (1UL << 51)
#define PTE_PXN (1UL << 53)
#define PTE_UXN (1UL << 54)
/* MAIR_EL1 indices that mmu_enable sets up. */
enum { ATTR_NORMAL = 0, ATTR_DEVICE = 1, ATTR_NON_CACHEABLE = 2 };
#define PTE_NORMAL (PTE_ATTR(ATTR_NORMAL) | PTE_SH_INNER | PTE_AF)
#define PTE_DEVICE (PTE_ATTR(ATTR_DEVICE) | PTE_AF | PTE_PXN | PTE_UXN)

#define SCTLR_M (1UL << 0)
#define SCTLR_A (1UL << 1)
#define SCTLR_C (1UL << 2)
#define SCTLR_I (1UL << 12)
#define SCTLR_WXN (1UL << 19)
#define SCTLR_SPAN (1UL << 23)

u64 *mmu_new_table(void);                                    /* zeros */
u64 *mmu_entry(u64 *root, u64 va, unsigned level);           /* makes the tables above it */
void mmu_map(u64 *root, u64 va, u64 descriptor, unsigned level); /* writes the entry; no TLBI */
u64 *mmu_identity(void);                                     /* a root: first GiB device, second GiB memory */
void mmu_enable(u64 *root, u64 tcr_extra);                   /* TTBR0 and TTBR1 = root; MMU and caches on */

#endif
