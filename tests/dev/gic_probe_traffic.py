# SPDX-License-Identifier: MIT
"""Random accesses on which this GIC and QEMU 7.2's must agree.

Left out is what the architecture leaves open, or where QEMU is known to differ from it. GICv3: ICC_IGRPEN0/1 only change together
(QEMU lets an interrupt of a disabled group hide one of the enabled group). GICv2: the groups are enabled and disabled together;
no alias registers (GICC_AIAR, AEOIR, AHPPIR: QEMU has none without the Security Extensions); one target a SPI, and only it ends the
interrupt; no ISACTIVER of SPIs, no ISPENDR and ICPENDR and ICFGR of PPIs on several cores (QEMU keeps those bits per core where they
are global, and the other way round); no SPENDSGIR (QEMU asserts); BPR and ABPR fixed, to the same split (QEMU does not mask the
pending priority); no priority 0xff, no HPPIR (QEMU applies PMR to it) and no IAR that would give 1022 or 1023 by order of checks.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from .gic_probe import Command

INTIDS = [0, 1, 5, 15, 27, 30, 32, 33, 40, 63, 64, 100, 287]
SGIS = [0, 1, 5, 15]
PRIORITIES = [0, 8, 0x10, 0x18, 0x40, 0x48, 0x80, 0x88, 0xA0, 0xC0, 0xF0, 0xF8]
IGROUPR, ISENABLER, ICENABLER, ISPENDR, ICPENDR, ISACTIVER, ICACTIVER = range(0x80, 0x400, 0x80)


class ProbeTraffic:
    """A stream of commands for one GIC version; every second one asks a core's ISR_EL1."""

    def __init__(self, seed: int, version: int, cpus: int) -> None:
        self.random, self.version, self.cpus = random.Random(seed), version, cpus
        self.targets = {intid: self.random.randrange(cpus) for intid in INTIDS if intid >= 32}

    def stream(self, count: int) -> Iterator[Command]:
        yield from self.setup_common()
        yield from self.setup_v2() if self.version == 2 else self.setup_v3()
        for _ in range(count):
            cpu, intid = self.random.randrange(self.cpus), self.random.choice(INTIDS)
            special = self.v2 if self.version == 2 else self.v3
            yield from (self.common if self.random.random() < 0.5 else special)(cpu, intid)
            yield Command(self.random.randrange(self.cpus), "", "ISR")

    def at(self, register: int, intid: int, cpu: int, bits: int = 1) -> tuple[int, str, int]:
        """Accessing core, frame and offset of the word (or byte) of an array with `bits` for each INTID."""
        offset = register + (intid if bits == 8 else intid * bits // 32 * 4)
        if intid < 32 and self.version == 3:
            return self.random.randrange(self.cpus), "redist", cpu * 0x20000 + 0x10000 + offset
        return cpu, "dist", offset

    def setup_common(self) -> Iterator[Command]:
        pick = self.random
        for cpu in range(self.cpus):
            yield Command(*self.at(IGROUPR, 0, cpu), value=pick.getrandbits(32))
            yield Command(*self.at(ISENABLER, 0, cpu), value=0xFFFFFFFF)
        for intid in (32, 64, 96, 287):
            yield Command(*self.at(IGROUPR, intid, 0), value=pick.getrandbits(32))
            yield Command(*self.at(ISENABLER, intid, 0), value=0xFFFFFFFF)
        yield Command(0, "dist", 0, value=3)

    def setup_v2(self) -> Iterator[Command]:
        for cpu in range(self.cpus):
            split = self.random.randrange(7)
            values = [(0, self.random.choice([7, 0xF])), (4, 0xF8), (8, split), (0x1C, split + 1)]
            yield from (Command(cpu, "cpuif", offset, value=value) for offset, value in values)
        for intid, target in self.targets.items():
            yield Command(0, "dist", 0x800 + intid, 1, 1 << target)

    def setup_v3(self) -> Iterator[Command]:
        for cpu in range(self.cpus):
            for name, value in (("PMR", 0xF8), ("IGRPEN0", 1), ("IGRPEN1", 1)):
                yield Command(cpu, "", name, value=value)

    def common(self, cpu: int, intid: int) -> list[Command]:
        pick, bit = self.random, 1 << intid % 32
        kind = pick.randrange(12)
        is_global = intid >= 32 or self.version == 3 or (self.cpus == 1 and intid >= 16)
        if kind < 2:
            return [Command(cpu, "", pick.choice(["CNTP_CTL", "CNTV_CTL"]), value=pick.choice([0, 1, 3]))]
        if kind == 2:
            return [Command(*self.at(pick.choice([ISENABLER, ISENABLER, ICENABLER]), intid, cpu), value=bit)]
        if kind < 6 and is_global:
            return [Command(*self.at(pick.choice([ISPENDR, ISPENDR, ICPENDR]), intid, cpu), value=bit)]
        if kind == 6 and self.version == 3:
            return [Command(*self.at(pick.choice([ISACTIVER, ICACTIVER, ICACTIVER]), intid, cpu), value=bit)]
        if kind == 7:
            return [Command(*self.at(0x400, intid, cpu, 8), 1, pick.choice(PRIORITIES))]
        if kind == 8:
            return [Command(*self.at(IGROUPR, intid, cpu), value=pick.getrandbits(32))]
        if kind == 9 and is_global and intid >= 16:
            return [Command(*self.at(0xC00, intid, cpu, 2), value=pick.getrandbits(32))]
        if kind == 10:
            return [Command(cpu, "dist", 0, value=pick.choice([3, 3, 3, 0]))]
        return [Command(*self.at(pick.choice([IGROUPR, ISENABLER, ICENABLER, ISPENDR, ICPENDR, ISACTIVER]), intid, cpu))]

    def v2(self, cpu: int, intid: int) -> list[Command]:
        pick = self.random
        kind = pick.randrange(9)
        owner = self.targets.get(intid, cpu)
        if kind < 3:
            return [Command(cpu, "cpuif", 0x0C)]
        if kind < 5:
            return [Command(owner, "cpuif", 0x10, value=intid)]
        if kind == 5:
            return [Command(owner, "cpuif", 0x1000, value=intid)]
        if kind == 6:
            filter_ = pick.randrange(3)
            return [Command(cpu, "dist", 0xF00, value=filter_ << 24 | pick.getrandbits(8) << 16 | pick.choice(SGIS))]
        if kind == 7:
            offset, value = pick.choice([(0, pick.getrandbits(10) & 0x218 | 7), (4, pick.choice([*PRIORITIES, 0xF8, 0xFF]))])
            return [Command(cpu, "cpuif", offset, value=value)]
        return [Command(cpu, "cpuif", pick.choice([0, 4, 8, 0x14, 0x1C, *range(0xD0, 0xF0, 4)]))]

    def v3(self, cpu: int, intid: int) -> list[Command]:
        pick = self.random
        kind = pick.randrange(12)
        if kind < 3:
            return [Command(cpu, "", pick.choice(["IAR0", "IAR1"]))]
        if kind < 5:
            return [Command(cpu, "", pick.choice(["EOIR0", "EOIR1"]), value=intid)]
        if kind == 5:
            return [Command(cpu, "", "DIR", value=intid)]
        if kind == 6:
            enable = pick.choice([0, 1, 1])
            return [Command(cpu, "", "IGRPEN0", value=enable), Command(cpu, "", "IGRPEN1", value=enable)]
        if kind == 7:
            others = pick.choice([0, 0, 0, 1]) << 40
            value = pick.choice(SGIS) << 24 | others | pick.getrandbits(4)
            return [Command(cpu, "", pick.choice(["SGI0R", "SGI1R", "SGI1R", "ASGI1R"]), value=value)]
        if kind == 8:
            return [Command(cpu, "", "PMR", value=pick.choice([*PRIORITIES, 0xF8, 0xFF]))]
        if kind == 9:
            name = pick.choice(["BPR0", "BPR1", "CTLR", "AP0R0", "AP1R0"])
            value = pick.choice([0, 1 << pick.randrange(32)]) if name.startswith("AP") else pick.randrange(8)
            return [Command(cpu, "", name, value=value & 3 if name == "CTLR" else value)]
        if kind == 10:
            route = pick.choice([pick.randrange(self.cpus), pick.randrange(self.cpus), self.cpus + 3])
            return [Command(cpu, "dist", 0x6000 + 8 * max(intid, 32), 8, route)]
        names = ["HPPIR0", "HPPIR1", "RPR", "AP0R0", "AP1R0", "BPR0", "BPR1", "PMR", "IGRPEN0", "IGRPEN1"]
        return [Command(cpu, "", pick.choice(names))]
