/* SPDX-License-Identifier: MIT
 * Integer types and compiler words that every file of the core uses. */
#ifndef EMU_ARCH_TYPES_H
#define EMU_ARCH_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t i8;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;
__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 i128;

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define COLD __attribute__((cold, noinline))
#define UNUSED __attribute__((unused))
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Bits [hi:lo] of v, as the manual writes v<hi:lo>. */
#define BITS(v, hi, lo) (((u64)(v) >> (lo)) & (~(u64)0 >> (63 - ((hi) - (lo)))))
#define BIT(v, n) (((u64)(v) >> (n)) & 1)

/* v<bits-1:0> as a signed number (SignExtend). 1 <= bits <= 64. */
ALWAYS_INLINE i64 sign_extend(u64 v, unsigned bits)
{
    return (i64)(v << (64 - bits)) >> (64 - bits);
}

#endif
