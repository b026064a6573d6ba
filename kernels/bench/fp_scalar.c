// SPDX-License-Identifier: MIT
// Scalar floating point: arithmetic, fused multiply-add, square root, compare and conversions, single and double.

#include "bench.h"

u32 rounds = 14000000;

static u64 bits_of(double x) { return (union { double d; u64 u; }){x}.u; }

u64 workload(u32 count)
{
    double a = 1.5, b = 0.25, c = 3.0;
    float f = 1.25f, g = 0.5f;
    u64 above = 0;
    for (u32 i = 0; i < count; i++) {
        a = a * 0.9999 + b;
        b = b + 1.0 / (a + 2.0);
        c = __builtin_sqrt(c * c + a * b);
        f = f * 0.75f + (float)(i & 0xff);
        g = (g - f) / 3.0f;
        if (c > b)
            above++;
        if (b > 1000.0)
            b = b - 999.0;
        c = c > 1e6 ? 1.0 : c;
        above += (u64)(i64)g & 3;
    }
    return mix(mix(mix(mix(bits_of(a), bits_of(b)), bits_of(c)), bits_of((double)f + (double)g)), above);
}
