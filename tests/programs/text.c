// SPDX-License-Identifier: MIT
// Characters: a printf with arguments in registers and on the stack, and what <string.h> has, on long strings.

#include "mixed.h"

#include <stdarg.h>

enum { TEXT_BYTES = 8192 };
static char buffer[TEXT_BYTES], other[TEXT_BYTES];
static unsigned length;

static void put(char c)
{
    if (length < TEXT_BYTES - 1)
        buffer[length++] = c;
}

static void put_digits(u64 value, unsigned base, int width, char pad)
{
    char digits[70];
    int count = 0;
    do
        digits[count++] = "0123456789abcdef"[value % base];
    while (value /= base);
    for (; width > count; width--)
        put(pad);
    while (count)
        put(digits[--count]);
}

static void put_double(double value)
{
    if (value < 0)
        put('-'), value = -value;
    if (!(value < 1e15)) {
        put(value == value ? 'i' : 'n');
        return;
    }
    put_digits((u64)value, 10, 0, ' ');
    put('.');
    put_digits((u64)((value - (double)(u64)value) * 1e6), 10, 6, '0');
}

static void put_formatted(const char *format, va_list *list)
{
    int width = 0;
    if (*format == '*')
        width = va_arg(*list, int), format++;
    switch (*format) {
    case 'd': {
        i64 value = va_arg(*list, int);
        if (value < 0)
            put('-');
        put_digits((u64)(value < 0 ? -value : value), 10, width, ' ');
        break;
    }
    case 'x': put_digits(va_arg(*list, u64), 16, width, '0'); break;
    case 'o': put_digits(va_arg(*list, u64), 8, width, ' '); break;
    case 'b': put_digits(va_arg(*list, u64), 2, width, '0'); break;
    case 'c': put((char)va_arg(*list, int)); break;
    case 'f': put_double(va_arg(*list, double)); break;
    case 's':
        for (const char *at = va_arg(*list, const char *); *at; at++)
            put(*at);
        break;
    default: put('?'); break;
    }
}

static NOINLINE void format(const char *text, ...)
{
    va_list list, again;
    va_start(list, text);
    va_copy(again, list);
    for (int pass = 0; pass < 2; pass++)
        for (const char *at = text; *at; at++) {
            if (*at != '%') {
                put(*at);
                continue;
            }
            put_formatted(++at, pass ? &again : &list);
            at += *at == '*';
        }
    va_end(again);
    va_end(list);
}

static NOINLINE unsigned string_length(const char *s)
{
    const char *at = s;
    while (*at)
        at++;
    return (unsigned)(at - s);
}

static NOINLINE int compare(const char *a, const char *b)
{
    for (; *a && *a == *b; a++, b++)
        ;
    return (u8)*a - (u8)*b;
}

static NOINLINE int find(const char *s, const char *what)
{
    for (unsigned i = 0; s[i]; i++) {
        unsigned j = 0;
        while (what[j] && s[i + j] == what[j])
            j++;
        if (!what[j])
            return (int)i;
    }
    return -1;
}

static NOINLINE void turn_over(char *s, unsigned bytes)
{
    for (unsigned i = 0; i < bytes / 2; i++) {
        char c = s[i];
        s[i] = s[bytes - 1 - i];
        s[bytes - 1 - i] = c;
    }
}

static NOINLINE void upper(char *to, const char *from)
{
    do
        *to++ = (char)(*from >= 'a' && *from <= 'z' ? *from - 32 : *from);
    while (*from++);
}

static NOINLINE u64 count_words(const char *s)
{
    u64 words = 0, inside = 0, vowels = 0;
    for (; *s; s++) {
        words += *s != ' ' && !inside;
        inside = *s != ' ';
        vowels += *s == 'a' || *s == 'e' || *s == 'i' || *s == 'o' || *s == 'u';
    }
    return words << 32 | vowels;
}

static NOINLINE i64 number(const char *s)
{
    i64 value = 0;
    bool minus = *s == '-';
    for (s += minus; *s >= '0' && *s <= '9'; s++)
        value = (i64)((u64)value * 10 + (u64)(*s - '0'));
    return minus ? -value : value;
}

void text(void)
{
    for (unsigned i = 0; i + 32 <= 1024; i += 16) {
        u64 x = AT(u64, i), y = AT(u64, i + 8);
        length = 0;
        format("%d %*d %x %*x|%f %f%c %s %f %o %f %f %f %f %f %f %*b %d", (int)x, 12, (int)y, x, 20, y, (double)(i32)x / 7,
               AT(double, i), '!', "a string", (double)(float)y, y, 1.0 / (double)(x | 1), 0.1, 1e14, 2.5, 3.75, -9.0, 64, x, -1);
        fold(buffer, length);
    }
    section("formatting");
    for (unsigned i = 0; i < TEXT_BYTES - 1; i++)
        buffer[i] = "etaoin shrdlu abcdefghijklmnopq "[pool[i % (POOL_BYTES - 7) + i / POOL_BYTES * 7] & 31];
    buffer[TEXT_BYTES - 1] = 0;
    for (unsigned i = 0; i < 40; i++) {
        upper(other + i, buffer + i * 100);
        FOLD(string_length(other + i)), FOLD(compare(buffer + i, buffer + i + 32)), FOLD(find(buffer, other + TEXT_BYTES - 5 - 100 * i));
        FOLD(find(buffer + i, "o s")), FOLD(count_words(buffer + i * 50)), FOLD(number(&"-9223372036854775807"[i % 20]));
        turn_over(other + i, 300 + i);
        fold(other, TEXT_BYTES / 8);
    }
    section("strings");
}
