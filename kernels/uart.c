// SPDX-License-Identifier: MIT
// uart: the PL011's registers, and an echo that runs on its receive interrupts.
//
// Proves: identification registers, masked and raw interrupt status, transmit interrupt, receive and receive
// timeout interrupts through the GIC, FIFO order. After "ready" it prints what it gets, until 'q'.
// Expected output: uart.expected, for the input "hello, world" without a newline and then "q".

#include "gic.h"

enum { UARTDR = 0x00, UARTFR = 0x18, UARTIMSC = 0x38, UARTRIS = 0x3c, UARTMIS = 0x40, UARTICR = 0x44, UARTPeriphID0 = 0xfe0 };
enum { UARTFR_RXFE = 1 << 4, UARTFR_TXFE = 1 << 7, RXIM = 1 << 4, TXIM = 1 << 5, RTIM = 1 << 6 };

static u32 intid;
static volatile bool quit;
static volatile unsigned received, transmit_interrupts;

static u32 read(u32 offset) { return mmio_read32(uart_base + offset); }
static void write(u32 offset, u32 value) { mmio_write32(uart_base + offset, value); }

static bool find_interrupt(const struct FdtNode *node, void *unused)
{
    struct FdtProperty interrupts;
    u32 number;
    (void)unused;
    if (!fdt_is_compatible(node, "arm,pl011"))
        return true;
    if (fdt_property(node, "interrupts", &interrupts) && fdt_cell(&interrupts, 1, &number))
        intid = GIC_SPI + number;
    return false;
}

static void take_characters(void)
{
    write(UARTICR, RXIM | RTIM); /* before reading: what comes in between raises it again */
    while (!(read(UARTFR) & UARTFR_RXFE) && !quit) {
        char c = (char)read(UARTDR);
        if (c == 'q')
            quit = true;
        else
            put_char(c);
        received++;
    }
}

static void on_irq(void)
{
    u32 acknowledged = gic_acknowledge();
    u32 status = gic_intid(acknowledged) == intid ? read(UARTMIS) : 0;
    if (status & TXIM) {
        transmit_interrupts++;
        write(UARTIMSC, read(UARTIMSC) & ~(u32)TXIM);
    }
    if (status & (RXIM | RTIM))
        take_characters();
    gic_end(acknowledged);
}

static void identify(void)
{
    print("ID:");
    for (u32 i = 0; i < 8; i++)
        print(" %02x", read(UARTPeriphID0 + 4 * i));
    print("\n");
}

/* The transmit FIFO drains below its trigger level: raw status, then masked status and an interrupt. */
static void transmit(void)
{
    put_char('\n');
    while (!(read(UARTFR) & UARTFR_TXFE))
        ;
    print("TX: raw %u, masked %u\n", read(UARTRIS) >> 5 & 1, read(UARTMIS) >> 5 & 1);
    write(UARTIMSC, TXIM);
    irq_enable();
    while (!transmit_interrupts)
        ;
    irq_disable();
    print("TX: interrupts %u\n", transmit_interrupts);
    write(UARTICR, 0x7ff);
    print("TX: raw after clear %u\n", read(UARTRIS) >> 5 & 1);
}

static void echo(void)
{
    gic_enable(intid, 0x80);
    write(UARTIMSC, RXIM | RTIM);
    print("ready\n");
    irq_enable();
    while (!quit) {
        irq_disable(); /* WFI wakes for a masked interrupt too, so none is lost between the test and it */
        if (!quit)
            barrier("wfi");
        irq_enable();
        barrier("isb");
    }
    irq_disable();
    print("\nreceived %u\n", received);
}

void main(void)
{
    gic_init();
    irq_handler = on_irq;
    fdt_walk(&fdt, find_interrupt, NULL);
    print("INTID %u\n", intid);
    identify();
    gic_enable(intid, 0x80);
    transmit();
    echo();
    print("done\n");
}
