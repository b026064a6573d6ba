/* SPDX-License-Identifier: MIT
 * Events on the guest's clock: a binary heap by (time_ns, serial), so that equal times fire in the order of their making. */
#include "cpu/events.h"

#include <stdlib.h>

static bool before(const Event *a, const Event *b)
{
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->serial < b->serial;
}

static void swap(Event *a, Event *b)
{
    Event t = *a;
    *a = *b;
    *b = t;
}

static void sift_up(Event *heap, unsigned i)
{
    while (i && before(&heap[i], &heap[(i - 1) / 2])) {
        swap(&heap[i], &heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

static void sift_down(Event *heap, unsigned n, unsigned i)
{
    for (;;) {
        unsigned least = i;
        for (unsigned child = 2 * i + 1; child <= 2 * i + 2 && child < n; child++) {
            least = before(&heap[child], &heap[least]) ? child : least;
        }
        if (least == i) {
            return;
        }
        swap(&heap[i], &heap[least]);
        i = least;
    }
}

/* Virtual clock: the round ends where its next event is. Cores that have had their turn are past that already. */
static void shorten_round(Machine *m, u64 time_ns)
{
    if (m->virtual_clock && m->in_round && m->current == 0 && time_ns < m->round_end_ns) {
        m->round_end_ns = time_ns;
    }
}

u64 machine_at(Machine *m, u64 time_ns)
{
    u64 now = machine_now_ns(m);
    if (m->n_events == m->events_capacity) {
        unsigned capacity = m->events_capacity ? 2 * m->events_capacity : 16;
        Event *events = realloc(m->events, capacity * sizeof(Event));
        if (!events) {
            return 0;
        }
        m->events = events;
        m->events_capacity = capacity;
    }
    u64 serial = ++m->next_serial;
    m->events[m->n_events] = (Event){time_ns > now ? time_ns : now, serial};
    sift_up(m->events, m->n_events++);
    if (m->running) {
        m->cpus[m->current < m->n_cpus ? m->current : 0]->attention = 1;    /* its slice may be too long now */
    }
    shorten_round(m, time_ns > now ? time_ns : now);
    return serial;
}

static Event take(Machine *m, unsigned i)
{
    Event event = m->events[i];
    m->events[i] = m->events[--m->n_events];
    if (i < m->n_events) {
        sift_up(m->events, i);
        sift_down(m->events, m->n_events, i);
    }
    return event;
}

void machine_cancel(Machine *m, u64 serial)
{
    for (unsigned i = 0; i < m->n_events; i++) {
        if (m->events[i].serial == serial) {
            take(m, i);
            return;
        }
    }
}

u64 events_next_ns(const Machine *m)
{
    return m->n_events ? m->events[0].time_ns : NEVER;
}

bool events_fire(Machine *m, u64 now_ns)
{
    u64 last = m->next_serial;      /* what a callback adds waits for the next round, lest it hang the host */
    while (m->n_events && m->events[0].time_ns <= now_ns && m->events[0].serial <= last) {
        if (!m->callbacks.event(m->owner, take(m, 0).serial)) {
            machine_stop(m, STOP_CALLBACK);
            return false;
        }
    }
    return true;
}
