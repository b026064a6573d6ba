/* SPDX-License-Identifier: MIT
 * What a workload is: one file with `rounds` and `workload`. bench.c turns the MMU on, calls it between two marks and
 * prints its checksum, so that every emulator can be seen to have done the same work. */
#ifndef BENCH_H
#define BENCH_H

#include "guest.h"

#define NOINLINE __attribute__((noinline))
/* The compiler knows nothing about the value after this, and has to have it before. */
#define OPAQUE(value) __asm__ volatile("" : "+r"(value))

extern u32 rounds; /* how much to do, unless the boot arguments say "rounds=N" */
u64 workload(u32 count);

/* Where the host's stop watches start and stop. */
void mark_start(void);
void mark_stop(void);

static inline u64 mix(u64 hash, u64 value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 32;
}

/* xorshift64: the same numbers everywhere. */
static inline u64 next_random(u64 *state)
{
    u64 x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

#endif
