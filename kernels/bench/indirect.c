// SPDX-License-Identifier: MIT
// Indirect calls, by a table, in an order that changes.

#include "bench.h"

u32 rounds = 20000000;

static NOINLINE u64 add(u64 x) { return x + 0x1234567; }
static NOINLINE u64 rotate(u64 x) { return x << 13 | x >> 51; }
static NOINLINE u64 negate(u64 x) { return ~x; }
static NOINLINE u64 shift_in(u64 x) { return x ^ x >> 9; }
static NOINLINE u64 subtract(u64 x) { return x - 77; }
static NOINLINE u64 twist(u64 x) { return x ^ x << 3; }
static NOINLINE u64 scale(u64 x) { return x * 5; }
static NOINLINE u64 swap(u64 x) { return __builtin_bswap64(x); }

static u64 (*volatile const table[8])(u64) = {add, rotate, negate, shift_in, subtract, twist, scale, swap};

u64 workload(u32 count)
{
    u64 x = 1;
    for (u32 i = 0; i < count; i++)
        x = table[(i ^ i >> 3 ^ x) & 7](x);
    return x;
}
