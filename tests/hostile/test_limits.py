# SPDX-License-Identifier: MIT
"""Limits are exact, pieces make a whole, signals are prompt, machines leave nothing behind."""

import gc
import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from emu import Machine, StopReason
from tests.code import BRANCH_TO_SELF, assemble, ldr, movz

from .guests import Hostile

MEMORY = "16MiB"


def guest(greeting, name, cpus=1, **options):
    m = Machine(memory=MEMORY, cpus=cpus, clock="virtual", **options)
    m.load(greeting.with_name(f"{name}.elf"))
    return m


def fingerprint(m):
    """All that a guest could tell a machine by."""
    registers = [([*cpu.x], cpu.sp, cpu.pc, cpu.pstate, [*cpu.v], cpu.instructions) for cpu in m.cpus]
    return registers, hashlib.sha256(m.memory.view(m.memory.base, m.memory.size)).hexdigest(), m.stats()["instructions"], m._core.now_ns()


@pytest.mark.parametrize("cpus", [1, 3])
@pytest.mark.parametrize("name", ["hello", "timer"])
def test_pieces_make_a_whole(greeting, name, cpus):
    whole, parts = guest(greeting, name, cpus), guest(greeting, name, cpus)
    assert whole.run(timeout=60).reason is StopReason.POWER_OFF
    rng = random.Random(f"{name} {cpus}")
    total = 0
    while True:
        n = rng.choice((1, 2, 3, rng.randrange(1, 100), rng.randrange(1, 3000), rng.randrange(1, 100_000)))
        stop = parts.run(max_instructions=n, timeout=60)
        total += stop.instructions
        if stop.reason is not StopReason.LIMIT:
            break
        assert stop.instructions == n
    assert stop.reason is StopReason.POWER_OFF
    assert parts.console.read() == whole.console.read()
    assert fingerprint(parts) == fingerprint(whole)
    assert total == whole.stats()["instructions"]


@pytest.mark.parametrize("seed", range(12))
def test_random_code_in_pieces(seed):
    def run(pieces):
        hostile = Hostile(f"pieces {seed}")
        for index in range(len(hostile.machine.cpus)):
            hostile._start(index)
            hostile._shuffle(index)
        for n in pieces:
            if hostile.machine.run(max_instructions=n, timeout=60).reason is not StopReason.LIMIT:
                break
        return fingerprint(hostile.machine)

    rng = random.Random(seed)
    cuts = sorted(rng.sample(range(1, 3000), 100))
    pieces = [b - a for a, b in zip([0, *cuts], [*cuts, 3000], strict=True)]
    assert run(pieces) == run([3000])


@pytest.mark.parametrize("pieces", [2, 3, 7])
def test_memory_set_in_pieces(pieces):
    def run(cut):
        m = Machine(memory=MEMORY, clock="virtual")
        m.load(assemble(0x19C1_0440, 0x19C1_4440, 0x19C1_8440, BRANCH_TO_SELF))  # setp, setm, sete [x0]!, x2!, x1
        m.cpu.x[0], m.cpu.x[1], m.cpu.x[2] = 0x4020_0123, 0x5A, 200_001
        while m.stats()["instructions"] < 60:
            m.run(max_instructions=min(cut, 60 - m.stats()["instructions"]))
        return fingerprint(m)

    assert run(pieces) == run(60)


# -- Signals -----------------------------------------------------------------------------------------------------------

GIC_POLL = (movz(1, 0x800, 16), ldr(2, 1), 0x17FF_FFFF)


@pytest.mark.parametrize("code", [(BRANCH_TO_SELF,), GIC_POLL, (0xD503_207F, BRANCH_TO_SELF)], ids=["busy", "device", "asleep"])
@pytest.mark.parametrize("options", [{"cpus": 1}, {"cpus": 4, "clock": "virtual"}], ids=["realtime", "virtual"])
def test_interrupt_is_prompt(code, options):
    m = Machine(memory=MEMORY, **options)
    m.load(assemble(*code))
    m._host.look_for_input = lambda: m._core.set_external_input(True)  # asleep, not stuck
    sent = []

    def interrupt():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.1, interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        m.run(timeout=20)
    assert time.monotonic() - sent[0] < 0.5  # 0.1 on a host that does nothing else
    timer.join()
    assert m.run(max_instructions=1, timeout=0.2).reason in (StopReason.LIMIT, StopReason.TIMEOUT)


def test_terminated(tmp_path):
    image = tmp_path / "endless.bin"
    image.write_bytes(assemble(BRANCH_TO_SELF))
    process = subprocess.Popen([sys.executable, "-m", "emu", "run", image], stdin=subprocess.DEVNULL)
    time.sleep(1.5)
    process.terminate()
    assert process.wait(timeout=5) in (-signal.SIGTERM, 128 + signal.SIGTERM)


# -- Many machines -----------------------------------------------------------------------------------------------------


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


@pytest.mark.skipif("EMU_SANITIZE" in os.environ, reason="the sanitizer keeps freed memory for a while")
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_machines_leave_nothing_behind():
    def make(n):
        for _ in range(n):
            m = Machine(memory="64MiB", clock="virtual")
            m.load(assemble(movz(1, 5), BRANCH_TO_SELF))
            m.run(max_instructions=100)
            m._core.at(1 << 40, m.stop)
        gc.collect()

    make(200)
    before = resident()
    make(1800)
    assert resident() - before < 16 << 20


def test_two_threads():
    def fight(hostile):
        return sum(hostile.skirmish(1000) for _ in range(20))

    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(fight, [Hostile("thread 0"), Hostile("thread 1")]))
