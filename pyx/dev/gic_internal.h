/* SPDX-License-Identifier: MIT
 * State of the GIC, and what its files tell each other. Nothing outside pyx/dev/gic*.c includes this.
 *
 * How an interrupt reaches a core, each step cached so that nothing scans the INTIDs:
 *   IrqWord      the distributor's and redistributors' bits of 32 INTIDs;
 *   candidates   per core: INTIDs that are pending, enabled, not active, of an enabled group, and routed to it;
 *   best         per core: the candidate of highest priority (lowest INTID among equals);
 *   outputs      per core: best against PMR, binary point and running priority; settled when an entry point returns. */
#ifndef EMU_DEV_GIC_INTERNAL_H
#define EMU_DEV_GIC_INTERNAL_H

#include "dev/gic.h"

enum {
    GIC_WORDS = 32,                 /* IrqWords for INTIDs 0..1023 */
    GIC_IDS = 1024,
    GIC_NO_CPU = 0xff,
    PRIORITY_IDLE = 0xff,
};

/* 32 INTIDs, one bit each. */
typedef struct IrqWord {
    u32 exists;     /* RAZ/WI where clear */
    u32 enabled;
    u32 latched;    /* pending by an edge, an SGI, or a write to ISPENDR; what the line adds is in irq_pending() */
    u32 line;       /* the input is high */
    u32 active;
    u32 group1;     /* IGROUPR: clear is Group 0 */
    u32 edge;       /* ICFGR: edge-triggered */
} IrqWord;

/* A CPU interface: GICC_* or ICC_*. apr[group] holds a bit for each active group priority, index priority >> apr_shift. */
typedef struct CpuInterface {
    u32 ctlr;                       /* GICC_CTLR or ICC_CTLR_EL1, writable bits only */
    u8 pmr, bpr[2];
    bool group_enabled[2];
    u64 apr[2][2];
    u8 running;                     /* running priority: lowest bit of apr, or PRIORITY_IDLE */
    u8 running_group;
} CpuInterface;

typedef struct GicCpu {
    IrqWord private;                /* SGIs and PPIs */
    u8 priority[32];
    u8 sgi_sources[16];             /* GICv2: CPUs whose SGI is pending here; not 0 exactly when the latched bit is set */
    u32 gicr_ctlr, gicr_waker;      /* GICv3 */
    CpuInterface cpuif;
    u32 candidates[GIC_WORDS];
    u32 candidate_words;            /* bit w: candidates[w] is not 0 */
    u16 best;                       /* GIC_INTID_NONE: none */
    u8 best_priority;
    bool irq, fiq;                  /* outputs as last told */
} GicCpu;

typedef struct GicState {
    u32 magic, version, cpus, spis; /* never change: they identify a snapshot */
    u8 priority_mask;               /* implemented bits of a priority */
    u8 apr_shift;                   /* a bit of apr stands for 1 << apr_shift priorities */
    bool group_enabled[2];          /* GICD_CTLR.EnableGrp0, EnableGrp1 */
    u64 group_cpus[2];              /* cores whose interface wants that group forwarded */
    u64 dirty;                      /* cores whose outputs must be settled */
    IrqWord spi[GIC_WORDS];         /* word 0 unused */
    u8 priority[GIC_IDS];           /* 0..31 unused */
    u8 target[GIC_IDS];             /* GICv2: ITARGETSR */
    u64 router[GIC_IDS];            /* GICv3: IROUTER */
    u8 home[GIC_IDS];               /* GICv3: core that router names, or GIC_NO_CPU */
    u64 listed[GIC_IDS];            /* cores that have this SPI among their candidates */
    GicCpu cpu[GICV3_MAX_CPUS];
} GicState;

struct Gic {
    GicState s;
    GicSetIrq *set_irq;
    void *opaque;
};

#define GICD_IROUTER_IRM ((u64)1 << 31)
enum { GICR_WAKER_ProcessorSleep = 1 << 1, GICR_WAKER_ChildrenAsleep = 1 << 2 };
enum { GICR_CTLR_DPG0 = 1 << 24, GICR_CTLR_DPG1NS = 1 << 25 };

ALWAYS_INLINE IrqWord *irq_word(GicState *s, unsigned cpu, unsigned w)
{
    return w == 0 ? &s->cpu[cpu].private : &s->spi[w];
}

ALWAYS_INLINE u8 *irq_priority(GicState *s, unsigned cpu, unsigned intid)
{
    return intid < 32 ? &s->cpu[cpu].priority[intid] : &s->priority[intid];
}

ALWAYS_INLINE u32 irq_pending(const IrqWord *word)
{
    return word->latched | (word->line & ~word->edge);
}

ALWAYS_INLINE unsigned irq_group(GicState *s, unsigned cpu, unsigned intid)
{
    return irq_word(s, cpu, intid / 32)->group1 >> (intid % 32) & 1;
}

ALWAYS_INLINE bool irq_exists(GicState *s, unsigned cpu, unsigned intid)
{
    return intid < GIC_IDS && (irq_word(s, cpu, intid / 32)->exists >> (intid % 32) & 1);
}

ALWAYS_INLINE u64 all_cpus(const GicState *s)
{
    return ~(u64)0 >> (64 - s->cpus);
}

/* -- gic.c: from state to candidates, best and outputs ------------------------------------------- */
void gic_update(GicState *s, unsigned cpu, unsigned w, u32 changed);
void gic_update_private(GicState *s, unsigned cpu);
void gic_update_all(GicState *s);
void gic_priority_changed(GicState *s, unsigned cpu, unsigned intid);
void gic_find_home(GicState *s, unsigned intid);
void gic_settle(Gic *gic);

/* -- gic_regs.c: registers that distributor and redistributor share ------------------------------ */
bool gic_bits_read(GicState *s, unsigned cpu, u64 offset, u32 *value);
bool gic_bits_write(GicState *s, unsigned cpu, u64 offset, u32 value);
u32 gic_priority_read(GicState *s, unsigned cpu, unsigned intid, unsigned size);
void gic_priority_write(GicState *s, unsigned cpu, unsigned intid, unsigned size, u32 value);
u32 gic_id_register(u64 offset, u32 part, u32 arch);
void gic_send_sgi(GicState *s, unsigned to, unsigned intid, unsigned source);

/* -- gic_priority.c: what the CPU interfaces of both versions share ------------------------------ */
u8 gic_group_priority_mask(const GicState *s, const CpuInterface *c, unsigned group);
bool gic_can_signal(const GicState *s, unsigned cpu);
unsigned gic_acknowledge(GicState *s, unsigned cpu);
void gic_priority_drop(GicState *s, unsigned cpu, unsigned group);
void gic_deactivate(GicState *s, unsigned cpu, unsigned intid);
void gic_set_apr(GicState *s, unsigned cpu, unsigned group, unsigned n, u32 value);
u32 gic_apr(const GicState *s, unsigned cpu, unsigned group, unsigned n);
void gic_update_running(GicState *s, unsigned cpu);
void gic_set_cpu_group(GicState *s, unsigned cpu, unsigned group, bool enabled);
bool gic_wants_fiq(const GicState *s, unsigned cpu, unsigned group);
unsigned gic_bpr1(const GicState *s, unsigned cpu);

/* -- Access helpers -------------------------------------------------------------------------------- */
ALWAYS_INLINE bool in_range(u64 offset, u64 first, u64 bytes)
{
    return offset - first < bytes;
}

#endif
