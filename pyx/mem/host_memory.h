/* SPDX-License-Identifier: MIT
 * Zeroed memory from the host that costs nothing until it is touched. The only file that knows the host's calls for it. */
#ifndef EMU_MEM_HOST_MEMORY_H
#define EMU_MEM_HOST_MEMORY_H

#include "arch/types.h"

void *host_reserve(u64 size);                           /* NULL: the host refuses */
void host_release(void *memory, u64 size);
/* A shared mapping of a file of that size, made anew (it must not exist). *fd stays open. NULL: errno tells. */
void *host_map_new_file(const char *path, u64 size, int *fd);
void host_unmap_file(void *memory, u64 size, int fd);

#endif
