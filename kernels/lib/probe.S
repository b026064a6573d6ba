// SPDX-License-Identifier: MIT
// probe_run: call an action that is likely to take an exception, and come back either way. probe.c has the handler.

    .file   "probe.S"
    .section .text.probe, "ax"
    .global probe_run, probe_resume, enter_el0

// u64 probe_run(u64 (*action)(u64, u64), u64 a, u64 b): what the action returns, or 0 if it did not return.
probe_run:
    ldr     x9, =saved
    stp     x19, x20, [x9]
    stp     x21, x22, [x9, #0x10]
    stp     x23, x24, [x9, #0x20]
    stp     x25, x26, [x9, #0x30]
    stp     x27, x28, [x9, #0x40]
    stp     x29, x30, [x9, #0x50]
    mov     x10, sp
    str     x10, [x9, #0x60]
    mov     x9, x0
    mov     x0, x1
    mov     x1, x2
    blr     x9
    b       restore
probe_resume:                           // the handler returns here, at EL1h
    mov     x0, #0
restore:
    ldr     x9, =saved
    ldp     x19, x20, [x9]
    ldp     x21, x22, [x9, #0x10]
    ldp     x23, x24, [x9, #0x20]
    ldp     x25, x26, [x9, #0x30]
    ldp     x27, x28, [x9, #0x40]
    ldp     x29, x30, [x9, #0x50]
    ldr     x10, [x9, #0x60]
    mov     sp, x10
    ret

// u64 enter_el0(u64 pc, u64 argument): an action. Go on at EL0 with x0 = argument; an exception ends it.
enter_el0:
    msr     elr_el1, x0
    mov     x0, x1
    mov     x1, #0x3c0                  // EL0t, DAIF masked
    msr     spsr_el1, x1
    eret

    .section .bss.probe, "aw", %nobits
    .balign 16
saved:
    .space  0x70
