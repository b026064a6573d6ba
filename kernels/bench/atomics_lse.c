// SPDX-License-Identifier: MIT
// The same atomics by the instructions of FEAT_LSE: SWPA, LDADD, LDSETAL, CASAL, LDEOR.

#define ATOMICS_TARGET __attribute__((target("arch=armv8.1-a")))
#include "atomics.h"

u32 rounds = 12000000;
