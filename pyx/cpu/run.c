/* SPDX-License-Identifier: MIT
 * The run loop: one core through its slice (run_slice), cores in turn through a round (round-robin), time between rounds.
 * All that decides when something happens to a guest is counted in instructions under the virtual clock, so that a run that
 * is cut in pieces - by limits, signals, other threads - is the same run. */
#include "cpu/block.h"
#include "cpu/events.h"
#include "cpu/exception.h"
#include "cpu/host_clock.h"
#include "cpu/run.h"
#include "cpu/timer.h"
#include "mem/tlb.h"
#include "arch/fp_host.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    QUANTUM_ALONE_NS = 1000000,     /* virtual: a round of a machine with one core */
    QUANTUM_NS = 20000,             /* virtual: a round of several; bounds how late one sees the other's SGI */
    QUANTUM_INSNS = 100000,         /* realtime: a core's turn, and so the lag of timers and other threads */
    SLICE_INSNS = 50000,            /* and then a look at the host's clock */
    /* Exceptions without an ERET, and hardly an instruction, between them, wherever they come from. With no instruction at all
     * nobody gets out of that; with some (a handler that faults at its first push, or returns by a branch) it takes many to tell. */
    NO_PROGRESS_STUCK = 100, NESTED_FAULTS_STUCK = 10000000, NESTED_FAULT_INSNS = 64,
};

/* Guest time ends here, after 292 years: later events never happen, and sums of times don't wrap. */
#define END_OF_TIME ((u64)1 << 63)

/* -- Time ---------------------------------------------------------------------------------------------------- */

u64 cpu_retired(const Cpu *cpu)
{
    i64 left = cpu->countdown;
    if (cpu->op) {
        const Block *block = block_of(cpu->op);
        left += block->n_insns - block->places[cpu->op->slot].insns;
    }
    return cpu->retired + (u64)(cpu->slice - left);
}

u64 cpu_now_ns(Cpu *cpu)
{
    const Machine *m = cpu->machine;
    if (m->virtual_clock) {
        return m->round_ns + (cpu_retired(cpu) - cpu->round_retired) + cpu->idle_ns;
    }
    return m->running ? host_now_ns() - m->host_offset_ns : m->paused_ns;
}

u64 machine_now_ns(Machine *m)
{
    if (m->virtual_clock && !(m->in_round && m->current < m->n_cpus)) {
        return m->round_ns;
    }
    return cpu_now_ns(m->cpus[m->current < m->n_cpus ? m->current : 0]);
}

static void resume_clock(Machine *m)
{
    m->host_offset_ns = host_now_ns() - m->paused_ns;
    m->running = true;
}

static void pause_clock(Machine *m)
{
    m->paused_ns = host_now_ns() - m->host_offset_ns;
    m->running = false;
}

u64 machine_instructions(const Machine *m)
{
    u64 total = 0;
    for (unsigned i = 0; i < m->n_cpus; i++) {
        total += cpu_retired(m->cpus[i]);
    }
    return total;
}

void machine_stop(Machine *m, Stop reason)
{
    m->stop = reason;
    m->stop_cpu = m->current < m->n_cpus ? m->current : 0;
    m->cpus[m->stop_cpu]->attention = 1;
}

void machine_request(Machine *m)
{
    wakeup_signal(m->wakeup, &m->request);
}

static bool requested(const Machine *m)
{
    return __atomic_load_n(&m->request, __ATOMIC_RELAXED);
}

void machine_poll(Machine *m, Cpu *cpu)
{
    if (requested(m) || host_now_ns() >= m->host_end_ns) {
        cpu->attention = 1;
    }
}

/* -- Sleep ---------------------------------------------------------------------------------------------------- */

void machine_send_event(Machine *m)
{
    for (unsigned i = 0; i < m->n_cpus; i++) {
        m->cpus[i]->event_register = true;
    }
}

/* Wake-up events of WFI: any interrupt, masked or not; of WFE: the event register, or an interrupt that would be taken. */
static bool wake(Cpu *cpu)
{
    bool interrupt = cpu->irq_line || cpu->fiq_line || cpu->serror_pending;
    bool due = cpu_now_ns(cpu) >= cpu->wfx_deadline_ns;
    switch ((Halted)cpu->halted) {
    case RUNNING:
        return true;
    case HALTED_WFI:
        if (!interrupt && !due) {
            return false;
        }
        break;
    case HALTED_WFE:
        if (!cpu->event_register && !interrupt && !due) {
            return false;
        }
        cpu->event_register = false;
        break;
    case POWERED_OFF:
    case WEDGED:
        return false;
    }
    cpu->halted = RUNNING;
    cpu->wfx_deadline_ns = NEVER;
    return true;
}

static u64 deadline(const Cpu *cpu)
{
    if (cpu->halted == POWERED_OFF || cpu->halted == WEDGED) {
        return NEVER;
    }
    return cpu->wfx_deadline_ns < cpu->deadline_ns ? cpu->wfx_deadline_ns : cpu->deadline_ns;
}

static void update_timer(Cpu *cpu)
{
    if (cpu_now_ns(cpu) >= cpu->deadline_ns || cpu->timer_changed) {
        cpu->timer_changed = false;
        cpu->deadline_ns = timer_recompute(cpu);
    }
}

/* -- One core -------------------------------------------------------------------------------------------------- */

static bool take_interrupt(Cpu *cpu)
{
    static const Interrupt order[] = {INTERRUPT_SERROR, INTERRUPT_FIQ, INTERRUPT_IRQ};
    const bool lines[] = {cpu->serror_pending, cpu->fiq_line, cpu->irq_line};
    for (unsigned i = 0; i < ARRAY_LEN(order); i++) {
        if (lines[i] && exception_interrupt_enabled(cpu, order[i])) {
            cpu->count_interrupts++;
            exception_take_interrupt(cpu, order[i]);
            return true;
        }
    }
    return false;
}

/* A guest whose vector faults again and again can't get on. */
static void take_exception(Cpu *cpu)
{
    cpu->count_exceptions++;
    u64 retired = cpu_retired(cpu);
    cpu->nested_faults = retired - cpu->nested_retired <= NESTED_FAULT_INSNS ? cpu->nested_faults + 1 : 0;
    cpu->idle_faults = cpu->nested_faults && retired == cpu->nested_retired ? cpu->idle_faults + 1 : 0;
    cpu->nested_retired = retired;
    if (cpu->nested_faults >= NESTED_FAULTS_STUCK || cpu->idle_faults >= NO_PROGRESS_STUCK) {
        cpu->halted = WEDGED;
    }
    exception_take(cpu);
}

/* A branch inside its page goes straight to its target from now on - if both come from the same physical page: a guest may have
 * mapped another one in between, without TLB maintenance. */
static void fill_link(Cpu *cpu, const Block *target)
{
    const Block *from = cpu->link_from;
    if (cpu->link && from->ctx == target->ctx && !((from->paddr ^ target->paddr) & PAGE_MASK)) {
        *cpu->link = target->ops;   /* Cpu.link is NULL when the code cache has been emptied */
    }
}

/* The op to run at Cpu.pc. NULL: an exception has been taken instead. */
static const Op *next_op(Cpu *cpu)
{
    const JumpEntry *j = &cpu->jump[cpu->pc >> 2 & (JUMP_SIZE - 1)];
    if (j->key == (cpu->pc ^ cpu->jump_salt) && cpu->leave != LEAVE_LINK && !block_of(j->op)->stale) {
        return j->op;
    }
    cpu->pc = branch_address(cpu, cpu->pc);
    const Block *block = block_find(cpu);
    if (!block) {
        take_exception(cpu);
        return NULL;
    }
    if (cpu->leave == LEAVE_LINK) {
        fill_link(cpu, block);
    } else if (sign_extend(cpu->pc, 49) == (i64)cpu->pc && (cpu->el == 0 || tlb_is_global(cpu, cpu->pc))) {
        cpu->count_jump_miss++;
        jump_cache_add(cpu, block);
    }
    return block->ops;
}

static void enter(Cpu *cpu, const Op *op)
{
    u64 cut_pc = 0, cut_at = 0;
    if (op->insns > cpu->countdown) {
        const Block *block = block_limited(cpu, (unsigned)cpu->countdown);
        if (!block) {
            take_exception(cpu);
            return;
        }
        op = block->ops;
        if (block->goes_on && block->n_insns == cpu->countdown) {
            cut_pc = block->vaddr + 4u * block->n_insns;
            cut_at = cpu_retired(cpu) + block->n_insns;
        }
    }
    cpu->countdown -= op->insns;
    cpu->leave = LEAVE_NONE;
    block_enter(cpu, op);
    if (unlikely(cut_at)) {     /* where the rest of the block begins: no block of its own, to hooks */
        cpu->within_pc = cut_pc;
        cpu->within_at = cut_at;
    }
    if (cpu->leave == LEAVE_EXCEPTION) {
        take_exception(cpu);
    }
}

/* Software step: one instruction, as if the slice ended there, or the exception that is pending. */
static COLD void step(Cpu *cpu)
{
    i64 rest = cpu->countdown - 1;
    if (!software_step_begin(cpu)) {
        cpu->leave = LEAVE_NONE;
        return;
    }
    cpu->countdown = 1;
    cpu->slice -= rest;
    const Op *op = next_op(cpu);
    if (op) {
        enter(cpu, op);
    } else {
        cpu->leave = LEAVE_NONE;
    }
    cpu->countdown += rest;
    cpu->slice += rest;
    software_step_end(cpu);
}

/* Runs at most `insns` instructions. Returns early when the core halts or yields, or something needs attention. */
static void run_slice(Cpu *cpu, u64 insns)
{
    cpu->retired = cpu_retired(cpu);
    cpu->slice = cpu->countdown = (i64)insns;
    cpu->leave = LEAVE_NONE;
    cpu->attention = 0;
    while (cpu->countdown > 0 && !cpu->attention && cpu->halted == RUNNING) {
        if (unlikely(cpu->irq_line | cpu->fiq_line | cpu->serror_pending) && take_interrupt(cpu)) {
            cpu->leave = LEAVE_NONE;
        }
        if (unlikely(cpu->il)) {
            exception_set(cpu, EC_ILLEGAL, 0);
            take_exception(cpu);
            cpu->leave = LEAVE_NONE;
        }
        if (unlikely(cpu->ctx & CTX_STEP)) {
            step(cpu);
        } else {
            const Op *op = next_op(cpu);
            if (op) {
                enter(cpu, op);
            } else {
                cpu->leave = LEAVE_NONE;
            }
        }
        if (unlikely(cpu->has_new_pc)) {
            cpu->has_new_pc = false;
            cpu->pc = cpu->new_pc;
        }
        if (cpu->leave >= LEAVE_HALT) {
            return;
        }
        if (cpu->leave == LEAVE_EXCEPTION) {
            cpu->leave = LEAVE_NONE;
        }
    }
}

/* -- A round ------------------------------------------------------------------------------------------------- */

static u64 minimum(u64 a, u64 b)
{
    return a < b ? a : b;
}

/* Virtual clock: a halted core sleeps until its timer or the round's end. */
static void sleep_in_round(Cpu *cpu)
{
    u64 now = cpu_now_ns(cpu), until = minimum(cpu->machine->round_end_ns, deadline(cpu));
    if (until > now) {
        cpu->idle_ns += until - now;
    }
}

static bool turn_is_over(Cpu *cpu)
{
    const Machine *m = cpu->machine;
    return m->virtual_clock ? cpu_now_ns(cpu) >= m->round_end_ns : cpu_retired(cpu) - cpu->round_retired >= QUANTUM_INSNS;
}

static u64 slice_length(Cpu *cpu)
{
    Machine *m = cpu->machine;
    u64 length = minimum(SLICE_INSNS, m->limit - machine_instructions(m));
    if (!m->virtual_clock) {
        return minimum(length, QUANTUM_INSNS - (cpu_retired(cpu) - cpu->round_retired));
    }
    u64 now = cpu_now_ns(cpu);
    return minimum(length, minimum(m->round_end_ns, cpu->deadline_ns > now ? cpu->deadline_ns : now + 1) - now);
}

static void breakpoint_hit(Cpu *cpu)
{
    Machine *m = cpu->machine;
    m->stop = STOP_BREAKPOINT;
    m->stop_cpu = cpu->index;
}

/* Runs a core to the end of its turn. False: the machine is to stop before that. */
static bool turn(Machine *m, Cpu *cpu)
{
    for (;;) {
        update_timer(cpu);
        if (!wake(cpu)) {
            if (!m->virtual_clock) {
                return true;
            }
            sleep_in_round(cpu);
        }
        if (turn_is_over(cpu)) {
            return true;
        }
        if (m->stop || requested(m)) {
            return false;
        }
        if (cpu->halted != RUNNING) {
            continue;
        }
        if (m->limit != NEVER && machine_instructions(m) >= m->limit) {
            machine_stop(m, STOP_LIMIT);
            return false;
        }
        fp_host_enter(cpu);
        run_slice(cpu, slice_length(cpu));
        fp_host_leave(cpu);
        if (m->stop) {
            return false;
        }
        if (cpu->leave == LEAVE_BREAKPOINT) {
            breakpoint_hit(cpu);
            return false;
        }
        if (cpu->leave == LEAVE_YIELD && m->n_cpus > 1) {
            if (m->virtual_clock && m->round_end_ns > cpu_now_ns(cpu)) {
                cpu->idle_ns += m->round_end_ns - cpu_now_ns(cpu);
            }
            return true;
        }
        if (host_now_ns() >= m->host_end_ns) {
            return false;
        }
    }
}

static bool all_asleep(Machine *m)
{
    for (unsigned i = 0; i < m->n_cpus; i++) {
        update_timer(m->cpus[i]);
        if (wake(m->cpus[i])) {
            return false;
        }
    }
    return true;
}

static u64 next_event_ns(const Machine *m)
{
    u64 next = events_next_ns(m);
    for (unsigned i = 0; i < m->n_cpus; i++) {
        next = minimum(next, deadline(m->cpus[i]));
    }
    return next;
}

static const char *halted_name(const Cpu *cpu)
{
    switch ((Halted)cpu->halted) {
    case HALTED_WFI: return "waits in WFI";
    case HALTED_WFE: return "waits in WFE";
    case POWERED_OFF: return "is off";
    case WEDGED: return "takes exception after exception";
    case RUNNING: break;
    }
    return "runs";
}

static void stuck(Machine *m)
{
    unsigned which = 0;
    for (unsigned i = m->n_cpus; i-- > 0;) {
        which = m->cpus[i]->halted != POWERED_OFF ? i : which;
    }
    m->stop = STOP_STUCK;
    m->stop_cpu = which;
    snprintf(m->stop_message, sizeof(m->stop_message), "core %u %s at 0x%" PRIx64 " and nothing can wake it", which,
             halted_name(m->cpus[which]), m->cpus[which]->pc);
}

/* No interrupt wakes any core. */
static bool all_lost(const Machine *m)
{
    for (unsigned i = 0; i < m->n_cpus; i++) {
        if (m->cpus[i]->halted != POWERED_OFF && m->cpus[i]->halted != WEDGED) {
            return false;
        }
    }
    return true;
}

/* Every core sleeps: on to the next event. False: the caller is to look at its signals first, or the guest is stuck. */
static bool idle(Machine *m)
{
    u64 next = next_event_ns(m), host_now = host_now_ns();
    bool never = next >= END_OF_TIME;
    if (all_lost(m) || (never && !m->external_input)) {
        stuck(m);
        return false;
    }
    if (m->virtual_clock && !never) {
        m->round_ns = next > m->round_ns ? next : m->round_ns;
        return true;
    }
    u64 left = m->host_end_ns > host_now ? m->host_end_ns - host_now : 0;
    u64 now = machine_now_ns(m);
    u64 sleep = never ? left : minimum(left, next > now ? next - now : 0);
    wakeup_wait(m->wakeup, sleep, &m->request);
    return !requested(m) && host_now_ns() < m->host_end_ns;
}

static bool begin_round(Machine *m)
{
    for (unsigned i = 0; i < m->n_cpus; i++) {
        Cpu *cpu = m->cpus[i];
        cpu->round_retired = cpu_retired(cpu);
        cpu->idle_ns = 0;
    }
    m->current = m->n_cpus;
    if (!events_fire(m, machine_now_ns(m))) {
        return false;
    }
    if (all_asleep(m) && !idle(m)) {
        return false;
    }
    if (!events_fire(m, machine_now_ns(m))) {
        return false;
    }
    u64 quantum = m->n_cpus == 1 ? QUANTUM_ALONE_NS : QUANTUM_NS;
    u64 next = events_next_ns(m);   /* may be now, for what callbacks have added: the guest gets on nevertheless */
    m->round_end_ns = next <= m->round_ns ? m->round_ns + 1 : minimum(m->round_ns + quantum, next);
    m->current = 0;
    m->in_round = true;
    return true;
}

/* A round that was shortened may have been passed by an instruction. */
static void end_round(Machine *m)
{
    u64 end = m->round_end_ns;
    for (unsigned i = 0; m->virtual_clock && i < m->n_cpus; i++) {
        u64 now = cpu_now_ns(m->cpus[i]);
        end = now > end ? now : end;
    }
    m->in_round = false;
    if (m->virtual_clock) {
        m->round_ns = end;
    }
}

void machine_step_over(Machine *m)
{
    for (unsigned i = 0; i < m->n_cpus; i++) {
        m->cpus[i]->step_over = m->cpus[i]->pc;
    }
}

/* Others may now write what LDXR has marked, even twice, to what it was: the monitor is cleared, which is an event of WFE's. */
static void end_turn(const Machine *m, Cpu *cpu)
{
    if (cpu->exclusive && m->n_cpus > 1) {
        cpu->exclusive = false;
        cpu->event_register = true;
    }
}

static void run_rounds(Machine *m)
{
    while (!m->stop && !requested(m) && host_now_ns() < m->host_end_ns) {
        if (!m->in_round && !begin_round(m)) {
            return;
        }
        while (m->current < m->n_cpus) {
            if (!turn(m, m->cpus[m->current])) {
                return;
            }
            end_turn(m, m->cpus[m->current]);
            m->current++;
        }
        end_round(m);
    }
}

Stop machine_run(Machine *m, u64 limit, u64 host_ns)
{
    m->limit = limit;
    if (machine_instructions(m) >= limit) {
        return m->stop = STOP_LIMIT;
    }
    m->stop = STOP_NONE;
    resume_clock(m);
    m->host_end_ns = host_now_ns() + host_ns;
    run_rounds(m);
    pause_clock(m);
    return m->stop;
}

void machine_clear_request(Machine *m)
{
    __atomic_store_n(&m->request, 0, __ATOMIC_RELAXED);
}
