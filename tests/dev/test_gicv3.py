# SPDX-License-Identifier: MIT
"""GICv3 as a guest uses it: system registers, redistributors, affinity routing, SGIs."""

from __future__ import annotations

import ctypes

import pytest

from .gic_library import Gic

NONE = 1023
STRIDE, SGI_BASE = 0x20000, 0x10000
IRQ, FIQ, QUIET = (True, False), (False, True), (False, False)


class Guest(Gic):
    """A GICv3 with everything enabled, Group 1, priority 0x80, SPIs routed to CPU 0."""

    def __init__(self, library: ctypes.CDLL, cpus: int = 1, spis: int = 256) -> None:
        super().__init__(library, 3, cpus, spis)
        self.write("dist", 0, 0, 3)
        for cpu in range(cpus):
            base = cpu * STRIDE
            self.write("redist", cpu, base + 0x14, 0)
            self.write("redist", cpu, base + SGI_BASE + 0x80, 0xFFFFFFFF)
            self.write("redist", cpu, base + SGI_BASE + 0x100, 0xFFFFFFFF)
            for offset in range(0x400, 0x420, 4):
                self.write("redist", cpu, base + SGI_BASE + offset, 0x80808080)
            self.icc(cpu, "PMR", 0xF8)
            self.icc(cpu, "IGRPEN0", 1)
            self.icc(cpu, "IGRPEN1", 1)
        for word in range(1, 32):
            self.write("dist", 0, 0x80 + 4 * word, 0xFFFFFFFF)
            self.write("dist", 0, 0x100 + 4 * word, 0xFFFFFFFF)
        for offset in range(0x420, 0x7FC, 4):
            self.write("dist", 0, offset, 0x80808080)

    def priority(self, intid: int, priority: int) -> None:
        self.write("dist", 0, 0x400 + intid, priority, 1)

    def group0(self, intid: int) -> None:
        offset = 0x80 + intid // 32 * 4
        self.write("dist", 0, offset, self.read("dist", 0, offset) & ~(1 << intid % 32))

    def pend(self, intid: int) -> None:
        self.write("dist", 0, 0x200 + intid // 32 * 4, 1 << intid % 32)

    def is_active(self, intid: int) -> bool:
        return bool(self.read("dist", 0, 0x300 + intid // 32 * 4) >> intid % 32 & 1)

    def route(self, intid: int, value: int) -> None:
        self.write("dist", 0, 0x6000 + 8 * intid, value, 8)

    def asserted(self) -> list[int]:
        return [cpu for cpu in range(self.cpus) if self.outputs[cpu] != QUIET]


def sgi(intid: int, targets: int = 0, aff1: int = 0, others: int = 0, aff2: int = 0, aff3: int = 0) -> int:
    return intid << 24 | targets | aff1 << 16 | aff2 << 32 | aff3 << 48 | others << 40


def test_life_of_a_level_interrupt(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.line(40, True)
    assert gic.outputs[0] == IRQ
    assert (gic.icc(0, "HPPIR1"), gic.icc(0, "HPPIR0")) == (40, NONE)
    assert gic.icc(0, "IAR0") == NONE
    assert gic.icc(0, "IAR1") == 40
    assert (gic.outputs[0], gic.icc(0, "RPR"), gic.icc(0, "AP1R0"), gic.icc(0, "AP0R0")) == (QUIET, 0x80, 1 << 16, 0)
    gic.icc(0, "EOIR1", 40)
    assert (gic.outputs[0], gic.icc(0, "RPR")) == (IRQ, 0xFF)
    gic.line(40, False)
    assert (gic.outputs[0], gic.icc(0, "IAR1")) == (QUIET, NONE)


def test_group_0_is_fiq(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.group0(40)
    gic.pend(40)
    assert gic.outputs[0] == FIQ
    assert gic.icc(0, "IAR1") == NONE
    assert gic.icc(0, "IAR0") == 40
    assert (gic.icc(0, "AP0R0"), gic.icc(0, "AP1R0")) == (1 << 16, 0)
    gic.icc(0, "EOIR1", 40)                                 # of the wrong group: nothing
    assert gic.icc(0, "RPR") == 0x80
    gic.icc(0, "EOIR0", 40)
    assert gic.icc(0, "RPR") == 0xFF


def test_a_disabled_group_does_not_hide_the_other(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.group0(41)
    gic.priority(40, 0x10)
    gic.pend(40)
    gic.pend(41)
    gic.icc(0, "IGRPEN1", 0)
    assert (gic.outputs[0], gic.icc(0, "HPPIR0"), gic.icc(0, "HPPIR1")) == (FIQ, 41, NONE)
    gic.icc(0, "IGRPEN1", 1)
    assert (gic.outputs[0], gic.icc(0, "HPPIR1")) == (IRQ, 40)


def test_split_eoi(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.icc(0, "CTLR", 2)
    gic.line(40, True)
    assert gic.icc(0, "IAR1") == 40
    gic.icc(0, "EOIR1", 40)
    assert (gic.icc(0, "RPR"), gic.is_active(40), gic.outputs[0]) == (0xFF, True, QUIET)
    gic.icc(0, "DIR", 40)
    assert (gic.is_active(40), gic.outputs[0]) == (False, IRQ)


def test_deactivation_without_eoimode_is_ignored(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.pend(40)
    assert gic.icc(0, "IAR1") == 40
    gic.icc(0, "DIR", 40)
    assert gic.is_active(40)


def test_an_interrupt_acknowledged_here_can_be_deactivated_there(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, 2)
    for cpu in (0, 1):
        gic.icc(cpu, "CTLR", 2)
    gic.pend(40)
    assert gic.icc(0, "IAR1") == 40
    gic.icc(0, "EOIR1", 40)
    gic.icc(1, "DIR", 40)
    assert not gic.is_active(40)


@pytest.mark.parametrize(("bpr1", "priority", "preempts"), [
    (3, 0x78, True), (3, 0x80, False), (4, 0x78, True), (5, 0x80, False), (7, 0x78, True), (7, 0x00, True),
])
def test_binary_point_of_group_1(gic_library: ctypes.CDLL, bpr1: int, priority: int, preempts: bool) -> None:
    gic = Guest(gic_library)
    gic.icc(0, "BPR1", bpr1)
    gic.priority(41, priority)
    gic.pend(40)
    assert gic.icc(0, "IAR1") == 40
    gic.pend(41)
    assert gic.outputs[0] == (preempts, False)


def test_common_binary_point(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.icc(0, "BPR0", 5)
    gic.icc(0, "BPR1", 3)
    gic.icc(0, "CTLR", 1)
    assert gic.icc(0, "BPR1") == 6
    gic.icc(0, "BPR1", 7)
    assert (gic.icc(0, "BPR0"), gic.icc(0, "BPR1")) == (5, 6)
    gic.priority(40, 0xB8)
    gic.pend(40)
    assert gic.icc(0, "IAR1") == 40
    assert gic.icc(0, "RPR") == 0x80                        # 0xb8 & 0xc0
    gic.priority(41, 0x88)
    gic.pend(41)
    assert gic.outputs[0] == QUIET
    gic.icc(0, "BPR0", 7)
    assert gic.icc(0, "BPR1") == 7
    gic.icc(0, "CTLR", 0)
    assert gic.icc(0, "BPR1") == 3


@pytest.mark.parametrize(("name", "least"), [("BPR0", 2), ("BPR1", 3)])
def test_least_binary_point(gic_library: ctypes.CDLL, name: str, least: int) -> None:
    gic = Guest(gic_library)
    for value in range(8):
        gic.icc(0, name, value)
        assert gic.icc(0, name) == max(value, least)


def test_no_preemption_between_groups_when_bpr0_is_7(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.icc(0, "BPR0", 7)
    gic.group0(41)
    gic.priority(41, 0x00)
    gic.pend(40)
    assert gic.icc(0, "IAR1") == 40
    gic.pend(41)
    assert gic.outputs[0] == QUIET


def test_three_levels_deep(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    for intid, priority in ((40, 0xA0), (41, 0x60), (42, 0x20)):
        gic.priority(intid, priority)
        gic.pend(intid)
        assert gic.icc(0, "IAR1") == intid
        assert gic.icc(0, "RPR") == priority
    assert gic.icc(0, "AP1R0") == 1 << 20 | 1 << 12 | 1 << 4
    for intid, running in ((42, 0x60), (41, 0xA0), (40, 0xFF)):
        gic.icc(0, "EOIR1", intid)
        assert gic.icc(0, "RPR") == running


def test_active_priorities_can_be_written(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.pend(40)
    gic.icc(0, "AP0R0", 1 << 2)
    assert (gic.icc(0, "RPR"), gic.outputs[0]) == (0x10, QUIET)
    gic.icc(0, "AP0R0", 0)
    assert gic.outputs[0] == IRQ


def test_special_intids_end_nothing(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.pend(40)
    assert gic.icc(0, "IAR1") == 40
    for intid in (1020, 1021, 1022, 1023, 8192, 0xFFFFFF, 288):
        gic.icc(0, "EOIR1", intid)
        assert gic.icc(0, "RPR") == 0x80


@pytest.mark.parametrize(("route", "cpu"), [(0, 0), (2, 2), (0x100, 16), (0x101, 17), (0x102, None), (0x10, None), (1 << 32, None)])
def test_routing_by_affinity(gic_library: ctypes.CDLL, route: int, cpu: int | None) -> None:
    gic = Guest(gic_library, 18)
    gic.line(40, True)
    gic.route(40, route)
    assert gic.asserted() == ([] if cpu is None else [cpu])
    gic.route(40, 1)
    assert gic.asserted() == [1]


def test_one_of_n_takes_the_first_eligible(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, 3)
    gic.route(40, 1 << 31 | 2)
    gic.line(40, True)
    assert gic.asserted() == [0]
    gic.icc(0, "IGRPEN1", 0)
    assert gic.asserted() == [1]
    gic.write("redist", 1, STRIDE + 0x14, 2)                # CPU 1 sleeps
    assert gic.asserted() == [2]
    gic.write("redist", 2, 2 * STRIDE, 1 << 25)             # GICR_CTLR.DPG1NS
    assert gic.asserted() == []
    gic.write("redist", 2, 2 * STRIDE, 1 << 24)             # DPG0 is about the other group
    assert gic.asserted() == [2]
    assert gic.icc(2, "IAR1") == 40
    gic.icc(0, "IGRPEN1", 1)
    assert gic.asserted() == []


def test_a_sleeping_redistributor_still_delivers(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.write("redist", 0, 0x14, 2)
    gic.line(27, True)
    assert gic.outputs[0] == IRQ


@pytest.mark.parametrize(("value", "reached"), [
    (sgi(3, 0b1011), [0, 1, 3]), (sgi(3, 0b11, aff1=1), [16, 17]), (sgi(3, 0b100, aff1=1), []), (sgi(3, 0xFFFF, aff1=2), []),
    (sgi(3, 1, aff2=1), []), (sgi(3, 1, aff3=1), []), (sgi(3, 0, others=1), [cpu for cpu in range(18) if cpu != 5]),
    (sgi(3, 0b100000), [5]),
])
def test_sgi_targets(gic_library: ctypes.CDLL, value: int, reached: list[int]) -> None:
    gic = Guest(gic_library, 18)
    gic.icc(5, "SGI1R", value)
    assert gic.asserted() == reached
    for cpu in reached:
        assert gic.icc(cpu, "IAR1") == 3


@pytest.mark.parametrize(("name", "group", "sent"), [
    ("SGI1R", 1, True), ("SGI1R", 0, False), ("SGI0R", 0, True), ("SGI0R", 1, False), ("ASGI1R", 1, False), ("ASGI1R", 0, True),
])
def test_sgi_must_match_the_targets_group(gic_library: ctypes.CDLL, name: str, group: int, sent: bool) -> None:
    gic = Guest(gic_library)
    gic.write("redist", 0, SGI_BASE + 0x80, 0xFFFFFFFF * group)
    gic.icc(0, name, sgi(3, 1))
    assert (gic.outputs[0] != QUIET) == sent


def test_sgis_can_be_disabled_and_pended_here(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, 2)
    gic.write("redist", 0, STRIDE + SGI_BASE + 0x180, 1 << 3)
    gic.icc(0, "SGI1R", sgi(3, 0b11))
    assert gic.asserted() == [0]
    gic.write("redist", 0, SGI_BASE + 0x280, 1 << 3)
    gic.write("redist", 0, STRIDE + SGI_BASE + 0x100, 1 << 3)
    assert gic.asserted() == [1]


def test_ppis_belong_to_one_core(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, 2)
    gic.line(27, True, 1)
    assert gic.asserted() == [1]
    assert gic.read("redist", 0, STRIDE + SGI_BASE + 0x200) == 1 << 27
    assert gic.read("redist", 0, SGI_BASE + 0x200) == 0
    assert gic.icc(1, "IAR1") == 27


def test_a_core_that_resets_loses_its_interface_only(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, 2)
    gic.icc(0, "SGI1R", sgi(3, 0b11))
    assert gic.icc(1, "IAR1") == 3
    gic.icc(0, "SGI1R", sgi(4, 0b10))
    gic.cpu_reset(1)
    assert (gic.icc(1, "PMR"), gic.icc(1, "RPR"), gic.icc(1, "IGRPEN1"), gic.asserted()) == (0, 0xFF, 0, [0])
    gic.icc(1, "PMR", 0xF8)
    gic.icc(1, "IGRPEN1", 1)
    assert gic.icc(1, "IAR1") == 4                          # still pending; 3 is still active
    assert gic.read("redist", 0, STRIDE + SGI_BASE + 0x300) == 1 << 3 | 1 << 4


def test_the_last_spi(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, 1, 988)
    gic.line(1019, True)
    assert gic.icc(0, "IAR1") == 1019
    gic.line(1020, True)
    gic.icc(0, "EOIR1", 1019)
    assert gic.icc(0, "IAR1") == 1019


def test_many_pending_come_in_order(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, 1, 988)
    for intid in range(32, 1020):
        gic.priority(intid, (intid * 37 % 29) * 8)
        gic.pend(intid)
    taken = []
    while (intid := gic.icc(0, "IAR1")) != NONE:
        taken.append(intid)
        gic.icc(0, "EOIR1", intid)
    assert taken == sorted(range(32, 1020), key=lambda intid: (intid * 37 % 29, intid))
