/* SPDX-License-Identifier: MIT
 * One machine: its cores, physical memory map, clock, events and translated code. Everything hangs off this struct;
 * there are no globals, so a process can hold many. */
#ifndef EMU_CPU_MACHINE_H
#define EMU_CPU_MACHINE_H

#include "arch/state.h"
#include "cpu/hooks.h"
#include "mem/bus.h"

enum { MAX_CPUS = 64 };

/* The counter runs at 62.5 MHz: one tick is 16 ns. */
enum { NS_PER_TICK = 16, CNTFRQ_HZ = 62500000 };

typedef enum Stop {
    STOP_NONE, STOP_POWER_OFF, STOP_RESET, STOP_LIMIT, STOP_TIMEOUT, STOP_BREAKPOINT, STOP_STUCK, STOP_REQUESTED,
    STOP_CALLBACK,      /* a callback into Python raised */
} Stop;

/* Calls out of the core, filled in by the Cython face. False: the callee raised, the machine stops. */
typedef bool CodeCallback(Cpu *cpu, u64 vaddr, unsigned size, bool block);
typedef bool AccessCallback(Cpu *cpu, u64 vaddr, unsigned size, const void *value, bool is_write);

typedef struct Callbacks {
    bool (*event)(void *owner, u64 serial);
    CodeCallback *code;         /* before the instruction, or block, of size bytes */
    AccessCallback *access;     /* after a read, before its register changes; before a write. value: size bytes */
    bool (*exception)(Cpu *cpu, unsigned kind);                     /* at the vector; kind: 0 synchronous, 1 IRQ, 2 FIQ, 3 SError */
    bool (*sysreg)(Cpu *cpu, u16 encoding, bool is_write, u64 *value);
} Callbacks;

typedef struct Event { u64 time_ns, serial; } Event;

struct Gic;
struct CodeCache;

struct Machine {
    Cpu *cpus[MAX_CPUS];
    unsigned n_cpus;
    unsigned current;           /* core whose turn it is in the round-robin */
    Bus bus;
    struct Gic *gic;
    unsigned gic_version;
    struct CodeCache *code;
    Callbacks callbacks;
    void *owner;                /* the face's object, for callbacks */

    /* Clock. Virtual: one instruction takes one ns; cores run in turns inside a round [round_ns, round_end_ns), each as if it had the
     * round to itself. Realtime: host monotonic time less host_offset_ns; stands still while the machine does not run. */
    bool virtual_clock;
    bool in_round;              /* cores from `current` on have yet to run in this round */
    u64 round_ns, round_end_ns;
    u64 host_offset_ns;         /* realtime, while running */
    u64 paused_ns;              /* realtime: guest time while not running */
    u64 host_end_ns;            /* host time at which machine_run() returns */
    bool running;

    Event *events;              /* binary heap by (time_ns, serial) */
    unsigned n_events, events_capacity;
    u64 next_serial;

    Stop stop;                  /* set: run() returns at the next instruction boundary */
    int request;                /* set from other threads (atomically): run() returns STOP_NONE to its caller */
    struct Wakeup *wakeup;      /* ends the sleep of an idle machine */
    bool external_input;        /* something outside (a console) may yet raise an interrupt: idle is not stuck */
    unsigned stop_cpu;
    char stop_message[256];
    u64 seed;
    u64 limit;                  /* total instructions at which to stop; ~0: none */
    u64 *breakpoints;           /* sorted virtual addresses */
    unsigned n_breakpoints;
    HookSet hooks[HOOK_KINDS];
    SysregHook *sysreg_hooks;
    unsigned n_sysreg_hooks;
    bool hooks_exceptions;      /* Callbacks.exception wants calls */
    unsigned max_el;
    bool guarded_pages;         /* a guarded page (BTI) has been fetched from: CTX_BTI is worth its cost from then on */
};

/* Guest time in ns since power-on; exact at the spilled op of the running core. */
u64 machine_now_ns(Machine *machine);
void machine_stop(Machine *machine, Stop reason);       /* from the running thread */
/* Starts a core (PSCI CPU_ON, boot): EL1h (or max_el), MMU off, DAIF masked, X0 = argument. */
void cpu_start(Cpu *cpu, u64 pc, u64 argument);
/* Architectural reset of one core's state; leaves it POWERED_OFF. */
void cpu_reset(Cpu *cpu);
/* SEV: sets the event register of every core. */
void machine_send_event(Machine *machine);

#endif
