/* SPDX-License-Identifier: MIT
 * Arm Generic Interrupt Controller, architecture versions 2 (IHI 0048) and 3 (IHI 0069): the public face.
 * One Security state (GICD_CTLR.DS = 1, as QEMU's virt has without EL3), no LPIs, no virtualization.
 *
 * Independent of the rest of the core: all it calls is set_irq(). It calls that only when an output of a core changes (and for
 * every core at the end of gic_reset() and gic_load()), always as the last thing that an entry point does; the callback must not
 * call back into the GIC. Offsets, sizes and INTIDs may come straight from a guest: what is not there reads as zero and ignores
 * writes. CPU numbers come from the core and must be below `cpus`. */
#ifndef EMU_DEV_GIC_H
#define EMU_DEV_GIC_H

#include "arch/types.h"

enum {
    GICV2_MAX_CPUS = 8,
    GICV3_MAX_CPUS = 64,
    GIC_MAX_SPIS = 988,             /* INTIDs 32..1019 */
    GIC_DEFAULT_SPIS = 256,
    GIC_INTID_NONE = 1023,
    GICR_STRIDE = 0x20000,          /* one redistributor: RD_base and SGI_base frames of 64 KiB each */
};

/* The system registers of the GICv3 CPU interface. With 5 bits of priority ICC_AP0R1..3 and ICC_AP1R1..3 do not exist. */
typedef enum IccReg {
    ICC_IAR0_EL1, ICC_IAR1_EL1, ICC_EOIR0_EL1, ICC_EOIR1_EL1, ICC_HPPIR0_EL1, ICC_HPPIR1_EL1, ICC_BPR0_EL1, ICC_BPR1_EL1,
    ICC_CTLR_EL1, ICC_PMR_EL1, ICC_RPR_EL1, ICC_DIR_EL1, ICC_SRE_EL1, ICC_SRE_EL2, ICC_SRE_EL3, ICC_IGRPEN0_EL1,
    ICC_IGRPEN1_EL1, ICC_IGRPEN1_EL3, ICC_CTLR_EL3, ICC_AP0R0_EL1, ICC_AP1R0_EL1, ICC_SGI0R_EL1, ICC_SGI1R_EL1, ICC_ASGI1R_EL1,
    ICC_REGS
} IccReg;

typedef struct Gic Gic;
typedef void GicSetIrq(void *opaque, unsigned cpu, bool irq, bool fiq);

/* version: 2 or 3. cpus: 1..8 (v2), 1..64 (v3). spis: 0..988. NULL when out of range or out of memory. */
Gic *gic_new(unsigned version, unsigned cpus, unsigned spis, GicSetIrq *set_irq, void *opaque);
void gic_free(Gic *gic);

/* Cold reset of everything but the input lines, which belong to the devices. */
void gic_reset(Gic *gic);

/* Reset of one PE (PSCI CPU_ON): its ICC_* registers in GICv3; GICv2 has nothing that a PE's reset reaches. */
void gic_cpu_reset(Gic *gic, unsigned cpu);

/* Affinity of a core as the GIC sees it, in the layout of MPIDR_EL1 (Aff3 in 39:32, Aff2..Aff0 in 23:0). */
u64 gic_cpu_affinity(unsigned version, unsigned cpu);

/* Drives an input: PPI (16..31) of `cpu`, or SPI (32..). An edge-triggered interrupt becomes pending when its line rises. */
void gic_set_line(Gic *gic, unsigned intid, unsigned cpu, bool level);
bool gic_line(const Gic *gic, unsigned intid, unsigned cpu);

/* Memory-mapped frames: `cpu` is the one that accesses, `size` is in bytes. They return false, and reads give 0, when nothing
 * answers at that offset and size. The redistributor's offset counts from the frame of core 0. */
bool gic_dist_read(Gic *gic, unsigned cpu, u64 offset, unsigned size, u64 *value);
bool gic_dist_write(Gic *gic, unsigned cpu, u64 offset, unsigned size, u64 value);
bool gic_cpuif_read(Gic *gic, unsigned cpu, u64 offset, unsigned size, u64 *value);
bool gic_cpuif_write(Gic *gic, unsigned cpu, u64 offset, unsigned size, u64 value);
bool gic_redist_read(Gic *gic, unsigned cpu, u64 offset, unsigned size, u64 *value);
bool gic_redist_write(Gic *gic, unsigned cpu, u64 offset, unsigned size, u64 value);

/* System registers of GICv3; a read of a write-only register gives 0, a write of a read-only one is ignored. */
u64 gic_icc_read(Gic *gic, unsigned cpu, IccReg reg);
void gic_icc_write(Gic *gic, unsigned cpu, IccReg reg, u64 value);

/* What the outputs are now, and the highest priority pending INTID of a core (1023: none): for debuggers. */
bool gic_irq_output(const Gic *gic, unsigned cpu);
bool gic_fiq_output(const Gic *gic, unsigned cpu);
unsigned gic_highest_pending(const Gic *gic, unsigned cpu);

/* Snapshots: the state is one flat block without pointers. gic_load() returns false, and changes nothing, when the block is not
 * from a GIC of the same version, cores and SPIs. */
size_t gic_state_size(const Gic *gic);
void gic_save(const Gic *gic, void *state);
bool gic_load(Gic *gic, const void *state, size_t size);

#endif
