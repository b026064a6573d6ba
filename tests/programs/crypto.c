// SPDX-License-Identifier: MIT
// The intrinsics of arm_neon.h and arm_acle.h for AES, SHA-1, SHA-2, SHA-3, SM3, SM4, PMULL and CRC32.

#pragma GCC target("arch=armv8.5-a+crypto+sha3+sm4+crc")
#include "mixed.h"

#include <arm_acle.h>
#include <arm_neon.h>

#define B AT(uint8x16_t, i)
#define C AT(uint8x16_t, i + 16)
#define W0 AT(uint32x4_t, i)
#define W1 AT(uint32x4_t, i + 16)
#define W2 AT(uint32x4_t, i + 32)
#define D0 AT(uint64x2_t, i)
#define D1 AT(uint64x2_t, i + 16)
#define D2 AT(uint64x2_t, i + 32)
#define U AT(u32, i + 48)

static NOINLINE void aes(unsigned i)
{
    FOLD(vaeseq_u8(B, C)), FOLD(vaesdq_u8(B, C)), FOLD(vaesmcq_u8(B)), FOLD(vaesimcq_u8(B));
    FOLD(vaesmcq_u8(vaeseq_u8(C, B))), FOLD(vaesimcq_u8(vaesdq_u8(C, B)));
    FOLD(vmull_p64(AT(poly64_t, i), AT(poly64_t, i + 8))), FOLD(vmull_high_p64(AT(poly64x2_t, i), AT(poly64x2_t, i + 16)));
    FOLD(vmull_p8(AT(poly8x8_t, i), AT(poly8x8_t, i + 8))), FOLD(vmull_high_p8(AT(poly8x16_t, i), AT(poly8x16_t, i + 16)));
    FOLD(vmulq_p8(AT(poly8x16_t, i), AT(poly8x16_t, i + 16)));
}

static NOINLINE void sha(unsigned i)
{
    FOLD(vsha1cq_u32(W0, U, W1)), FOLD(vsha1mq_u32(W0, U, W1)), FOLD(vsha1pq_u32(W0, U, W1)), FOLD(vsha1h_u32(U));
    FOLD(vsha1su0q_u32(W0, W1, W2)), FOLD(vsha1su1q_u32(W0, W1)), FOLD(vsha256hq_u32(W0, W1, W2)), FOLD(vsha256h2q_u32(W0, W1, W2));
    FOLD(vsha256su0q_u32(W0, W1)), FOLD(vsha256su1q_u32(W0, W1, W2)), FOLD(vsha512hq_u64(D0, D1, D2));
    FOLD(vsha512h2q_u64(D0, D1, D2)), FOLD(vsha512su0q_u64(D0, D1)), FOLD(vsha512su1q_u64(D0, D1, D2));
    FOLD(veor3q_u64(D0, D1, D2)), FOLD(vbcaxq_u64(D0, D1, D2)), FOLD(vrax1q_u64(D0, D1)), FOLD(vxarq_u64(D0, D1, 13));
    FOLD(vxarq_u64(D0, D1, 0)), FOLD(vxarq_u64(D0, D1, 63)), FOLD(veor3q_s8(AT(int8x16_t, i), AT(int8x16_t, i + 3), AT(int8x16_t, i + 8)));
}

static NOINLINE void sm(unsigned i)
{
    FOLD(vsm3ss1q_u32(W0, W1, W2)), FOLD(vsm3tt1aq_u32(W0, W1, W2, 0)), FOLD(vsm3tt1aq_u32(W0, W1, W2, 3));
    FOLD(vsm3tt1bq_u32(W0, W1, W2, 1)), FOLD(vsm3tt2aq_u32(W0, W1, W2, 2)), FOLD(vsm3tt2bq_u32(W0, W1, W2, 3));
    FOLD(vsm3partw1q_u32(W0, W1, W2)), FOLD(vsm3partw2q_u32(W0, W1, W2)), FOLD(vsm4eq_u32(W0, W1)), FOLD(vsm4ekeyq_u32(W0, W1));
}

static NOINLINE void crc(unsigned i)
{
    u64 x = AT(u64, i);
    FOLD(__crc32b(U, (u8)x)), FOLD(__crc32h(U, (u16)x)), FOLD(__crc32w(U, (u32)x)), FOLD(__crc32d(U, x));
    FOLD(__crc32cb(U, (u8)x)), FOLD(__crc32ch(U, (u16)x)), FOLD(__crc32cw(U, (u32)x)), FOLD(__crc32cd(U, x));
}

static void each(void (*function)(unsigned), const char *name)
{
    for (unsigned i = 0; i + 64 <= POOL_BYTES; i += 4)
        function(i);
    section(name);
}

void crypto(void)
{
    each(aes, "AES, PMULL");
    each(sha, "SHA");
    each(sm, "SM3, SM4");
    each(crc, "CRC32");
}
