# SPDX-License-Identifier: MIT
"""Guest images: bytes in, Image out.

The format is told by the contents. Each one has a file here: elf.py, linux.py (Image, gzip'd, EFI zboot), raw.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from ..errors import ImageError
from . import linux
from .image import Image, Placement, Segment

__all__ = ["Image", "Placement", "Segment", "load_bytes", "load_file", "read_file"]

_MAX_FILE_SIZE = 2 << 30


def read_file(path: str | os.PathLike[str], what: str = "", limit: int = _MAX_FILE_SIZE) -> bytes:
    """Return the contents of a file of at most limit bytes; ImageError naming the file (after what, an option)."""
    name = f"{what} {os.fspath(path)}".strip()
    try:
        with open(path, "rb") as file:
            # A size of 0 may be that of a pipe or a device; read() takes room for all that it is asked for.
            expected = os.fstat(file.fileno()).st_size or limit
            data = file.read(min(expected, limit) + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ImageError(f"{name}: {reason}") from None
    except MemoryError:
        raise ImageError(f"{name}: too big to read") from None
    if len(data) > limit:
        raise ImageError(f"{name}: larger than {limit} bytes")
    return data


def load_bytes(
    data: bytes, placement: Placement, name: str = "image", reread: Callable[[], bytes] | None = None
) -> Image:
    """Return the image in data, placed; ImageError, naming it, when it is broken or unsupported.

    reread fetches data again later, so that the image need not keep it.
    """
    if not data:
        raise ImageError(f"{name}: the file is empty")
    unpacked = linux.unpack(data, placement.limit, name)
    if unpacked[:4] == b"\x7fELF":
        from .elf import load_elf

        return load_elf(unpacked, placement, name, reread if unpacked is data else None)
    if linux.is_kernel(unpacked):
        return linux.load_kernel(unpacked, placement, name)
    from .raw import load_raw

    return load_raw(unpacked, placement, name)


def load_file(path: str | os.PathLike[str], placement: Placement) -> Image:
    """Return the image in a file, placed; ImageError, naming the file, when it can't be read or loaded."""
    if os.path.isdir(path):
        raise ImageError(f"{os.fspath(path)}: is a directory")
    return load_bytes(read_file(path), placement, os.fspath(path), lambda: read_file(path))
