#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Time a call of a Python hook, beside Unicorn's, on the same loop in one run: ``python bench/hooks.py``.

The loop is `subs x1, x1, #1; b.ne`, again and again. A call's price is the time of an instruction with the hook less that without.
"""

from __future__ import annotations

import argparse
import statistics
import struct
import sys
import time
from collections.abc import Callable

from machines import describe_host
from unicorn import UC_ARCH_ARM64, UC_HOOK_CODE, UC_MODE_ARM, Uc
from unicorn import __version__ as unicorn_version
from unicorn.arm64_const import UC_ARM64_REG_X1

from emu import Cpu, Machine

BASE = 0x4008_0000
LOOP = struct.pack("<4I", 0xD280_0001 | 0xFFFF << 5, 0xF100_0421, 0x54FF_FFE1, 0x17FF_FFFD)  # movz; subs; b.ne; b
Hook = Callable[..., object] | None


def emu_ns(hook: Hook, count: int, begin: int | None = None) -> float:
    """Return nanoseconds for each of count instructions."""
    machine = Machine(memory="16MiB", clock="virtual")
    machine.load(LOOP)
    if hook is not None:
        machine.hook_code(hook, begin=begin)
    began = time.perf_counter()
    machine.run(max_instructions=count)
    return (time.perf_counter() - began) / count * 1e9


def unicorn_ns(hook: Hook, count: int) -> float:
    """Return the same of Unicorn."""
    uc = Uc(UC_ARCH_ARM64, UC_MODE_ARM)
    uc.mem_map(0x4000_0000, 1 << 20)
    uc.mem_write(BASE, LOOP)
    if hook is not None:
        uc.hook_add(UC_HOOK_CODE, hook)
    began = time.perf_counter()
    uc.emu_start(BASE, 0, count=count)
    return (time.perf_counter() - began) / count * 1e9


def nothing(cpu: Cpu, address: int, size: int) -> None:
    """Do nothing."""


def read_x1(cpu: Cpu, address: int, size: int) -> None:
    """Read a register."""
    cpu.x[1]


def unicorn_nothing(uc: Uc, address: int, size: int, data: object) -> None:
    """Do nothing."""


def unicorn_read_x1(uc: Uc, address: int, size: int, data: object) -> None:
    """Read a register."""
    uc.reg_read(UC_ARM64_REG_X1)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="runs of each (%(default)s)")
    args = parser.parse_args()
    calls = free = 100_000
    prices: dict[str, list[float]] = {}
    for _ in range(args.runs):
        ours, theirs = emu_ns(None, free), unicorn_ns(None, free)
        for name, hook, other in (("no-op", nothing, unicorn_nothing), ("reads X1", read_x1, unicorn_read_x1)):
            prices.setdefault(f"emu {name}", []).append(emu_ns(hook, calls) - ours)
            prices.setdefault(f"unicorn {name}", []).append(unicorn_ns(other, calls) - theirs)
        prices.setdefault("emu no hook", []).append(emu_ns(None, 400 * free))
        prices.setdefault("emu hook never hit", []).append(emu_ns(nothing, 400 * free, BASE + 0x1000))
    print(f"{describe_host()}\nUnicorn {unicorn_version}; ns a call (without a hook: an instruction), median and spread of {args.runs}")
    for name, values in prices.items():
        print(f"{name:20} {statistics.median(values):8.1f}   {min(values):.1f}..{max(values):.1f}")
    for name in ("no-op", "reads X1"):
        ratio = statistics.median(prices[f"unicorn {name}"]) / statistics.median(prices[f"emu {name}"])
        print(f"{name}: {ratio:.1f} times cheaper than Unicorn")
    return 0


if __name__ == "__main__":
    sys.exit(main())
