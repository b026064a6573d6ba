/* SPDX-License-Identifier: MIT
 * QARMA-64. A state is 16 cells of 4 bits; cell 0 is the most significant. */
#include "cpu/qarma.h"

typedef u8 Cells[16];

/* The S-boxes; only the third differs from its inverse. */
static const Cells sboxes[3] = {
    {0, 14, 2, 10, 9, 15, 8, 11, 6, 4, 3, 7, 13, 12, 1, 5},
    {10, 13, 14, 6, 15, 7, 3, 5, 9, 8, 0, 12, 11, 1, 2, 4},
    {11, 6, 8, 15, 12, 0, 9, 14, 3, 7, 4, 5, 13, 2, 1, 10},
};
static const Cells tau = {0, 11, 6, 13, 10, 1, 12, 7, 5, 14, 3, 8, 15, 4, 9, 2};          /* shuffle of the state */
static const Cells h = {6, 5, 14, 15, 0, 1, 2, 3, 7, 12, 13, 4, 8, 9, 10, 11};            /* shuffle of the tweak */
static const u16 lfsr_cells = 1 << 0 | 1 << 1 | 1 << 3 | 1 << 4 | 1 << 8 | 1 << 11 | 1 << 13;
static const u64 alpha = 0xc0ac29b7c97c50dd;
static const u64 constants[8] = {0, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89, 0x452821e638d01377,
    0xbe5466cf34e90c6c, 0x3f84d5b5b5470917, 0x9216d5d98979fb1b};

static unsigned cell(u64 state, unsigned i)
{
    return state >> (60 - 4 * i) & 15;
}

static u64 put(unsigned value, unsigned i)
{
    return (u64)value << (60 - 4 * i);
}

static unsigned rotate(unsigned v, unsigned n)
{
    return (v << n | v >> (4 - n)) & 15;
}

static u64 substitute(u64 state, const Cells sbox)
{
    u64 out = 0;
    for (unsigned i = 0; i < 16; i++)
        out |= put(sbox[cell(state, i)], i);
    return out;
}

/* Cell i of the result is cell order[i]. */
static u64 shuffle(u64 state, const Cells order)
{
    u64 out = 0;
    for (unsigned i = 0; i < 16; i++)
        out |= put(cell(state, order[i]), i);
    return out;
}

static u64 shuffle_back(u64 state, const Cells order)
{
    u64 out = 0;
    for (unsigned i = 0; i < 16; i++)
        out |= put(cell(state, i), order[i]);
    return out;
}

/* PACMult: each column times circ(0, rho, rho^2, rho), its own inverse */
static u64 mix_columns(u64 state)
{
    u64 out = 0;
    for (unsigned i = 0; i < 16; i++) {
        unsigned a = cell(state, (i + 4) & 15), b = cell(state, (i + 8) & 15), c = cell(state, (i + 12) & 15);
        out |= put(rotate(a, 1) ^ rotate(b, 2) ^ rotate(c, 1), i);
    }
    return out;
}

/* TweakShuffle: h, then a shift register in some cells */
static u64 next_tweak(u64 tweak)
{
    u64 out = 0;
    for (unsigned i = 0; i < 16; i++) {
        unsigned v = cell(tweak, h[i]);
        out |= put(lfsr_cells >> i & 1 ? v >> 1 | ((v ^ v >> 1) & 1) << 3 : v, i);
    }
    return out;
}

static u64 previous_tweak(u64 tweak)
{
    u64 out = 0;
    for (unsigned i = 0; i < 16; i++) {
        unsigned v = cell(tweak, i);
        out |= put(lfsr_cells >> i & 1 ? (v << 1 & 15) | ((v ^ v >> 3) & 1) : v, h[i]);
    }
    return out;
}

static void invert(Cells out, const Cells sbox)
{
    for (unsigned i = 0; i < 16; i++)
        out[sbox[i]] = (u8)i;
}

u64 qarma64(u64 text, u64 tweak, u64 w0, u64 k0, QarmaSbox sbox, unsigned rounds)
{
    Cells inverse;
    invert(inverse, sboxes[sbox]);
    u64 w1 = (w0 >> 1 | w0 << 63) ^ w0 >> 63;
    u64 state = text ^ w0;
    for (unsigned i = 0; i < rounds; i++) {
        state ^= k0 ^ tweak ^ constants[i];
        if (i)
            state = mix_columns(shuffle(state, tau));
        state = substitute(state, sboxes[sbox]);
        tweak = next_tweak(tweak);
    }
    state = substitute(mix_columns(shuffle(state ^ w1 ^ tweak, tau)), sboxes[sbox]);
    state = mix_columns(shuffle(state, tau)) ^ k0;      /* the reflector */
    state = mix_columns(substitute(shuffle_back(state, tau), inverse));
    state = shuffle_back(state, tau) ^ w0 ^ tweak;
    for (unsigned i = rounds; i-- > 0;) {
        state = substitute(state, inverse);
        if (i)
            state = shuffle_back(mix_columns(state), tau);
        tweak = previous_tweak(tweak);
        state ^= k0 ^ tweak ^ constants[i] ^ alpha;
    }
    return state ^ w1;
}
