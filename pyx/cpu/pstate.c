/* SPDX-License-Identifier: MIT
 * Flags that are computed when somebody asks; banks of SP; Cpu.ctx. */
#include "cpu/pstate.h"
#include "cpu/machine.h"
#include "arch/sysregs.h"

static u32 nzcv(bool n, bool z, bool c, bool v)
{
    return (u32)n << 31 | (u32)z << 30 | (u32)c << 29 | (u32)v << 28;
}

static u32 nzcv_sub64(u64 a, u64 b)
{
    u64 r = a - b;
    return nzcv(r >> 63, r == 0, a >= b, ((a ^ b) & (a ^ r)) >> 63);
}

static u32 nzcv_sub32(u32 a, u32 b)
{
    u32 r = a - b;
    return nzcv(r >> 31, r == 0, a >= b, ((a ^ b) & (a ^ r)) >> 31);
}

static u32 nzcv_add64(u64 a, u64 b)
{
    u64 r = a + b;
    return nzcv(r >> 63, r == 0, r < a, (~(a ^ b) & (a ^ r)) >> 63);
}

static u32 nzcv_add32(u32 a, u32 b)
{
    u32 r = a + b;
    return nzcv(r >> 31, r == 0, r < a, (~(a ^ b) & (a ^ r)) >> 31);
}

u32 nzcv_read(const Cpu *cpu)
{
    u64 a = cpu->flag_a, b = cpu->flag_b;
    switch (cpu->flag_kind) {
    case FLAGS_SUB64:
        return nzcv_sub64(a, b);
    case FLAGS_SUB32:
        return nzcv_sub32((u32)a, (u32)b);
    case FLAGS_ADD64:
        return nzcv_add64(a, b);
    case FLAGS_ADD32:
        return nzcv_add32((u32)a, (u32)b);
    case FLAGS_LOGIC:
        return nzcv(a >> 63, a == 0, false, false);
    default:
        return (u32)a & 0xf0000000u;
    }
}

/* ConditionHolds */
bool condition_holds(const Cpu *cpu, unsigned cond)
{
    u32 flags = nzcv_read(cpu);
    bool n = flags >> 31, z = flags >> 30 & 1, c = flags >> 29 & 1, v = flags >> 28 & 1;
    const bool base[8] = {z, c, n, v, c && !z, n == v, n == v && !z, true};
    return base[cond >> 1 & 7] != ((cond & 1) && cond != 15);
}

void pstate_select_sp(Cpu *cpu, unsigned el, unsigned spsel)
{
    cpu->sp_el[cpu->spsel ? cpu->el : 0] = cpu->x[SLOT_SP];
    cpu->el = (u8)el;
    cpu->spsel = (u8)spsel;
    cpu->x[SLOT_SP] = cpu->sp_el[spsel ? el : 0];
}

void pstate_select_regime(Cpu *cpu)
{
    static const u8 by_el[4] = {REGIME_EL0, REGIME_EL1, REGIME_EL2, REGIME_EL3};
    Regime regime = cpu->el == 1 && cpu->pan ? REGIME_EL1_PAN : (Regime)by_el[cpu->el];
    cpu->tlb_base = cpu->tlb[regime];
    cpu->tlb_unpriv = cpu->el == 1 && !cpu->uao ? cpu->tlb[REGIME_EL0] : cpu->tlb_base;
}

bool debug_enabled_from(const Cpu *cpu, unsigned el, bool masked)
{
    bool locked = BIT(cpu->oslsr_el1, 1) || BIT(cpu->osdlr_el1, 0);
    bool kde = BIT(cpu->mdscr_el1, 13);
    return !locked && (el == 0 || (el == 1 && kde && !masked));
}

/* SCTLR_EL1's controls of EL0, or at EL1 all of them granted. */
static u32 el0_controls(const Cpu *cpu)
{
    u64 sctlr = cpu->sctlr_el[1];
    if (cpu->el != 0) {
        return CTX_UCI | CTX_UCT | CTX_DZE | CTX_UMA;
    }
    return (BIT(sctlr, 26) ? CTX_UCI : 0) | (BIT(sctlr, 15) ? CTX_UCT : 0) | (BIT(sctlr, 14) ? CTX_DZE : 0) |
           (BIT(sctlr, 9) ? CTX_UMA : 0);
}

static bool fp_trapped(const Cpu *cpu)
{
    unsigned fpen = (unsigned)BITS(cpu->cpacr_el1, 21, 20);
    return cpu->el == 0 ? fpen != 3 : cpu->el == 1 && !(fpen & 1);
}

/* BTI has no enable: BTYPE matters where a page is guarded, and until one has been seen nobody keeps it. */
static bool bti_on(const Cpu *cpu)
{
    return cpu_has(cpu, FEAT_BTI) && cpu->machine->guarded_pages;
}

void cpu_update_context(Cpu *cpu)
{
    u64 sctlr = cpu->sctlr_el[1];
    bool strict = BIT(sctlr, 1) || !BIT(sctlr, 0);
    bool step = BIT(cpu->mdscr_el1, 0) && debug_enabled_from(cpu, cpu->el, cpu->daif & PSTATE_D);
    cpu->ctx = (cpu->ctx & CTX_SLOW_MEM) | cpu->el | el0_controls(cpu) | (strict ? CTX_STRICT_ALIGN : 0) |
               (fp_trapped(cpu) ? CTX_FP_TRAP : 0) | (cpu->fpcr ? CTX_FP_SOFT : 0) | (step ? CTX_STEP : 0) |
               (cpu->el && !cpu->spsel ? CTX_SPSEL0 : 0) | (bti_on(cpu) ? CTX_BTI : 0);
    pstate_select_regime(cpu);
    cpu_update_salt(cpu);
}
