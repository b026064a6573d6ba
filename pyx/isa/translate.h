/* SPDX-License-Identifier: MIT
 * What a form sees while a block is translated. */
#ifndef EMU_ISA_TRANSLATE_H
#define EMU_ISA_TRANSLATE_H

#include "isa/op.h"

typedef enum BlockEnd { END_NONE, END_BRANCH, END_JUMP, END_EXIT } BlockEnd;

typedef struct Translator {
    Cpu *cpu;           /* for features and system-register look-up only; no run-time state may be baked in beside ctx */
    u64 pc;             /* vaddr of this instruction */
    u32 word;           /* its encoding */
    u32 ctx;            /* CTX_* */
    BlockEnd end;
    u64 target;         /* END_BRANCH: where the taken side goes */
    int flags;          /* FLAGS_* that are known to hold here, -1 unknown; a flag setter's form sets flags_after */
    int flags_after;    /* preset to flags: a form of an instruction that writes NZCV sets it; -1 when the kind is not static */
    bool fused;         /* the form has folded the instruction into ops[n_ops - 1] */
    Op *ops;            /* ops emitted so far in this block */
    unsigned n_ops;
    unsigned column;    /* 0 op_, 1 strict_, 2 slow_: the handlers that this block uses */
} Translator;

enum { FORM_UNDEFINED = -1, FORM_EMITTED = -2 };

ALWAYS_INLINE u16 reg_slot(unsigned slot) { return (u16)(offsetof(Cpu, x) + 8 * slot); }
ALWAYS_INLINE u16 reg_sp(unsigned r) { return reg_slot(r); }                              /* 31 is SP */
ALWAYS_INLINE u16 reg_zr(unsigned r) { return reg_slot(r == 31 ? SLOT_ZR : r); }          /* 31 reads zero */
ALWAYS_INLINE u16 reg_zr_dest(unsigned r) { return reg_slot(r == 31 ? SLOT_SINK : r); }   /* 31 is written nowhere */
ALWAYS_INLINE u16 reg_v(unsigned r) { return (u16)(offsetof(Cpu, v) + sizeof(Vreg) * r); }

#define FORM(name) static int form_##name(Translator *t UNUSED, const Fields *f UNUSED, Op *op UNUSED)

#endif
