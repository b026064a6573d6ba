# SPDX-License-Identifier: MIT
"""Each workload of the benchmarks, a hundredth of it, has the checksum that QEMU gave."""

import re

import pytest
from workloads import KERNELS, MEMORY_MIB, NOTHING, WORKLOADS, Workload, find

from emu import Machine, StopReason


@pytest.mark.parametrize("workload", [NOTHING, *WORKLOADS], ids=lambda workload: workload.name)
def test_quick_checksum(workload: Workload) -> None:
    machine = Machine(memory=f"{MEMORY_MIB}MiB", cpu=workload.cpu, bootargs=f"rounds={workload.quick}")
    machine.load(workload.image)
    stop = machine.run(until="mark_start", timeout=60)
    assert stop.reason is StopReason.UNTIL
    assert machine.run(until="mark_stop", timeout=60).instructions < 15_000_000
    assert machine.run(timeout=60).reason is StopReason.POWER_OFF
    printed = re.fullmatch(rb"checksum (0x[0-9a-f]{16})\r?\nticks \d+ of \d+\r?\n", machine.console.read())
    assert printed and int(printed[1], 16) == workload.quick_checksum


def test_every_image_has_its_row() -> None:
    assert {path.stem for path in KERNELS.glob("*.c")} == {path.stem for path in KERNELS.glob("*.elf")}
    assert {path.stem for path in KERNELS.glob("*.c")} == {row.name for row in (NOTHING, *WORKLOADS)}


def test_find() -> None:
    assert [row.name for row in find(["sha256", "calls"])] == ["calls", "sha256"]
    assert find([]) == list(WORKLOADS)
    with pytest.raises(KeyError):
        find(["nowhere"])
