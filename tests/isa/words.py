# SPDX-License-Identifier: MIT
"""Random and corner-case instruction words and operands, from the decode table."""

from __future__ import annotations

import random
from functools import lru_cache

from pyx.gen.build import load_table
from pyx.gen.table import Row, Table, refined

CORNERS_64 = (0, 1, 2, 3, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000,
              0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0x8000000000000001, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF,
              0x5555555555555555, 0xAAAAAAAAAAAAAAAA, 0x0102030405060708)
FLOATS_64 = (0x0000000000000000, 0x8000000000000000, 0x3FF0000000000000, 0xBFF0000000000000, 0x7FF0000000000000,
             0xFFF0000000000000, 0x7FF8000000000000, 0x7FF0000000000001, 0xFFF8000000000001, 0x0000000000000001,
             0x800FFFFFFFFFFFFF, 0x0010000000000000, 0x7FEFFFFFFFFFFFFF, 0x43E0000000000000, 0xC3E0000000000000, 0x41DFFFFFFFC00000)
FLOATS_32 = (0x00000000, 0x80000000, 0x3F800000, 0xBF800000, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0xFFC00001,
             0x00000001, 0x807FFFFF, 0x00800000, 0x7F7FFFFF, 0x4F000000, 0xCF000000, 0x5F000000, 0x3F000000, 0x40490FDB)
FLOATS_16 = (0x0000, 0x8000, 0x3C00, 0xBC00, 0x7C00, 0xFC00, 0x7E00, 0x7C01, 0xFE01, 0x0001, 0x83FF, 0x0400, 0x7BFF, 0x3800)


@lru_cache(maxsize=1)
def table() -> Table:
    """The decode table."""
    return load_table()


@lru_cache(maxsize=1)
def _winners() -> dict[str, list[Row]]:
    rows = {r.name: r for r in table().rows}
    found: dict[str, list[Row]] = {r.name: [] for r in table().rows}
    for row in table().rows:
        for loser in refined(row, rows):
            found[loser].append(row)
    return found


def is_of(row: Row, word: int) -> bool:
    """Whether the decoder gives the word to this row."""
    return row.matches(word) and not any(w.matches(word) for w in _winners()[row.name])


def random_word(row: Row, rng: random.Random) -> int | None:
    """A random word of the row; fields are at a corner (all zeros or ones, or 31) more often than chance has it."""
    for _ in range(200):
        word = row.value
        for f in row.fields:
            top = (1 << f.width) - 1
            word |= rng.choice((0, top, rng.randint(0, top), rng.randint(0, top), rng.randint(0, top))) << f.lo
        if is_of(row, word):
            return word
    return None


def random_x(rng: random.Random) -> int:
    """A 64-bit operand: corner, sparse, small, or any."""
    kind = rng.randrange(4)
    if kind == 0:
        return rng.choice(CORNERS_64)
    if kind == 1:
        return rng.getrandbits(64) & rng.getrandbits(64) & rng.getrandbits(64)
    if kind == 2:
        return rng.getrandbits(rng.choice((8, 16, 32))) | (rng.choice(CORNERS_64) << 32 & 0xFFFFFFFFFFFFFFFF)
    return rng.getrandbits(64)


def random_v(rng: random.Random) -> int:
    """A 128-bit vector: integer corners, floats of one width, or any."""
    kind = rng.randrange(6)
    if kind == 0:
        return random_x(rng) | random_x(rng) << 64
    if kind == 1:
        return rng.choice(FLOATS_64) | rng.choice(FLOATS_64) << 64
    if kind == 2:
        return sum(rng.choice(FLOATS_32) << 32 * i for i in range(4))
    if kind == 3:
        return sum(rng.choice(FLOATS_16) << 16 * i for i in range(8))
    if kind == 4:  # doubles and singles of a like size, so that sums and products stay finite
        return sum((rng.randrange(0x3E0, 0x420) << 52 | rng.getrandbits(52) | rng.getrandbits(1) << 63) << 64 * i for i in range(2))
    return rng.getrandbits(128)
