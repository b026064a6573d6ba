# SPDX-License-Identifier: MIT
"""PL031."""

import time

from emu.devices.pl031 import PL031
from emu.testbench import Testbench

DR, MR, LR, CR, IMSC, RIS, MIS, ICR = range(0, 0x20, 4)
SECOND = 1_000_000_000


def test_counts_seconds_of_guest_time():
    bench = Testbench(PL031(base=1000), interrupt=2)
    assert (bench.read32(DR), bench.read32(CR)) == (1000, 1)
    bench.advance(5 * SECOND + 1)
    assert bench.read32(DR) == 1005


def test_host_date():
    assert abs(Testbench(PL031()).read32(DR) - time.time()) < 2


def test_match_interrupt():
    bench = Testbench(PL031(base=1000), interrupt=2)
    bench.advance(SECOND // 2)
    bench.write32(MR, 1003)
    bench.advance(2 * SECOND)
    assert bench.read32(RIS) == 0
    bench.advance(SECOND // 2)
    assert (bench.read32(RIS), bench.read32(MIS), bench.lines[2]) == (1, 0, False)
    bench.write32(IMSC, 1)
    assert (bench.read32(MIS), bench.lines[2]) == (1, True)
    bench.write32(ICR, 1)
    assert (bench.read32(RIS), bench.lines[2]) == (0, False)


def test_load_moves_the_date_and_the_alarm():
    bench = Testbench(PL031(base=1000))
    bench.write32(MR, 5001)
    bench.write32(LR, 5000)
    assert (bench.read32(DR), bench.read32(LR)) == (5000, 5000)
    bench.advance(SECOND)
    assert bench.read32(RIS) == 1


def test_match_of_the_present_second():
    bench = Testbench(PL031(base=1000))
    bench.write32(MR, 1000)
    assert bench.read32(RIS) == 1


def test_identification():
    bench = Testbench(PL031(base=0))
    assert [bench.read32(0xFE0 + 4 * i) for i in range(8)] == [0x31, 0x10, 0x04, 0x00, 0x0D, 0xF0, 0x05, 0xB1]


def test_restore_sets_the_alarm_again():
    bench = Testbench(PL031(base=1000))
    bench.write32(MR, 1002)
    state = bench.device.snapshot()
    bench.device.reset()
    bench.device.restore(state)
    bench.advance(2 * SECOND)
    assert bench.read32(RIS) == 1
