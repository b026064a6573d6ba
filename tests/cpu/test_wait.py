# SPDX-License-Identifier: MIT
"""WFE and the exclusive monitor beside another core."""

from __future__ import annotations

import pytest

from emu import Machine, StopReason
from tests.code import assemble

BASE, FLAG = 0x4000_0000, 0x4000_2000
STORES = BASE + 0x100

WAIT = (
    0x885F_7C01,  # wait: ldxr w1, [x0]
    0x3500_0061,  # cbnz w1, done
    0xD503_205F,  # wfe
    0x17FF_FFFD,  # b wait
    0xD2B0_8000,  # done: movz x0, #0x8400, lsl #16
    0xF280_0100,  # movk x0, #8
    0xD400_0002,  # hvc #0: SYSTEM_OFF
)
STORE = (
    0xD289_C402,  # movz x2, #20000
    0xF100_0442,  # 1: subs x2, x2, #1
    0x54FF_FFE1,  # b.ne 1b
    0x5280_0021,  # movz w1, #1
    0xB900_0001,  # str w1, [x0]
    0xD503_207F,  # 2: wfi
    0x17FF_FFFF,  # b 2b
)


@pytest.mark.parametrize("clock", ["virtual", "realtime"])
def test_a_store_to_the_marked_address_wakes(clock: str) -> None:
    """A lock's waiter sleeps in WFE with the monitor armed; the store that frees the lock, without SEV, must wake it."""
    machine = Machine(memory="1MiB", cpus=2, clock=clock, serial="null")
    machine.memory.write(BASE, assemble(*WAIT))
    machine.memory.write(STORES, assemble(*STORE))
    machine._core.start_cpu(0, BASE, FLAG)
    machine._core.start_cpu(1, STORES, FLAG)
    assert machine.run(timeout=20).reason is StopReason.POWER_OFF


MARK_AND_WAIT = (
    0x885F_7C01,  # ldxr w1, [x0]
    0xD29D_4C02,  # movz x2, #60000
    0xF100_0442,  # 1: subs x2, x2, #1
    0x54FF_FFE1,  # b.ne 1b
    0x8803_7C01,  # stxr w3, w1, [x0]
    *WAIT[4:],
)
WRITE_TWICE = (
    0x5280_00A1,  # movz w1, #5
    0xB900_0001,  # str w1, [x0]
    0xB900_001F,  # str wzr, [x0]
    *STORE[5:],
)


@pytest.mark.parametrize("clock", ["virtual", "realtime"])
def test_stores_that_change_nothing_clear_the_monitor(clock: str) -> None:
    """STXR must fail although memory holds again what LDXR saw."""
    machine = Machine(memory="1MiB", cpus=2, clock=clock, serial="null")
    machine.memory.write(BASE, assemble(*MARK_AND_WAIT))
    machine.memory.write(STORES, assemble(*WRITE_TWICE))
    machine._core.start_cpu(0, BASE, FLAG)
    machine._core.start_cpu(1, STORES, FLAG)
    assert machine.run(timeout=20).reason is StopReason.POWER_OFF
    assert machine.cpus[0].x[3] == 1
