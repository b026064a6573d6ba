/* SPDX-License-Identifier: MIT
 * Pointer authentication: AddPAC, Auth, Strip of the Arm ARM's shared pseudocode, for each algorithm.
 * CHOICE(IMPDEF): the algorithm of FEAT_PACIMP is a mixing hash that is cheap for us, not a cipher. */
#include "arch/pauth.h"
#include "arch/effects.h"
#include "arch/pseudocode.h"
#include "cpu/qarma.h"

/* -- The translation regime's say ---------------------------------------------------------------------------- */
enum { TCR_TBI = 20, TCR_TBID = 29, TCR_TBI0 = 37, TCR_TBI1 = 38, TCR_TBID0 = 51, TCR_TBID1 = 52, HCR_TGE = 27, HCR_E2H = 34 };

/* S1TranslationRegime: the EL whose registers govern the current one. */
static unsigned regime_el(const Cpu *cpu)
{
    if (cpu->el)
        return cpu->el;
    bool host = cpu_has(cpu, FEAT_EL2) && BIT(cpu->hcr_el2, HCR_E2H) && BIT(cpu->hcr_el2, HCR_TGE);
    return host ? 2 : 1;
}

/* PtrHasUpperAndLowerAddRanges */
static bool has_two_ranges(const Cpu *cpu, unsigned regime)
{
    return regime == 1 || (regime == 2 && cpu_has(cpu, FEAT_VHE) && BIT(cpu->hcr_el2, HCR_E2H));
}

/* Whether the top byte of addresses in one range is a tag for data, or for instructions too. */
static bool top_byte_ignored(const Cpu *cpu, bool upper, bool data)
{
    unsigned regime = regime_el(cpu);
    u64 tcr = cpu->tcr_el[regime];
    if (!has_two_ranges(cpu, regime))
        return BIT(tcr, TCR_TBI) && (data || !BIT(tcr, TCR_TBID));
    bool tbi = BIT(tcr, upper ? TCR_TBI1 : TCR_TBI0), tbid = BIT(tcr, upper ? TCR_TBID1 : TCR_TBID0);
    return tbi && (data || !tbid);
}

/* EffectiveTBI */
static bool effective_tbi(const Cpu *cpu, u64 ptr, bool data)
{
    return top_byte_ignored(cpu, BIT(ptr, 55), data);
}

/* CalculateBottomPACBit: the lowest bit that is no address bit. */
static unsigned bottom_pac_bit(const Cpu *cpu, bool upper)
{
    unsigned regime = regime_el(cpu);
    u64 tcr = cpu->tcr_el[regime];
    bool second = has_two_ranges(cpu, regime) && upper;
    unsigned tsz = second ? BITS(tcr, 21, 16) : BITS(tcr, 5, 0);
    bool using64k = second ? BITS(tcr, 31, 30) == 3 : BITS(tcr, 15, 14) == 1;
    unsigned most = !cpu_has(cpu, FEAT_TTST) ? 39 : using64k ? 47 : 48;
    /* CHOICE(UNPREDICTABLE): TCR_ELx.TxSZ out of range counts as the nearest in range. */
    if (tsz > most)
        tsz = most;
    if (tsz < 16)
        tsz = 16;
    return 64 - tsz;
}

/* SCTLR_ELx.EnIA, EnIB, EnDA, EnDB, in the order of PauthKey */
static bool key_enabled(const Cpu *cpu, PauthKey key)
{
    static const u8 enable_bit[4] = {31, 30, 27, 13};
    return BIT(cpu->sctlr_el[regime_el(cpu)], enable_bit[key & 3]);
}

/* -- ComputePAC ---------------------------------------------------------------------------------------------------- */
static u64 mixing_hash(u64 data, u64 modifier, u64 key1, u64 key0)
{
    u64 h = (data ^ key0) * 0x9e3779b97f4a7c15;
    h = (h ^ h >> 32 ^ modifier) * 0xd6e8feb86659fd93;
    h = (h ^ h >> 29 ^ key1) * 0xbf58476d1ce4e5b9;
    return h ^ h >> 31;
}

/* key: low and high half, as the key registers are named */
static u64 compute_pac(const Cpu *cpu, u64 data, u64 modifier, const u64 key[2])
{
    if (cpu_has(cpu, FEAT_PACQARMA5))
        return qarma64(data, modifier, key[1], key[0], QARMA_SIGMA2, 5);
    if (cpu_has(cpu, FEAT_PACQARMA3))
        return qarma64(data, modifier, key[1], key[0], QARMA_SIGMA1, 3);
    return mixing_hash(data, modifier, key[1], key[0]);
}

static const u64 *key_register(const Cpu *cpu, PauthKey key)
{
    switch (key & 3) {
    case PAUTH_IA:
        return cpu->apia_key;
    case PAUTH_IB:
        return cpu->apib_key;
    case PAUTH_DA:
        return cpu->apda_key;
    default:
        return cpu->apdb_key;
    }
}

/* -- Pointers --------------------------------------------------------------------------------------------------------- */
/* The bits that a PAC takes: from the bottom up, without bit 55, and without the tag. */
static u64 pac_field(unsigned bottom, bool tbi)
{
    return ones(tbi ? 56 : 64) & ~ones(bottom) & ~((u64)1 << 55);
}

/* The pointer with the PAC's bits, bit 55 too, as copies of `upper`: the address that it stands for. */
static u64 extended_pointer(u64 ptr, bool upper, unsigned bottom, bool tbi)
{
    u64 field = pac_field(bottom, tbi) | (u64)1 << 55;
    return upper ? ptr | field : ptr & ~field;
}

/* AddPAC chooses the range by bit 55 where either range has tags: else there might be no correct choice. */
static bool selects_upper(const Cpu *cpu, u64 ptr, bool data)
{
    if (cpu_has(cpu, FEAT_PAuth2) && cpu_has(cpu, FEAT_CONSTPACFIELD))
        return BIT(ptr, 55);
    bool any_tags = top_byte_ignored(cpu, false, data) || top_byte_ignored(cpu, true, data);
    return BIT(ptr, any_tags ? 55 : 63);
}

u64 pauth_add(Cpu *cpu, u64 ptr, u64 modifier, PauthKey key)
{
    if (!key_enabled(cpu, key))
        return ptr;
    bool data = key & PAUTH_DA;
    bool tbi = effective_tbi(cpu, ptr, data), upper = selects_upper(cpu, ptr, data);
    unsigned bottom = bottom_pac_bit(cpu, upper), top = tbi ? 55 : 63;
    u64 address = extended_pointer(ptr, upper, bottom, tbi);
    u64 pac = compute_pac(cpu, address, modifier, key_register(cpu, key));
    u64 field = pac_field(bottom, tbi), bit55 = (u64)upper << 55;
    u64 rest = ptr & ~field & ~((u64)1 << 55);
    if (cpu_has(cpu, FEAT_PAuth2))
        return rest | bit55 | ((ptr ^ pac) & field);
    u64 extension = BITS(ptr, top, bottom);
    if (extension != 0 && extension != ones(top - bottom + 1))
        pac ^= (u64)1 << (top - 1);     /* not a canonical pointer: its PAC must not authenticate */
    return rest | bit55 | (pac & field);
}

/* AArch64.PACFailException */
static bool pac_fail(Cpu *cpu, PauthKey key)
{
    exception_set(cpu, EC_FPAC, key & 3);
    return false;
}

static bool faults(const Cpu *cpu, PauthKey key)
{
    return cpu_has(cpu, FEAT_FPACCOMBINE) || (cpu_has(cpu, FEAT_FPAC) && !(key & PAUTH_COMBINED));
}

bool pauth_auth(Cpu *cpu, u64 ptr, u64 modifier, PauthKey key, u64 *out)
{
    if (!key_enabled(cpu, key)) {
        *out = ptr;
        return true;
    }
    bool tbi = effective_tbi(cpu, ptr, key & PAUTH_DA), upper = BIT(ptr, 55);
    unsigned bottom = bottom_pac_bit(cpu, upper);
    u64 field = pac_field(bottom, tbi);
    u64 address = extended_pointer(ptr, upper, bottom, tbi);
    u64 pac = compute_pac(cpu, address, modifier, key_register(cpu, key));
    if (cpu_has(cpu, FEAT_PAuth2)) {
        u64 result = ptr ^ (pac & field);
        if (result != address && faults(cpu, key))
            return pac_fail(cpu, key);
        *out = result;
        return true;
    }
    u64 error_code = key & PAUTH_IB ? 2 : 1;
    unsigned error_lo = tbi ? 53 : 61;
    bool good = !((ptr ^ pac) & field);
    *out = good ? address : (address & ~((u64)3 << error_lo)) | error_code << error_lo;
    return true;
}

u64 pauth_strip(Cpu *cpu, u64 ptr, bool data)
{
    bool upper = BIT(ptr, 55);
    return extended_pointer(ptr, upper, bottom_pac_bit(cpu, upper), effective_tbi(cpu, ptr, data));
}

u64 pauth_generic(Cpu *cpu, u64 n, u64 m)
{
    return compute_pac(cpu, n, m, cpu->apga_key) & ~ones(32);
}
