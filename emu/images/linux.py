# SPDX-License-Identifier: MIT
"""Linux arm64 kernels: Image, gzip'd Image, and EFI zboot (a PE file with a compressed Image inside).

Formats: Documentation/arch/arm64/booting.rst, and drivers/firmware/efi/libstub/zboot-header.S for the last.
"""

from __future__ import annotations

import struct
import zlib

from ..errors import ImageError
from ..units import align_up
from .image import Image, Placement, Segment, check_placed

# code0, code1, text_offset, image_size, flags, three reserved words, magic, PE header offset
_HEADER = struct.Struct("<IIQQQ24x4sI")
_MAGIC = b"ARM\x64"
_FLAG_BIG_ENDIAN = 1
_OLD_TEXT_OFFSET = 0x8_0000
_BASE_ALIGNMENT = 2 << 20

# "MZ", "zimg", payload offset and size, 8 reserved bytes, name of the compression
_ZBOOT = struct.Struct("<4s4sII8x32s")
_GZIP_MAGIC = b"\x1f\x8b"


def is_kernel(data: bytes) -> bool:
    """Return whether data is a plain Image."""
    return len(data) >= _HEADER.size and data[56:60] == _MAGIC


def unpack(data: bytes, limit: int, name: str) -> bytes:
    """Return what a gzip'd file or an EFI zboot kernel holds, at most limit bytes; anything else as it is."""
    if data[:2] == _GZIP_MAGIC:
        return _gunzip(data, limit, name)
    if data[:2] == b"MZ" and data[4:8] == b"zimg" and len(data) >= _ZBOOT.size:
        return _unpack_zboot(data, limit, name)
    return data


def load_kernel(data: bytes, placement: Placement, name: str) -> Image:
    """Return a plain Image, placed at text_offset from the first 2 MiB boundary of RAM."""
    _, _, text_offset, image_size, flags, magic, _ = _HEADER.unpack_from(data)
    assert magic == _MAGIC
    if flags & _FLAG_BIG_ENDIAN:
        raise ImageError(f"{name}: a big-endian kernel is not supported")
    if image_size == 0:  # before Linux 3.17
        text_offset = _OLD_TEXT_OFFSET
    if text_offset >= _BASE_ALIGNMENT:
        raise ImageError(f"{name}: the kernel's text_offset {text_offset:#x} is not below 2 MiB")
    address = align_up(placement.ram_base, _BASE_ALIGNMENT) + text_offset
    segment = Segment(address, data, max(image_size, len(data)))
    return check_placed(Image(name, "linux", address, [segment]), placement)


def _too_big(name: str, limit: int) -> ImageError:
    return ImageError(f"{name}: unpacks to more than {limit} bytes, too big for the guest's RAM")


def _gunzip(data: bytes, limit: int, name: str) -> bytes:
    inflater = zlib.decompressobj(wbits=31)
    try:
        unpacked = inflater.decompress(data, limit + 1)
    except zlib.error as error:
        raise ImageError(f"{name}: broken gzip data ({error})") from None
    if len(unpacked) > limit:
        raise _too_big(name, limit)
    if not inflater.eof:
        raise ImageError(f"{name}: the gzip data is truncated")
    if not unpacked:
        raise ImageError(f"{name}: the gzip data is empty")
    return unpacked


def _unpack_zboot(data: bytes, limit: int, name: str) -> bytes:
    _, _, offset, size, method = _ZBOOT.unpack_from(data)
    compression = method.split(b"\0")[0].decode("ascii", "replace")
    if offset > len(data) or size > len(data) - offset or not size:
        raise ImageError(f"{name}: the EFI zboot payload ({size} bytes at {offset:#x}) lies outside the file")
    payload = data[offset : offset + size]
    if compression == "gzip":
        kernel = _gunzip(payload, limit, name)
    elif compression in ("lzma", "xzkern", "xz", "bzip2"):
        kernel = _unpack_rare(payload, compression, limit, name)
    elif compression.startswith("zstd"):
        kernel = _unpack_zstd(payload, limit, name)
    else:
        raise ImageError(f"{name}: EFI zboot compression '{compression}' is not supported")
    if not is_kernel(kernel):
        raise ImageError(f"{name}: the EFI zboot payload is not an arm64 Image")
    return kernel


def _unpack_rare(payload: bytes, compression: str, limit: int, name: str) -> bytes:
    import bz2
    import lzma

    if compression == "bzip2":
        decompressor: bz2.BZ2Decompressor | lzma.LZMADecompressor = bz2.BZ2Decompressor()
    else:
        container = lzma.FORMAT_ALONE if compression == "lzma" else lzma.FORMAT_XZ
        decompressor = lzma.LZMADecompressor(container, memlimit=256 << 20)
    try:
        unpacked = decompressor.decompress(payload, limit + 1)
    except (lzma.LZMAError, OSError, EOFError) as error:
        raise ImageError(f"{name}: broken {compression} data ({error})") from None
    if len(unpacked) > limit:
        raise _too_big(name, limit)
    if not decompressor.eof:
        raise ImageError(f"{name}: the {compression} data is truncated")
    return unpacked


def _unpack_zstd(payload: bytes, limit: int, name: str) -> bytes:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]  # Python 3.14
    except ImportError:
        raise ImageError(
            f"{name}: EFI zboot compression 'zstd' needs Python 3.14; unpack the kernel with the zstd program"
        ) from None
    decompressor = zstd.ZstdDecompressor()
    try:
        unpacked: bytes = decompressor.decompress(payload, limit + 1)
    except zstd.ZstdError as error:
        raise ImageError(f"{name}: broken zstd data ({error})") from None
    if len(unpacked) > limit:
        raise _too_big(name, limit)
    if not decompressor.eof:
        raise ImageError(f"{name}: the zstd data is truncated")
    return unpacked
