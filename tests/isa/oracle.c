/* SPDX-License-Identifier: MIT
 * AArch64 program: runs one instruction word after the other, each with registers and memory of its own.
 * stdin: the number of words, of records (u32 each); the words; records: of registers (record.py), WINDOW bytes of memory, and the
 * index of the word (u32), with 4 unused bytes.
 * stdout: the records after; the last four bytes of the registers say what happened: 0 it completed, 1 SIGILL, 2 a fault.
 * With an argument: stdin is words, stdout a byte for each: 0 it completed, 1 SIGILL, 2 a fault; all registers point at nothing.
 * Words must not branch, write TPIDR_EL0, or call the system. Built with -static, run by qemu-aarch64. */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WINDOW = 0x400, SIZE = 792 + WINDOW + 8, SLOT = 4, BATCH = 64 };
#define DATA ((unsigned char *)0x40101000)
#define CODE ((uint32_t *)0x2000000)          /* within reach of a branch from the program */

typedef struct Record { unsigned char v[512]; uint64_t x[32], pc; uint32_t nzcv, fpcr, fpsr, stop;
    unsigned char memory[WINDOW]; uint32_t index, unused; } Record;

uint64_t host_x[32];   /* what leave() restores */
static Record records[BATCH];
Record *current;
static sigjmp_buf out;
static unsigned char signal_stack[65536] __attribute__((aligned(16)));

/* enter(slot): loads all but X0 and X30, and jumps to the slot, which loads these and runs the word. */
void enter(uint32_t *slot);
void leave(void);
__asm__(
    ".text\n.global enter, leave\n"
    "enter:\n"
    " adrp x9, host_x\n add x9, x9, :lo12:host_x\n"
    " stp x19, x20, [x9]\n stp x21, x22, [x9, #16]\n stp x23, x24, [x9, #32]\n stp x25, x26, [x9, #48]\n"
    " stp x27, x28, [x9, #64]\n stp x29, x30, [x9, #80]\n mov x10, sp\n str x10, [x9, #96]\n mrs x10, tpidr_el0\n str x10, [x9, #104]\n"
    " stp d8, d9, [x9, #128]\n stp d10, d11, [x9, #144]\n stp d12, d13, [x9, #160]\n stp d14, d15, [x9, #176]\n"
    " mov x30, x0\n"
    " adrp x0, current\n ldr x0, [x0, :lo12:current]\n"
    " .irp i, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30\n ldr q\\i, [x0, #16 * \\i]\n .endr\n"
    " .irp i, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31\n ldr q\\i, [x0, #16 * \\i]\n .endr\n"
    " ldr w1, [x0, #776]\n msr nzcv, x1\n ldr w1, [x0, #780]\n msr fpcr, x1\n ldr w1, [x0, #784]\n msr fpsr, x1\n"
    " ldr x1, [x0, #760]\n mov sp, x1\n"
    " .irp i, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29\n ldr x\\i, [x0, #512 + 8 * \\i]\n .endr\n"
    " br x30\n"
    "leave:\n"
    " msr tpidr_el0, x0\n"
    " adrp x0, current\n ldr x0, [x0, :lo12:current]\n"
    " .irp i, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30\n str x\\i, [x0, #512 + 8 * \\i]\n .endr\n"
    " .irp i, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30\n str q\\i, [x0, #16 * \\i]\n .endr\n"
    " .irp i, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31\n str q\\i, [x0, #16 * \\i]\n .endr\n"
    " mrs x1, tpidr_el0\n str x1, [x0, #512]\n mov x1, sp\n str x1, [x0, #760]\n"
    " mrs x1, nzcv\n str w1, [x0, #776]\n mrs x1, fpcr\n str w1, [x0, #780]\n mrs x1, fpsr\n str w1, [x0, #784]\n"
    " msr fpcr, xzr\n str wzr, [x0, #788]\n"
    " adrp x9, host_x\n add x9, x9, :lo12:host_x\n"
    " ldp x19, x20, [x9]\n ldp x21, x22, [x9, #16]\n ldp x23, x24, [x9, #32]\n ldp x25, x26, [x9, #48]\n"
    " ldp x27, x28, [x9, #64]\n ldp x29, x30, [x9, #80]\n ldr x10, [x9, #96]\n mov sp, x10\n ldr x10, [x9, #104]\n msr tpidr_el0, x10\n"
    " ldp d8, d9, [x9, #128]\n ldp d10, d11, [x9, #144]\n ldp d12, d13, [x9, #160]\n ldp d14, d15, [x9, #176]\n"
    " ret\n");

static void on_signal(int number)
{
    __asm__ volatile("msr fpcr, xzr\n msr tpidr_el0, %0" : : "r"(host_x[13]));
    current->stop = number == SIGILL ? 1 : 2;
    siglongjmp(out, 1);
}

static void read_all(void *to, size_t size)
{
    for (unsigned char *p = to; size;) {
        ssize_t n = read(0, p, size);
        if (n <= 0)
            _exit(1);
        p += n;
        size -= (size_t)n;
    }
}

static void write_all(const void *from, size_t size)
{
    for (const unsigned char *p = from; size;) {
        ssize_t n = write(1, p, size);
        if (n <= 0)
            _exit(1);
        p += n;
        size -= (size_t)n;
    }
}

static void *map(void *where, size_t size, int protection)
{
    void *got = mmap(where, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (got != where)
        _exit(2);
    return got;
}

static uint32_t branch(const uint32_t *from, const void *to)
{
    return 0x14000000 | ((uint32_t)(((intptr_t)to - (intptr_t)from) >> 2) & 0x3ffffff);
}

static void install(uint32_t count)
{
    map(CODE, 4 * SLOT * ((size_t)count + 1), PROT_READ | PROT_WRITE | PROT_EXEC);
    static uint32_t words[4096];
    for (uint32_t i = 0; i < count; i++) {
        if (i % 4096 == 0)
            read_all(words, 4 * (count - i < 4096 ? count - i : 4096));
        uint32_t *slot = CODE + SLOT * i;
        slot[0] = 0xf940001e | 752 / 8 << 10;   /* LDR X30, [X0, #752] */
        slot[1] = 0xf9400000 | 512 / 8 << 10;   /* LDR X0, [X0, #512] */
        slot[2] = words[i % 4096];
        slot[3] = branch(&slot[3], leave);
    }
    __builtin___clear_cache((char *)CODE, (char *)(CODE + SLOT * count));
}

static void run(Record *r)
{
    current = r;
    memcpy(DATA, r->memory, WINDOW);
    if (sigsetjmp(out, 0) == 0)
        enter(CODE + SLOT * r->index);
    memcpy(current->memory, DATA, WINDOW);
}

_Static_assert(sizeof(Record) == SIZE, "records have no padding");

static void run_records(void)
{
    uint32_t counts[2];
    read_all(counts, 8);
    install(counts[0]);
    for (uint32_t left = counts[1]; left;) {
        uint32_t n = left < BATCH ? left : BATCH;
        read_all(records, n * sizeof(Record));
        for (uint32_t i = 0; i < n; i++)
            run(&records[i]);
        write_all(records, n * sizeof(Record));
        left -= n;
    }
}

static void run_words(void)
{
    static unsigned char stops[16384];
    uint32_t count;
    for (read_all(&count, 4); count; read_all(&count, 4)) {     /* batches, at most as many as stops[]; 0 ends */
        install(count);
        for (uint32_t i = 0; i < count; i++) {
            Record *r = &records[0];
            memset(r, 0, sizeof(*r));
            for (unsigned n = 0; n < 32; n++)
                r->x[n] = 0x1000;
            r->index = i;
            run(r);
            stops[i] = (unsigned char)r->stop;
        }
        write_all(stops, count);
    }
}

int main(int argc, char **argv __attribute__((unused)))
{
    map(DATA, 4096, PROT_READ | PROT_WRITE);
    stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof(signal_stack)};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_NODEFER | SA_ONSTACK};
    for (const int *s = (const int[]){SIGILL, SIGSEGV, SIGBUS, SIGTRAP, 0}; *s; s++)
        sigaction(*s, &action, NULL);
    if (argc > 1)
        run_words();
    else
        run_records();
    return 0;
}
