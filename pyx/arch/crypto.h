/* SPDX-License-Identifier: MIT
 * AES, SHA-1, SHA-2, SM3, SM4 steps and the 64-bit polynomial product. d may be the same register as n, m or a. */
#ifndef EMU_ARCH_CRYPTO_H
#define EMU_ARCH_CRYPTO_H

#include "arch/state.h"

void aese(Vreg *d, const Vreg *n);
void aesd(Vreg *d, const Vreg *n);
void aesmc(Vreg *d, const Vreg *n);
void aesimc(Vreg *d, const Vreg *n);
void sha1c(Vreg *d, const Vreg *n, const Vreg *m);
void sha1p(Vreg *d, const Vreg *n, const Vreg *m);
void sha1m(Vreg *d, const Vreg *n, const Vreg *m);
void sha1h(Vreg *d, const Vreg *n);
void sha1su0(Vreg *d, const Vreg *n, const Vreg *m);
void sha1su1(Vreg *d, const Vreg *n);
void sha256h(Vreg *d, const Vreg *n, const Vreg *m);
void sha256h2(Vreg *d, const Vreg *n, const Vreg *m);
void sha256su0(Vreg *d, const Vreg *n);
void sha256su1(Vreg *d, const Vreg *n, const Vreg *m);
void sha512h(Vreg *d, const Vreg *n, const Vreg *m);
void sha512h2(Vreg *d, const Vreg *n, const Vreg *m);
void sha512su0(Vreg *d, const Vreg *n);
void sha512su1(Vreg *d, const Vreg *n, const Vreg *m);
void sm3ss1(Vreg *d, const Vreg *n, const Vreg *m, const Vreg *a);
void sm3tt1a(Vreg *d, const Vreg *n, const Vreg *m, unsigned i);
void sm3tt1b(Vreg *d, const Vreg *n, const Vreg *m, unsigned i);
void sm3tt2a(Vreg *d, const Vreg *n, const Vreg *m, unsigned i);
void sm3tt2b(Vreg *d, const Vreg *n, const Vreg *m, unsigned i);
void sm3partw1(Vreg *d, const Vreg *n, const Vreg *m);
void sm3partw2(Vreg *d, const Vreg *n, const Vreg *m);
void sm4e(Vreg *d, const Vreg *n);
void sm4ekey(Vreg *d, const Vreg *n, const Vreg *m);
void pmull64(Vreg *d, u64 n, u64 m);

#endif
