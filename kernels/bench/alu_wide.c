// SPDX-License-Identifier: MIT
// Data-processing instructions of eight chains that do not need each other.

#include "bench.h"

u32 rounds = 16000000;

u64 workload(u32 count)
{
    u64 sum = 0, left = count;
    register u64 x8 __asm__("x8") = 0;
    __asm__ volatile("mov x0, #1\n mov x1, #2\n mov x2, #3\n mov x3, #4\n mov x4, #5\n mov x5, #6\n mov x6, #7\n mov x7, #8\n"
                     "0:\n"
                     "add x0, x0, #1\n eor x1, x1, %1\n sub x2, x2, #5\n orr x3, x3, %1\n"
                     "add x4, x4, %1, lsl #2\n lsr x5, x5, #1\n add w6, w6, w8\n eor x7, x7, #0xff\n"
                     "add x5, x5, %1\n sub x1, x1, #3\n and x3, x3, #0xffffffff\n add x2, x2, x8\n"
                     "ror x0, x0, #5\n add x7, x7, #9\n mov x8, %1\n lsl x6, x6, #1\n"
                     "subs %1, %1, #1\n b.ne 0b\n"
                     "eor x0, x0, x1, ror #3\n eor x2, x2, x3, ror #5\n eor x4, x4, x5, ror #7\n eor x6, x6, x7, ror #9\n"
                     "eor x0, x0, x2, ror #11\n eor x4, x4, x6, ror #13\n eor %0, x0, x4, ror #17\n"
                     : "=&r"(sum), "+r"(left), "+r"(x8)
                     :
                     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "cc");
    return sum;
}
