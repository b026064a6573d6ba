# SPDX-License-Identifier: MIT
"""Hooks: called once for each instruction, block, access, exception; with all state; changeable from inside."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from emu import ConfigError, Cpu, ExceptionInfo, Machine, StopReason
from tests.code import BRANCH_TO_SELF, NOP, assemble, movz

KERNELS = Path(__file__).resolve().parents[2] / "kernels"
BASE = 0x4008_0000
DATA = 0x4010_0000
GUESTS = ["hello", "exceptions", "mmu", "timer", "gic", "smc", "uart"]


def machine(*words: int, **options: object) -> Machine:
    m = Machine(memory="16MiB", clock="virtual", **options)
    m.load(assemble(*words))
    m.cpu.x[0], m.cpu.x[1] = 0, DATA
    m.cpu.sysregs["CPACR_EL1"] = 3 << 20
    return m


def map_flat(m: Machine) -> None:
    """Turn the MMU on, with the gigabyte of RAM mapped to itself: unaligned accesses are allowed then."""
    table = DATA + 0x8_0000
    m.memory.write(table + 8, (0x4000_0000 | 1 << 10 | 1).to_bytes(8, "little"))
    for name, value in {"MAIR_EL1": 0xFF, "TCR_EL1": 25 | 1 << 23, "TTBR0_EL1": table}.items():
        m.cpu.sysregs[name] = value
    m.cpu.sysregs["SCTLR_EL1"] |= 1


def nothing(*arguments: object) -> None:
    pass


# subs x0, x0, #1; b.ne .-4
COUNT_DOWN = (0xF100_0400, 0x54FF_FFE1)


# -- nothing changes ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("guest", GUESTS)
def test_hooked_run_is_the_same_run(guest: str) -> None:
    def run(*kinds: str) -> tuple[object, ...]:
        m = Machine(memory="64MiB", clock="virtual")
        m.load(KERNELS / f"{guest}.elf")
        calls = {kind: 0 for kind in kinds}

        def counter(kind: str) -> Callable[..., None]:
            def count(*arguments: object) -> None:
                calls[kind] += 1

            return count

        for kind in kinds:
            getattr(m, f"hook_{kind}")(counter(kind))
        stop = m.run(max_instructions=3_000_000, timeout=60)
        if "code" in calls:
            taken = m.cpu.instructions
            assert calls["code"] >= taken
            # Instructions that fault, or SVC and the like, are executed without being retired, or again afterwards.
            assert calls["code"] - taken <= m.stats()["exceptions"] + 1
        return stop.reason, stop.instructions, stop.pc, list(m.cpu.x), m.console.read()

    plain = run()
    assert run("code", "block", "mem_read", "mem_write", "exception") == plain
    assert run("mem_write") == plain


def test_block_hooks_do_not_depend_on_how_a_run_is_cut() -> None:
    def blocks(piece: int) -> list[tuple[int, int]]:
        m = Machine(memory="64MiB", clock="virtual")
        m.load(KERNELS / "hello.elf")
        seen: list[int] = []
        m.hook_block(lambda cpu, address, size: seen.append(address))
        left = 20_000
        while left:
            left -= m.run(max_instructions=min(piece, left)).instructions
        return seen

    whole = blocks(20_000)
    assert blocks(1) == whole
    assert blocks(7) == whole


# -- what code hooks see and do -----------------------------------------------------------------------------------------

def test_code_hook_sees_exact_state() -> None:
    m = machine(movz(0, 3), *COUNT_DOWN, BRANCH_TO_SELF)
    seen = []
    m.hook_code(lambda cpu, address, size: seen.append((address - BASE, size, cpu.pc - BASE, cpu.x[0], cpu.nzcv, cpu.instructions)))
    m.run(max_instructions=7)
    assert [row[:2] for row in seen] == [(0, 4), (4, 4), (8, 4), (4, 4), (8, 4), (4, 4), (8, 4)]
    assert all(row[0] == row[2] for row in seen)
    assert [row[3] for row in seen] == [0, 3, 2, 2, 1, 1, 0]
    assert [row[4] for row in seen][-1] == 0b0110
    assert [row[5] for row in seen] == list(range(7))


def test_ranges_and_symbols() -> None:
    m = Machine(memory="64MiB", clock="virtual")
    image = m.load(KERNELS / "hello.elf")
    name, address = next((n, a) for n, a in image.symbols.items() if n == "main" or n == "uart_putc" or "put" in n)
    calls = []

    @m.hook_code(begin=name)
    def at_symbol(cpu: Cpu, where: int, size: int) -> None:
        calls.append(where)

    m.run(timeout=20)
    assert calls and set(calls) == {address}
    with pytest.raises(ConfigError, match="empty"):
        m.hook_code(nothing, begin=8, end=8)


def test_hook_on_code_already_translated_and_removed_again() -> None:
    m = machine(movz(0, 0xFFFF), *COUNT_DOWN, BRANCH_TO_SELF)
    m.run(max_instructions=1001)
    calls: list[int] = []
    hook = m.hook_code(lambda cpu, address, size: calls.append(address), begin=BASE + 4)
    m.run(max_instructions=100)
    assert len(calls) == 50 and hook.active
    hook.remove()
    hook.remove()
    m.run(max_instructions=100)
    assert len(calls) == 50 and not hook.active


def test_hook_removes_itself_and_adds_another() -> None:
    m = machine(movz(0, 100), *COUNT_DOWN, BRANCH_TO_SELF)
    calls: list[str] = []

    def second(cpu: Cpu, address: int, size: int) -> None:
        calls.append("second")

    def first(cpu: Cpu, address: int, size: int) -> None:
        calls.append("first")
        handle.remove()
        m.hook_code(second, begin=BASE + 8)

    handle = m.hook_code(first, begin=BASE + 4)
    m.run(max_instructions=21)
    assert calls == ["first", *["second"] * 10]


def test_hook_redirects_the_pc() -> None:
    m = machine(NOP, movz(0, 1), BRANCH_TO_SELF, movz(0, 2), BRANCH_TO_SELF)

    @m.hook_code(begin=BASE + 4)
    def skip(cpu: Cpu, address: int, size: int) -> None:
        cpu.pc = BASE + 12

    stop = m.run(max_instructions=2)
    assert (m.cpu.x[0], stop.pc, stop.instructions) == (2, BASE + 16, 2)


def test_hook_changes_flags_before_a_branch_that_would_be_fused() -> None:
    m = machine(movz(0, 9), *COUNT_DOWN, BRANCH_TO_SELF)

    @m.hook_code(begin=BASE + 8)
    def pretend_zero(cpu: Cpu, address: int, size: int) -> None:
        cpu.nzcv = 0b0100

    m.run(max_instructions=3)
    assert (m.cpu.pc, m.cpu.x[0]) == (BASE + 12, 8)


def test_hook_stops_the_run_before_its_instruction() -> None:
    m = machine(movz(0, 1), movz(0, 2), movz(0, 3), BRANCH_TO_SELF)
    calls = []

    @m.hook_code(begin=BASE + 4)
    def halt(cpu: Cpu, address: int, size: int) -> None:
        calls.append(address)
        m.stop()

    stop = m.run()
    assert (stop.reason, stop.pc, stop.instructions, m.cpu.x[0]) == (StopReason.INTERRUPTED, BASE + 4, 1, 1)
    m.run(max_instructions=2)
    assert (m.cpu.x[0], len(calls)) == (3, 1)


@pytest.mark.parametrize("kind", ["code", "block"])
def test_exception_of_a_hook_comes_out_and_the_machine_goes_on(kind: str) -> None:
    m = machine(movz(0, 1), 0x1400_0001, movz(0, 2), BRANCH_TO_SELF)
    error = ZeroDivisionError("mine")

    def raise_it(cpu: Cpu, address: int, size: int) -> None:
        raise error

    getattr(m, f"hook_{kind}")(raise_it, begin=BASE + 8)
    with pytest.raises(ZeroDivisionError) as caught:
        m.run()
    assert caught.value is error
    assert (m.cpu.pc, m.cpu.x[0], m.cpu.instructions) == (BASE + 8, 1, 2)
    m.run(max_instructions=2)
    assert (m.cpu.pc, m.cpu.x[0]) == (BASE + 12, 2)


def test_hooks_that_send_each_other_round_end_with_the_timeout() -> None:
    m = machine(NOP, NOP, BRANCH_TO_SELF)
    m.hook_code(lambda cpu, address, size: setattr(cpu, "pc", BASE + 4), begin=BASE)
    m.hook_code(lambda cpu, address, size: setattr(cpu, "pc", BASE), begin=BASE + 4)
    stop = m.run(timeout=0.1)
    assert (stop.reason, stop.instructions) == (StopReason.TIMEOUT, 0)


# -- memory -------------------------------------------------------------------------------------------------------------

ACCESSES = [
    # word, reads and writes as (offset, size)
    (0xF940_0020, [(0, 8)], []),  # ldr x0, [x1]
    (0x3940_0420, [(1, 1)], []),  # ldrb w0, [x1, #1]
    (0xF840_3020, [(3, 8)], []),  # ldur x0, [x1, #3]
    (0xF900_0422, [], [(8, 8)]),  # str x2, [x1, #8]
    (0xA940_0C22, [(0, 16)], []),  # ldp x2, x3, [x1]
    (0xA901_0C22, [], [(16, 16)]),  # stp x2, x3, [x1, #16]
    (0x3DC0_0020, [(0, 16)], []),  # ldr q0, [x1]
    (0x3D80_0420, [], [(16, 16)]),  # str q0, [x1, #16]
    (0xF820_0020, [(0, 8)], [(0, 8)]),  # ldadd x0, x0, [x1]
    (0xC85F_7C20, [(0, 8)], []),  # ldxr x0, [x1]
    (0xD50B_7421, [], [(0, 64)]),  # dc zva, x1
]


@pytest.mark.parametrize(("word", "reads", "writes"), ACCESSES)
def test_accesses_of_every_kind(word: int, reads: list[tuple[int, int]], writes: list[tuple[int, int]]) -> None:
    m = machine(word, word, BRANCH_TO_SELF)
    map_flat(m)
    content = bytes(random.Random(word).randbytes(64))
    m.memory.write(DATA, content)
    m.cpu.x[2], m.cpu.x[3], m.cpu.v[0] = 0x1122_3344_5566_7788, 0x99, 5 << 64 | 7
    seen: dict[str, list[tuple[int, int, int]]] = {"read": [], "write": []}
    before: list[bytes] = []
    m.hook_mem_read(lambda cpu, address, size, value: seen["read"].append((address - DATA, size, value)))

    def write(cpu: Cpu, address: int, size: int, value: int) -> None:
        seen["write"].append((address - DATA, size, value))
        before.append(m.memory.read(address, size))

    m.hook_mem_write(write)
    m.step()
    assert [row[:2] for row in seen["read"]] == reads
    assert [row[:2] for row in seen["write"]] == writes
    for offset, size, value in seen["read"]:
        assert value == int.from_bytes(content[offset : offset + size], "little")
    for (offset, size, value), was in zip(seen["write"], before, strict=True):
        assert was == content[offset : offset + size]
        assert m.memory.read(DATA + offset, size) == value.to_bytes(size, "little")


def test_store_exclusive_is_a_write_only_when_it_stores() -> None:
    m = machine(0xC85F_7C20, 0xC802_7C23, 0xC802_7C23, BRANCH_TO_SELF)  # ldxr x0, [x1]; stxr w2, x3, [x1], twice
    writes: list[int] = []
    m.hook_mem_write(lambda cpu, address, size, value: writes.append(value))
    m.cpu.x[3] = 77
    m.step(2)
    assert (writes, m.cpu.x[2]) == ([77], 0)
    m.step(1)
    assert (writes, m.cpu.x[2]) == ([77], 1)


def test_memory_ranges_touch_and_miss() -> None:
    m = machine(0xF840_3020, 0xF800_3020, BRANCH_TO_SELF)  # ldur x0, [x1, #3]; stur x0, [x1, #3]
    map_flat(m)
    calls: list[str] = []
    m.hook_mem_read(lambda *a: calls.append("low"), DATA, DATA + 3)
    m.hook_mem_read(lambda *a: calls.append("first byte"), DATA + 3)
    m.hook_mem_read(lambda *a: calls.append("last byte"), DATA + 10)
    m.hook_mem_read(lambda *a: calls.append("high"), DATA + 11, DATA + 99)
    m.hook_mem_write(lambda *a: calls.append("write"), DATA + 10, DATA + 11)
    m.step(2)
    assert calls == ["first byte", "last byte", "write"]


def test_access_that_faults_is_none() -> None:
    m = machine(0xF840_0020, 0xF800_0020, BRANCH_TO_SELF)  # ldur, stur x0, [x1]
    m.cpu.x[1] = DATA + 0xFFD
    m.memory.write(DATA + 0xFFD, bytes(range(1, 9)))
    # The MMU is off: an unaligned access faults, and is no access then.
    calls: list[tuple[int, int]] = []
    faults: list[ExceptionInfo] = []
    m.hook_mem_read(lambda cpu, address, size, value: calls.append((address, size)))
    m.hook_exception(lambda cpu, exception: faults.append(exception))
    m.step()
    assert calls == []
    assert faults[0][:4:3] + (faults[0].ec, faults[0].return_address) == ("sync", DATA + 0xFFD, 0x25, BASE)


def test_page_crossing_accesses_are_one_each() -> None:
    m = machine(0xF840_0020, 0xF800_0020, BRANCH_TO_SELF)  # ldur, stur x0, [x1]
    map_flat(m)
    m.cpu.x[1] = DATA + 0xFFD
    m.memory.write(DATA + 0xFFD, bytes(range(1, 9)))
    calls: list[tuple[str, int, int, int]] = []
    m.hook_mem_read(lambda cpu, *access: calls.append(("read", *access)), DATA + 0x1000)
    m.hook_mem_write(lambda cpu, *access: calls.append(("write", *access)), DATA + 0xFFF)
    m.step(2)
    value = int.from_bytes(bytes(range(1, 9)), "little")
    assert calls == [("read", DATA + 0xFFD, 8, value), ("write", DATA + 0xFFD, 8, value)]


@pytest.mark.parametrize("kind", ["read", "write"])
def test_exception_of_a_memory_hook_undoes_nothing_and_loses_nothing(kind: str) -> None:
    m = machine(0xF820_0020, BRANCH_TO_SELF)  # ldadd x0, x0, [x1]
    m.memory.write(DATA, (5).to_bytes(8, "little"))
    m.cpu.x[0] = 3

    def refuse(cpu: Cpu, address: int, size: int, value: int) -> None:
        raise KeyError(value)

    getattr(m, f"hook_mem_{kind}")(refuse)
    with pytest.raises(KeyError, match="5" if kind == "read" else "8"):
        m.step()
    assert (m.cpu.pc, m.cpu.x[0], m.memory.read(DATA, 1)) == (BASE, 3, b"\5")
    m.step()
    assert (m.cpu.pc, m.cpu.x[0], m.memory.read(DATA, 1)) == (BASE + 4, 5, b"\x08")


def test_hook_on_a_page_that_the_tlb_has_cached() -> None:
    m = machine(0xF940_0020, 0x17FF_FFFF)  # ldr x0, [x1]; b .-4
    m.run(max_instructions=100)
    calls: list[int] = []
    hook = m.hook_mem_read(lambda cpu, address, size, value: calls.append(address), DATA, DATA + 8)
    m.run(max_instructions=100)
    assert calls == [DATA] * 50
    hook.remove()
    m.run(max_instructions=100)
    assert len(calls) == 50


# -- exceptions and system registers ------------------------------------------------------------------------------------

def test_exception_hook() -> None:
    m = machine(0xD400_0021 | 5 << 5, BRANCH_TO_SELF)  # svc
    m.cpu.sysregs["VBAR_EL1"] = BASE + 0x800
    seen: list[tuple[ExceptionInfo, int]] = []

    @m.hook_exception
    def taken(cpu: Cpu, exception: ExceptionInfo) -> None:
        seen.append((exception, cpu.pc))

    m.step()
    exception, pc = seen[0]
    assert (exception.kind, exception.el, exception.ec, exception.return_address) == ("sync", 1, 0x15, BASE + 4)
    assert pc == exception.vector == BASE + 0x800 + 0x200
    assert "SVC" in str(exception).upper()


def test_timer_interrupts_are_seen() -> None:
    m = Machine(memory="64MiB", clock="virtual")
    m.load(KERNELS / "timer.elf")
    kinds: list[str] = []
    m.hook_exception(lambda cpu, exception: kinds.append(exception.kind))
    m.run(timeout=60)
    assert kinds.count("irq") == m.stats()["interrupts"] > 0


MRS_OWN, MSR_OWN = 0xD53B_F000 | 3, 0xD51B_F000 | 3  # x3, S3_3_C15_C0_0


def test_register_of_the_users_own() -> None:
    m = machine(MSR_OWN, MRS_OWN, BRANCH_TO_SELF)
    m.cpu.x[3] = 41
    written: list[int] = []
    hook = m.hook_sysreg("S3_3_C15_C0_0", read=lambda cpu: written[-1] + 1, write=lambda cpu, value: written.append(value))
    m.step(2)
    assert (written, m.cpu.x[3], m.cpu.instructions) == ([41], 42, 2)
    hook.remove()
    m.cpu.pc = BASE + 4
    classes: list[int] = []
    m.hook_exception(lambda cpu, exception: classes.append(exception.ec))
    m.step()
    assert classes[0] == 0  # UNDEFINED again


def test_register_overridden_for_reads_alone() -> None:
    mrs, msr = 0xD538_D080 | 3, 0xD518_D080 | 3  # x3, TPIDR_EL1
    m = machine(msr, mrs, BRANCH_TO_SELF)
    m.cpu.x[3] = 7
    m.hook_sysreg("TPIDR_EL1", read=lambda cpu: cpu.sysregs["TPIDR_EL1"] * 10)
    m.step(2)
    assert (m.cpu.x[3], m.cpu.sysregs["TPIDR_EL1"]) == (70, 7)
    with pytest.raises(ConfigError, match="NO_SUCH"):
        m.hook_sysreg("NO_SUCH_EL1", read=lambda cpu: 0)


def test_error_in_a_register_hook() -> None:
    m = machine(MRS_OWN, BRANCH_TO_SELF)
    m.hook_sysreg("S3_3_C15_C0_0", read=lambda cpu: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        m.run()
    assert (m.cpu.pc, m.cpu.instructions) == (BASE, 0)


# -- registers as buffers ----------------------------------------------------------------------------------------------

def test_registers_are_live_buffers() -> None:
    m = machine(movz(0, 3), *COUNT_DOWN, BRANCH_TO_SELF)
    x, v = memoryview(m.cpu.x), memoryview(m.cpu.v)
    assert (x.format, x.nbytes, v.nbytes) == ("Q", 31 * 8, 512)
    m.step()
    assert x[0] == 3
    x[0], v[2] = 9, 1 << 63
    assert (m.cpu.x[0], m.cpu.v[1]) == (9, 1 << 63)
    del m
    assert x[0] == 9  # the view keeps what it shows alive
