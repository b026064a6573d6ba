/* SPDX-License-Identifier: MIT
 * Intrinsics of arm_neon.h on operands from the pool: N(name, suffix, type) folds what vNAME_SUFFIX gives for vectors of
 * the type. `i` is where in the pool the operands are. Include after the pragma that chooses the target. */
#ifndef NEON_H
#define NEON_H

#include "mixed.h"

#include <arm_neon.h>

#define V0(T) AT(T, i)
#define V1(T) AT(T, i + 20)
#define V2(T) AT(T, i + 36)

#define N1(name, S, T) FOLD(v##name##_##S(V0(T)))
#define N2(name, S, T) FOLD(v##name##_##S(V0(T), V1(T)))
#define N3(name, S, T) FOLD(v##name##_##S(V0(T), V1(T), V2(T)))
#define NI(name, S, T, ...) FOLD(v##name##_##S(V0(T), __VA_ARGS__))
#define N2I(name, S, T, ...) FOLD(v##name##_##S(V0(T), V1(T), __VA_ARGS__))
#define NS(name, S, T, T1) FOLD(v##name##_##S(V0(T), V1(T1)))       /* second operand of another type */
#define NW(name, S, T, T1) FOLD(v##name##_##S(V0(T), V1(T1), V2(T1))) /* accumulator of another type */

/* All vectors of 128 bits; M is N1, N2 or N3. */
#define SIGNED(M, name) M(name##q, s8, int8x16_t), M(name##q, s16, int16x8_t), M(name##q, s32, int32x4_t)
#define UNSIGNED(M, name) M(name##q, u8, uint8x16_t), M(name##q, u16, uint16x8_t), M(name##q, u32, uint32x4_t)
#define LONG(M, name) M(name##q, s64, int64x2_t), M(name##q, u64, uint64x2_t)
#define INTEGER(M, name) SIGNED(M, name), UNSIGNED(M, name)
#define SHORT(M, name) M(name, s8, int8x8_t), M(name, u16, uint16x4_t), M(name, s32, int32x2_t)
#define ALL(M, name) INTEGER(M, name), SHORT(M, name), LONG(M, name)
#define REAL(M, name) M(name##q, f32, float32x4_t), M(name##q, f64, float64x2_t), M(name, f32, float32x2_t)
#define HALF(M, name) M(name##q, f16, float16x8_t), M(name, f16, float16x4_t)
/* From and to the narrow type: names without q. */
#define NARROW(M, name) M(name, s8, int8x8_t), M(name, u8, uint8x8_t), M(name, s16, int16x4_t), M(name, u16, uint16x4_t), \
    M(name, s32, int32x2_t), M(name, u32, uint32x2_t)
#define WIDE(M, name) M(name, s16, int16x8_t), M(name, u16, uint16x8_t), M(name, s32, int32x4_t), M(name, u32, uint32x4_t), \
    M(name, s64, int64x2_t), M(name, u64, uint64x2_t)

/* Call the function at many places of the pool and print the hash. */
static inline void neon_section(void (*function)(unsigned), const char *name)
{
    for (unsigned i = 0; i + 128 <= 2048; i += 4)
        function(i);
    section(name);
}

#endif
