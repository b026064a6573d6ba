// SPDX-License-Identifier: MIT
// Control: switches, recursion, function pointers, non-local jumps; structs and bit-fields, by value and in pieces.

#include "mixed.h"

struct Bits {
    u32 a : 3, b : 7, c : 11, d : 11;
    i64 e : 33, f : 17, g : 14;
    u8 h : 1, i : 5;
};
struct Odd {
    u8 bytes[13];
};
struct Pair {
    double x;
    u32 y, z;
};
struct Floats {
    float a, b, c;
};
struct Big {
    u64 words[11];
    struct Odd odd;
};

static NOINLINE u64 choose(u64 value, u64 x)
{
    switch (value % 23) {
    case 0: return x + 1;
    case 1: return x * 3;
    case 2: return x ^ 0xff;
    case 3: x -= 9; /* fallthrough */
    case 4: return x << 3;
    case 5: return ~x;
    case 6: return x >> 5;
    case 8: return -x;
    case 9: return x * x;
    case 11: return x / 11;
    case 12: return x % 13;
    case 13: return x | 0x8000;
    case 17: return x & 0xfffff;
    case 22: return choose(value / 23, x);
    default: return x + value;
    }
}

static NOINLINE u64 ackermann(u64 m, u64 n)
{
    return !m ? n + 1 : !n ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static NOINLINE bool is_odd(u32 n);
static NOINLINE bool is_even(u32 n) { return n ? is_odd(n - 1) : true; }
static NOINLINE bool is_odd(u32 n) { return n ? is_even(n - 1) : false; }

static NOINLINE struct Bits shuffle_bits(struct Bits bits, u64 x)
{
    bits.a += bits.b;
    bits.b = (u32)x & 0x7f;
    bits.c -= bits.d * 3;
    bits.d ^= bits.c;
    bits.e = bits.e * 5 + (i64)x;
    bits.f = bits.g - bits.f;
    bits.g = (i64)(x >> 9);
    bits.h = !bits.h;
    bits.i += bits.h + 1;
    return bits;
}

static NOINLINE struct Odd rotate(struct Odd odd)
{
    struct Odd result;
    for (unsigned i = 0; i < sizeof odd.bytes; i++)
        result.bytes[i] = (u8)(odd.bytes[(i + 5) % sizeof odd.bytes] + i);
    return result;
}

static NOINLINE struct Pair swap(struct Pair pair) { return (struct Pair){pair.y / 3.0, pair.z, (u32)(pair.x * 7) & 0xffff}; }
static NOINLINE struct Floats turn(struct Floats f, float by) { return (struct Floats){f.b * by, f.c - by, f.a / (by + 2)}; }

static NOINLINE struct Big enlarge(struct Big big, struct Odd odd, u64 x)
{
    for (unsigned i = 0; i < 11; i++)
        big.words[i] = big.words[(i + 3) % 11] * x + i;
    big.odd = odd;
    return big;
}

static void structs(void)
{
    struct Bits bits = {0};
    struct Odd odd = AT(struct Odd, 5);
    struct Pair pair = {1.5, 7, 9};
    struct Floats reals = {1, 2, 3};
    struct Big big = AT(struct Big, 96);
    for (unsigned i = 0; i < 200; i++) {
        u64 x = AT(u64, i * 8);
        bits = shuffle_bits(bits, x);
        odd = rotate(odd);
        pair = swap(pair);
        reals = turn(reals, (float)(x & 15));
        struct Big copy = enlarge(big, odd, x);
        big = i & 1 ? copy : enlarge(copy, rotate(odd), ~x);
        FOLD((u64)bits.a), FOLD((u64)bits.b), FOLD((u64)bits.c), FOLD((u64)bits.d), FOLD((i64)bits.e), FOLD((i64)bits.f);
        FOLD((i64)bits.g), FOLD((u64)bits.h), FOLD((u64)bits.i), FOLD(odd), FOLD(pair), FOLD(reals);
        fold(big.words, sizeof big.words);
    }
    section("structs");
}

/* x19 to x30, sp, d8 to d15 (Procedure Call Standard for the Arm 64-bit Architecture: what a callee preserves). */
typedef struct {
    u64 registers[22];
} Context;
int mark(Context *context) __attribute__((returns_twice));
_Noreturn void jump(Context *context, int value);
__asm__(".text\n"
        "mark: stp x19, x20, [x0]\n stp x21, x22, [x0, 16]\n stp x23, x24, [x0, 32]\n stp x25, x26, [x0, 48]\n"
        "stp x27, x28, [x0, 64]\n stp x29, x30, [x0, 80]\n mov x2, sp\n str x2, [x0, 96]\n stp d8, d9, [x0, 104]\n"
        "stp d10, d11, [x0, 120]\n stp d12, d13, [x0, 136]\n stp d14, d15, [x0, 152]\n mov w0, 0\n ret\n"
        "jump: ldp x19, x20, [x0]\n ldp x21, x22, [x0, 16]\n ldp x23, x24, [x0, 32]\n ldp x25, x26, [x0, 48]\n"
        "ldp x27, x28, [x0, 64]\n ldp x29, x30, [x0, 80]\n ldr x2, [x0, 96]\n mov sp, x2\n ldp d8, d9, [x0, 104]\n"
        "ldp d10, d11, [x0, 120]\n ldp d12, d13, [x0, 136]\n ldp d14, d15, [x0, 152]\n mov w0, w1\n ret\n");

static NOINLINE u64 descend(Context *context, u32 depth)
{
    if (!depth)
        jump(context, 42);
    return descend(context, depth - 1) + depth;
}

static void jumps(void)
{
    Context context;
    for (volatile u32 i = 0; i < 30; i++) {
        volatile double kept = i * 1.25;
        int from = mark(&context);
        if (!from)
            descend(&context, i * 7);
        FOLD(from), FOLD((double)kept), FOLD((u32)i);
    }
    section("jumps");
}

static u64 add(u64 a, u64 b) { return a + b; }
static u64 sub(u64 a, u64 b) { return a - b; }
static u64 mul(u64 a, u64 b) { return a * b; }
static u64 select(u64 a, u64 b) { return a > b ? a : b; }

void control(void)
{
    static u64 (*volatile const table[])(u64, u64) = {add, sub, mul, select, mix};
    u64 x = 1;
    for (unsigned i = 0; i + 8 <= POOL_BYTES; i++) {
        x = choose(AT(u64, i), x);
        x = table[x % 5](x, i);
        FOLD(x);
    }
    section("switches and pointers");
    FOLD(ackermann(2, 40)), FOLD(ackermann(3, 4)), FOLD(is_even(1001)), FOLD(is_odd(777));
    section("recursion");
    structs();
    jumps();
}
