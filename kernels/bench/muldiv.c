// SPDX-License-Identifier: MIT
// Multiplication, long multiplication and division.

#include "bench.h"

u32 rounds = 20000000;

u64 workload(u32 count)
{
    u64 x = 0x0123456789abcdef, y = 0xfedcba987, z = 1;
    while (count--) {
        x = x * y + z;
        z = (u64)((unsigned __int128)x * y >> 64);
        y += x / (z | 1);
        z ^= (u64)((i64)x / ((i64)(y >> 40) + 3));
        x += (u32)x / ((u32)y | 1) + (u64)(u32)z * (u32)y;
        y = y % 0xfffffffb + 0x100000;
    }
    return mix(mix(x, y), z);
}
