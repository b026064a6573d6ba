// SPDX-License-Identifier: MIT
// C11 atomics of all sizes and orders: exclusives, LSE, or libgcc's choice of them, as the flags say.

#include "mixed.h"

#define OPERATIONS(T) \
    static NOINLINE void operate_##T(T x) \
    { \
        static T cell __attribute__((aligned(16))); \
        T expected = (T)(x + 1); \
        FOLD(__atomic_exchange_n(&cell, x, __ATOMIC_RELAXED)), FOLD(__atomic_fetch_add(&cell, 7, __ATOMIC_SEQ_CST)); \
        FOLD(__atomic_fetch_sub(&cell, x / 2, __ATOMIC_ACQUIRE)), FOLD(__atomic_fetch_or(&cell, 0x51, __ATOMIC_RELEASE)); \
        FOLD(__atomic_fetch_and(&cell, (T)~x | 0x33, __ATOMIC_ACQ_REL)), FOLD(__atomic_fetch_xor(&cell, x, __ATOMIC_RELAXED)); \
        FOLD(__atomic_fetch_nand(&cell, x, __ATOMIC_SEQ_CST)), FOLD(__atomic_add_fetch(&cell, x, __ATOMIC_RELEASE)); \
        FOLD(__atomic_compare_exchange_n(&cell, &expected, x, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)), FOLD(expected); \
        FOLD(__atomic_compare_exchange_n(&cell, &expected, (T)(x + 1), false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)); \
        FOLD(__atomic_load_n(&cell, __ATOMIC_ACQUIRE)), __atomic_store_n(&cell, (T)(x * 3), __ATOMIC_RELEASE); \
        FOLD(__atomic_sub_fetch(&cell, 1, __ATOMIC_ACQ_REL)), FOLD(__atomic_load_n(&cell, __ATOMIC_SEQ_CST)); \
        FOLD(__atomic_or_fetch(&cell, x, __ATOMIC_ACQUIRE)), FOLD(__atomic_and_fetch(&cell, x, __ATOMIC_SEQ_CST)); \
        FOLD(__atomic_test_and_set(&cell, __ATOMIC_ACQUIRE)), __atomic_clear(&cell, __ATOMIC_RELEASE); \
    }

OPERATIONS(u8)
OPERATIONS(i16)
OPERATIONS(u16)
OPERATIONS(i32)
OPERATIONS(u32)
OPERATIONS(i64)
OPERATIONS(u64)

/* Pairs: LDXP and STXP, and CASP where there is LSE. */
static NOINLINE void pairs(u64 x, u64 y)
{
    static u64 cell[2] __attribute__((aligned(16)));
    register u64 a __asm__("x4") = cell[0], b __asm__("x5") = y ? cell[1] : x, c __asm__("x6") = x, d __asm__("x7") = y;
    __asm__ volatile(".arch_extension lse\n caspal x4, x5, x6, x7, [%4]" : "+r"(a), "+r"(b) : "r"(c), "r"(d), "r"(cell) : "memory");
    FOLD(a), FOLD(b), FOLD(cell[0]), FOLD(cell[1]);
    u64 low, high;
    u32 failed;
    __asm__ volatile("0: ldaxp %0, %1, [%3]\n add %0, %0, %1\n stlxp %w2, %1, %0, [%3]\n cbnz %w2, 0b"
                     : "=&r"(low), "=&r"(high), "=&r"(failed) : "r"(cell) : "memory");
    FOLD(low), FOLD(high), FOLD(failed), FOLD(cell[0]), FOLD(cell[1]);
}

#define LSE(name, x) \
    ({ u64 old_, with_ = (x); __asm__ volatile(".arch_extension lse\n " name : "=r"(old_) : "r"(with_), "r"(&shared) : "memory"); old_; })

static NOINLINE void minimum_and_maximum(u64 x)
{
    static u64 shared;
    FOLD(LSE("ldsmax %1, %0, [%2]", x)), FOLD(LSE("ldsminb %w1, %w0, [%2]", x >> 8)), FOLD(LSE("ldumaxh %w1, %w0, [%2]", x));
    FOLD(LSE("ldumin %w1, %w0, [%2]", ~x)), FOLD(LSE("ldeoral %1, %0, [%2]", x >> 3)), FOLD(LSE("ldclra %1, %0, [%2]", x << 5));
    FOLD(LSE("ldsmaxlh %w1, %w0, [%2]", x)), FOLD(LSE("swpab %w1, %w0, [%2]", x)), FOLD(shared);
}

extern _Bool __aarch64_have_lse_atomics;

void atomics(void)
{
    for (unsigned i = 0; i + 16 <= 2048; i += 4) {
        u64 x = AT(u64, i);
        __aarch64_have_lse_atomics = i & 4;
        operate_u8((u8)x), operate_i16((i16)x), operate_u16((u16)x), operate_i32((i32)x), operate_u32((u32)x);
        operate_i64((i64)x), operate_u64(x);
        pairs(x, i & 8 ? AT(u64, i + 8) : 0);
        minimum_and_maximum(x);
    }
    section("atomics");
}
