// SPDX-License-Identifier: MIT
// Loads, one after the other through 1 MB: single registers, pairs, halfwords and signed words.

#include "bench.h"

enum { BYTES = 1 << 20 };
static u64 buffer[BYTES / 8] __attribute__((aligned(4096)));

u32 rounds = 900;

static u64 sum_once(void)
{
    u64 sum = 0, a, b, c;
    const u8 *at = (const u8 *)buffer, *end = at + BYTES;
    __asm__ volatile("0:\n"
                     "ldr %2, [%0], #8\n ldr %3, [%0]\n add %1, %1, %2\n add %1, %1, %3\n"
                     "ldp %2, %3, [%0, #8]\n add %1, %1, %2\n eor %1, %1, %3\n"
                     "ldrsw %2, [%0, #24]\n ldrh %w3, [%0, #30]\n add %1, %1, %2\n add %1, %1, %3\n"
                     "ldr %2, [%0, #32]\n ldr %w3, [%0, #40]\n ldrb %w4, [%0, #49]\n"
                     "add %1, %1, %2\n eor %1, %1, %3\n add %1, %1, %4\n add %0, %0, #56\n"
                     "cmp %0, %5\n b.lo 0b\n"
                     : "+r"(at), "+r"(sum), "=&r"(a), "=&r"(b), "=&r"(c)
                     : "r"(end)
                     : "memory", "cc");
    return sum;
}

u64 workload(u32 count)
{
    u64 state = 88172645463325252, sum = 0;
    for (unsigned i = 0; i < BYTES / 8; i++)
        buffer[i] = next_random(&state);
    while (count--)
        sum = mix(sum, sum_once());
    return sum;
}
