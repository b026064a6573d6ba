# SPDX-License-Identifier: MIT
"""The timer, PSCI and the GIC on a machine of cores that do not run: see bench_machine.c."""

from __future__ import annotations

import ctypes
import os
import shlex
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [Path(__file__).with_suffix(".c"), ROOT / "pyx/cpu/timer.c", ROOT / "pyx/cpu/psci.c", *sorted((ROOT / "pyx/dev").glob("gic*.c"))]
FLAGS = ["-std=gnu11", "-O1", "-g", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror"]
NEVER = 0xFFFFFFFFFFFFFFFF
RUNNING, WFI, OFF = 0, 1, 3
PHYSICAL, VIRTUAL = 0, 1


def build(directory: Path) -> ctypes.CDLL:
    """Compile the bench into `directory` and load it."""
    target = directory / "libbench.so"
    compiler = shlex.split(os.environ.get("CC", "cc"))
    subprocess.run([*compiler, *FLAGS, f"-I{ROOT / 'pyx'}", *map(str, SOURCES), "-o", str(target)], check=True)
    return ctypes.CDLL(str(target))


class Core:
    """One core: members of Cpu as attributes (a few of them), X registers by x(n)."""

    def __init__(self, library: ctypes.CDLL, handle: int) -> None:
        self.__dict__.update(library=library, handle=handle)

    def call(self, function: str, *arguments: int, signed: bool = False) -> int:
        """Call a C function on this core with 64-bit arguments; its 64-bit result."""
        entry = getattr(self.library, function)
        entry.restype = ctypes.c_int64 if signed else ctypes.c_uint64
        return int(entry(ctypes.c_void_p(self.handle), *map(ctypes.c_uint64, arguments)))

    def __getattr__(self, name: str) -> int:
        return self.call(f"get_{name}")

    def __setattr__(self, name: str, value: int) -> None:
        self.call(f"set_{name}", value)

    def x(self, number: int) -> int:
        return self.call("get_x", number)

    def firmware(self, function: int, *arguments: int) -> int:
        """HVC with X0 = function and X1.. = arguments; X0 after it, as a signed number."""
        for number, value in enumerate([function, *arguments, *[0] * (3 - len(arguments))]):
            self.call("set_x", number, value)
        self.call("psci_call")
        value = self.x(0)
        return value - (1 << 64) if value >> 63 else value


class Bench:
    """A machine whose clock the test sets: `now` in ns."""

    def __init__(self, library: ctypes.CDLL, cpus: int = 1, gic_version: int = 3) -> None:
        self.library = library
        library.bench_new.restype = library.bench_cpu.restype = library.bench_gic.restype = ctypes.c_void_p
        self.handle = library.bench_new(cpus, gic_version)
        self.cores = [Core(library, library.bench_cpu(ctypes.c_void_p(self.handle), cpu)) for cpu in range(cpus)]
        self.gic = library.bench_gic(ctypes.c_void_p(self.handle))

    def __del__(self) -> None:
        self.library.bench_free(ctypes.c_void_p(self.handle))

    def set_now(self, ns: int) -> None:
        self.library.bench_set_now(ctypes.c_void_p(self.handle), ctypes.c_uint64(ns))

    @property
    def stop(self) -> int:
        """The machine's Stop."""
        return int(self.library.bench_stop(ctypes.c_void_p(self.handle)))

    def ppi(self, intid: int, cpu: int = 0) -> bool:
        """Whether that line of the GIC is high."""
        self.library.gic_line.restype = ctypes.c_bool
        return bool(self.library.gic_line(ctypes.c_void_p(self.gic), intid, cpu))
