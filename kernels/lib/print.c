// SPDX-License-Identifier: MIT
// The PL011 as an output, and a small printf on it. Registers: "PrimeCell UART (PL011) Technical Reference Manual".

#include "guest.h"

#include <stdarg.h>

enum { UARTDR = 0x00, UARTFR = 0x18, UARTIBRD = 0x24, UARTFBRD = 0x28, UARTLCR_H = 0x2c, UARTCR = 0x30, UARTIMSC = 0x38 };
enum { UARTFR_TXFF = 1 << 5, UARTLCR_H_FEN = 1 << 4, UARTLCR_H_WLEN_8 = 3 << 5 };
enum { UARTCR_UARTEN = 1 << 0, UARTCR_TXE = 1 << 8, UARTCR_RXE = 1 << 9 };

u64 uart_base = 0x09000000;

void uart_init(void)
{
    mmio_write32(uart_base + UARTCR, 0);
    mmio_write32(uart_base + UARTIMSC, 0);
    mmio_write32(uart_base + UARTIBRD, 13); /* 115200 baud from 24 MHz */
    mmio_write32(uart_base + UARTFBRD, 1);
    mmio_write32(uart_base + UARTLCR_H, UARTLCR_H_FEN | UARTLCR_H_WLEN_8);
    mmio_write32(uart_base + UARTCR, UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE);
}

void put_char(char c)
{
    while (mmio_read32(uart_base + UARTFR) & UARTFR_TXFF)
        ;
    mmio_write32(uart_base + UARTDR, (u8)c);
}

static void put_string(const char *text)
{
    while (*text)
        put_char(*text++);
}

static void put_number(u64 value, unsigned base, unsigned width, char pad)
{
    char digits[24];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    for (; width > count; width--)
        put_char(pad);
    while (count)
        put_char(digits[--count]);
}

static void put_signed(i64 value, unsigned width, char pad)
{
    if (value < 0)
        put_char('-');
    put_number(value < 0 ? -(u64)value : (u64)value, 10, width, pad);
}

void print(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    for (; *format; format++) {
        if (*format != '%') {
            put_char(*format);
            continue;
        }
        char pad = *++format == '0' ? '0' : ' ';
        unsigned width = 0;
        for (; *format >= '0' && *format <= '9'; format++)
            width = width * 10 + (unsigned)(*format - '0');
        bool wide = *format == 'l';
        format += wide;
        switch (*format) {
        case 's': put_string(va_arg(list, const char *)); break;
        case 'c': put_char((char)va_arg(list, int)); break;
        case 'd': put_signed(wide ? va_arg(list, i64) : va_arg(list, int), width, pad); break;
        case 'u': put_number(wide ? va_arg(list, u64) : va_arg(list, u32), 10, width, pad); break;
        case 'x': put_number(wide ? va_arg(list, u64) : va_arg(list, u32), 16, width, pad); break;
        default: put_char('%'); break;
        }
    }
    va_end(list);
}
