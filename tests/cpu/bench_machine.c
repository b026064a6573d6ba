/* SPDX-License-Identifier: MIT
 * A machine of cores that do not run, for tests of the timer and of PSCI: time stands where the test puts it, and what those files
 * ask of the rest of the core is done here in the simplest way. Members of Cpu are reached by name. */
#include <stdlib.h>

#include "arch/effects.h"
#include "cpu/machine.h"
#include "cpu/psci.h"
#include "cpu/timer.h"
#include "dev/gic.h"

u64 cpu_now_ns(Cpu *cpu)
{
    return cpu->machine->round_ns;
}

void machine_stop(Machine *machine, Stop reason)
{
    machine->stop = reason;
}

void cpu_reset(Cpu *cpu)
{
    memset(cpu->x, 0, sizeof cpu->x);
    cpu->pc = 0;
    cpu->halted = POWERED_OFF;
    cpu->cntp_ctl_el0 = cpu->cntp_cval_el0 = cpu->cntv_ctl_el0 = cpu->cntv_cval_el0 = 0;
    gic_cpu_reset(cpu->machine->gic, cpu->index);
}

void cpu_start(Cpu *cpu, u64 pc, u64 argument)
{
    cpu_reset(cpu);
    cpu->pc = pc;
    cpu->x[0] = argument;
    cpu->halted = RUNNING;
}

static void set_irq(void *opaque, unsigned index, bool irq, bool fiq)
{
    Machine *m = opaque;
    if (index < m->n_cpus) {
        m->cpus[index]->irq_line = irq;
        m->cpus[index]->fiq_line = fiq;
    }
}

/* Core 0 runs, the others are off. */
Machine *bench_new(unsigned cpus, unsigned gic_version)
{
    Machine *m = calloc(1, sizeof *m);
    m->gic_version = gic_version;
    m->gic = gic_new(gic_version, cpus, 32, set_irq, m);
    for (; m->n_cpus < cpus; m->n_cpus++) {
        Cpu *cpu = aligned_alloc(64, (sizeof(Cpu) + 63) & ~(size_t)63);
        memset(cpu, 0, sizeof *cpu);
        cpu->machine = m;
        cpu->index = m->n_cpus;
        cpu->mpidr_el1 = 1u << 31 | gic_cpu_affinity(gic_version, cpu->index);
        cpu->halted = m->n_cpus ? POWERED_OFF : RUNNING;
        m->cpus[m->n_cpus] = cpu;
    }
    return m;
}

void bench_free(Machine *m)
{
    for (unsigned i = 0; i < m->n_cpus; i++)
        free(m->cpus[i]);
    gic_free(m->gic);
    free(m);
}

Cpu *bench_cpu(Machine *m, unsigned index) { return m->cpus[index]; }
void *bench_gic(Machine *m) { return m->gic; }
void bench_set_now(Machine *m, u64 ns) { m->round_ns = ns; }
unsigned bench_stop(Machine *m) { return m->stop; }
void bench_add_feature(Cpu *cpu, unsigned feature) { feature_set_add(&cpu->features, (Feature)feature); }
unsigned bench_feat_ecv(void) { return FEAT_ECV; }

#define MEMBER(name) \
    u64 get_##name(Cpu *cpu) { return (u64)cpu->name; } \
    void set_##name(Cpu *cpu, u64 value) { cpu->name = value; }
MEMBER(pc)
MEMBER(halted)
MEMBER(cntkctl_el1)
MEMBER(cntp_ctl_el0)
MEMBER(cntp_cval_el0)
MEMBER(cntv_ctl_el0)
MEMBER(cntv_cval_el0)
MEMBER(deadline_ns)
MEMBER(timer_changed)
MEMBER(attention)
MEMBER(irq_line)

u64 get_x(Cpu *cpu, unsigned n) { return cpu->x[n]; }
void set_x(Cpu *cpu, unsigned n, u64 value) { cpu->x[n] = value; }
