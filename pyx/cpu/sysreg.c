/* SPDX-License-Identifier: MIT
 * System registers: look-up, plain storage, and the functions that rows of sysregs.def name (timers: sysreg_timer.c). */
#include "cpu/sysreg.h"
#include "cpu/machine.h"
#include "cpu/models.h"
#include "cpu/pstate.h"
#include "cpu/timer.h"
#include "dev/gic.h"

#include "sysregs_table.h"

/* ID_PFR0_EL1 and on: op0 3, op1 0, CRn 0, CRm 1..7. What is reserved there, and the AArch32 ones here, read as zero. */
static const SysReg reserved_id = {.name = "", .read_el = 1, .write_el = SYSREG_NEVER};

static const SysReg *table_find(u16 encoding)
{
    unsigned lo = 0, hi = sysreg_count;
    while (lo < hi) {
        unsigned mid = (lo + hi) / 2;
        if (sysreg_table[mid].encoding == encoding) {
            return &sysreg_table[mid];
        }
        if (sysreg_table[mid].encoding < encoding) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return NULL;
}

const SysReg *sysreg_find(const Cpu *cpu, u16 encoding)
{
    const SysReg *reg = table_find(encoding);
    if (reg) {
        return cpu_has(cpu, (Feature)reg->feature) ? reg : NULL;
    }
    bool id_space = encoding >= SYSREG_ENCODING(3, 0, 0, 1, 0) && encoding <= SYSREG_ENCODING(3, 0, 0, 7, 7);
    return id_space ? &reserved_id : NULL;
}

const SysReg *sysreg_named(const Cpu *cpu, const char *name)
{
    for (unsigned i = 0; i < sysreg_count; i++) {
        if (!strcmp(sysreg_table[i].name, name) && cpu_has(cpu, (Feature)sysreg_table[i].feature)) {
            return &sysreg_table[i];
        }
    }
    return NULL;
}

static u64 storage_read(const Cpu *cpu, const SysReg *reg)
{
    const char *at = (const char *)cpu + reg->offset;
    u32 word;
    u64 value;
    switch (reg->size) {
    case 1:
        return *(const u8 *)at;
    case 4:
        memcpy(&word, at, sizeof(word));
        return word;
    case 8:
        memcpy(&value, at, sizeof(value));
        return value;
    default:
        return reg->reset;
    }
}

static void storage_write(Cpu *cpu, const SysReg *reg, u64 value)
{
    char *at = (char *)cpu + reg->offset;
    u32 word = (u32)value;
    switch (reg->size) {
    case 1:
        *(u8 *)at = (u8)value;
        break;
    case 4:
        memcpy(at, &word, sizeof(word));
        break;
    case 8:
        memcpy(at, &value, sizeof(value));
        break;
    }
}

u64 sysreg_read(Cpu *cpu, const SysReg *reg)
{
    if ((reg->flags & SYSREG_BANKED_SP) && !cpu->spsel) {
        return cpu->x[SLOT_SP];
    }
    return reg->read ? reg->read(cpu, reg) : storage_read(cpu, reg);
}

void sysreg_write(Cpu *cpu, const SysReg *reg, u64 value)
{
    if ((reg->flags & SYSREG_BANKED_SP) && !cpu->spsel) {
        cpu->x[SLOT_SP] = value;
    } else if (reg->write) {
        reg->write(cpu, reg, value);
    } else {
        storage_write(cpu, reg, value & reg->mask);
    }
    if (reg->flags & SYSREG_CONTEXT) {
        cpu_update_context(cpu);
    }
}

void sysreg_reset(Cpu *cpu)
{
    for (unsigned i = 0; i < sysreg_count; i++) {
        const SysReg *reg = &sysreg_table[i];
        if (reg->size && reg->write_el != SYSREG_NEVER) {
            storage_write(cpu, reg, reg->reset);
        }
    }
    cpu->oslsr_el1 = 0xa;   /* OSLM = 0b10, OSLK = 1: the lock is implemented, and set */
}

/* -- Special-purpose registers --------------------------------------------------------------------------------- */

u64 read_nzcv(Cpu *cpu, const SysReg *reg)
{
    (void)reg;
    return nzcv_read(cpu);
}

void write_nzcv(Cpu *cpu, const SysReg *reg, u64 value)
{
    (void)reg;
    nzcv_write(cpu, (u32)value & 0xf0000000u);
}

/* An interrupt, or software step, may now be unmasked: the run loop looks before the next instruction. */
void write_daif(Cpu *cpu, const SysReg *reg, u64 value)
{
    (void)reg;
    cpu->daif = (u32)value & (PSTATE_D | PSTATE_A | PSTATE_I | PSTATE_F);
    if (BIT(cpu->mdscr_el1, 0)) {
        cpu_update_context(cpu);
        cpu->attention = 1;
    }
}

u64 read_current_el(Cpu *cpu, const SysReg *reg)
{
    (void)reg;
    return PSTATE_EL(cpu->el);
}

void write_spsel(Cpu *cpu, const SysReg *reg, u64 value)
{
    (void)reg;
    if (cpu->el) {
        pstate_select_sp(cpu, cpu->el, BIT(value, 0));
    }
}

#define PSTATE_BIT(name, lsb, after) \
    u64 read_##name(Cpu *cpu, const SysReg *reg) { (void)reg; return (u64)cpu->name << (lsb); } \
    void write_##name(Cpu *cpu, const SysReg *reg, u64 value) { (void)reg; cpu->name = BIT(value, lsb); after; }
PSTATE_BIT(pan, 22, pstate_select_regime(cpu))
PSTATE_BIT(uao, 23, pstate_select_regime(cpu))
PSTATE_BIT(dit, 24, (void)0)
PSTATE_BIT(ssbs, 12, (void)0)

/* AHP, DN, FZ, RMode; FZ16 with FEAT_FP16. CHOICE(IMPDEF): no trapped exceptions: their enables read as zero. */
void write_fpcr(Cpu *cpu, const SysReg *reg, u64 value)
{
    (void)reg;
    (void)fpsr_read(cpu);   /* the host FPU's flags belong to the old mode */
    cpu->fpcr = (u32)value & (0x07c00000u | (cpu_has(cpu, FEAT_FP16) ? 1u << 19 : 0));
}

u64 read_fpsr(Cpu *cpu, const SysReg *reg)
{
    (void)reg;
    return fpsr_read(cpu);
}

void write_fpsr(Cpu *cpu, const SysReg *reg, u64 value)
{
    (void)reg;
    fpsr_write(cpu, (u32)value & 0x0800009fu);
}

/* splitmix64. CHOICE(IMPDEF): the generator never fails, and RNDRRS is RNDR: runs are to be repeatable. */
u64 read_rndr(Cpu *cpu, const SysReg *reg)
{
    (void)reg;
    u64 z = cpu->rndr_state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    nzcv_write(cpu, 0);
    return z ^ (z >> 31);
}

/* -- Identification ---------------------------------------------------------------------------------------------- */

u64 read_id(Cpu *cpu, const SysReg *reg)
{
    return id_register(cpu, (IdRegister)reg->arg);
}

u64 read_ccsidr(Cpu *cpu, const SysReg *reg)
{
    (void)reg;
    return model_ccsidr(cpu, cpu->csselr_el1);
}

u64 read_clidr(Cpu *cpu, const SysReg *reg)
{
    (void)reg;
    return cpu->model->clidr;
}

u64 read_ctr(Cpu *cpu, const SysReg *reg)
{
    (void)reg;
    return cpu->model->ctr;
}

/* BS: log2 of the words that DC ZVA clears; DZP where it is prohibited. */
u64 read_dczid(Cpu *cpu, const SysReg *reg)
{
    (void)reg;
    bool prohibited = cpu->el == 0 && !BIT(cpu->sctlr_el[1], 14);
    return 4 | (u64)prohibited << 4;
}

u64 read_isr(Cpu *cpu, const SysReg *reg)
{
    (void)reg;
    return (u64)cpu->serror_pending << 8 | (u64)cpu->irq_line << 7 | (u64)cpu->fiq_line << 6;
}

/* -- Control ------------------------------------------------------------------------------------------------------- */

static u64 bits_of(const Cpu *cpu, Feature feature, u64 bits)
{
    return cpu_has(cpu, feature) ? bits : 0;
}

/* Writable: M A C SA SA0 UMA I DZE UCT nTWI nTWE WXN UCI, and what features add. The other bits read as at reset: RES1 of a core
 * without AArch32 and FEAT_ExS, or zero. */
static u64 sctlr_mask(const Cpu *cpu)
{
    return 0x040dd21fu | bits_of(cpu, FEAT_PAuth, 1u << 13 | 1u << 27 | 1u << 30 | 1u << 31) | bits_of(cpu, FEAT_PAN, 1u << 23) |
           bits_of(cpu, FEAT_IESB, 1u << 21) | bits_of(cpu, FEAT_SPECRES, 1u << 10) | bits_of(cpu, FEAT_BTI, (u64)3 << 35) |
           bits_of(cpu, FEAT_SSBS, (u64)1 << 44) | bits_of(cpu, FEAT_PAN3, (u64)1 << 57) | bits_of(cpu, FEAT_CMOW, (u64)1 << 32) |
           bits_of(cpu, FEAT_MOPS, (u64)1 << 33) | bits_of(cpu, FEAT_LSE2, 1u << 6) | bits_of(cpu, FEAT_TIDCP1, (u64)1 << 63);
}

void write_sctlr(Cpu *cpu, const SysReg *reg, u64 value)
{
    u64 mask = sctlr_mask(cpu), old = cpu->sctlr_el[1];
    cpu->sctlr_el[1] = (value & mask) | (reg->reset & ~mask);
    u64 translation = 1u << 0 | 1u << 1 | 1u << 19 | (u64)1 << 57;  /* M, A (device pages), WXN, EPAN */
    if ((old ^ cpu->sctlr_el[1]) & translation) {
        tlb_flush_all(cpu);
    }
}

/* T0SZ EPD0 IRGN0 ORGN0 SH0 TG0 and their TTBR1 twins, A1, IPS, AS, TBI; HA HD, HPD, TBID, E0PD by feature. */
static u64 tcr_mask(const Cpu *cpu)
{
    return 0x67ffffffbfull | bits_of(cpu, FEAT_ASID16, (u64)1 << 36) | bits_of(cpu, FEAT_HAFDBS, (u64)3 << 39) |
           bits_of(cpu, FEAT_HPDS, (u64)3 << 41) | bits_of(cpu, FEAT_PAuth, (u64)3 << 51) | bits_of(cpu, FEAT_E0PD, (u64)3 << 55);
}

void write_tcr(Cpu *cpu, const SysReg *reg, u64 value)
{
    (void)reg;
    value &= tcr_mask(cpu);
    if (value != cpu->tcr_el[1]) {
        cpu->tcr_el[1] = value;
        tlb_flush_all(cpu);
    }
}

void write_mair(Cpu *cpu, const SysReg *reg, u64 value)
{
    (void)reg;
    if (value != cpu->mair_el[1]) {
        cpu->mair_el[1] = value;
        tlb_flush_all(cpu);
    }
}

/* The TLB holds entries of the current ASID only: a new one drops those that are not global. A new table under the same ASID
 * drops nothing: software must use TLBI, as on hardware. */
void write_ttbr(Cpu *cpu, const SysReg *reg, u64 value)
{
    bool upper = reg->offset == offsetof(Cpu, ttbr1_el[1]);
    u64 *ttbr = upper ? &cpu->ttbr1_el[1] : &cpu->ttbr0_el[1];
    u64 changed = *ttbr ^ value;
    *ttbr = value & ~(cpu_has(cpu, FEAT_TTCNP) ? 0 : (u64)1);
    if (upper == BIT(cpu->tcr_el[1], 22) && changed >> 48) {    /* TCR_EL1.A1 */
        tlb_flush_asid(cpu, -1);
    }
}

/* -- GICv3 CPU interface --------------------------------------------------------------------------------------------- */

u64 read_icc(Cpu *cpu, const SysReg *reg)
{
    return gic_icc_read(cpu->machine->gic, cpu->index, (IccReg)reg->arg);
}

void write_icc(Cpu *cpu, const SysReg *reg, u64 value)
{
    gic_icc_write(cpu->machine->gic, cpu->index, (IccReg)reg->arg, value);
}

/* -- Debug ------------------------------------------------------------------------------------------------------------- */

void write_oslar(Cpu *cpu, const SysReg *reg, u64 value)
{
    (void)reg;
    cpu->oslsr_el1 = 0x8 | BIT(value, 0) << 1;
}

void write_osdlr(Cpu *cpu, const SysReg *reg, u64 value)
{
    (void)reg;
    cpu->osdlr_el1 = cpu_has(cpu, FEAT_DoubleLock) ? BIT(value, 0) : 0;
}

/* CHOICE(IMPDEF): eight claim tags. */
u64 read_claimset(Cpu *cpu, const SysReg *reg)
{
    (void)cpu; (void)reg;
    return 0xff;
}

void write_claimset(Cpu *cpu, const SysReg *reg, u64 value)
{
    (void)reg;
    cpu->dbgclaim_el1 |= value & 0xff;
}

void write_claimclr(Cpu *cpu, const SysReg *reg, u64 value)
{
    (void)reg;
    cpu->dbgclaim_el1 &= ~value;
}

/* MDSCR_EL1.TDCC */
bool access_dcc(const Cpu *cpu, bool is_write)
{
    (void)is_write;
    return !BIT(cpu->mdscr_el1, 12);
}
