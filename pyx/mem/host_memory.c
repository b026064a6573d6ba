/* SPDX-License-Identifier: MIT */
#include "mem/host_memory.h"

#if defined(_WIN32)
#include <errno.h>
#include <windows.h>

void *host_reserve(u64 size)
{
    return VirtualAlloc(NULL, (SIZE_T)size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void host_release(void *memory, u64 size)
{
    (void)size;
    if (memory) {
        VirtualFree(memory, 0, MEM_RELEASE);
    }
}

void *host_map_new_file(const char *path, u64 size, int *fd)
{
    (void)path; (void)size; (void)fd;
    errno = ENOSYS;
    return NULL;
}

void host_unmap_file(void *memory, u64 size, int fd)
{
    (void)memory; (void)size; (void)fd;
}

#else
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

void *host_reserve(u64 size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void host_release(void *memory, u64 size)
{
    if (memory) {
        munmap(memory, size);
    }
}

void *host_map_new_file(const char *path, u64 size, int *fd)
{
    *fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (*fd < 0) {
        return NULL;
    }
    void *memory = MAP_FAILED;
    if (ftruncate(*fd, (off_t)size) == 0) {
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
    }
    if (memory == MAP_FAILED) {
        close(*fd);
        unlink(path);
        return NULL;
    }
    return memory;
}

void host_unmap_file(void *memory, u64 size, int fd)
{
    munmap(memory, size);
    close(fd);
}
#endif
