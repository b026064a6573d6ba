#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Time a bare-metal run from start to exit, and the imports in it: ``python bench/startup.py``.

The guest is kernels/hello, which does next to nothing, so that what is measured is everything around it. Imports are the
time of a Python that imports what `emu run` needs, less that of a Python that does nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from machines import QEMU, ROOT, describe_host, emu_command, qemu_command, row


def seconds(command: list[str]) -> float:
    """Run a command without input and return how long it took."""
    began = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=15, help="runs of each (%(default)s)")
    args = parser.parse_args()
    kernels = ROOT / "kernels"
    programs = {"emu": emu_command(kernels / "hello.elf")}
    if QEMU:
        programs["qemu"] = qemu_command(kernels / "hello.bin", "-M", "virt", "-cpu", "cortex-a57", "-m", "1024")
    nothing = [sys.executable, "-c", "pass"]
    imports = [sys.executable, "-c", "import emu.cli.run"]
    total: dict[str, list[float]] = {program: [] for program in programs}
    importing: list[float] = []
    for _ in range(args.runs):
        for program, command in programs.items():
            total[program].append(seconds(command))
        importing.append(seconds(imports) - seconds(nothing))
    print(f"{describe_host()}\nkernels/hello; median of {args.runs}")
    print(row("start to exit", total, "s"))
    print(row("imports", {"emu": importing}, "s"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
