# SPDX-License-Identifier: MIT
"""Raw binaries (U-Boot, hobby kernels, …): loaded and entered at one address."""

from __future__ import annotations

from .image import RAW_OFFSET, Image, Placement, Segment, check_placed


def load_raw(data: bytes, placement: Placement, name: str) -> Image:
    """Return data as an image at the entry point asked for, or 512 KiB into RAM; ImageError if it does not fit."""
    address = placement.ram_base + RAW_OFFSET if placement.entry is None else placement.entry
    return check_placed(Image(name, "raw", address, [Segment(address, data, len(data))]), placement)
