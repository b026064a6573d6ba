// SPDX-License-Identifier: MIT
// From main to the workload and back: 4 KB pages of Normal memory, caches on, marks, checksum, time by the guest's clock.

#include "bench.h"
#include "mmu.h"

#define RAM_START 0x40000000UL
#define RAM_BYTES 0x10000000UL  /* at most */
#define PAGED_BYTES 0x2000000UL /* more than any image needs; what follows, in blocks, has only the device tree */
#define PAGE_BYTES 0x1000UL
#define BLOCK_BYTES 0x200000UL

static void map_memory(void)
{
    u64 *root = mmu_new_table();
    mmu_map(root, 0, PTE_DEVICE | PTE_BLOCK, 1);
    for (u64 page = RAM_START; page < RAM_START + PAGED_BYTES; page += PAGE_BYTES)
        mmu_map(root, page, page | PTE_NORMAL | PTE_UXN | PTE_PAGE, 3);
    for (u64 block = RAM_START + PAGED_BYTES; block < RAM_START + RAM_BYTES; block += BLOCK_BYTES)
        mmu_map(root, block, block | PTE_NORMAL | PTE_UXN | PTE_BLOCK, 2);
    mmu_enable(root, 0);
}

/* Set rounds from /chosen/bootargs, if they are "rounds=N". */
static bool read_rounds(const struct FdtNode *node, void *unused)
{
    static const char key[] = "rounds=";
    struct FdtProperty arguments;
    u32 at = 0, value = 0;
    (void)unused;
    if (!string_equal(node->path, "/chosen") || !fdt_property(node, "bootargs", &arguments))
        return true;
    while (key[at] && at < arguments.size && arguments.data[at] == (u8)key[at])
        at++;
    if (key[at])
        return false;
    for (; at < arguments.size && arguments.data[at] >= '0' && arguments.data[at] <= '9'; at++)
        value = value * 10 + arguments.data[at] - '0';
    rounds = value;
    return false;
}

NOINLINE void mark_start(void) { barrier(""); }
NOINLINE void mark_stop(void) { barrier(""); }

void main(void)
{
    map_memory();
    fdt_walk(&fdt, read_rounds, NULL);
    u64 began = read_sysreg(cntvct_el0);
    mark_start();
    u64 checksum = workload(rounds);
    mark_stop();
    u64 ticks = read_sysreg(cntvct_el0) - began;
    print("checksum 0x%016lx\nticks %lu of %lu\n", checksum, ticks, read_sysreg(cntfrq_el0));
}
