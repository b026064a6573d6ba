# SPDX-License-Identifier: MIT
"""What the comparisons share: the two command lines of one machine, and how runs are summed up."""

from __future__ import annotations

import platform
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
QEMU = shutil.which("qemu-system-aarch64")


def emu_command(image: Path, *options: str) -> list[str]:
    """Return the command that runs `image` here."""
    return [sys.executable, "-m", "emu", "run", str(image), *options]


def qemu_command(image: Path, *options: str) -> list[str]:
    """Return the command that runs `image` in QEMU's system emulation (TCG)."""
    return [QEMU or "qemu-system-aarch64", "-accel", "tcg", "-nographic", "-nic", "none", "-kernel", str(image), *options]


def describe_host() -> str:
    """Return one line that names the CPU, the Python and the QEMU that were measured."""
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    version = "no QEMU"
    if QEMU:
        version = subprocess.run([QEMU, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    return f"{model}; Python {platform.python_version()}; {version}"


def row(name: str, samples: dict[str, list[float]], unit: str) -> str:
    """Return a line with the median of each program's samples, and the first's over the second's."""
    medians = {program: statistics.median(values) for program, values in samples.items()}
    text = f"{name:<18}" + "".join(f"{program} {median:9.3f} {unit}   " for program, median in medians.items())
    if len(medians) == 2:
        ours, theirs = medians.values()
        text += f"ratio {ours / theirs:.2f}"
    return text
