// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4) in plain C, of 64 KB a round; "abc" first, whose digest is published.

#include "bench.h"

enum { BYTES = 65536 };
static u8 message[BYTES];
static u32 constants[64];

u32 rounds = 90;

/* The first 32 bits of the fractional part of the root of the given degree (2 or 3), by bisection in integers. */
static u32 root_fraction(u32 prime, unsigned degree)
{
    unsigned __int128 low = 0, high = (unsigned __int128)32 << 32;
    while (high - low > 1) {
        unsigned __int128 middle = (low + high) / 2, power = middle * middle;
        if (degree == 3)
            power *= middle;
        if (power <= (unsigned __int128)prime << (32 * degree))
            low = middle;
        else
            high = middle;
    }
    return (u32)low;
}

static void make_constants(u32 *initial)
{
    unsigned found = 0;
    for (u32 n = 2; found < 64; n++) {
        bool prime = true;
        for (u32 d = 2; d * d <= n && prime; d++)
            prime = n % d != 0;
        if (!prime)
            continue;
        if (found < 8)
            initial[found] = root_fraction(n, 2);
        constants[found++] = root_fraction(n, 3);
    }
}

static u32 rotate(u32 x, unsigned n) { return x >> n | x << (32 - n); }

static NOINLINE void compress(u32 *hash, const u8 *block)
{
    u32 w[64], s[8];
    for (int i = 0; i < 16; i++)
        w[i] = (u32)block[4 * i] << 24 | (u32)block[4 * i + 1] << 16 | (u32)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        u32 low = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        u32 high = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + low + w[i - 7] + high;
    }
    for (int i = 0; i < 8; i++)
        s[i] = hash[i];
    for (int i = 0; i < 64; i++) {
        u32 e = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25), choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
        u32 t = s[7] + e + choice + constants[i] + w[i];
        u32 a = rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22);
        u32 majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        s[7] = s[6], s[6] = s[5], s[5] = s[4], s[4] = s[3] + t;
        s[3] = s[2], s[2] = s[1], s[1] = s[0], s[0] = t + a + majority;
    }
    for (int i = 0; i < 8; i++)
        hash[i] += s[i];
}

static void check_abc(const u32 *initial)
{
    u8 block[64] = {'a', 'b', 'c', 0x80, [63] = 24};
    u32 hash[8];
    for (int i = 0; i < 8; i++)
        hash[i] = initial[i];
    compress(hash, block);
    if (hash[0] != 0xba7816bf || hash[7] != 0xf20015ad)
        die("SHA-256 of abc");
}

u64 workload(u32 count)
{
    u64 state = 88172645463325252;
    u32 hash[8];
    make_constants(hash);
    check_abc(hash);
    for (int i = 0; i < BYTES; i++)
        message[i] = (u8)next_random(&state);
    while (count--)
        for (int i = 0; i < BYTES; i += 64)
            compress(hash, message + i);
    u64 sum = 0;
    for (int i = 0; i < 8; i++)
        sum = mix(sum, hash[i]);
    return sum;
}
