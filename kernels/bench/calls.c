// SPDX-License-Identifier: MIT
// Calls and returns: recursion with a frame (Fibonacci), and leaves.

#include "bench.h"

u32 rounds = 40;

static NOINLINE u64 leaf(u64 x) { return x * 3 + 1; }

static NOINLINE u64 fibonacci(u64 n)
{
    if (n < 2)
        return leaf(n);
    return fibonacci(n - 1) + fibonacci(n - 2);
}

u64 workload(u32 count)
{
    u64 sum = 0;
    for (u32 i = 0; i < count; i++)
        sum = mix(sum, fibonacci(26 + i % 2));
    return sum;
}
