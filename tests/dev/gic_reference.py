# SPDX-License-Identifier: MIT
"""A GIC to compare the real one with: slow and plain. Every question walks over every interrupt, nothing is cached.

Written from IHI 0048 (GICv2) and IHI 0069 (GICv3), for one Security state. It knows only accesses of the documented sizes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

NONE = 1023
IDLE = 0xFF


@dataclass
class Interrupt:
    intid: int
    priority: int = 0
    enabled: bool = False
    group: int = 0
    edge: bool = False
    line: bool = False
    latched: bool = False
    active: bool = False
    sources: set[int] = field(default_factory=set)      # GICv2 SGIs: CPUs that sent it
    targets: set[int] = field(default_factory=set)      # GICv2 SPIs
    affinity: int = 0                                   # GICv3 SPIs: IROUTER
    any_cpu: bool = False                               # IROUTER.IRM

    @property
    def pending(self) -> bool:
        return self.latched or bool(self.sources) or (self.line and not self.edge)


@dataclass
class Interface:
    ctlr: int = 0
    pmr: int = 0
    bpr: list[int] = field(default_factory=lambda: [0, 1])
    enabled: list[bool] = field(default_factory=lambda: [False, False])
    active: list[set[int]] = field(default_factory=lambda: [set(), set()])  # active group priorities, by group
    sleeping: bool = True
    dpg: list[bool] = field(default_factory=lambda: [False, False])


class Reference:
    """The same questions as `gic_library.Gic` answers."""

    def __init__(self, version: int, cpus: int, spis: int) -> None:
        self.version, self.cpus, self.spis = version, cpus, spis
        self.enabled = [False, False]
        self.interfaces = [Interface(bpr=[0, 1] if version == 2 else [2, 3]) for _ in range(cpus)]
        self.private = [[Interrupt(i) for i in range(32)] for _ in range(cpus)]
        self.shared = {i: Interrupt(i) for i in range(32, 32 + spis)}
        for bank in self.private:
            for sgi in bank[:16]:
                sgi.edge, sgi.enabled = True, version == 2
        if version == 2 and cpus == 1:
            for spi in self.shared.values():
                spi.targets = {0}

    # -- Who sees what ----------------------------------------------------------------------------------------------

    def interrupt(self, intid: int, cpu: int) -> Interrupt | None:
        return self.private[cpu][intid] if intid < 32 else self.shared.get(intid)

    def cpu_of(self, affinity: int) -> int | None:
        for cpu in range(self.cpus):
            if affinity == (cpu // 16 << 8 | cpu % 16):
                return cpu
        return None

    def first_eligible(self, group: int) -> int | None:
        for cpu, interface in enumerate(self.interfaces):
            if interface.enabled[group] and not interface.sleeping and not interface.dpg[group]:
                return cpu
        return None

    def reaches(self, irq: Interrupt, cpu: int) -> bool:
        """Whether the interrupt is forwarded to that core when pending."""
        if not irq.enabled or irq.active or not self.enabled[irq.group]:
            return False
        if self.version == 2:
            return irq.intid < 32 or cpu in irq.targets
        if not self.interfaces[cpu].enabled[irq.group]:
            return False
        if irq.intid < 32:
            return True
        return cpu == (self.first_eligible(irq.group) if irq.any_cpu else self.cpu_of(irq.affinity))

    def highest(self, cpu: int) -> Interrupt | None:
        visible = [irq for irq in [*self.private[cpu], *self.shared.values()] if irq.pending and self.reaches(irq, cpu)]
        return min(visible, key=lambda irq: (irq.priority, irq.intid), default=None)

    def group_mask(self, cpu: int, group: int) -> int:
        interface = self.interfaces[cpu]
        common = interface.ctlr >> (4 if self.version == 2 else 0) & 1
        if group == 0 or common:
            return 0xFE << interface.bpr[0] & 0xFF
        return 0xFF << interface.bpr[1] & 0xFF

    def running(self, cpu: int) -> int:
        return min(*[min(s, default=IDLE) for s in self.interfaces[cpu].active])

    def running_group(self, cpu: int) -> int:
        active = self.interfaces[cpu].active
        return 1 if min(active[1], default=IDLE) < min(active[0], default=IDLE) else 0

    def signalled(self, cpu: int) -> Interrupt | None:
        """The interrupt that is asserted to the core now."""
        irq, interface = self.highest(cpu), self.interfaces[cpu]
        if irq is None or irq.priority >= interface.pmr or not interface.enabled[irq.group]:
            return None
        mask, running = self.group_mask(cpu, irq.group), self.running(cpu)
        return irq if running == IDLE or irq.priority & mask < running & mask else None

    def outputs(self, cpu: int) -> tuple[bool, bool]:
        irq = self.signalled(cpu)
        if irq is None:
            return (False, False)
        fiq = irq.group == 0 and (self.version == 3 or bool(self.interfaces[cpu].ctlr & 8))
        return (not fiq, fiq)

    def highest_pending(self, cpu: int) -> int:
        irq = self.highest(cpu)
        return irq.intid if irq else NONE

    # -- What happens -------------------------------------------------------------------------------------------------

    def line(self, intid: int, level: bool, cpu: int = 0) -> None:
        irq = self.interrupt(intid, cpu)
        if irq is None or intid < 16:
            return
        if level and not irq.line and irq.edge:
            irq.latched = True
        irq.line = level

    def acknowledge(self, cpu: int, irq: Interrupt) -> int:
        self.interfaces[cpu].active[irq.group].add(irq.priority & self.group_mask(cpu, irq.group))
        irq.active, irq.latched = True, False
        if irq.sources:
            source = min(irq.sources)
            irq.sources.remove(source)
            return source << 10 | irq.intid
        return irq.intid

    def drop(self, cpu: int, group: int) -> None:
        active = self.interfaces[cpu].active[group]
        if active:
            active.remove(min(active))

    def deactivate(self, cpu: int, intid: int) -> None:
        irq = self.interrupt(intid, cpu)
        if irq:
            irq.active = False

    def send_sgi(self, to: int, intid: int, source: int) -> None:
        if self.version == 2:
            self.private[to][intid].sources.add(source)
        else:
            self.private[to][intid].latched = True

    # -- GICv3 system registers ---------------------------------------------------------------------------------------

    def icc(self, cpu: int, name: str, value: int | None = None) -> int:
        return self.icc_read(cpu, name) if value is None else self.icc_write(cpu, name, value)

    def icc_read(self, cpu: int, name: str) -> int:
        interface = self.interfaces[cpu]
        group = int(name[-1]) if name[-1] in "01" else 0
        if name in ("IAR0", "IAR1"):
            irq = self.signalled(cpu)
            return self.acknowledge(cpu, irq) if irq and irq.group == group else NONE
        if name in ("HPPIR0", "HPPIR1"):
            irq = self.highest(cpu)
            return irq.intid if irq and irq.group == group else NONE
        if name in ("AP0R0", "AP1R0"):
            return sum(1 << (priority >> 3) for priority in interface.active[int(name[2])])
        if name == "BPR1" and interface.ctlr & 1:
            return min(7, interface.bpr[0] + 1)
        if name in ("BPR0", "BPR1"):
            return interface.bpr[group]
        if name in ("IGRPEN0", "IGRPEN1"):
            return int(interface.enabled[group])
        return {"PMR": interface.pmr, "RPR": self.running(cpu), "CTLR": interface.ctlr | 0x8400, "SRE": 7}.get(name, 0)

    def icc_write(self, cpu: int, name: str, value: int) -> int:
        interface = self.interfaces[cpu]
        group = int(name[-1]) if name[-1] in "01" else 0
        if name in ("EOIR0", "EOIR1"):
            if self.interrupt(value, cpu) and self.running(cpu) != IDLE and self.running_group(cpu) == group:
                self.drop(cpu, group)
                if not interface.ctlr & 2:
                    self.deactivate(cpu, value)
        elif name == "DIR":
            if interface.ctlr & 2:
                self.deactivate(cpu, value)
        elif name == "PMR":
            interface.pmr = value & 0xF8
        elif name == "CTLR":
            interface.ctlr = value & 3
        elif name in ("BPR0", "BPR1"):
            if group == 0 or not interface.ctlr & 1:
                interface.bpr[group] = max(value & 7, 2 + group)
        elif name in ("IGRPEN0", "IGRPEN1"):
            interface.enabled[group] = bool(value & 1)
        elif name in ("AP0R0", "AP1R0"):
            interface.active[int(name[2])] = {bit << 3 for bit in range(32) if value >> bit & 1}
        elif name in ("SGI0R", "SGI1R", "ASGI1R"):
            self.generate_sgi(cpu, 1 if name == "SGI1R" else 0, value)
        return 0

    def generate_sgi(self, cpu: int, group: int, value: int) -> None:
        affinity = (value >> 48 & 0xFF) << 32 | (value >> 32 & 0xFF) << 16 | (value >> 16 & 0xFF) << 8
        named = [self.cpu_of(affinity | bit) for bit in range(16) if value >> bit & 1]
        others = [other for other in range(self.cpus) if other != cpu]
        for to in others if value >> 40 & 1 else named:
            if to is not None and self.private[to][value >> 24 & 15].group == group:
                self.send_sgi(to, value >> 24 & 15, cpu)

    # -- GICv2 CPU interface --------------------------------------------------------------------------------------------

    def shows(self, cpu: int, irq: Interrupt, alias: bool) -> bool:
        return irq.group == 1 if alias else irq.group == 0 or bool(self.interfaces[cpu].ctlr & 4)

    def cpuif_read(self, cpu: int, offset: int) -> int:
        interface = self.interfaces[cpu]
        alias = offset in (0x20, 0x28)
        if offset in (0x0C, 0x20):
            irq = self.signalled(cpu)
            if irq is None:
                return NONE
            return self.acknowledge(cpu, irq) if self.shows(cpu, irq, alias) else NONE if alias else 1022
        if offset in (0x18, 0x28):
            irq = self.highest(cpu)
            if irq is None:
                return NONE
            shown = min(irq.sources, default=0) << 10 | irq.intid
            return shown if self.shows(cpu, irq, alias) else NONE if alias else 1022
        if 0xD0 <= offset < 0xF0:
            group, first = divmod((offset - 0xD0) // 4, 4)
            return sum(1 << (p >> 1) % 32 for p in interface.active[group] if (p >> 1) // 32 == first)
        plain = {0: interface.ctlr, 4: interface.pmr, 8: interface.bpr[0], 0x14: self.running(cpu), 0x1C: interface.bpr[1]}
        return plain.get(offset, 0x2043B if offset == 0xFC else 0)

    def cpuif_write(self, cpu: int, offset: int, value: int) -> None:
        interface = self.interfaces[cpu]
        if offset == 0:
            interface.ctlr = value & 0x21F
            interface.enabled = [bool(value & 1), bool(value & 2)]
        elif offset == 4:
            interface.pmr = value & 0xFF
        elif offset == 8:
            interface.bpr[0] = value & 7
        elif offset == 0x1C:
            interface.bpr[1] = max(1, value & 7)
        elif offset in (0x10, 0x24):
            irq = self.interrupt(value & 0x3FF, cpu)
            if irq and self.running(cpu) != IDLE and (offset == 0x10 or irq.group == 1):
                self.drop(cpu, irq.group)
                if not interface.ctlr & 0x200:
                    irq.active = False
        elif offset == 0x1000 and interface.ctlr & 0x200:
            self.deactivate(cpu, value & 0x3FF)
        elif 0xD0 <= offset < 0xF0:
            group, n = divmod((offset - 0xD0) // 4, 4)
            kept = {p for p in interface.active[group] if (p >> 1) // 32 != n}
            interface.active[group] = kept | {(n * 32 + bit) << 1 for bit in range(32) if value >> bit & 1}

    # -- Distributor and redistributors -------------------------------------------------------------------------------

    def bank(self, frame: str, cpu: int, offset: int) -> tuple[int, int]:
        """The core whose private interrupts an access is about, and the offset as if in GICD."""
        return (offset // 0x20000, offset % 0x10000) if frame == "redist" else (cpu, offset)

    def fields(self, cpu: int, first: int, count: int) -> list[Interrupt | None]:
        return [self.interrupt(intid, cpu) for intid in range(first, first + count)]

    def hidden(self, frame: str, first: int) -> bool:
        return self.version == 3 and (frame == "dist") == (first < 32)

    def read(self, frame: str, cpu: int, offset: int, size: int = 4) -> int:
        if frame == "cpuif":
            return self.cpuif_read(cpu, offset)
        if frame == "redist" and offset % 0x20000 < 0x10000:
            return self.rd_base_read(offset // 0x20000, offset % 0x20000)
        cpu, at = self.bank(frame, cpu, offset)
        if frame == "dist" and at == 0:
            return sum(self.enabled[g] << g for g in (0, 1)) | (0x50 if self.version == 3 else 0)
        if 0x80 <= at < 0x400:
            return self.bits_read(frame, cpu, at)
        if 0x400 <= at < 0x800:
            irqs = self.fields(cpu, at - 0x400, size)
            return 0 if self.hidden(frame, at - 0x400) else sum(irq.priority << 8 * n for n, irq in enumerate(irqs) if irq)
        if 0x800 <= at < 0xC00 and self.version == 2:
            return sum(self.target_byte(cpu, at - 0x800 + n) << 8 * n for n in range(size))
        if 0xC00 <= at < 0xD00:
            first = (at - 0xC00) * 4
            irqs = self.fields(cpu, first, 16)
            return 0 if self.hidden(frame, first) else sum(2 << 2 * n for n, irq in enumerate(irqs) if irq and irq.edge)
        if 0xF10 <= at < 0xF30 and self.version == 2:
            return sum(sum(1 << s for s in self.private[cpu][(at + n) % 16].sources) << 8 * n for n in range(size))
        if self.version == 3 and 0x6100 <= at < 0x8000:
            irq = self.interrupt((at - 0x6000) // 8, 0)
            return irq.affinity | irq.any_cpu << 31 if irq else 0
        return 0

    def rd_base_read(self, owner: int, at: int) -> int:
        interface = self.interfaces[owner]
        return {0: interface.dpg[0] << 24 | interface.dpg[1] << 25, 0x14: 6 if interface.sleeping else 0}.get(at, 0)

    def target_byte(self, cpu: int, intid: int) -> int:
        irq = self.interrupt(intid, cpu)
        if self.cpus == 1 or irq is None:
            return 0
        return 1 << cpu if intid < 32 else sum(1 << c for c in irq.targets)

    def bits_read(self, frame: str, cpu: int, at: int) -> int:
        register, first = at // 0x80, at % 0x80 * 8
        if self.hidden(frame, first):
            return 0
        name = {1: "group", 2: "enabled", 3: "enabled", 4: "pending", 5: "pending", 6: "active", 7: "active"}[register]
        return sum(int(getattr(irq, name)) << n for n, irq in enumerate(self.fields(cpu, first, 32)) if irq)

    def write(self, frame: str, cpu: int, offset: int, value: int, size: int = 4) -> None:
        source = cpu
        if frame == "cpuif":
            self.cpuif_write(cpu, offset, value)
            return
        if frame == "redist" and offset % 0x20000 < 0x10000:
            self.rd_base_write(offset // 0x20000, offset % 0x20000, value)
            return
        cpu, at = self.bank(frame, cpu, offset)
        if frame == "dist" and at == 0:
            self.enabled = [bool(value & 1), bool(value & 2)]
        elif 0x80 <= at < 0x400:
            self.bits_write(frame, cpu, at, value)
        elif 0x400 <= at < 0x800:
            for n, irq in enumerate(self.fields(cpu, at - 0x400, size)):
                if irq and not self.hidden(frame, irq.intid):
                    irq.priority = value >> 8 * n & (0xFF if self.version == 2 else 0xF8)
        elif 0x800 <= at < 0xC00 and self.version == 2 and self.cpus > 1:
            for n, irq in enumerate(self.fields(cpu, at - 0x800, size)):
                if irq and irq.intid >= 32:
                    irq.targets = {c for c in range(self.cpus) if value >> 8 * n >> c & 1}
        elif 0xC00 <= at < 0xD00:
            for n, irq in enumerate(self.fields(cpu, (at - 0xC00) * 4, 16)):
                if irq and irq.intid >= 16 and not self.hidden(frame, irq.intid):
                    irq.edge = bool(value >> 2 * n & 2)
        elif at == 0xF00 and self.version == 2:
            chosen = [[c for c in range(8) if value >> 16 >> c & 1], [c for c in range(8) if c != source], [source], []]
            for to in chosen[value >> 24 & 3]:
                if to < self.cpus:
                    self.send_sgi(to, value & 15, source)
        elif 0xF10 <= at < 0xF30 and self.version == 2:
            for n in range(size):
                sources = {c for c in range(self.cpus) if value >> 8 * n >> c & 1}
                sgi = self.private[cpu][(at + n) % 16]
                sgi.sources = sgi.sources - sources if at < 0xF20 else sgi.sources | sources
        elif self.version == 3 and 0x6100 <= at < 0x8000:
            irq = self.interrupt((at - 0x6000) // 8, 0)
            if irq:
                irq.affinity, irq.any_cpu = value & 0xFF00FFFFFF, bool(value >> 31 & 1)
                irq.affinity &= ~(1 << 31)

    def rd_base_write(self, owner: int, at: int, value: int) -> None:
        if at == 0:
            self.interfaces[owner].dpg = [bool(value >> 24 & 1), bool(value >> 25 & 1)]
        elif at == 0x14:
            self.interfaces[owner].sleeping = bool(value & 2)

    def bits_write(self, frame: str, cpu: int, at: int, value: int) -> None:
        register, first = at // 0x80, at % 0x80 * 8
        for n, irq in enumerate(self.fields(cpu, first, 32)):
            if irq is None or self.hidden(frame, first):
                continue
            bit = value >> n & 1
            if register == 1:
                irq.group = bit
            elif bit and not (self.version == 2 and irq.intid < 16 and register < 6):
                self.set_bit(irq, register)

    def set_bit(self, irq: Interrupt, register: int) -> None:
        if register in (2, 3):
            irq.enabled = register == 2
        elif register in (4, 5):
            irq.latched = register == 4
        else:
            irq.active = register == 6
