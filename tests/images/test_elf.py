# SPDX-License-Identifier: MIT
"""ELF images: placed, described, or refused in one line."""

import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emu.errors import ImageError
from emu.images import Placement, load_bytes, load_file
from emu.images.elf import load_elf

RAM = Placement(0x4000_0000, 64 << 20)
HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SEGMENT = struct.Struct("<IIQQQQQQ")
IDENT = b"\x7fELF\x02\x01\x01" + bytes(9)
CODE = bytes.fromhex("1f2003d5") * 16


def elf(
    segments: list[tuple[int, ...]] | None = None,
    *,
    ident: bytes = IDENT,
    kind: int = 2,
    machine: int = 183,
    entry: int = 0x4008_0000,
    count: int | None = None,
    offset: int = 64,
    row_size: int = 56,
) -> bytes:
    """An ELF file of (type, vaddr, paddr, filesz, memsz) segments, whose contents are at the end of the file."""
    rows = segments if segments is not None else [(1, 0x4008_0000, 0x4008_0000, 64, 64)]
    number = len(rows) if count is None else count
    at = 64 + 56 * len(rows)
    header = HEADER.pack(ident, kind, machine, 1, entry, offset, 0, 0, 64, row_size, number, 0, 0, 0)
    table = b"".join(SEGMENT.pack(t, 5, at, va, pa, filesz, memsz, 8) for t, va, pa, filesz, memsz in rows)
    return header + table + CODE


def test_segments_and_entry():
    image = load_bytes(elf([(1, 0x4008_0000, 0x4008_0000, 64, 0x2000)]), RAM)
    assert (image.kind, image.entry, image.start, image.end) == ("elf", 0x4008_0000, 0x4008_0000, 0x4008_2000)
    assert bytes(image.segments[0].data) == CODE


def test_virtual_entry_becomes_physical():
    image = load_bytes(elf([(1, 0xFFFF_0000_0008_0000, 0x4008_0000, 64, 64)], entry=0xFFFF_0000_0008_0010), RAM)
    assert image.entry == 0x4008_0010


def test_entry_can_be_overridden():
    assert load_bytes(elf(), RAM._replace(entry=0x4008_0020)).entry == 0x4008_0020


def test_static_pie_is_moved_into_ram():
    image = load_bytes(elf([(1, 0, 0, 64, 64)], kind=3, entry=0x10), RAM)
    assert (image.start, image.entry) == (0x4020_0000, 0x4020_0010)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x7fELF", "truncated"),
        (elf()[:40], "truncated"),
        (elf()[:100], "outside the file"),
        (elf()[:130], "truncated"),
        (elf(ident=b"\x7fELF\x01\x01\x01" + bytes(9)), "64-bit"),
        (elf(ident=b"\x7fELF\x02\x02\x01" + bytes(9)), "big-endian"),
        (elf(machine=62), "x86-64"),
        (elf(machine=9999), "machine 9999"),
        (elf(kind=1), "not an executable"),
        (elf([]), "no program headers"),
        (elf(count=0xFFFF), "implausible"),
        (elf(row_size=57), "implausible"),
        (elf(offset=1 << 60), "outside the file"),
        (elf(count=1000), "outside the file"),
        (elf([(4, 0, 0, 0, 0)]), "nothing to load"),
        (elf([(3, 0, 0, 0, 0), (1, 0x4008_0000, 0x4008_0000, 4, 4)]), "interpreter"),
        (elf([(1, 0x4008_0000, 0x4008_0000, 64, 32)]), "larger in the file"),
        (elf([(1, 0x4008_0000, 0x4008_0000, 1 << 62, 1 << 63)]), "outside the file"),
        (elf([(1, 0x4008_0000, 0x4008_0000, 64, 1 << 60)]), "outside RAM"),
        (elf([(1, 0x4008_0000, 0, 64, 64)]), "outside RAM"),
        (elf([(1, 0x4008_0000, 0x4008_0000, 64, 64)] * 2), "overlap"),
        (elf(entry=0x1000), "entry point"),
        (elf(entry=0x4008_0002), "multiple of 4"),
        (elf([(1, 0x4008_0000, 0x4008_0000, 64, 64), (2, 0, 0, 16, 16)]), "dynamic|broken|needs"),
    ],
)
def test_refused_in_one_line(data, message):
    with pytest.raises(ImageError, match=message) as caught:
        load_elf(data, RAM, "x.elf")
    assert str(caught.value).startswith("x.elf: ")
    assert "\n" not in str(caught.value)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 175), st.binary(min_size=1, max_size=8))
def test_damaged_file_is_loaded_or_refused(position, damage):
    data = bytearray(elf())
    data[position : position + len(damage)] = damage
    try:
        image = load_bytes(bytes(data), RAM)
        assert image.start >= RAM.ram_base
        assert image.end <= RAM.ram_end
    except ImageError:
        pass


@pytest.mark.parametrize("path", ["/nonexistent/image", "/", "/dev/null", "a\0b"])
def test_unreadable_file(path):
    with pytest.raises(ImageError):
        load_file(path, RAM)


def test_symbols_of_a_real_program(greeting):
    image = load_file(greeting, Placement(0x4000_0000, 1 << 30))
    assert image.symbols
    assert image.start <= image.entry < image.end
    assert image.code()[0].data
