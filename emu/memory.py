# SPDX-License-Identifier: MIT
"""Guest RAM by physical address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import BusError

if TYPE_CHECKING:
    from ._core import Core

_ZERO_CHUNK = 1 << 20


class Memory:
    """RAM of a machine, from base on, size bytes."""

    __slots__ = ("_core", "base", "size")

    def __init__(self, core: Core, base: int, size: int) -> None:
        self._core, self.base, self.size = core, base, size

    def __repr__(self) -> str:
        return f"Memory({self.base:#x}..{self.end:#x})"

    @property
    def end(self) -> int:
        """The first address after RAM."""
        return self.base + self.size

    def _check(self, address: int, size: int) -> None:
        if size < 0 or address < self.base or address + size > self.end:
            raise BusError(f"{address:#x}: {size} bytes there are not in RAM ({self.base:#x}..{self.end:#x})")

    def read(self, address: int, size: int) -> bytes:
        """Return size bytes at a physical address; BusError when they are not all in RAM."""
        self._check(address, size)
        return self._core.read(address, size)

    def write(self, address: int, data: bytes | bytearray | memoryview) -> None:
        """Copy data to a physical address, also over code that has run; BusError when it does not fit in RAM."""
        self._check(address, len(data))
        if len(data):
            self._core.write(address, data)

    def view(self, address: int, size: int) -> memoryview:
        """Return a writable view on RAM itself; BusError when it is not all RAM.

        What is written through it the guest sees at once, except that instructions which the guest has already
        executed may stay as they were until it maintains its caches: use write() to patch code.
        """
        self._check(address, size)
        return self._core.view(address, size)

    def zero(self, address: int, size: int) -> None:
        """Make size bytes zero, without touching pages that are."""
        self._check(address, size)
        zeros = bytes(min(size, _ZERO_CHUNK))
        while size:
            count = min(size, _ZERO_CHUNK)
            if self._core.read(address, count) != zeros[:count]:
                self._core.write(address, zeros[:count])
            address, size = address + count, size - count
