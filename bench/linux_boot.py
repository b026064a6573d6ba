#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Time Debian's kernel to its shell prompt and to its power-off, ours beside QEMU's: ``python bench/linux_boot.py``.

Runs alternate, so that a change of the host's speed meets both. Times are host seconds from the start of the process;
memory is the peak of the process's resident set, in MiB, and how much of it is not the guest's RAM.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path

from machines import QEMU, ROOT, describe_host, emu_command, qemu_command, row

sys.path.insert(0, str(ROOT / "tools"))
import fetch_linux
from console import Console

BOOTARGS = "console=ttyAMA0"


def commands(guests: Path, args: argparse.Namespace) -> dict[str, list[str]]:
    """Return program → command line, for the same machine."""
    kernel, initrd = guests / "vmlinuz", str(guests / "initramfs.cpio.gz")
    result = {"emu": emu_command(kernel, "--initrd", initrd, "--bootargs", BOOTARGS, "--cpu", args.cpu, "--cpus",
                                 str(args.cpus), "--memory", f"{args.memory}MiB", "--gic-version", str(args.gic),
                                 *args.emu_option)}
    if QEMU and not args.alone:
        result["qemu"] = qemu_command(kernel, "-M", f"virt,gic-version={args.gic}", "-initrd", initrd, "-append", BOOTARGS,
                                      "-cpu", args.cpu, "-smp", str(args.cpus), "-m", str(args.memory))
    return result


def peak_mib(pid: int) -> float:
    """Return the highest resident set of a process so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def guest_mib(pid: int, memory: int) -> float:
    """Return how much of the guest's RAM is resident: of the process's largest mapping, `memory` MiB or more."""
    size = resident = 0.0
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        key, _, value = line.partition(":")
        if key == "Size":
            size = int(value.split()[0]) / 1024
        elif key == "Rss" and size >= memory:
            resident = max(resident, int(value.split()[0]) / 1024)
    return resident


def boot(command: list[str], memory: int, timeout: float) -> dict[str, float]:
    """Boot once; return the measures by name. `memory`: of the guest, MiB."""
    with Console(command) as console:
        console.expect(fetch_linux.PROMPT, timeout)
        prompt = time.monotonic() - console.started
        peak = peak_mib(console.process.pid)
        beyond = peak - guest_mib(console.process.pid, memory)
        console.send("poweroff -f\n")
        status = console.wait(timeout)
        if status:
            raise SystemExit(f"{command[0]} ended with {status}: {console.stderr.decode()}")
        return {"to the prompt": prompt, "to power-off": time.monotonic() - console.started, "peak memory": peak,
                "memory beyond RAM": beyond}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="boots of each (%(default)s)")
    parser.add_argument("--cpu", default="cortex-a57")
    parser.add_argument("--cpus", type=int, default=1)
    parser.add_argument("--gic", type=int, default=3)
    parser.add_argument("--memory", type=int, default=512, help="MiB (%(default)s)")
    parser.add_argument("--timeout", type=float, default=300)
    parser.add_argument("--alone", action="store_true", help="don't run QEMU")
    parser.add_argument("--emu-option", action="append", default=[], help="given to `emu run` too; repeatable")
    args = parser.parse_args()
    guests = fetch_linux.guest_dir()
    fetch_linux.ensure(guests)
    samples: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(args.runs):
        for program, command in commands(guests, args).items():
            for measure, value in boot(command, args.memory, args.timeout).items():
                samples[measure][program].append(value)
    print(f"{describe_host()}\n{args.cpu}, {args.cpus} CPUs, GICv{args.gic}, {args.memory} MiB; "
          f"median of {args.runs}")
    for measure, by_program in samples.items():
        print(row(measure, by_program, "MiB" if "memory" in measure else "s"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
