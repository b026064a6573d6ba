# SPDX-License-Identifier: MIT
"""Instructions that neither oracle knows, beside the manual's pseudocode written in Python: FEAT_CSSC, FEAT_HBC; hints and barriers.

FEAT_MOPS and FEAT_LRCPC3 are in test_ldst.py, FEAT_WFxT's waiting in tests/cpu.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from .machines import CODE, Ours, State
from .record import signed
from .words import CORNERS_64, random_word, random_x, table

Function = Callable[[int, int, int], int]


@pytest.fixture(scope="module")
def ours() -> Ours:
    return Ours()


def trailing_zeros(value: int, width: int) -> int:
    """CountLeadingZeroBits of the reversed operand (CTZ)."""
    return next((i for i in range(width) if value >> i & 1), width)


def greater(a: int, b: int, width: int) -> int:
    """SMAX."""
    return max(signed(a, width), signed(b, width))


def smaller(a: int, b: int, width: int) -> int:
    """SMIN."""
    return min(signed(a, width), signed(b, width))


# Of (first operand, second operand, width); the result is taken modulo 2**width.
CSSC: dict[str, Function] = {
    "ABS": lambda a, _, w: abs(signed(a, w)), "CNT": lambda a, _, w: a.bit_count(), "CTZ": lambda a, _, w: trailing_zeros(a, w),
    "SMAX": greater, "SMIN": smaller, "UMAX": lambda a, b, _: max(a, b), "UMIN": lambda a, b, _: min(a, b)}


@pytest.mark.parametrize("name", [r.name for r in table().rows if r.feature == "FEAT_CSSC"])
def test_cssc(name: str, ours: Ours) -> None:
    """Random and corner operands, both widths, register 31 included."""
    row = next(r for r in table().rows if r.name == name)
    rng = random.Random(name)
    for _ in range(400):
        word = random_word(row, rng)
        assert word is not None
        d, n, m = word & 31, word >> 5 & 31, word >> 16 & 31
        width = 64 if word >> 31 else 32
        state = State(x=[rng.choice((random_x(rng), rng.choice(CORNERS_64))) for _ in range(31)], nzcv=rng.randrange(16), pc=CODE)
        values = [x & (1 << width) - 1 for x in (*state.x, 0)]
        immediate = word >> 10 & 255
        second = values[m] if name.endswith("_reg") else immediate if name[0] == "U" else signed(immediate, 8) & (1 << width) - 1
        result = CSSC[name.partition("_")[0]](values[n], second, width) & (1 << width) - 1
        expected = State(x=list(state.x), sp=state.sp, nzcv=state.nzcv, pc=CODE + 4, v=state.v, memory=state.memory)
        if d != 31:
            expected.x[d] = result
        got, esr = ours.run([word], state)
        assert esr is None and got.differences(expected) == {}, f"{word:08x}"


def condition_holds(cond: int, nzcv: int) -> bool:
    """ConditionHolds()."""
    n, z, c, v = (bool(nzcv & bit) for bit in (8, 4, 2, 1))
    result = (z, c, n, v, c and not z, n == v, n == v and not z, True)[cond >> 1]
    return not result if cond & 1 and cond != 15 else result


@pytest.mark.parametrize("cond", range(16))
def test_bc(cond: int, ours: Ours) -> None:
    """BC.cond under all flags, forwards and backwards to the limits."""
    for nzcv in range(16):
        for imm19, offset in ((2, 8), (0x7FFFF, -4), (0x3FFFF, 0xFFFFC), (0x40000, -0x100000)):
            state = State(nzcv=nzcv, pc=CODE)
            got, esr = ours.run([0x54000010 | imm19 << 5 | cond], state)
            expected = State(nzcv=nzcv, pc=CODE + (offset if condition_holds(cond, nzcv) else 4))
            assert esr is None and got.differences(expected) == {}


IDLE = [r.name for r in table().rows if r.where.startswith("system.decode") and r.form in ("hint", "barrier")]


@pytest.mark.parametrize("name", IDLE)
def test_hints_and_barriers_change_nothing(name: str, ours: Ours) -> None:
    """All registers are what they were. CHKFEAT (X16) is apart: no feature it asks about is there, so that X16 stays too."""
    row = next(r for r in table().rows if r.name == name)
    rng = random.Random(name)
    for _ in range(20):
        word = random_word(row, rng)
        assert word is not None
        state = State(x=[random_x(rng) for _ in range(31)], nzcv=rng.randrange(16), pc=CODE)
        expected = State(x=list(state.x), sp=state.sp, nzcv=state.nzcv, pc=CODE + 4)
        got, esr = ours.run([word], state)
        assert esr is None and got.differences(expected) == {}, f"{word:08x}"


@pytest.mark.parametrize("word", [0xD5031000, 0xD5031020], ids=["wfet", "wfit"])
def test_timed_waits_end(word: int, ours: Ours) -> None:
    """A deadline that has passed is no wait: X0 = 0 is before any time."""
    got, esr = ours.run([word], State(pc=CODE))
    assert esr is None and got.differences(State(pc=CODE + 4)) == {}
