/* SPDX-License-Identifier: MIT
 * What instructions may ask of the rest of the core: the upward calls. Declared here for arch/, mem/ and isa/; defined in mem/
 * and cpu/. Functions that need the exact PC or time are called after SPILL(op). */
#ifndef EMU_ARCH_EFFECTS_H
#define EMU_ARCH_EFFECTS_H

#include "arch/state.h"

/* -- Memory (mem/access.c) ---------------------------------------------------------------------------- */
enum {
    ACC_UNPRIV = 1,     /* LDTR, STTR: as if at EL0 (unless PSTATE.UAO) */
    ACC_ATOMIC = 2,     /* exclusive, ordered or LSE: alignment always checked, but for FEAT_LSE2 within 16 bytes */
    ACC_WRITE = 4,      /* a load that also needs write permission; reports WnR as the manual says for atomics */
    ACC_ORDERED = 8,    /* acquire or release */
    ACC_CACHE = 16,     /* cache maintenance or AT: ESR.CM */
    ACC_EXEC = 32,      /* instruction fetch */
    ACC_NOFAULT = 64,   /* debugger: no side effects */
};

/* Copies size bytes (1..64) at va, translating, to or from buf. align: natural alignment of one element, in bytes.
 * False: Cpu.exception holds the abort. */
bool mem_load(Cpu *cpu, u64 va, unsigned size, unsigned align, unsigned acc, void *buf);
bool mem_store(Cpu *cpu, u64 va, unsigned size, unsigned align, unsigned acc, const void *buf);

/* Host address of [va, va+size) for an atomic read-modify-write or DC ZVA on RAM, after all checks and invalidations.
 * NULL: Cpu.exception holds the abort. The range must not cross a page. */
u8 *mem_rmw(Cpu *cpu, u64 va, unsigned size, unsigned acc);
/* Whether a hook wants to see what the instruction that called mem_rmw() is about to write there. */
bool mem_rmw_hooked(const Cpu *cpu, u64 va, unsigned size);
extern const u8 mem_zeros[64];          /* what DC ZVA writes */
/* Shows it. False: the hook raised; nothing is to be written. */
bool mem_rmw_show(Cpu *cpu, u64 va, unsigned size, unsigned acc, const u8 *at, const void *value);

/* Probe without access: translates, checks permission for size bytes. NULL exception fields as above. */
bool mem_probe(Cpu *cpu, u64 va, unsigned acc);

/* -- Exceptions (cpu/exception.c) ----------------------------------------------------------------------- */
enum {  /* ESR_ELx.EC */
    EC_UNKNOWN = 0x00, EC_WFX = 0x01, EC_FP_TRAP = 0x07, EC_PAC_TRAP = 0x09, EC_LS64 = 0x0a, EC_BTI = 0x0d, EC_ILLEGAL = 0x0e,
    EC_SVC64 = 0x15, EC_HVC64 = 0x16, EC_SMC64 = 0x17, EC_SYSREG = 0x18, EC_FPAC = 0x1c,
    EC_IABT_LOWER = 0x20, EC_IABT = 0x21, EC_PC_ALIGN = 0x22, EC_DABT_LOWER = 0x24, EC_DABT = 0x25, EC_SP_ALIGN = 0x26,
    EC_MOPS = 0x27, EC_FP_EXC = 0x2c, EC_SERROR = 0x2f, EC_BREAKPOINT_LOWER = 0x30, EC_BREAKPOINT = 0x31,
    EC_STEP_LOWER = 0x32, EC_STEP = 0x33, EC_WATCHPOINT_LOWER = 0x34, EC_WATCHPOINT = 0x35, EC_BRK64 = 0x3c,
};

/* Sets Cpu.exception; the handler then tail-calls leave_exception or leave_exception_after. */
void exception_set(Cpu *cpu, u32 ec, u32 iss);
void exception_set_far(Cpu *cpu, u32 ec, u32 iss, u64 far);

/* -- Flags and PSTATE (cpu/pstate.c) -------------------------------------------------------------------- */
u32 nzcv_read(const Cpu *cpu);          /* bits 31:28 */
bool condition_holds(const Cpu *cpu, unsigned cond);   /* ConditionHolds(cond), 4 bits */
ALWAYS_INLINE void nzcv_write(Cpu *cpu, u32 nzcv);
/* Recomputes ctx, tlb_base, tlb_unpriv, jump_salt from PSTATE and system registers. */
void cpu_update_context(Cpu *cpu);

/* -- Time (cpu/run.c) -------------------------------------------------------------------------------------- */
u64 cpu_retired(const Cpu *cpu);        /* instructions retired before the spilled op */
u64 cpu_now_ns(Cpu *cpu);               /* guest time at the spilled op */
u64 op_pc(const Op *op);                /* virtual address of the guest instruction that op belongs to */

/* -- TLB and translated code (mem/tlb.c, cpu/block.c) ------------------------------------------------------ */
void tlb_flush_all(Cpu *cpu);                               /* everything of this core */
void tlb_flush_asid(Cpu *cpu, int asid);                    /* non-global entries; -1: of every ASID (TTBR or ASID switch) */
void tlb_flush_va(Cpu *cpu, u64 va, int asid, u64 pages);   /* 4 KB pages from va; asid -1: any; globals always */
void machine_invalidate_code(Machine *machine, u64 paddr, u64 size);

/* Addresses may mean other pages, or blocks other translations, than before: a fresh Cpu.jump_salt. */
void cpu_new_mapping(Cpu *cpu);
/* The same, but only for what is not global: code at EL0. */
void cpu_new_asid(Cpu *cpu);
/* The same, for one page. */
void cpu_new_mapping_of_page(Cpu *cpu, u64 vpage);
/* Cpu.ctx has changed: the salt that belongs to it. Called by cpu_update_context(). */
void cpu_update_salt(Cpu *cpu);

/* -- FPSR (arch/fp_host.c) ----------------------------------------------------------------------------------------- */
/* Around anything that runs guest code; and the other way round around foreign code called from there (fp_host.h). */
void fp_host_enter(Cpu *cpu);
void fp_host_leave(Cpu *cpu);
u32 fpsr_read(Cpu *cpu);                /* with the flags that the host FPU has gathered */
void fpsr_write(Cpu *cpu, u32 value);

ALWAYS_INLINE void nzcv_write(Cpu *cpu, u32 nzcv)
{
    cpu->flag_kind = FLAGS_NZCV;
    cpu->flag_a = nzcv;
}

#endif
