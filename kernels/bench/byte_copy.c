// SPDX-License-Identifier: MIT
// A copy byte by byte, 4 KB at a time.

#include "bench.h"

enum { BYTES = 4096 };
static u8 from[BYTES + 64], to[BYTES + 64];

u32 rounds = 16000;

u64 workload(u32 count)
{
    u64 state = 88172645463325252, sum = 0;
    for (unsigned i = 0; i < sizeof(from); i++)
        from[i] = (u8)next_random(&state);
    for (u32 i = 0; i < count; i++) {
        const u8 *source = from + i % 61;
        u8 *target = to + i % 7, *end = target + BYTES;
        do {
            u8 byte = *source++;
            OPAQUE(byte);
            *target++ = byte;
        } while (target != end);
        sum = mix(sum, to[100 + i % 1000]);
    }
    return sum;
}
