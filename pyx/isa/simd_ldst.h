/* SPDX-License-Identifier: MIT
 * Advanced SIMD structure loads and stores: LD1..LD4, ST1..ST4 of whole registers and of one element, LD1R..LD4R, LDAP1, STL1.
 * Operands: SH2 is the first register's number; n base, m index, IMM immediate increment, a the register that is written back to.
 * Without writeback a is the sink. All bytes are contiguous, so one access moves them.
 * Compiled in three passes (op.h). */

/* Register i of the list; the list wraps from V31 to V0. */
#define V_LIST(i) cpu->v[(SH2 + (i)) & 31]
#define WRITE_BACK(va) Xa = (va) + Xm + IMM

/* -- LD1, ST1: no interleaving. W: bytes of a register. ------------------------------------------------------- */
#define EACH_LENGTH(M, NAME) \
    M(NAME##_r1_8, 1, 8) M(NAME##_r1_16, 1, 16) M(NAME##_r2_8, 2, 8) M(NAME##_r2_16, 2, 16) \
    M(NAME##_r3_8, 3, 8) M(NAME##_r3_16, 3, 16) M(NAME##_r4_8, 4, 8) M(NAME##_r4_16, 4, 16)
#define GET_V8(host) vec_low(GET(u64, host))
#define GET_V16(host) GET(Vec128, host)
#define PUT_V8(host, r) PUT(u64, host, (r).d[0])
#define PUT_V16(host, r) PUT(Vec128, host, *(const Vec128 *)&(r))
#define LD1_WHOLE(NAME, R, W) \
    OP(NAME, CHECK_BASE; u64 va = Xn; \
        LOAD_FROM(tlb, u64, (R) * (W) / 8, 1u << SH, va, \
            for (unsigned i = 0; i < R; i++) *(Vec128 *)&V_LIST(i) = GET_V##W(host_ + i * W);, 0); \
        WRITE_BACK(va); NEXT;)
#define ST1_WHOLE(NAME, R, W) \
    OP(NAME, CHECK_BASE; u64 va = Xn; \
        STORE_TO(tlb, u64, (R) * (W) / 8, 1u << SH, va, \
            for (unsigned i = 0; i < R; i++) PUT_V##W(host_ + i * W, V_LIST(i));, 0); \
        WRITE_BACK(va); NEXT;)
EACH_LENGTH(LD1_WHOLE, LD1_v)
EACH_LENGTH(ST1_WHOLE, ST1_v)

/* -- LD2..LD4, ST2..ST4: element e of register i is the (e * R + i)-th in memory. E: elements of a register. --- */
#define EACH_ARRANGEMENT(M, NAME, R) \
    M(NAME##_b8, R, u8, b, 8) M(NAME##_b16, R, u8, b, 16) M(NAME##_h4, R, u16, h, 4) M(NAME##_h8, R, u16, h, 8) \
    M(NAME##_s2, R, u32, s, 2) M(NAME##_s4, R, u32, s, 4) M(NAME##_d2, R, u64, d, 2)
#define LD_STRUCTURE(NAME, R, T, LANE, E) \
    OP(NAME, CHECK_BASE; u64 va = Xn; \
        LOAD_FROM(tlb, T, (R) * (E), sizeof(T), va, \
            for (unsigned i = 0; i < R; i++) { Vreg *v = &V_LIST(i); if ((E) * sizeof(T) == 8) v->d[1] = 0; \
                for (unsigned e = 0; e < E; e++) v->LANE[e] = GET(T, host_ + (e * R + i) * sizeof(T)); }, 0); \
        WRITE_BACK(va); NEXT;)
#define ST_STRUCTURE(NAME, R, T, LANE, E) \
    OP(NAME, CHECK_BASE; u64 va = Xn; \
        STORE_TO(tlb, T, (R) * (E), sizeof(T), va, \
            for (unsigned i = 0; i < R; i++) \
                for (unsigned e = 0; e < E; e++) PUT(T, host_ + (e * R + i) * sizeof(T), V_LIST(i).LANE[e]);, 0); \
        WRITE_BACK(va); NEXT;)
EACH_ARRANGEMENT(LD_STRUCTURE, LD2_v, 2)
EACH_ARRANGEMENT(LD_STRUCTURE, LD3_v, 3)
EACH_ARRANGEMENT(LD_STRUCTURE, LD4_v, 4)
EACH_ARRANGEMENT(ST_STRUCTURE, ST2_v, 2)
EACH_ARRANGEMENT(ST_STRUCTURE, ST3_v, 3)
EACH_ARRANGEMENT(ST_STRUCTURE, ST4_v, 4)

/* -- One element of each register: SH is its index. ------------------------------------------------------------ */
#define EACH_ELEMENT(M, NAME, R) M(NAME##_b, R, u8, b) M(NAME##_h, R, u16, h) M(NAME##_s, R, u32, s) M(NAME##_d, R, u64, d)
#define LD_ELEMENT(NAME, R, T, LANE) \
    OP(NAME, CHECK_BASE; u64 va = Xn; \
        LOAD_FROM(tlb, T, R, sizeof(T), va, \
            for (unsigned i = 0; i < R; i++) V_LIST(i).LANE[SH] = GET(T, host_ + i * sizeof(T));, 0); \
        WRITE_BACK(va); NEXT;)
#define ST_ELEMENT(NAME, R, T, LANE) \
    OP(NAME, CHECK_BASE; u64 va = Xn; \
        STORE_TO(tlb, T, R, sizeof(T), va, \
            for (unsigned i = 0; i < R; i++) PUT(T, host_ + i * sizeof(T), V_LIST(i).LANE[SH]);, 0); \
        WRITE_BACK(va); NEXT;)
EACH_ELEMENT(LD_ELEMENT, LD1_elem, 1)
EACH_ELEMENT(LD_ELEMENT, LD2_elem, 2)
EACH_ELEMENT(LD_ELEMENT, LD3_elem, 3)
EACH_ELEMENT(LD_ELEMENT, LD4_elem, 4)
EACH_ELEMENT(ST_ELEMENT, ST1_elem, 1)
EACH_ELEMENT(ST_ELEMENT, ST2_elem, 2)
EACH_ELEMENT(ST_ELEMENT, ST3_elem, 3)
EACH_ELEMENT(ST_ELEMENT, ST4_elem, 4)

/* Replicated to all elements. AUX: Q. */
#define ALL_LANES(T) (~(u64)0 / (u64)(T)~(T)0)
#define LD_ALL(NAME, R, T, LANE) \
    OP(NAME, CHECK_BASE; u64 va = Xn; \
        LOAD_FROM(tlb, T, R, sizeof(T), va, \
            for (unsigned i = 0; i < R; i++) { u64 v = GET(T, host_ + i * sizeof(T)) * ALL_LANES(T); \
                *(Vec128 *)&V_LIST(i) = vec_pair(v, AUX ? v : 0); }, 0); \
        WRITE_BACK(va); NEXT;)
EACH_ELEMENT(LD_ALL, LD1R, 1)
EACH_ELEMENT(LD_ALL, LD2R, 2)
EACH_ELEMENT(LD_ALL, LD3R, 3)
EACH_ELEMENT(LD_ALL, LD4R, 4)

/* FEAT_LRCPC3: one ordered doubleword; SH is its index. */
OP(LDAP1, u64 v; CHECK_BASE; LOAD_ORDERED(u64, Xn, v, ACC_ORDERED); Vd.d[SH] = v; NEXT;)
OP(STL1, CHECK_BASE; STORE_ORDERED(u64, Xn, Vd.d[SH]); NEXT;)
