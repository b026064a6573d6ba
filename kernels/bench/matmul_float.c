// SPDX-License-Identifier: MIT
// Multiplication of matrices of 64 x 64: float, vectors of four columns.

#define ELEMENT float
#include "matmul.h"

u32 rounds = 400;
