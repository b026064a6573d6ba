/* SPDX-License-Identifier: MIT
 * The GIC itself: life, input lines, snapshots, and the way from the state of an interrupt to a core's IRQ and FIQ (see
 * gic_internal.h). Registers are in gic_regs.c, gic_dist.c, gic_redist.c, gicv2_cpu.c and gicv3_icc.c. */
#include <stdlib.h>

#include "dev/gic_internal.h"

enum { GIC_MAGIC = 0x31434947 };    /* "GIC1": changes with the layout of GicState */

/* -- Candidates ----------------------------------------------------------------------------------- */

static void challenge_best(GicState *s, unsigned cpu, unsigned intid)
{
    GicCpu *c = &s->cpu[cpu];
    u8 priority = *irq_priority(s, cpu, intid);

    if (c->best == GIC_INTID_NONE || priority < c->best_priority || (priority == c->best_priority && intid < c->best)) {
        c->best = (u16)intid;
        c->best_priority = priority;
    }
}

static void find_best(GicState *s, unsigned cpu)
{
    GicCpu *c = &s->cpu[cpu];

    c->best = GIC_INTID_NONE;
    c->best_priority = PRIORITY_IDLE;
    for (u32 words = c->candidate_words; words; words &= words - 1) {
        unsigned w = (unsigned)__builtin_ctz(words);
        for (u32 bits = c->candidates[w]; bits; bits &= bits - 1)
            challenge_best(s, cpu, w * 32 + (unsigned)__builtin_ctz(bits));
    }
}

static void set_candidates(GicState *s, unsigned cpu, unsigned w, u32 now)
{
    GicCpu *c = &s->cpu[cpu];
    u32 before = c->candidates[w];

    if (now == before)
        return;
    c->candidates[w] = now;
    if (now)
        c->candidate_words |= 1u << w;
    else
        c->candidate_words &= ~(1u << w);
    if (c->best / 32 == w && !(now >> (c->best % 32) & 1))
        find_best(s, cpu);
    else
        for (u32 added = now & ~before; added; added &= added - 1)
            challenge_best(s, cpu, w * 32 + (unsigned)__builtin_ctz(added));
    s->dirty |= (u64)1 << cpu;
}

/* Bits that the distributor or redistributor would forward if some core wants them. */
static u32 forwardable(const GicState *s, const IrqWord *word)
{
    u32 groups = (s->group_enabled[0] ? ~word->group1 : 0) | (s->group_enabled[1] ? word->group1 : 0);
    return irq_pending(word) & word->enabled & ~word->active & groups;
}

/* CHOICE(IMPDEF): an SPI routed "1 of N" goes to the lowest-numbered core that takes part: awake, group enabled, DPG clear. */
static u64 one_of_n(const GicState *s, unsigned group)
{
    u32 dpg = group ? GICR_CTLR_DPG1NS : GICR_CTLR_DPG0;

    for (u64 cpus = s->group_cpus[group]; cpus; cpus &= cpus - 1) {
        const GicCpu *c = &s->cpu[__builtin_ctzll(cpus)];
        if (!(c->gicr_ctlr & dpg) && !(c->gicr_waker & GICR_WAKER_ProcessorSleep))
            return cpus & -cpus;
    }
    return 0;
}

static u64 spi_cpus(const GicState *s, unsigned intid)
{
    unsigned group = s->spi[intid / 32].group1 >> (intid % 32) & 1;

    if (s->version == 2)
        return s->target[intid];
    if (s->router[intid] & GICD_IROUTER_IRM)
        return one_of_n(s, group);
    return s->home[intid] == GIC_NO_CPU ? 0 : ((u64)1 << s->home[intid]) & s->group_cpus[group];
}

static void update_spi(GicState *s, unsigned intid, bool forward)
{
    u64 now = forward ? spi_cpus(s, intid) : 0;
    u32 bit = 1u << (intid % 32);

    for (u64 diff = now ^ s->listed[intid]; diff; diff &= diff - 1) {
        unsigned cpu = (unsigned)__builtin_ctzll(diff);
        set_candidates(s, cpu, intid / 32, s->cpu[cpu].candidates[intid / 32] ^ bit);
    }
    s->dirty |= now;        /* its group may have changed, and with it the output */
    s->listed[intid] = now;
}

void gic_update_private(GicState *s, unsigned cpu)
{
    const IrqWord *word = &s->cpu[cpu].private;
    u32 groups = (s->group_cpus[0] >> cpu & 1 ? ~word->group1 : 0) | (s->group_cpus[1] >> cpu & 1 ? word->group1 : 0);

    set_candidates(s, cpu, 0, forwardable(s, word) & groups);
    s->dirty |= (u64)1 << cpu;
}

/* Something about the INTIDs `changed` of word w (seen from `cpu`, when w is 0) has changed, apart from their priority. */
void gic_update(GicState *s, unsigned cpu, unsigned w, u32 changed)
{
    if (w == 0) {
        gic_update_private(s, cpu);
        return;
    }
    u32 forward = forwardable(s, &s->spi[w]);
    for (; changed; changed &= changed - 1) {
        unsigned bit = (unsigned)__builtin_ctz(changed);
        update_spi(s, w * 32 + bit, forward >> bit & 1);
    }
}

/* A group was enabled or disabled somewhere. */
void gic_update_all(GicState *s)
{
    for (unsigned cpu = 0; cpu < s->cpus; cpu++)
        gic_update_private(s, cpu);
    for (unsigned w = 1; w < GIC_WORDS; w++)
        gic_update(s, 0, w, irq_pending(&s->spi[w]));
}

void gic_priority_changed(GicState *s, unsigned cpu, unsigned intid)
{
    u64 cpus = intid < 32 ? (u64)(s->cpu[cpu].candidates[0] >> intid & 1) << cpu : s->listed[intid];

    s->dirty |= cpus;
    for (; cpus; cpus &= cpus - 1)
        find_best(s, (unsigned)__builtin_ctzll(cpus));
}

/* -- Outputs ---------------------------------------------------------------------------------------- */

typedef enum Tell { TELL_CHANGES, TELL_ALWAYS } Tell;

static void settle_cpu(Gic *gic, unsigned cpu, Tell tell)
{
    GicState *s = &gic->s;
    GicCpu *c = &s->cpu[cpu];
    bool signal = gic_can_signal(s, cpu);
    bool fiq = signal && gic_wants_fiq(s, cpu, irq_group(s, cpu, c->best));
    bool irq = signal && !fiq;

    if (tell == TELL_CHANGES && irq == c->irq && fiq == c->fiq)
        return;
    c->irq = irq;
    c->fiq = fiq;
    gic->set_irq(gic->opaque, cpu, irq, fiq);
}

/* Every entry point that may change something ends with this. */
void gic_settle(Gic *gic)
{
    u64 dirty = gic->s.dirty;

    gic->s.dirty = 0;
    for (; dirty; dirty &= dirty - 1)
        settle_cpu(gic, (unsigned)__builtin_ctzll(dirty), TELL_CHANGES);
}

static void settle_all(Gic *gic)
{
    gic->s.dirty = 0;
    for (unsigned cpu = 0; cpu < gic->s.cpus; cpu++)
        settle_cpu(gic, cpu, TELL_ALWAYS);
}

bool gic_irq_output(const Gic *gic, unsigned cpu)
{
    return gic->s.cpu[cpu].irq;
}

bool gic_fiq_output(const Gic *gic, unsigned cpu)
{
    return gic->s.cpu[cpu].fiq;
}

unsigned gic_highest_pending(const Gic *gic, unsigned cpu)
{
    return gic->s.cpu[cpu].best;
}

/* -- Inputs ------------------------------------------------------------------------------------------ */

void gic_set_line(Gic *gic, unsigned intid, unsigned cpu, bool level)
{
    GicState *s = &gic->s;

    if (intid < 16 || cpu >= s->cpus || !irq_exists(s, cpu, intid))
        return;
    IrqWord *word = irq_word(s, cpu, intid / 32);
    u32 bit = 1u << (intid % 32);
    if (!!(word->line & bit) == level)
        return;
    word->line ^= bit;
    if (level)
        word->latched |= bit & word->edge;
    gic_update(s, cpu, intid / 32, bit);
    gic_settle(gic);
}

bool gic_line(const Gic *gic, unsigned intid, unsigned cpu)
{
    const GicState *s = &gic->s;

    if (intid >= GIC_IDS || cpu >= s->cpus)
        return false;
    return (intid < 32 ? &s->cpu[cpu].private : &s->spi[intid / 32])->line >> (intid % 32) & 1;
}

/* -- Life --------------------------------------------------------------------------------------------- */

/* CHOICE(IMPDEF): 8 bits of priority in GICv2 and 5 in GICv3, as QEMU's virt shows. */
static void identify(GicState *s, unsigned version, unsigned cpus, unsigned spis)
{
    s->magic = GIC_MAGIC;
    s->version = version;
    s->cpus = cpus;
    s->spis = spis;
    s->priority_mask = version == 2 ? 0xff : 0xf8;
    s->apr_shift = version == 2 ? 1 : 3;
}

u64 gic_cpu_affinity(unsigned version, unsigned cpu)
{
    unsigned cluster = version == 2 ? 8 : 16;
    return (u64)(cpu / cluster) << 8 | cpu % cluster;
}

void gic_find_home(GicState *s, unsigned intid)
{
    u64 affinity = s->router[intid] & 0xff00ffffff;

    s->home[intid] = GIC_NO_CPU;
    if (affinity < (GICV3_MAX_CPUS / 16) << 8 && (affinity & 0xff) < 16) {
        unsigned cpu = (unsigned)(affinity >> 8) * 16 + (unsigned)(affinity & 0xff);
        if (cpu < s->cpus)
            s->home[intid] = (u8)cpu;
    }
}

/* The bits of an IrqWord at reset; the line stays as its device drives it. SGIs are edge-triggered for good, and always enabled
 * in GICv2. */
static void reset_word(const GicState *s, unsigned w, IrqWord *word)
{
    unsigned ids = 32 + s->spis;
    u32 line = word->line;

    memset(word, 0, sizeof *word);
    word->exists = ids >= w * 32 + 32 ? ~0u : ids > w * 32 ? (1u << (ids % 32)) - 1 : 0;
    word->line = line;
    if (w == 0) {
        word->edge = 0xffff;
        word->enabled = s->version == 2 ? 0xffff : 0;
    }
}

static void reset_cpu_interface(GicState *s, unsigned cpu)
{
    CpuInterface *c = &s->cpu[cpu].cpuif;

    memset(c, 0, sizeof *c);
    c->bpr[0] = s->version == 2 ? 0 : 2;
    c->bpr[1] = c->bpr[0] + 1;
    c->running = PRIORITY_IDLE;
    for (unsigned group = 0; group < 2; group++)
        gic_set_cpu_group(s, cpu, group, false);
}

static void reset_cpu(GicState *s, unsigned cpu)
{
    GicCpu *c = &s->cpu[cpu];

    reset_word(s, 0, &c->private);
    memset(c->priority, 0, sizeof c->priority);
    memset(c->sgi_sources, 0, sizeof c->sgi_sources);
    c->gicr_ctlr = 0;
    c->gicr_waker = GICR_WAKER_ProcessorSleep | GICR_WAKER_ChildrenAsleep;
    reset_cpu_interface(s, cpu);
}

/* Recomputes everything that follows from the rest of the state. */
static void rebuild(GicState *s)
{
    memset(s->listed, 0, sizeof s->listed);
    for (unsigned intid = 32; intid < GIC_IDS; intid++) {
        s->target[intid] &= (u8)all_cpus(s);
        gic_find_home(s, intid);
    }
    for (unsigned cpu = 0; cpu < s->cpus; cpu++) {
        GicCpu *c = &s->cpu[cpu];
        memset(c->candidates, 0, sizeof c->candidates);
        c->candidate_words = 0;
        c->best = GIC_INTID_NONE;
        c->best_priority = PRIORITY_IDLE;
        gic_update_running(s, cpu);
    }
    s->group_cpus[0] &= all_cpus(s);
    s->group_cpus[1] &= all_cpus(s);
    gic_update_all(s);
}

void gic_reset(Gic *gic)
{
    GicState *s = &gic->s;

    s->group_enabled[0] = s->group_enabled[1] = false;
    for (unsigned w = 1; w < GIC_WORDS; w++)
        reset_word(s, w, &s->spi[w]);
    memset(s->priority, 0, sizeof s->priority);
    memset(s->target, s->version == 2 && s->cpus == 1, sizeof s->target);
    memset(s->router, 0, sizeof s->router);
    for (unsigned cpu = 0; cpu < s->cpus; cpu++)
        reset_cpu(s, cpu);
    rebuild(s);
    settle_all(gic);
}

void gic_cpu_reset(Gic *gic, unsigned cpu)
{
    if (gic->s.version == 2)
        return;
    reset_cpu_interface(&gic->s, cpu);
    gic_settle(gic);
}

Gic *gic_new(unsigned version, unsigned cpus, unsigned spis, GicSetIrq *set_irq, void *opaque)
{
    unsigned max_cpus = version == 2 ? GICV2_MAX_CPUS : GICV3_MAX_CPUS;

    if ((version != 2 && version != 3) || cpus < 1 || cpus > max_cpus || spis > GIC_MAX_SPIS || !set_irq)
        return NULL;
    Gic *gic = calloc(1, sizeof *gic);
    if (!gic)
        return NULL;
    identify(&gic->s, version, cpus, spis);
    gic->set_irq = set_irq;
    gic->opaque = opaque;
    gic_reset(gic);
    return gic;
}

void gic_free(Gic *gic)
{
    free(gic);
}

/* -- Snapshots ------------------------------------------------------------------------------------------ */

/* The cores that exist come last, so that a small machine has a small state. */
size_t gic_state_size(const Gic *gic)
{
    return offsetof(GicState, cpu) + gic->s.cpus * sizeof(GicCpu);
}

void gic_save(const Gic *gic, void *state)
{
    memcpy(state, &gic->s, gic_state_size(gic));
}

bool gic_load(Gic *gic, const void *state, size_t size)
{
    size_t identity = offsetof(GicState, priority_mask);

    if (size != gic_state_size(gic) || memcmp(state, &gic->s, identity) != 0)
        return false;
    memcpy(&gic->s, state, size);
    rebuild(&gic->s);
    settle_all(gic);
    return true;
}
