# SPDX-License-Identifier: MIT
"""Every row of the decode table against Unicorn and qemu-aarch64, on random words and operands (differ.py).

EMU_CI_CASES: cases a row and oracle (10). EMU_SEED: the seed; a fresh one, which is printed, without it.
"""

from __future__ import annotations

import os
import random
import secrets
import time
from pathlib import Path

import pytest

from .differ import HERE, Differ, parse_replay, replay_text, report, rows_for, run_jobs
from .explained import Explanations, parse
from .qemu_batch import have_qemu
from .record import Case, Cases, Registers
from .words import table

CASES = int(os.environ.get("EMU_CI_CASES", "10"))


@pytest.mark.parametrize("oracle", ["unicorn", "qemu"])
def test_rows_do_what_the_oracle_does(oracle: str) -> None:
    """All registers, flags and memory after one instruction; differences.explained apart."""
    if oracle == "qemu" and not have_qemu():
        pytest.skip("needs qemu-aarch64 and a cross compiler")
    if oracle == "unicorn":
        pytest.importorskip("unicorn")
    seed = int(os.environ.get("EMU_SEED", secrets.randbits(32)))
    print(f"seed {seed}")
    start = time.monotonic()
    jobs = min(4, os.cpu_count() or 1)
    results = run_jobs(oracle, rows_for(Explanations(HERE / "differ.explained", oracle)), CASES, seed, jobs)
    report(oracle, results, time.monotonic() - start)
    wrong = [line for r in results for line in r.mismatches]
    assert not wrong, f"seed {seed}: {len(wrong)} cases\n" + "\n".join(wrong)


def test_all_rows_are_compared_or_named() -> None:
    """A row that neither oracle is asked about is one that the data file says is tested elsewhere."""
    asked = {r.name for oracle in ("unicorn", "qemu") for r in rows_for(Explanations(HERE / "differ.explained", oracle))}
    elsewhere = [e for e in Explanations(HERE / "differ.explained", "any").lines if e.kind in ("skip", "lacks")]
    for row in table().rows:
        assert row.name in asked or any(e.names(row) or row.feature in e.patterns for e in elsewhere), row.name
    assert len(asked) >= 950


def test_replay_text_says_the_whole_case() -> None:
    """What a mismatch prints is enough to run it again."""
    row = next(r for r in table().rows if r.name == "LDR_x_imm")
    cases = Cases(random.Random(1))
    word = cases.word(row)
    assert word is not None
    case = cases.case(row, word, True)
    again = parse_replay(replay_text(case))
    assert (again.word, again.memory, again.registers) == (case.word, case.memory, case.registers)


def test_a_mismatch_is_found_and_shrunk(tmp_path: Path) -> None:
    """A core without FEAT_LSE beside Unicorn, which has it: what is left of the case is what the instruction needs."""
    pytest.importorskip("unicorn")
    differ = Differ("unicorn", tmp_path, "cortex-a53")
    row = next(r for r in table().rows if r.name == "LDADD")
    cases = Cases(random.Random(1))
    case = cases.case(row, 0xF8220020, True)                # ldadd x2, x0, [x1]
    aligned = Registers.of(case.registers)
    aligned.x[1] &= ~15
    small = differ.shrink(Case(row, case.word, aligned.packed(), case.memory))
    left = Registers.of(small.registers)
    assert differ.kinds([small])[0][:2] == ("undefined", "")
    assert not any(left.v) and [i for i, x in enumerate(left.x[:31]) if x] == [1] and not any(small.memory)


def test_explanations_that_are_wrong_say_where() -> None:
    """The reader's errors."""
    with pytest.raises(ValueError, match="a:1: not"):
        parse("any excuses ADD : none", "a:1")
