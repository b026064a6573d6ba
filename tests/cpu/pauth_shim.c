/* SPDX-License-Identifier: MIT
 * Pointer authentication apart from a machine: one core whose registers a test sets. */
#include "arch/effects.h"
#include "arch/pauth.h"
#include "cpu/qarma.h"

#include <stdlib.h>

void exception_set(Cpu *cpu, u32 ec, u32 iss)
{
    cpu->exception = (Exception){.ec = ec, .iss = iss};
}

Cpu *shim_new(u64 tcr, bool qarma5, bool pauth2, bool fpac, bool fpaccombine);
void shim_keys(Cpu *cpu, const u64 keys[6], u64 sctlr);
u64 shim_auth(Cpu *cpu, u64 ptr, u64 modifier, unsigned key);
unsigned shim_failure(const Cpu *cpu);

Cpu *shim_new(u64 tcr, bool qarma5, bool pauth2, bool fpac, bool fpaccombine)
{
    Cpu *cpu = aligned_alloc(64, (sizeof(Cpu) + 63) & ~(size_t)63);
    memset(cpu, 0, sizeof(Cpu));
    const struct { bool on; Feature f; } features[] = {{true, FEAT_PAuth}, {true, FEAT_TTST}, {qarma5, FEAT_PACQARMA5},
        {pauth2, FEAT_PAuth2}, {fpac, FEAT_FPAC}, {fpaccombine, FEAT_FPACCOMBINE}};
    for (unsigned i = 0; i < ARRAY_LEN(features); i++)
        if (features[i].on)
            feature_set_add(&cpu->features, features[i].f);
    cpu->el = 1;
    cpu->tcr_el[1] = tcr;
    return cpu;
}

/* keys: low and high halves of APIAKey, APDBKey, APGAKey */
void shim_keys(Cpu *cpu, const u64 keys[6], u64 sctlr)
{
    memcpy(cpu->apia_key, keys, 16);
    memcpy(cpu->apdb_key, keys + 2, 16);
    memcpy(cpu->apga_key, keys + 4, 16);
    cpu->sctlr_el[1] = sctlr;
}

/* The authenticated pointer; on a PAC Fail exception 0 */
u64 shim_auth(Cpu *cpu, u64 ptr, u64 modifier, unsigned key)
{
    u64 out = 0;
    cpu->exception = (Exception){.ec = 0};
    pauth_auth(cpu, ptr, modifier, (PauthKey)key, &out);
    return out;
}

/* EC and ISS of the exception, as ESR_ELx holds them; 0: none */
unsigned shim_failure(const Cpu *cpu)
{
    return cpu->exception.ec << 26 | cpu->exception.iss;
}
