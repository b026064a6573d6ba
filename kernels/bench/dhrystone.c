// SPDX-License-Identifier: MIT
// Dhrystone-like: records and pointers, strings, small procedures, arrays, enumerations; about what compilers' code of the
// eighties did. Not the published program.

#include "bench.h"

enum Colour { RED, GREEN, BLUE, COLOURS };
struct Record {
    struct Record *next;
    enum Colour colour;
    int number;
    char name[32];
};

u32 rounds = 1000000;

static struct Record first, second;
static int vector[64], square[16][16];
static char letter;
static int global;

static NOINLINE void copy_string(char *to, const char *from)
{
    while ((*to++ = *from++))
        ;
}

static NOINLINE int compare_strings(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (u8)*a - (u8)*b;
}

static NOINLINE enum Colour next_colour(enum Colour colour)
{
    switch (colour) {
    case RED: return global > 100 ? RED : BLUE;
    case GREEN: return RED;
    case BLUE: return GREEN;
    default: return COLOURS;
    }
}

static NOINLINE void add_numbers(int a, int b, int *result) { *result = a + 2 + b; }

static NOINLINE void follow(struct Record *record)
{
    struct Record *next = record->next;
    *next = *record;
    next->number = 5 + record->number % 100;
    next->next = record->next;
    next->colour = next_colour(record->colour);
    add_numbers(next->number, global, &next->number);
    if (next->colour == RED)
        copy_string(next->name, "A NAME FOR RED ONES");
    record->colour = next->colour;
}

static NOINLINE void fill_arrays(int row, int value)
{
    int at = row % 10 + 2;
    vector[at] = value;
    vector[at + 1] = vector[at];
    vector[at + 30] = at;
    for (int column = at; column <= at + 1; column++)
        square[at][column] = at;
    square[at][at - 1] += 1;
    square[at + 3][at] = vector[at];
    global = 5 + value % 200;
}

static NOINLINE bool strings_in_order(const char *a, const char *b)
{
    int i = 2;
    while (i <= 2 && a[i] != b[i + 1])
        i++;
    letter = a[i - 1];
    return compare_strings(a, b) > 0;
}

u64 workload(u32 count)
{
    char a[32], b[32];
    u64 sum = 0;
    int x = 0, y, z;
    first = (struct Record){&second, RED, 40, "A NAME THAT COMES FIRST"};
    copy_string(a, "PROGRAMS OF THE 1ST KIND");
    for (u32 i = 0; i < count; i++) {
        copy_string(b, "PROGRAMS OF THE 2ND KIND");
        x = 2, y = 3;
        while (x < y) {
            z = 5 * x - y;
            add_numbers(x, y, &z);
            x++;
        }
        bool later = strings_in_order(b, a);
        fill_arrays((int)i, z + later);
        follow(&first);
        y = (int)(i % 1000) * z / (x + letter % 3);
        sum = sum * 31 + (u64)(y + second.number + (int)second.colour + global);
    }
    for (int i = 0; i < 64; i++)
        sum = mix(sum, (u64)vector[i] << 32 ^ (u64)square[i / 4][i % 16]);
    return sum;
}
