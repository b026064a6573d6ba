# SPDX-License-Identifier: MIT
"""pytest-benchmark over the workloads: ``pytest bench/bench_workloads.py``. Measured between the marks, in this process.

The extra information of each: guest instructions, MIPS, ns per instruction.
"""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from workloads import LOOPS, MEMORY_MIB, PROGRAMS, Workload

from emu import Machine, StopReason

ROUNDS = 3


def _at_start(workload: Workload) -> tuple[tuple[Machine], dict[str, object]]:
    machine = Machine(memory=f"{MEMORY_MIB}MiB", cpu=workload.cpu)
    machine.load(workload.image)
    assert machine.run(until="mark_start").reason is StopReason.UNTIL
    return (machine,), {}


def _measure(benchmark: BenchmarkFixture, workload: Workload) -> None:
    machines: list[Machine] = []

    def run(machine: Machine) -> int:
        machines.append(machine)
        return machine.run(until="mark_stop", timeout=60).instructions

    instructions = benchmark.pedantic(run, setup=lambda: _at_start(workload), rounds=ROUNDS)
    assert machines[-1].run(timeout=60).reason is StopReason.POWER_OFF
    assert f"{workload.checksum:#018x}".encode() in machines[-1].console.read()
    seconds = benchmark.stats.stats.median
    benchmark.extra_info.update(instructions=instructions, mips=instructions / seconds / 1e6,
                                ns_per_instruction=seconds * 1e9 / instructions)


@pytest.mark.benchmark(group="loops")
@pytest.mark.parametrize("workload", LOOPS, ids=lambda workload: workload.name)
def test_loop(benchmark: BenchmarkFixture, workload: Workload) -> None:
    _measure(benchmark, workload)


@pytest.mark.benchmark(group="programs")
@pytest.mark.parametrize("workload", PROGRAMS, ids=lambda workload: workload.name)
def test_program(benchmark: BenchmarkFixture, workload: Workload) -> None:
    _measure(benchmark, workload)
