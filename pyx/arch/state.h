/* SPDX-License-Identifier: MIT
 * The architectural state of one core (PE), and the few words of bookkeeping that handlers reach.
 * Field names are Arm's register names. State banked by exception level is an array indexed by EL.
 * The hot part comes first: ops address registers by 16-bit byte offsets into this struct. */
#ifndef EMU_ARCH_STATE_H
#define EMU_ARCH_STATE_H

#include "arch/types.h"
#include "arch/features.h"

typedef struct Op Op;
typedef struct Block Block;
typedef struct Machine Machine;

/* Slots of Cpu.x beyond X30. The decoder maps register 31 to one of them, so that no handler asks. */
enum { SLOT_SP = 31, SLOT_ZR = 32, SLOT_SINK = 33, X_SLOTS = 34 };

typedef union __attribute__((aligned(16))) Vreg {
    u8 b[16]; u16 h[8]; u32 s[4]; u64 d[2];
    i8 sb[16]; i16 sh[8]; i32 ss[4]; i64 sd[2];
    float f32[4]; double f64[2];
    u128 q;
} Vreg;

/* Lazy NZCV: the operands of the last flag-setting instruction. Invariants:
 *   FLAGS_SUB32, FLAGS_SUB64: flags of flag_a - flag_b; 32-bit operands are kept sign-extended, so that every condition but
 *     MI, PL, VS, VC is the same 64-bit comparison of flag_a with flag_b for both widths.
 *   FLAGS_LOGIC: flags of the (sign-extended) result flag_a, with flag_b = 0; C = V = 0.
 *   FLAGS_ADD32, FLAGS_ADD64: flags of flag_a + flag_b.
 *   FLAGS_NZCV: flag_a holds PSTATE.NZCV itself in bits 31:28. */
enum { FLAGS_NZCV, FLAGS_SUB64, FLAGS_SUB32, FLAGS_LOGIC, FLAGS_ADD64, FLAGS_ADD32 };

/* One slot of the software TLB. An address hits when its page, tag bits included, equals the member for the access.
 * TLB_MISS never equals a page. host = vaddr + addend. */
#define TLB_MISS (~(u64)0)
typedef struct TlbEntry { u64 read, write, exec, addend; } TlbEntry;

enum { PAGE_BITS = 12, PAGE_SIZE = 1 << PAGE_BITS, TLB_BITS = 10, TLB_SIZE = 1 << TLB_BITS };
#define PAGE_MASK (~(u64)(PAGE_SIZE - 1))

/* Translation regimes as the fast path sees them: one TLB each. Unprivileged accesses at EL1 (LDTR) use REGIME_EL0. */
typedef enum Regime { REGIME_EL0, REGIME_EL1, REGIME_EL1_PAN, REGIME_EL2, REGIME_EL3, REGIMES } Regime;

/* What the slow path knows of a TLB slot beyond the tags. */
typedef struct TlbInfo {
    u64 vpage;          /* vaddr of the page, without tag bits */
    u64 paddr;          /* physical page */
    u64 block_size;     /* bytes that its descriptor maps: TLB maintenance works on the whole */
    u16 asid;
    bool not_global;    /* nG: belongs to asid */
    bool device;        /* Device memory: alignment is enforced, nothing is cached here */
    bool guarded;       /* GP: BTI guarded page */
    bool writable;      /* by permission; the write tag may still miss, for code or dirty tracking */
    bool readable;      /* by permission; the read tag misses for devices */
} TlbInfo;

/* Entry of the jump cache: pc ^ Cpu.jump_salt -> first op of the block. */
enum { JUMP_BITS = 14, JUMP_SIZE = 1 << JUMP_BITS };
typedef struct JumpEntry { u64 key; const Op *op; } JumpEntry;

/* Bits of Cpu.ctx: everything beside the address that decides how a block is translated. Part of the block key. */
enum {
    CTX_EL = 3,                 /* PSTATE.EL */
    CTX_STRICT_ALIGN = 1 << 2,  /* SCTLR.A or stage 1 off: unaligned data accesses fault */
    CTX_FP_TRAP = 1 << 3,       /* CPACR_EL1.FPEN (or CPTR) traps SIMD and FP at this EL */
    CTX_FP_SOFT = 1 << 4,       /* FPCR is not all default: exact soft-float handlers */
    CTX_STEP = 1 << 5,          /* software step active: one instruction a block */
    CTX_SLOW_MEM = 1 << 6,      /* memory hooks or watchpoints: every access through the slow path */
    CTX_GUARDED = 1 << 7,       /* BTI: page is guarded (set at block lookup) */
    CTX_SPSEL0 = 1 << 8,        /* PSTATE.SP = 0 above EL0 */
    CTX_UCI = 1 << 9, CTX_UCT = 1 << 10, CTX_DZE = 1 << 11, CTX_UMA = 1 << 12,  /* SCTLR_EL1 at EL0, else set */
    CTX_BTI = 1 << 13,          /* PSTATE.BTYPE is kept and checked: the CPU has FEAT_BTI and Machine.guarded_pages is set */
};

/* PSTATE and SPSR bits, as in SPSR_ELx. */
#define PSTATE_SP (1u << 0)
#define PSTATE_EL(el) ((u32)(el) << 2)
#define PSTATE_F (1u << 6)
#define PSTATE_I (1u << 7)
#define PSTATE_A (1u << 8)
#define PSTATE_D (1u << 9)
#define PSTATE_BTYPE_SHIFT 10
#define PSTATE_SSBS (1u << 12)
#define PSTATE_ALLINT (1u << 13)
#define PSTATE_IL (1u << 20)
#define PSTATE_SS (1u << 21)
#define PSTATE_PAN (1u << 22)
#define PSTATE_UAO (1u << 23)
#define PSTATE_DIT (1u << 24)
#define PSTATE_TCO (1u << 25)
#define PSTATE_V (1u << 28)
#define PSTATE_C (1u << 29)
#define PSTATE_Z (1u << 30)
#define PSTATE_N (1u << 31)
#define PSTATE_DAIF (PSTATE_D | PSTATE_A | PSTATE_I | PSTATE_F)

/* A synchronous exception that a handler or a memory access has found; the run loop takes it. */
typedef struct Exception {
    u32 ec;             /* ESR_ELx.EC; for aborts and PC/SP alignment the "lower EL" code, fixed up on entry */
    u32 iss;            /* ESR_ELx.ISS */
    u64 far;            /* FAR_ELx, where has_far */
    bool has_far;
    bool il16;          /* ESR.IL = 0 (never, for A64, but for an UNKNOWN reason of a 16-bit instruction) */
    u8 target_el;       /* lowest EL that may take it; 1 unless routed */
} Exception;

/* Why the block engine was left the block engine. */
typedef enum Leave {
    LEAVE_NONE,         /* nothing special: look up the block at Cpu.pc and go on */
    LEAVE_LOOKUP,       /* JUMP_TO missed: as LEAVE_NONE, and remember the block in the jump cache */
    LEAVE_BUDGET,       /* the countdown would go below zero */
    LEAVE_LINK,         /* a direct branch wants its target: Cpu.link is the slot to fill */
    LEAVE_EXCEPTION,    /* take Cpu.exception; Cpu.pc is the preferred return address */
    LEAVE_HALT,         /* WFI or WFE: Cpu.halted says which */
    LEAVE_YIELD,        /* YIELD, or WFE that must not sleep: let the next core run */
    LEAVE_BREAKPOINT,   /* Cpu.pc is at a breakpoint */
    LEAVE_STOP,         /* Machine.stop is set */
} Leave;

typedef enum Halted { RUNNING, HALTED_WFI, HALTED_WFE, POWERED_OFF, WEDGED } Halted;

typedef struct __attribute__((aligned(64))) Cpu {
    /* -- Registers that ops address by offset ------------------------------------------------- */
    u64 x[X_SLOTS];             /* X0..X30, current SP, zero, sink */
    u64 flag_a, flag_b;         /* lazy NZCV, see FLAGS_* */
    u32 flag_kind;
    u32 ctx;                    /* CTX_*: must be recomputed (cpu_update_context) when its sources change */
    Vreg v[32];
    u32 fpcr, fpsr;             /* FPSR without what the host FPU still holds: read by fpsr_read() */

    /* -- Where we are -------------------------------------------------------------------------- */
    u64 pc;                     /* valid between blocks, in slow paths after SPILL */
    const Op *op;               /* the op that called a slow path */
    i64 countdown;              /* spilled budget: instructions that may still run in this slice */
    i64 slice;                  /* countdown at the start of this slice: retired = slice - countdown - unexecuted */
    u64 retired;                /* instructions retired before this slice */
    u64 hooked_pc, hooked_at;   /* the code hook at hooked_pc has been called at that count of retired instructions */
    u64 entered_pc, entered_at; /* the same of block hooks */
    u64 within_pc, within_at;   /* at that count, within_pc is not a block's start, but where a block was cut in two */
    u64 accessed_pc, accessed_at;   /* a hook of an access has raised there, at that count: none is called again */
    u64 step_over;              /* the breakpoint at this PC does not stop; 1: none */
    const Op **link;            /* LEAVE_LINK: where the target op's address goes */
    const Block *link_from;     /* LEAVE_LINK: the block that branches */
    u64 new_pc;                 /* has_new_pc: a callback has set the PC, and execution goes on there */
    bool has_new_pc;
    Leave leave;
    u32 attention;              /* something waits for the run loop: leave at the next instruction boundary */
    Exception exception;
    TlbEntry *tlb_base;         /* tlb[] of the current regime */
    TlbEntry *tlb_unpriv;       /* tlb[] that LDTR/STTR use */
    u64 jump_salt;              /* changes with context and mapping epoch */

    /* -- PSTATE -------------------------------------------------------------------------------- */
    u8 el, spsel, btype, il, ss, pan, uao, dit, ssbs, tco, allint;
    u32 daif;                   /* PSTATE_D|A|I|F bits, in SPSR position */
    bool stepping;              /* software step: PSTATE.SS is to be cleared when this instruction completes (SSAdvance) */
    bool stepped;               /* an instruction has completed since software step became active: ESR.ISV */

    /* -- Interrupts, events, exclusives --------------------------------------------------------- */
    bool irq_line, fiq_line, serror_pending;
    bool event_register;
    u8 halted;                  /* Halted */
    bool exclusive;             /* local monitor armed by LDXR */
    u8 exclusive_size;          /* bytes */
    u64 exclusive_vaddr, exclusive_paddr;
    Vreg exclusive_value;       /* what LDXR saw; STXR is a compare-and-swap against it */

    /* -- System registers, banked by EL ---------------------------------------------------------- */
    u64 sp_el[4], elr_el[4], spsr_el[4], vbar_el[4];
    u64 sctlr_el[4], actlr_el[4], tcr_el[4], tcr2_el[4], ttbr0_el[4], ttbr1_el[4], mair_el[4], amair_el[4], mair2_el[4];
    u64 esr_el[4], far_el[4], afsr0_el[4], afsr1_el[4], contextidr_el[4], tpidr_el[4], tpidrro_el0;
    u64 cpacr_el1, cptr_el[4], par_el1, csselr_el1, cntkctl_el1, mdscr_el1, rmr_el[4];
    u64 hcr_el2, scr_el3, cntvoff_el2, cnthctl_el2, vttbr_el2, vtcr_el2, hpfar_el2, hstr_el2, vmpidr_el2, vpidr_el2;
    u64 cntp_ctl_el0, cntp_cval_el0, cntv_ctl_el0, cntv_cval_el0, cntfrq_el0;
    u64 dbgclaim_el1, oslsr_el1, osdlr_el1, mdccint_el1;
    u64 dbgbvr_el1[16], dbgbcr_el1[16], dbgwvr_el1[16], dbgwcr_el1[16];
    u64 apia_key[2], apib_key[2], apda_key[2], apdb_key[2], apga_key[2];  /* low, high */
    u64 scxtnum_el[4], gcr_el1, rgsr_el1, disr_el1;
    u64 pmcr_el0, pmcntenset_el0, pmovsset_el0, pmuserenr_el0, pmintenset_el1, pmccntr_el0, pmccfiltr_el0, pmselr_el0;
    u64 mpidr_el1, midr_el1;
    u32 fp_host_control;        /* the caller's MXCSR or FPCR while the host FPU works for the guest (arch/fp_host.h) */
    bool fp_host_active;
    u64 rndr_state;             /* state of the RNDR generator; from --seed */

    /* -- The TLB and jump cache -------------------------------------------------------------------- */
    TlbEntry tlb[REGIMES][TLB_SIZE];
    TlbInfo tlb_info[REGIMES][TLB_SIZE];
    JumpEntry jump[JUMP_SIZE];

    /* -- Identity ---------------------------------------------------------------------------------- */
    Machine *machine;
    const struct CpuModel *model;
    FeatureSet features;
    unsigned index;             /* 0-based number of this core */
    u64 map_epoch, asid_epoch;  /* count TLB maintenance and address-space switches: see cpu_new_mapping(), cpu_new_asid() */
    u32 contexts[32];           /* values of ctx that jump_salt has numbered */
    unsigned n_contexts;
    u16 tlb_private[512];       /* slots (over all regimes) filled with not_global set, unless tlb_n_private overflowed */
    unsigned tlb_n_private;
    u64 tlb_blocks[2][64];      /* slots that came from block descriptors, as a set of hashed VA frames: of 2 MB, of 1 GB */
    bool tlb_used[REGIMES];     /* some slot has been filled */
    u64 nested_faults;          /* synchronous exceptions since the last ERET, close to one another: see run.c */
    u64 nested_retired;         /* instructions retired at the last of them */
    u64 idle_faults;            /* of these, without an instruction retired in between */
    u64 round_retired;          /* instructions retired at the start of the scheduler's round */
    u64 idle_ns;                /* virtual clock: time slept in this round */
    u64 deadline_ns;            /* next timer expiry of this core; ~0: none */
    bool timer_changed;         /* a timer register was written: recompute deadline_ns; set attention with it */
    u64 wfx_deadline_ns;        /* WFIT, WFET: wakes then; ~0: none */

    /* -- Counters (stats.def) ------------------------------------------------------------------------ */
    u64 count_tlb_miss, count_jump_miss, count_exceptions, count_interrupts, count_mmio, count_wfi;
} Cpu;

ALWAYS_INLINE bool cpu_has(const Cpu *cpu, Feature f)
{
    return feature_set_has(&cpu->features, f);
}

#endif
