/* SPDX-License-Identifier: MIT
 * The host's monotonic clock, and a sleep that another thread can end. */
#ifndef EMU_CPU_HOST_CLOCK_H
#define EMU_CPU_HOST_CLOCK_H

#include "arch/types.h"

typedef struct Wakeup Wakeup;

u64 host_now_ns(void);
Wakeup *wakeup_new(void);               /* NULL: no memory */
void wakeup_free(Wakeup *wakeup);
/* Sleeps for at most ns, or until wakeup_signal(); at once when *flag is set. */
void wakeup_wait(Wakeup *wakeup, u64 ns, const int *flag);
/* Sets *flag and ends a sleep. Any thread. */
void wakeup_signal(Wakeup *wakeup, int *flag);

#endif
