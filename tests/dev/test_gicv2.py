# SPDX-License-Identifier: MIT
"""GICv2 as a guest uses it: the CPU interface, SGIs from several sources, groups, preemption."""

from __future__ import annotations

import ctypes

import pytest

from .gic_library import Gic

CTLR, PMR, BPR, IAR, EOIR, RPR, HPPIR, ABPR, AIAR, AEOIR, AHPPIR, APR, NSAPR, DIR = (
    0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18, 0x1C, 0x20, 0x24, 0x28, 0xD0, 0xE0, 0x1000)
GRP0, GRP1, ACKCTL, FIQEN, CBPR, EOIMODE = 1, 2, 4, 8, 0x10, 0x200
SGIR, CPENDSGIR, SPENDSGIR = 0xF00, 0xF10, 0xF20
NONE, GROUP1 = 1023, 1022


class Guest(Gic):
    """A GICv2 with everything enabled, Group 0, priority 0x80, targets CPU 0."""

    def __init__(self, library: ctypes.CDLL, cpus: int = 1, ctlr: int = GRP0 | GRP1) -> None:
        super().__init__(library, 2, cpus)
        self.write("dist", 0, 0, 3)
        for cpu in range(cpus):
            self.write("cpuif", cpu, CTLR, ctlr)
            self.write("cpuif", cpu, PMR, 0xFF)
            self.write("dist", cpu, 0x100, 0xFFFFFFFF)
        for offset in range(0x104, 0x124, 4):
            self.write("dist", 0, offset, 0xFFFFFFFF)
        for offset in range(0, 288, 4):
            for cpu in range(cpus):
                self.write("dist", cpu, 0x400 + offset, 0x80808080)
            self.write("dist", 0, 0x800 + offset, 0x01010101)

    def priority(self, intid: int, priority: int, cpu: int = 0) -> None:
        self.write("dist", cpu, 0x400 + intid, priority, 1)

    def group1(self, intid: int) -> None:
        offset = 0x80 + intid // 32 * 4
        self.write("dist", 0, offset, self.read("dist", 0, offset) | 1 << intid % 32)

    def pend(self, intid: int) -> None:
        self.write("dist", 0, 0x200 + intid // 32 * 4, 1 << intid % 32)

    def edge(self, intid: int) -> None:
        self.write("dist", 0, 0xC00 + intid // 16 * 4, 2 << 2 * (intid % 16))

    def is_pending(self, intid: int) -> bool:
        return bool(self.read("dist", 0, 0x200 + intid // 32 * 4) >> intid % 32 & 1)

    def is_active(self, intid: int) -> bool:
        return bool(self.read("dist", 0, 0x300 + intid // 32 * 4) >> intid % 32 & 1)

    def reg(self, offset: int, cpu: int = 0) -> int:
        return self.read("cpuif", cpu, offset)

    def set(self, offset: int, value: int, cpu: int = 0) -> None:
        self.write("cpuif", cpu, offset, value)


def test_a_level_interrupt_comes_back_until_its_line_falls(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.line(40, True)
    assert gic.outputs[0] == (True, False)
    assert gic.reg(IAR) == 40
    assert gic.outputs[0] == (False, False)
    assert gic.is_active(40)
    assert gic.is_pending(40)                       # active and pending
    gic.set(EOIR, 40)
    assert gic.outputs[0] == (True, False)
    assert gic.reg(IAR) == 40
    gic.line(40, False)
    gic.set(EOIR, 40)
    assert gic.outputs[0] == (False, False)
    assert gic.reg(IAR) == NONE


def test_a_level_interrupt_that_goes_away_is_spurious(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.line(40, True)
    gic.line(40, False)
    assert gic.outputs[0] == (False, False)
    assert gic.reg(IAR) == NONE
    assert gic.reg(RPR) == 0xFF
    gic.set(EOIR, NONE)
    assert gic.reg(RPR) == 0xFF


def test_an_edge_is_latched_once(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.edge(40)
    gic.line(40, True)
    gic.line(40, True)
    gic.line(40, False)
    assert gic.reg(IAR) == 40
    assert not gic.is_pending(40)
    gic.line(40, True)                              # a second edge while active
    assert gic.is_pending(40)
    assert gic.outputs[0] == (False, False)
    gic.set(EOIR, 40)
    assert gic.reg(IAR) == 40
    gic.set(EOIR, 40)
    assert gic.reg(IAR) == NONE


def test_pending_by_software_and_cleared(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.pend(40)
    assert gic.outputs[0] == (True, False)
    gic.write("dist", 0, 0x284, 1 << 8)
    assert gic.outputs[0] == (False, False)
    gic.line(40, True)
    gic.write("dist", 0, 0x284, 1 << 8)             # a level can not be cleared
    assert gic.outputs[0] == (True, False)


def test_output_changes_are_told_once(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    before = gic.calls
    gic.line(40, True)
    gic.line(41, True)
    gic.set(PMR, 0xF0)
    assert gic.calls == before + 1


def test_priority_then_lowest_intid_decides(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    for intid in (50, 45, 60):
        gic.pend(intid)
    assert gic.reg(HPPIR) == 45
    gic.priority(60, 0x7F)
    assert gic.reg(HPPIR) == 60
    gic.priority(60, 0x81)
    assert gic.reg(HPPIR) == 45
    gic.write("dist", 0, 0x184, 1 << 13)            # disable 45
    assert gic.reg(HPPIR) == 50


def test_mask_is_strict(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.pend(40)
    gic.set(PMR, 0x80)
    assert gic.outputs[0] == (False, False)
    assert gic.reg(IAR) == NONE
    gic.set(PMR, 0x81)
    assert gic.outputs[0] == (True, False)


def test_priority_ff_never_gets_through(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.priority(40, 0xFF)
    gic.pend(40)
    assert gic.outputs[0] == (False, False)
    assert gic.reg(IAR) == NONE


def test_preemption_and_nested_end(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.priority(41, 0x40)
    gic.pend(40)
    assert gic.reg(IAR) == 40
    gic.pend(41)
    assert gic.outputs[0] == (True, False)
    assert gic.reg(IAR) == 41
    assert gic.reg(RPR) == 0x40
    assert gic.reg(APR + 4) == 1                    # 0x40 >> 1 = 32
    assert gic.reg(APR + 8) == 1
    gic.set(EOIR, 41)
    assert gic.reg(RPR) == 0x80
    gic.set(EOIR, 40)
    assert gic.reg(RPR) == 0xFF


@pytest.mark.parametrize(("bpr", "priority", "preempts"), [
    (0, 0x7E, True), (0, 0x81, False), (3, 0x7F, True), (3, 0x80, False), (6, 0x7F, True), (7, 0x00, False), (6, 0x00, True),
])
def test_binary_point(gic_library: ctypes.CDLL, bpr: int, priority: int, preempts: bool) -> None:
    gic = Guest(gic_library)
    gic.set(BPR, bpr)
    gic.priority(41, priority)
    gic.pend(40)
    assert gic.reg(IAR) == 40
    gic.pend(41)
    assert gic.outputs[0] == (preempts, False)


def test_subpriority_orders_but_does_not_preempt(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.set(BPR, 4)                                 # group priority 7:5
    gic.priority(40, 0x90)
    gic.priority(41, 0x84)
    gic.pend(40)
    gic.pend(41)
    assert gic.reg(IAR) == 41
    assert gic.reg(RPR) == 0x80
    assert gic.outputs[0] == (False, False)


def test_end_in_the_wrong_order(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.priority(41, 0x40)
    gic.pend(40)
    assert gic.reg(IAR) == 40
    gic.pend(41)
    assert gic.reg(IAR) == 41
    gic.set(EOIR, 40)                               # drops 0x40, deactivates 40
    assert (gic.reg(RPR), gic.is_active(40), gic.is_active(41)) == (0x80, False, True)
    gic.set(EOIR, 41)
    assert (gic.reg(RPR), gic.is_active(41)) == (0xFF, False)


def test_eoimode_splits_drop_and_deactivation(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, ctlr=GRP0 | GRP1 | EOIMODE)
    gic.pend(40)
    gic.pend(41)
    assert gic.reg(IAR) == 40
    gic.set(EOIR, 40)
    assert (gic.reg(RPR), gic.is_active(40)) == (0xFF, True)
    gic.pend(40)
    assert gic.reg(IAR) == 41                       # 40 is still active
    gic.set(EOIR, 41)
    gic.set(DIR, 40)
    assert (gic.is_active(40), gic.reg(IAR)) == (False, 40)


def test_deactivation_without_eoimode_is_ignored(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.pend(40)
    assert gic.reg(IAR) == 40
    gic.set(DIR, 40)
    assert gic.is_active(40)


def test_sgis_are_pending_per_source(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, 4)
    for source in (3, 1):
        gic.write("dist", source, SGIR, 1 << 16 | 5)
    assert gic.read("dist", 0, SPENDSGIR + 5, 1) == 0b1010
    assert gic.reg(HPPIR) == 1 << 10 | 5
    assert gic.reg(IAR) == 1 << 10 | 5
    assert gic.outputs[0] == (False, False)         # from CPU 3: pending, but SGI 5 is active
    gic.set(EOIR, 1 << 10 | 5)
    assert gic.reg(IAR) == 3 << 10 | 5
    gic.set(EOIR, 3 << 10 | 5)
    assert gic.reg(IAR) == NONE


@pytest.mark.parametrize(("filter_", "targets", "reached"), [
    (0, 0b0110, [1, 2]), (0, 0b11110000, []), (1, 0xFF, [0, 1, 3]), (2, 0xFF, [2]), (3, 0xFF, []),
])
def test_sgi_target_filter(gic_library: ctypes.CDLL, filter_: int, targets: int, reached: list[int]) -> None:
    gic = Guest(gic_library, 4)
    gic.write("dist", 2, SGIR, filter_ << 24 | targets << 16 | 7)
    assert [cpu for cpu in range(4) if gic.outputs[cpu] == (True, False)] == reached


def test_sgi_pending_registers(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, 2)
    gic.write("dist", 0, SPENDSGIR + 3, 0xFF, 1)
    assert gic.read("dist", 0, SPENDSGIR, 4) == 0x03000000
    assert gic.read("dist", 1, SPENDSGIR, 4) == 0
    gic.write("dist", 0, CPENDSGIR + 3, 1, 1)
    assert gic.read("dist", 0, CPENDSGIR + 3, 1) == 2
    assert gic.reg(IAR) == 1 << 10 | 3
    gic.set(EOIR, 3)
    gic.write("dist", 0, SPENDSGIR + 3, 1, 1)
    gic.write("dist", 0, CPENDSGIR, 0xFFFFFFFF, 4)
    assert gic.outputs[0] == (False, False)


def test_an_spi_of_several_targets_is_taken_by_one(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, 3)
    gic.write("dist", 0, 0x828, 0b101, 1)
    gic.line(40, True)
    assert gic.outputs == [(True, False), (False, False), (True, False)]
    assert gic.reg(IAR, 2) == 40
    assert gic.outputs == [(False, False)] * 3
    assert gic.reg(IAR, 0) == NONE
    gic.line(40, False)
    gic.set(EOIR, 40, 2)
    assert not gic.is_active(40)


def test_retargeting_moves_a_pending_spi(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, 2)
    gic.line(40, True)
    gic.write("dist", 0, 0x828, 0b10, 1)
    assert gic.outputs == [(False, False), (True, False)]
    gic.write("dist", 0, 0x828, 0, 1)
    assert gic.outputs == [(False, False), (False, False)]
    assert gic.is_pending(40)


def test_fiqen_makes_group_0_fiq(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, ctlr=GRP0 | GRP1 | FIQEN)
    gic.pend(40)
    assert gic.outputs[0] == (False, True)
    gic.group1(40)
    assert gic.outputs[0] == (True, False)
    gic.set(CTLR, GRP0 | FIQEN)
    assert gic.outputs[0] == (False, False)


def test_group_1_and_ackctl(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.group1(40)
    gic.pend(40)
    assert (gic.reg(IAR), gic.reg(HPPIR), gic.reg(AHPPIR)) == (GROUP1, GROUP1, 40)
    assert not gic.is_active(40)
    gic.set(CTLR, GRP0 | GRP1 | ACKCTL)
    assert (gic.reg(HPPIR), gic.reg(IAR)) == (40, 40)
    assert (gic.reg(APR + 8), gic.reg(NSAPR + 8)) == (0, 1)
    gic.set(EOIR, 40)
    assert (gic.reg(RPR), gic.is_active(40)) == (0xFF, False)


def test_aliases_serve_group_1_only(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.pend(41)
    assert (gic.reg(AIAR), gic.reg(AHPPIR)) == (NONE, NONE)
    assert gic.reg(IAR) == 41
    gic.set(AEOIR, 41)
    assert gic.is_active(41)
    gic.set(EOIR, 41)
    gic.group1(40)
    gic.pend(40)
    assert gic.reg(AIAR) == 40
    gic.set(AEOIR, 40)
    assert (gic.reg(RPR), gic.is_active(40)) == (0xFF, False)


@pytest.mark.parametrize(("cbpr", "preempts"), [(0, True), (CBPR, False)])
def test_group_1_binary_point(gic_library: ctypes.CDLL, cbpr: int, preempts: bool) -> None:
    gic = Guest(gic_library, ctlr=GRP0 | GRP1 | ACKCTL | cbpr)
    gic.set(BPR, 7)
    gic.set(ABPR, 3)
    gic.priority(41, 0x78)
    for intid in (40, 41):
        gic.group1(intid)
    gic.pend(40)
    assert gic.reg(IAR) == 40
    gic.pend(41)
    assert gic.outputs[0] == (preempts, False)


@pytest.mark.parametrize("enable", [0, 1, 2])
def test_distributor_group_enables(gic_library: ctypes.CDLL, enable: int) -> None:
    gic = Guest(gic_library)
    gic.group1(41)
    gic.pend(40)
    gic.pend(41)
    gic.write("dist", 0, 0, enable)
    assert gic.highest_pending() == {0: NONE, 1: 40, 2: 41}[enable]
    assert gic.outputs[0] == (enable != 0, False)


def test_a_group_that_the_interface_disables_is_not_acknowledged(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library, ctlr=GRP1)
    gic.pend(40)
    assert gic.outputs[0] == (False, False)
    assert (gic.reg(IAR), gic.reg(HPPIR)) == (NONE, 40)


def test_active_registers(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.pend(40)
    gic.write("dist", 0, 0x304, 1 << 8)
    assert gic.outputs[0] == (False, False)
    gic.write("dist", 0, 0x384, 1 << 8)
    assert gic.outputs[0] == (True, False)
    assert gic.reg(RPR) == 0xFF                     # they leave the active priorities alone


def test_active_priority_registers_set_the_running_priority(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.pend(40)
    gic.set(APR + 4, 1 << 8)
    assert gic.reg(RPR) == 0x50
    assert gic.outputs[0] == (False, False)
    gic.set(APR + 4, 0)
    assert gic.outputs[0] == (True, False)


def test_edge_and_level_configuration_of_a_high_line(gic_library: ctypes.CDLL) -> None:
    gic = Guest(gic_library)
    gic.line(40, True)
    gic.edge(40)
    assert gic.outputs[0] == (False, False)         # no edge has been seen
    gic.write("dist", 0, 0xC08, 0)
    assert gic.outputs[0] == (True, False)
