/* SPDX-License-Identifier: MIT
 * One face for GICv2 (memory-mapped CPU interface) and GICv3 (system registers, affinity routing); the device tree
 * says which. All interrupts are group 1 on GICv3, group 0 on GICv2 without Security Extensions, as Linux has them. */
#ifndef GIC_H
#define GIC_H

#include "guest.h"

enum { GIC_SPI = 32, GIC_PPI = 16, GIC_IDLE_PRIORITY = 0xff };

unsigned gic_init(void);             /* distributor, all off; then gic_init_cpu(0). Returns the version */
void gic_init_cpu(unsigned cpu);     /* this CPU's interface: priority mask open, no split of EOI */
void gic_enable(u32 intid, u8 priority);
void gic_disable(u32 intid);
void gic_edge_triggered(u32 intid);  /* SPIs only */
void gic_priority_mask(u8 mask);
void gic_split_eoi(bool split);      /* EOImode: gic_end drops the priority only, gic_deactivate does the rest */
u32 gic_acknowledge(void);           /* what gic_end and gic_deactivate want; gic_intid of it is the INTID */
u32 gic_intid(u32 acknowledged);
void gic_end(u32 acknowledged);
void gic_deactivate(u32 acknowledged);
u32 gic_running_priority(void);
u32 gic_highest_pending(void);
void gic_send_sgi(u32 intid, unsigned cpu);
void gic_set_pending(u32 intid);
void gic_clear_pending(u32 intid);
bool gic_is_pending(u32 intid);
bool gic_is_active(u32 intid);

#endif
