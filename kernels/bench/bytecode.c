// SPDX-License-Identifier: MIT
// An interpreter of a stack machine's bytecode that runs two small programs: the sieve, and the longest Collatz chain.

#include "bench.h"

enum Code { PUSH, ADD, SUB, MUL, AND, SHR, LESS, LOAD, STORE, GET, PUT, JUMP, JUMP_ZERO, DUP, HALT };
enum { STACK = 32, LOCALS = 8, CELLS = 4096 };
struct Instruction {
    enum Code code;
    int operand;
};

u32 rounds = 35;

static int cells[CELLS];

/* Count the primes below CELLS. Locals: 0 i, 1 j, 2 count. */
static const struct Instruction sieve[] = {
    {PUSH, 2}, {STORE, 0}, {PUSH, 0}, {STORE, 2},
    {LOAD, 0}, {PUSH, CELLS}, {LESS, 0}, {JUMP_ZERO, 36},                                  /* 4: while i < CELLS */
    {LOAD, 0}, {GET, 0}, {PUSH, 0}, {LESS, 0}, {PUSH, 1}, {SUB, 0}, {JUMP_ZERO, 31},       /* 8: cell[i] < 0 is struck */
    {LOAD, 2}, {PUSH, 1}, {ADD, 0}, {STORE, 2},                                            /* 15: count++ */
    {LOAD, 0}, {LOAD, 0}, {ADD, 0}, {STORE, 1},                                            /* 19: j = 2i */
    {LOAD, 1}, {PUSH, CELLS}, {LESS, 0}, {JUMP_ZERO, 31},                                  /* 23: while j < CELLS */
    {PUSH, -1}, {LOAD, 1}, {PUT, 0}, {JUMP, 37},                                           /* 27: cell[j] = -1 */
    {LOAD, 0}, {PUSH, 1}, {ADD, 0}, {STORE, 0}, {JUMP, 4},                                 /* 31: i++ */
    {HALT, 0},                                                                             /* 36 */
    {LOAD, 1}, {LOAD, 0}, {ADD, 0}, {STORE, 1}, {JUMP, 23},                                /* 37: j += i */
};

/* The longest chain that starts below 700. Locals: 0 start, 1 value, 2 best, 3 length. */
static const struct Instruction collatz[] = {
    {PUSH, 1}, {STORE, 0}, {PUSH, 0}, {STORE, 2},
    {LOAD, 0}, {PUSH, 700}, {LESS, 0}, {JUMP_ZERO, 49},                                    /* 4 */
    {LOAD, 0}, {STORE, 1}, {PUSH, 1}, {STORE, 3},                                          /* 8 */
    {PUSH, 1}, {LOAD, 1}, {LESS, 0}, {JUMP_ZERO, 36},                                      /* 12: while 1 < value */
    {LOAD, 1}, {PUSH, 1}, {AND, 0}, {JUMP_ZERO, 27},                                       /* 16: even? */
    {LOAD, 1}, {PUSH, 3}, {MUL, 0}, {PUSH, 1}, {ADD, 0}, {STORE, 1}, {JUMP, 31},           /* 20: 3v + 1 */
    {LOAD, 1}, {PUSH, 1}, {SHR, 0}, {STORE, 1},                                            /* 27: v / 2 */
    {LOAD, 3}, {PUSH, 1}, {ADD, 0}, {STORE, 3}, {JUMP, 12},                                /* 31: length++ */
    {LOAD, 2}, {LOAD, 3}, {LESS, 0}, {JUMP_ZERO, 44},                                      /* 36: best < length? */
    {LOAD, 3}, {DUP, 0}, {STORE, 2}, {STORE, 3}, {PUSH, 1}, {LOAD, 0}, {ADD, 0},           /* 40: best = length */
    {STORE, 0}, {JUMP, 4}, {HALT, 0},                                                      /* 47: start++ */
};

static NOINLINE int interpret(const struct Instruction *program, unsigned limit)
{
    int stack[STACK], local[LOCALS] = {0}, *top = stack;
    for (const struct Instruction *at = program; at < program + limit;) {
        int operand = at->operand;
        switch (at++->code) {
        case PUSH: *top++ = operand; break;
        case ADD: top--; top[-1] += *top; break;
        case SUB: top--; top[-1] -= *top; break;
        case MUL: top--; top[-1] *= *top; break;
        case AND: top--; top[-1] &= *top; break;
        case SHR: top--; top[-1] >>= *top; break;
        case LESS: top--; top[-1] = top[-1] < *top; break;
        case LOAD: *top++ = local[operand]; break;
        case STORE: local[operand] = *--top; break;
        case GET: top[-1] = cells[top[-1]]; break;
        case PUT: top -= 2; cells[top[1]] = top[0]; break;
        case JUMP: at = program + operand; break;
        case JUMP_ZERO: at = *--top ? at : program + operand; break;
        case DUP: *top = top[-1]; top++; break;
        case HALT: return local[2];
        }
    }
    return -1;
}

#define RUN(program) interpret(program, sizeof(program) / sizeof((program)[0]))

u64 workload(u32 count)
{
    u64 sum = 0;
    while (count--) {
        for (int i = 0; i < CELLS; i++)
            cells[i] = 0;
        int primes = RUN(sieve), longest = RUN(collatz);
        if (primes != 564 || longest != 145)
            die("the bytecode counted wrong");
        sum = mix(sum, (u64)primes << 32 | (u64)longest);
    }
    return sum;
}
