// SPDX-License-Identifier: MIT
// Atomics by exclusive loads and stores: lock, add, or, compare and swap.

#define ATOMICS_TARGET __attribute__((target("arch=armv8-a")))
#include "atomics.h"

u32 rounds = 10000000;
