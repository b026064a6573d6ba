// SPDX-License-Identifier: MIT
// From the entry points to main, and from the vectors to the program's handlers.

#include "guest.h"

#define RAM_START 0x40000000UL

struct Fdt fdt;
bool (*sync_handler)(struct Frame *frame, unsigned vector);
void (*irq_handler)(void);

static bool find_uart(const struct FdtNode *node, void *unused)
{
    u64 address, size;
    (void)unused;
    if (!fdt_is_compatible(node, "arm,pl011") || !fdt_reg(node, 0, &address, &size))
        return true;
    uart_base = address;
    return false;
}

/* Loaders that do not pass the device tree in x0 (QEMU and an ELF file) leave it at the start of RAM. */
void boot_cpu(u64 fdt_address)
{
    if (fdt_open(&fdt, fdt_address) || fdt_open(&fdt, RAM_START))
        fdt_walk(&fdt, find_uart, NULL);
    uart_init();
    main();
    power_off();
}

__attribute__((weak)) void secondary_main(unsigned cpu) { (void)cpu; }

void secondary_cpu(u64 cpu)
{
    secondary_main((unsigned)cpu);
    cpu_off();
}

void exception_entry(struct Frame *frame, unsigned vector)
{
    unsigned kind = vector & 3;
    if (kind == VECTOR_KIND_IRQ && irq_handler) {
        irq_handler();
        return;
    }
    if (kind == VECTOR_KIND_SYNC && sync_handler && sync_handler(frame, vector))
        return;
    print("unexpected exception: vector 0x%x ESR 0x%lx FAR 0x%lx ELR 0x%lx SPSR 0x%lx\n", vector * 0x80, frame->esr,
          frame->far, frame->elr, frame->spsr);
    die("stopped");
}

_Noreturn void die(const char *why)
{
    print("FAILED: %s\n", why);
    power_off();
}

/* GCC calls these even in freestanding code. */
void *memset(void *target, int value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((volatile u8 *)target)[i] = (u8)value;
    return target;
}

void *memcpy(void *restrict target, const void *restrict source, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((volatile u8 *)target)[i] = ((const u8 *)source)[i];
    return target;
}
