// SPDX-License-Identifier: MIT
// Power State Coordination Interface (Arm DEN 0022), through the conduit that the device tree's /psci names.

#include "guest.h"

enum { PSCI_CPU_OFF = 0x84000002, PSCI_SYSTEM_OFF = 0x84000008 };
#define PSCI_CPU_ON_64 0xc4000003u
#define PSCI_AFFINITY_INFO_64 0xc4000004u

extern void secondary_start(u64 cpu);

static bool find_smc(const struct FdtNode *node, void *use_smc)
{
    if (!string_equal(node->path, "/psci"))
        return true;
    *(bool *)use_smc = fdt_property_is(node, "method", "smc");
    return false;
}

i64 psci_call(u32 function, u64 a, u64 b, u64 c)
{
    static bool known, use_smc;
    if (!known) {
        fdt_walk(&fdt, find_smc, &use_smc);
        known = true;
    }
    register u64 x0 __asm__("x0") = function;
    register u64 x1 __asm__("x1") = a;
    register u64 x2 __asm__("x2") = b;
    register u64 x3 __asm__("x3") = c;
    if (use_smc)
        __asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
    else
        __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
    return (i64)x0;
}

i64 cpu_on(u64 mpidr, unsigned cpu)
{
    return (int)psci_call(PSCI_CPU_ON_64, mpidr, (u64)secondary_start, cpu);
}

i64 affinity_info(u64 mpidr)
{
    return (int)psci_call(PSCI_AFFINITY_INFO_64, mpidr, 0, 0);
}

_Noreturn void cpu_off(void)
{
    psci_call((u32)PSCI_CPU_OFF, 0, 0, 0);
    die("CPU_OFF returned");
}

_Noreturn void power_off(void)
{
    psci_call((u32)PSCI_SYSTEM_OFF, 0, 0, 0);
    for (;;)
        barrier("wfi");
}
