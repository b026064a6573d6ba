// SPDX-License-Identifier: MIT
// A chain of data-processing instructions each of which needs the one before it.

#include "bench.h"

u32 rounds = 16000000;

u64 workload(u32 count)
{
    u64 x = 0x0123456789abcdef, left = count, bits;
    __asm__ volatile("0:\n"
                     "add %0, %0, %1\n eor %0, %0, %0, lsr #7\n sub %0, %0, #0x123\n ror %0, %0, #11\n"
                     "eor %0, %0, #0x3c\n add %0, %0, %0, lsl #3\n eon %0, %0, %1, lsl #5\n eor %0, %0, %1\n"
                     "adds %0, %0, %1\n sub %0, %0, %1, asr #9\n ubfx %2, %0, #5, #40\n eor %0, %2, %0, lsl #17\n"
                     "mvn %0, %0\n add %0, %0, %w2, uxtb\n extr %0, %0, %0, #31\n rev %0, %0\n"
                     "subs %1, %1, #1\n b.ne 0b\n"
                     : "+r"(x), "+r"(left), "=&r"(bits)
                     :
                     : "cc");
    return x;
}
