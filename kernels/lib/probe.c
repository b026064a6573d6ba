// SPDX-License-Identifier: MIT
// Exceptions as results: run an action, and tell whether and how it was stopped.

#include "guest.h"

extern u64 probe_run(Action action, u64 a, u64 b);
extern void probe_resume(void);

static struct Fault last;

/* Note what happened, and go back to the caller of probe instead of the faulting code. */
static bool note_fault(struct Frame *frame, unsigned vector)
{
    last = (struct Fault){true, vector, frame->esr, frame->far, frame->elr, frame->spsr, frame->x[0]};
    frame->elr = (u64)probe_resume;
    frame->spsr = 0x3c5;
    return true;
}

struct Fault probe(Action action, u64 a, u64 b, u64 *result)
{
    bool (*outer)(struct Frame *frame, unsigned vector) = sync_handler;
    last = (struct Fault){0};
    sync_handler = note_fault;
    u64 value = probe_run(action, a, b);
    sync_handler = outer;
    if (result)
        *result = value;
    return last;
}

u64 load32(u64 address, u64 unused)
{
    u32 value;
    (void)unused;
    __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

u64 store32(u64 address, u64 value)
{
    __asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(address) : "memory");
    return 0;
}

u64 execute(u64 address, u64 argument)
{
    return ((u64 (*)(u64))address)(argument);
}
