# SPDX-License-Identifier: MIT
"""A core as Python sees it: registers by Arm's names, memory by virtual address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ._core import VRegisters, XRegisters
from .memory import Memory

if TYPE_CHECKING:
    from ._core import CpuState

_PAGE = 4096


class SystemRegisters:
    """System registers by Arm's name; KeyError for one that does not exist."""

    __slots__ = ("_state",)

    def __init__(self, state: CpuState) -> None:
        self._state = state

    def __getitem__(self, name: str) -> int:
        return self._state.get_sysreg(name)

    def __setitem__(self, name: str, value: int) -> None:
        self._state.set_sysreg(name, value & 0xFFFF_FFFF_FFFF_FFFF)

    def __contains__(self, name: str) -> bool:
        try:
            self._state.get_sysreg(name)
        except KeyError:
            return False
        return True


class Cpu:
    """One core of a machine."""

    __slots__ = ("_memory", "_state", "index", "sysregs", "v", "x")

    def __init__(self, index: int, state: CpuState, memory: Memory) -> None:
        self.index, self._state, self._memory = index, state, memory
        self.x = XRegisters(state)
        self.v = VRegisters(state)
        self.sysregs = SystemRegisters(state)

    def __repr__(self) -> str:
        return f"Cpu({self.index}, pc={self.pc:#x}, el={self.el})"

    @property
    def pc(self) -> int:
        """Address of the next instruction."""
        return self._state.pc

    @pc.setter
    def pc(self, value: int) -> None:
        self._state.pc = value & 0xFFFF_FFFF_FFFF_FFFF

    @property
    def sp(self) -> int:
        """The current stack pointer, as SPSel and the exception level select it."""
        return self._state.sp

    @sp.setter
    def sp(self, value: int) -> None:
        self._state.sp = value & 0xFFFF_FFFF_FFFF_FFFF

    @property
    def el(self) -> int:
        """Current exception level, 0 to 3."""
        return self._state.el

    @property
    def pstate(self) -> int:
        """PSTATE in the layout of SPSR_EL1."""
        return self._state.pstate

    @pstate.setter
    def pstate(self, value: int) -> None:
        self._state.pstate = value

    @property
    def nzcv(self) -> int:
        """The condition flags as a 4-bit int: N=8, Z=4, C=2, V=1."""
        return self._state.nzcv

    @nzcv.setter
    def nzcv(self, value: int) -> None:
        self._state.nzcv = value & 0xF

    @property
    def instructions(self) -> int:
        """Instructions that this core has retired."""
        return self._state.instructions

    def translate(self, address: int, access: str = "read") -> int:
        """Return the physical address of a virtual one for "read", "write" or "execute"; TranslationError if none."""
        from .errors import TranslationError

        try:
            return self._state.translate(address, {"execute": "exec"}.get(access, access))
        except KeyError:
            raise ValueError(f"access {access!r}: not 'read', 'write' or 'execute'") from None
        except LookupError as error:
            ec, iss, _ = error.args
            raise TranslationError(f"{address:#x}: no {access} access there (EC {ec:#x}, ISS {iss:#x})") from None

    def _pieces(self, address: int, size: int, access: str) -> Iterator[tuple[int, int, int]]:
        """Yield (physical address, offset, length) of the pieces of a virtual range, one a page."""
        offset = 0
        while offset < size:
            length = min(size - offset, _PAGE - (address + offset) % _PAGE)
            yield self.translate(address + offset, access), offset, length
            offset += length

    def read(self, address: int, size: int) -> bytes:
        """Return size bytes at a virtual address; TranslationError or BusError."""
        return b"".join(self._memory.read(pa, length) for pa, _, length in self._pieces(address, size, "read"))

    def write(self, address: int, data: bytes) -> None:
        """Write data to a virtual address; TranslationError, before anything is written, or BusError."""
        for pa, offset, length in list(self._pieces(address, len(data), "write")):
            self._memory.write(pa, data[offset : offset + length])
