# SPDX-License-Identifier: MIT
"""Registers of both GIC versions: identification, access sizes, what is RAZ/WI, banking."""

from __future__ import annotations

import ctypes
import random

import pytest

from .gic_library import ICC_REGISTERS, Gic

SGI_BASE = 0x10000
STRIDE = 0x20000


@pytest.mark.parametrize(("version", "cpus", "spis", "typer"), [
    (2, 1, 256, 0x08), (2, 4, 256, 0x68), (2, 8, 988, 0xFF), (2, 1, 0, 0x00), (2, 2, 1, 0x21),
    (3, 1, 256, 0x01780008), (3, 64, 988, 0x0178001F),
])
def test_typer_tells_the_size(gic_library: ctypes.CDLL, version: int, cpus: int, spis: int, typer: int) -> None:
    assert Gic(gic_library, version, cpus, spis).read("dist", 0, 4) == typer


@pytest.mark.parametrize(("version", "cpus", "spis"), [(1, 1, 32), (4, 1, 32), (2, 9, 32), (2, 0, 32), (3, 65, 32), (3, 1, 989)])
def test_impossible_sizes_are_refused(gic_library: ctypes.CDLL, version: int, cpus: int, spis: int) -> None:
    with pytest.raises(ValueError, match="refused"):
        Gic(gic_library, version, cpus, spis)


def test_identification(gic_library: ctypes.CDLL) -> None:
    def block(gic: Gic, frame: str, base: int) -> list[int]:
        return [gic.read(frame, 0, base + at) for at in (0xD0, 0xE0, 0xE4, 0xE8, 0xEC, 0xF0, 0xF4, 0xF8, 0xFC)]

    v2, v3 = Gic(gic_library, 2, 2), Gic(gic_library, 3, 2)
    assert block(v2, "dist", 0xF00) == [0x44, 0x90, 0xB4, 0x2B, 0, 0x0D, 0xF0, 0x05, 0xB1]
    assert block(v3, "dist", 0xFF00) == [0x44, 0x92, 0xB4, 0x3B, 0, 0x0D, 0xF0, 0x05, 0xB1]
    for base in (0, SGI_BASE, STRIDE, STRIDE + SGI_BASE):
        assert block(v3, "redist", base + 0xFF00) == [0x44, 0x93, 0xB4, 0x3B, 0, 0x0D, 0xF0, 0x05, 0xB1]
    assert v2.read("dist", 0, 8) == v3.read("dist", 0, 8) == v3.read("redist", 0, 4) == 0x43B
    assert v2.read("cpuif", 0, 0xFC) == 0x0002043B


def test_redistributor_typer(gic_library: ctypes.CDLL) -> None:
    gic = Gic(gic_library, 3, 18)
    assert gic.read("redist", 0, 8, 8) == 0x20
    assert gic.read("redist", 0, 17 * STRIDE + 8, 8) == 0x0000_0101_0000_1130     # Aff1.Aff0 = 1.1, number 17, Last
    assert gic.read("redist", 0, 17 * STRIDE + 8, 4) == 0x1130
    assert gic.read("redist", 0, 17 * STRIDE + 12, 4) == 0x0101
    assert not gic.answers("redist", 0, 18 * STRIDE + 8, 8)


def test_v3_reset_values(gic_library: ctypes.CDLL) -> None:
    gic = Gic(gic_library, 3, 2)
    assert gic.read("dist", 0, 0) == 0x50                           # ARE, DS
    gic.write("dist", 0, 0, 0xFFFFFFFF)
    assert gic.read("dist", 0, 0) == 0x53
    assert gic.read("redist", 0, 0x14) == 6
    gic.write("redist", 0, 0x14, 0)
    assert gic.read("redist", 0, 0x14) == 0
    values = {name: gic.icc(0, name) for name in ICC_REGISTERS}
    assert values == {
        "IAR0": 1023, "IAR1": 1023, "EOIR0": 0, "EOIR1": 0, "HPPIR0": 1023, "HPPIR1": 1023, "BPR0": 2, "BPR1": 3,
        "CTLR": 0x8400, "PMR": 0, "RPR": 0xFF, "DIR": 0, "SRE": 7, "SRE_EL2": 15, "SRE_EL3": 15, "IGRPEN0": 0, "IGRPEN1": 0,
        "IGRPEN1_EL3": 0, "CTLR_EL3": 0x8400, "AP0R0": 0, "AP1R0": 0, "SGI0R": 0, "SGI1R": 0, "ASGI1R": 0,
    }


@pytest.mark.parametrize(("name", "ones"), [
    ("BPR0", 7), ("BPR1", 7), ("CTLR", 0x8403), ("PMR", 0xF8), ("SRE", 7), ("IGRPEN0", 1), ("IGRPEN1", 1),
    ("AP0R0", 0xFFFFFFFF), ("AP1R0", 0xFFFFFFFF), ("RPR", 0xFF), ("HPPIR1", 1023),
])
def test_v3_writable_bits(gic_library: ctypes.CDLL, name: str, ones: int) -> None:
    gic = Gic(gic_library, 3)
    gic.icc(0, name, 0xFFFFFFFFFFFFFFFF)
    assert gic.icc(0, name) == ones


@pytest.mark.parametrize(("offset", "ones", "zeros"), [
    (0, 0x21F, 0), (4, 0xFF, 0), (8, 7, 0), (0x1C, 7, 1), (0xD0, 0xFFFFFFFF, 0), (0xEC, 0xFFFFFFFF, 0), (0xFC, 0x2043B, 0x2043B),
])
def test_v2_interface_writable_bits(gic_library: ctypes.CDLL, offset: int, ones: int, zeros: int) -> None:
    gic = Gic(gic_library, 2)
    gic.write("cpuif", 0, offset, 0xFFFFFFFF)
    assert gic.read("cpuif", 0, offset) == ones
    gic.write("cpuif", 0, offset, 0)
    assert gic.read("cpuif", 0, offset) == zeros


def test_priority_bits(gic_library: ctypes.CDLL) -> None:
    for version, mask in ((2, 0xFF), (3, 0xF8)):
        gic = Gic(gic_library, version)
        gic.write("dist", 0, 0x420, 0xFFFFFFFF)
        assert gic.read("dist", 0, 0x420) == mask * 0x01010101
        gic.write("dist", 0, 0x421, 0x50, 1)
        assert gic.read("dist", 0, 0x420, 2) == 0x5000 | mask
        assert gic.read("dist", 0, 0x421, 1) == 0x50


def test_spis_that_do_not_exist_are_razwi(gic_library: ctypes.CDLL) -> None:
    gic = Gic(gic_library, 2, 2, 40)                                # INTIDs up to 71
    for offset in (0x80, 0x100, 0x200, 0x300):
        gic.write("dist", 0, offset + 8, 0xFFFFFFFF)
        assert gic.read("dist", 0, offset + 8) == 0xFF
        gic.write("dist", 0, offset + 12, 0xFFFFFFFF)
        assert gic.read("dist", 0, offset + 12) == 0
    for offset in (0x448, 0x848, 0xC14):
        gic.write("dist", 0, offset, 0xFFFFFFFF)
        assert gic.read("dist", 0, offset) == 0
    gic.line(72, True)
    gic.line(5000, True)
    gic.line(3, True)
    assert gic.read("dist", 0, 0x208) == 0xFF                       # as written above, nothing more


def test_private_registers_are_banked_in_v2(gic_library: ctypes.CDLL) -> None:
    gic = Gic(gic_library, 2, 3)
    gic.write("dist", 1, 0x100, 0x80000000)
    gic.write("dist", 1, 0x41F, 0x30, 1)
    gic.write("dist", 2, 0xC04, 0xFFFFFFFF)
    assert [gic.read("dist", cpu, 0x100) for cpu in range(3)] == [0xFFFF, 0x8000FFFF, 0xFFFF]
    assert [gic.read("dist", cpu, 0x41C) for cpu in range(3)] == [0, 0x30000000, 0]
    assert [gic.read("dist", cpu, 0xC04) for cpu in range(3)] == [0, 0, 0xAAAAAAAA]
    assert [gic.read("dist", cpu, 0x800) for cpu in range(3)] == [0x01010101, 0x02020202, 0x04040404]


def test_v2_sgis_can_not_be_disabled_or_pended_by_bit(gic_library: ctypes.CDLL) -> None:
    gic = Gic(gic_library, 2, 2)
    gic.write("dist", 0, 0x180, 0xFFFF)
    gic.write("dist", 0, 0x200, 0xFFFF)
    gic.write("dist", 0, 0xC00, 0)
    assert (gic.read("dist", 0, 0x100), gic.read("dist", 0, 0x200), gic.read("dist", 0, 0xC00)) == (0xFFFF, 0, 0xAAAAAAAA)


def test_targets(gic_library: ctypes.CDLL) -> None:
    one, three = Gic(gic_library, 2, 1), Gic(gic_library, 2, 3)
    for gic, value in ((one, 0), (three, 0x07070707)):
        gic.write("dist", 0, 0x820, 0xFFFFFFFF)
        assert gic.read("dist", 0, 0x820) == value
    assert one.read("dist", 0, 0x800) == 0
    three.write("dist", 0, 0x800, 0xFFFFFFFF)
    assert three.read("dist", 0, 0x800) == 0x01010101


def test_v3_distributor_has_no_private_interrupts(gic_library: ctypes.CDLL) -> None:
    gic = Gic(gic_library, 3, 2)
    for offset in (0x80, 0x100, 0x200, 0x300, 0x400, 0x41C, 0xC00, 0xC04, 0x800, 0x820, 0xF00, 0xF20, 0x6000, 0x60F8):
        gic.write("dist", 0, offset, 0xFFFFFFFF)
        assert gic.read("dist", 0, offset) == 0
    for offset in (0x84, 0xD00, 0xE00):                             # IGRPMODR, NSACR: RAZ/WI with DS
        gic.write("redist", 0, SGI_BASE + offset, 0xFFFFFFFF)
        assert gic.read("redist", 0, SGI_BASE + offset) == 0


def test_router_by_doubleword_and_by_halves(gic_library: ctypes.CDLL) -> None:
    gic = Gic(gic_library, 3, 2)
    gic.write("dist", 0, 0x6100, 0xFFFFFFFFFFFFFFFF, 8)
    assert gic.read("dist", 0, 0x6100, 8) == 0x000000FF_80FFFFFF
    gic.write("dist", 0, 0x6100, 0x00000001)
    gic.write("dist", 0, 0x6104, 0x00000002)
    assert gic.read("dist", 0, 0x6100, 8) == 0x00000002_00000001
    assert (gic.read("dist", 0, 0x6100), gic.read("dist", 0, 0x6104)) == (1, 2)


def test_lpi_registers_are_razwi(gic_library: ctypes.CDLL) -> None:
    gic = Gic(gic_library, 3)
    for offset in (0x70, 0x78):
        gic.write("redist", 0, offset, 0xFFFFFFFFFFFFFFFF, 8)
        assert gic.read("redist", 0, offset, 8) == 0
    gic.write("redist", 0, 0, 0xFFFFFFFF)
    assert gic.read("redist", 0, 0) == 0x03000000                   # DPG0, DPG1NS; no EnableLPIs


@pytest.mark.parametrize(("version", "frame", "offset", "size", "found"), [
    (2, "dist", 0x100, 4, True), (2, "dist", 0x100, 1, False), (2, "dist", 0x100, 8, False), (2, "dist", 0x102, 4, False),
    (2, "dist", 0x400, 1, True), (2, "dist", 0x401, 2, False), (2, "dist", 0x800, 1, True), (2, "dist", 0xF13, 1, True),
    (2, "dist", 0x1004, 4, False), (2, "cpuif", 0, 4, True), (2, "cpuif", 0, 1, False), (2, "cpuif", 0x2C, 4, False),
    (2, "cpuif", 0xD2, 4, False), (2, "redist", 0, 4, False), (3, "cpuif", 0, 4, False), (3, "dist", 0x6100, 8, True),
    (3, "dist", 0x6100, 4, True), (3, "dist", 0x6100, 2, False), (3, "dist", 0x100, 8, False), (3, "dist", 0x10000, 4, False),
    (3, "redist", 8, 8, True), (3, "redist", 8, 1, False), (3, "redist", 0x10400, 1, True), (3, "redist", 0x10420, 1, False),
    (3, "redist", 0x10104, 4, False), (3, "redist", 0x40000, 4, False), (3, "dist", 0x100, 16, False), (3, "dist", 0x400, 3, False),
])
def test_access_sizes(gic_library: ctypes.CDLL, version: int, frame: str, offset: int, size: int, found: bool) -> None:
    gic = Gic(gic_library, version, 2)
    assert gic.answers(frame, 0, offset, size) == found
    if not found:
        gic.write(frame, 0, offset, 0xFFFFFFFFFFFFFFFF, size)
        assert gic.read(frame, 0, offset, size) == 0


@pytest.mark.parametrize("version", [2, 3])
def test_survives_any_access(gic_library: ctypes.CDLL, version: int) -> None:
    pick, gic = random.Random(version), Gic(gic_library, version, 4, 100)
    for _ in range(20000):
        frame = pick.choice(["dist", "cpuif", "redist"])
        offset = pick.choice([pick.randrange(0x1200), pick.randrange(0x90000), pick.getrandbits(64)])
        size, cpu = pick.choice([1, 2, 3, 4, 4, 4, 8, 16]), pick.randrange(4)
        gic.write(frame, cpu, offset, pick.getrandbits(64), size)
        gic.read(frame, cpu, offset, size)
        gic.icc(cpu, pick.choice(ICC_REGISTERS), pick.getrandbits(64))
        gic.icc(cpu, pick.choice(ICC_REGISTERS))
        gic.line(pick.randrange(1100), pick.random() < 0.5, cpu)


def test_affinities(gic_library: ctypes.CDLL) -> None:
    affinity = gic_library.gic_cpu_affinity
    assert [affinity(2, 7), affinity(3, 15), affinity(3, 16), affinity(3, 63)] == [7, 15, 0x100, 0x30F]


@pytest.mark.parametrize("version", [2, 3])
def test_reset_keeps_the_lines_only(gic_library: ctypes.CDLL, version: int) -> None:
    fresh, gic = Gic(gic_library, version, 2), Gic(gic_library, version, 2)
    gic.line(33, True)
    fresh.line(33, True)
    gic.write("dist", 0, 0, 3)
    gic.write("dist", 0, 0x104, 0xFFFFFFFF)
    gic.write("dist", 0, 0x420, 0x40404040)
    gic.write("dist", 0, 0x304, 0xFF)
    gic.icc(0, "PMR", 0xFF)
    gic.reset()
    assert gic.save() == fresh.save()
    assert gic.read("dist", 0, 0x204) == 2


def test_snapshot_of_another_shape_is_refused(gic_library: ctypes.CDLL) -> None:
    two, four, three = Gic(gic_library, 2, 4), Gic(gic_library, 2, 2), Gic(gic_library, 3, 4)
    state = three.save()
    assert not two.load(state)
    assert not four.load(two.save())
    assert not three.load(state[:-1])
    assert not three.load(b"\0" * len(state))
    assert three.load(state)
