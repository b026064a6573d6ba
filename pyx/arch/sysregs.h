/* SPDX-License-Identifier: MIT
 * System registers (rows of sysregs.def), and what system instructions ask of the rest of the core beyond effects.h. */
#ifndef EMU_ARCH_SYSREGS_H
#define EMU_ARCH_SYSREGS_H

#include "arch/effects.h"

typedef struct SysReg SysReg;
typedef u64 SysRegRead(Cpu *cpu, const SysReg *reg);
typedef void SysRegWrite(Cpu *cpu, const SysReg *reg, u64 value);
typedef bool SysRegAccess(const Cpu *cpu, bool is_write);       /* whether EL0 may */

enum {
    SYSREG_FP = 1,          /* trapped by CPACR_EL1.FPEN */
    SYSREG_CONTEXT = 2,     /* a write changes Cpu.ctx or translations: the block ends */
    SYSREG_NZCV = 4,        /* an access writes NZCV */
    SYSREG_BANKED_SP = 8,   /* SP_EL0: lives in X[SLOT_SP] while PSTATE.SP = 0, and is UNDEFINED then */
    SYSREG_NEVER = 4,       /* read_el, write_el: no such access */
};

struct SysReg {
    const char *name;
    u16 encoding;           /* op0:op1:CRn:CRm:op2, 16 bits */
    u8 read_el, write_el;   /* lowest EL */
    u16 feature;
    u16 flags;              /* SYSREG_* */
    u16 offset;             /* of its storage in Cpu; used where size is not 0 */
    u8 size;                /* bytes of storage; 0: none, reads as reset */
    u8 arg;                 /* for the functions */
    u32 el0_ctx;            /* CTX_* bit that EL0 needs; without it the access traps */
    u64 mask, reset;        /* writable bits; reset value */
    SysRegRead *read;       /* NULL: the storage */
    SysRegWrite *write;
    SysRegAccess *access;   /* NULL: EL0 may, where read_el and write_el say so */
};

#define SYSREG_ENCODING(op0, op1, crn, crm, op2) ((u16)((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2)))

/* ESR_EL1.ISS of a trapped MRS, MSR or SYS (EC 0x18). rt: 31 where there is none. */
ALWAYS_INLINE u32 sysreg_iss(u16 encoding, unsigned rt, bool is_read)
{
    u32 op0 = encoding >> 14, op1 = encoding >> 11 & 7, crn = encoding >> 7 & 15, crm = encoding >> 3 & 15, op2 = encoding & 7;
    return op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | rt << 5 | crm << 1 | is_read;
}

/* -- cpu/sysreg.c ---------------------------------------------------------------------------------------------- */
extern const SysReg sysreg_table[];     /* sorted by encoding */
extern const unsigned sysreg_count;

/* The register of an encoding on this core, or NULL. Reserved ID registers are found too. */
const SysReg *sysreg_find(const Cpu *cpu, u16 encoding);
/* Whether the user serves MRS or MSR of that encoding (cpu/hooks.h). */
bool sysreg_is_hooked(const Cpu *cpu, u16 encoding, bool is_write);
u64 sysreg_read(Cpu *cpu, const SysReg *reg);
/* Also brings Cpu.ctx up to date where the register asks for it. */
void sysreg_write(Cpu *cpu, const SysReg *reg, u64 value);

/* -- cpu/system.c ---------------------------------------------------------------------------------------------- */
typedef enum Wait { WAIT_WFI, WAIT_WFE, WAIT_WFIT, WAIT_WFET } Wait;    /* as ESR.ISS.TI */
typedef enum WaitResult { WAIT_OVER, WAIT_TRAPPED, WAIT_SLEEPS, WAIT_YIELDS } WaitResult;

/* WFI and friends: over at once, a trap (Cpu.exception is set), Cpu.halted is set, or over after the other cores' turn.
 * iss: RN and RV of the syndrome. */
WaitResult system_wait(Cpu *cpu, Wait kind, u64 timeout_ticks, u32 iss);
bool system_is_alone(const Cpu *cpu);                   /* the machine has no other core */
void system_send_event(Cpu *cpu, bool everywhere);      /* SEV, SEVL */
/* IC and DC by address. write: needs write permission. False: Cpu.exception holds the abort. */
bool system_cache_op(Cpu *cpu, u64 va, bool write);
/* AT: op2 and CRm as in the encoding. Writes PAR_EL1; false: Cpu.exception holds an external abort on the walk. */
bool system_translate(Cpu *cpu, u64 va, unsigned crm, unsigned op2);
void system_error_barrier(Cpu *cpu);                    /* ESB */
bool system_speculation_op(Cpu *cpu);                   /* CFP, DVP, CPP, COSP RCTX: whether EL0 may (SCTLR_EL1.EnRCTX) */
void system_exception_return(Cpu *cpu);                 /* ERET */
bool system_exception_return_auth(Cpu *cpu, bool key_b);/* ERETAA, ERETAB. False: PAC Fail in Cpu.exception */
void system_select_sp(Cpu *cpu, unsigned spsel);        /* MSR SPSel, #imm */

/* -- cpu/pstate.c ---------------------------------------------------------------------------------------------- */
/* PSTATE.PAN or UAO changed: the TLBs that accesses use. */
void pstate_select_regime(Cpu *cpu);

/* -- cpu/tlbi.c -------------------------------------------------------------------------------------------------- */
/* TLBI of EL1: CRm (1, 2, 3, 5, 6, 7) and op2 as in the encoding. */
void system_tlbi(Cpu *cpu, unsigned crm, unsigned op2, u64 value);

#endif
