/* SPDX-License-Identifier: MIT
 * Pointer authentication (FEAT_PAuth): what instructions ask of cpu/pauth.c. Each call obeys the enable bits of the current
 * regime (SCTLR_ELx.EnIA, EnIB, EnDA, EnDB): a disabled key leaves the pointer as it is. */
#ifndef EMU_ARCH_PAUTH_H
#define EMU_ARCH_PAUTH_H

#include "arch/state.h"

/* Bit 0: key B; bit 1: data key, as in the syndrome of a PAC Fail exception. PAUTH_COMBINED is or-ed in by instructions that
 * also branch, load or return (BRAA, RETAA, LDRAA, ERETAA): FEAT_FPACCOMBINE, not FEAT_FPAC, decides whether they fault. */
typedef enum PauthKey { PAUTH_IA, PAUTH_IB, PAUTH_DA, PAUTH_DB, PAUTH_COMBINED = 4 } PauthKey;

/* AddPACIA, AddPACIB, AddPACDA, AddPACDB */
u64 pauth_add(Cpu *cpu, u64 ptr, u64 modifier, PauthKey key);
/* AuthIA, AuthIB, AuthDA, AuthDB. False: Cpu.exception holds a PAC Fail exception and *out was not written. */
bool pauth_auth(Cpu *cpu, u64 ptr, u64 modifier, PauthKey key, u64 *out);
/* Strip (XPACI, XPACD); no enable bit governs it. */
u64 pauth_strip(Cpu *cpu, u64 ptr, bool data);
/* PACGA: the code of n under modifier m, in bits 63:32. */
u64 pauth_generic(Cpu *cpu, u64 n, u64 m);

#endif
