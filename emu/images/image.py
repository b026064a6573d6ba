# SPDX-License-Identifier: MIT
"""What every image format is turned into, and what a format must know to place one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..errors import ImageError

RAW_OFFSET = 0x8_0000
"""Where a raw image goes by default, from the start of RAM: the place that Linux once asked for."""
MAX_UNPACKED = 512 << 20
"""The most that a compressed image may unpack to."""


class Placement(NamedTuple):
    """Guest RAM (base and size in bytes), and the entry point that the user asked for, if any."""

    ram_base: int
    ram_size: int
    entry: int | None = None

    @property
    def ram_end(self) -> int:
        """The first address after RAM."""
        return self.ram_base + self.ram_size

    @property
    def limit(self) -> int:
        """The most bytes that can make sense once unpacked."""
        return min(self.ram_size, MAX_UNPACKED)


class Segment(NamedTuple):
    """Bytes for guest memory at a physical address; size (>= len(data)) includes the zeros that follow them."""

    address: int
    data: bytes | bytearray | memoryview
    size: int

    @property
    def end(self) -> int:
        """The first address after the segment."""
        return self.address + self.size


class Code(NamedTuple):
    """Instructions at the address they were linked for."""

    address: int
    data: bytes


class Image:
    """A guest image, ready to be copied to RAM.

    entry is the physical address at which the boot CPU starts. symbols maps names to addresses as the image was
    linked (virtual ones); it is read when first asked for.
    """

    def __init__(
        self,
        name: str,
        kind: str,
        entry: int,
        segments: list[Segment],
        read_symbols: Callable[[], dict[str, int]] | None = None,
        read_code: Callable[[], list[Code]] | None = None,
    ) -> None:
        self.name, self.kind, self.entry, self.segments = name, kind, entry, segments
        self._read_symbols, self._read_code = read_symbols, read_code
        self._symbols: dict[str, int] | None = None

    def __repr__(self) -> str:
        return f"Image({self.name!r}, {self.kind}, entry={self.entry:#x}, {len(self.segments)} segments)"

    @property
    def symbols(self) -> dict[str, int]:
        """Names to addresses; empty for formats that have none."""
        if self._symbols is None:
            self._symbols = self._read_symbols() if self._read_symbols else {}
        return self._symbols

    def code(self) -> list[Code]:
        """Return the instructions, by ascending address; of a format that does not tell them from data, everything."""
        if self._read_code is not None:
            return self._read_code()
        return [Code(segment.address, bytes(segment.data)) for segment in self.segments]

    @property
    def start(self) -> int:
        """The lowest physical address that the image takes."""
        return min(segment.address for segment in self.segments)

    @property
    def end(self) -> int:
        """The first physical address after the image."""
        return max(segment.end for segment in self.segments)

    def drop_data(self) -> None:
        """Forget the contents, once they are in RAM; addresses and sizes stay."""
        self.segments = [Segment(segment.address, b"", segment.size) for segment in self.segments]


def check_placed(image: Image, placement: Placement) -> Image:
    """Return image; ImageError unless its segments lie in RAM, apart from each other, and its entry too."""
    if not image.segments:
        raise ImageError(f"{image.name}: nothing to load")
    previous: Segment | None = None
    for segment in sorted(image.segments, key=lambda segment: segment.address):
        if segment.address < placement.ram_base or segment.end > placement.ram_end:
            raise ImageError(
                f"{image.name}: {segment.address:#x}..{segment.end:#x} lies outside RAM "
                f"({placement.ram_base:#x}..{placement.ram_end:#x})"
            )
        if previous is not None and segment.address < previous.end:
            raise ImageError(f"{image.name}: segments overlap at {segment.address:#x}")
        previous = segment
    if not placement.ram_base <= image.entry < placement.ram_end:
        raise ImageError(f"{image.name}: the entry point {image.entry:#x} lies outside RAM")
    if image.entry % 4:
        raise ImageError(f"{image.name}: the entry point {image.entry:#x} is not a multiple of 4")
    return image
