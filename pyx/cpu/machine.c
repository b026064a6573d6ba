/* SPDX-License-Identifier: MIT
 * Making, resetting and freeing a machine; the wiring of its GIC. */
#include "emu.h"
#include "cpu/events.h"
#include "cpu/host_clock.h"
#include "mem/host_memory.h"

#include <stdlib.h>

static void set_irq(void *opaque, unsigned index, bool irq, bool fiq)
{
    Machine *m = opaque;
    Cpu *cpu = index < m->n_cpus ? m->cpus[index] : NULL;
    if (cpu) {
        cpu->attention |= (irq && !cpu->irq_line) || (fiq && !cpu->fiq_line);
        cpu->irq_line = irq;
        cpu->fiq_line = fiq;
    }
}

/* splitmix64: spreads --seed over the cores' RNDR generators. */
static u64 mix(u64 z)
{
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static Cpu *new_cpu(Machine *m, unsigned index, const CpuModel *model)
{
    Cpu *cpu = host_reserve(sizeof(Cpu));
    if (cpu) {
        cpu->machine = m;
        cpu->index = index;
        cpu->rndr_state = mix(m->seed + index);
        cpu->mpidr_el1 = 1u << 31 | gic_cpu_affinity(m->gic_version, index);
        model_apply(cpu, model);
        cpu->step_over = 1;
        tlb_init(cpu);
        jump_cache_init(cpu);
        cpu_reset(cpu);
    }
    return cpu;
}

static const char *fill(Machine *m, unsigned cpus, const CpuModel *model)
{
    m->code = code_new();
    m->wakeup = wakeup_new();
    m->gic = gic_new(m->gic_version, cpus, GIC_DEFAULT_SPIS, set_irq, m);
    if (!m->code || !m->wakeup || !m->gic) {
        return "out of memory";
    }
    for (; m->n_cpus < cpus; m->n_cpus++) {
        m->cpus[m->n_cpus] = new_cpu(m, m->n_cpus, model);
        if (!m->cpus[m->n_cpus]) {
            return "out of memory";
        }
    }
    return NULL;
}

Machine *machine_new(unsigned cpus, const char *model_name, unsigned gic_version, unsigned max_el, bool virtual_clock, u64 seed,
                     const Callbacks *callbacks, const char **error)
{
    const CpuModel *model = model_find(model_name);
    unsigned most = gic_version == 2 ? GICV2_MAX_CPUS : MAX_CPUS;
    *error = !model                                    ? "no such CPU model"
             : gic_version != 2 && gic_version != 3    ? "the GIC version is 2 or 3"
             : cpus < 1 || cpus > most                 ? "GICv2 serves 1 to 8 cores, GICv3 1 to 64"
             : max_el != 1                             ? "only EL1 and EL0 are implemented"
                                                       : NULL;
    Machine *m = *error ? NULL : calloc(1, sizeof(Machine));
    if (!m) {
        *error = *error ? *error : "out of memory";
        return NULL;
    }
    m->gic_version = gic_version;
    m->max_el = max_el;
    m->virtual_clock = virtual_clock;
    m->seed = seed;
    m->callbacks = *callbacks;
    *error = fill(m, cpus, model);
    if (*error) {
        machine_free(m);
        return NULL;
    }
    return m;
}

void machine_free(Machine *m)
{
    if (!m) {
        return;
    }
    for (unsigned i = 0; i < MAX_CPUS; i++) {
        host_release(m->cpus[i], sizeof(Cpu));
    }
    bus_free(&m->bus);
    code_free(m->code);
    gic_free(m->gic);
    wakeup_free(m->wakeup);
    free(m->events);
    free(m->breakpoints);
    hooks_free(m);
    free(m);
}

void machine_reset(Machine *m)
{
    u64 now = m->virtual_clock ? machine_now_ns(m) : 0;     /* guest time does not go back */
    m->round_ns = now;
    for (unsigned i = 0; i < m->n_cpus; i++) {
        m->cpus[i]->round_retired = cpu_retired(m->cpus[i]);
        m->cpus[i]->idle_ns = 0;
        tlb_flush_all(m->cpus[i]);
        cpu_reset(m->cpus[i]);
    }
    gic_reset(m->gic);
    m->in_round = false;
    m->current = m->n_cpus;
}

bool machine_set_breakpoints(Machine *m, const u64 *sorted, unsigned n)
{
    u64 *copy = malloc((n ? n : 1) * sizeof(u64));
    if (!copy) {
        return false;
    }
    memcpy(copy, sorted, n * sizeof(u64));
    u64 *old = m->breakpoints;
    unsigned n_old = m->n_breakpoints;
    m->breakpoints = copy;
    m->n_breakpoints = n;
    for (unsigned i = 0; i < n_old; i++) {
        code_drop_vaddr(m, old[i]);
    }
    for (unsigned i = 0; i < n; i++) {
        code_drop_vaddr(m, copy[i]);
    }
    free(old);
    return true;
}

/* -- The GIC on the bus -------------------------------------------------------------------------------------------- */

#define GIC_FRAME(frame) \
    static bool frame##_read(void *gic, Machine *m, unsigned cpu, u64 offset, unsigned size, u64 *value) \
    { (void)m; gic_##frame##_read(gic, cpu, offset, size, value); return true; } \
    static bool frame##_write(void *gic, Machine *m, unsigned cpu, u64 offset, unsigned size, u64 value) \
    { (void)m; gic_##frame##_write(gic, cpu, offset, size, value); return true; }
GIC_FRAME(dist)
GIC_FRAME(cpuif)
GIC_FRAME(redist)

const char *machine_map_gic(Machine *m, u64 distributor, u64 second)
{
    const char *error;
    bus_add_device(&m->bus, distributor, 0x10000, m->gic, dist_read, dist_write, &error);
    if (!error && m->gic_version == 2) {
        bus_add_device(&m->bus, second, 0x10000, m->gic, cpuif_read, cpuif_write, &error);
    } else if (!error) {
        bus_add_device(&m->bus, second, (u64)GICR_STRIDE * m->n_cpus, m->gic, redist_read, redist_write, &error);
    }
    return error;
}
