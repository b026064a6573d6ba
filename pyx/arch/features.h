/* SPDX-License-Identifier: MIT
 * Architecture features by Arm's names (FEAT_*), from the one list in features.def. */
#ifndef EMU_ARCH_FEATURES_H
#define EMU_ARCH_FEATURES_H

#include "arch/types.h"

typedef enum Feature {
    FEAT_NONE,          /* Armv8.0: always there */
#define FEATURE(name, ...) name,
#include "arch/features.def"
#undef FEATURE
    FEATURES
} Feature;

typedef struct FeatureSet { u64 bits[(FEATURES + 63) / 64]; } FeatureSet;

ALWAYS_INLINE bool feature_set_has(const FeatureSet *set, Feature f)
{
    return f == FEAT_NONE || (set->bits[f / 64] >> (f % 64) & 1);
}

ALWAYS_INLINE void feature_set_add(FeatureSet *set, Feature f)
{
    set->bits[f / 64] |= (u64)1 << (f % 64);
}

#endif
