/* SPDX-License-Identifier: MIT
 * Hooks: calls out of guest code. Where no hook is, nothing is checked: code hooks are ops that the translator puts before the
 * instructions they are for, and a page with a hooked address misses in the TLB's fast path. */
#ifndef EMU_CPU_HOOKS_H
#define EMU_CPU_HOOKS_H

#include "arch/types.h"

struct Machine;
struct Cpu;

typedef enum HookKind { HOOK_CODE, HOOK_BLOCK, HOOK_READ, HOOK_WRITE, HOOK_KINDS } HookKind;

/* Virtual addresses from first to last, both included. */
typedef struct HookRange { u64 first, last; } HookRange;

/* Sorted, and apart from one another. */
typedef struct HookSet { HookRange *ranges; unsigned n; } HookSet;

/* Accesses of one instruction to one system register, by its encoding. */
typedef struct SysregHook { u16 encoding; bool reads, writes; } SysregHook;

enum { MAX_SYSREG_HOOKS = 256 };

/* Whether some address from first to last is hooked. */
bool hook_set_meets(const HookSet *set, u64 first, u64 last);

/* Replaces the ranges of a kind. [changed.first, changed.last]: where they differ from before: what is translated or cached
 * there is forgotten. False: no memory. */
bool machine_set_hooks(struct Machine *machine, HookKind kind, const HookRange *ranges, unsigned n, HookRange changed);

/* Replaces the hooks of system registers; n <= MAX_SYSREG_HOOKS. False: no memory. */
bool machine_set_sysreg_hooks(struct Machine *machine, const SysregHook *hooks, unsigned n);

void hooks_free(struct Machine *machine);

#endif
