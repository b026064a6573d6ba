// SPDX-License-Identifier: MIT
// Vectors: integer lanes of all sizes, shifts, compares, permutes, multiply-accumulate, single precision.

#include "bench.h"

#include <arm_neon.h>

u32 rounds = 11000000;

u64 workload(u32 count)
{
    uint8x16_t bytes = vdupq_n_u8(3);
    uint16x8_t halves = vdupq_n_u16(0x1234);
    uint32x4_t words = vdupq_n_u32(0x9e3779b9);
    uint64x2_t longs = vdupq_n_u64(0x0123456789abcdef);
    float32x4_t reals = vdupq_n_f32(1.0f), scale = vdupq_n_f32(0.5f);
    const uint8x16_t order = {15, 2, 9, 4, 7, 6, 1, 8, 3, 10, 5, 12, 11, 14, 13, 0};
    for (u32 i = 0; i < count; i++) {
        uint32x4_t round = vdupq_n_u32(i);
        words = vmlaq_u32(round, words, vdupq_n_u32(0x01000193));
        words = veorq_u32(words, vshrq_n_u32(words, 15));
        bytes = vqtbl1q_u8(vaddq_u8(bytes, vreinterpretq_u8_u32(words)), order);
        halves = vmaxq_u16(vsubq_u16(halves, vreinterpretq_u16_u8(bytes)), vreinterpretq_u16_u32(round));
        longs = vaddq_u64(longs, vreinterpretq_u64_u16(vrev32q_u16(halves)));
        uint32x4_t greater = vcgtq_u32(words, vreinterpretq_u32_u64(longs));
        words = vbslq_u32(greater, words, vextq_u32(words, vreinterpretq_u32_u64(longs), 1));
        reals = vfmaq_f32(vcvtq_f32_u32(vshrq_n_u32(words, 20)), reals, scale);
        longs = vaddw_u32(longs, vmovn_u64(longs));
    }
    u64 sum = vaddvq_u8(bytes) + vaddvq_u16(halves);
    sum = mix(sum, vgetq_lane_u64(longs, 0) ^ vgetq_lane_u64(longs, 1));
    return mix(mix(sum, vaddvq_u32(words)), vaddvq_u32(vreinterpretq_u32_f32(reals)));
}
