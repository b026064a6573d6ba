/* SPDX-License-Identifier: MIT
 * Stage 1 address translation: AArch64.S1Translate and the table walk of the Arm ARM, chapter D8. */
#ifndef EMU_MEM_WALK_H
#define EMU_MEM_WALK_H

#include "arch/state.h"
#include "arch/effects.h"

typedef struct Translation {
    u64 paddr;
    bool read, write, exec;     /* what the regime's privilege may do */
    bool device;                /* Device memory type */
    bool not_global, guarded;
    u16 asid;
    u8 attr, shareability;      /* MAIR attribute byte, SH: as PAR_EL1 shows them */
    u64 block_size;             /* bytes that one descriptor maps */
} Translation;

typedef struct Fault {
    u8 fsc;                     /* DFSC/IFSC: type and level */
    bool s1ptw;
    u64 table_paddr;            /* descriptor that failed, for explanations */
    u64 descriptor;
} Fault;

/* Translates va for an access (ACC_EXEC, ACC_WRITE, else read) in a regime. False: *fault says why. May set the access flag and
 * dirty state in memory (FEAT_HAFDBS), unless acc has ACC_NOFAULT. */
bool mmu_walk(Cpu *cpu, u64 va, Regime regime, unsigned acc, Translation *out, Fault *fault);

/* Turns a fault of an access into Cpu.exception (data abort, or instruction abort with ACC_EXEC). */
void mmu_raise(Cpu *cpu, u64 va, unsigned acc, const Fault *fault);

#endif
