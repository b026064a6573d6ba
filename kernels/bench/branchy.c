// SPDX-License-Identifier: MIT
// Branches that depend on random bits.

#include "bench.h"

u32 rounds = 14000000;

u64 workload(u32 count)
{
    u64 state = 88172645463325252, a = 1, b = 2, c = 3;
    while (count--) {
        u64 bits = next_random(&state);
        if (bits & 1) {
            a += 3;
            OPAQUE(a);
        } else {
            b ^= a;
            OPAQUE(b);
        }
        if (bits >> 60 > 9) {
            c -= b;
            OPAQUE(c);
        }
        if ((bits & 0xff00) == 0x1200 || (bits & 0x70000) == 0) {
            a ^= c << 1;
            OPAQUE(a);
        }
        if ((i64)bits < 0 && bits & 0x400000) {
            b += 7;
            OPAQUE(b);
        }
    }
    return mix(mix(a, b), c);
}
