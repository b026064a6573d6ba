# SPDX-License-Identifier: MIT
"""Random traffic on the GIC and on the reference model: every read, every output, and at the end every register must agree."""

from __future__ import annotations

import ctypes
import random
from collections.abc import Iterator

import pytest

from .gic_library import ICC_STATE, Gic
from .gic_reference import Reference

INTIDS = [0, 1, 5, 15, 16, 27, 30, 31, 32, 33, 40, 63, 64, 95, 100]
PRIORITIES = [0, 1, 2, 8, 0x10, 0x18, 0x40, 0x48, 0x80, 0x88, 0xA0, 0xF0, 0xF8, 0xFE, 0xFF]
SPIS = 96
Operation = tuple[str, tuple[object, ...]]


class Traffic:
    """A stream of random operations: ("read" | "write" | "icc" | "line", arguments of that method)."""

    def __init__(self, seed: int, version: int, cpus: int) -> None:
        self.random, self.version, self.cpus = random.Random(seed), version, cpus

    def bits_at(self, register: int, intid: int, cpu: int) -> tuple[str, int, int]:
        """Frame, accessing core and offset of the word of a bit register that holds `intid`."""
        if intid < 32 and self.version == 3:
            return "redist", self.random.randrange(self.cpus), cpu * 0x20000 + 0x10000 + register * 0x80
        return "dist", cpu, register * 0x80 + intid // 32 * 4

    def byte_at(self, array: int, intid: int, cpu: int) -> tuple[str, int, int]:
        if intid < 32 and self.version == 3:
            return "redist", cpu, cpu * 0x20000 + 0x10000 + array + intid
        return "dist", cpu, array + intid

    def setup(self) -> Iterator[Operation]:
        pick = self.random
        for cpu in range(self.cpus):
            yield "write", (*self.bits_at(1, 0, cpu), pick.getrandbits(32))
            yield "write", (*self.bits_at(2, 0, cpu), 0xFFFFFFFF)
            if self.version == 2:
                yield "write", ("cpuif", cpu, 4, 0xF8)
                yield "write", ("cpuif", cpu, 0, pick.choice([3, 7, 0xB, 0xF]))
            else:
                yield "icc", (cpu, "PMR", 0xF8)
                yield "icc", (cpu, "IGRPEN0", 1)
                yield "icc", (cpu, "IGRPEN1", 1)
                yield "write", ("redist", cpu, cpu * 0x20000 + 0x14, 0)
        for intid in (32, 64, 96):
            yield "write", (*self.bits_at(1, intid, 0), pick.getrandbits(32))
            yield "write", (*self.bits_at(2, intid, 0), 0xFFFFFFFF)
        for intid in INTIDS:
            if intid >= 32 and self.version == 2:
                yield "write", ("dist", 0, 0x800 + intid, pick.getrandbits(8), 1)
        yield "write", ("dist", 0, 0, 3)

    def common(self, cpu: int, intid: int) -> Operation:
        pick, bit = self.random, 1 << intid % 32
        kind = pick.randrange(12)
        if kind < 4:
            return "line", (intid, pick.random() < 0.6, cpu)
        if kind < 7:
            register = pick.choice([2, 2, 2, 3, 4, 4, 4, 5, 6, 7, 7])
            return "write", (*self.bits_at(register, intid, cpu), bit)
        if kind == 7:
            return "write", (*self.byte_at(0x400, intid, cpu), pick.choice(PRIORITIES), 1)
        if kind == 8:
            return "write", (*self.bits_at(1, intid, cpu), pick.getrandbits(32))
        if kind == 9:
            frame, who, offset = self.bits_at(0, intid, cpu)
            return "write", (frame, who, (offset & ~0x7F) + 0xC00 + intid // 16 * 4, pick.getrandbits(32))
        if kind == 10:
            return "write", ("dist", cpu, 0, pick.choice([3, 3, 3, 1, 2, 0]))
        return "read", self.bits_at(pick.randrange(1, 8), intid, cpu)

    def v2(self, cpu: int, intid: int) -> Operation:
        pick = self.random
        kind = pick.randrange(14)
        if kind < 4:
            return "read", ("cpuif", cpu, pick.choice([0xC, 0xC, 0x20]))
        if kind < 6:
            return "write", ("cpuif", cpu, pick.choice([0x10, 0x10, 0x24]), intid)
        if kind == 6:
            return "write", ("cpuif", cpu, 0x1000, intid)
        if kind == 7:
            return "write", ("cpuif", cpu, pick.choice([8, 0x1C]), pick.randrange(8))
        if kind == 8:
            return "write", ("cpuif", cpu, 4, pick.choice([*PRIORITIES, 0xF8, 0xFF, 0xFF]))
        if kind == 9:
            return "write", ("cpuif", cpu, 0, pick.getrandbits(10) | pick.choice([3, 3, 0]))
        if kind == 10:
            return "write", ("dist", cpu, 0xF00, pick.randrange(4) << 24 | pick.getrandbits(8) << 16 | pick.choice([0, 1, 5, 15]))
        if kind == 11:
            return "write", ("dist", cpu, pick.choice([0xF10, 0xF20]) + pick.choice([0, 1, 5, 15]), pick.getrandbits(8), 1)
        if kind == 12:
            return "write", ("dist", cpu, 0x800 + intid, pick.getrandbits(8), 1)
        if pick.random() < 0.2:
            return "write", ("cpuif", cpu, 0xD0 + 4 * pick.randrange(8), pick.choice([0, 0, 1 << pick.randrange(32)]))
        return "read", ("cpuif", cpu, pick.choice([0, 4, 8, 0x14, 0x18, 0x1C, 0x28, *range(0xD0, 0xF0, 4)]))

    def v3(self, cpu: int, intid: int) -> Operation:
        pick = self.random
        kind = pick.randrange(14)
        if kind < 4:
            return "icc", (cpu, pick.choice(["IAR0", "IAR1"]))
        if kind < 6:
            return "icc", (cpu, pick.choice(["EOIR0", "EOIR1"]), intid)
        if kind == 6:
            return "icc", (cpu, "DIR", intid)
        if kind == 7:
            return "icc", (cpu, pick.choice(["BPR0", "BPR1"]), pick.randrange(8))
        if kind == 8:
            return "icc", (cpu, "PMR", pick.choice([*PRIORITIES, 0xF8, 0xFF, 0xFF]))
        if kind == 9:
            name = pick.choice(["CTLR", "IGRPEN0", "IGRPEN1"])
            return "icc", (cpu, name, pick.randrange(4) if name == "CTLR" else pick.choice([0, 1, 1]))
        if kind == 10:
            target = pick.getrandbits(self.cpus) | pick.choice([0, 0, 1]) << 40 | (pick.getrandbits(1) << 16)
            return "icc", (cpu, pick.choice(["SGI0R", "SGI1R", "SGI1R", "ASGI1R"]), pick.choice([0, 1, 5, 15]) << 24 | target)
        if kind == 11:
            route = pick.choice([pick.randrange(self.cpus), pick.randrange(self.cpus), 0x100, 1 << 31, 1 << 32])
            return "write", ("dist", cpu, 0x6000 + 8 * max(intid, 32), route, 8)
        if kind == 12:
            offset, value = pick.choice([(0, pick.randrange(4) << 24), (0x14, pick.choice([0, 0, 2]))])
            return "write", ("redist", cpu, cpu * 0x20000 + offset, value)
        if pick.random() < 0.2:
            return "icc", (cpu, pick.choice(["AP0R0", "AP1R0"]), pick.choice([0, 0, 1 << pick.randrange(32)]))
        return "icc", (cpu, pick.choice(ICC_STATE))

    def operations(self, count: int) -> Iterator[Operation]:
        yield from self.setup()
        for _ in range(count):
            cpu, intid = self.random.randrange(self.cpus), self.random.choice(INTIDS)
            special = self.v2 if self.version == 2 else self.v3
            yield (self.common if self.random.random() < 0.5 else special)(cpu, intid)


def dump(gic: Gic | Reference) -> list[int]:
    """Every register that reads without a side effect."""
    values = []
    for cpu in range(gic.cpus):
        for offset in [0, *range(0x80, 0xD00, 4), *range(0xF10, 0xF30, 4)]:
            if gic.version == 2 or not 0x800 <= offset < 0xC00:
                values.append(gic.read("dist", cpu, offset))
        if gic.version == 2:
            values += [gic.read("cpuif", cpu, offset) for offset in range(0, 0x100, 4) if offset not in (0xC, 0x20)]
        else:
            base = cpu * 0x20000 + 0x10000
            values += [gic.read("redist", cpu, base + offset) for offset in range(0x80, 0x400, 0x80)]
            values += [gic.read("redist", cpu, base + offset) for offset in range(0x400, 0x420, 4)]
            values += [gic.icc(cpu, n) for n in ICC_STATE]
    if gic.version == 3:
        values += [gic.read("dist", 0, 0x6000 + 8 * intid, 8) for intid in range(32, 1020)]
    return values


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("version", "cpus"), [(2, 1), (2, 3), (3, 1), (3, 3), (3, 18)])
def test_agrees_with_reference(gic_library: ctypes.CDLL, version: int, cpus: int, seed: int) -> None:
    gic, reference = Gic(gic_library, version, cpus, SPIS), Reference(version, cpus, SPIS)
    history: list[Operation] = []
    for number, operation in enumerate(Traffic(seed, version, cpus).operations(1200)):
        history.append(operation)
        method, arguments = operation
        got, expected = getattr(gic, method)(*arguments), getattr(reference, method)(*arguments)
        assert got == expected, (number, history[-8:])
        for cpu in range(min(cpus, 3)):
            assert gic.outputs[cpu] == reference.outputs(cpu), (number, cpu, history[-8:])
            assert gic.highest_pending(cpu) == reference.highest_pending(cpu), (number, cpu, history[-8:])
    assert dump(gic) == dump(reference)


@pytest.mark.parametrize("version", [2, 3])
def test_snapshot_in_the_middle_changes_nothing(gic_library: ctypes.CDLL, version: int) -> None:
    cpus = 3
    one, other = Gic(gic_library, version, cpus, SPIS), Gic(gic_library, version, cpus, SPIS)
    for number, (method, arguments) in enumerate(Traffic(99, version, cpus).operations(1500)):
        if number % 100 == 50:
            assert other.load(one.save())
            assert other.outputs == one.outputs
            one, other = other, one
        getattr(one, method)(*arguments)
    reference = Gic(gic_library, version, cpus, SPIS)
    for method, arguments in Traffic(99, version, cpus).operations(1500):
        getattr(reference, method)(*arguments)
    assert dump(one) == dump(reference)
    assert one.outputs == reference.outputs
