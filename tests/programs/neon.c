// SPDX-License-Identifier: MIT
// Intrinsics of ARMv8.0: integers, shifts, permutations, floating point, loads and stores of structures.

#include "neon.h"

static NOINLINE void arithmetic(unsigned i)
{
    ALL(N2, add), ALL(N2, sub), INTEGER(N2, mul), INTEGER(N3, mla), INTEGER(N3, mls);
    INTEGER(N2, hadd), INTEGER(N2, hsub), INTEGER(N2, rhadd), INTEGER(N2, abd), INTEGER(N3, aba);
    INTEGER(N2, max), INTEGER(N2, min), SIGNED(N1, abs), SIGNED(N1, neg);
}

static NOINLINE void saturating(unsigned i)
{
    ALL(N2, qadd), ALL(N2, qsub), SIGNED(N1, qabs), SIGNED(N1, qneg), LONG(N2, qadd), LONG(N2, qsub);
    NS(uqaddq, s8, int8x16_t, uint8x16_t), NS(uqaddq, s32, int32x4_t, uint32x4_t), NS(sqaddq, u16, uint16x8_t, int16x8_t);
    NS(sqaddq, u64, uint64x2_t, int64x2_t), N2(qdmulhq, s16, int16x8_t), N2(qdmulhq, s32, int32x4_t);
    N2(qrdmulhq, s16, int16x8_t), N2(qrdmulhq, s32, int32x4_t), N2(qdmull, s16, int16x4_t), N2(qdmull, s32, int32x2_t);
    NW(qdmlal, s16, int32x4_t, int16x4_t), NW(qdmlsl, s32, int64x2_t, int32x2_t), WIDE(N1, qmovn);
    N1(qmovun, s16, int16x8_t), N1(qmovun, s32, int32x4_t), N1(qmovun, s64, int64x2_t);
    u64 fpsr;
    __asm__ volatile("mrs %0, fpsr\n msr fpsr, xzr" : "=r"(fpsr) : : "memory");
    FOLD(fpsr);
}

static NOINLINE void shifts(unsigned i)
{
    NS(shlq, s8, int8x16_t, int8x16_t), NS(shlq, u16, uint16x8_t, int16x8_t), NS(shlq, s64, int64x2_t, int64x2_t);
    NS(rshlq, u8, uint8x16_t, int8x16_t), NS(rshlq, s32, int32x4_t, int32x4_t), NS(rshlq, u64, uint64x2_t, int64x2_t);
    NS(qshlq, s16, int16x8_t, int16x8_t), NS(qshlq, u32, uint32x4_t, int32x4_t), NS(qshlq, u64, uint64x2_t, int64x2_t);
    NS(qrshlq, s8, int8x16_t, int8x16_t), NS(qrshlq, u16, uint16x8_t, int16x8_t), NS(qrshlq, s64, int64x2_t, int64x2_t);
    NI(shrq_n, s8, int8x16_t, 3), NI(shrq_n, u16, uint16x8_t, 16), NI(rshrq_n, s32, int32x4_t, 9), NI(rshrq_n, u64, uint64x2_t, 64);
    NI(shlq_n, u8, uint8x16_t, 7), NI(shlq_n, s64, int64x2_t, 33), NI(qshlq_n, s16, int16x8_t, 5), NI(qshluq_n, s32, int32x4_t, 4);
    N2I(sraq_n, s16, int16x8_t, 5), N2I(rsraq_n, u32, uint32x4_t, 31), N2I(sliq_n, u8, uint8x16_t, 3), N2I(sriq_n, u64, uint64x2_t, 11);
    NI(shrn_n, s16, int16x8_t, 4), NI(rshrn_n, u32, uint32x4_t, 16), NI(qshrn_n, s64, int64x2_t, 20), NI(qrshrn_n, u16, uint16x8_t, 7);
    NI(qshrun_n, s32, int32x4_t, 3), NI(qrshrun_n, s64, int64x2_t, 32), NI(shll_n, s8, int8x8_t, 5), NI(shll_n, u32, uint32x2_t, 31);
}

static NOINLINE void lengths(unsigned i)
{
    NARROW(N2, addl), NARROW(N2, subl), NARROW(N2, abdl), NARROW(N2, mull), NARROW(N1, movl), WIDE(N1, movn);
    WIDE(N2, addhn), WIDE(N2, raddhn), WIDE(N2, subhn), WIDE(N2, rsubhn);
    NS(addw, s8, int16x8_t, int8x8_t), NS(subw, u32, uint64x2_t, uint32x2_t), NW(mlal, s8, int16x8_t, int8x8_t);
    NW(mlal, u16, uint32x4_t, uint16x4_t), NW(mlsl, s32, int64x2_t, int32x2_t), NW(abal, u8, uint16x8_t, uint8x8_t);
    INTEGER(N1, paddl), NS(padalq, s8, int16x8_t, int8x16_t), NS(padalq, u32, uint64x2_t, uint32x4_t);
    N2(mull_high, s16, int16x8_t), N2(mull_high, u8, uint8x16_t), N2(addl_high, u32, uint32x4_t), N1(movl_high, s8, int8x16_t);
    INTEGER(N1, addlv), INTEGER(N1, addv), INTEGER(N1, maxv), INTEGER(N1, minv);
}

static NOINLINE void comparisons(unsigned i)
{
    ALL(N2, ceq), ALL(N2, cgt), ALL(N2, cge), ALL(N2, clt), ALL(N2, tst), ALL(N2, and), ALL(N2, orr), ALL(N2, eor), ALL(N2, bic);
    ALL(N2, orn), SIGNED(N1, cltz), SIGNED(N1, cgtz), SIGNED(N1, cls), INTEGER(N1, clz), N1(cntq, u8, uint8x16_t);
    N1(rbitq, u8, uint8x16_t), N3(bslq, u8, uint8x16_t), N3(bslq, u64, uint64x2_t), N3(bslq, u32, uint32x4_t);
}

static NOINLINE void permutations(unsigned i)
{
    ALL(N2, zip1), ALL(N2, zip2), ALL(N2, uzp1), ALL(N2, uzp2), ALL(N2, trn1), ALL(N2, trn2), INTEGER(N2, padd), INTEGER(N2, pmax);
    N1(rev64q, s8, int8x16_t), N1(rev64q, u32, uint32x4_t), N1(rev32q, u16, uint16x8_t), N1(rev16q, s8, int8x16_t);
    N2I(extq, s8, int8x16_t, 11), N2I(extq, u64, uint64x2_t, 1), N2I(ext, u16, uint16x4_t, 3), NI(dupq_laneq, s16, int16x8_t, 5);
    N2(qtbl1q, u8, uint8x16_t), FOLD(vqtbl2q_u8(AT(uint8x16x2_t, i), V2(uint8x16_t))), FOLD(vqtbl3q_u8(AT(uint8x16x3_t, i), V2(uint8x16_t)));
    FOLD(vqtbl4q_u8(AT(uint8x16x4_t, i), vandq_u8(V2(uint8x16_t), vdupq_n_u8(0x47))));
    FOLD(vqtbx1q_u8(V2(uint8x16_t), V0(uint8x16_t), vandq_u8(V1(uint8x16_t), vdupq_n_u8(0x1b))));
    FOLD(vqtbx4q_u8(V1(uint8x16_t), AT(uint8x16x4_t, i), V2(uint8x16_t)));
    FOLD(vcopyq_laneq_s32(V0(int32x4_t), 1, V1(int32x4_t), 3)), FOLD(vsetq_lane_u8((u8)i, V0(uint8x16_t), 9));
    FOLD(vgetq_lane_s16(V0(int16x8_t), 6)), FOLD(vgetq_lane_u8(V0(uint8x16_t), 15));
    FOLD(vmulq_laneq_s32(V0(int32x4_t), V1(int32x4_t), 2)), FOLD(vmlaq_lane_u16(V0(uint16x8_t), V1(uint16x8_t), V2(uint16x4_t), 3));
    FOLD(vmull_high_laneq_s16(V0(int16x8_t), V1(int16x8_t), 7)), FOLD(vqdmulhq_laneq_s16(V0(int16x8_t), V1(int16x8_t), 4));
    FOLD(vqdmlal_lane_s32(V0(int64x2_t), V1(int32x2_t), V2(int32x2_t), 1));
}

static NOINLINE void reals(unsigned i)
{
    REAL(N2, add), REAL(N2, sub), REAL(N2, mul), REAL(N2, div), REAL(N3, fma), REAL(N3, fms), REAL(N2, abd), REAL(N2, mulx);
    REAL(N2, max), REAL(N2, min), REAL(N2, maxnm), REAL(N2, minnm), REAL(N2, padd), REAL(N2, pmax), REAL(N2, pminnm);
    REAL(N1, abs), REAL(N1, neg), REAL(N1, sqrt), REAL(N1, recpe), REAL(N1, rsqrte), REAL(N2, recps), REAL(N2, rsqrts);
    REAL(N2, ceq), REAL(N2, cge), REAL(N2, cgt), REAL(N2, cale), REAL(N2, cagt), REAL(N1, cltz);
}

static NOINLINE void conversions(unsigned i)
{
    REAL(N1, rnd), REAL(N1, rnda), REAL(N1, rndi), REAL(N1, rndm), REAL(N1, rndn), REAL(N1, rndp), REAL(N1, rndx);
    N1(cvtq_s32, f32, float32x4_t), N1(cvtq_u64, f64, float64x2_t), N1(cvtaq_s32, f32, float32x4_t), N1(cvtmq_u32, f32, float32x4_t);
    N1(cvtnq_s64, f64, float64x2_t), N1(cvtpq_u64, f64, float64x2_t), N1(cvtq_f32, s32, int32x4_t), N1(cvtq_f64, u64, uint64x2_t);
    NI(cvtq_n_s32, f32, float32x4_t, 7), NI(cvtq_n_u64, f64, float64x2_t, 40), NI(cvtq_n_f32, u32, uint32x4_t, 32);
    NI(cvtq_n_f64, s64, int64x2_t, 1), N1(cvt_f32, f64, float64x2_t), N1(cvt_f64, f32, float32x2_t), N1(cvtx_f32, f64, float64x2_t);
    N1(cvt_f16, f32, float32x4_t), N1(cvt_f32, f16, float16x4_t), NS(cvt_high_f16, f32, float16x4_t, float32x4_t);
    N1(recpeq, u32, uint32x4_t), N1(rsqrteq, u32, uint32x4_t), N1(maxvq, f32, float32x4_t), N1(minnmvq, f32, float32x4_t);
    N1(addvq, f64, float64x2_t), FOLD(vfmaq_laneq_f32(V0(float32x4_t), V1(float32x4_t), V2(float32x4_t), 2));
    FOLD(vmulxq_laneq_f64(V0(float64x2_t), V1(float64x2_t), 1)), FOLD(vrecpxs_f32(AT(float, i))), FOLD(vrecpxd_f64(AT(double, i)));
    u64 fpsr;
    __asm__ volatile("mrs %0, fpsr\n msr fpsr, xzr" : "=r"(fpsr) : : "memory");
    FOLD(fpsr);
}

static NOINLINE void structures(unsigned i)
{
    static u8 out[256];
    FOLD(vld2q_u8(pool + i)), FOLD(vld3q_u16((void *)(pool + i))), FOLD(vld4q_s32((void *)(pool + i))), FOLD(vld4_u8(pool + i));
    FOLD(vld1q_u8_x4(pool + i)), FOLD(vld1_u16_x3((void *)(pool + i))), FOLD(vld1q_dup_u32((void *)(pool + i)));
    FOLD(vld3q_dup_u8(pool + i)), FOLD(vld4q_dup_u64((void *)(pool + i))), FOLD(vld2_dup_u16((void *)(pool + i)));
    FOLD(vld1q_lane_u16((void *)(pool + i), V1(uint16x8_t), 5)), FOLD(vld3q_lane_u8(pool + i, AT(uint8x16x3_t, i + 3), 9));
    FOLD(vld4q_lane_s64((void *)(pool + i), AT(int64x2x4_t, i + 9), 1)), FOLD(vld2q_lane_f32((void *)(pool + i), AT(float32x4x2_t, i + 7), 3));
    vst2q_u8(out + (i & 15), AT(uint8x16x2_t, i)), vst3q_u16((void *)(out + 40), AT(uint16x8x3_t, i + 1));
    vst4q_u32((void *)(out + 90 + (i & 3)), AT(uint32x4x4_t, i + 2)), vst4q_lane_u8(out + 160, AT(uint8x16x4_t, i), 13);
    vst3_lane_u16((void *)(out + 170), AT(uint16x4x3_t, i), 2), vst1q_u8_x3(out + 180, AT(uint8x16x3_t, i));
    vst1q_lane_f64((void *)(out + 230), V0(float64x2_t), 1);
    fold(out, sizeof out);
}

void neon(void)
{
    neon_section(arithmetic, "vectors, arithmetic");
    neon_section(saturating, "vectors, saturating");
    neon_section(shifts, "vectors, shifts");
    neon_section(lengths, "vectors, lengths");
    neon_section(comparisons, "vectors, comparisons");
    neon_section(permutations, "vectors, permutations");
    neon_section(reals, "vectors, reals");
    neon_section(conversions, "vectors, conversions");
    neon_section(structures, "vectors, structures");
}
