// SPDX-License-Identifier: MIT
// Quicksort of 32768 random words, with insertion for the short ends.

#include "bench.h"

enum { WORDS = 32768, SHORT = 12 };
static u32 words[WORDS];

u32 rounds = 60;

static void insertion_sort(u32 *low, u32 *high)
{
    for (u32 *at = low + 1; at <= high; at++) {
        u32 value = *at, *hole = at;
        for (; hole > low && hole[-1] > value; hole--)
            *hole = hole[-1];
        *hole = value;
    }
}

static NOINLINE void sort(u32 *low, u32 *high)
{
    while (high - low > SHORT) {
        u32 pivot = low[(high - low) / 2], *i = low - 1, *j = high + 1;
        for (;;) {
            while (*++i < pivot)
                ;
            while (*--j > pivot)
                ;
            if (i >= j)
                break;
            u32 value = *i;
            *i = *j;
            *j = value;
        }
        sort(low, j);
        low = j + 1;
    }
    insertion_sort(low, high);
}

u64 workload(u32 count)
{
    u64 state = 88172645463325252, sum = 0;
    while (count--) {
        for (int i = 0; i < WORDS; i++)
            words[i] = (u32)next_random(&state);
        sort(words, words + WORDS - 1);
        for (int i = 1; i < WORDS; i++)
            if (words[i - 1] > words[i])
                die("not sorted");
        sum = mix(sum, words[WORDS / 3]);
    }
    return sum;
}
