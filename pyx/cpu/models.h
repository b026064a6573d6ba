/* SPDX-License-Identifier: MIT
 * CPU models: which features a core has, what it calls itself, its caches. The ID registers follow from the features
 * (features.def, id_fields.def), so that they, the decode gates and what Linux tells programs can't disagree. */
#ifndef EMU_CPU_MODELS_H
#define EMU_CPU_MODELS_H

#include "arch/state.h"

typedef struct CacheShape {
    u8 level;               /* 1.. */
    bool instruction;       /* selected by CSSELR_EL1.InD */
    u16 ways;
    u32 sets;
} CacheShape;

enum { MODEL_CACHES = 4, CACHE_LINE_BYTES = 64, DC_ZVA_BYTES = 64 };

typedef struct CpuModel {
    const char *name;
    const char *description;
    u64 midr;
    const Feature *features;        /* ends with FEAT_NONE */
    u8 pa_range;                    /* ID_AA64MMFR0_EL1.PARange */
    u64 ctr;                        /* CTR_EL0 */
    u64 clidr;
    CacheShape caches[MODEL_CACHES];    /* sets = 0: none */
} CpuModel;

typedef enum IdRegister {
    ID_AA64PFR0, ID_AA64PFR1, ID_AA64DFR0, ID_AA64ISAR0, ID_AA64ISAR1, ID_AA64ISAR2, ID_AA64MMFR0, ID_AA64MMFR1, ID_AA64MMFR2,
    ID_REGISTERS
} IdRegister;

const CpuModel *model_at(unsigned index);                   /* NULL: past the last */
const CpuModel *model_find(const char *name);               /* "cortex-a53", "max,pauth=qarma5"; NULL: none of that name */
/* Gives a core its model, MIDR and features. FEAT_GICv3 comes from the machine (cpu->machine must be set, or NULL). */
void model_apply(Cpu *cpu, const CpuModel *model);

u64 id_register(const Cpu *cpu, IdRegister reg);
u64 model_ccsidr(const Cpu *cpu, u64 csselr);               /* CCSIDR_EL1 of the cache that CSSELR_EL1 names */

const char *feature_name(Feature feature);
const char *feature_description(Feature feature);

#endif
