// SPDX-License-Identifier: MIT
// smc: self-modifying code.
//
// Proves: new instructions are executed after DC CVAU, DSB, IC IVAU, DSB, ISB (and IC IALLU): patched constants, patched
// branches, code further on in the same straight line, code on a page that is written as data all the time, code that is
// written through one virtual address and executed at another, code that is copied over other code; with the MMU off and
// on. Expected output: smc.expected.

#include "mmu.h"

#define AREA 0x42000000UL  /* where code is made */
#define ALIAS 0x8000000000UL /* the same memory at another VA */

enum { ROUNDS = 2000 };

static u32 movz(unsigned rd, u32 imm16) { return 0x52800000u | imm16 << 5 | rd; } /* MOVZ Wd, #imm16 */
static const u32 RET = 0xd65f03c0;

static void synchronise(u64 address)
{
    __asm__ volatile("dc cvau, %0\n dsb ish\n ic ivau, %0\n dsb ish\n isb" : : "r"(address) : "memory");
}

static void emit(u64 address, u32 word)
{
    mmio_write32(address, word);
    synchronise(address);
}

/* B from one place to another. */
static u32 branch(u64 from, u64 to) { return 0x14000000u | ((u32)((i64)(to - from) >> 2) & 0x3ffffff); }

static void constants(u64 code)
{
    u64 wrong = 0;
    emit(code + 4, RET);
    for (u32 i = 0; i < ROUNDS; i++) {
        emit(code, movz(0, i));
        wrong += execute(code, 0) != i;
    }
    print("  constants: %lu wrong of %u\n", wrong, ROUNDS);
}

static void branches(u64 code)
{
    u64 wrong = 0;
    for (u32 i = 0; i < 8; i++) {
        emit(code + 0x100 + 8 * i, movz(0, 100 + i));
        emit(code + 0x104 + 8 * i, RET);
    }
    for (u32 i = 0; i < ROUNDS; i++) {
        emit(code, branch(code, code + 0x100 + 8 * (i % 8)));
        wrong += execute(code, 0) != 100 + i % 8;
    }
    print("  branches: %lu wrong of %u\n", wrong, ROUNDS);
}

/* Change an instruction that comes a few words later: x0 is the new word. */
u64 patch_ahead(u64 word, u64 unused);
__asm__(".pushsection .made.patch, \"awx\"\n .balign 64\n .global patch_ahead\npatch_ahead:\n"
        " adr x9, 1f\n str w0, [x9]\n dc cvau, x9\n dsb ish\n ic ivau, x9\n dsb ish\n isb\n"
        "1: mov w0, #0xdead\n ret\n .balign 64\n .popsection");

static void straight_line(void)
{
    u64 wrong = 0;
    for (u32 i = 0; i < ROUNDS; i++)
        wrong += patch_ahead(movz(0, i), 0) != i;
    print("  straight line: %lu wrong of %u\n", wrong, ROUNDS);
}

/* A loop whose code and whose counter are on one page: each store hits the page of the running code. */
u64 count_beside(u64 rounds, u64 unused);
__asm__(".pushsection .made.beside, \"awx\"\n .balign 64\n .global count_beside\ncount_beside:\n"
        " adr x9, 2f\n str wzr, [x9]\n1: ldr w10, [x9]\n add w10, w10, #1\n str w10, [x9]\n subs x0, x0, #1\n b.ne 1b\n"
        " ldr w0, [x9]\n ret\n .balign 64\n2: .word 0\n .balign 64\n .popsection");

static void same_page(void)
{
    print("  counter beside code: %lu\n", count_beside(100000, 0));
}

static void two_addresses(u64 write_at, u64 run_at)
{
    u64 wrong = 0;
    emit(write_at + 4, RET);
    for (u32 i = 0; i < ROUNDS; i++) {
        emit(write_at, movz(0, i));
        synchronise(run_at);
        wrong += execute(run_at, 0) != i;
    }
    print("  another address: %lu wrong of %u\n", wrong, ROUNDS);
}

/* Functions of different lengths over one another, the whole instruction cache invalidated at once. */
static void overwrite(u64 code)
{
    u64 wrong = 0;
    for (u32 i = 0; i < ROUNDS; i++) {
        u32 nops = i % 7;
        for (u32 n = 0; n < nops; n++)
            mmio_write32(code + 4 * n, 0x11000400); /* ADD W0, W0, #1 */
        mmio_write32(code + 4 * nops, RET);
        __asm__ volatile("dc cvau, %0\n dsb ish\n ic iallu\n dsb ish\n isb" : : "r"(code) : "memory");
        wrong += execute(code, i) != i + nops;
    }
    print("  other lengths: %lu wrong of %u\n", wrong, ROUNDS);
}

static void everything(const char *when, u64 other)
{
    print("%s\n", when);
    constants(AREA);
    constants(AREA + 0xff8); /* the last words of a page */
    branches(AREA + 0x2000);
    straight_line();
    same_page();
    two_addresses(AREA + 0x3000, other + 0x3000);
    overwrite(AREA + 0x4000);
}

void main(void)
{
    everything("MMU off", AREA);
    u64 *root = mmu_identity();
    mmu_map(root, ALIAS, AREA | PTE_NORMAL | PTE_UXN | PTE_BLOCK, 2);
    mmu_enable(root, 0);
    everything("MMU on", ALIAS);
    print("done\n");
}
