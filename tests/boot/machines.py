# SPDX-License-Identifier: MIT
"""Command lines that start a machine: ours, and the same machine in QEMU, the oracle."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

QEMU = shutil.which("qemu-system-aarch64")
# EMU_ORACLE=1 runs the tests on QEMU instead: a test that fails there asks for too much.
ORACLE = bool(os.environ.get("EMU_ORACLE"))
# A factor on every timeout, for sanitizer builds and slow hosts.
PATIENCE = float(os.environ.get("EMU_PATIENCE", "1"))


@dataclass(frozen=True)
class Machine:
    """What to start; `memory` in MiB."""

    image: Path
    initrd: Path | None = None
    bootargs: str = ""
    gic: int = 3
    cpus: int = 1
    cpu: str = "cortex-a57"
    memory: int = 512


def emu_command(machine: Machine, *options: str) -> list[str]:
    """Return ``python -m emu run`` for `machine`, with `options` at the end."""
    command = [sys.executable, "-m", "emu", "run", str(machine.image), "--memory", f"{machine.memory}MiB",
               "--gic-version", str(machine.gic), "--cpus", str(machine.cpus), "--cpu", machine.cpu]
    if machine.initrd:
        command += ["--initrd", str(machine.initrd)]
    if machine.bootargs:
        command += ["--bootargs", machine.bootargs]
    return [*command, *options]


def qemu_command(machine: Machine, *options: str) -> list[str]:
    """Return the qemu-system-aarch64 command for `machine`. QEMU gives the device tree to raw images only."""
    command = [QEMU or "qemu-system-aarch64", "-M", f"virt,gic-version={machine.gic}", "-cpu", machine.cpu,
               "-smp", str(machine.cpus), "-m", str(machine.memory), "-nographic", "-nic", "none",
               "-kernel", str(machine.image)]
    if machine.initrd:
        command += ["-initrd", str(machine.initrd)]
    if machine.bootargs:
        command += ["-append", machine.bootargs]
    return [*command, *options]


def flat_binary(elf: Path, directory: Path) -> Path:
    """Write what `elf` loads as raw bytes into `directory`, and return the file."""
    from elftools.elf.elffile import ELFFile

    with elf.open("rb") as stream:
        segments = [(s["p_paddr"], s.data()) for s in ELFFile(stream).iter_segments("PT_LOAD") if s["p_filesz"]]
    base = min(address for address, _ in segments)
    memory = bytearray(max(address + len(data) for address, data in segments) - base)
    for address, data in segments:
        memory[address - base:address - base + len(data)] = data
    target = directory / elf.with_suffix(".bin").name
    target.write_bytes(memory)
    return target
