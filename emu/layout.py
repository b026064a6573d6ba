# SPDX-License-Identifier: MIT
"""Who gets which part of RAM at boot: the image, the initial ramdisk, the device tree.

Linux's wishes are those of Documentation/arch/arm64/booting.rst: the device tree 8-byte aligned and below 2 MiB in
size, the ramdisk within the same 32 GiB window as the kernel. Both go behind the kernel, away from where it grows.
"""

from __future__ import annotations

from typing import NamedTuple

from .errors import ImageError
from .images.image import Image
from .units import align_up, format_size

_MIB = 1 << 20
_PAGE = 4096
_INITRD_DISTANCE = 128 * _MIB
MAX_FDT_SIZE = 2 * _MIB


class _Range(NamedTuple):
    start: int
    end: int
    what: str


class Layout:
    """The ranges of RAM (base and size in bytes) that are taken."""

    def __init__(self, base: int, size: int) -> None:
        self._base, self._end = base, base + size
        self._taken: list[_Range] = []

    def take(self, what: str, start: int, size: int) -> int:
        """Take a range and return its start; ImageError if it is taken already, or outside RAM."""
        if start < self._base or start + size > self._end:
            raise ImageError(
                f"{what}: {start:#x}..{start + size:#x} lies outside RAM ({self._base:#x}..{self._end:#x})"
            )
        for other in self._taken:
            if start < other.end and other.start < start + size:
                raise ImageError(f"{what}: {start:#x}..{start + size:#x} overlaps {other.what}")
        self._taken.append(_Range(start, start + size, what))
        return start

    def _is_free(self, start: int, size: int) -> bool:
        inside = self._base <= start and start + size <= self._end
        return inside and all(start + size <= other.start or other.end <= start for other in self._taken)

    def find(self, what: str, size: int, preferred: list[int]) -> int:
        """Take the first place that is free: a preferred one, else behind something taken, else anywhere."""
        ends = sorted(taken.end for taken in self._taken)
        starts = [*preferred, *(align_up(end, 2 * _MIB) for end in ends), *(align_up(end, _PAGE) for end in ends)]
        for start in [*starts, align_up(self._base, _PAGE)]:
            if self._is_free(start, size):
                return self.take(what, start, size)
        raise ImageError(f"{what}: {format_size(size)} do not fit RAM ({format_size(self._end - self._base)})")

    def place_image(self, image: Image) -> None:
        """Take what the image's segments take."""
        for segment in image.segments:
            self.take(image.name, segment.address, segment.size)

    def _far(self) -> int:
        """Return a place that the image and its heap hardly reach."""
        return align_up(self._base + min((self._end - self._base) // 2, _INITRD_DISTANCE), 2 * _MIB)

    def place_initrd(self, name: str, size: int) -> int:
        """Take room for a ramdisk of size bytes; returns its address."""
        highest = max((taken.end for taken in self._taken), default=self._base)
        return self.find(name, size, [max(self._far(), align_up(highest, 2 * _MIB))])

    def place_fdt(self, size: int, image: Image, address: int | None) -> int:
        """Take room for a tree of size bytes, at address if one was asked for; returns its address."""
        what = "device tree"
        if address is not None:
            if address % 8:
                raise ImageError(f"--fdt-address {address:#x}: must be a multiple of 8")
            return self.take(f"--fdt-address {address:#x}: {what}", address, size)
        highest = max((taken.end for taken in self._taken), default=self._base)
        behind = max(self._far(), align_up(highest, 2 * _MIB))
        # Bare-metal guests for this board may look for it at the start of RAM; Linux wants to own that part.
        return self.find(what, size, [behind] if image.kind == "linux" else [self._base, behind])
