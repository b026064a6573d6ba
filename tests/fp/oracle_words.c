/* SPDX-License-Identifier: MIT
 * AArch64 program: executes instruction words. stdin: the number of words (32 bits), the words, then WordState records; stdout: the
 * records after execution. Words may name X0 to X3 and V0 to V3 only, and must not branch or touch memory. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include "record.h"

static sigjmp_buf undefined;
static WordState states[4096];

static void on_sigill(int signal)
{
    (void)signal;
    siglongjmp(undefined, 1);
}

static void execute(WordState *s, uint32_t *code)
{
    register WordState *state __asm__("x19") = s;
    register uint32_t *entry __asm__("x20") = code;
    __asm__ volatile(
        "ldp q0, q1, [x19, #48]\n ldp q2, q3, [x19, #80]\n"
        "ldr w9, [x19, #4]\n msr fpcr, x9\n ldr w9, [x19, #8]\n msr fpsr, x9\n ldr w9, [x19, #12]\n msr nzcv, x9\n"
        "ldp x0, x1, [x19, #16]\n ldp x2, x3, [x19, #32]\n"
        "blr x20\n"
        "stp x0, x1, [x19, #16]\n stp x2, x3, [x19, #32]\n"
        "mrs x9, nzcv\n str w9, [x19, #12]\n mrs x9, fpsr\n str w9, [x19, #8]\n msr fpcr, xzr\n"
        "stp q0, q1, [x19, #48]\n stp q2, q3, [x19, #80]\n"
        : : "r"(state), "r"(entry)
        : "memory", "cc", "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
          "x17", "x18", "x30", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15",
          "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31");
}

int main(void)
{
    uint32_t count;
    if (fread(&count, 4, 1, stdin) != 1)
        return 1;
    uint32_t *code = mmap(NULL, 8 * (size_t)count + 8, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (uint32_t i = 0; i < count; i++) {
        if (fread(&code[2 * i], 4, 1, stdin) != 1)
            return 1;
        code[2 * i + 1] = 0xd65f03c0;   /* RET */
    }
    __builtin___clear_cache((char *)code, (char *)(code + 2 * count));
    struct sigaction action = {.sa_handler = on_sigill, .sa_flags = SA_NODEFER};    /* no system call for each word */
    sigaction(SIGILL, &action, NULL);
    for (size_t n; (n = fread(states, sizeof(WordState), 4096, stdin)) > 0; fwrite(states, sizeof(WordState), n, stdout))
        for (volatile size_t i = 0; i < n; i++) {
            uint32_t index = states[i].index;
            states[i].index = 1;
            if (sigsetjmp(undefined, 0) == 0) {
                execute(&states[i], code + 2 * index);
                states[i].index = 0;
            }
        }
    return 0;
}
