# SPDX-License-Identifier: MIT
"""The generic timer: counters, compare, PPIs, deadlines, the event stream."""

from __future__ import annotations

import ctypes

import pytest

from .bench_machine import NEVER, PHYSICAL, VIRTUAL, Bench

ENABLE, IMASK, ISTATUS = 1, 2, 4
TICK = 16


@pytest.fixture
def bench(bench_library: ctypes.CDLL) -> Bench:
    return Bench(bench_library, 2)


def test_the_counter_runs_at_62_5_mhz(bench: Bench) -> None:
    for ns, ticks in ((0, 0), (15, 0), (16, 1), (1_000_000_000, 62_500_000)):
        bench.set_now(ns)
        assert bench.cores[0].call("timer_count", PHYSICAL) == ticks
        assert bench.cores[0].call("timer_count", VIRTUAL) == ticks


@pytest.mark.parametrize(("timer", "intid"), [(PHYSICAL, 30), (VIRTUAL, 27)])
def test_compare_raises_the_ppi(bench: Bench, timer: int, intid: int) -> None:
    core = bench.cores[1]
    bench.set_now(1600)
    core.call("timer_cval_write", timer, 150)
    core.call("timer_ctl_write", timer, ENABLE)
    assert (bench.ppi(intid, 1), core.deadline_ns, core.call("timer_ctl_read", timer)) == (False, 2400, ENABLE)
    bench.set_now(2399)
    assert (core.call("timer_recompute"), bench.ppi(intid, 1)) == (2400, False)
    bench.set_now(2400)
    assert core.call("timer_ctl_read", timer) == ENABLE | ISTATUS
    assert (core.call("timer_recompute"), bench.ppi(intid, 1)) == (NEVER, True)
    assert not bench.ppi(intid, 0)
    core.call("timer_ctl_write", timer, ENABLE | IMASK)
    assert (bench.ppi(intid, 1), core.call("timer_ctl_read", timer)) == (False, ENABLE | IMASK | ISTATUS)
    core.call("timer_ctl_write", timer, ENABLE)
    assert bench.ppi(intid, 1)
    core.call("timer_cval_write", timer, 151)
    assert (bench.ppi(intid, 1), core.deadline_ns) == (False, 2416)
    core.call("timer_ctl_write", timer, 0)
    assert core.deadline_ns == NEVER


def test_a_write_ends_the_slice(bench: Bench) -> None:
    core = bench.cores[0]
    core.call("timer_ctl_write", PHYSICAL, ENABLE | ISTATUS | 0xF0)
    assert (core.attention, core.timer_changed, core.cntp_ctl_el0) == (1, 1, ENABLE)


def test_tval_is_a_signed_distance(bench: Bench) -> None:
    core = bench.cores[0]
    bench.set_now(1000 * TICK)
    core.call("timer_tval_write", VIRTUAL, 500)
    assert (core.cntv_cval_el0, core.call("timer_tval_read", VIRTUAL)) == (1500, 500)
    bench.set_now(1600 * TICK)
    assert core.call("timer_tval_read", VIRTUAL) == 0xFFFFFF9C
    core.call("timer_tval_write", VIRTUAL, 0xABCD_FFFFFFFF)
    assert core.cntv_cval_el0 == 1599


def test_the_nearer_deadline_counts(bench: Bench) -> None:
    core = bench.cores[0]
    for timer, cval in ((PHYSICAL, 300), (VIRTUAL, 200)):
        core.call("timer_cval_write", timer, cval)
        core.call("timer_ctl_write", timer, ENABLE)
    assert core.deadline_ns == 200 * TICK
    bench.set_now(200 * TICK)
    assert core.call("timer_recompute") == 300 * TICK


def test_the_offset_moves_the_virtual_timer_only(bench: Bench) -> None:
    core = bench.cores[0]
    bench.set_now(1000 * TICK)
    core.call("timer_cntvoff_write", 400)
    assert (core.call("timer_count", PHYSICAL), core.call("timer_count", VIRTUAL)) == (1000, 600)
    core.call("timer_cval_write", VIRTUAL, 700)
    core.call("timer_ctl_write", VIRTUAL, ENABLE)
    assert core.deadline_ns == 1100 * TICK


@pytest.mark.parametrize("cval", [NEVER, 1 << 63, NEVER // TICK + 1])
def test_a_compare_beyond_the_end_of_time(bench: Bench, cval: int) -> None:
    core = bench.cores[0]
    bench.set_now(5000)
    core.call("timer_cval_write", PHYSICAL, cval)
    core.call("timer_ctl_write", PHYSICAL, ENABLE)
    assert (core.deadline_ns, bench.ppi(30)) == (NEVER, False)


@pytest.mark.parametrize(("control", "now", "event"), [
    (0, 0, NEVER), (1 << 2, 0, 1), (1 << 2, 1, 3), (1 << 2, 3, 5), (0xC, 0, 2), (0xC, 1, 2), (0x74, 0, 128), (0x74, 128, 384),
    (0x7C, 0, 256), (0x7C, 255, 256), (0x7C, 256, 512), (0xF4, 0, 32768), (1 << 17 | 4, 0, 256),
])
def test_event_stream(bench: Bench, control: int, now: int, event: int) -> None:
    core = bench.cores[0]
    core.call("bench_add_feature", int(bench.library.bench_feat_ecv()))
    core.cntkctl_el1 = control
    bench.set_now(now * TICK + 3)
    assert core.call("timer_next_event_ns") == (event if event == NEVER else event * TICK)


def test_event_stream_scale_needs_ecv(bench: Bench) -> None:
    bench.cores[0].cntkctl_el1 = 1 << 17 | 4
    assert bench.cores[0].call("timer_next_event_ns") == TICK
