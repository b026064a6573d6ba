/* SPDX-License-Identifier: MIT
 * Advanced SIMD extract, permute and table lookup. */
#ifndef EMU_ISA_SIMD_PERMUTE_H
#define EMU_ISA_SIMD_PERMUTE_H

#include "arch/host_x86.h"
#include "isa/simd_lanes.h"

/* -- Extract: 8 or 16 bytes from m:n, from byte `index` on. Xn, Xm, Xa are the consecutive doublewords that it touches; -------- */
/* SH is the place in the first, 8 .. 56 bits; index 0 and 8 have handlers without a shift. */
#define FUNNEL(low, high) ((low) >> (u64)SH | (high) << (u64)(64 - SH))
OP(EXT_v_8b, lanes_write(D_AT, (Lanes){ FUNNEL(Xn, Xm), 0 }, 16); NEXT;)
OP(EXT_v_16b, Lanes low = { Xn, Xm }, high = { Xm, Xa }; lanes_write(D_AT, FUNNEL(low, high), 16); NEXT;)
OP(EXT_v_whole_8b, lanes_write(D_AT, (Lanes){ Xn, 0 }, 16); NEXT;)
OP(EXT_v_whole_16b, lanes_write(D_AT, (Lanes){ Xn, Xm }, 16); NEXT;)

/* -- Permute. The "2" form on 64-bit vectors is the upper half of what the "1" form on 128 bits gives ----------------------- */
ALWAYS_INLINE Lanes zip2_of(Lanes n, Lanes m, unsigned esize, unsigned bytes)
{
    return bytes == 16 ? zip2(n, m, esize) : zip2(zip1(n, m, esize), (Lanes){ 0 }, 64);
}

FOR_BHSD(THREE, ZIP1_v, r = (VU)zip1((Lanes)n, (Lanes)m, ESIZE);)
FOR_BHSD(THREE, ZIP2_v, r = (VU)zip2_of((Lanes)n, (Lanes)m, ESIZE, BYTES);)
FOR_BHSD(THREE, UZP1_v, r = (VU)uzp1_of((Lanes)n, (Lanes)m, ESIZE, BYTES);)
FOR_BHSD(THREE, UZP2_v, r = (VU)uzp2_of((Lanes)n, (Lanes)m, ESIZE, BYTES);)
FOR_BHSD(THREE, TRN1_v, r = (VU)trn1((Lanes)n, (Lanes)m, ESIZE);)
FOR_BHSD(THREE, TRN2_v, r = (VU)trn2((Lanes)n, (Lanes)m, ESIZE);)

/* -- Table lookup: n, a, AUX, IMM are the offsets of the table's registers (they may wrap from V31 to V0) --------------------- */
/* Eight bytes of the result; index: eight indices; fallback: what those beyond the table give. */
ALWAYS_INLINE u64 table_lookup8(const Vreg *const table[4], unsigned registers, u64 index, u64 fallback)
{
    u64 r = 0;
    for (unsigned i = 0; i < 64; i += 8) {
        u8 k = (u8)(index >> i);
        u8 b = k < 16 * registers ? table[k / 16]->b[k % 16] : (u8)(fallback >> i);
        r |= (u64)b << i;
    }
    return r;
}

#define LOOKUP(NAME, registers, A, fallback) OP(NAME##_##registers##_##A, LANE_TYPES(A) \
    const Vreg *const table[4] = { &Vn, &Va, &AT(Vreg, AUX), &AT(Vreg, IMM) }; \
    Lanes m = READ_ANY(M_AT), f = fallback; \
    Lanes r = { table_lookup8(table, registers, m[0], f[0]), BYTES == 16 ? table_lookup8(table, registers, m[1], f[1]) : 0 }; \
    lanes_write(D_AT, r, 16); NEXT;)
#define READ_ANY(at) lanes_read(at, BYTES)
#define LOOKUPS(registers) \
    LOOKUP(TBL_v, registers, 8b, (Lanes){ 0 }) LOOKUP(TBL_v, registers, 16b, (Lanes){ 0 }) \
    LOOKUP(TBX_v, registers, 8b, READ_ANY(D_AT)) LOOKUP(TBX_v, registers, 16b, READ_ANY(D_AT))
LOOKUPS(1)
LOOKUPS(2)
LOOKUPS(3)
LOOKUPS(4)

#if HOST_X86
/* The same for hosts that look up 16 bytes at once; the form asks. Indices beyond a register wrap to values beyond 16, so that
 * each register gives zeros but for its own. */
#define HOST_LOOKUP(NAME, registers, A, fallback) \
    HOST_TARGET("ssse3") Handler op_host_##NAME##_##registers##_##A; \
    OP(host_##NAME##_##registers##_##A, LANE_TYPES(A) \
    const Vreg *const table[4] = { &Vn, &Va, &AT(Vreg, AUX), &AT(Vreg, IMM) }; \
    HostB m = (HostB)READ_ANY(M_AT); Lanes r = fallback & ~(Lanes)((LanesU8)m < (u8)(16 * registers)); \
    for (unsigned i = 0; i < registers; i++, m -= (char)16) r |= (Lanes)host_lookup16(*(const HostB *)table[i], m); \
    lanes_write(D_AT, r, BYTES); NEXT;)
#define HOST_LOOKUPS(registers) \
    HOST_LOOKUP(TBL_v, registers, 8b, (Lanes){ 0 }) HOST_LOOKUP(TBL_v, registers, 16b, (Lanes){ 0 }) \
    HOST_LOOKUP(TBX_v, registers, 8b, READ_ANY(D_AT)) HOST_LOOKUP(TBX_v, registers, 16b, READ_ANY(D_AT))
HOST_LOOKUPS(1)
HOST_LOOKUPS(2)
HOST_LOOKUPS(3)
HOST_LOOKUPS(4)
#endif

#endif
