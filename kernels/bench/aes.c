// SPDX-License-Identifier: MIT
// AES-128 (FIPS 197) by four tables of 1 KB, a chain of blocks; the standard's example first.

#include "bench.h"

enum { ROUNDS = 10, BLOCKS = 4096 };
static u8 sbox[256];
static u32 table[4][256];
static u32 keys[4 * (ROUNDS + 1)];

u32 rounds = 60;

static u8 times_two(u8 x) { return (u8)(x << 1 ^ (x & 0x80 ? 0x1b : 0)); }
static u32 rotate_left(u32 x, unsigned n) { return x << n | x >> (32 - n); }

/* Inverses in GF(2^8) by walking p through the powers of 3 and q through those of 1/3. */
static void make_tables(void)
{
    u8 p = 1, q = 1;
    do {
        p ^= times_two(p);
        q ^= (u8)(q << 1);
        q ^= (u8)(q << 2);
        q ^= (u8)(q << 4);
        q ^= q & 0x80 ? 0x09 : 0;
        u32 twice = q * 0x101u;
        sbox[p] = (u8)(q ^ twice >> 7 ^ twice >> 6 ^ twice >> 5 ^ twice >> 4 ^ 0x63);
    } while (p != 1);
    sbox[0] = 0x63;
    for (int i = 0; i < 256; i++) {
        u32 s = sbox[i], two = times_two((u8)s);
        table[0][i] = two << 24 | s << 16 | s << 8 | (two ^ s);
        for (unsigned t = 1; t < 4; t++)
            table[t][i] = rotate_left(table[0][i], 32 - 8 * t);
    }
}

static u32 substitute(u32 x)
{
    return (u32)sbox[x >> 24] << 24 | (u32)sbox[x >> 16 & 255] << 16 | (u32)sbox[x >> 8 & 255] << 8 | sbox[x & 255];
}

static void expand_key(const u32 *key)
{
    u8 constant = 1;
    for (int i = 0; i < 4; i++)
        keys[i] = key[i];
    for (int i = 4; i < 4 * (ROUNDS + 1); i++) {
        u32 word = keys[i - 1];
        if (i % 4 == 0) {
            word = substitute(rotate_left(word, 8)) ^ (u32)constant << 24;
            constant = times_two(constant);
        }
        keys[i] = keys[i - 4] ^ word;
    }
}

static NOINLINE void encrypt(u32 *block)
{
    const u32 *key = keys;
    u32 s[4], t[4];
    for (int i = 0; i < 4; i++)
        s[i] = block[i] ^ *key++;
    for (int round = 1; round < ROUNDS; round++) {
        for (int i = 0; i < 4; i++)
            t[i] = table[0][s[i] >> 24] ^ table[1][s[(i + 1) & 3] >> 16 & 255] ^ table[2][s[(i + 2) & 3] >> 8 & 255] ^
                   table[3][s[(i + 3) & 3] & 255] ^ *key++;
        for (int i = 0; i < 4; i++)
            s[i] = t[i];
    }
    for (int i = 0; i < 4; i++)
        block[i] = (u32)sbox[s[i] >> 24] << 24 ^ (u32)sbox[s[(i + 1) & 3] >> 16 & 255] << 16 ^
                   (u32)sbox[s[(i + 2) & 3] >> 8 & 255] << 8 ^ sbox[s[(i + 3) & 3] & 255] ^ *key++;
}

u64 workload(u32 count)
{
    static const u32 key[4] = {0x00010203, 0x04050607, 0x08090a0b, 0x0c0d0e0f};
    u32 block[4] = {0x00112233, 0x44556677, 0x8899aabb, 0xccddeeff};
    make_tables();
    expand_key(key);
    encrypt(block);
    if (block[0] != 0x69c4e0d8 || block[3] != 0x70b4c55a)
        die("AES-128 of the standard's example");
    while (count--)
        for (int i = 0; i < BLOCKS; i++)
            encrypt(block);
    return mix(mix(block[0], block[1]), (u64)block[2] << 32 | block[3]);
}
