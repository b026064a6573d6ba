# SPDX-License-Identifier: MIT
"""The decode table: its reader, the decoder made from it, and "UNDEFINED or not" beside QEMU, binutils and capstone.

EMU_DECODE_WORDS: random words (20,000). `python -m tests.isa.test_decode N` compares N words, in batches, and prints what came of it.
"""

from __future__ import annotations

import os
import random
import secrets
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from pyx.gen.table import Row, TableError, overlaps, read_table, refined

from .decoders import DECODERS, extension, have, packed
from .engines import OursFast
from .explained import Explanations
from .words import is_of, random_word, table

HERE = Path(__file__).parent
WORDS = int(os.environ.get("EMU_DECODE_WORDS", "20000"))
BRANCHES = {"B", "BL", "B_cond", "BC_cond", "CBZ", "CBNZ", "TBZ", "TBNZ"}      # they would leave the oracle's program


@pytest.fixture(scope="module")
def ours() -> OursFast:
    """Our machine."""
    return OursFast()


def python_row(word: int, rows: list[Row]) -> str | None:
    """The row of a word by the table alone."""
    found = [r for r in rows if r.matches(word)]
    by_name = {r.name: r for r in table().rows}
    winners = [r for r in found if not any(r.name in refined(o, by_name) for o in found)]
    assert len(winners) <= 1, (hex(word), [r.name for r in winners])
    return winners[0].name if winners else None


def corner_words(row: Row, rng: random.Random) -> list[int]:
    """Words of the row with each field in turn at 0, 1, 31, its highest bit, its maximum, and the others random."""
    words = []
    for f in row.fields:
        for value in {0, 1, 31, 1 << (f.width - 1), (1 << f.width) - 1}:
            word = random_word(row, rng)
            if word is not None and value < 1 << f.width:
                word = word & ~(((1 << f.width) - 1) << f.lo) | value << f.lo
                words += [word] if is_of(row, word) else []
    return words or [row.value]


def test_no_word_has_two_rows() -> None:
    """Rows that overlap say which refines which."""
    assert overlaps(table()) == []


def test_tree_finds_what_the_table_says(ours: OursFast) -> None:
    """The decision tree in C gives the row that matches, by brute force in Python; forms may still refuse the word."""
    rng = random.Random(secrets.randbits(32))
    words = [rng.getrandbits(32) for _ in range(1500)] + [w for r in table().rows for w in corner_words(r, rng)[:2]]
    names = ours.core.instructions_known()
    for word, index in zip(words, ours.core.decode(packed(words)), strict=True):
        if index >= 0:
            assert python_row(word, table().rows) == names[index], hex(word)


def test_every_row_is_reached(ours: OursFast) -> None:
    """The decoder gives each row's words to it, unless the core has not the feature or the form refuses them all."""
    rng = random.Random(1)
    names = ours.core.instructions_known()
    some = {"MSR_reg", "MRS", "SYS_imp"}                                        # few system registers exist
    never = {"UDF", "SMC", "HLT", "DCPS1", "DCPS2", "DCPS3", "DRPS"}           # UNDEFINED on a core with EL1 only
    for row in (r for r in table().rows if r.name not in some):
        words = corner_words(row, rng)
        found = {names[i] for i in ours.core.decode(packed(words)) if i >= 0}
        assert found == ({row.name} if row.name not in never else set()), row.name


@pytest.mark.parametrize(("text", "message"), [
    ("A 0101 : f", "has 4 bits"),
    ("A 0000000000000000000000000000000 : f", "has 31 bits"),
    ("A 00000000000000000000000000000000 1 : f", "has 33 bits"),
    ("A x:16 x:16 : f", "field x stands twice"),
    ("A x?:32 : f", "neither bits nor a field"),
    ("A x:32", "a row is NAME bits : form"),
    ("A x:32 : f where y == 1", "where names y"),
    ("A x:32 : f FEET_X", "is not a feature"),
    ("A x:32 : f refines B", "refines B, which is no row"),
    ("A x:32 : g", "there is no form g"),
    ("A x:32 : f\nA x:31 0 : f", "row A stands twice"),
    ("form f = a", "form f stands twice"),
    ("form = a", "a form is"),
])
def test_reader_says_what_is_wrong(text: str, message: str, tmp_path: Path) -> None:
    """File and line stand first."""
    path = tmp_path / "bad.decode"
    path.write_text("form f = -\n" + text + "\n")
    with pytest.raises(TableError, match=r"bad\.decode:\d+: .*" + message):
        read_table([path])


def disagreements(decoder: str, words: list[int], ours: OursFast, directory: Path) -> tuple[list[str], Counter[str]]:
    """Words on which we disagree without an explanation, and how often each line of decode.explained served."""
    names = ours.core.instructions_known()
    rows = {r.name: r for r in table().rows}
    found = [(w, rows[names[i]] if i >= 0 else None) for w, i in zip(words, ours.core.decode(packed(words)), strict=True)]
    if decoder == "qemu":                                   # HLT may be semihosting, in user mode too
        found = [(w, r) for w, r in found if not (r and r.name in BRANCHES) and w & 0xFFE0001F != 0xD4400000]
    theirs = DECODERS[decoder]([w for w, _ in found], directory)
    explanations, used, wrong = Explanations(HERE / "decode.explained", decoder), Counter[str](), []
    for (word, row), text in zip(found, theirs, strict=True):
        if bool(row) == bool(text):
            continue
        offered = {"ours": bool(row), "theirs": text, "extension": extension(word), "feature": row.feature if row else ""}
        line = explanations.find(row, word, offered)
        if line:
            used[line.where] += 1
        else:
            wrong.append(f"{word:#010x}: {row.name if row else 'UNDEFINED'} here, {text or 'UNDEFINED'} there")
    return wrong, used


def chosen_words(seed: int, count: int) -> list[int]:
    """Random words, and every row's corners."""
    rng = random.Random(seed)
    return [rng.getrandbits(32) for _ in range(count)] + [w for r in table().rows for w in corner_words(r, rng)]


@pytest.mark.parametrize("decoder", DECODERS)
def test_undefined_or_not(decoder: str, ours: OursFast, tmp_path: Path) -> None:
    """Random words and corners of rows are allocated to others where they are to us."""
    if not have(decoder):
        pytest.skip(f"needs {decoder}")
    seed = int(os.environ.get("EMU_SEED", secrets.randbits(32)))
    print(f"seed {seed}")
    wrong, used = disagreements(decoder, chosen_words(seed, WORDS), ours, tmp_path)
    print(f"{decoder}: {sum(used.values())} explained")
    assert not wrong, f"seed {seed}: {len(wrong)} words\n" + "\n".join(wrong[:50])


def main() -> int:
    """The long comparison."""
    left, ours, total = int(sys.argv[1]), OursFast(), 0
    used: dict[str, Counter[str]] = {d: Counter() for d in DECODERS if have(d)}
    wrong = 0
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    while left > 0:
        words = chosen_words(seed + total, min(left, 500_000))
        with tempfile.TemporaryDirectory() as directory:
            for decoder in used:
                lines, counts = disagreements(decoder, words, ours, Path(directory))
                used[decoder] += counts
                wrong += len(lines)
                print("".join(f"{decoder}: {line}\n" for line in lines), end="", flush=True)
        left, total = left - 500_000, total + len(words)
    for decoder, counts in used.items():
        lines = Explanations(HERE / "decode.explained", decoder).lines
        print(decoder, sum(counts.values()), "explained; not used:", *(e.where for e in lines if e.where not in counts))
    print(f"{total} words, {wrong} disagreements without explanation")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
