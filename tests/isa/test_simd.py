# SPDX-License-Identifier: MIT
"""Advanced SIMD integer and cryptographic instructions against qemu-aarch64, row by row of the decode table; products
of bytes against the manual's pseudocode too. SIMD_CASES: cases a row."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from pyx.gen.table import Row

from .machines import Ours
from .vector_batch import MOST_CASES, Case, have_qemu, random_case, random_lanes, result, run_ours, run_qemu
from .words import table

COUNT = int(os.environ.get("SIMD_CASES", "100"))
FILES = ("simd_int.decode", "simd_misc.decode", "crypto.decode")
QC = 1 << 27


@pytest.fixture(scope="module")
def ours() -> Ours:
    """Our machine."""
    return Ours()


def rows() -> list[Row]:
    """The rows of the files that this test is about."""
    return [r for r in table().rows if r.where.startswith(FILES)]


def test_there_are_rows() -> None:
    """All of them: the count only grows."""
    assert len(rows()) >= 293


def test_against_qemu(ours: Ours, tmp_path: Path) -> None:
    """V0-V3, FPSR and X4 agree after each word."""
    if not have_qemu():
        pytest.skip("needs qemu-aarch64")
    seed = int(os.environ.get("SIMD_SEED", secrets.randbits(32)))
    print("seed", seed)
    rng = random.Random(seed)
    cases = [random_case(row, rng) for row in rows() for _ in range(COUNT)]
    wrong: dict[str, str] = {}
    for start in range(0, len(cases), MOST_CASES):
        part = cases[start:start + MOST_CASES]
        mine, theirs = run_ours(ours, part), run_qemu(tmp_path, part)
        for i, case in enumerate(part):
            if result(mine, i) != result(theirs, i):
                wrong.setdefault(case.row, f"{case}: {result(mine, i)}, not {result(theirs, i)}")
    assert not wrong, f"seed {seed}: {len(wrong)} rows differ\n" + "\n".join(wrong.values())


def signed_byte(value: int, index: int) -> int:
    """Byte `index` of a vector, signed."""
    return (value >> 8 * index & 0xFF ^ 0x80) - 0x80


def unsigned_byte(value: int, index: int) -> int:
    """Byte `index` of a vector."""
    return value >> 8 * index & 0xFF


Byte = Callable[[int, int], int]
SIGNS: dict[str, tuple[Byte, Byte]] = {
    "SDOT_v": (signed_byte, signed_byte), "SMMLA_v": (signed_byte, signed_byte),
    "UDOT_v": (unsigned_byte, unsigned_byte), "UMMLA_v": (unsigned_byte, unsigned_byte),
    "USDOT_v": (unsigned_byte, signed_byte), "USMMLA_v": (unsigned_byte, signed_byte)}


def dot(name: str, d: int, n: int, m: int) -> int:
    """DotProd and MatMulAdd of the manual, on 128-bit vectors."""
    a, b = SIGNS[name]
    r = 0
    for lane in range(4):
        row, column, count = (8 * (lane // 2), 8 * (lane % 2), 8) if "MMLA" in name else (4 * lane, 4 * lane, 4)
        total = sum(a(n, row + k) * b(m, column + k) for k in range(count))
        r |= ((d >> 32 * lane) + total & 0xFFFFFFFF) << 32 * lane
    return r


@pytest.mark.parametrize("name", SIGNS)
def test_byte_products(ours: Ours, name: str) -> None:
    """FEAT_DotProd and FEAT_I8MM, which Unicorn lacks in part, by the pseudocode. d = V0, n = V1, m = V2, Q = 1."""
    rng = random.Random(name)
    row = next(r for r in rows() if r.name == name)
    word = row.value | 1 << 30 | 2 << 16 | 1 << 5
    cases = [Case(name, word, (random_lanes(rng), random_lanes(rng), random_lanes(rng), 0), 0) for _ in range(300)]
    output = run_ours(ours, cases)
    for i, case in enumerate(cases):
        assert result(output, i)[0][0] == dot(name, case.v[0], case.v[1], case.v[2]), case


SATURATION = [  # word, V0, V1, V2 before; V0, QC after
    ("sqadd b0, b1, b2", 0x5E220C20, 0, 0x7F, 0x01, 0x7F, True),
    ("sqadd b0, b1, b2: lanes above do not count", 0x5E220C20, 0, 0x7F7F, 0x7F00, 0x7F, False),
    ("uqsub v0.8b, v1.8b, v2.8b: the upper half does not count", 0x2E222C20, 0, 0, 1 << 64, 0, False),
    ("sqneg d0, d1", 0x7EE07820, 0, 1 << 63, 0, (1 << 63) - 1, True),
    ("sqdmulh v0.4h, v1.4h, v2.4h", 0x0E62B420, 0, 0x8000, 0x8000, 0x7FFF, True),
    ("sqrdmulh h0, h1, h2: -1 * -0.5, rounded", 0x7E62B420, 0, 0x8000, 0xC000, 0x4000, False),
    ("uqrshl s0, s1, s2 by -32", 0x7EA25C20, 0, 0x80000000, 0xE0, 1, False),
    ("sqshl d0, d1, d2 by 127", 0x5EE24C20, 0, 1, 0x7F, (1 << 63) - 1, True),
    ("suqadd b0, b1: -1 + 255", 0x5E203820, 0xFF, 0xFF, 0, 0x7F, True),
    ("usqadd b0, b1: 1 - 2", 0x7E203820, 0x01, 0xFE, 0, 0, True),
    ("sqxtun2 v0.16b, v1.8h keeps the low half", 0x6E212820, 0x1234, 0xFFFF, 0, 0x1234, True),
]


@pytest.mark.parametrize(("what", "word", "d", "n", "m", "expected", "qc"), SATURATION, ids=[s[0] for s in SATURATION])
def test_saturation(ours: Ours, what: str, word: int, d: int, n: int, m: int, expected: int, qc: bool) -> None:
    """Corners of saturation and of FPSR.QC."""
    v, fpsr, _ = result(run_ours(ours, [Case(what, word, (d, n, m, 0), 0)]), 0)
    assert (v[0], bool(fpsr & QC)) == (expected, qc)


RESERVED = [  # what the manual reserves, by class
    ("add v0.1d (size 3, Q 0)", 0x0EE28420), ("mul v0.2d", 0x4EE29C20), ("sqdmulh v0.16b", 0x4E22B420),
    ("pmul v0.8h", 0x6E629C20), ("addv s0, v1.2s", 0x0EB1B820), ("addv size 3", 0x4EF1B820),
    ("rev32 of words", 0x6EA00820), ("rev16 of halfwords", 0x4E601820), ("dup imm5 0", 0x4E000420),
    ("dup v0.1d", 0x0E080420), ("umov w0, v1.d[0]", 0x0E083C20), ("umov x0, v1.s[0]", 0x4E043C20),
    ("smov w0, v1.s[0]", 0x0E042C20), ("ext v0.8b, #8", 0x2E024020), ("zip1 v0.1d", 0x0EC23820),
    ("sshr v0.1d", 0x0F7F0420), ("shrn immh 1xxx", 0x0F7F8420), ("sshr scalar byte", 0x5F0F0420),
    ("mul by byte element", 0x0F028020), ("fmov v0.1d", 0x2F00F400), ("pmull size 1", 0x0E62E020),
    ("sdot size 1", 0x4E429420), ("smmla Q 0", 0x0E82A420), ("aese size 1", 0x4E684820),
    ("sha1 opcode 7", 0x5E027020), ("sha512 opcode", 0xCEC08820)]


@pytest.mark.parametrize(("what", "word"), RESERVED, ids=[r[0] for r in RESERVED])
def test_reserved_is_undefined(what: str, word: int) -> None:
    """No row of the whole table has it."""
    assert [r.name for r in table().rows if r.matches(word)] == [], what
