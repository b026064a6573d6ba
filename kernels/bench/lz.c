// SPDX-License-Identifier: MIT
// Decompression of a Lempel-Ziv stream: literal runs and copies from up to 64 KB back, as tokens of nibbles.

#include "bench.h"

enum { BYTES = 1 << 16, SHORTEST = 4, HASH_BITS = 12 };
static u8 plain[BYTES], packed[BYTES * 2], unpacked[BYTES + 64];
static u32 last_seen[1 << HASH_BITS];

u32 rounds = 700;

static void make_text(void)
{
    static const char *const words[16] = {"the ", "machine ", "page ", "table ", "of ", "register ", "and ", "a ", "block ",
                                          "branch ", "to ", "memory ", "is ", "address ", "\n", "instruction "};
    u64 state = 88172645463325252;
    unsigned at = 0;
    while (at < BYTES) {
        u64 random = next_random(&state);
        for (const char *word = words[random >> 20 & 15]; *word && at < BYTES; word++)
            plain[at++] = (u8)*word;
        if (random % 5 == 0 && at < BYTES)
            plain[at++] = (u8)('0' + (random >> 40) % 10);
    }
}

/* A length of 15 or more goes on in bytes of 255 and a smaller one. */
static u8 *put_length(u8 *out, u32 length)
{
    for (; length >= 255; length -= 255)
        *out++ = 255;
    *out++ = (u8)length;
    return out;
}

static u8 *put_sequence(u8 *out, const u8 *literals, u32 count, u32 distance, u32 length)
{
    u32 more = length ? length - SHORTEST : 0;
    *out++ = (u8)((count < 15 ? count : 15) << 4 | (more < 15 ? more : 15));
    if (count >= 15)
        out = put_length(out, count - 15);
    for (u32 i = 0; i < count; i++)
        *out++ = literals[i];
    *out++ = (u8)distance;
    *out++ = (u8)(distance >> 8);
    return distance && more >= 15 ? put_length(out, more - 15) : out;
}

/* The last sequence has distance 0 and no copy. */
static u32 compress(void)
{
    u32 at = 0, start = 0;
    u8 *out = packed;
    while (at + SHORTEST < BYTES) {
        u32 head = plain[at] | plain[at + 1] << 8 | plain[at + 2] << 16 | (u32)plain[at + 3] << 24;
        u32 *slot = &last_seen[head * 2654435761u >> (32 - HASH_BITS)], candidate = *slot, length = 0;
        *slot = at + 1;
        if (candidate--)
            while (at + length < BYTES && plain[candidate + length] == plain[at + length])
                length++;
        if (length < SHORTEST || at - candidate > 0xffff) {
            at++;
            continue;
        }
        out = put_sequence(out, plain + start, at - start, at - candidate, length);
        start = at += length;
    }
    out = put_sequence(out, plain + start, BYTES - start, 0, 0);
    return (u32)(out - packed);
}

static const u8 *get_length(const u8 *in, u32 *length)
{
    u8 byte;
    do {
        byte = *in++;
        *length += byte;
    } while (byte == 255);
    return in;
}

static NOINLINE u32 decompress(const u8 *in, u8 *out)
{
    u8 *start = out;
    for (;;) {
        u32 token = *in++, count = token >> 4, length = token & 15;
        if (count == 15)
            in = get_length(in, &count);
        while (count--)
            *out++ = *in++;
        u32 distance = in[0] | in[1] << 8;
        in += 2;
        if (!distance)
            return (u32)(out - start);
        if (length == 15)
            in = get_length(in, &length);
        const u8 *from = out - distance;
        for (length += SHORTEST; length; length--)
            *out++ = *from++;
    }
}

u64 workload(u32 count)
{
    make_text();
    u64 sum = mix(1, compress());
    while (count--)
        sum = mix(sum, decompress(packed, unpacked) + unpacked[count % BYTES]);
    for (u32 i = 0; i < BYTES; i++)
        if (plain[i] != unpacked[i])
            die("decompressed something else");
    return sum;
}
