# SPDX-License-Identifier: MIT
"""Every load and store that Unicorn knows, with random registers and addresses (unaligned, across pages, base among the data);
and what the compiler made of the hot ones."""

from __future__ import annotations

import random
import re

import pytest

from pyx.gen.table import Row

from .machines import DATA, DATA_SIZE, Ours, State, Unicorn, random_state
from .test_codegen import body
from .words import random_word, table

CASES = 12
PRFM = 0xF9800000
MEMORY = bytes(random.Random(1).randbytes(DATA_SIZE))
BY_NAME = {r.name: r for r in table().rows}


def rows() -> list[str]:
    """Without what Unicorn lacks, and unprivileged accesses, which the window of data does not allow."""
    files = ("ldst.decode", "atomics.decode", "simd_ldst.decode")
    return [r.name for r in table().rows if r.where.startswith(files) and r.feature not in ("FEAT_LRCPC3", "FEAT_PAuth")
            and r.form != "ldst_unpriv"]


@pytest.fixture(scope="module")
def ours() -> Ours:
    return Ours()


@pytest.fixture(scope="module")
def unicorn() -> Unicorn:
    pytest.importorskip("unicorn")
    return Unicorn()


def fields(row: Row, word: int) -> dict[str, int]:
    """All fields of a word."""
    return {f.name: f.of(word) for f in row.fields}


def program(row: Row, rng: random.Random) -> list[int]:
    """A word of the row. Literals lie in the program; a store-exclusive follows its load, whose target is another register."""
    word = random_word(row, rng)
    assert word is not None
    if row.form in ("ld_lit", "vld_lit"):
        return [word & ~(0x7FFFF << 5) | rng.randrange(5) << 5, *[PRFM + 1024 * i for i in range(1, 8)]]
    if row.form in ("stxr", "stxp"):
        base = word >> 5 & 31
        scratch = next(r for r in (28, 29, 30) if r != base)
        load = word & ~(31 << 16 | 31) | 1 << 22 | 31
        return [load & ~(31 << 10) | scratch << 10 if row.form == "stxp" else load, word]
    return [word]


def aim(row: Row, word: int, state: State, rng: random.Random) -> None:
    """Makes the address fall in the middle of the data, naturally aligned where it must be."""
    f = fields(row, word)
    if "Rn" not in f:
        return
    scale = word >> 30 if row.feature != "FEAT_FP" else 4
    offset = f.get("imm12", 0) << (4 if row.feature == "FEAT_FP" and word >> 23 & 1 else word >> 30)
    if "option" in f and f["Rm"] != 31 and f["Rm"] != f["Rn"]:
        state.x[f["Rm"]] = rng.randrange(-0x40, 0x40) & (0xFFFFFFFF if f["option"] in (2, 6) else 0xFFFFFFFFFFFFFFFF)
        if f["option"] == 2:
            state.x[f["Rm"]] = rng.randrange(0x40) | rng.getrandbits(32) << 32
    address = DATA + 0x1000 + rng.choice((0xFC0, 0xFF0, 0, rng.randrange(0x1000))) + rng.randrange(16)
    if row.where.startswith("atomics"):
        address &= ~15
        offset = f.get("imm9", 0) & ((1 << scale) - 1)
    address = address - offset & 0xFFFFFFFFFFFFFFFF
    if f["Rn"] == 31:
        state.sp = address & ~15
    else:
        state.x[f["Rn"]] = address


def unicorn_is_wrong(row: Row, word: int) -> bool:
    """Unicorn 2.1 compares bytes and halfwords unsigned in LDSMAX, LDSMIN."""
    return row.name in ("LDSMAX", "LDSMIN") and word >> 30 < 2


@pytest.mark.parametrize("name", rows())
def test_same_as_unicorn(name: str, ours: Ours, unicorn: Unicorn) -> None:
    row, rng, done = BY_NAME[name], random.Random(name), 0
    while done < CASES:
        words = program(row, rng)
        state = random_state(rng, MEMORY)
        aim(row, words[-1], state, rng)
        f = fields(row, words[-1])
        done += 1
        if unicorn_is_wrong(row, words[-1]) or f.get("Rm", 32) == f.get("Rn") and "option" in f:
            continue
        if row.where.startswith("atomics") and f.get("imm9", 0) & 15 and f["Rn"] == 31:
            continue    # SP is aligned, so the access is not
        (got, esr), (expected, failed) = ours.run(words, state), unicorn.run(words, state)
        expected.fpsr = got.fpsr
        assert (esr is None) == (failed is None), f"{words[-1]:#x} {esr or 0:#x}"
        assert got.differences(expected) == {}, f"{words[-1]:#x}"


@pytest.mark.parametrize("size", range(4))
def test_signed_maximum_and_minimum(ours: Ours, size: int) -> None:
    bits = 8 << size
    values = [1, (1 << bits) - 1, 1 << bits - 1, (1 << bits - 1) - 1, 0]
    for name, pick in (("LDSMAX", max), ("LDSMIN", min)):
        for old in values:
            for operand in values:
                state = State(memory=old.to_bytes(bits // 8, "little").ljust(DATA_SIZE, b"\xee"))
                state.x[0], state.x[1] = DATA, operand | 0x55 << bits & 0xFFFFFFFFFFFFFFFF
                after, esr = ours.run([BY_NAME[name].value | size << 30 | 1 << 16 | 2], state)
                best = pick((old, operand), key=lambda v: v - (v >> bits - 1 << bits))
                assert esr is None and after.x[2] == old
                assert int.from_bytes(after.memory[:bits // 8], "little") == best


# What gcc 12 needs, and two instructions more: address, tag, access, dispatch.
HOT = {
    "op_LDR_x_imm_base": 23, "op_LDR_x_imm_sp": 25, "op_STR_x_imm_base": 23, "op_LDRB_imm_base": 23, "op_STRB_imm_base": 23,
    "op_LDR_w_reg_lsl": 25, "op_LDR_x_post_base": 28, "op_STR_x_pre_sp": 26, "op_LDP_x_off_base": 26, "op_LDP_x_post_sp": 29,
    "op_STP_x_pre_sp": 29, "op_STP_x_off_base": 27, "op_LDR_q_imm_base": 23, "op_LDR_x_lit": 23, "op_LDADD_x": 28,
}


@pytest.mark.parametrize("name", HOT)
def test_hot_handler_is_short(name: str) -> None:
    insns = body(name)
    assert not [i for i in insns if re.match(r"(call|push|pop|ret|sub +\$0x\w+,%rsp)", i)]
    assert len(insns) <= HOT[name], f"{len(insns)}\n" + "\n".join(insns)
