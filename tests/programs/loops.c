// SPDX-License-Identifier: MIT
// Loops that GCC vectorises, for each type of element. What comes out must not depend on whether it did.

#include "mixed.h"

enum { COUNT = 133 }; /* not a multiple of anything, so that there are tails */

#define CLAMP(value, low, high) ((value) < (low) ? (low) : (value) > (high) ? (high) : (value))
#define EVERY for (int i = 0; i < COUNT; i++)
#define LOOP(name, T, body) \
    static NOINLINE void name##_##T(T *restrict r, const T *restrict a, const T *restrict b) { EVERY { body; } }
#define SUM(name, T, R, first, body) \
    static NOINLINE R name##_##T(const T *restrict a, const T *restrict b) { R s = first; EVERY { body; } return s; }

#define COMMON_LOOPS(T) \
    LOOP(add, T, r[i] = (T)(a[i] + b[i])) \
    LOOP(multiply, T, r[i] = (T)(a[i] * b[i] - a[i])) \
    LOOP(larger, T, r[i] = a[i] > b[i] ? a[i] : b[i]) \
    LOOP(smaller, T, r[i] = a[i] < b[i] ? a[i] : b[i]) \
    LOOP(distance, T, r[i] = (T)(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i])) \
    LOOP(compare, T, r[i] = (T)((a[i] >= b[i]) + 2 * (a[i] == b[i]))) \
    LOOP(reverse, T, r[i] = a[COUNT - 1 - i]) \
    LOOP(gather, T, r[i] = a[(u8)(i * 37) % COUNT]) \
    LOOP(stride, T, r[i] = (T)(a[i * 2 % 64] + b[i / 2 * 2])) \
    LOOP(choose, T, if (a[i] < b[i]) r[i] = (T)(a[i] + 1)) \
    SUM(total, T, T, 0, s = (T)(s + a[i] + b[i] / 4)) \
    SUM(greatest, T, T, a[0], s = a[i] > s ? a[i] : s) \
    SUM(least, T, T, b[0], s = b[i] < s ? b[i] : s) \
    SUM(dot, T, T, 1, s = (T)(s + a[i] * b[i]))

#define INTEGER_LOOPS(T, W, low, high) \
    COMMON_LOOPS(T) \
    LOOP(saturate, T, r[i] = (T)CLAMP((W)a[i] + (W)b[i], (W)low, (W)high)) \
    LOOP(shift, T, r[i] = (T)((a[i] << 2) ^ (b[i] >> 3))) \
    LOOP(variable_shift, T, r[i] = (T)(a[i] >> (i % (8 * (int)sizeof(T))))) \
    LOOP(average, T, r[i] = (T)(((W)a[i] + (W)b[i] + 1) >> 1)) \
    LOOP(high_half, T, r[i] = (T)((W)a[i] * (W)b[i] >> (8 * sizeof(T)))) \
    LOOP(bits, T, r[i] = (T)__builtin_popcountl((u64)a[i] & (u64)b[i])) \
    LOOP(divide, T, r[i] = (T)(a[i] / 11 + b[i] % 6)) \
    LOOP(logic, T, r[i] = (T)((a[i] & ~b[i]) | (a[i] ^ 0x55))) \
    SUM(wide_dot, T, W, 0, s += (W)a[i] * (W)b[i]) \
    SUM(differences, T, W, 0, s += a[i] > b[i] ? (W)a[i] - b[i] : (W)b[i] - a[i]) \
    SUM(parity, T, T, 0, s ^= a[i] & b[i])

/* Sums of differences may not overflow: the wide type of 64 bits is unsigned. */
INTEGER_LOOPS(i8, i32, -128, 127)
INTEGER_LOOPS(u8, u32, 0, 255)
INTEGER_LOOPS(i16, i64, -32768, 32767)
INTEGER_LOOPS(u16, u64, 0, 65535)
INTEGER_LOOPS(i32, i64, -2147483648L, 2147483647L)
INTEGER_LOOPS(u32, u64, 0, 4294967295UL)
typedef __int128 i128;
typedef unsigned __int128 u128;
INTEGER_LOOPS(i64, i128, INT64_MIN, INT64_MAX)
INTEGER_LOOPS(u64, u128, 0, UINT64_MAX)

#define FLOAT_LOOPS(T) \
    COMMON_LOOPS(T) \
    LOOP(quotient, T, r[i] = a[i] / b[i]) \
    LOOP(scaled, T, r[i] = a[i] * (T)0.5 + b[i] * (T)-3) \
    LOOP(to_integer, T, r[i] = (T)(i32)(a[i] < 100000 && a[i] > -100000 ? a[i] : 3) + (T)i) \
    LOOP(root, T, r[i] = (T)__builtin_sqrt((double)(a[i] > 0 ? a[i] : -b[i]))) \
    LOOP(rounded, T, r[i] = (T)(__builtin_floor((double)a[i]) + __builtin_trunc((double)b[i])))
FLOAT_LOOPS(float)
FLOAT_LOOPS(double)

#define CONVERT(name, T, R) static NOINLINE void name(R *restrict r, const T *restrict a) { EVERY { r[i] = (R)a[i]; } }
CONVERT(widen_bytes, i8, i32)
CONVERT(widen_unsigned, u8, u64)
CONVERT(narrow, i32, i8)
CONVERT(narrow_long, u64, u16)
CONVERT(to_float, i32, float)
CONVERT(to_double, u64, double)
CONVERT(from_half, _Float16, float)
CONVERT(to_half, float, _Float16)
CONVERT(lengthen, float, double)

static u64 area_a[256], area_b[256], area_r[256];

#define R1(name, T) (name##_##T((T *)area_r, (const T *)area_a, (const T *)area_b), fold(area_r, COUNT * sizeof(T)))
#define S1(name, T) FOLD(name##_##T((const T *)area_a, (const T *)area_b))
#define RUN_COMMON(T) \
    R1(add, T), R1(multiply, T), R1(larger, T), R1(smaller, T), R1(distance, T), R1(compare, T), R1(reverse, T), R1(gather, T), \
    R1(stride, T), R1(choose, T), S1(total, T), S1(greatest, T), S1(least, T), S1(dot, T)
#define RUN_INTEGER(T) \
    (fill(i), RUN_COMMON(T), R1(saturate, T), R1(shift, T), R1(variable_shift, T), R1(average, T), R1(high_half, T), R1(bits, T), \
     R1(divide, T), R1(logic, T), S1(wide_dot, T), S1(differences, T), S1(parity, T))
#define RUN_FLOAT(T) \
    (fill_floats(sizeof(T), i), RUN_COMMON(T), R1(quotient, T), R1(scaled, T), R1(to_integer, T), R1(root, T), R1(rounded, T))
#define RUN_CONVERSION(name, T, R) (name((R *)area_r, (const T *)area_a), fold(area_r, COUNT * sizeof(R)))

static void fill(unsigned from)
{
    __builtin_memcpy(area_a, pool + from, sizeof area_a);
    __builtin_memcpy(area_b, pool + from + 300, sizeof area_b);
}

static void fill_floats(unsigned size, unsigned from)
{
    for (int i = 0; i < 256; i++) {
        double a = (double)AT(i32, from + (unsigned)i * 4) / 1024, b = (double)AT(i16, from + (unsigned)i * 2) / 64 + 0.125;
        if (size == 8)
            ((double *)area_a)[i] = a, ((double *)area_b)[i] = b;
        else
            ((float *)area_a)[i] = (float)a, ((float *)area_b)[i] = (float)b;
    }
}

void loops(void)
{
    for (unsigned i = 0; i < 1600; i += 100) {
        RUN_INTEGER(i8), RUN_INTEGER(u8), RUN_INTEGER(i16), RUN_INTEGER(u16);
        RUN_INTEGER(i32), RUN_INTEGER(u32), RUN_INTEGER(i64), RUN_INTEGER(u64);
    }
    section("loops, integers");
    for (unsigned i = 0; i < 1600; i += 100)
        RUN_FLOAT(float), RUN_FLOAT(double), RUN_CONVERSION(lengthen, float, double), RUN_CONVERSION(to_half, float, _Float16);
    section("loops, floats");
    for (unsigned i = 0; i < 1600; i += 100) {
        fill(i);
        RUN_CONVERSION(widen_bytes, i8, i32), RUN_CONVERSION(widen_unsigned, u8, u64), RUN_CONVERSION(narrow, i32, i8);
        RUN_CONVERSION(narrow_long, u64, u16), RUN_CONVERSION(to_float, i32, float), RUN_CONVERSION(to_double, u64, double);
        RUN_CONVERSION(from_half, _Float16, float);
    }
    section("loops, conversions");
}
