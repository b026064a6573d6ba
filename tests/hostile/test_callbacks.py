# SPDX-License-Identifier: MIT
"""What devices, events and other threads may do to a machine that runs."""

import gc
import threading
import time
import weakref

import pytest

from emu._core import Core
from tests.code import BRANCH_BACK, BRANCH_TO_SELF, NOP, WFI, add, assemble, ldr, movz

RAM, BASE, DEVICE = 0x4000_0000, 0x4008_0000, 0x0B00_0000
CMP_ZERO, BRANCH_EQUAL_8, MRS_X5_CURRENTEL = 0xEB1F_03FF, 0x5400_0040, 0xD538_4245
TO_DEVICE = movz(1, DEVICE >> 16, 16)


class Box:
    """A device that calls a function at each access."""

    def __init__(self, fn=lambda: 0):
        self.fn = fn

    def mmio_read(self, offset, size):
        return self.fn() or 0

    def mmio_write(self, offset, size, value):
        self.fn()


def make(*code, fn=lambda core: 0, cpus=1, virtual=True):
    """A core that runs such code, with a device at DEVICE that calls fn(core)."""
    core = Core(cpus, "max", 3, virtual, 1)
    core.add_ram(RAM, 1 << 20)
    reference = weakref.ref(core)
    core.add_mmio(DEVICE, 0x1000, Box(lambda: fn(reference())))
    core.write(BASE, assemble(*code))
    core.start_cpu(0, BASE, 0)
    return core


def test_pc_is_exact_in_a_callback():
    seen = []
    core = make(TO_DEVICE, NOP, NOP, ldr(2, 1), NOP, fn=lambda core: seen.append((core.cpu(0).pc, core.instructions())))
    core.run(5)
    assert seen == [(BASE + 12, 3)]


def test_pc_set_in_a_callback():
    def jump(core):
        core.cpu(0).pc = BASE + 20
        assert core.cpu(0).pc == BASE + 20

    core = make(TO_DEVICE, ldr(2, 1), add(3, 3, 1), add(3, 3, 1), add(3, 3, 1), add(4, 4, 1), NOP, fn=jump)
    core.run(4)
    assert (core.cpu(0).get_x(3), core.cpu(0).get_x(4), core.cpu(0).pc) == (0, 1, BASE + 28)


def test_flags_set_in_a_callback():
    def clear(core):
        core.cpu(0).nzcv = 0

    core = make(TO_DEVICE, CMP_ZERO, ldr(2, 1), BRANCH_EQUAL_8, add(3, 3, 1), NOP, fn=clear)
    core.run(5)
    assert core.cpu(0).get_x(3) == 1


def test_exception_level_set_in_a_callback():
    def drop(core):
        core.cpu(0).pstate = 0

    core = make(TO_DEVICE, ldr(2, 1), MRS_X5_CURRENTEL, NOP, fn=drop)
    core.run(2)
    assert core.cpu(0).el == 0
    core.cpu(0).set_sysreg("VBAR_EL1", BASE)  # 0x400: from EL0
    core.write(BASE + 0x400, assemble(BRANCH_TO_SELF))
    core.run(2)
    assert (core.cpu(0).el, core.cpu(0).get_x(5), core.cpu(0).get_sysreg("ESR_EL1") >> 26) == (1, 0, 0)


@pytest.mark.parametrize("pieces", [1, 6])
def test_code_written_in_a_callback(pieces):
    def patch(core):
        core.write(BASE + 12, assemble(add(3, 3, 7)))

    core = make(TO_DEVICE, ldr(2, 1), NOP, add(3, 3, 1), NOP, NOP, fn=patch)
    for _ in range(pieces):
        core.run(6 // pieces)
    assert core.cpu(0).get_x(3) == 7


def test_guest_that_rewrites_what_it_runs_is_the_same_in_pieces():
    str_w2_next = 0xB900_0C22  # str w2, [x1, #12]

    def run(pieces):
        core = make(NOP, str_w2_next, NOP, add(3, 3, 1), NOP, NOP)
        core.cpu(0).set_x(1, BASE)
        core.cpu(0).set_x(2, add(3, 3, 9))
        for _ in range(pieces):
            core.run(6 // pieces)
        return core.cpu(0).get_x(3)

    assert run(1) == run(2) == run(6) == 9


def test_breakpoint_set_in_a_callback():
    core = make(TO_DEVICE, ldr(2, 1), NOP, NOP, BRANCH_BACK, fn=lambda core: core.set_breakpoints([BASE + 12]))
    assert core.run(100) == Core.STOP_BREAKPOINT
    assert (core.cpu(0).pc, core.instructions()) == (BASE + 12, 3)


@pytest.mark.parametrize("method", [lambda core: core.reset(), lambda core: core.start_cpu(0, BASE, 0), lambda core: core.run(1),
                                    lambda core: core.add_ram(1 << 32, 4096), lambda core: core.map_gic(0x0800_0000, 0x080A_0000)])  # fmt: skip
def test_what_is_refused_in_the_middle_of_an_instruction(method):
    core = make(TO_DEVICE, ldr(2, 1), NOP, fn=method)
    with pytest.raises(RuntimeError):
        core.run(3)
    assert core.cpu(0).pc == BASE + 4


def test_reset_by_post():
    def restart():
        core.reset()
        core.start_cpu(0, BASE + 12, 5)

    core = make(TO_DEVICE, ldr(2, 1), BRANCH_BACK, add(0, 0, 1), BRANCH_TO_SELF, fn=lambda core: core.post(restart) if core.instructions() < 2 else 0)
    core.run(1000, 5_000_000_000)
    assert core.cpu(0).get_x(0) == 6


def test_stop_asked_for_in_a_callback_is_prompt():
    core = make(TO_DEVICE, ldr(2, 1), NOP, NOP, BRANCH_TO_SELF, fn=lambda core: core.request_stop())
    assert core.run(10**9) == Core.STOP_REQUESTED
    assert core.instructions() == 2


def test_slow_device_does_not_stretch_the_timeout():
    core = make(TO_DEVICE, ldr(2, 1), BRANCH_BACK, fn=lambda core: time.sleep(0.01))
    began = time.monotonic()
    assert core.run(0, 100_000_000) == Core.STOP_TIMEOUT
    assert time.monotonic() - began < 1


# -- Events -----------------------------------------------------------------------------------------------------------


def test_event_is_exact():
    seen = []

    def ask(core):
        asked = core.now_ns() + 100
        core.at(asked, lambda: seen.append((core.now_ns() - asked, core.instructions())))

    core = make(TO_DEVICE, ldr(2, 1), BRANCH_TO_SELF, fn=ask)
    core.run(10_000)
    assert seen == [(0, 101)]


@pytest.mark.parametrize("time_ns", [0, 1000])
def test_event_that_asks_for_now_again_and_again(time_ns):
    core = make(BRANCH_TO_SELF)
    count, late = [0], []

    def again():
        count[0] += 1
        core.at(time_ns, again)

    core.at(time_ns, again)
    core.at(time_ns + 5, lambda: late.append(core.now_ns()))
    assert core.run(5000, 20_000_000_000) == Core.STOP_LIMIT
    assert count[0] > 1
    assert late == [time_ns + 5]


def test_event_that_raises():
    core = make(BRANCH_TO_SELF)
    core.at(100, lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        core.run(1000)
    assert core.instructions() == 100
    assert core.run(1000) == Core.STOP_LIMIT


def test_events_leave_the_guests_floating_point_flags_alone():
    core = make(BRANCH_TO_SELF)
    value = [3.0]
    for ns in (10, 100, 1000):
        core.at(ns, lambda: value.append(1.0 / value[0]))
    core.run(5000)
    assert (core.cpu(0).fpsr, len(value)) == (0, 4)


def test_timer_at_the_end_of_time_is_never():
    core = make(WFI, BRANCH_TO_SELF)
    core.cpu(0).set_sysreg("CNTV_CVAL_EL0", (1 << 60) - 2)
    core.cpu(0).set_sysreg("CNTV_CTL_EL0", 1)
    assert core.run(10, 5_000_000_000) == Core.STOP_STUCK


# -- Threads, memory --------------------------------------------------------------------------------------------------


def test_other_threads_may_only_post():
    core = make(BRANCH_TO_SELF)
    failed, done = [], []

    def pester():
        for method in (core.instructions, core.now_ns, core.stats, core.reset, lambda: core.cpu(0).pc, lambda: core.write(BASE, b"x"),
                       lambda: core.at(5, print), lambda: core.set_irq(40, True), lambda: core.set_breakpoints([1])):  # fmt: skip
            try:
                method()
            except RuntimeError:
                failed.append(method)
        core.post(lambda: done.append(core.instructions()))
        core.post(core.request_stop)

    thread = threading.Timer(0.05, pester)
    thread.start()
    assert core.run(0, 10_000_000_000) == Core.STOP_REQUESTED
    thread.join()
    assert len(failed) == 9
    assert done[0] > 0


def test_machine_with_a_pending_event_is_collected():
    def drop():
        core = make(BRANCH_TO_SELF)
        core.at(1 << 40, lambda: core.instructions())
        return weakref.ref(core)

    reference = drop()
    gc.collect()
    assert reference() is None
