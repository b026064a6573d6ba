/* SPDX-License-Identifier: MIT
 * What the sections of the mixed program share: numbers to work on, and a hash of what came out. */
#ifndef MIXED_H
#define MIXED_H

#include "bench.h"

typedef int8_t i8;
typedef int16_t i16;
typedef uint16_t u16;
typedef int32_t i32;

enum { POOL_BYTES = 4096, CORNERS = 32 };
extern u8 pool[POOL_BYTES];         /* random bytes, with corner values among them */
extern const u64 corners[CORNERS];  /* integers at the ends of their types */

/* Mix what the bytes hold into the hash of the section. */
void fold(const void *data, size_t bytes);
#define FOLD(value) ({ __auto_type folded_ = (value); fold(&folded_, sizeof folded_); })
/* A value of this type at a byte of the pool. */
#define AT(type, byte) ({ type at_; __builtin_memcpy(&at_, pool + (byte), sizeof at_); at_; })

/* Print the hash of what was folded since the last call. */
void section(const char *name);

void integers(void);
void control(void);
void text(void);
void memory(void);
void floats(void);
void loops(void);
void atomics(void);
void crypto(void);
void neon(void);
void neon_extensions(void);

#endif
