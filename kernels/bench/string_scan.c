// SPDX-License-Identifier: MIT
// Strings, byte by byte: length, first occurrence, comparison.

#include "bench.h"

enum { BYTES = 2048 };
static char text[BYTES + 1], other[BYTES + 1];

u32 rounds = 20000;

static NOINLINE u64 length(const char *at)
{
    const char *start = at;
    while (*at)
        at++;
    return (u64)(at - start);
}

static NOINLINE const char *find(const char *at, char wanted)
{
    while (*at && *at != wanted)
        at++;
    return at;
}

static NOINLINE int compare(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (u8)*a - (u8)*b;
}

u64 workload(u32 count)
{
    u64 state = 88172645463325252, sum = 0;
    for (unsigned i = 0; i < BYTES; i++)
        text[i] = other[i] = (char)('a' + next_random(&state) % 25);
    for (u32 i = 0; i < count; i++) {
        unsigned at = 1 + i * 7 % (BYTES - 1);
        text[at] = 'z';
        sum = mix(sum, length(text + i % 16));
        sum = mix(sum, (u64)(find(text, 'z') - text));
        sum = mix(sum, (u64)compare(text, other));
        text[at] = other[at];
    }
    return sum;
}
