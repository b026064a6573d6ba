# SPDX-License-Identifier: MIT
"""The GIC model of pyx/dev as a shared object of its own, behind ctypes: nothing else of the core is needed to test it."""

from __future__ import annotations

import ctypes
import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "pyx" / "dev").glob("gic*.c"))
FLAGS = ["-std=gnu11", "-O1", "-g", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror"]

# ORDER(IccReg): as the enum in gic.h.
ICC_REGISTERS = [
    "IAR0", "IAR1", "EOIR0", "EOIR1", "HPPIR0", "HPPIR1", "BPR0", "BPR1", "CTLR", "PMR", "RPR", "DIR", "SRE", "SRE_EL2", "SRE_EL3",
    "IGRPEN0", "IGRPEN1", "IGRPEN1_EL3", "CTLR_EL3", "AP0R0", "AP1R0", "SGI0R", "SGI1R", "ASGI1R",
]
# Those that read without a side effect.
ICC_STATE = ["HPPIR0", "HPPIR1", "RPR", "AP0R0", "AP1R0", "BPR0", "BPR1", "CTLR", "PMR", "IGRPEN0", "IGRPEN1", "SRE"]
ICC_NUMBER = {name: number for number, name in enumerate(ICC_REGISTERS)}

SetIrq = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint, ctypes.c_bool, ctypes.c_bool)
_uint, _u64, _pointer = ctypes.c_uint, ctypes.c_uint64, ctypes.c_void_p
_PROTOTYPES: dict[str, tuple[object, list[object]]] = {
    "gic_new": (_pointer, [_uint, _uint, _uint, SetIrq, _pointer]),
    "gic_free": (None, [_pointer]),
    "gic_reset": (None, [_pointer]),
    "gic_cpu_reset": (None, [_pointer, _uint]),
    "gic_cpu_affinity": (_u64, [_uint, _uint]),
    "gic_set_line": (None, [_pointer, _uint, _uint, ctypes.c_bool]),
    "gic_line": (ctypes.c_bool, [_pointer, _uint, _uint]),
    "gic_icc_read": (_u64, [_pointer, _uint, _uint]),
    "gic_icc_write": (None, [_pointer, _uint, _uint, _u64]),
    "gic_irq_output": (ctypes.c_bool, [_pointer, _uint]),
    "gic_fiq_output": (ctypes.c_bool, [_pointer, _uint]),
    "gic_highest_pending": (_uint, [_pointer, _uint]),
    "gic_state_size": (ctypes.c_size_t, [_pointer]),
    "gic_save": (None, [_pointer, _pointer]),
    "gic_load": (ctypes.c_bool, [_pointer, ctypes.c_char_p, ctypes.c_size_t]),
}
for _frame in ("dist", "cpuif", "redist"):
    _PROTOTYPES[f"gic_{_frame}_read"] = (ctypes.c_bool, [_pointer, _uint, _u64, _uint, ctypes.POINTER(_u64)])
    _PROTOTYPES[f"gic_{_frame}_write"] = (ctypes.c_bool, [_pointer, _uint, _u64, _uint, _u64])


def build(directory: Path, extra_flags: Sequence[str] = ()) -> ctypes.CDLL:
    """Compile the model into `directory` and load it. Raises CalledProcessError when it does not compile."""
    target = directory / "libgic.so"
    compiler = shlex.split(os.environ.get("CC", "cc"))
    command = [*compiler, *FLAGS, *extra_flags, f"-I{ROOT / 'pyx'}", *map(str, SOURCES), "-o", str(target)]
    subprocess.run(command, check=True)
    library = ctypes.CDLL(str(target))
    for name, (result, arguments) in _PROTOTYPES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class Gic:
    """One GIC. `outputs[cpu]` is the (irq, fiq) pair as last told by the callback; `calls` counts the callbacks."""

    def __init__(self, library: ctypes.CDLL, version: int, cpus: int = 1, spis: int = 256) -> None:
        self.library, self.version, self.cpus, self.spis = library, version, cpus, spis
        self.outputs: list[tuple[bool, bool] | None] = [None] * cpus
        self.calls = 0
        self._callback = SetIrq(self._set_irq)      # kept alive: the C side holds only the address
        self.handle = library.gic_new(version, cpus, spis, self._callback, None)
        if not self.handle:
            raise ValueError("gic_new refused")

    def __del__(self) -> None:
        if getattr(self, "handle", None):
            self.library.gic_free(self.handle)
            self.handle = None

    def _set_irq(self, _opaque: object, cpu: int, irq: bool, fiq: bool) -> None:
        self.outputs[cpu] = (irq, fiq)
        self.calls += 1

    def read(self, frame: str, cpu: int, offset: int, size: int = 4) -> int:
        """Read `size` bytes of frame "dist", "cpuif" or "redist"; 0 when nothing answers."""
        value = ctypes.c_uint64(0xDEAD)
        getattr(self.library, f"gic_{frame}_read")(self.handle, cpu, offset, size, ctypes.byref(value))
        return value.value

    def write(self, frame: str, cpu: int, offset: int, value: int, size: int = 4) -> None:
        getattr(self.library, f"gic_{frame}_write")(self.handle, cpu, offset, size, value)

    def answers(self, frame: str, cpu: int, offset: int, size: int) -> bool:
        """Whether a read there finds a register."""
        value = ctypes.c_uint64()
        return bool(getattr(self.library, f"gic_{frame}_read")(self.handle, cpu, offset, size, ctypes.byref(value)))

    def icc(self, cpu: int, name: str, value: int | None = None) -> int:
        """Read ICC_<name>, or write it when a value is given."""
        if value is None:
            return int(self.library.gic_icc_read(self.handle, cpu, ICC_NUMBER[name]))
        self.library.gic_icc_write(self.handle, cpu, ICC_NUMBER[name], value)
        return 0

    def line(self, intid: int, level: bool, cpu: int = 0) -> None:
        self.library.gic_set_line(self.handle, intid, cpu, level)

    def highest_pending(self, cpu: int = 0) -> int:
        return int(self.library.gic_highest_pending(self.handle, cpu))

    def reset(self) -> None:
        self.library.gic_reset(self.handle)

    def cpu_reset(self, cpu: int) -> None:
        self.library.gic_cpu_reset(self.handle, cpu)

    def save(self) -> bytes:
        buffer = ctypes.create_string_buffer(self.library.gic_state_size(self.handle))
        self.library.gic_save(self.handle, buffer)
        return buffer.raw

    def load(self, state: bytes) -> bool:
        return bool(self.library.gic_load(self.handle, state, len(state)))
