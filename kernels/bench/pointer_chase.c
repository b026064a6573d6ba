// SPDX-License-Identifier: MIT
// A list in random order over 256 pages: each load gives the address of the next.

#include "bench.h"

enum { NODES = 1 << 14 };
struct Node {
    struct Node *next;
    u64 value, unused[6];
};
static struct Node nodes[NODES] __attribute__((aligned(4096)));

u32 rounds = 2500;

/* One cycle through all nodes (Sattolo's algorithm). */
static void link_nodes(void)
{
    u64 state = 88172645463325252;
    for (u32 i = 0; i < NODES; i++)
        nodes[i].value = i;
    for (u32 i = NODES - 1; i > 0; i--) {
        u32 j = (u32)(next_random(&state) >> 20) % i;
        u64 value = nodes[i].value;
        nodes[i].value = nodes[j].value;
        nodes[j].value = value;
    }
    for (u32 i = 0; i < NODES; i++)
        nodes[i].next = &nodes[nodes[i].value];
}

u64 workload(u32 count)
{
    u64 sum = 0;
    link_nodes();
    const struct Node *node = nodes;
    for (u64 left = (u64)count * NODES; left; left--) {
        sum += node->value ^ left;
        node = node->next;
    }
    return sum;
}
