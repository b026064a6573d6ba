/* SPDX-License-Identifier: MIT
 * PSCI and SMCCC as firmware would serve them: one row a function, one C function each. Power states below "on" are two: a core
 * that waits (standby), and one that is off; a core that is turned on is on at once, so that ON_PENDING never shows. */
#include "cpu/psci.h"
#include "arch/effects.h"
#include "cpu/machine.h"
#include "dev/gic.h"

enum {
    SUCCESS = 0, NOT_SUPPORTED = -1, INVALID_PARAMETERS = -2, ALREADY_ON = -4, INVALID_ADDRESS = -9,
};
enum { AFFINITY_ON = 0, AFFINITY_OFF = 1 };
enum { TRUSTED_OS_NOT_PRESENT = 2 };
enum { WORKAROUND_UNAFFECTED = 1, WORKAROUND_NOT_REQUIRED = -2 };
enum { VERSION_1_1 = 0x10001 };

#define SMC64 0x40000000u       /* the 64-bit twin of a function ID */
#define MPIDR_AFFINITY 0xff00ffffffu

typedef struct Call { Cpu *cpu; u64 arg[3]; } Call;
typedef i64 CallFunction(const Call *call);

/* A core by the affinity fields of its MPIDR_EL1; NULL: there is none. */
static Cpu *find_core(const Machine *m, u64 affinity)
{
    for (unsigned i = 0; i < m->n_cpus; i++)
        if ((m->cpus[i]->mpidr_el1 & MPIDR_AFFINITY) == affinity)
            return m->cpus[i];
    return NULL;
}

static i64 version_1_1(const Call *call)
{
    (void)call;
    return VERSION_1_1;
}

/* -- Cores --------------------------------------------------------------------------------------------------- */

static i64 cpu_on(const Call *call)
{
    Cpu *target = find_core(call->cpu->machine, call->arg[0]);

    if (!target)
        return INVALID_PARAMETERS;
    if (target->halted != POWERED_OFF)
        return ALREADY_ON;
    if (call->arg[1] & 3)
        return INVALID_ADDRESS;
    cpu_start(target, call->arg[1], call->arg[2]);
    return SUCCESS;
}

static i64 cpu_off(const Call *call)
{
    call->cpu->halted = POWERED_OFF;
    return SUCCESS;
}

static const IccReg kept_icc[] = {
    ICC_CTLR_EL1, ICC_PMR_EL1, ICC_BPR0_EL1, ICC_BPR1_EL1, ICC_IGRPEN0_EL1, ICC_IGRPEN1_EL1, ICC_AP0R0_EL1, ICC_AP1R0_EL1,
};

/* Loses the core's context but for what must wake it: its timers, and its interface to the GIC. */
static void power_down(Cpu *cpu, u64 entry, u64 context)
{
    const u64 timers[] = { cpu->cntp_ctl_el0, cpu->cntp_cval_el0, cpu->cntv_ctl_el0, cpu->cntv_cval_el0 };
    u64 icc[ARRAY_LEN(kept_icc)];
    struct Gic *gic = cpu->machine->gic;
    bool has_icc = cpu->machine->gic_version == 3;

    for (unsigned i = 0; has_icc && i < ARRAY_LEN(icc); i++)
        icc[i] = gic_icc_read(gic, cpu->index, kept_icc[i]);
    cpu_start(cpu, entry, context);
    for (unsigned i = 0; has_icc && i < ARRAY_LEN(icc); i++)
        gic_icc_write(gic, cpu->index, kept_icc[i], icc[i]);
    cpu->cntp_ctl_el0 = timers[0];
    cpu->cntp_cval_el0 = timers[1];
    cpu->cntv_ctl_el0 = timers[2];
    cpu->cntv_cval_el0 = timers[3];
    cpu->timer_changed = true;
    cpu->attention = 1;
}

/* power_state, original format: AffinityLevel 25:24, StateType 16 (1: power down), StateID 15:0. */
static i64 cpu_suspend(const Call *call)
{
    Cpu *cpu = call->cpu;
    bool down = BIT(call->arg[0], 16);

    if (call->arg[0] & ~(u64)0x0301ffff)
        return INVALID_PARAMETERS;
    if (down && call->arg[1] & 3)
        return INVALID_ADDRESS;
    if (down)
        power_down(cpu, call->arg[1], call->arg[2]);
    cpu->halted = HALTED_WFI;
    return down ? (i64)call->arg[2] : SUCCESS;
}

/* On if some core of that affinity, at lowest_affinity_level and above, is. */
static i64 affinity_info(const Call *call)
{
    const Machine *m = call->cpu->machine;
    i64 state = INVALID_PARAMETERS;

    if (call->arg[0] & ~(u64)MPIDR_AFFINITY || call->arg[1] > 3)
        return INVALID_PARAMETERS;
    u64 packed_mask = ~(u64)0 << (call->arg[1] == 3 ? 32 : 8 * call->arg[1]);
    for (unsigned i = 0; i < m->n_cpus; i++) {
        if ((m->cpus[i]->mpidr_el1 ^ call->arg[0]) & MPIDR_AFFINITY & packed_mask)
            continue;
        if (m->cpus[i]->halted != POWERED_OFF)
            return AFFINITY_ON;
        state = AFFINITY_OFF;
    }
    return state;
}

static i64 migrate_info_type(const Call *call)
{
    (void)call;
    return TRUSTED_OS_NOT_PRESENT;
}

/* -- The system ------------------------------------------------------------------------------------------------ */

static i64 system_off(const Call *call)
{
    Machine *m = call->cpu->machine;

    for (unsigned i = 0; i < m->n_cpus; i++)
        m->cpus[i]->halted = POWERED_OFF;
    machine_stop(m, STOP_POWER_OFF);
    return SUCCESS;
}

static i64 system_reset(const Call *call)
{
    machine_stop(call->cpu->machine, STOP_RESET);
    return SUCCESS;
}

/* reset_type 0 is SYSTEM_WARM_RESET; there are no vendor-specific ones. */
static i64 system_reset2(const Call *call)
{
    return call->arg[0] == 0 ? system_reset(call) : INVALID_PARAMETERS;
}

/* -- SMCCC ------------------------------------------------------------------------------------------------------ */

static i64 nothing(const Call *call)
{
    return (i64)call->cpu->x[0];    /* returns void: X0 is as it was */
}

static i64 smccc_arch_features(const Call *call);
static i64 psci_features(const Call *call);

/* -- The table ---------------------------------------------------------------------------------------------------- */

typedef struct Function {
    u32 id;             /* of the SMC32 form */
    bool has_smc64;
    bool is_psci;       /* listed by PSCI_FEATURES; else by SMCCC_ARCH_FEATURES */
    i64 features;       /* what that answers */
    CallFunction *call;
} Function;

static const Function functions[] = {
    { 0x80000000, false, false, SUCCESS, version_1_1 },                     /* SMCCC_VERSION */
    { 0x80000001, false, false, SUCCESS, smccc_arch_features },
    { 0x80008000, false, false, WORKAROUND_UNAFFECTED, nothing },           /* SMCCC_ARCH_WORKAROUND_1 */
    { 0x80007fff, false, false, WORKAROUND_NOT_REQUIRED, nothing },         /* SMCCC_ARCH_WORKAROUND_2 */
    { 0x80003fff, false, false, WORKAROUND_UNAFFECTED, nothing },           /* SMCCC_ARCH_WORKAROUND_3 */
    { 0x84000000, false, true, SUCCESS, version_1_1 },                      /* PSCI_VERSION */
    { 0x84000001, true, true, SUCCESS, cpu_suspend },
    { 0x84000002, false, true, SUCCESS, cpu_off },
    { 0x84000003, true, true, SUCCESS, cpu_on },
    { 0x84000004, true, true, SUCCESS, affinity_info },
    { 0x84000006, false, true, SUCCESS, migrate_info_type },
    { 0x84000008, false, true, SUCCESS, system_off },
    { 0x84000009, false, true, SUCCESS, system_reset },
    { 0x8400000a, false, true, SUCCESS, psci_features },
    { 0x84000012, true, true, SUCCESS, system_reset2 },
};

static const Function *find_function(u64 id)
{
    for (unsigned i = 0; i < ARRAY_LEN(functions); i++) {
        const Function *f = &functions[i];
        if (id == f->id || (f->has_smc64 && id == (f->id | SMC64)))
            return f;
    }
    return NULL;
}

static i64 psci_features(const Call *call)
{
    const Function *f = find_function(call->arg[0]);
    bool listed = f && (f->is_psci || f->call == version_1_1);      /* SMCCC_VERSION is asked for here, too */
    return listed ? f->features : NOT_SUPPORTED;
}

static i64 smccc_arch_features(const Call *call)
{
    const Function *f = find_function(call->arg[0]);
    return f && !f->is_psci ? f->features : NOT_SUPPORTED;
}

/* The low 32 bits of X0 are the function ID; an SMC32 call has 32-bit arguments. */
void psci_call(Cpu *cpu)
{
    u32 id = (u32)cpu->x[0];
    u64 mask = id & SMC64 ? ~(u64)0 : 0xffffffff;
    const Call call = { cpu, { cpu->x[1] & mask, cpu->x[2] & mask, cpu->x[3] & mask } };
    const Function *f = find_function(id);

    cpu->x[0] = (u64)(f ? f->call(&call) : NOT_SUPPORTED);
}
