/* SPDX-License-Identifier: MIT */
#include "mem/bus.h"
#include "arch/state.h"
#include "arch/effects.h"
#include "mem/host_memory.h"

#include <errno.h>

const Region *bus_find(const Bus *bus, u64 paddr)
{
    for (unsigned i = 0; i < bus->n_regions; i++) {
        const Region *r = &bus->regions[i];
        if (paddr - r->base < r->size) {
            return r;
        }
    }
    return NULL;
}

u8 *bus_ram(const Bus *bus, u64 paddr, u64 size)
{
    const Region *r = bus_find(bus, paddr);
    if (!r || r->kind != REGION_RAM || size > r->size - (paddr - r->base)) {
        return NULL;
    }
    return r->host + (paddr - r->base);
}

static const char *check_place(const Bus *bus, u64 base, u64 size)
{
    if (bus->n_regions == MAX_REGIONS) {
        return "too many regions";
    }
    if (size == 0 || base + size - 1 < base) {
        return "empty or past the end of the address space";
    }
    for (unsigned i = 0; i < bus->n_regions; i++) {
        const Region *r = &bus->regions[i];
        if (base <= r->base + (r->size - 1) && r->base <= base + (size - 1)) {
            return "overlaps a region that is there already";
        }
    }
    return NULL;
}

static bool map_ram(Region *r, const char *path)
{
    r->fd = -1;
    r->host = path ? host_map_new_file(path, r->size, &r->fd) : host_reserve(r->size);
    if (!r->host) {
        return false;
    }
    r->page_flags = host_reserve(r->size >> PAGE_BITS);
    r->page_blocks = host_reserve((r->size >> PAGE_BITS) * sizeof(*r->page_blocks));
    return r->page_flags && r->page_blocks;
}

static void unmap_ram(Region *r)
{
    if (r->host && r->fd >= 0) {
        host_unmap_file(r->host, r->size, r->fd);
    } else {
        host_release(r->host, r->size);
    }
    host_release(r->page_flags, r->size >> PAGE_BITS);
    host_release(r->page_blocks, (r->size >> PAGE_BITS) * sizeof(*r->page_blocks));
}

Region *bus_add_ram(Bus *bus, u64 base, u64 size, const char *path, const char **error)
{
    *error = check_place(bus, base, size);
    if (!*error && ((base | size) & ~PAGE_MASK)) {
        *error = "RAM must start and end on a 4 KiB boundary";
    }
    if (*error) {
        return NULL;
    }
    Region r = {.kind = REGION_RAM, .base = base, .size = size};
    errno = 0;
    if (!map_ram(&r, path)) {
        int reason = errno;
        unmap_ram(&r);
        *error = reason ? strerror(reason) : "the host has not that much memory";
        return NULL;
    }
    /* RAM first: it is what look-ups ask for most. */
    memmove(&bus->regions[1], &bus->regions[0], bus->n_regions * sizeof(Region));
    bus->regions[0] = r;
    bus->n_regions++;
    return &bus->regions[0];
}

Region *bus_add_device(Bus *bus, u64 base, u64 size, void *device, DeviceRead *read, DeviceWrite *write, const char **error)
{
    *error = check_place(bus, base, size);
    if (*error) {
        return NULL;
    }
    Region *r = &bus->regions[bus->n_regions++];
    *r = (Region){.kind = REGION_DEVICE, .base = base, .size = size, .fd = -1, .device = device, .read = read, .write = write};
    return r;
}

void bus_free(Bus *bus)
{
    for (unsigned i = 0; i < bus->n_regions; i++) {
        if (bus->regions[i].kind == REGION_RAM) {
            unmap_ram(&bus->regions[i]);
        }
    }
    bus->n_regions = 0;
}

void bus_ram_written(struct Machine *machine, u64 paddr, u64 size)
{
    machine_invalidate_code(machine, paddr, size);
}
