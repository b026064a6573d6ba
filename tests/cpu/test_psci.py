# SPDX-License-Identifier: MIT
"""PSCI and SMCCC calls: results, errors, and what they do to cores and machine."""

from __future__ import annotations

import ctypes

import pytest

from .bench_machine import OFF, RUNNING, WFI, Bench

NOT_SUPPORTED, INVALID_PARAMETERS, ALREADY_ON, INVALID_ADDRESS = -1, -2, -4, -9
CPU_SUSPEND, CPU_OFF, CPU_ON, AFFINITY_INFO = 0x84000001, 0x84000002, 0x84000003, 0x84000004
SYSTEM_OFF, SYSTEM_RESET, FEATURES, SYSTEM_RESET2 = 0x84000008, 0x84000009, 0x8400000A, 0x84000012
SMC64 = 0x40000000
STOP_POWER_OFF, STOP_RESET = 1, 2


@pytest.fixture
def bench(bench_library: ctypes.CDLL) -> Bench:
    return Bench(bench_library, 18)


@pytest.mark.parametrize(("function", "argument", "result"), [
    (0x84000000, 0, 0x10001), (0x84000006, 0, 2), (0x80000000, 0, 0x10001),
    (FEATURES, CPU_ON, 0), (FEATURES, CPU_ON | SMC64, 0), (FEATURES, CPU_SUSPEND | SMC64, 0), (FEATURES, CPU_OFF, 0),
    (FEATURES, CPU_OFF | SMC64, NOT_SUPPORTED), (FEATURES, 0x80000000, 0), (FEATURES, SYSTEM_RESET2, 0), (FEATURES, FEATURES, 0),
    (FEATURES, 0x8400000E, NOT_SUPPORTED), (FEATURES, 0xC400000E, NOT_SUPPORTED), (FEATURES, 0x80008000, NOT_SUPPORTED),
    (0x8400000E, 0, NOT_SUPPORTED), (0x84000005, 0, NOT_SUPPORTED), (0xC4000000, 0, NOT_SUPPORTED), (0, 0, NOT_SUPPORTED),
    (0xC2000000, 0, NOT_SUPPORTED), (0xFFFFFFFF, 0, NOT_SUPPORTED),
    (0x80000001, 0x80000000, 0), (0x80000001, 0x80000001, 0), (0x80000001, 0x80008000, 1), (0x80000001, 0x80007FFF, -2),
    (0x80000001, 0x80003FFF, 1), (0x80000001, 0x80000002, NOT_SUPPORTED), (0x80000001, 0x84000000, NOT_SUPPORTED),
])
def test_what_there_is(bench: Bench, function: int, argument: int, result: int) -> None:
    assert bench.cores[0].firmware(function, argument) == result
    assert bench.cores[0].firmware(0x12345678_00000000 | function, argument) == result


@pytest.mark.parametrize("function", [0x80008000, 0x80007FFF, 0x80003FFF])
def test_workarounds_change_nothing(bench: Bench, function: int) -> None:
    assert bench.cores[0].firmware(function, 11, 12, 13) == function
    assert [bench.cores[0].x(n) for n in (1, 2, 3)] == [11, 12, 13]


def test_cpu_on_and_off(bench: Bench) -> None:
    core, other = bench.cores[0], bench.cores[17]
    assert core.firmware(AFFINITY_INFO | SMC64, 0x101, 0) == 1
    assert core.firmware(CPU_ON | SMC64, 0x101, 0x12_40001000, 0xFEDCBA98_76543210) == 0
    assert (other.halted, other.pc, other.x(0)) == (RUNNING, 0x12_40001000, 0xFEDCBA98_76543210)
    assert core.firmware(AFFINITY_INFO | SMC64, 0x101, 0) == 0
    assert core.firmware(CPU_ON | SMC64, 0x101, 0x40001000, 0) == ALREADY_ON
    assert core.firmware(CPU_ON | SMC64, 0, 0x40001000, 0) == ALREADY_ON
    other.firmware(CPU_OFF)
    assert other.halted == OFF
    assert core.firmware(AFFINITY_INFO | SMC64, 0x101, 0) == 1


def test_smc32_arguments_are_words(bench: Bench) -> None:
    core, other = bench.cores[0], bench.cores[2]
    high = 0xABCD_00000000
    assert core.firmware(CPU_ON, high | 2, high | 0x40001000, high | 7) == 0
    assert (other.pc, other.x(0)) == (0x40001000, 7)


@pytest.mark.parametrize(("target", "entry", "result"), [
    (18, 0x40001000, INVALID_PARAMETERS), (0x102, 0x40001000, INVALID_PARAMETERS), (1 << 31 | 1, 0x40001000, INVALID_PARAMETERS),
    (1 << 24 | 1, 0x40001000, INVALID_PARAMETERS), (1 << 32, 0x40001000, INVALID_PARAMETERS), (1, 0x40001001, INVALID_ADDRESS),
    (1, 0x40001002, INVALID_ADDRESS), (1, 0x40001004, 0),
])
def test_cpu_on_errors(bench: Bench, target: int, entry: int, result: int) -> None:
    assert bench.cores[0].firmware(CPU_ON | SMC64, target, entry, 0) == result


@pytest.mark.parametrize(("affinity", "level", "result"), [
    (0, 0, 0), (1, 0, 1), (0x100, 0, 1), (0, 1, 0), (0x100, 1, 1), (0x200, 1, INVALID_PARAMETERS), (0, 2, 0), (0x10000, 2, -2),
    (0, 3, 0), (1 << 32, 3, INVALID_PARAMETERS), (0, 4, INVALID_PARAMETERS), (1 << 24, 0, INVALID_PARAMETERS),
    (0x105, 1, 1), (5, 1, 0),
])
def test_affinity_info(bench: Bench, affinity: int, level: int, result: int) -> None:
    assert bench.cores[0].firmware(AFFINITY_INFO | SMC64, affinity, level) == result


def test_suspend_to_standby(bench: Bench) -> None:
    core = bench.cores[0]
    core.pc = 0x40000104
    assert core.firmware(CPU_SUSPEND | SMC64, 0x0000_1234, 0x40002000, 99) == 0
    assert (core.halted, core.pc) == (WFI, 0x40000104)


@pytest.mark.parametrize("gic_version", [2, 3])
def test_suspend_to_power_down_can_be_woken(bench_library: ctypes.CDLL, gic_version: int) -> None:
    bench = Bench(bench_library, 1, gic_version)
    core, gic = bench.cores[0], ctypes.c_void_p(bench.gic)
    value = ctypes.c_uint64
    if gic_version == 3:
        bench_library.gic_redist_write(gic, 0, value(0x10100), 4, value(1 << 27))
        bench_library.gic_redist_write(gic, 0, value(0x10080), 4, value(1 << 27))
        for register, setting in ((9, 0xF8), (16, 1)):              # ICC_PMR_EL1, ICC_IGRPEN1_EL1
            bench_library.gic_icc_write(gic, 0, register, value(setting))
        bench_library.gic_dist_write(gic, 0, value(0), 4, value(2))
    else:
        bench_library.gic_dist_write(gic, 0, value(0x100), 4, value(1 << 27))
        bench_library.gic_dist_write(gic, 0, value(0), 4, value(1))
        bench_library.gic_cpuif_write(gic, 0, value(4), 4, value(0xF0))
        bench_library.gic_cpuif_write(gic, 0, value(0), 4, value(1))
    core.call("timer_cval_write", 1, 100)
    core.call("timer_ctl_write", 1, 1)
    assert core.firmware(CPU_SUSPEND | SMC64, 1 << 16, 0x40002000, 99) == 99
    assert (core.halted, core.pc, core.cntv_cval_el0, core.cntv_ctl_el0) == (WFI, 0x40002000, 100, 1)
    assert not core.irq_line
    bench.set_now(1600)
    core.call("timer_recompute")
    assert core.irq_line


@pytest.mark.parametrize(("state", "entry", "result"), [
    (1 << 17, 0x40002000, INVALID_PARAMETERS), (1 << 26, 0x40002000, INVALID_PARAMETERS), (1 << 31, 0, INVALID_PARAMETERS),
    (1 << 32, 0x40002000, INVALID_PARAMETERS), (1 << 16, 0x40002002, INVALID_ADDRESS),
])
def test_suspend_errors(bench: Bench, state: int, entry: int, result: int) -> None:
    assert bench.cores[0].firmware(CPU_SUSPEND | SMC64, state, entry, 0) == result
    assert bench.cores[0].halted == RUNNING


def test_system_off_turns_everything_off(bench: Bench) -> None:
    bench.cores[0].firmware(CPU_ON, 1, 0x40001000, 0)
    bench.cores[1].firmware(SYSTEM_OFF)
    assert bench.stop == STOP_POWER_OFF
    assert [core.halted for core in bench.cores] == [OFF] * 18


@pytest.mark.parametrize(("function", "argument", "stop", "result"), [
    (SYSTEM_RESET, 0, STOP_RESET, 0), (SYSTEM_RESET2, 0, STOP_RESET, 0), (SYSTEM_RESET2 | SMC64, 0, STOP_RESET, 0),
    (SYSTEM_RESET2, 1, 0, INVALID_PARAMETERS), (SYSTEM_RESET2 | SMC64, 1 << 31, 0, INVALID_PARAMETERS),
])
def test_system_reset(bench: Bench, function: int, argument: int, stop: int, result: int) -> None:
    assert (bench.cores[0].firmware(function, argument), bench.stop) == (result, stop)
