# SPDX-License-Identifier: MIT
"""Rows of tests/isa/*.txt: a word, what it is, and what it does to a core whose other registers are 0."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .machines import CODE, MASK, Ours, State

HERE = Path(__file__).parent
SYMBOLS = {"pc": CODE, "page": CODE & ~0xFFF}


def rows() -> list[str]:
    """All rows, without comments."""
    lines = [line.partition("#")[0] if line.startswith("#") else line for path in sorted(HERE.glob("*.txt"))
             for line in path.read_text().splitlines()]
    return [line.strip() for line in lines if line.strip()]


def value_of(text: str) -> int:
    """A number, or pc or page with an offset."""
    match = re.fullmatch(r"(pc|page)([+-]\w+)?", text)
    return SYMBOLS[match[1]] + int(match[2] or "0", 0) if match else int(text, 0)


def assign(state: State, text: str) -> None:
    """Applies name=value words to a state."""
    for word in text.split():
        name, _, value = word.partition("=")
        number = value_of(value) & MASK
        if name.startswith("x"):
            state.x[int(name[1:])] = number
        else:
            setattr(state, name, number)


@pytest.fixture(scope="module")
def ours() -> Ours:
    return Ours()


@pytest.mark.parametrize("row", rows())
def test_row(row: str, ours: Ours) -> None:
    word = int(row[:8], 16)
    inputs, _, outputs = re.split(r"\s{2,}", row, maxsplit=2)[2].partition("->")
    state, expected = State(sp=0), State(sp=0, pc=CODE + 4)
    assign(state, inputs)
    assign(expected, inputs)
    got, esr = ours.run([word], state)
    if outputs.strip() == "undefined":
        assert esr is not None and esr >> 26 == 0
        return
    assign(expected, outputs)
    assert esr is None
    assert got.differences(expected) == {}


@pytest.mark.parametrize("row", rows())
def test_text_is_what_capstone_says(row: str) -> None:
    """Where capstone knows the word at all."""
    capstone = pytest.importorskip("capstone")
    disassembler = capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM)
    found = list(disassembler.disasm(int(row[:8], 16).to_bytes(4, "little"), 0))
    if not found:
        pytest.skip("capstone does not know it")

    def plain(text: str) -> str:
        numbers = re.sub(r"(?<!\w)-?(0x[0-9a-f]+|\d+)", lambda m: str(int(m[0], 0) & 0xFFFFFFFF), text.replace("#", ""))
        return numbers.replace(" ", "")

    assert plain(f"{found[0].mnemonic} {found[0].op_str}") == plain(re.split(r"\s{2,}", row)[1])
