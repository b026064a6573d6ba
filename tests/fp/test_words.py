# SPDX-License-Identifier: MIT
"""Every floating-point row of the decode table, executed by our handlers and under qemu-aarch64: registers, NZCV, FPSR.

With FPCR all default the host's FPU serves, otherwise soft-float; both are compared with the oracle and with one another.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pytest

from . import harness
from . import word_harness as wh

WORDS = int(os.environ.get("FP_WORDS", "4"))        # for each row
COUNT = int(os.environ.get("FP_STATES", "120"))     # for each word, and as many under soft-float
SEED = int(os.environ.get("FP_SEED", secrets.randbits(32)))

Explanation = Callable[[int, np.void, np.void, np.void], bool]


def is_flushed_js(word: int, before: np.void, ours: np.void, theirs: np.void) -> bool:
    """FJCVTZS of a positive subnormal that FPCR.FZ flushes: FPToFixedJS clears Z, QEMU 7.2 sets it."""
    operand = int(before["v"][word >> 5 & 31, 0])
    return word & 0xFFFFFC00 == 0x1E7E0000 and bool(before["fpcr"] & harness.FZ) and 0 < operand < 1 << 52


def is_extended_half(word: int, before: np.void, ours: np.void, theirs: np.void) -> bool:
    """FCVTZS (scalar, fixed-point) of half precision: QEMU 7.2 leaves the sign in bits 31:16, which the manual's V[d] clears."""
    d = word & 31
    return word & 0xFFF0FC00 == 0x5F10FC00 and int(ours["v"][d, 0]) == int(theirs["v"][d, 0]) & 0xFFFF


EXPLAINED: list[Explanation] = [is_flushed_js, is_extended_half]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> wh.OurWords:
    """Our handlers."""
    return wh.OurWords(tmp_path_factory.mktemp("words"))


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> wh.OracleWords:
    """The program under qemu-aarch64."""
    if not harness.have_oracle():
        pytest.skip("needs an AArch64 cross compiler and qemu-aarch64")
    return wh.OracleWords(tmp_path_factory.mktemp("oracle"))


@lru_cache(maxsize=2)
def make(soft: bool) -> tuple[npt.NDArray[np.uint32], wh.States]:
    """WORDS words of each row, with states."""
    rng = np.random.default_rng(SEED)
    words: list[int] = []
    parts = []
    for row in wh.fp_table().rows:
        for _ in range(WORDS):
            word = wh.random_word(row, rng)
            parts.append(wh.make_states(row, len(words), word, COUNT, rng, soft))
            words.append(word)
    return np.array(words, np.uint32), np.concatenate(parts)


def describe(words: npt.NDArray[np.uint32], before: wh.States, ours: wh.States, theirs: wh.States, wrong: list[int]) -> str:
    """The first differences of some rows."""
    rows = wh.fp_table().rows
    seen: dict[str, int] = {}
    lines = []
    for i in wrong:
        name = rows[before["index"][i] // WORDS].name
        seen[name] = seen.get(name, 0) + 1
        if seen[name] <= 2:
            lines.append(f"{name} {words[before['index'][i]]:#010x}")
            for label, state in (("before", before), ("ours", ours), ("theirs", theirs)):
                v = " ".join(f"{int(d[1]):016x}_{int(d[0]):016x}" for d in state["v"][i])
                x = " ".join(f"{int(n):x}" for n in state["x"][i])
                heads = " ".join(f"{k}={state[k][i]:x}" for k in ("index", "fpcr", "fpsr", "nzcv"))
                lines.append(f"  {label:7}{heads} x: {x} v: {v}")
    return f"{seen}\n" + "\n".join(lines[:80])


@pytest.mark.parametrize("soft", [False, True], ids=["host", "soft"])
def test_rows(ours: wh.OurWords, oracle: wh.OracleWords, soft: bool) -> None:
    """No unexplained difference."""
    print("seed", SEED)
    words, before = make(soft)
    our_after, their_after = ours.run(words, before), oracle.run(words, before)
    different = np.nonzero(our_after != their_after)[0]
    wrong = [int(i) for i in different if not any(
        e(int(words[before["index"][i]]), before[i], our_after[i], their_after[i]) for e in EXPLAINED)]
    assert not wrong, f"seed {SEED}: {describe(words, before, our_after, their_after, wrong)}"


def test_host_equals_soft(ours: wh.OurWords) -> None:
    """With FPCR all default, host and soft-float handlers leave the same bits and flags."""
    print("seed", SEED)
    words, before = make(False)
    host, soft = ours.run(words, before), ours.run(words, before, soft=True)
    wrong = [int(i) for i in np.nonzero(host != soft)[0]]
    assert not wrong, f"seed {SEED}: {describe(words, before, host, soft, wrong)}"
