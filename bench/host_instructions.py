#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Count host instructions for each guest instruction: ``python bench/host_instructions.py [WORKLOAD ...]``.

valgrind's cachegrind counts (callgrind does the same, but takes each jump from handler to handler for a call). Two runs of
a workload that differ in `rounds` are subtracted, so that Python, start-up and translation cancel out: what is left is the
steady state. ``--hottest N`` adds the functions that it was spent in.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from machines import ROOT
from workloads import MEMORY_MIB, WORKLOADS, Workload, find

# The inner program: guest instructions on stdout; the machine stops at mark_stop.
INNER = """
import sys
from emu import Machine
image, rounds, memory, cpu = sys.argv[1:]
machine = Machine(memory=memory, cpu=cpu, bootargs=f"rounds={rounds}", clock="virtual")
machine.load(image)
print(machine.run(until="mark_stop").instructions)
"""


@dataclass(frozen=True)
class Count:
    """Guest instructions, and host instructions by function."""

    guest: int
    host: Counter[str]

    def __sub__(self, other: Count) -> Count:
        rest = Counter(self.host)
        rest.subtract(other.host)
        return Count(self.guest - other.guest, rest)

    @property
    def ratio(self) -> float:
        """Host instructions for a guest instruction."""
        return sum(self.host.values()) / self.guest


def _parse(text: str) -> Counter[str]:
    """Add up a cachegrind output file by function (its `fn=` and `line count` lines)."""
    result: Counter[str] = Counter()
    function = ""
    for line in text.splitlines():
        if line.startswith("fn="):
            function = line[3:]
        elif found := re.match(r"\d+ (\d+)$", line):
            result[function] += int(found[1])
    return result


def count(workload: Workload, rounds: int) -> Count:
    """Run a workload once under cachegrind. CalledProcessError if that fails."""
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "counts"
        done = subprocess.run(
            ["valgrind", "--tool=cachegrind", "--cache-sim=no", "-q", f"--cachegrind-out-file={output}", sys.executable,
             "-c", INNER, str(workload.image), str(rounds), f"{MEMORY_MIB}MiB", workload.cpu],
            cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=True)
        return Count(int(done.stdout), _parse(output.read_text()))


def steady(workload: Workload) -> Count:
    """Return what `quick` more rounds cost."""
    return count(workload, 2 * workload.quick) - count(workload, workload.quick)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("workload", nargs="*", choices=[[], *(workload.name for workload in WORKLOADS)], metavar="WORKLOAD")
    parser.add_argument("--hottest", type=int, default=0, metavar="N", help="name the N functions with most instructions")
    args = parser.parse_args()
    for workload in find(args.workload):
        cost = steady(workload)
        print(f"{workload.name:<16}{cost.ratio:6.2f} host instructions for each of {cost.guest} guest instructions", flush=True)
        for function, instructions in cost.host.most_common(args.hottest):
            print(f"    {instructions / cost.guest:6.3f}  {instructions / sum(cost.host.values()):6.1%}  {function}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
