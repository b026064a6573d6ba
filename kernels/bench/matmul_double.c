// SPDX-License-Identifier: MIT
// Multiplication of matrices of 64 x 64: double, vectors of two columns.

#define ELEMENT double
#include "matmul.h"

u32 rounds = 200;
