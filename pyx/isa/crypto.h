/* SPDX-License-Identifier: MIT
 * Cryptographic instructions. The steps themselves are in arch/crypto.c. */
#ifndef EMU_ISA_CRYPTO_H
#define EMU_ISA_CRYPTO_H

#include "arch/crypto.h"
#include "isa/simd_lanes.h"

#define STEP2(NAME, step) OP(NAME##_q, step(&Vd, &Vn); NEXT;)
#define STEP3(NAME, step) OP(NAME##_q, step(&Vd, &Vn, &Vm); NEXT;)
#define STEP3_INDEX(NAME, step) OP(NAME##_q, step(&Vd, &Vn, &Vm, SH); NEXT;)

STEP2(AESE, aese)
STEP2(AESD, aesd)
STEP2(AESMC, aesmc)
STEP2(AESIMC, aesimc)

STEP3(SHA1C, sha1c)
STEP3(SHA1P, sha1p)
STEP3(SHA1M, sha1m)
STEP2(SHA1H, sha1h)
STEP3(SHA1SU0, sha1su0)
STEP2(SHA1SU1, sha1su1)
STEP3(SHA256H, sha256h)
STEP3(SHA256H2, sha256h2)
STEP2(SHA256SU0, sha256su0)
STEP3(SHA256SU1, sha256su1)
STEP3(SHA512H, sha512h)
STEP3(SHA512H2, sha512h2)
STEP2(SHA512SU0, sha512su0)
STEP3(SHA512SU1, sha512su1)

#define LOGIC(NAME, ...) OP(NAME##_q, Lanes n = lanes_read(N_AT, 16), m = lanes_read(M_AT, 16), r; \
    __VA_ARGS__ lanes_write(D_AT, r, 16); NEXT;)
#define THIRD lanes_read(&AT(char, op->a), 16)
LOGIC(EOR3, r = n ^ m ^ THIRD;)
LOGIC(BCAX, r = n ^ (m & ~THIRD);)
LOGIC(RAX1, r = n ^ (m << (u64)1 | m >> (u64)63);)
LOGIC(XAR, r = n ^ m; r = r >> (u64)SH | r << (u64)(-SH & 63);)

OP(SM3SS1_q, sm3ss1(&Vd, &Vn, &Vm, &Va); NEXT;)
STEP3_INDEX(SM3TT1A, sm3tt1a)
STEP3_INDEX(SM3TT1B, sm3tt1b)
STEP3_INDEX(SM3TT2A, sm3tt2a)
STEP3_INDEX(SM3TT2B, sm3tt2b)
STEP3(SM3PARTW1, sm3partw1)
STEP3(SM3PARTW2, sm3partw2)
STEP2(SM4E, sm4e)
STEP3(SM4EKEY, sm4ekey)

#endif
