/* SPDX-License-Identifier: MIT
 * A guest that does what a list in RAM says: accesses to memory and system registers, each on a core of its choice, one at a time.
 * It prints what every read gave, a hexadecimal number a line, and powers off. gic_probe.py writes the list. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

enum { READ, WRITE, MRS, MSR };

typedef struct Command { u8 kind, cpu, size, reg; u32 unused; u64 address, value; } Command;
typedef struct Header { u64 commands, cpus; } Header;

/* A core waits until `posted` changes, obeys, and makes `done` the same. */
typedef struct Mailbox { volatile u64 posted, done; u64 result; Command command; } Mailbox;

#define HEADER ((const volatile Header *)0x47fff000)
#define COMMANDS ((const Command *)0x48000000)
#define UARTDR ((volatile u32 *)0x09000000)

static Mailbox mailboxes[8];

__asm__(".globl _start\n"
        "_start: mov x0, #0\n"
        ".globl secondary\n"
        "secondary: adrp x1, stacks\n"
        "    add x1, x1, :lo12:stacks\n"
        "    add x2, x0, #1\n"
        "    add x1, x1, x2, lsl #12\n"
        "    mov sp, x1\n"
        "    b core\n"
        ".globl firmware\n"
        "firmware: hvc #0\n"
        "    ret\n"
        ".bss\n.balign 4096\nstacks: .space 8 * 4096\n.text\n");
extern char secondary[];
u64 firmware(u64 function, u64 a, u64 b, u64 c);

/* ORDER(probe registers): as REGISTERS in gic_probe.py; S3_0_... where an assembler may not know the name. */
#define READABLE(_) \
    _(0, "S3_0_C12_C8_0") _(1, "S3_0_C12_C12_0") _(2, "S3_0_C12_C8_2") _(3, "S3_0_C12_C12_2") _(4, "S3_0_C12_C8_3") \
    _(5, "S3_0_C12_C12_3") _(6, "S3_0_C12_C12_4") _(7, "S3_0_C4_C6_0") _(8, "S3_0_C12_C12_6") _(9, "S3_0_C12_C12_7") \
    _(10, "S3_0_C12_C8_4") _(11, "S3_0_C12_C9_0") _(12, "S3_0_C12_C11_3") _(13, "isr_el1")
#define WRITABLE(_) \
    _(4, "S3_0_C12_C8_3") _(5, "S3_0_C12_C12_3") _(6, "S3_0_C12_C12_4") _(7, "S3_0_C4_C6_0") _(8, "S3_0_C12_C12_6") \
    _(9, "S3_0_C12_C12_7") _(10, "S3_0_C12_C8_4") _(11, "S3_0_C12_C9_0") _(14, "S3_0_C12_C8_1") _(15, "S3_0_C12_C12_1") \
    _(16, "S3_0_C12_C11_1") _(17, "S3_0_C12_C11_7") _(18, "S3_0_C12_C11_5") _(19, "S3_0_C12_C11_6") _(20, "cntp_ctl_el0") \
    _(21, "cntv_ctl_el0")

static u64 read_register(unsigned reg)
{
    u64 value = 0;

    switch (reg) {
#define CASE(n, name) case n: __asm__ volatile("mrs %0, " name : "=r"(value)); break;
    READABLE(CASE)
#undef CASE
    }
    return value;
}

static void write_register(unsigned reg, u64 value)
{
    switch (reg) {
#define CASE(n, name) case n: __asm__ volatile("msr " name ", %0" :: "r"(value)); break;
    WRITABLE(CASE)
#undef CASE
    }
}

static u64 read_memory(u64 address, unsigned size)
{
    switch (size) {
    case 1: return *(volatile u8 *)address;
    case 2: return *(volatile u16 *)address;
    case 4: return *(volatile u32 *)address;
    default: return *(volatile u64 *)address;
    }
}

static void write_memory(u64 address, unsigned size, u64 value)
{
    switch (size) {
    case 1: *(volatile u8 *)address = (u8)value; break;
    case 2: *(volatile u16 *)address = (u16)value; break;
    case 4: *(volatile u32 *)address = (u32)value; break;
    default: *(volatile u64 *)address = value; break;
    }
}

static u64 obey(const Command *c)
{
    u64 result = 0;

    switch (c->kind) {
    case READ: result = read_memory(c->address, c->size); break;
    case WRITE: write_memory(c->address, c->size, c->value); break;
    case MRS: result = read_register(c->reg); break;
    case MSR: write_register(c->reg, c->value); break;
    }
    __asm__ volatile("dsb sy; isb" ::: "memory");
    return result;
}

static void print(u64 value)
{
    char digits[16];
    int n = 0;

    do
        digits[n++] = "0123456789abcdef"[value & 15];
    while (value >>= 4);
    while (n)
        *UARTDR = (u32)digits[--n];
    *UARTDR = '\n';
}

static void barrier(void)
{
    __asm__ volatile("dmb sy" ::: "memory");
}

static void serve(Mailbox *box)
{
    u64 last = box->done = box->posted;

    for (;;) {
        while (box->posted == last)
            __asm__ volatile("yield");
        barrier();
        last = box->posted;
        box->result = obey(&box->command);
        barrier();
        box->done = last;
    }
}

static u64 post(Mailbox *box, const Command *c)
{
    box->command = *c;
    barrier();
    box->posted = box->posted + 1;
    while (box->done != box->posted)
        __asm__ volatile("yield");
    barrier();
    return box->result;
}

static void start_others(void)
{
    for (u64 cpu = 1; cpu < HEADER->cpus; cpu++) {
        mailboxes[cpu].posted = 1;
        barrier();
        firmware(0xc4000003, cpu, (u64)secondary, cpu);
        while (mailboxes[cpu].done != 1)
            __asm__ volatile("yield");
    }
}

void core(u64 me)
{
    if (me)
        serve(&mailboxes[me]);
    start_others();
    for (u64 i = 0; i < HEADER->commands; i++) {
        const Command *c = &COMMANDS[i];
        u64 result = c->cpu ? post(&mailboxes[c->cpu], c) : obey(c);
        if (c->kind == READ || c->kind == MRS)
            print(result);
    }
    firmware(0x84000008, 0, 0, 0);
    for (;;)
        ;
}
