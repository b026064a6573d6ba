// SPDX-License-Identifier: MIT
// hello: greet over the PL011, print the device tree, power off by PSCI.
//
// Proves: loading, the boot protocol (x0), the PL011's output, the tree's wording, PSCI SYSTEM_OFF.
// Expected output: the greeting, then a line for each node of the tree, parents first:
//     path [compatible ...] address+length ...
// What is in the tree depends on the machine's options; tests/boot/test_kernels.py computes the text from the blob.

#include "guest.h"

static void print_compatible(const struct FdtNode *node)
{
    struct FdtProperty property;
    if (!fdt_property(node, "compatible", &property))
        return;
    print(" [");
    for (u32 i = 0; i + 1 < property.size; i++)
        print("%c", property.data[i] ? property.data[i] : ' ');
    print("]");
}

static bool print_node(const struct FdtNode *node, void *unused)
{
    u64 address, size;
    (void)unused;
    print("%s", node->path);
    print_compatible(node);
    for (u32 i = 0; fdt_reg(node, i, &address, &size); i++) {
        print(" 0x%lx", address);
        if (node->size_cells)
            print("+0x%lx", size);
    }
    print("\n");
    return true;
}

void main(void)
{
    print("Hello from EL%u of an AArch64 machine!\n", (u32)field(read_sysreg(CurrentEL), 3, 2));
    if (!fdt.base)
        print("There is no device tree.\n");
    else if (!fdt_walk(&fdt, print_node, NULL))
        print("The device tree is damaged.\n");
    print("Goodbye.\n");
}
