/* SPDX-License-Identifier: MIT */
#include "cpu/host_clock.h"

#include <stdlib.h>

#if defined(_WIN32)
#include <windows.h>

struct Wakeup { SRWLOCK lock; CONDITION_VARIABLE condition; };

u64 host_now_ns(void)
{
    LARGE_INTEGER count, frequency;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return (u64)((u128)count.QuadPart * 1000000000u / (u64)frequency.QuadPart);
}

Wakeup *wakeup_new(void)
{
    return calloc(1, sizeof(Wakeup));   /* all zero is the initial state of both */
}

void wakeup_free(Wakeup *wakeup)
{
    free(wakeup);
}

void wakeup_wait(Wakeup *wakeup, u64 ns, const int *flag)
{
    AcquireSRWLockExclusive(&wakeup->lock);
    if (!__atomic_load_n(flag, __ATOMIC_RELAXED)) {
        SleepConditionVariableSRW(&wakeup->condition, &wakeup->lock, (DWORD)((ns + 999999) / 1000000), 0);
    }
    ReleaseSRWLockExclusive(&wakeup->lock);
}

void wakeup_signal(Wakeup *wakeup, int *flag)
{
    AcquireSRWLockExclusive(&wakeup->lock);
    __atomic_store_n(flag, 1, __ATOMIC_RELAXED);
    ReleaseSRWLockExclusive(&wakeup->lock);
    WakeAllConditionVariable(&wakeup->condition);
}

#else
#include <pthread.h>
#include <time.h>

struct Wakeup { pthread_mutex_t mutex; pthread_cond_t condition; };

#if defined(__APPLE__)
#define WAIT_CLOCK CLOCK_REALTIME       /* macOS has no pthread_condattr_setclock() */
#else
#define WAIT_CLOCK CLOCK_MONOTONIC
#endif

static u64 clock_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

u64 host_now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

Wakeup *wakeup_new(void)
{
    Wakeup *wakeup = malloc(sizeof(*wakeup));
    if (wakeup) {
        pthread_condattr_t attributes;
        pthread_condattr_init(&attributes);
#if !defined(__APPLE__)
        pthread_condattr_setclock(&attributes, WAIT_CLOCK);
#endif
        pthread_mutex_init(&wakeup->mutex, NULL);
        pthread_cond_init(&wakeup->condition, &attributes);
        pthread_condattr_destroy(&attributes);
    }
    return wakeup;
}

void wakeup_free(Wakeup *wakeup)
{
    if (wakeup) {
        pthread_cond_destroy(&wakeup->condition);
        pthread_mutex_destroy(&wakeup->mutex);
        free(wakeup);
    }
}

void wakeup_wait(Wakeup *wakeup, u64 ns, const int *flag)
{
    u64 end = clock_ns(WAIT_CLOCK) + ns;
    struct timespec t = {(time_t)(end / 1000000000u), (long)(end % 1000000000u)};
    pthread_mutex_lock(&wakeup->mutex);
    if (!__atomic_load_n(flag, __ATOMIC_RELAXED)) {
        pthread_cond_timedwait(&wakeup->condition, &wakeup->mutex, &t);
    }
    pthread_mutex_unlock(&wakeup->mutex);
}

void wakeup_signal(Wakeup *wakeup, int *flag)
{
    pthread_mutex_lock(&wakeup->mutex);
    __atomic_store_n(flag, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&wakeup->mutex);
    pthread_cond_broadcast(&wakeup->condition);
}
#endif
