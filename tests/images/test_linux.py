# SPDX-License-Identifier: MIT
"""Linux kernels in their wrappings, and raw images."""

import bz2
import gzip
import lzma
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emu.errors import ImageError
from emu.images import Placement, load_bytes

RAM = Placement(0x4000_0000, 64 << 20)


def kernel(text_offset: int = 0, image_size: int = 0x10_0000, flags: int = 0xA) -> bytes:
    header = struct.pack("<IIQQQ24x4sI", 0x1400_0000, 0, text_offset, image_size, flags, b"ARM\x64", 0)
    return header + bytes(range(256)) * 16


def zboot(payload: bytes, method: bytes = b"gzip", offset: int = 64, size: int | None = None) -> bytes:
    length = len(payload) if size is None else size
    return struct.pack("<4s4sII8x32s8x", b"MZ\0\0", b"zimg", offset, length, method) + payload


def test_plain():
    image = load_bytes(kernel(), RAM)
    assert (image.kind, image.entry, image.end - image.start) == ("linux", 0x4000_0000, 0x10_0000)


def test_text_offset_counts_from_a_2_mib_boundary():
    image = load_bytes(kernel(text_offset=0x8_0000), Placement(0x4010_0000, 64 << 20))
    assert image.entry == 0x4028_0000


def test_old_kernel_without_image_size():
    assert load_bytes(kernel(text_offset=0, image_size=0), RAM).entry == 0x4008_0000


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(kernel()),
        gzip.compress(kernel()) + b"trailing",
        zboot(gzip.compress(kernel())),
        zboot(lzma.compress(kernel()), b"xzkern"),
        zboot(lzma.compress(kernel(), lzma.FORMAT_ALONE), b"lzma"),
        zboot(bz2.compress(kernel()), b"bzip2"),
    ],
    ids=["gzip", "gzip+tail", "zboot-gzip", "zboot-xz", "zboot-lzma", "zboot-bzip2"],
)
def test_wrapped(data):
    image = load_bytes(data, RAM)
    assert image.kind == "linux"
    assert bytes(image.segments[0].data) == kernel()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (kernel(flags=1), "big-endian"),
        (kernel(text_offset=1 << 60), "text_offset"),
        (kernel(image_size=1 << 60), "outside RAM"),
        (gzip.compress(kernel())[:-20], "truncated"),
        (b"\x1f\x8b" + bytes(100), "gzip"),
        (gzip.compress(bytes(65 << 20)), "too big"),
        (gzip.compress(b""), "empty"),
        (zboot(gzip.compress(kernel()), offset=1 << 30), "outside the file"),
        (zboot(gzip.compress(kernel()), size=1 << 30), "outside the file"),
        (zboot(b"", size=0), "outside the file"),
        (zboot(b"x", b"lz4"), "'lz4' is not supported"),
        (zboot(b"x", b"zstd22"), "zstd"),
        (zboot(gzip.compress(b"not a kernel")), "not an arm64 Image"),
        (zboot(b"garbage", b"xzkern"), "xzkern"),
    ],
)
def test_refused_in_one_line(data, message):
    with pytest.raises(ImageError, match=message) as caught:
        load_bytes(data, RAM, "vmlinuz")
    assert str(caught.value).startswith("vmlinuz: ")
    assert "\n" not in str(caught.value)


def test_raw():
    image = load_bytes(b"\x1f\x20\x03\xd5" * 4, RAM)
    assert (image.kind, image.entry, image.end) == ("raw", 0x4008_0000, 0x4008_0010)
    assert load_bytes(b"1234", RAM._replace(entry=0x4100_0000)).start == 0x4100_0000


def test_raw_outside_ram():
    with pytest.raises(ImageError, match="outside RAM"):
        load_bytes(b"1234", RAM._replace(entry=0x1000))
    with pytest.raises(ImageError, match="outside RAM"):
        load_bytes(bytes(65 << 20), RAM)


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=1, max_size=300), st.sampled_from([b"", b"\x1f\x8b\x08", b"MZ\0\0zimg", b"\x7fELF\x02\x01"]))
def test_random_bytes_are_loaded_or_refused(data, magic):
    try:
        load_bytes(magic + data, RAM)
    except ImageError:
        pass
