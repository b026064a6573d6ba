// SPDX-License-Identifier: MIT
// Intrinsics of ARMv8.1 to ARMv8.6: RDM, FP16, FHM, dot products, FCMA, BF16, I8MM, FRINTTS, JSCVT, and FlagM by hand.

#pragma GCC target("arch=armv8.6-a+fp16+fp16fml+dotprod+i8mm+bf16+rdma")
#include "neon.h"

#include <arm_acle.h>

static NOINLINE void rounding_doubling(unsigned i)
{
    N3(qrdmlahq, s16, int16x8_t), N3(qrdmlahq, s32, int32x4_t), N3(qrdmlshq, s16, int16x8_t), N3(qrdmlshq, s32, int32x4_t);
    N3(qrdmlah, s16, int16x4_t), N3(qrdmlsh, s32, int32x2_t);
    FOLD(vqrdmlahq_laneq_s16(V0(int16x8_t), V1(int16x8_t), V2(int16x8_t), 6)), FOLD(vqrdmlshs_s32(AT(i32, i), AT(i32, i + 4), AT(i32, i + 8)));
    FOLD(vqrdmlahh_laneq_s16(AT(i16, i), AT(i16, i + 2), V2(int16x8_t), 3));
}

static NOINLINE void half_arithmetic(unsigned i)
{
    HALF(N2, add), HALF(N2, sub), HALF(N2, mul), HALF(N2, div), HALF(N3, fma), HALF(N3, fms), HALF(N2, abd), HALF(N2, mulx);
    HALF(N2, max), HALF(N2, min), HALF(N2, maxnm), HALF(N2, minnm), HALF(N2, padd), HALF(N2, pmax), HALF(N1, abs), HALF(N1, neg);
    HALF(N1, sqrt), HALF(N1, recpe), HALF(N1, rsqrte), HALF(N2, recps), HALF(N2, rsqrts), HALF(N2, ceq), HALF(N2, cge), HALF(N2, cgt);
    HALF(N2, cagt), HALF(N2, cale), HALF(N1, cgtz), HALF(N1, rnd), HALF(N1, rnda), HALF(N1, rndi), HALF(N1, rndm), HALF(N1, rndn);
    HALF(N1, rndp), HALF(N1, rndx), HALF(N1, maxv), HALF(N1, minv), HALF(N1, maxnmv), HALF(N2, zip1), HALF(N2, uzp2), HALF(N2, trn1);
    HALF(N1, rev64), N1(cvtq_s16, f16, float16x8_t), N1(cvtq_u16, f16, float16x8_t), N1(cvtaq_s16, f16, float16x8_t);
    N1(cvtnq_u16, f16, float16x8_t), N1(cvtq_f16, s16, int16x8_t), N1(cvtq_f16, u16, uint16x8_t), NI(cvtq_n_s16, f16, float16x8_t, 5);
    NI(cvtq_n_f16, u16, uint16x8_t, 16), FOLD(vmulq_laneq_f16(V0(float16x8_t), V1(float16x8_t), 7));
    FOLD(vfmaq_lane_f16(V0(float16x8_t), V1(float16x8_t), V2(float16x4_t), 2));
    u64 fpsr;
    __asm__ volatile("mrs %0, fpsr\n msr fpsr, xzr" : "=r"(fpsr) : : "memory");
    FOLD(fpsr);
}

static NOINLINE void half_to_single(unsigned i)
{
    NW(fmlalq_low, f16, float32x4_t, float16x8_t), NW(fmlalq_high, f16, float32x4_t, float16x8_t);
    NW(fmlslq_low, f16, float32x4_t, float16x8_t), NW(fmlsl_high, f16, float32x2_t, float16x4_t);
    FOLD(vfmlalq_laneq_low_f16(V0(float32x4_t), V1(float16x8_t), V2(float16x8_t), 5));
    FOLD(vfmlslq_lane_high_f16(V0(float32x4_t), V1(float16x8_t), V2(float16x4_t), 1));
}

static NOINLINE void dot_products(unsigned i)
{
    NW(dotq, s32, int32x4_t, int8x16_t), NW(dotq, u32, uint32x4_t, uint8x16_t), NW(dot, s32, int32x2_t, int8x8_t);
    FOLD(vdotq_laneq_u32(V0(uint32x4_t), V1(uint8x16_t), V2(uint8x16_t), 3)), FOLD(vdotq_lane_s32(V0(int32x4_t), V1(int8x16_t), V2(int8x8_t), 1));
    FOLD(vusdotq_s32(V0(int32x4_t), V1(uint8x16_t), V2(int8x16_t))), FOLD(vusdotq_laneq_s32(V0(int32x4_t), V1(uint8x16_t), V2(int8x16_t), 2));
    FOLD(vsudotq_laneq_s32(V0(int32x4_t), V1(int8x16_t), V2(uint8x16_t), 0));
    NW(mmlaq, s32, int32x4_t, int8x16_t), NW(mmlaq, u32, uint32x4_t, uint8x16_t), FOLD(vusmmlaq_s32(V0(int32x4_t), V1(uint8x16_t), V2(int8x16_t)));
}

/* By element. GCC 12 gives their intrinsics registers above v15, which do not exist there; "x" is v0 to v15. */
#define BFMLAL(text) \
    ({ float32x4_t sum_ = V0(float32x4_t); __asm__(text : "+w"(sum_) : "w"(V1(bfloat16x8_t)), "x"(V2(bfloat16x8_t))); sum_; })

static NOINLINE void brain_floats(unsigned i)
{
    NW(bfdotq, f32, float32x4_t, bfloat16x8_t), NW(bfdot, f32, float32x2_t, bfloat16x4_t), NW(bfmmlaq, f32, float32x4_t, bfloat16x8_t);
    NW(bfmlalbq, f32, float32x4_t, bfloat16x8_t), NW(bfmlaltq, f32, float32x4_t, bfloat16x8_t);
    FOLD(vbfdotq_laneq_f32(V0(float32x4_t), V1(bfloat16x8_t), V2(bfloat16x8_t), 3));
    FOLD(BFMLAL("bfmlalb %0.4s, %1.8h, %2.h[6]")), FOLD(BFMLAL("bfmlalt %0.4s, %1.8h, %2.h[1]"));
    FOLD(vcvt_bf16_f32(V0(float32x4_t))), FOLD(vcvtq_high_bf16_f32(V1(bfloat16x8_t), V0(float32x4_t)));
}

#define COMPLEX(S, T) \
    FOLD(vcaddq_rot90_##S(V0(T), V1(T))), FOLD(vcaddq_rot270_##S(V0(T), V1(T))), FOLD(vcmlaq_##S(V0(T), V1(T), V2(T))), \
    FOLD(vcmlaq_rot90_##S(V0(T), V1(T), V2(T))), FOLD(vcmlaq_rot180_##S(V0(T), V1(T), V2(T))), \
    FOLD(vcmlaq_rot270_##S(V0(T), V1(T), V2(T)))

static NOINLINE void complex_numbers(unsigned i)
{
    COMPLEX(f16, float16x8_t), COMPLEX(f32, float32x4_t), COMPLEX(f64, float64x2_t);
    FOLD(vcmla_rot90_f32(V0(float32x2_t), V1(float32x2_t), V2(float32x2_t)));
    FOLD(vcmlaq_laneq_f16(V0(float16x8_t), V1(float16x8_t), V2(float16x8_t), 3));
    FOLD(vcmlaq_rot270_laneq_f32(V0(float32x4_t), V1(float32x4_t), V2(float32x4_t), 1));
}

static NOINLINE void scalars(unsigned i)
{
    REAL(N1, rnd32z), REAL(N1, rnd32x), REAL(N1, rnd64z), REAL(N1, rnd64x);
    FOLD(__jcvt(AT(double, i))), FOLD(__rint32z(AT(double, i))), FOLD(__rint64x(AT(double, i)));
    u64 nzcv, x = AT(u64, i);
    __asm__ volatile("msr nzcv, %1\n cfinv\n rmif %1, 5, 7\n setf8 %w1\n axflag\n mrs %0, nzcv" : "=r"(nzcv) : "r"(x & 0xf0000000) : "cc");
    FOLD(nzcv);
    __asm__ volatile("msr nzcv, %1\n xaflag\n rmif %1, 63, 3\n mrs %0, nzcv" : "=r"(nzcv) : "r"(x & 0xf0000000) : "cc");
    FOLD(nzcv);
    __asm__ volatile("setf16 %w1\n csel %0, %1, xzr, vs\n adc %0, %0, %1" : "=r"(nzcv) : "r"(x) : "cc");
    FOLD(nzcv);
}

void neon_extensions(void)
{
    neon_section(rounding_doubling, "vectors, RDM");
    neon_section(half_arithmetic, "vectors, FP16");
    neon_section(half_to_single, "vectors, FHM");
    neon_section(dot_products, "vectors, DotProd and I8MM");
    neon_section(brain_floats, "vectors, BF16");
    neon_section(complex_numbers, "vectors, FCMA");
    neon_section(scalars, "FRINTTS, JSCVT, FlagM");
}
