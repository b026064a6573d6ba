/* SPDX-License-Identifier: MIT
 * Ordered loads and stores (LDAR, STLR, LDAPR, FEAT_LRCPC2, FEAT_LRCPC3) and FEAT_LSE: LDADD and its family, SWP, CAS, CASP.
 * Acquire and release variants share handlers: the host's atomics are sequentially consistent. Exclusives are in exclusive.h.
 * Compiled in three passes (op.h). */

/* -- Ordered ------------------------------------------------------------------------------------------------- */
#define LD_ORDERED(NAME, T, TO) OP(NAME, T v; CHECK_BASE; LOAD_ORDERED(T, Xn + IMM, v, ACC_ORDERED); TO; NEXT;)
#define ST_ORDERED(NAME, T, FROM) OP(NAME, CHECK_BASE; STORE_ORDERED(T, Xn + IMM, FROM); NEXT;)
#define LD_ORDERED_SIZES(NAME) \
    LD_ORDERED(NAME##_b, u8, Xd = v) LD_ORDERED(NAME##_h, u16, Xd = v) \
    LD_ORDERED(NAME##_w, u32, Xd = v) LD_ORDERED(NAME##_x, u64, Xd = v)
#define ST_ORDERED_SIZES(NAME) \
    ST_ORDERED(NAME##_b, u8, (u8)Xd) ST_ORDERED(NAME##_h, u16, (u16)Xd) \
    ST_ORDERED(NAME##_w, u32, (u32)Xd) ST_ORDERED(NAME##_x, u64, Xd)

LD_ORDERED_SIZES(LDAR)
LD_ORDERED_SIZES(LDLAR)
LD_ORDERED_SIZES(LDAPR)
LD_ORDERED_SIZES(LDAPUR)
LD_ORDERED(LDAPURS_x_b, u8, Xd = (u64)(i64)(i8)v)
LD_ORDERED(LDAPURS_x_h, u16, Xd = (u64)(i64)(i16)v)
LD_ORDERED(LDAPURS_x_w, u32, Xd = (u64)(i64)(i32)v)
LD_ORDERED(LDAPURS_w_b, u8, Xd = (u32)(i8)v)
LD_ORDERED(LDAPURS_w_h, u16, Xd = (u32)(i16)v)
ST_ORDERED_SIZES(STLR)
ST_ORDERED_SIZES(STLLR)
ST_ORDERED_SIZES(STLUR)

LD_ORDERED(LDAPUR_v_b, u8, VQ(op->d) = vec_low(v))
LD_ORDERED(LDAPUR_v_h, u16, VQ(op->d) = vec_low(v))
LD_ORDERED(LDAPUR_v_s, u32, VQ(op->d) = vec_low(v))
LD_ORDERED(LDAPUR_v_d, u64, VQ(op->d) = vec_low(v))
ST_ORDERED(STLUR_v_b, u8, Vd.b[0])
ST_ORDERED(STLUR_v_h, u16, Vd.h[0])
ST_ORDERED(STLUR_v_s, u32, Vd.s[0])
ST_ORDERED(STLUR_v_d, u64, Vd.d[0])

/* FEAT_LRCPC3 with writeback. CHOICE(UNPREDICTABLE): Rt = Rn as in ldst.h. */
#define LDAPR_POST(NAME, T) \
    OP(NAME, T v; CHECK_BASE; u64 va = Xn; LOAD_ORDERED(T, va, v, ACC_ORDERED); Xd = v; Xn = va + sizeof(T); NEXT;)
#define STLR_PRE(NAME, T) \
    OP(NAME, CHECK_BASE; u64 va = Xn - sizeof(T); STORE_ORDERED(T, va, (T)Xd); Xn = va; NEXT;)
LDAPR_POST(LDAPR_post_w, u32)
LDAPR_POST(LDAPR_post_x, u64)
STLR_PRE(STLR_pre_w, u32)
STLR_PRE(STLR_pre_x, u64)

/* Ordered pairs and 16-byte accesses: within an aligned 16-byte quantity they are always allowed, and always inside a page. */
#define ORDERED_LOAD_FROM(T, n_, va, use) \
    do { ORDERED_FITS(va, sizeof(T), (n_) * sizeof(T)); LOAD_FROM(tlb, T, n_, sizeof(T), va, use, ACC_ORDERED); } while (0)
#define ORDERED_STORE_TO(T, n_, va, fill) \
    do { ORDERED_FITS(va, sizeof(T), (n_) * sizeof(T)); STORE_TO(tlb, T, n_, sizeof(T), va, fill, ACC_ORDERED); } while (0)
#if defined(EMU_PASS_SLOW)
#define ORDERED_FITS(va, align, size) ((void)0)
#else
#define ORDERED_FITS(va, align, size) do { if ((va) & ((align) - 1)) MUSTTAIL return slow_self(PASS(op)); } while (0)
#endif

#define LDIAPP(NAME, T, WBACK) \
    OP(NAME, T v0; T v1; CHECK_BASE; u64 va = Xn; \
        ORDERED_LOAD_FROM(T, 2, va, v0 = GET(T, host_); v1 = GET(T, host_ + sizeof(T));); \
        Xa = v1; Xd = v0; WBACK; NEXT;)
#define STILP(NAME, T, OFFSET, WBACK) \
    OP(NAME, CHECK_BASE; T v0 = (T)Xd; T v1 = (T)Xa; u64 va = Xn - (OFFSET); \
        ORDERED_STORE_TO(T, 2, va, PUT(T, host_, v0); PUT(T, host_ + sizeof(T), v1);); WBACK; NEXT;)
LDIAPP(LDIAPP_off_w, u32, (void)0)
LDIAPP(LDIAPP_off_x, u64, (void)0)
LDIAPP(LDIAPP_post_w, u32, Xn = va + 8)
LDIAPP(LDIAPP_post_x, u64, Xn = va + 16)
STILP(STILP_off_w, u32, 0, (void)0)
STILP(STILP_off_x, u64, 0, (void)0)
STILP(STILP_pre_w, u32, 8, Xn = va)
STILP(STILP_pre_x, u64, 16, Xn = va)
OP(LDAPUR_v_q, Vec128 v; CHECK_BASE; u64 va = Xn + IMM;
    ORDERED_LOAD_FROM(Vec128, 1, va, v = GET(Vec128, host_);); VQ(op->d) = v; NEXT;)
OP(STLUR_v_q, CHECK_BASE; u64 va = Xn + IMM; ORDERED_STORE_TO(Vec128, 1, va, PUT(Vec128, host_, VQ(op->d));); NEXT;)

/* -- Read, modify, write ------------------------------------------------------------------------------------- */
#define ATOMIC_OP(NAME, T, FETCH) \
    OP(NAME, T old; CHECK_BASE; RMW(T, Xn, old = FETCH;, ACC_ATOMIC); Xd = old; NEXT;)
#define ATOMIC_SIZES(NAME, FETCH) \
    ATOMIC_OP(NAME##_b, u8, FETCH(u8, i8)) ATOMIC_OP(NAME##_h, u16, FETCH(u16, i16)) \
    ATOMIC_OP(NAME##_w, u32, FETCH(u32, i32)) ATOMIC_OP(NAME##_x, u64, FETCH(u64, i64))

#define FETCH_ADD(T, S) __atomic_fetch_add(host_, (T)Xm, __ATOMIC_SEQ_CST)
#define FETCH_CLR(T, S) __atomic_fetch_and(host_, (T)~Xm, __ATOMIC_SEQ_CST)
#define FETCH_EOR(T, S) __atomic_fetch_xor(host_, (T)Xm, __ATOMIC_SEQ_CST)
#define FETCH_SET(T, S) __atomic_fetch_or(host_, (T)Xm, __ATOMIC_SEQ_CST)
#define FETCH_SWP(T, S) __atomic_exchange_n(host_, (T)Xm, __ATOMIC_SEQ_CST)
/* Maxima and minima: by compare and swap, until nobody came between. cmpxchg updates `seen`. */
#define FETCH_PICK(T, S, CMP) __extension__ ({ T seen = __atomic_load_n(host_, __ATOMIC_RELAXED); \
    while (!__atomic_compare_exchange_n(host_, &seen, (S)seen CMP (S)Xm ? seen : (T)Xm, true, \
                                        __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) { } \
    seen; })
#define FETCH_SMAX(T, S) FETCH_PICK(T, S, >)
#define FETCH_SMIN(T, S) FETCH_PICK(T, S, <)
#define FETCH_UMAX(T, S) FETCH_PICK(T, T, >)
#define FETCH_UMIN(T, S) FETCH_PICK(T, T, <)

ATOMIC_SIZES(LDADD, FETCH_ADD)
ATOMIC_SIZES(LDCLR, FETCH_CLR)
ATOMIC_SIZES(LDEOR, FETCH_EOR)
ATOMIC_SIZES(LDSET, FETCH_SET)
ATOMIC_SIZES(LDSMAX, FETCH_SMAX)
ATOMIC_SIZES(LDSMIN, FETCH_SMIN)
ATOMIC_SIZES(LDUMAX, FETCH_UMAX)
ATOMIC_SIZES(LDUMIN, FETCH_UMIN)
ATOMIC_SIZES(SWP, FETCH_SWP)

/* CAS: m is Rs as a source, a as a destination; write permission is needed even where nothing is stored. */
#define CAS_OP(NAME, T) \
    OP(NAME, T seen = (T)Xm; CHECK_BASE; RMW(T, Xn, compare_exchange(host_, &seen, (T)Xd);, ACC_ATOMIC); Xa = seen; NEXT;)
CAS_OP(CAS_b, u8)
CAS_OP(CAS_h, u16)
CAS_OP(CAS_w, u32)
CAS_OP(CAS_x, u64)

/* CASP: X(s+1) is a as a source, AUX as a destination; X(t+1) is IMM. All registers are even-numbered pairs, so s and t are not 31. */
OP(CASP_w, u64 seen = LOW_HIGH(u64, Wm, Wa); CHECK_BASE;
    RMW(u64, Xn, compare_exchange(host_, &seen, LOW_HIGH(u64, (u32)Xd, (u32)AT(u64, IMM)));, ACC_ATOMIC);
    Xm = (u32)seen; AT(u64, AUX) = seen >> 32; NEXT;)
OP(CASP_x, u128 seen = LOW_HIGH(u128, Xm, Xa); CHECK_BASE;
    RMW(u128, Xn, compare_exchange_16(host_, &seen, LOW_HIGH(u128, Xd, AT(u64, IMM)));, ACC_ATOMIC);
    Xm = (u64)seen; AT(u64, AUX) = (u64)(seen >> 64); NEXT;)
