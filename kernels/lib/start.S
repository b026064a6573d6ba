// SPDX-License-Identifier: MIT
// Entry points of the boot CPU and of the others, and the EL1 vector table.
//
// On entry: EL1 or EL2, MMU and caches off, DAIF masked. The boot CPU has the device tree's address in x0 (or something
// else: fdt_open checks), another CPU the context argument of PSCI CPU_ON, which is its index.

#define STACK_BYTES 0x4000
#define FRAME_BYTES 0x120               // struct Frame in guest.h

    .file   "start.S"
    .section .text.start, "ax"
    .global _start, secondary_start
_start:
    mov     x19, x0
    bl      to_el1
    mov     x0, #0
    bl      cpu_setup
    ldr     x1, =bss_start              // nothing is on the stack yet, which is part of .bss
    ldr     x2, =bss_end
0:  stp     xzr, xzr, [x1], #16
    cmp     x1, x2
    b.lo    0b
    mov     x0, x19
    bl      boot_cpu
    b       .

secondary_start:
    mov     x19, x0
    bl      to_el1
    mov     x0, x19
    bl      cpu_setup
    mov     x0, x19
    bl      secondary_cpu
    b       .

// x0: CPU index. Stack, vectors, FP and SIMD on.
cpu_setup:
    ldr     x1, =stacks
    mov     x2, #STACK_BYTES
    madd    x1, x0, x2, x1
    add     sp, x1, x2
    ldr     x1, =vectors
    msr     vbar_el1, x1
    mov     x1, #(3 << 20)              // CPACR_EL1.FPEN: no traps
    msr     cpacr_el1, x1
    isb
    ret

// Return at EL1. From EL2: no traps, no virtual offset, a SCTLR_EL1 of RES1 bits only.
to_el1:
    mrs     x1, CurrentEL
    cmp     x1, #(2 << 2)
    b.ne    2f
    mov     x1, #(1 << 31)              // HCR_EL2.RW: EL1 is AArch64
    msr     hcr_el2, x1
    mov     x1, #3                      // CNTHCTL_EL2: EL1 may use the physical timer
    msr     cnthctl_el2, x1
    msr     cntvoff_el2, xzr
    mov     x1, #0x33ff                 // CPTR_EL2: RES1 bits, no traps
    msr     cptr_el2, x1
    mrs     x1, midr_el1
    msr     vpidr_el2, x1
    mrs     x1, mpidr_el1
    msr     vmpidr_el2, x1
    mrs     x1, id_aa64pfr0_el1
    tst     x1, #(0xf << 24)            // GIC: system register interface
    b.eq    1f
    mov     x1, #0xf                    // ICC_SRE_EL2: EL1 uses it too
    msr     S3_4_C12_C9_5, x1
1:  ldr     x1, =0x30d00800
    msr     sctlr_el1, x1
    mov     x1, #0x3c5                  // EL1h, DAIF masked
    msr     spsr_el2, x1
    msr     elr_el2, x30
    eret
2:  ret

    .section .text.vectors, "ax"
.macro vector number
    .balign 0x80
    sub     sp, sp, #FRAME_BYTES
    stp     x0, x1, [sp]
    mov     x1, #\number
    b       exception_common
.endm

    .balign 0x800
vectors:
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vector  \number
    .endr

exception_common:                       // x1: vector number; x0, x1 saved
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    mrs     x2, sp_el0
    stp     x30, x2, [sp, #0xf0]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [sp, #0x100]
    mrs     x2, esr_el1
    mrs     x3, far_el1
    stp     x2, x3, [sp, #0x110]
    mov     x0, sp
    bl      exception_entry
    ldp     x2, x3, [sp, #0x100]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    ldp     x30, x2, [sp, #0xf0]
    msr     sp_el0, x2
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    ldp     x0, x1, [sp], #FRAME_BYTES
    eret

    .section .bss.stacks, "aw", %nobits
    .balign 16
stacks:
    .space  STACK_BYTES * 8             // MAX_CPUS
