/* SPDX-License-Identifier: MIT
 * What the runtime gives to guest programs: types, registers, printing, exceptions, PSCI, the device tree.
 * gic.h and mmu.h are for programs that need them. */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t i64;

#define MAX_CPUS 8

#define read_sysreg(name) ({ u64 value_; __asm__ volatile("mrs %0, " #name : "=r"(value_) : : "memory"); value_; })
#define write_sysreg(name, value) __asm__ volatile("msr " #name ", %0" : : "r"((u64)(value)) : "memory")
#define barrier(text) __asm__ volatile(text : : : "memory")
#define field(value, high, low) (((u64)(value) >> (low)) & (~0UL >> (63 - (high) + (low))))

static inline u32 mmio_read32(u64 address) { return *(volatile u32 *)address; }
static inline void mmio_write32(u64 address, u32 value) { *(volatile u32 *)address = value; }
static inline u64 mmio_read64(u64 address) { return *(volatile u64 *)address; }
static inline void mmio_write64(u64 address, u64 value) { *(volatile u64 *)address = value; }

/* A program defines main; the runtime powers the machine off when it returns. */
void main(void);
/* What another CPU runs after cpu_on; when it returns, the CPU turns itself off. Programs with several CPUs define it. */
void secondary_main(unsigned cpu);

/* print.c: PL011 and text. %s %c %d %u %x, with l for 64 bits, a width, and 0 in front of it. */
extern u64 uart_base;
void uart_init(void);
void put_char(char c);
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* psci.c */
enum { PSCI_SUCCESS = 0, PSCI_NOT_SUPPORTED = -1, PSCI_INVALID_PARAMETERS = -2, PSCI_ALREADY_ON = -4 };
i64 psci_call(u32 function, u64 a, u64 b, u64 c);
i64 cpu_on(u64 mpidr, unsigned cpu);
i64 affinity_info(u64 mpidr);
_Noreturn void cpu_off(void);
_Noreturn void power_off(void);

/* runtime.c: exceptions. The numbers of vectors are (VBAR offset) / 0x80. */
struct Frame {
    u64 x[31], sp_el0, elr, spsr, esr, far;
};
enum { VECTOR_KIND_SYNC = 0, VECTOR_KIND_IRQ = 1 };                /* number & 3 */
extern bool (*sync_handler)(struct Frame *frame, unsigned vector); /* true: handled, return to frame->elr */
extern void (*irq_handler)(void);
_Noreturn void die(const char *why);
static inline void irq_enable(void) { barrier("msr daifclr, #2"); }
static inline void irq_disable(void) { barrier("msr daifset, #2"); }

/* probe.c: do something that may fault, and tell how it did. */
struct Fault {
    bool taken;
    unsigned vector;
    u64 esr, far, elr, spsr, x0;
};
typedef u64 (*Action)(u64 a, u64 b);
struct Fault probe(Action action, u64 a, u64 b, u64 *result); /* result may be NULL */
u64 enter_el0(u64 pc, u64 argument);                          /* an Action */
u64 load32(u64 address, u64 unused);
u64 store32(u64 address, u64 value);
u64 execute(u64 address, u64 argument);

/* fdt.c: the device tree that the machine was started with. All reads are inside the blob, whatever it holds. */
struct Fdt {
    const u8 *base;
    u32 total, structs, structs_end, strings, strings_end;
};
struct FdtProperty {
    const u8 *data;
    u32 size;
};
struct FdtNode {
    const struct Fdt *fdt;
    const char *path;
    u32 properties;                /* offset of the first one in the blob */
    u32 address_cells, size_cells; /* the parent's, for reg */
};
extern struct Fdt fdt;
bool fdt_open(struct Fdt *result, u64 address);
/* Call visit for each node, parents first, until it returns false. False if the blob is damaged. */
bool fdt_walk(const struct Fdt *tree, bool (*visit)(const struct FdtNode *node, void *context), void *context);
bool fdt_property(const struct FdtNode *node, const char *name, struct FdtProperty *result);
bool fdt_cell(const struct FdtProperty *property, u32 index, u32 *value);
bool fdt_reg(const struct FdtNode *node, u32 index, u64 *address, u64 *size);
bool fdt_is_compatible(const struct FdtNode *node, const char *name);
bool fdt_property_is(const struct FdtNode *node, const char *name, const char *text);
bool string_equal(const char *a, const char *b);

#endif
