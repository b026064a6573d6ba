/* SPDX-License-Identifier: MIT
 * QARMA-64 (R. Avanzi, "The QARMA Block Cipher Family"), which FEAT_PACQARMA5 and FEAT_PACQARMA3 use: ComputePAC2 of the Arm ARM. */
#ifndef EMU_CPU_QARMA_H
#define EMU_CPU_QARMA_H

#include "arch/types.h"

typedef enum QarmaSbox { QARMA_SIGMA0, QARMA_SIGMA1, QARMA_SIGMA2 } QarmaSbox;

/* Enciphers text under tweak with key w0 (whitening) and k0 (core): rounds forward, a reflector, as many back. rounds: 1..8 */
u64 qarma64(u64 text, u64 tweak, u64 w0, u64 k0, QarmaSbox sbox, unsigned rounds);

#endif
