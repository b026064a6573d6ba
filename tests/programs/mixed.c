// SPDX-License-Identifier: MIT
// Runs the sections and all workloads in one image, on a stack that unoptimised code with many vectors fits on.

#include "mixed.h"

u32 rounds = 1;
u8 pool[POOL_BYTES];
/* What the functions of -moutline-atomics in libgcc look at. libgcc's own definition asks an operating system. */
_Bool __aarch64_have_lse_atomics;

const u64 corners[CORNERS] = {
    0, 1, 2, 3, 7, 10, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0x80000001,
    0xffffffff, 0x100000000, 0x123456789abcdef, 0x5555555555555555, 0x7fffffffffffffff, 0x8000000000000000,
    0x8000000000000001, 0xffffffff00000000, 0xffffffff7fffffff, 0xffffffff80000000, 0xffffffffffff8000,
    0xffffffffffffff80, 0xfffffffffffffff6, 0xfffffffffffffffd, 0xfffffffffffffffe, 0xffffffffffffffff,
};

static u64 hash;

void fold(const void *data, size_t bytes)
{
    const u8 *at = data;
    for (; bytes >= 8; bytes -= 8, at += 8) {
        u64 word;
        __builtin_memcpy(&word, at, 8);
        hash = mix(hash, word);
    }
    for (; bytes; bytes--)
        hash = mix(hash, *at++);
}

void section(const char *name)
{
    print("%s %016lx\n", name, hash);
    hash = 0;
}

static void fill_pool(void)
{
    u64 state = 0x243f6a8885a308d3;
    for (unsigned i = 0; i < POOL_BYTES; i += 8) {
        u64 word = next_random(&state);
        if ((word >> 60) < 3)
            word = corners[word >> 20 & (CORNERS - 1)];
        else if ((word >> 60) == 4)
            word &= 0x00ff00ff00ff00ff;
        else if ((word >> 60) == 5)
            word = (word & 0x807f807f807f807f) | 0x3f803f803f803f80; /* floats and halves of about 1 */
        __builtin_memcpy(pool + i, &word, 8);
    }
}

/* workloads.h has a row for each: RUN(name, rounds). */
#define RUN(name, count) u64 workload_##name(u32);
#include "workloads.h"
#undef RUN

static void run_workloads(void)
{
#define RUN(name, count) print("%s %016lx\n", #name, workload_##name(count));
#include "workloads.h"
#undef RUN
}

static void everything(void)
{
    fill_pool();
    integers();
    control();
    text();
    memory();
    floats();
    loops();
    atomics();
    crypto();
    neon();
    neon_extensions();
    run_workloads();
}

static u8 stack[0x80000] __attribute__((aligned(16)));

u64 workload(u32 count)
{
    register void (*entry)(void) __asm__("x8") = everything;
    u8 *top = stack + sizeof stack;
    __asm__ volatile("mov x19, sp\n mov sp, %1\n blr %0\n mov sp, x19"
                     : "+r"(entry), "+r"(top)
                     :
                     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
                       "x17", "x18", "x19", "x30", "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16",
                       "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31");
    return count;
}
