// SPDX-License-Identifier: MIT
// Memory: copies, moves and fills of all sizes at all alignments, by the compiler and by pairs, SIMD and DC ZVA.

#include "mixed.h"

enum { SIZES = 80, AREA = 512 };
static u8 area[AREA * 2] __attribute__((aligned(64)));

/* GCC calls these two. */
void *memmove(void *target, const void *source, size_t size)
{
    u8 *to = target;
    const u8 *from = source;
    if (to < from)
        for (size_t i = 0; i < size; i++)
            ((volatile u8 *)to)[i] = from[i];
    else
        while (size--)
            ((volatile u8 *)to)[size] = from[size];
    return target;
}

int memcmp(const void *a, const void *b, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (((volatile const u8 *)a)[i] != ((const u8 *)b)[i])
            return ((const u8 *)a)[i] - ((const u8 *)b)[i];
    return 0;
}

static NOINLINE void copy_loop(u8 *to, const u8 *from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = from[i];
}

static NOINLINE void copy_words(u8 *to, const u8 *from, size_t size)
{
    for (; size >= 8; size -= 8, to += 8, from += 8)
        __builtin_memcpy(to, from, 8);
    if (size & 4)
        __builtin_memcpy(to, from, 4), to += 4, from += 4;
    if (size & 2)
        __builtin_memcpy(to, from, 2), to += 2, from += 2;
    if (size & 1)
        *to = *from;
}

/* Ends that overlap, as libraries do it; 32 bytes at least. */
static NOINLINE void copy_pairs(u8 *to, const u8 *from, size_t size)
{
    u8 *end = to + size;
    const u8 *from_end = from + size;
    __asm__ volatile("ldp q2, q3, [%3, -32]\n"
                     "0: ldp q0, q1, [%1], 32\n stp q0, q1, [%0], 32\n add x9, %0, 32\n cmp x9, %2\n b.ls 0b\n"
                     "stp q2, q3, [%2, -32]"
                     : "+r"(to), "+r"(from)
                     : "r"(end), "r"(from_end)
                     : "x9", "v0", "v1", "v2", "v3", "cc", "memory");
}

static NOINLINE void copy_backwards(u8 *to, const u8 *from, size_t size)
{
    to += size;
    from += size;
    __asm__ volatile("0: subs %2, %2, 16\n b.lo 1f\n ldp x9, x10, [%1, -16]!\n stp x9, x10, [%0, -16]!\n b 0b\n"
                     "1: adds %2, %2, 16\n b.eq 3f\n"
                     "2: ldrb w9, [%1, -1]!\n strb w9, [%0, -1]!\n subs %2, %2, 1\n b.ne 2b\n3:"
                     : "+r"(to), "+r"(from), "+r"(size)
                     :
                     : "x9", "x10", "cc", "memory");
}

static NOINLINE void fill(u8 *to, int value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (u8)value;
}

static NOINLINE void zero_blocks(u8 *to)
{
    u64 log = read_sysreg(dczid_el0);
    if (log & 1 << 4)
        return;
    for (u64 bytes = 4UL << (log & 15), at = 0; at < AREA; at += bytes)
        __asm__ volatile("dc zva, %0" : : "r"(to + at) : "memory");
}

static void refill(void)
{
    __builtin_memcpy(area, pool + 64, sizeof area);
}

static void every_alignment(void (*copy)(u8 *, const u8 *, size_t), unsigned least)
{
    refill();
    for (unsigned size = least; size < SIZES; size++)
        for (unsigned from = 0; from < 16; from++) {
            unsigned to = AREA + (from * 7 + size * 5) % 16;
            copy(area + to, area + from + size, size);
            if ((from ^ size) % 8 == 0)
                fold(area + AREA - 8, SIZES + 24);
        }
    fold(area, sizeof area);
}

static void moves(void)
{
    refill();
    for (unsigned size = 0; size < SIZES; size++)
        for (unsigned shift = 1; shift < 24; shift += 3) {
            memmove(area + 100 + shift, area + 100, size);
            memmove(area + 300, area + 300 + shift, size);
            copy_backwards(area + 500 + shift, area + 500, size);
            FOLD(memcmp(area + 100, area + 100 + shift, size));
        }
    fold(area, sizeof area);
}

#define CONSTANT(size) (__builtin_memcpy(area + (size), pool + 3 * (size), size), __builtin_memset(area + 700 + (size) % 13, size, size))
#define CONSTANTS(size) CONSTANT(size), CONSTANT(size + 1), CONSTANT(size + 2), CONSTANT(size + 3), CONSTANT(size + 4)

static NOINLINE void constant_sizes(void)
{
    refill();
    CONSTANTS(1), CONSTANTS(6), CONSTANTS(11), CONSTANTS(16), CONSTANTS(21), CONSTANTS(26), CONSTANTS(31), CONSTANTS(47);
    CONSTANTS(62), CONSTANTS(90), CONSTANTS(125);
    fold(area, sizeof area);
}

void memory(void)
{
    every_alignment(copy_loop, 0);
    every_alignment(copy_words, 0);
    every_alignment(copy_pairs, 32);
    every_alignment(copy_backwards, 0);
    section("copies");
    moves();
    constant_sizes();
    section("moves");
    for (unsigned size = 0; size < 200; size += 1 + size / 40)
        for (unsigned at = 0; at < 16; at += 3)
            fill(area + 200 + at, (int)(size ^ at), size), fold(area + 190, 230);
    zero_blocks(area + AREA);
    fold(area, sizeof area);
    section("fills");
}
