// SPDX-License-Identifier: MIT
// smp: bring every CPU of the device tree up, and let them count together.
//
// Proves: PSCI CPU_ON, CPU_OFF, AFFINITY_INFO and their errors, LDXR/STXR, LDAXR/STLXR locks with WFE and SEV, LSE
// atomics (if ID_AA64ISAR0_EL1 has them), SGIs both ways, each CPU's own interrupt state. Prints on CPU 0 only.
// Expected output: smp.expected, which is for four CPUs.

#include "gic.h"
#include "mmu.h"

enum { ROUNDS = 10000, PING = 1, PONG = 2 };
enum Phase { PHASE_START, PHASE_COUNT, PHASE_SIGNAL, PHASE_END };

static struct {
    u64 mpidr[MAX_CPUS];
    unsigned count;
} cpus;

static u64 *root;
static volatile unsigned phase, arrived, pongs, context_sum;
static volatile u32 exclusive, locked, lse, lock;

static bool find_cpu(const struct FdtNode *node, void *unused)
{
    u64 size;
    (void)unused;
    if (cpus.count < MAX_CPUS && fdt_property_is(node, "device_type", "cpu") &&
        fdt_reg(node, 0, &cpus.mpidr[cpus.count], &size))
        cpus.count++;
    return true;
}

static void add_exclusive(volatile u32 *counter)
{
    u32 value, failed;
    __asm__ volatile("0: ldxr %w0, [%2]\n add %w0, %w0, #1\n stxr %w1, %w0, [%2]\n cbnz %w1, 0b"
                     : "=&r"(value), "=&r"(failed)
                     : "r"(counter)
                     : "memory");
}

static void acquire(volatile u32 *which)
{
    u32 value, one = 1;
    __asm__ volatile("sevl\n0: wfe\n1: ldaxr %w0, [%2]\n cbnz %w0, 0b\n stxr %w0, %w1, [%2]\n cbnz %w0, 1b"
                     : "=&r"(value)
                     : "r"(one), "r"(which)
                     : "memory");
}

static void release(volatile u32 *which)
{
    __asm__ volatile("stlr wzr, [%0]\n sev" : : "r"(which) : "memory");
}

static void add_lse(volatile u32 *counter)
{
    __asm__ volatile(".arch_extension lse\n ldaddal %w0, wzr, [%1]\n .arch_extension nolse"
                     :
                     : "r"(1), "r"(counter)
                     : "memory");
}

static bool has_lse(void) { return field(read_sysreg(id_aa64isar0_el1), 23, 20) >= 2; }

static void count_together(void)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        add_exclusive(&exclusive);
        acquire(&lock);
        locked++;
        release(&lock);
        if (has_lse())
            add_lse(&lse);
        else
            add_exclusive(&lse);
    }
}

/* Add this CPU to those that have done the phase's work. */
static void arrive(void)
{
    add_exclusive(&arrived);
    barrier("dsb ish\n sev");
}

static void wait_for_phase(unsigned wanted)
{
    while (phase < wanted)
        barrier("wfe");
}

static void go_to(unsigned next)
{
    phase = next;
    barrier("dsb ish\n sev");
}

static void wait_for_arrivals(unsigned wanted)
{
    while (arrived < wanted)
        barrier("wfe");
    arrived = 0;
}

static void on_irq(void)
{
    u32 acknowledged = gic_acknowledge(), intid = gic_intid(acknowledged);
    gic_end(acknowledged);
    if (intid == PING) {
        gic_send_sgi(PONG, 0);
        arrive();
    } else if (intid == PONG) {
        pongs++;
    }
}

void secondary_main(unsigned cpu)
{
    mmu_enable(root, 0);
    gic_init_cpu(cpu);
    gic_enable(PING, 0x80);
    context_sum += cpu;
    arrive();
    if (phase == PHASE_END) /* the second time: only to show that it can be turned on again */
        return;
    wait_for_phase(PHASE_COUNT);
    count_together();
    arrive();
    wait_for_phase(PHASE_SIGNAL);
    irq_enable();
    while (phase < PHASE_END)
        barrier("wfe");
    irq_disable();
}

static void start_others(void)
{
    for (unsigned cpu = 1; cpu < cpus.count; cpu++) {
        print("cpu %u: affinity info %ld", cpu, affinity_info(cpus.mpidr[cpu]));
        i64 result = cpu_on(cpus.mpidr[cpu], cpu);
        wait_for_arrivals(1);
        print(", on %ld, affinity info %ld, on again %ld\n", result, affinity_info(cpus.mpidr[cpu]),
              cpu_on(cpus.mpidr[cpu], cpu));
    }
    print("no such cpu: on %ld, affinity info %ld\n", cpu_on(0xff00, 1), affinity_info(0xff00));
    print("indices add up to %u\n", context_sum);
}

static void signal_others(void)
{
    go_to(PHASE_SIGNAL);
    irq_enable();
    for (unsigned cpu = 1; cpu < cpus.count; cpu++) {
        unsigned before = pongs;
        gic_send_sgi(PING, cpu);
        while (pongs == before)
            barrier("nop");
        wait_for_arrivals(1);
        print("cpu %u: answers SGI %u with SGI %u\n", cpu, PING, PONG);
    }
    irq_disable();
}

static void wait_until_off(unsigned cpu)
{
    while (affinity_info(cpus.mpidr[cpu]) != 1)
        ;
}

static void stop_others(void)
{
    go_to(PHASE_END);
    for (unsigned cpu = 1; cpu < cpus.count; cpu++) {
        wait_until_off(cpu);
        print("cpu %u: off\n", cpu);
    }
    if (cpus.count > 1) {
        print("cpu 1: on %ld\n", cpu_on(cpus.mpidr[1], 1));
        wait_for_arrivals(1);
        wait_until_off(1);
        print("cpu 1: off\n");
    }
}

void main(void)
{
    fdt_walk(&fdt, find_cpu, NULL);
    print("%u cpus\n", cpus.count);
    root = mmu_identity();
    mmu_enable(root, 0);
    gic_init();
    irq_handler = on_irq;
    gic_enable(PONG, 0x80);
    start_others();
    go_to(PHASE_COUNT);
    count_together();
    wait_for_arrivals(cpus.count - 1);
    print("counted: exclusive %u, locked %u, atomic %u\n", exclusive, locked, lse);
    signal_others();
    stop_others();
    print("done\n");
}
