/* SPDX-License-Identifier: MIT */
#include "cpu/models.h"
#include "cpu/machine.h"

#define ARMV8_0 FEAT_FP, FEAT_AdvSIMD, FEAT_TGran4K, FEAT_TGran64K, FEAT_ASID16, FEAT_DoubleLock
#define CRYPTO_V1 FEAT_AES, FEAT_PMULL, FEAT_SHA1, FEAT_SHA256
#define ARMV8_2 FEAT_LSE, FEAT_RDM, FEAT_PAN, FEAT_PAN2, FEAT_LOR, FEAT_HAFDBS, FEAT_HPDS, FEAT_UAO, FEAT_DPB, FEAT_TTCNP, \
    FEAT_IESB, FEAT_RAS, FEAT_Debugv8p2, FEAT_FP16, FEAT_DotProd, FEAT_LRCPC, FEAT_TGran16K, FEAT_CSV2, FEAT_CSV3, FEAT_SSBS

static const Feature features_v8_0[] = {ARMV8_0, CRYPTO_V1, FEAT_CRC32, FEAT_NONE};
static const Feature features_v8_2[] = {ARMV8_0, CRYPTO_V1, FEAT_CRC32, ARMV8_2, FEAT_NONE};
static const Feature features_n1[] = {ARMV8_0, CRYPTO_V1, FEAT_CRC32, ARMV8_2, FEAT_SSBS2, FEAT_NONE};

/* All that the core implements. Not among it, though Armv8.9 has it: EL2, EL3 and what only they use; PMU, trace; FEAT_NMI;
 * FEAT_AFP and what hangs on FPCR.AH; 52-bit addresses. */
#define MAX_WITHOUT_PAUTH \
    ARMV8_0, CRYPTO_V1, FEAT_CRC32, ARMV8_2, FEAT_SSBS2, \
    FEAT_FHM, FEAT_SHA512, FEAT_SHA3, FEAT_SM3, FEAT_SM4, FEAT_I8MM, FEAT_BF16, FEAT_DGH, \
    FEAT_FCMA, FEAT_JSCVT, FEAT_CCIDX, FEAT_LRCPC2, FEAT_FlagM, FEAT_LSE2, FEAT_DIT, FEAT_TLBIOS, FEAT_TLBIRANGE, FEAT_BBM, \
    FEAT_TTL, FEAT_IDST, FEAT_TTST, FEAT_FlagM2, FEAT_FRINTTS, FEAT_SB, FEAT_SPECRES, FEAT_BTI, FEAT_DPB2, FEAT_RNG, FEAT_E0PD, \
    FEAT_ECV, FEAT_WFxT, FEAT_XS, FEAT_PAN3, FEAT_HBC, FEAT_MOPS, FEAT_CMOW, FEAT_TIDCP1, FEAT_CSSC, FEAT_LRCPC3, \
    FEAT_PRFMSLC, FEAT_CLRBHB, FEAT_SPECRES2, FEAT_CHK, FEAT_ECBHB
#define PAUTH FEAT_PAuth, FEAT_PAuth2, FEAT_FPAC, FEAT_FPACCOMBINE

static const Feature features_max[] = {MAX_WITHOUT_PAUTH, PAUTH, FEAT_PACIMP, FEAT_NONE};
static const Feature features_max_qarma5[] = {MAX_WITHOUT_PAUTH, PAUTH, FEAT_PACQARMA5, FEAT_NONE};
static const Feature features_max_qarma3[] = {MAX_WITHOUT_PAUTH, PAUTH, FEAT_PACQARMA3, FEAT_NONE};
static const Feature features_max_no_pauth[] = {MAX_WITHOUT_PAUTH, FEAT_NONE};

/* CLIDR_EL1: separate L1, unified L2 (and L3); LoUIS = LoUU = 1, LoC = the last level. */
#define CLIDR_L2 (1u << 27 | 2u << 24 | 1u << 21 | 4u << 3 | 3u)
#define CLIDR_L3 (1u << 27 | 3u << 24 | 1u << 21 | 4u << 6 | 4u << 3 | 3u)
/* CTR_EL0: 64-byte lines; L1Ip = VIPT or PIPT. */
#define CTR_VIPT 0x84448004u
#define CTR_PIPT 0x8444c004u
#define CTR_NO_MAINTENANCE (1u << 29 | 1u << 28)    /* DIC, IDC: code needs no cache maintenance; true here of every model */

#define L1D(ways, sets) {1, false, ways, sets}
#define L1I(ways, sets) {1, true, ways, sets}
#define L2(ways, sets) {2, false, ways, sets}
#define L3(ways, sets) {3, false, ways, sets}

#define MODEL_MAX(name, text, features) \
    {name, text, 0x000f0e40, features, 5, CTR_PIPT | CTR_NO_MAINTENANCE, CLIDR_L2, {L1D(4, 256), L1I(4, 256), L2(8, 2048)}}

/* CHOICE(IMPDEF): `max` has implementer 0, which is reserved for software, and a part number of its own. */
static const CpuModel models[] = {
    MODEL_MAX("max", "every feature that is implemented", features_max),
    MODEL_MAX("max,pauth=impdef", "max: the same as without option", features_max),
    MODEL_MAX("max,pauth=qarma5", "max with QARMA5 as pointer authentication algorithm", features_max_qarma5),
    MODEL_MAX("max,pauth=qarma3", "max with QARMA3 as pointer authentication algorithm", features_max_qarma3),
    MODEL_MAX("max,pauth=off", "max without pointer authentication", features_max_no_pauth),
    {"cortex-a53", "Arm Cortex-A53 r0p4", 0x410fd034, features_v8_0, 2, CTR_VIPT, CLIDR_L2, {L1D(4, 128), L1I(2, 256), L2(16, 1024)}},
    {"cortex-a57", "Arm Cortex-A57 r1p0", 0x411fd070, features_v8_0, 4, CTR_PIPT, CLIDR_L2, {L1D(2, 256), L1I(3, 256), L2(16, 2048)}},
    {"cortex-a72", "Arm Cortex-A72 r0p3", 0x410fd083, features_v8_0, 4, CTR_PIPT, CLIDR_L2, {L1D(2, 256), L1I(3, 256), L2(16, 1024)}},
    {"cortex-a55", "Arm Cortex-A55 r2p0", 0x412fd050, features_v8_2, 2, CTR_VIPT, CLIDR_L3,
     {L1D(4, 128), L1I(4, 128), L2(4, 512), L3(16, 1024)}},
    {"cortex-a76", "Arm Cortex-A76 r4p1", 0x414fd0b1, features_v8_2, 2, CTR_PIPT, CLIDR_L3,
     {L1D(4, 256), L1I(4, 256), L2(8, 1024), L3(16, 2048)}},
    {"neoverse-n1", "Arm Neoverse N1 r4p1", 0x414fd0c1, features_n1, 5, CTR_PIPT, CLIDR_L3,
     {L1D(4, 256), L1I(4, 256), L2(8, 2048), L3(16, 2048)}},
};

const CpuModel *model_at(unsigned index)
{
    return index < ARRAY_LEN(models) ? &models[index] : NULL;
}

/* -- ID registers ------------------------------------------------------------------------------------------ */

typedef struct IdField { const char *name; u8 reg, lsb, absent; } IdField;
typedef struct IdValue { u16 feature; u8 field, value; } IdValue;

enum {
#define ID_FIELD(reg, field, lsb, absent) FIELD_##reg##_##field,
#define ID_ALSO(...)
#include "arch/id_fields.def"
#undef ID_FIELD
#undef ID_ALSO
    ID_FIELDS,
    FIELD_NONE_NONE = ID_FIELDS
};

static const IdField id_fields[] = {
#define ID_FIELD(reg, field, lsb, absent) {#field, ID_##reg, lsb, absent},
#define ID_ALSO(...)
#include "arch/id_fields.def"
#undef ID_FIELD
#undef ID_ALSO
};

static const IdValue id_values[] = {
#define FEATURE(name, version, text, reg, field, value) {name, FIELD_##reg##_##field, value},
#include "arch/features.def"
#undef FEATURE
#define ID_FIELD(...)
#define ID_ALSO(feature, reg, field, value) {feature, FIELD_##reg##_##field, value},
#include "arch/id_fields.def"
#undef ID_FIELD
#undef ID_ALSO
};

/* The value of one field: of the features that a core has, the one that says most. */
static u64 field_value(const Cpu *cpu, unsigned field)
{
    u8 absent = id_fields[field].absent, value = absent;
    for (unsigned i = 0; i < ARRAY_LEN(id_values); i++) {
        const IdValue *v = &id_values[i];
        if (v->field == field && cpu_has(cpu, (Feature)v->feature) && (value == absent || v->value > value)) {
            value = v->value;
        }
    }
    return value;
}

/* APA, API, APA3: how much of pointer authentication there is. */
static u64 pauth_level(const Cpu *cpu)
{
    if (!cpu_has(cpu, FEAT_PAuth2)) {
        return 1;
    }
    return cpu_has(cpu, FEAT_FPACCOMBINE) ? 5 : cpu_has(cpu, FEAT_FPAC) ? 4 : 3;
}

static u64 pauth_fields(const Cpu *cpu, IdRegister reg)
{
    if (!cpu_has(cpu, FEAT_PAuth)) {
        return 0;
    }
    u64 level = pauth_level(cpu);
    if (reg == ID_AA64ISAR1) {
        return cpu_has(cpu, FEAT_PACQARMA5) ? level << 4 | (u64)1 << 24 : cpu_has(cpu, FEAT_PACIMP) ? level << 8 | (u64)1 << 28 : 0;
    }
    return reg == ID_AA64ISAR2 && cpu_has(cpu, FEAT_PACQARMA3) ? level << 12 | 1u << 8 : 0;
}

u64 id_register(const Cpu *cpu, IdRegister reg)
{
    u64 value = pauth_fields(cpu, reg);
    for (unsigned i = 0; i < ID_FIELDS; i++) {
        if (id_fields[i].reg == reg) {
            value |= field_value(cpu, i) << id_fields[i].lsb;
        }
    }
    return value | (reg == ID_AA64MMFR0 ? cpu->model->pa_range : 0);
}

/* CHOICE(UNKNOWN): CCSIDR_EL1 of a cache that does not exist reads as zero. */
u64 model_ccsidr(const Cpu *cpu, u64 csselr)
{
    for (unsigned i = 0; i < MODEL_CACHES; i++) {
        const CacheShape *c = &cpu->model->caches[i];
        if (c->sets && c->level == BITS(csselr, 3, 1) + 1 && c->instruction == BIT(csselr, 0)) {
            unsigned line = 2;      /* log2(bytes) - 4 */
            return cpu_has(cpu, FEAT_CCIDX) ? (u64)(c->sets - 1) << 32 | (u64)(c->ways - 1u) << 3 | line
                                            : (u64)(c->sets - 1) << 13 | (u64)(c->ways - 1u) << 3 | line;
        }
    }
    return 0;
}

/* -- Names ------------------------------------------------------------------------------------------------- */

static const struct { const char *name, *text; } feature_texts[] = {
    {"", ""},
#define FEATURE(name, version, text, ...) {#name, text},
#include "arch/features.def"
#undef FEATURE
};

const char *feature_name(Feature feature)
{
    return feature < FEATURES ? feature_texts[feature].name : NULL;
}

const char *feature_description(Feature feature)
{
    return feature < FEATURES ? feature_texts[feature].text : NULL;
}

const CpuModel *model_find(const char *name)
{
    for (unsigned i = 0; i < ARRAY_LEN(models); i++) {
        if (!strcmp(models[i].name, name)) {
            return &models[i];
        }
    }
    return NULL;
}

void model_apply(Cpu *cpu, const CpuModel *model)
{
    cpu->model = model;
    cpu->midr_el1 = model->midr;
    cpu->features = (FeatureSet){{0}};
    for (const Feature *f = model->features; *f != FEAT_NONE; f++) {
        feature_set_add(&cpu->features, *f);
    }
    if (cpu->machine && cpu->machine->gic_version == 3) {
        feature_set_add(&cpu->features, FEAT_GICv3);
    }
}
