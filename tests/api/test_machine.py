# SPDX-License-Identifier: MIT
"""The machine as a Python object."""

import re
import threading
import time

import pytest

from emu import BusError, ConfigError, Device, EmuError, ImageError, Machine, Register, StopReason, TranslationError
from tests.code import BRANCH_BACK, BRANCH_TO_SELF, NOP, WFI, add, assemble, ldr, movz, store

BASE = 0x4008_0000


def machine(*words: int, **options: object) -> Machine:
    m = Machine(memory="16MiB", **options)
    m.load(assemble(*words))
    return m


def test_registers():
    cpu = machine(NOP).cpu
    assert (cpu.pc, cpu.el, len(cpu.x), len(cpu.v)) == (BASE, 1, 31, 32)
    cpu.x[3] = -1
    cpu.v[5] = 1 << 127
    cpu.nzcv = 0b1010
    cpu.sp = 0x4010_0000
    assert (cpu.x[3], cpu.v[5], cpu.nzcv, cpu.sp) == (2**64 - 1, 1 << 127, 0b1010, 0x4010_0000)
    assert cpu.pstate >> 28 == 0b1010
    for index in (31, -1):
        with pytest.raises(IndexError):
            cpu.x[index]
    with pytest.raises(KeyError):
        cpu.sysregs["NO_SUCH_EL1"]
    assert "MIDR_EL1" in cpu.sysregs
    assert "NO_SUCH_EL1" not in cpu.sysregs


def test_boot_state():
    m = machine(NOP)
    assert m.cpu.x[0] == 0x4000_0000
    assert [m.cpu.x[i] for i in (1, 2, 3)] == [0, 0, 0]
    m.step()
    assert m.memory.read(m.cpu.x[0], 4) == b"\xd0\x0d\xfe\xed"
    assert m.fdt.find("/pl011@9000000") is not None


def test_limits_are_exact():
    m = machine(add(1, 1, 1), BRANCH_BACK)
    stop = m.run(max_instructions=1001)
    assert (stop.reason, stop.instructions, stop.pc, m.cpu.x[1]) == (StopReason.LIMIT, 1001, BASE + 4, 501)
    assert m.step(3).pc == BASE
    assert m.cpu.instructions == 1004
    assert m.stats()["instructions"] == 1004


def test_until():
    m = machine(NOP, add(1, 1, 1), NOP, BRANCH_TO_SELF)
    stop = m.run(until=BASE + 8, max_instructions=100)
    assert (stop.reason, stop.pc, stop.instructions) == (StopReason.UNTIL, BASE + 8, 2)


def test_until_a_symbol(greeting):
    m = Machine()
    image = m.load(greeting)
    stop = m.run(until="main", max_instructions=1_000_000)
    assert (stop.reason, stop.pc) == (StopReason.UNTIL, image.symbols["main"])
    with pytest.raises(EmuError, match="no symbol"):
        m.run(until="nowhere")


def test_timeout():
    started = time.monotonic()
    assert machine(BRANCH_TO_SELF).run(timeout=0.2).reason is StopReason.TIMEOUT
    assert 0.2 <= time.monotonic() - started < 2


def test_stuck_explains():
    stop = machine(WFI).run(timeout=5)
    assert stop.reason is StopReason.STUCK
    assert f"WFI at {BASE + 4:#x}" in stop.message


def test_stop_from_another_thread():
    m = machine(BRANCH_TO_SELF)
    threading.Timer(0.1, m.stop).start()
    assert m.run(timeout=5).reason is StopReason.INTERRUPTED


def test_console(greeting):
    m = Machine(clock="virtual")
    m.load(greeting)
    assert m.run().reason is StopReason.POWER_OFF
    assert b"/pl011@9000000" in m.console.read()
    assert m.console.read() == b""


def test_expect_runs_the_guest(greeting):
    m = Machine(clock="virtual")
    m.load(greeting.with_name("uart.elf"))
    assert m.console.expect(rb"rea.y\n", timeout=10).endswith(b"ready\n")
    m.console.write(b"hello, worldq")
    assert m.console.expect(re.compile(rb"done\n"), timeout=10).endswith(b"received 13\ndone\n")
    with pytest.raises(TimeoutError):
        m.console.expect(rb"more", timeout=1)


def test_memory():
    m = machine(NOP)
    m.memory.write(0x4020_0000, b"hello")
    view = m.memory.view(0x4020_0000, 5)
    view[0] = ord("j")
    assert m.memory.read(0x4020_0000, 5) == b"jello"
    assert m.cpu.read(0x4020_0000, 5) == b"jello"
    m.cpu.write(0x4020_0FFE, b"four")
    assert m.memory.read(0x4020_0FFE, 4) == b"four"
    for address, size in ((0, 4), (0x4100_0000, 1), (0x40FF_FFFF, 2), (1 << 63, 1 << 63), (0x4000_0000, -1)):
        with pytest.raises(BusError):
            m.memory.read(address, size)


def test_translate():
    cpu = machine(NOP).cpu
    assert cpu.translate(0x4020_0000) == 0x4020_0000
    with pytest.raises(TranslationError):
        cpu.translate(1 << 60)
    with pytest.raises(ValueError, match="access"):
        cpu.translate(0, "sniff")


class Box(Device):
    size = 0x1000
    compatible = "acme,box"
    VALUE = Register(0, reset=7)
    TRAP = Register(4)

    @TRAP.writer
    def _trap(self, value: int) -> None:
        raise LookupError(f"trapped {value}")


def test_device():
    m = machine(movz(1, 0xB00, 16), ldr(2, 1), add(2, 2, 1), store(2, 1), store(2, 1, 4), add(3, 3, 1), NOP)
    box = Box()
    m.add_device(box, address=0x0B00_0000, interrupt=40)
    node = m.fdt.find("/box@b000000")
    assert node is not None and node.cells("interrupts") == [0, 40, 4]
    with pytest.raises(LookupError, match="trapped 8"):
        m.run(max_instructions=10)
    assert box.VALUE == 8
    assert m.cpu.pc == BASE + 16
    m.cpu.pc += 4
    assert m.step().reason is StopReason.LIMIT
    assert m.cpu.x[3] == 1


@pytest.mark.parametrize("address", [0x0900_0000, 0x4000_0000, 0x0800_0000])
def test_device_where_something_is(address):
    with pytest.raises(ConfigError, match="is there"):
        machine(NOP).add_device(Box(), address)


def test_reset():
    m = machine(add(1, 1, 1), store(1, 0), BRANCH_TO_SELF)
    m.run(max_instructions=2)
    m.memory.write(BASE, bytes(4))
    m.reset()
    assert (m.cpu.pc, m.cpu.x[1]) == (BASE, 0)
    m.step()
    assert m.cpu.x[1] == 1


def test_virtual_clock_repeats_itself(greeting):
    def run() -> tuple[int, bytes]:
        m = Machine(clock="virtual", cpus=2)
        m.load(greeting.with_name("timer.elf"))
        return m.run(timeout=20).instructions, m.console.read()

    assert run() == run()


@pytest.mark.parametrize(
    "options",
    [{"memory": 0}, {"memory": "x"}, {"cpus": 0}, {"cpu": "z80"}, {"gic_version": 4}, {"max_el": 2}, {"clock": "sun"},
     {"engine": "fast"}, {"rtc": "x"}, {"memory": 1 << 60}],
)  # fmt: skip
def test_impossible_machines(options):
    with pytest.raises(ConfigError):
        Machine(**options)


def test_bad_image_loads_nothing():
    m = machine(NOP)
    with pytest.raises(ImageError):
        m.load(b"\x7fELF")
    assert m.memory.read(BASE, 4) == assemble(NOP)
    assert m.step().reason is StopReason.LIMIT


def test_two_machines_in_two_threads():
    machines = [machine(add(1, 1, 1), BRANCH_BACK) for _ in range(2)]
    threads = [threading.Thread(target=m.run, kwargs={"max_instructions": 100_001}) for m in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [m.cpu.x[1] for m in machines] == [50_001, 50_001]


def test_exported_names():
    import emu

    assert emu.__all__ == sorted(emu.__all__)
    assert all(hasattr(emu, name) for name in emu.__all__)
    assert set(emu.__all__) == set(emu._HOMES)


@pytest.mark.parametrize("timeout", [float("inf"), 1e300, 1e9 + 1])
def test_a_timeout_beyond_the_clock_is_none(timeout: float) -> None:
    stop = machine(NOP, BRANCH_TO_SELF).run(max_instructions=5, timeout=timeout)
    assert (stop.reason, stop.instructions) == (StopReason.LIMIT, 5)


def test_a_nested_run_is_refused_and_leaves_the_outer_one_alone() -> None:
    m = machine(NOP, NOP, NOP, BRANCH_TO_SELF)
    refused = []

    @m.hook_code(begin=BASE + 4)
    def nested(cpu, address, size):
        with pytest.raises(RuntimeError, match="running"):
            m.run(max_instructions=1)
        refused.append(address)

    stop = m.run(until=BASE + 8, max_instructions=100)
    assert (stop.reason, stop.pc, refused) == (StopReason.UNTIL, BASE + 8, [BASE + 4])
