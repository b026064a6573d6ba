// SPDX-License-Identifier: MIT
// Copying and filling of 1 MB, as a C library does it: 64 bytes in a loop, pairs of general and of vector registers.

#include "bench.h"

enum { BYTES = 1 << 20 };
static u8 from[BYTES] __attribute__((aligned(4096))), to[BYTES] __attribute__((aligned(4096)));

u32 rounds = 1000;

static void copy_general(u8 *target, const u8 *source, u64 size)
{
    __asm__ volatile("0: ldp x4, x5, [%1]\n ldp x6, x7, [%1, #16]\n stp x4, x5, [%0]\n stp x6, x7, [%0, #16]\n"
                     "ldp x4, x5, [%1, #32]\n ldp x6, x7, [%1, #48]\n stp x4, x5, [%0, #32]\n stp x6, x7, [%0, #48]\n"
                     "add %0, %0, #64\n add %1, %1, #64\n subs %2, %2, #64\n b.ne 0b\n"
                     : "+r"(target), "+r"(source), "+r"(size)
                     :
                     : "x4", "x5", "x6", "x7", "cc", "memory");
}

static void copy_vector(u8 *target, const u8 *source, u64 size)
{
    __asm__ volatile("0: ldp q0, q1, [%1]\n ldp q2, q3, [%1, #32]\n stp q0, q1, [%0]\n stp q2, q3, [%0, #32]\n"
                     "add %0, %0, #64\n add %1, %1, #64\n subs %2, %2, #64\n b.ne 0b\n"
                     : "+r"(target), "+r"(source), "+r"(size)
                     :
                     : "v0", "v1", "v2", "v3", "cc", "memory");
}

static void fill(u8 *target, u8 value, u64 size)
{
    __asm__ volatile("dup v0.16b, %w2\n"
                     "0: stp q0, q0, [%0]\n stp q0, q0, [%0, #32]\n add %0, %0, #64\n subs %1, %1, #64\n b.ne 0b\n"
                     : "+r"(target), "+r"(size)
                     : "r"(value)
                     : "v0", "cc", "memory");
}

u64 workload(u32 count)
{
    u64 state = 88172645463325252, sum = 0;
    for (u32 i = 0; i < BYTES; i += 8)
        *(u64 *)(from + i) = next_random(&state);
    for (u32 i = 0; i < count; i++) {
        copy_general(to, from, BYTES);
        sum = mix(sum, *(u64 *)(to + (i * 4104 & (BYTES - 8))));
        fill(to, (u8)i, BYTES);
        sum = mix(sum, *(u64 *)(to + (i * 8200 & (BYTES - 8))));
        copy_vector(to, from, BYTES);
    }
    return mix(sum, *(u64 *)(to + BYTES - 8));
}
