# SPDX-License-Identifier: MIT
"""The Device base class: dispatch, lanes, reset, snapshots, all from the rows."""

import pytest

from emu.board import _Tree
from emu.device import Device, Register, State
from emu.testbench import Testbench


class Ticker(Device):
    size = 0x1000
    compatible = "acme,ticker"
    COUNT = Register(0x00, access="r", doc="Ticks so far")
    CONTROL = Register(0x04, reset=1, mask=0x3)
    KICK = Register(0x08, access="w")
    history: State[list[int]] = State(list)

    @KICK.writer
    def _kick(self, value: int) -> None:
        self.history.append(value)
        self.after(value, self._tick)

    def _tick(self) -> None:
        self.COUNT += 1
        self.irq.set(True)


def test_rows_dispatch():
    bench = Testbench(Ticker(), interrupt=40)
    assert bench.read32(4) == 1
    bench.write32(4, 0xFFFF_FFFE)
    assert bench.read32(4) == 2
    bench.write32(0, 99)
    assert bench.read32(0) == 0
    bench.write32(8, 1000)
    assert bench.read32(8) == 0
    bench.advance(999)
    assert not bench.lines[40]
    bench.advance(1)
    assert bench.lines[40]
    assert bench.read32(0) == 1


def test_byte_lanes():
    device = Ticker()
    device.COUNT = 0x1122_3344
    assert device.mmio_read(0, 1) == 0x44
    assert device.mmio_read(1, 1) == 0x33
    assert device.mmio_read(2, 2) == 0x1122
    assert device.mmio_read(0, 8) == 0x1_1122_3344
    device.mmio_write(0, 8, 0x2_0000_0000)
    assert device.CONTROL == 2
    assert device.mmio_read(0x100, 4) == 0


def test_reset_snapshot_restore():
    bench = Testbench(Ticker(), interrupt=1)
    device = bench.device
    bench.write32(8, 5)
    bench.advance(5)
    state = device.snapshot()
    device.reset()
    assert (bench.read32(0), device.history, bench.lines[1]) == (0, [], False)
    device.restore(state)
    assert (bench.read32(0), device.history, bench.lines[1]) == (1, [5], True)
    device.history.append(6)
    assert state["history"] == [5]


def test_instances_share_nothing():
    one, other = Ticker(), Ticker()
    one.history.append(1)
    one.CONTROL = 3
    assert (other.history, other.CONTROL) == ([], 1)


def test_override_in_a_subclass():
    class Loud(Ticker):
        def _kick(self, value: int) -> None:
            self.COUNT = 77

    bench = Testbench(Loud())
    bench.write32(8, 1)
    assert bench.read32(0) == 77


def test_plain_read_and_write():
    class Plain(Device):
        def __init__(self) -> None:
            self.seen: list[tuple[int, int, int]] = []

        def read(self, offset: int, size: int) -> int:
            return offset << 8 | size

        def write(self, offset: int, size: int, value: int) -> None:
            self.seen.append((offset, size, value))

    device = Plain()
    assert device.mmio_read(0x10, 8) == 0x1008
    device.mmio_write(4, 2, 5)
    assert device.seen == [(4, 2, 5)]


def test_node():
    node = Ticker().fdt_node(_Tree(), 0xB00_0000, [40])
    assert node is not None
    assert node.name == "ticker@b000000"
    assert node.cells("interrupts") == [0, 40, 4]
    assert node.cells("reg") == [0, 0xB00_0000, 0, 0x1000]


def test_unattached_device_has_no_timers():
    with pytest.raises(RuntimeError, match="not attached"):
        Ticker().mmio_write(8, 4, 1)
