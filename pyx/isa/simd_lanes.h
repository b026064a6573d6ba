/* SPDX-License-Identifier: MIT
 * The words in which Advanced SIMD handlers are written, beyond those of op.h. A body is stated once, over vectors n, m, d -> r
 * of one lane type (GCC/Clang vector extensions), and stamped for each arrangement, as the manual names them:
 *   8b 16b 4h 8h 2s 4s 1d 2d    vectors of 64 or 128 bits        b h s d    scalars
 * Inside a body: VU, VS (vectors of unsigned, signed lanes), EU, ES (one lane), ESIZE (its bits), LANES (how many count).
 * Arithmetic is done on VU, where it wraps. Operands are read with what lies beyond the operation's size as zero, so that lanes
 * that do not count cannot saturate; results are cut to size. Saturation is gathered in qc (lanes) and sat (0 or 1). */
#ifndef EMU_ISA_SIMD_LANES_H
#define EMU_ISA_SIMD_LANES_H

#include "isa/op.h"

#define LANE_VECTOR(T, name) typedef T name __attribute__((vector_size(16), may_alias))

LANE_VECTOR(u64, Lanes);        /* a register, whatever its lanes: helpers take and give this */
LANE_VECTOR(u8, LanesU8);
LANE_VECTOR(u16, LanesU16);
LANE_VECTOR(u32, LanesU32);
LANE_VECTOR(i8, LanesI8);
LANE_VECTOR(i16, LanesI16);
LANE_VECTOR(i32, LanesI32);
LANE_VECTOR(i64, LanesI64);

#define ARRANGEMENT(A, bits, bytes) \
    typedef LanesU##bits VU_##A; typedef LanesI##bits VS_##A; typedef u##bits EU_##A; typedef i##bits ES_##A; \
    enum { BYTES_##A = (bytes) };
typedef Lanes LanesU64;

ARRANGEMENT(8b, 8, 8)
ARRANGEMENT(16b, 8, 16)
ARRANGEMENT(4h, 16, 8)
ARRANGEMENT(8h, 16, 16)
ARRANGEMENT(2s, 32, 8)
ARRANGEMENT(4s, 32, 16)
ARRANGEMENT(1d, 64, 8)
ARRANGEMENT(2d, 64, 16)
ARRANGEMENT(b, 8, 1)
ARRANGEMENT(h, 16, 2)
ARRANGEMENT(s, 32, 4)
ARRANGEMENT(d, 64, 8)

/* Opens a body for arrangement A. */
#define LANE_TYPES(A) \
    typedef VU_##A VU UNUSED; typedef VS_##A VS UNUSED; typedef EU_##A EU UNUSED; typedef ES_##A ES UNUSED; \
    enum { BYTES = BYTES_##A, ESIZE = 8 * sizeof(EU_##A), LANES = BYTES / sizeof(EU_##A) };

/* -- Which arrangements an instruction has: FOR_x(STAMP, NAME, body) ---------------------------------------------------- */
#define FOR_B(STAMP, NAME, ...) STAMP(NAME, 8b, __VA_ARGS__) STAMP(NAME, 16b, __VA_ARGS__)
#define FOR_H(STAMP, NAME, ...) STAMP(NAME, 4h, __VA_ARGS__) STAMP(NAME, 8h, __VA_ARGS__)
#define FOR_S(STAMP, NAME, ...) STAMP(NAME, 2s, __VA_ARGS__) STAMP(NAME, 4s, __VA_ARGS__)
#define FOR_HS(STAMP, NAME, ...) FOR_H(STAMP, NAME, __VA_ARGS__) FOR_S(STAMP, NAME, __VA_ARGS__)
#define FOR_BHS(STAMP, NAME, ...) FOR_B(STAMP, NAME, __VA_ARGS__) FOR_HS(STAMP, NAME, __VA_ARGS__)
#define FOR_BHSD(STAMP, NAME, ...) FOR_BHS(STAMP, NAME, __VA_ARGS__) STAMP(NAME, 2d, __VA_ARGS__)
#define FOR_SCALAR_HS(STAMP, NAME, ...) STAMP(NAME, h, __VA_ARGS__) STAMP(NAME, s, __VA_ARGS__)
#define FOR_SCALAR_D(STAMP, NAME, ...) STAMP(NAME, d, __VA_ARGS__)
#define FOR_SCALAR_BHSD(STAMP, NAME, ...) \
    STAMP(NAME, b, __VA_ARGS__) FOR_SCALAR_HS(STAMP, NAME, __VA_ARGS__) STAMP(NAME, d, __VA_ARGS__)
/* Vector and scalar forms of one instruction: rows NAME_v and NAME_s. */
#define BOTH_BHSD(STAMP, NAME, ...) FOR_BHSD(STAMP, NAME##_v, __VA_ARGS__) FOR_SCALAR_BHSD(STAMP, NAME##_s, __VA_ARGS__)
#define BOTH_BHSD_D(STAMP, NAME, ...) FOR_BHSD(STAMP, NAME##_v, __VA_ARGS__) FOR_SCALAR_D(STAMP, NAME##_s, __VA_ARGS__)
#define BOTH_HS(STAMP, NAME, ...) FOR_HS(STAMP, NAME##_v, __VA_ARGS__) FOR_SCALAR_HS(STAMP, NAME##_s, __VA_ARGS__)
/* Long and wide: by the arrangement of the wide operand. Narrow: by those of the result and of the wide operand. */
#define FOR_LONG_HS(STAMP, NAME, ...) STAMP(NAME, 4s, __VA_ARGS__) STAMP(NAME, 2d, __VA_ARGS__)
#define FOR_LONG_BHS(STAMP, NAME, ...) STAMP(NAME, 8h, __VA_ARGS__) FOR_LONG_HS(STAMP, NAME, __VA_ARGS__)
#define FOR_SCALAR_LONG(STAMP, NAME, ...) STAMP(NAME, s, __VA_ARGS__) STAMP(NAME, d, __VA_ARGS__)
#define BOTH_LONG_HS(STAMP, NAME, ...) FOR_LONG_HS(STAMP, NAME##_v, __VA_ARGS__) FOR_SCALAR_LONG(STAMP, NAME##_s, __VA_ARGS__)
#define FOR_NARROW(STAMP, NAME, ...) \
    STAMP(NAME, 8b, 8h, __VA_ARGS__) STAMP(NAME, 16b, 8h, __VA_ARGS__) STAMP(NAME, 4h, 4s, __VA_ARGS__) \
    STAMP(NAME, 8h, 4s, __VA_ARGS__) STAMP(NAME, 2s, 2d, __VA_ARGS__) STAMP(NAME, 4s, 2d, __VA_ARGS__)
#define FOR_SCALAR_NARROW(STAMP, NAME, ...) \
    STAMP(NAME, b, h, __VA_ARGS__) STAMP(NAME, h, s, __VA_ARGS__) STAMP(NAME, s, d, __VA_ARGS__)
#define BOTH_NARROW(STAMP, NAME, ...) FOR_NARROW(STAMP, NAME##_v, __VA_ARGS__) FOR_SCALAR_NARROW(STAMP, NAME##_s, __VA_ARGS__)
/* Pairs of lanes become one: by the arrangement of the result. */
#define FOR_PAIRS(STAMP, NAME, ...) \
    FOR_HS(STAMP, NAME, __VA_ARGS__) STAMP(NAME, 1d, __VA_ARGS__) STAMP(NAME, 2d, __VA_ARGS__)

/* -- Registers as lanes ------------------------------------------------------------------------------------------------ */
#define D_AT (&AT(char, op->d))
#define N_AT (&AT(char, op->n))
#define M_AT (&AT(char, op->m))

typedef u64 __attribute__((may_alias)) AnyU64;
typedef u32 __attribute__((may_alias)) AnyU32;
typedef u16 __attribute__((may_alias)) AnyU16;

/* The low `bytes` bytes (1, 2, 4, 8, 16) at a register, or at an element of one; zero above. */
ALWAYS_INLINE Lanes lanes_read(const void *at, unsigned bytes)
{
    switch (bytes) {
    case 16: return *(const Lanes *)at;
    case 8: return (Lanes){ *(const AnyU64 *)at, 0 };
    case 4: return (Lanes)(LanesU32){ *(const AnyU32 *)at, 0, 0, 0 };
    case 2: return (Lanes)(LanesU32){ *(const AnyU16 *)at, 0, 0, 0 };
    default: return (Lanes)(LanesU32){ *(const u8 *)at, 0, 0, 0 };
    }
}

/* The low `bytes` bytes of v; zero above. */
ALWAYS_INLINE Lanes lanes_cut(Lanes v, unsigned bytes)
{
    u64 mask = bytes < 8 ? ((u64)1 << (8 * bytes % 64)) - 1 : ~(u64)0;
    return bytes == 16 ? v : (Lanes){ v[0] & mask, 0 };
}

/* Writes a whole register: the low `bytes` bytes of v, and zero above. */
ALWAYS_INLINE void lanes_write(void *at, Lanes v, unsigned bytes)
{
    *(Lanes *)at = lanes_cut(v, bytes);
}

/* -- Rearranging lanes of esize bits (esize is a constant wherever these are used) ----------------------------------------- */
ALWAYS_INLINE Lanes zip1(Lanes n, Lanes m, unsigned esize)
{
    switch (esize) {
    case 8: return (Lanes)__builtin_shufflevector((LanesU8)n, (LanesU8)m, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    case 16: return (Lanes)__builtin_shufflevector((LanesU16)n, (LanesU16)m, 0, 8, 1, 9, 2, 10, 3, 11);
    case 32: return (Lanes)__builtin_shufflevector((LanesU32)n, (LanesU32)m, 0, 4, 1, 5);
    default: return __builtin_shufflevector(n, m, 0, 2);
    }
}

ALWAYS_INLINE Lanes zip2(Lanes n, Lanes m, unsigned esize)
{
    switch (esize) {
    case 8: return (Lanes)__builtin_shufflevector((LanesU8)n, (LanesU8)m,
                                                  8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    case 16: return (Lanes)__builtin_shufflevector((LanesU16)n, (LanesU16)m, 4, 12, 5, 13, 6, 14, 7, 15);
    case 32: return (Lanes)__builtin_shufflevector((LanesU32)n, (LanesU32)m, 2, 6, 3, 7);
    default: return __builtin_shufflevector(n, m, 1, 3);
    }
}

ALWAYS_INLINE Lanes uzp1(Lanes n, Lanes m, unsigned esize)
{
    switch (esize) {
    case 8: return (Lanes)__builtin_shufflevector((LanesU8)n, (LanesU8)m, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    case 16: return (Lanes)__builtin_shufflevector((LanesU16)n, (LanesU16)m, 0, 2, 4, 6, 8, 10, 12, 14);
    case 32: return (Lanes)__builtin_shufflevector((LanesU32)n, (LanesU32)m, 0, 2, 4, 6);
    default: return __builtin_shufflevector(n, m, 0, 2);
    }
}

ALWAYS_INLINE Lanes uzp2(Lanes n, Lanes m, unsigned esize)
{
    switch (esize) {
    case 8: return uzp1((Lanes)((LanesU16)n >> (u16)8), (Lanes)((LanesU16)m >> (u16)8), 8);
    case 16: return (Lanes)__builtin_shufflevector((LanesU16)n, (LanesU16)m, 1, 3, 5, 7, 9, 11, 13, 15);
    case 32: return (Lanes)__builtin_shufflevector((LanesU32)n, (LanesU32)m, 1, 3, 5, 7);
    default: return __builtin_shufflevector(n, m, 1, 3);
    }
}

ALWAYS_INLINE Lanes trn1(Lanes n, Lanes m, unsigned esize)
{
    switch (esize) {
    case 8: return (Lanes)(((LanesU16)n & (u16)0xff) | (LanesU16)m << (u16)8);
    case 16: return (Lanes)(((LanesU32)n & 0xffffu) | (LanesU32)m << 16u);
    case 32: return (n & (u64)0xffffffff) | m << (u64)32;
    default: return zip1(n, m, 64);
    }
}

ALWAYS_INLINE Lanes trn2(Lanes n, Lanes m, unsigned esize)
{
    switch (esize) {
    case 8: return (Lanes)((LanesU16)n >> (u16)8 | ((LanesU16)m & (u16)0xff00));
    case 16: return (Lanes)((LanesU32)n >> 16u | ((LanesU32)m & 0xffff0000u));
    case 32: return n >> (u64)32 | (m & (u64)0xffffffff << 32);
    default: return zip2(n, m, 64);
    }
}

/* Even, odd lanes of vectors of 8 or 16 bytes: those of 8 are packed into one first. */
ALWAYS_INLINE Lanes uzp1_of(Lanes n, Lanes m, unsigned esize, unsigned bytes)
{
    return bytes == 16 ? uzp1(n, m, esize) : uzp1(zip1(n, m, 64), (Lanes){ 0 }, esize);
}

ALWAYS_INLINE Lanes uzp2_of(Lanes n, Lanes m, unsigned esize, unsigned bytes)
{
    return bytes == 16 ? uzp2(n, m, esize) : uzp2(zip1(n, m, 64), (Lanes){ 0 }, esize);
}

/* All ones where the lane is negative. */
ALWAYS_INLINE Lanes sign_lanes(Lanes n, unsigned esize)
{
    switch (esize) {
    case 8: return (Lanes)((LanesI8)n < 0);
    case 16: return (Lanes)((LanesI16)n < 0);
    case 32: return (Lanes)((LanesI32)n < 0);
    default: return (Lanes)((LanesI64)n < 0);
    }
}

/* The lanes of esize bits in the low 64 bits, at twice their width. */
ALWAYS_INLINE Lanes widen_u(Lanes n, unsigned esize) { return zip1(n, (Lanes){ 0 }, esize); }
ALWAYS_INLINE Lanes widen_s(Lanes n, unsigned esize) { return zip1(n, sign_lanes(n, esize), esize); }

/* The element of half of esize bits, in all lanes of the low 64 bits. */
ALWAYS_INLINE Lanes splat_half(const void *at, unsigned esize)
{
    return esize == 32 ? (Lanes)((LanesU16){ 0 } + *(const AnyU16 *)at) : (Lanes)((LanesU32){ 0 } + *(const AnyU32 *)at);
}

/* The low halves of the lanes of esize bits, in the low 64 bits; zero above. */
ALWAYS_INLINE Lanes narrow(Lanes v, unsigned esize) { return uzp1(v, (Lanes){ 0 }, esize / 2); }

/* -- Shifts of all lanes by one amount, 0 .. esize - 1. The host has none for bytes. ------------------------------------------ */
ALWAYS_INLINE Lanes shl(Lanes n, unsigned sh, unsigned esize)
{
    switch (esize) {
    case 8: return (Lanes)((LanesU16)n << (u16)sh) & ((u64)0x0101010101010101 * (u8)(0xff << sh));
    case 16: return (Lanes)((LanesU16)n << (u16)sh);
    case 32: return (Lanes)((LanesU32)n << (u32)sh);
    default: return n << (u64)sh;
    }
}

ALWAYS_INLINE Lanes shr(Lanes n, unsigned sh, unsigned esize)
{
    switch (esize) {
    case 8: return (Lanes)((LanesU16)n >> (u16)sh) & ((u64)0x0101010101010101 * (u8)(0xff >> sh));
    case 16: return (Lanes)((LanesU16)n >> (u16)sh);
    case 32: return (Lanes)((LanesU32)n >> (u32)sh);
    default: return n >> (u64)sh;
    }
}

ALWAYS_INLINE Lanes sar(Lanes n, unsigned sh, unsigned esize)
{
    switch (esize) {
    case 8: {
        LanesI16 high = (LanesI16)n >> (i16)sh, low = (LanesI16)((LanesU16)n << (u16)8) >> (i16)sh;
        return (Lanes)(((LanesU16)high & (u16)0xff00) | (LanesU16)low >> (u16)8);
    }
    case 16: return (Lanes)((LanesI16)n >> (i16)sh);
    case 32: return (Lanes)((LanesI32)n >> (i32)sh);
    default: return (Lanes)((LanesI64)n >> (i64)sh);
    }
}

/* The same inside a body. */
#define SHL(v, sh) ((VU)shl((Lanes)(v), (sh), ESIZE))
#define SHR(v, sh) ((VU)shr((Lanes)(v), (sh), ESIZE))
#define SAR(v, sh) ((VU)sar((Lanes)(v), (sh), ESIZE))
#define SPLAT(x) ((VU){ 0 } + (EU)(x))
#define ONES(condition) ((VU)(condition))          /* a comparison's result: all ones or zero in each lane */
#define SEL(mask, a, b) (((a) & (mask)) | ((b) & ~(mask)))
#define NEGATIVE(v) ((VU)sign_lanes((Lanes)(v), ESIZE))
#define LANE_MIN ((EU)((u64)1 << (ESIZE - 1)))     /* of ES, as EU */
#define LANE_MAX ((EU)(LANE_MIN - 1))
#define MAX_S(a, b) SEL(ONES((VS)(a) > (VS)(b)), a, b)
#define MIN_S(a, b) SEL(ONES((VS)(a) < (VS)(b)), a, b)
#define MAX_U(a, b) SEL(ONES((a) > (b)), a, b)
#define MIN_U(a, b) SEL(ONES((a) < (b)), a, b)
#define ABD(less, a, b) ((((a) - (b)) ^ ONES(less)) - ONES(less))   /* less: which lanes have a < b */
#define ABD_S(a, b) ABD((VS)(a) < (VS)(b), a, b)
#define ABD_U(a, b) ABD((a) < (b), a, b)

/* Right shifts of which the form gives the amount less one (SH = shift - 1), so that shift = ESIZE needs no case. */
#define SHR1(v) SHR(SHR(v, SH), 1)
#define SAR1(v) SAR(SAR(v, SH), 1)
#define SHR1_ROUND(v) ({ VU t_ = SHR(v, SH); SHR(t_, 1) + (t_ & (EU)1); })
#define SAR1_ROUND(v) ({ VU t_ = SAR(v, SH); SAR(t_, 1) + (t_ & (EU)1); })

/* -- Saturation ----------------------------------------------------------------------------------------------------------- */
#define SATURATED(mask) (qc |= (Lanes)(mask))
#define SAT_LIKE(v) (NEGATIVE(v) ^ LANE_MAX)       /* where a result of v's sign saturates to */
#define SQADD(a, b) ({ VU a_ = (a), b_ = (b), s_ = a_ + b_, o_ = NEGATIVE((a_ ^ s_) & (b_ ^ s_)); \
    SATURATED(o_); SEL(o_, SAT_LIKE(a_), s_); })
#define SQSUB(a, b) ({ VU a_ = (a), b_ = (b), s_ = a_ - b_, o_ = NEGATIVE((a_ ^ b_) & (a_ ^ s_)); \
    SATURATED(o_); SEL(o_, SAT_LIKE(a_), s_); })
#define UQADD(a, b) ({ VU a_ = (a), s_ = a_ + (b), o_ = ONES(s_ < a_); SATURATED(o_); s_ | o_; })
#define UQSUB(a, b) ({ VU a_ = (a), b_ = (b), o_ = ONES(a_ < b_); SATURATED(o_); (a_ - b_) & ~o_; })
/* 2 * p, of a product p of two halves: only MIN * MIN is too large. MIN less one is MAX. */
#define SQDOUBLE(p) ({ VU p_ = (p), o_ = ONES(p_ == (EU)(LANE_MIN >> 1)); SATURATED(o_); p_ + p_ + o_; })
/* v, in the range of lanes of half the width: signed, unsigned, signed to unsigned. */
#define HALF_MAX ((EU)(((u64)1 << (ESIZE / 2 - 1)) - 1))
#define CLAMP(v, c) ({ VU v_ = (v), c_ = (c); SATURATED(c_ ^ v_); c_; })     /* c: of v_ */
#define CLAMP_S(v) CLAMP(v, MIN_S(MAX_S(v_, SPLAT(~HALF_MAX)), SPLAT(HALF_MAX)))
#define CLAMP_U(v) CLAMP(v, MIN_U(v_, SPLAT(2 * HALF_MAX + 1)))
#define CLAMP_SU(v) CLAMP(v, MIN_S(v_ & ~NEGATIVE(v_), SPLAT(2 * HALF_MAX + 1)))

#define FPSR_QC (1u << 27)
#define SIMD_BEGIN Lanes qc = { 0 }; u64 sat = 0; VU r = { 0 }; (void)r;
#define SIMD_END do { if (unlikely(qc[0] | qc[1] | sat)) cpu->fpsr |= FPSR_QC; NEXT; } while (0)

/* -- Doubling multiplies that keep the high half --------------------------------------------------------------------------- */
/* (a * 2^esize + 2 * p + rounding) >> esize, saturated; computed at half of that, which loses nothing: all terms are even. */
ALWAYS_INLINE i64 high_half_32(i64 a, i64 p, bool round, u64 *sat)
{
    i64 v = (a * ((i64)1 << 31) + p + (round ? (i64)1 << 30 : 0)) >> 31;
    if (v == (i32)v)
        return v;
    *sat = 1;
    return v < 0 ? INT32_MIN : INT32_MAX;
}

ALWAYS_INLINE i32 high_half_16(i32 a, i32 p, bool round, u64 *sat)
{
    i32 v = (a * (1 << 15) + p + (round ? 1 << 14 : 0)) >> 15;
    if (v == (i16)v)
        return v;
    *sat = 1;
    return v < 0 ? INT16_MIN : INT16_MAX;
}

/* Of one lane: a = accumulator, sign = 1, -1: product added, subtracted. */
ALWAYS_INLINE u32 doubling(i32 a, i32 n, i32 m, int sign, bool round, unsigned esize, u64 *sat)
{
    return esize == 16 ? (u32)high_half_16(a, sign * n * m, round, sat) : (u32)high_half_32(a, (i64)sign * n * m, round, sat);
}

#define DOUBLING(accumulator, sign, round) for (unsigned i = 0; i < LANES; i++) \
    r[i] = (EU)doubling((ES)(accumulator), (ES)n[i], (ES)m[i], sign, round, ESIZE, &sat);

/* -- Stamps: a handler for one arrangement. n, m, d are there whether used or not: registers have no side effects. --------------- */
#define READ(at) ((VU)lanes_read(at, BYTES))
#define THREE(NAME, A, ...) OP(NAME##_##A, LANE_TYPES(A) SIMD_BEGIN \
    VU n = READ(N_AT), m = READ(M_AT), d = READ(D_AT); (void)d; \
    __VA_ARGS__ lanes_write(D_AT, (Lanes)r, BYTES); SIMD_END;)
#define TWO(NAME, A, ...) OP(NAME##_##A, LANE_TYPES(A) SIMD_BEGIN \
    VU n = READ(N_AT), d = READ(D_AT); (void)d; \
    __VA_ARGS__ lanes_write(D_AT, (Lanes)r, BYTES); SIMD_END;)
/* Long: A is the result's arrangement; n and m are the narrow operands, extended (widen: widen_s, widen_u). The form adds 8
 * to the offsets for the second half ("2" forms). Wide: n has the result's arrangement already. */
#define READ_LONG(at, widen) ((VU)widen(lanes_read(at, BYTES / 2), ESIZE / 2))
#define LONG(NAME, A, widen, ...) OP(NAME##_##A, LANE_TYPES(A) SIMD_BEGIN \
    VU n = READ_LONG(N_AT, widen), m = READ_LONG(M_AT, widen), d = READ(D_AT); (void)d; \
    __VA_ARGS__ lanes_write(D_AT, (Lanes)r, BYTES); SIMD_END;)
#define LONG_TWO(NAME, A, widen, ...) OP(NAME##_##A, LANE_TYPES(A) SIMD_BEGIN \
    VU n = READ_LONG(N_AT, widen); \
    __VA_ARGS__ lanes_write(D_AT, (Lanes)r, BYTES); SIMD_END;)
#define WIDE(NAME, A, widen, ...) OP(NAME##_##A, LANE_TYPES(A) SIMD_BEGIN \
    VU n = READ(N_AT), m = READ_LONG(M_AT, widen); \
    __VA_ARGS__ lanes_write(D_AT, (Lanes)r, BYTES); SIMD_END;)
/* Narrow: A is the result's arrangement, W that of the operands; r is cut to half. 128-bit A: the form has added 8 to d, and
 * the low half stays. */
#define NARROW_END(A) do { Lanes half = narrow((Lanes)r, ESIZE); \
    if (BYTES_##A == 16) Xd = half[0]; else lanes_write(D_AT, half, BYTES_##A); SIMD_END; } while (0)
#define NARROW_TWO(NAME, A, W, ...) OP(NAME##_##A, LANE_TYPES(W) SIMD_BEGIN VU n = READ(N_AT); __VA_ARGS__ NARROW_END(A);)
#define NARROW_THREE(NAME, A, W, ...) OP(NAME##_##A, LANE_TYPES(W) SIMD_BEGIN VU n = READ(N_AT), m = READ(M_AT); \
    __VA_ARGS__ NARROW_END(A);)
/* By element: m is one element, in all lanes. Its offset is the form's. */
#define ELEM(NAME, A, ...) OP(NAME##_##A, LANE_TYPES(A) SIMD_BEGIN \
    VU n = READ(N_AT), m = SPLAT(AT(EU, op->m)), d = READ(D_AT); (void)d; \
    __VA_ARGS__ lanes_write(D_AT, (Lanes)r, BYTES); SIMD_END;)
#define ELEM_LONG(NAME, A, widen, ...) OP(NAME##_##A, LANE_TYPES(A) SIMD_BEGIN \
    VU n = READ_LONG(N_AT, widen), m = (VU)widen(splat_half(M_AT, ESIZE), ESIZE / 2), d = READ(D_AT); (void)d; \
    __VA_ARGS__ lanes_write(D_AT, (Lanes)r, BYTES); SIMD_END;)

#endif
