/* SPDX-License-Identifier: MIT
 * The matrix multiplications; the file that includes it chooses the element. */
#include "bench.h"

enum { SIDE = 64 };
static ELEMENT a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];

static NOINLINE void multiply(void)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            ELEMENT sum = 0;
            for (int k = 0; k < SIDE; k++)
                sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
}

u64 workload(u32 count)
{
    u64 state = 88172645463325252, sum = 0;
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            a[i][j] = (ELEMENT)(int)(next_random(&state) & 1023) / 64;
            b[i][j] = (ELEMENT)(int)(next_random(&state) & 1023) / 512 - 1;
        }
    while (count--) {
        multiply();
        a[count % SIDE][count / SIDE % SIDE] += c[3][5] / 4096;
    }
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            sum = mix(sum, (u64)(i64)(c[i][j] * 1024));
    return sum;
}
