# SPDX-License-Identifier: MIT
"""Random sequences of integer instructions: flags that pass from one to the next, pairs that fuse, constants that fold."""

from __future__ import annotations

import random

import pytest

from pyx.gen.table import Row

from .machines import CODE, Ours, State, Unicorn
from .words import random_word, random_x, table


def names(text: str) -> list[str]:
    """Rows by name; one that stands twice is twice as likely."""
    return text.split()


SETTERS = names("""ADDS_imm SUBS_imm SUBS_imm ANDS_imm ANDS_shift BICS_shift ADDS_shift SUBS_shift SUBS_shift ADDS_ext SUBS_ext ADCS
    SBCS CCMP_imm CCMP_reg CCMN_imm CCMN_reg""")
USERS = names("CSEL CSINC CSINC CSINV CSNEG ADC SBC ADCS SBCS CCMP_imm CCMP_reg CCMN_imm CCMN_reg")
CONSTANTS = names("MOVZ MOVZ MOVN MOVK MOVK ADRP ADR ADD_imm ADD_imm SUB_imm ORR_imm ORR_shift ORR_shift EXTR")
BRANCHES = names("B BL B_cond B_cond B_cond B_cond CBZ CBNZ TBZ TBNZ")
NOT_IN_UNICORN = {"FEAT_CSSC", "FEAT_HBC", "FEAT_PAuth"}
REGISTERS = {"Rd", "Rn", "Rm", "Ra", "Rt"}


@pytest.fixture(scope="module")
def ours() -> Ours:
    return Ours()


@pytest.fixture(scope="module")
def unicorn() -> Unicorn:
    pytest.importorskip("unicorn")
    return Unicorn()


def straight_rows() -> list[str]:
    """Data processing that Unicorn knows."""
    return [r.name for r in table().rows if r.where.startswith("dp.decode") and r.feature not in NOT_IN_UNICORN]


def reserved_mask(row: Row, word: int) -> bool:
    """Whether a logical immediate is one that DecodeBitMasks refuses: no run of ones, or nothing but ones."""
    if row.form not in ("logic_imm", "orr_imm", "ands_imm"):
        return False
    imms = word >> 10 & 63
    length = ((word >> 22 & 1) << 6 | (~imms & 63)).bit_length() - 1
    return length < 1 or ~imms & ((1 << length) - 1) == 0


def word_of(row: Row, rng: random.Random) -> int:
    """A word of the row, with few registers, so that results meet."""
    word = random_word(row, rng)
    assert word is not None
    if reserved_mask(row, word):
        return word_of(row, rng)
    for f in row.fields:
        if f.name in REGISTERS:
            word &= ~(31 << f.lo)
            word |= rng.choice((0, 1, 2, 3, 31)) << f.lo
    if row.name in ("ORR_shift", "ORR_imm") and rng.random() < 0.7:
        word |= 31 << 5                                     # a move
        word &= ~(0x3F << 10) if row.name == "ORR_shift" else ~0
    return word


def sequence(rng: random.Random) -> list[str]:
    """Names of rows; a branch, if any, is last."""
    kind = rng.randrange(5)
    if kind == 0:
        return [rng.choice(SETTERS), rng.choice([*USERS, *["B_cond"] * 6])]
    if kind == 1:
        return [rng.choice(CONSTANTS) for _ in range(rng.randint(1, 5))] + rng.choice([[], ["B"], ["BL"]])
    if kind == 2:
        return [rng.choice(SETTERS), *(rng.choice(USERS + SETTERS) for _ in range(rng.randint(0, 3))), rng.choice(BRANCHES)]
    if kind == 3:
        return [rng.choice(BRANCHES)]
    return [rng.choice(straight_rows()) for _ in range(rng.randint(1, 5))]


def registers(rng: random.Random) -> State:
    """Registers of which two are equal, or equal in their low halves, more often than chance has it."""
    state = State(x=[random_x(rng) for _ in range(31)], sp=random_x(rng) & ~15, nzcv=rng.randrange(16), pc=CODE)
    if rng.random() < 0.4:
        state.x[1] = state.x[0] ^ (rng.getrandbits(32) << 32 if rng.random() < 0.5 else 0)
    return state


@pytest.mark.parametrize("seed", range(40))
def test_sequences_do_what_unicorn_does(seed: int, ours: Ours, unicorn: Unicorn) -> None:
    rng = random.Random(seed)
    rows = {r.name: r for r in table().rows}
    for _ in range(60):
        words = [word_of(rows[name], rng) for name in sequence(rng)]
        state = registers(rng)
        expected, _ = unicorn.run(words, state)             # a branch out of its memory is a fault to it, after the branch
        got, _ = ours.run(words, state)
        shown = " ".join(f"{w:08x}" for w in words)
        assert got.differences(expected) == {}, f"{shown} from nzcv={state.nzcv} " + " ".join(f"{x:#x}" for x in state.x[:4])
