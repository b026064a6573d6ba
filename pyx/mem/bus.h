/* SPDX-License-Identifier: MIT
 * The physical address map: RAM that the host backs lazily, and devices. */
#ifndef EMU_MEM_BUS_H
#define EMU_MEM_BUS_H

#include "arch/types.h"

struct Block;
struct Machine;

typedef enum RegionKind { REGION_RAM, REGION_DEVICE } RegionKind;

/* Device access from the running core (cpu: its index, for banked registers). False: no such register, bus error. */
typedef bool DeviceRead(void *device, struct Machine *machine, unsigned cpu, u64 offset, unsigned size, u64 *value);
typedef bool DeviceWrite(void *device, struct Machine *machine, unsigned cpu, u64 offset, unsigned size, u64 value);

enum { RAM_HAS_CODE = 1, RAM_CLEAN = 2 };  /* page flags: why stores must take the slow path */

typedef struct Region {
    RegionKind kind;
    u64 base, size;             /* RAM: multiples of the page size */
    u8 *host;                   /* RAM */
    u8 *page_flags;             /* RAM: RAM_*, a byte a page */
    struct Block **page_blocks; /* RAM: translated blocks that start in the page */
    int fd;                     /* RAM in a file; -1: anonymous */
    void *device;
    DeviceRead *read;
    DeviceWrite *write;
} Region;

enum { MAX_REGIONS = 256 };
typedef struct Bus { Region regions[MAX_REGIONS]; unsigned n_regions; } Bus;

const Region *bus_find(const Bus *bus, u64 paddr);      /* NULL: nothing there */
/* Host address of RAM [paddr, paddr+size), all in one region; NULL otherwise. */
u8 *bus_ram(const Bus *bus, u64 paddr, u64 size);
/* NULL and a reason in *error, or the new region. Regions may not overlap. */
Region *bus_add_ram(Bus *bus, u64 base, u64 size, const char *path, const char **error);
Region *bus_add_device(Bus *bus, u64 base, u64 size, void *device, DeviceRead *read, DeviceWrite *write, const char **error);
void bus_free(Bus *bus);
/* RAM was written behind the fast path's back (page-table walker, host): drop code, mark dirty. */
void bus_ram_written(struct Machine *machine, u64 paddr, u64 size);

#endif
