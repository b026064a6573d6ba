// SPDX-License-Identifier: MIT
// gic: the life of interrupts, on GICv2 and GICv3 with the same output.
//
// Proves: SGI to self, enable and pending bits, priority order, priority mask, preemption, running priority, both EOI
// modes, pending while active, spurious acknowledge, highest pending. Expected output: gic.expected.

#include "gic.h"

enum { SPI_A = 72, SPI_B = 73, SPI_C = 74, SPURIOUS = 1023 }; /* the board wires nothing to these SPIs */

static unsigned depth;
static bool repeat; /* the handler makes its own interrupt pending again, once */
static bool split; /* EOImode 1 */
static u32 preempt_by; /* what the next handler makes pending, and lets preempt it */

static void on_irq(void)
{
    u32 acknowledged = gic_acknowledge(), intid = gic_intid(acknowledged);
    depth++;
    print("  %s%u begins: active %u pending %u running priority 0x%02x\n", depth > 1 ? "  " : "", intid,
          gic_is_active(intid), gic_is_pending(intid), gic_running_priority());
    if (repeat) {
        repeat = false;
        gic_set_pending(intid);
        print("  %u again: active %u pending %u\n", intid, gic_is_active(intid), gic_is_pending(intid));
    }
    if (preempt_by) {
        gic_set_pending(preempt_by);
        preempt_by = 0;
        irq_enable();
        barrier("isb");
        irq_disable();
    }
    gic_end(acknowledged);
    if (split) {
        print("  %u after EOIR: active %u running priority 0x%02x\n", intid, gic_is_active(intid),
              gic_running_priority());
        gic_deactivate(acknowledged);
    }
    print("  %s%u ends: active %u\n", depth > 1 ? "  " : "", intid, gic_is_active(intid));
    depth--;
}

/* Let what is pending happen. */
static void window(void)
{
    irq_enable();
    barrier("isb");
    for (volatile int i = 0; i < 10; i++)
        ;
    irq_disable();
}

static void basics(void)
{
    print("spurious acknowledge: %u\n", gic_intid(gic_acknowledge()));
    print("SGI 3 to self\n");
    gic_enable(3, 0x80);
    gic_send_sgi(3, 0);
    print("  pending %u highest pending %u\n", gic_is_pending(3), gic_highest_pending());
    window();
    print("SGI 3 set pending and cleared\n");
    gic_set_pending(3);
    print("  pending %u\n", gic_is_pending(3));
    gic_clear_pending(3);
    print("  pending %u highest pending %u\n", gic_is_pending(3), gic_highest_pending());
    window();
    print("SPI disabled: pending, not taken\n");
    gic_set_pending(SPI_A);
    window();
    print("  pending %u highest pending %u\n", gic_is_pending(SPI_A), gic_highest_pending());
    print("SPI enabled\n");
    gic_enable(SPI_A, 0xa0);
    window();
}

static void priorities(void)
{
    gic_enable(SPI_A, 0xc0);
    gic_enable(SPI_B, 0x40);
    gic_enable(SPI_C, 0x40);
    print("order: priority, then INTID\n");
    gic_set_pending(SPI_A);
    gic_set_pending(SPI_C);
    gic_set_pending(SPI_B);
    print("  highest pending %u\n", gic_highest_pending());
    window();
    print("mask 0x80: only what is above it\n");
    gic_priority_mask(0x80);
    gic_set_pending(SPI_A);
    gic_set_pending(SPI_B);
    window();
    print("mask 0xc0: equal is not above\n");
    gic_priority_mask(0xc0);
    window();
    print("mask 0xff\n");
    gic_priority_mask(0xff);
    window();
}

static void preemption(void)
{
    print("a higher priority preempts\n");
    preempt_by = SPI_B;
    gic_set_pending(SPI_A);
    window();
    print("an equal priority waits\n");
    preempt_by = SPI_C;
    gic_set_pending(SPI_B);
    window();
    print("a lower priority waits\n");
    preempt_by = SPI_A;
    gic_set_pending(SPI_B);
    window();
}

static void states(void)
{
    print("pending again while active\n");
    repeat = true;
    gic_set_pending(SPI_A);
    window();
    print("EOImode 1\n");
    split = true;
    gic_split_eoi(true);
    gic_set_pending(SPI_A);
    window();
    gic_send_sgi(3, 0);
    window();
    gic_split_eoi(false);
    split = false;
    print("disabled while pending\n");
    gic_set_pending(SPI_A);
    gic_disable(SPI_A);
    window();
    print("  pending %u\n", gic_is_pending(SPI_A));
    gic_clear_pending(SPI_A);
    print("  pending %u\n", gic_is_pending(SPI_A));
}

void main(void)
{
    gic_init();
    irq_handler = on_irq;
    for (u32 intid = SPI_A; intid <= SPI_C; intid++)
        gic_edge_triggered(intid);
    basics();
    priorities();
    preemption();
    states();
    print("running priority 0x%02x\ndone\n", gic_running_priority());
}
