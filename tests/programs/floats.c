// SPDX-License-Identifier: MIT
// Half, float, double and long double (by libgcc): arithmetic, conversions, comparisons, rounding; results as bits.

#include "mixed.h"

typedef _Float16 half;

enum { SPECIALS = 22 };
static const u64 specials[SPECIALS] = {
    0, 0x8000000000000000, 0x3ff0000000000000, 0xbff8000000000000, 0x7ff0000000000000, 0xfff0000000000000,
    0x7ff8000000000000, 0x7ff0000000000001, 0xfff8000000012345, 0x0000000000000001, 0x000fffffffffffff, 0x0010000000000000,
    0x7fefffffffffffff, 0x41dfffffffc00000, 0xc1e0000000200000, 0x43e0000000000000, 0x3fe0000000000000, 0x4004000000000000,
    0x36a0000000000000, 0x40effe0000000000, 0x3e70000000000000, 0x3fb999999999999a,
};

/* Flags as the instructions leave them, cumulative. */
static void fold_flags(void)
{
    u64 fpsr;
    __asm__ volatile("mrs %0, fpsr\n msr fpsr, xzr" : "=r"(fpsr) : : "memory");
    FOLD(fpsr);
}

/* The bits of a value, to convert as an integer. */
#define BITS(value) \
    ({ i64 bits_ = 0; __typeof__(value) from_ = (value); __builtin_memcpy(&bits_, &from_, sizeof from_); bits_; })

#define OPERATIONS(type, fma_, sqrt_) \
    static NOINLINE void operations_##type(type a, type b, type c) \
    { \
        FOLD((type)(a + b)), FOLD((type)(a - b)), FOLD((type)(a * b)), FOLD((type)(a / b)), FOLD((type)-a), FOLD((type)(a * b + c)); \
        FOLD((type)fma_(a, b, c)), FOLD((type)fma_(-a, b, c)), FOLD((type)fma_(a, b, -c)), FOLD((type)sqrt_(b)); \
        FOLD(a < b), FOLD(a <= b), FOLD(a == b), FOLD(a != c), FOLD((type)(a < b ? a : c)), FOLD(__builtin_isunordered(a, b)); \
        FOLD((i32)a), FOLD((u32)a), FOLD((i64)b), FOLD((u64)b), FOLD((i16)(i32)c), FOLD((float)a), FOLD((double)a), FOLD((half)a); \
        FOLD((type)(i32)BITS(c)), FOLD((type)(u64)BITS(c)); \
        fold_flags(); \
    }

OPERATIONS(float, __builtin_fmaf, __builtin_sqrtf)
OPERATIONS(double, __builtin_fma, __builtin_sqrt)
OPERATIONS(half, __builtin_fmaf, __builtin_sqrtf)

static NOINLINE void rounding(double a, float b)
{
    FOLD(__builtin_floor(a)), FOLD(__builtin_ceil(a)), FOLD(__builtin_trunc(a)), FOLD(__builtin_round(a));
    FOLD(__builtin_rint(a)), FOLD(__builtin_nearbyint(a)), FOLD(__builtin_fabs(a)), FOLD(__builtin_copysign(a, (double)b));
    FOLD(__builtin_floorf(b)), FOLD(__builtin_ceilf(b)), FOLD(__builtin_truncf(b)), FOLD(__builtin_roundf(b));
    FOLD(__builtin_rintf(b)), FOLD(__builtin_nearbyintf(b)), FOLD(__builtin_fabsf(b)), FOLD(__builtin_fmaxf(b, (float)a));
    FOLD(__builtin_fmin(a, (double)b)), FOLD(__builtin_signbit(a)), FOLD(__builtin_isinf_sign(a)), FOLD(__builtin_isnan(b));
    FOLD((i64)__builtin_floor(a)), FOLD((u32)__builtin_ceilf(b)), FOLD((i32)__builtin_round(a)), FOLD((double)(float)a);
    fold_flags();
}

/* Quad precision is integer code of libgcc that reads FPCR and raises flags by itself. */
static NOINLINE void quad(double a, double b)
{
    long double x = a, y = b, z = x * y + (x - y) / 3;
    OPAQUE(a);
    FOLD((double)z), FOLD((float)(x / (y + 1))), FOLD(x < y), FOLD((i64)(z < 1e18L && z > -1e18L ? z : 5)), FOLD(z == z);
    fold_flags();
}

static void triple(double a, double b, double c)
{
    operations_double(a, b, c);
    operations_float((float)a, (float)b, (float)c);
    operations_half((half)a, (half)b, (half)c);
    rounding(a, (float)b);
    quad(a, b);
}

static double special(unsigned i)
{
    double value;
    __builtin_memcpy(&value, &specials[i % SPECIALS], 8);
    return value;
}

static void all_triples(void)
{
    for (unsigned i = 0; i < SPECIALS; i++)
        for (unsigned j = 0; j < SPECIALS; j++)
            triple(special(i), special(j), special(i * 5 + j * 3));
    for (unsigned i = 0; i + 24 <= 1200; i += 8) {
        triple(AT(double, i), AT(double, i + 8), AT(double, i + 16));
        operations_float(AT(float, i), AT(float, i + 4), AT(float, i + 12));
        operations_half(AT(half, i), AT(half, i + 2), AT(half, i + 6));
    }
}

/* Digits of a series, so that an error of one bit grows. */
static NOINLINE void series(void)
{
    double sum = 0, term = 1, logistic = 0.3;
    float single = 0.7f;
    half small = 0.25f;
    for (int i = 1; i < 2000; i++) {
        term = term * 3.7 / (i % 50 + 1);
        sum += i & 1 ? term : -term / i;
        logistic = 3.9 * logistic * (1 - logistic);
        single = 3.8f * single * (1 - single);
        small = (half)((half)3.7f * small * ((half)1 - small));
        FOLD(sum), FOLD(logistic), FOLD(single), FOLD(small);
    }
}

void floats(void)
{
    for (u64 mode = 0; mode < 8; mode++) {
        u64 fpcr = (mode & 3) << 22 | (mode >> 2) << 24 | (u64)(mode == 5) << 25 | (u64)(mode >= 6) << 19;
        __asm__ volatile("msr fpcr, %0\n msr fpsr, xzr" : : "r"(fpcr) : "memory");
        all_triples();
        __asm__ volatile("msr fpcr, xzr\n msr fpsr, xzr" : : : "memory");
        print("FPCR %lx: ", fpcr);
        section("floats");
    }
    series();
    section("series");
}
