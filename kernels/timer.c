// SPDX-License-Identifier: MIT
// timer: the EL1 virtual and physical timers, and their interrupts through the GIC that the device tree describes.
//
// Proves: CNTFRQ_EL0, counters that go on and agree, CVAL and TVAL, ENABLE, IMASK, ISTATUS, PPI delivery, WFI that an
// interrupt ends, also a masked one. Expected output: timer.expected; nothing in it depends on speed.

#include "gic.h"

struct Timer {
    const char *name;
    u32 intid;
    u64 (*counter)(void);
    u64 (*control)(void);
    u64 (*compare)(void);
    u64 (*remaining)(void);
    void (*set_control)(u64);
    void (*set_compare)(u64);
    void (*set_remaining)(u64);
};

enum { CTL_ENABLE = 1, CTL_IMASK = 2, CTL_ISTATUS = 4, ROUNDS = 5 };

#define READER(name, register)                                                                                         \
    static u64 name(void)                                                                                              \
    {                                                                                                                  \
        barrier("isb");                                                                                                \
        return read_sysreg(register);                                                                                  \
    }
#define WRITER(name, register)                                                                                         \
    static void name(u64 value)                                                                                        \
    {                                                                                                                  \
        write_sysreg(register, value);                                                                                 \
        barrier("isb");                                                                                                \
    }
READER(virtual_counter, cntvct_el0)
READER(virtual_control, cntv_ctl_el0)
READER(virtual_compare, cntv_cval_el0)
READER(virtual_remaining, cntv_tval_el0)
WRITER(set_virtual_control, cntv_ctl_el0)
WRITER(set_virtual_compare, cntv_cval_el0)
WRITER(set_virtual_remaining, cntv_tval_el0)
READER(physical_counter, cntpct_el0)
READER(physical_control, cntp_ctl_el0)
READER(physical_compare, cntp_cval_el0)
READER(physical_remaining, cntp_tval_el0)
WRITER(set_physical_control, cntp_ctl_el0)
WRITER(set_physical_compare, cntp_cval_el0)
WRITER(set_physical_remaining, cntp_tval_el0)

static struct Timer timers[] = {
    {"virtual", 0, virtual_counter, virtual_control, virtual_compare, virtual_remaining, set_virtual_control,
     set_virtual_compare, set_virtual_remaining},
    {"physical", 0, physical_counter, physical_control, physical_compare, physical_remaining, set_physical_control,
     set_physical_compare, set_physical_remaining},
};

static struct Timer *current;
static u64 ticks;
static volatile unsigned taken, early, wrong;

static void on_irq(void)
{
    u32 acknowledged = gic_acknowledge();
    taken++;
    wrong += gic_intid(acknowledged) != current->intid || !(current->control() & CTL_ISTATUS);
    early += current->counter() < current->compare();
    current->set_compare(current->counter() + ticks);
    if (taken == ROUNDS)
        current->set_control(0);
    gic_end(acknowledged);
}

/* interrupts: (type, number, flags) of secure physical, physical, virtual, hypervisor timer; type 1 is a PPI. */
static bool find_timer(const struct FdtNode *node, void *unused)
{
    struct FdtProperty interrupts;
    u32 physical, virtual;
    (void)unused;
    if (!fdt_is_compatible(node, "arm,armv8-timer"))
        return true;
    if (fdt_property(node, "interrupts", &interrupts) && fdt_cell(&interrupts, 4, &physical) &&
        fdt_cell(&interrupts, 7, &virtual)) {
        timers[0].intid = GIC_PPI + virtual;
        timers[1].intid = GIC_PPI + physical;
    }
    return false;
}

static const char *yes(bool value) { return value ? "yes" : "no"; }

static void registers(const struct Timer *timer)
{
    u64 before = timer->counter();
    timer->set_control(0);
    timer->set_compare(before + 1000000000000UL);
    u64 left = timer->remaining(), now = timer->counter();
    print("%s: TVAL is CVAL minus the counter: %s\n", timer->name,
          yes((u32)left - (u32)(timer->compare() - now) <= (u32)(now - before)));
    timer->set_remaining(0xffffffffUL); /* -1 */
    now = timer->counter();
    print("%s: TVAL is signed: %s\n", timer->name, yes(timer->compare() < now && timer->compare() + 1 >= before));
    timer->set_control(CTL_ENABLE | CTL_IMASK);
    print("%s: CTL when past, masked: %lu\n", timer->name, timer->control());
    print("%s: pending when masked: %s\n", timer->name, yes(gic_is_pending(timer->intid)));
    timer->set_compare(~0UL);
    print("%s: CTL when far: %lu\n", timer->name, timer->control());
    timer->set_control(0);
}

static void interrupts(struct Timer *timer)
{
    current = timer;
    taken = early = wrong = 0;
    gic_enable(timer->intid, 0x80);
    timer->set_compare(timer->counter() + ticks);
    timer->set_control(CTL_ENABLE);
    irq_enable();
    while (taken < ROUNDS)
        barrier("wfi");
    irq_disable();
    gic_disable(timer->intid);
    print("%s: INTID %u, interrupts %u, early %u, wrong %u\n", timer->name, timer->intid, taken, early, wrong);
}

/* WFI ends when an interrupt is pending, though PSTATE.I masks it. */
static void masked_wait(struct Timer *timer)
{
    gic_enable(timer->intid, 0x80);
    u64 end = timer->counter() + ticks;
    timer->set_compare(end);
    timer->set_control(CTL_ENABLE);
    while (timer->counter() < end)
        barrier("wfi");
    barrier("wfi"); /* it is pending now: no wait at all */
    print("%s: WFI ended masked, pending: %s\n", timer->name, yes(gic_is_pending(timer->intid)));
    timer->set_control(0);
    gic_disable(timer->intid);
    print("%s: line down, pending: %s\n", timer->name, yes(gic_is_pending(timer->intid)));
}

void main(void)
{
    gic_init();
    irq_handler = on_irq;
    fdt_walk(&fdt, find_timer, NULL);
    print("CNTFRQ_EL0 %lu\n", read_sysreg(cntfrq_el0));
    ticks = read_sysreg(cntfrq_el0) / 1000;
    u64 a = physical_counter(), b = virtual_counter(), c = physical_counter();
    print("the counters agree: %s\n", yes(a <= b && b <= c));
    for (unsigned i = 0; i < 2; i++) {
        registers(&timers[i]);
        interrupts(&timers[i]);
        masked_wait(&timers[i]);
    }
    print("done\n");
}
