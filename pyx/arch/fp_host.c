/* SPDX-License-Identifier: MIT
 * Who owns the host's FPU, and FPSR as the sum of what soft-float and the host have gathered. */
#include "arch/fp_host.h"
#include "arch/effects.h"

#if defined(__x86_64__)
enum { HOST_DEFAULT = 0x1f80, HOST_FLAGS = 0x3f };      /* MXCSR: all masked, no FTZ or DAZ, to nearest */

static u32 host_control(void) { return _mm_getcsr(); }
static void set_host_control(u32 value) { _mm_setcsr(value); }

static u32 host_flags(void)     /* IE, DE, ZE, OE, UE, PE to IOC, none, DZC, OFC, UFC, IXC */
{
    u32 csr = _mm_getcsr();
    return (csr & 1) | (csr >> 1 & 0x1e);
}

static void clear_host_flags(void) { _mm_setcsr(_mm_getcsr() & ~(u32)HOST_FLAGS); }

#elif defined(__aarch64__)
enum { HOST_DEFAULT = 0 };

static u32 host_control(void) { u64 v; __asm__ volatile("mrs %0, fpcr" : "=r"(v)); return (u32)v; }
static void clear_host_flags(void) { __asm__ volatile("msr fpsr, xzr"); }
static void set_host_control(u32 value)
{
    __asm__ volatile("msr fpcr, %0" : : "r"((u64)value));
    clear_host_flags();
}
static u32 host_flags(void) { u64 v; __asm__ volatile("mrs %0, fpsr" : "=r"(v)); return (u32)v & 0x1f; }

#else
enum { HOST_DEFAULT = 0 };

static u32 host_control(void) { return 0; }
static void set_host_control(u32 value) { (void)value; }
static u32 host_flags(void) { return 0; }
static void clear_host_flags(void) { }
#endif

void fp_host_enter(Cpu *cpu)
{
    cpu->fp_host_control = host_control();
    cpu->fp_host_active = true;
    set_host_control(HOST_DEFAULT);
}

void fp_host_leave(Cpu *cpu)
{
    cpu->fpsr |= host_flags();
    cpu->fp_host_active = false;
    set_host_control(cpu->fp_host_control);
}

u32 fpsr_read(Cpu *cpu)
{
    if (cpu->fp_host_active)
        cpu->fpsr |= host_flags();
    return cpu->fpsr;
}

void fpsr_write(Cpu *cpu, u32 value)
{
    if (cpu->fp_host_active)
        clear_host_flags();
    cpu->fpsr = value & FPSR_MASK;
}

bool fp_host_has_fma(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("fma") && __builtin_cpu_supports("sse4.1");
#else
    return FP_HOST;
#endif
}
