/* SPDX-License-Identifier: MIT
 * The atomics workload; the file that includes it chooses between exclusives and FEAT_LSE. */
#include "bench.h"

static u64 counter, bits;
static u32 lock, word;

ATOMICS_TARGET u64 workload(u32 count)
{
    counter = bits = 0;
    word = 1;
    for (u32 i = 0; i < count; i++) {
        while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
            ;
        u64 before = __atomic_fetch_add(&counter, i, __ATOMIC_RELAXED);
        __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
        __atomic_fetch_or(&bits, before << 1, __ATOMIC_SEQ_CST);
        u32 expected = __atomic_load_n(&word, __ATOMIC_ACQUIRE);
        if (__atomic_compare_exchange_n(&word, &expected, expected * 5 + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            __atomic_fetch_xor(&bits, expected, __ATOMIC_RELAXED);
    }
    return mix(mix(counter, bits), word);
}
