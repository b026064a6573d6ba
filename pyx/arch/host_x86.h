/* SPDX-License-Identifier: MIT
 * What an x86-64 host may be able to do beyond SSE2, asked at run time. On other hosts, and with EMU_PORTABLE, it can do nothing
 * and the portable code serves; both give the same bits (tests/isa). */
#ifndef EMU_ARCH_HOST_X86_H
#define EMU_ARCH_HOST_X86_H

#include "arch/state.h"

#if defined(__x86_64__) && !defined(EMU_PORTABLE)
#define HOST_X86 1
#define HOST_HAS(feature) __builtin_cpu_supports(feature)
#define HOST_TARGET(feature) __attribute__((target(feature)))

typedef long long HostQ __attribute__((vector_size(16), may_alias));
typedef char HostB __attribute__((vector_size(16), may_alias));

HOST_TARGET("aes") static inline void host_aese(Vreg *d, const Vreg *n)
{
    *(HostQ *)d = __builtin_ia32_aesenclast128(*(const HostQ *)d ^ *(const HostQ *)n, (HostQ){ 0 });
}

HOST_TARGET("aes") static inline void host_aesd(Vreg *d, const Vreg *n)
{
    *(HostQ *)d = __builtin_ia32_aesdeclast128(*(const HostQ *)d ^ *(const HostQ *)n, (HostQ){ 0 });
}

/* A whole round after an inverse last round leaves MixColumns alone. */
HOST_TARGET("aes") static inline void host_aesmc(Vreg *d, const Vreg *n)
{
    *(HostQ *)d = __builtin_ia32_aesenc128(__builtin_ia32_aesdeclast128(*(const HostQ *)n, (HostQ){ 0 }), (HostQ){ 0 });
}

HOST_TARGET("aes") static inline void host_aesimc(Vreg *d, const Vreg *n)
{
    *(HostQ *)d = __builtin_ia32_aesimc128(*(const HostQ *)n);
}

HOST_TARGET("pclmul") static inline void host_pmull64(Vreg *d, u64 n, u64 m)
{
    *(HostQ *)d = __builtin_ia32_pclmulqdq128((HostQ){ (long long)n, 0 }, (HostQ){ (long long)m, 0 }, 0);
}

/* The bytes of table at index; zero where index is 16 or more: adding 0x70 sets bit 7 of those, saturation keeps it. */
HOST_TARGET("ssse3") static inline HostB host_lookup16(HostB table, HostB index)
{
    return __builtin_ia32_pshufb128(table, __builtin_ia32_paddusb128(index, (HostB){ 0 } + (char)0x70));
}
#else
#define HOST_X86 0
#define HOST_HAS(feature) 0
static inline void host_aese(Vreg *d, const Vreg *n) { (void)d; (void)n; }
static inline void host_aesd(Vreg *d, const Vreg *n) { (void)d; (void)n; }
static inline void host_aesmc(Vreg *d, const Vreg *n) { (void)d; (void)n; }
static inline void host_aesimc(Vreg *d, const Vreg *n) { (void)d; (void)n; }
static inline void host_pmull64(Vreg *d, u64 n, u64 m) { (void)d; (void)n; (void)m; }
#endif

#endif
