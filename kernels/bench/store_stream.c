// SPDX-License-Identifier: MIT
// Stores, one after the other through 1 MB: single registers, pairs, words, halfwords and bytes.

#include "bench.h"

enum { BYTES = 1 << 20 };
static u64 buffer[BYTES / 8] __attribute__((aligned(4096)));

u32 rounds = 1100;

static void fill_once(u64 value)
{
    u8 *at = (u8 *)buffer, *end = at + BYTES;
    __asm__ volatile("0:\n"
                     "str %1, [%0], #8\n stp %1, %0, [%0]\n str %w1, [%0, #16]\n strh %w1, [%0, #20]\n strb %w0, [%0, #22]\n"
                     "add %1, %1, %1, lsl #1\n"
                     "str %1, [%0, #24]\n stur %1, [%0, #31]\n stp %w1, %w0, [%0, #40]\n str xzr, [%0, #48]\n"
                     "strb %w1, [%0, #50]\n"
                     "add %0, %0, #56\n cmp %0, %2\n b.lo 0b\n"
                     : "+r"(at), "+r"(value)
                     : "r"(end)
                     : "memory", "cc");
}

u64 workload(u32 count)
{
    u64 sum = 0;
    for (u32 i = 0; i < count; i++)
        fill_once(i + 0x0123456789abcdef);
    for (unsigned i = 0; i < BYTES / 8; i++)
        sum = mix(sum, buffer[i]);
    return sum;
}
