/* SPDX-License-Identifier: MIT */
#include "cpu/hooks.h"
#include "cpu/block.h"
#include "arch/effects.h"
#include "arch/sysregs.h"

#include <stdlib.h>

bool hook_set_meets(const HookSet *set, u64 first, u64 last)
{
    unsigned lo = 0, hi = set->n;
    while (lo < hi) {
        unsigned mid = (lo + hi) / 2;
        if (set->ranges[mid].last < first) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < set->n && set->ranges[lo].first <= last;
}

/* A copy of n things of some size; NULL without memory. */
static void *copy_of(const void *from, size_t n, size_t size)
{
    void *copy = malloc(n ? n * size : 1);
    if (copy && n) {
        memcpy(copy, from, n * size);
    }
    return copy;
}

/* The running core looks its block up again after this instruction. */
static void ask_attention(Machine *machine)
{
    for (unsigned i = 0; i < machine->n_cpus; i++) {
        machine->cpus[i]->attention = 1;
    }
}

bool machine_set_hooks(Machine *machine, HookKind kind, const HookRange *ranges, unsigned n, HookRange changed)
{
    HookRange *copy = copy_of(ranges, n, sizeof(*ranges));
    if (!copy) {
        return false;
    }
    HookSet *set = &machine->hooks[kind];
    free(set->ranges);
    *set = (HookSet){copy, n};
    if (kind == HOOK_CODE || kind == HOOK_BLOCK) {
        code_drop_range(machine, changed.first, changed.last);
    } else {
        for (unsigned i = 0; i < machine->n_cpus; i++) {
            tlb_flush_all(machine->cpus[i]);
        }
    }
    ask_attention(machine);
    return true;
}

bool machine_set_sysreg_hooks(Machine *machine, const SysregHook *hooks, unsigned n)
{
    SysregHook *copy = copy_of(hooks, n, sizeof(*hooks));
    if (!copy) {
        return false;
    }
    free(machine->sysreg_hooks);
    machine->sysreg_hooks = copy;
    machine->n_sysreg_hooks = n;
    code_drop_range(machine, 0, ~(u64)0);
    ask_attention(machine);
    return true;
}

bool sysreg_is_hooked(const Cpu *cpu, u16 encoding, bool is_write)
{
    const Machine *machine = cpu->machine;
    for (unsigned i = 0; i < machine->n_sysreg_hooks; i++) {
        const SysregHook *hook = &machine->sysreg_hooks[i];
        if (hook->encoding == encoding) {
            return is_write ? hook->writes : hook->reads;
        }
    }
    return false;
}

void hooks_free(Machine *machine)
{
    for (unsigned kind = 0; kind < HOOK_KINDS; kind++) {
        free(machine->hooks[kind].ranges);
    }
    free(machine->sysreg_hooks);
}
