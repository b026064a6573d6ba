# SPDX-License-Identifier: MIT
"""The emulators that are compared, and one run of one of them: a process from start to end, on the same image."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from machines import QEMU, ROOT, emu_command, qemu_command
from workloads import MEMORY_MIB, Workload


class BenchError(Exception):
    """A run that can't be counted: the emulator failed, or printed another checksum."""


@dataclass(frozen=True)
class Sample:
    """One run: `cpu` is user and system time of the process, `wall` the time that passed, both in seconds.
    `instructions` is 0 where the emulator doesn't tell."""

    cpu: float
    wall: float
    instructions: int = 0


def _emu(workload: Workload) -> list[str]:
    return emu_command(workload.image, "--memory", f"{MEMORY_MIB}MiB", "--cpu", workload.cpu, "--stats=json")


def _qemu(workload: Workload) -> list[str]:
    return qemu_command(workload.image, "-M", "virt", "-cpu", workload.cpu, "-m", str(MEMORY_MIB))


def _unicorn(workload: Workload) -> list[str]:
    return [sys.executable, str(Path(__file__).with_name("unicorn_run.py")), str(workload.image)]


ENGINES: dict[str, Callable[[Workload], list[str]]] = {"emu": _emu, "qemu": _qemu, "unicorn": _unicorn}
"""Name to command line. emu is ours."""


def installed() -> list[str]:
    """Return the names of the emulators that can run here, ours first."""
    there = {"emu": True, "qemu": QEMU is not None, "unicorn": importlib.util.find_spec("unicorn") is not None}
    return [name for name in ENGINES if there[name]]


def run_once(engine: str, workload: Workload, timeout: float) -> Sample | None:
    """Run a workload to its end; None after `timeout` seconds. BenchError for a failure or a wrong checksum."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    try:
        done = subprocess.run(ENGINES[engine](workload), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout, check=False, env=environment)
    except subprocess.TimeoutExpired:
        return None
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    found = re.search(r"checksum (0x[0-9a-f]+)", done.stdout)
    if done.returncode or not found:
        raise BenchError(f"{engine}: {workload.name}: status {done.returncode}: {(done.stderr or done.stdout)[-300:]}")
    if int(found[1], 16) != workload.checksum:
        raise BenchError(f"{engine}: {workload.name}: checksum {found[1]}, expected {workload.checksum:#018x}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Sample(cpu, wall, _instructions(done.stderr) if engine == "emu" else 0)


def _instructions(statistics: str) -> int:
    return int(json.loads(statistics[statistics.index("{"):])["instructions"])
