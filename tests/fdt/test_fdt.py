# SPDX-License-Identifier: MIT
"""The device tree writer and reader: against dtc, and against broken blobs."""

import shutil
import struct
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emu import fdt
from emu.errors import FdtError
from emu.fdt import Node

dtc = pytest.mark.skipif(shutil.which("dtc") is None, reason="dtc is not installed")


def sample() -> Node:
    uart = Node("uart@9000000", {"compatible": ["arm,pl011", "arm,primecell"], "reg": fdt.cells64(0x900_0000, 0x1000)})
    cpus = Node("cpus", {"#size-cells": 0, "#address-cells": 1})
    return Node("", {"model": "test", "#size-cells": 2, "#address-cells": 2, "dma-coherent": None}, [cpus, uart])


@dtc
def test_dtc_reads_what_we_write():
    blob = fdt.write(sample(), reservations=[(0x4000_0000, 0x1000)])
    source = subprocess.run(["dtc", "-I", "dtb", "-O", "dts"], input=blob, capture_output=True, check=True).stdout
    assert b'compatible = "arm,pl011", "arm,primecell";' in source or b'"arm,pl011\\0arm,primecell"' in source
    assert b"reg = <0x00 0x9000000 0x00 0x1000>;" in source
    assert b"/memreserve/" in source


@dtc
def test_we_read_what_dtc_writes():
    source = b'/dts-v1/; / { model = "x"; a { b@1 { reg = <1 2>; empty; }; }; };'
    blob = subprocess.run(["dtc", "-q", "-O", "dtb"], input=source, capture_output=True, check=True).stdout
    node = fdt.read(blob).find("/a/b@1")
    assert node is not None
    assert node.cells("reg") == [1, 2]
    assert node.properties["empty"] == b""


def test_round_trip():
    blob = fdt.write(sample(), reservations=[(1, 2)])
    assert fdt.write(fdt.read(blob), reservations=fdt.read_reservations(blob)) == blob


def test_walk_gives_paths():
    assert [path for path, _ in sample().walk()] == ["/", "/cpus", "/uart@9000000"]


def header(**fields: int) -> bytes:
    """A good blob with fields of its header replaced, by index."""
    blob = bytearray(fdt.write(sample()))
    for index, value in fields.items():
        struct.pack_into(">I", blob, 4 * int(index[1:]), value)
    return bytes(blob)


@pytest.mark.parametrize(
    ("blob", "message"),
    [
        (b"", "too few"),
        (b"\xd0\x0d\xfe\xed", "too few"),
        (bytes(64), "magic"),
        (header(f1=0xFFFF_FFFF), "header says"),
        (header(f1=8), "header says"),
        (header(f2=0xFFFF_FFF0), "structure block"),
        (header(f3=0xFFFF_FFF0), "strings block"),
        (header(f5=99, f6=99), "version"),
        (header(f5=3), "version"),
        (header(f8=0), "strings block"),
        (header(f9=4), "too early|does not end"),
        (header(f9=0xFFFF_FFFF), "structure block"),
    ],
)
def test_broken_blob_is_one_line(blob, message):
    with pytest.raises(FdtError, match=message) as caught:
        fdt.read(blob)
    assert "\n" not in str(caught.value)


def test_deep_nesting_is_refused():
    node = root = Node("")
    for _ in range(100):
        node = node.add(Node("n"))
    with pytest.raises(FdtError, match="nested"):
        fdt.read(fdt.write(root))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_damaged_blob_is_read_or_refused(position, damage):
    blob = bytearray(fdt.write(sample()))
    position %= len(blob)
    blob[position : position + len(damage)] = damage
    try:
        fdt.read(bytes(blob))
    except FdtError:
        pass


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_behind_a_good_header(tail):
    blob = struct.pack(">10I", fdt.MAGIC, 40 + len(tail), 40, 40, 40, 17, 16, 0, len(tail), len(tail)) + tail
    try:
        fdt.read(blob)
    except FdtError:
        pass
