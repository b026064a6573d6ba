// SPDX-License-Identifier: MIT
// Integers of 8 to 128 bits on corner values: arithmetic, division, shifts, overflow, bits.

#include "mixed.h"

typedef __int128 i128;
typedef unsigned __int128 u128;

#define ARITHMETIC(type) \
    static NOINLINE void arithmetic_##type(type a, type b) \
    { \
        FOLD((type)(a + b)), FOLD((type)(a - b)), FOLD((type)(a * b)), FOLD((type)(a & ~b)), FOLD((type)(a ^ b)); \
        FOLD((type)(a << (b & 7))), FOLD((type)(a >> (b & 7))), FOLD(a < b), FOLD(a == b), FOLD((type)(a < b ? -b : ~a)); \
        if (b && b != (type)-1) \
            FOLD((type)(a / b)), FOLD((type)(a % b)); \
        FOLD((type)(a / 3)), FOLD((type)(a % 10)), FOLD((type)(a / 7 * 7)), FOLD((type)(a / 16)), FOLD((type)(a % 16)); \
    }

ARITHMETIC(i8)
ARITHMETIC(u8)
ARITHMETIC(i16)
ARITHMETIC(u16)
ARITHMETIC(i32)
ARITHMETIC(u32)
ARITHMETIC(i64)
ARITHMETIC(u64)
ARITHMETIC(i128)
ARITHMETIC(u128)

/* What C leaves undefined, and the instructions define. */
static NOINLINE void divide(u64 a, u64 b)
{
    u64 x, w;
    __asm__("sdiv %0, %2, %3\n sdiv %w1, %w2, %w3" : "=&r"(x), "=&r"(w) : "r"(a), "r"(b));
    FOLD(x), FOLD(w);
    __asm__("udiv %0, %2, %3\n udiv %w1, %w2, %w3" : "=&r"(x), "=&r"(w) : "r"(a), "r"(b));
    FOLD(x), FOLD(w);
}

static NOINLINE void overflow(u64 a, u64 b)
{
    i64 x;
    u64 y;
    i32 w;
    FOLD(__builtin_add_overflow((i64)a, (i64)b, &x)), FOLD(x), FOLD(__builtin_sub_overflow((i64)a, (i64)b, &x)), FOLD(x);
    FOLD(__builtin_mul_overflow((i64)a, (i64)b, &x)), FOLD(x), FOLD(__builtin_mul_overflow(a, b, &y)), FOLD(y);
    FOLD(__builtin_add_overflow(a, b, &y)), FOLD(y), FOLD(__builtin_sub_overflow(a, b, &y)), FOLD(y);
    FOLD(__builtin_add_overflow((i32)a, (i32)b, &w)), FOLD(w), FOLD(__builtin_mul_overflow((i32)a, (i32)b, &w)), FOLD(w);
    FOLD((u64)((u128)a * b >> 64)), FOLD((i64)((i128)(i64)a * (i64)b >> 64)), FOLD((u64)(u32)a * (u32)b);
    FOLD((i64)(i32)a * (i32)b - (i64)b), FOLD((a << (b & 63)) | (a >> (-b & 63))), FOLD((u32)a >> (b & 31));
}

static NOINLINE void bits(u64 a, u64 b)
{
    FOLD(__builtin_popcountl(a)), FOLD(__builtin_popcount((u32)b)), FOLD(__builtin_clrsbl((i64)a)), FOLD(__builtin_bswap64(a));
    FOLD(__builtin_bswap32((u32)a)), FOLD(__builtin_bswap16((u16)a)), FOLD(__builtin_parityl(a)), FOLD(__builtin_ffsl((i64)a));
    if (a)
        FOLD(__builtin_clzl(a)), FOLD(__builtin_ctzl(a));
    if ((u32)a)
        FOLD(__builtin_clz((u32)a)), FOLD(__builtin_ctz((u32)a));
    u64 mask = 0xff00UL << (b & 31);
    FOLD((a & ~mask) | (b & mask)), FOLD((a >> 13 & 0x3ff) | (b << 10)), FOLD((i64)(a << 20) >> 37);
    FOLD(a & 0x0f0f0f0f0f0f0f0f), FOLD(b | 0xfffffffffffffffe), FOLD(a ^ 0xaaaaaaaaaaaaaaaa), FOLD(a > b ? a + 1 : -b);
}

#define EACH(type) arithmetic_##type((type)a, (type)b)

static void pair(u64 a, u64 b)
{
    OPAQUE(a);
    OPAQUE(b);
    EACH(i8), EACH(u8), EACH(i16), EACH(u16), EACH(i32), EACH(u32), EACH(i64), EACH(u64);
    arithmetic_i128((i128)a << 61 | b, (i64)b);
    arithmetic_u128((u128)a << 64 | ~b, (u128)(b & 0xffff) << 60 | a);
    divide(a, b);
    overflow(a, b);
    bits(a, b);
}

void integers(void)
{
    for (unsigned i = 0; i < CORNERS; i++)
        for (unsigned j = 0; j < CORNERS; j++)
            pair(corners[i], corners[j]);
    section("integers, corners");
    for (unsigned i = 0; i + 16 <= POOL_BYTES; i += 8)
        pair(AT(u64, i), AT(u64, i + 8) >> (i / 8 & 63));
    section("integers, random");
}
