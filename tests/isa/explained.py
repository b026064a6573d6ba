# SPDX-License-Identifier: MIT
"""Reads *.explained: differences from an oracle that are none of our faults, each with its reason.

    ORACLE lacks FEAT_A FEAT_B …               : reason         rows of these features are not compared with it
    ORACLE skip PATTERN …                      : reason         rows that are not compared with it
    ORACLE differs PATTERN … [when CONDITION]  : reason         such differences are right

ORACLE: a name, or any. PATTERN: fnmatch on row names. CONDITION: a Python expression over the word's fields, `word`, and what
the reader of the file offers. Text after # is comment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from types import CodeType

from pyx.gen.table import Row


@dataclass
class Explanation:
    """One line."""

    oracle: str
    kind: str                           # lacks, skip, differs
    patterns: tuple[str, ...]
    condition: str
    reason: str
    where: str
    used: int = 0

    @cached_property
    def code(self) -> CodeType | None:
        """The condition, compiled."""
        return compile(self.condition, self.where, "eval") if self.condition else None

    def names(self, row: Row | None) -> bool:
        """Whether the patterns name the row (None: words without one; the pattern is `-`)."""
        return any(fnmatchcase(row.name if row else "-", p) for p in self.patterns)

    def explains(self, row: Row | None, word: int, offered: Mapping[str, object]) -> bool:
        """Whether a difference is this one."""
        if not self.names(row):
            return False
        fields = {f.name: f.of(word) for f in row.fields} if row else {}
        return self.code is None or bool(eval(self.code, {}, {"word": word, **fields, **offered}))


class Explanations:
    """All lines of a file for one oracle."""

    def __init__(self, path: Path, oracle: str) -> None:
        lines = [parse(line, f"{path.name}:{n}") for n, line in enumerate(path.read_text().splitlines(), 1) if plain(line)]
        self.lines = [e for e in lines if e.oracle in (oracle, "any")]

    def compares(self, row: Row) -> bool:
        """Whether the row is compared at all."""
        lacking = {f for e in self.lines if e.kind == "lacks" for f in e.patterns}
        return row.feature not in lacking and not any(e.names(row) for e in self.lines if e.kind == "skip")

    def find(self, row: Row | None, word: int, offered: Mapping[str, object]) -> Explanation | None:
        """The line that explains a difference; it counts as used."""
        for e in self.lines:
            if e.kind == "differs" and e.explains(row, word, offered):
                e.used += 1
                return e
        return None

    def unused(self) -> list[Explanation]:
        """Lines that explained nothing."""
        return [e for e in self.lines if e.kind == "differs" and not e.used]


def plain(line: str) -> str:
    """Without comment."""
    return line.partition("#")[0].strip()


def parse(line: str, where: str) -> Explanation:
    """A line. ValueError says what is wrong with it."""
    match = re.fullmatch(r"(\w+)\s+(lacks|skip|differs)\s+(.*?)(?:\s+when\s+(.*?))?\s+:\s+(\S.*)", plain(line))
    if not match:
        raise ValueError(f"{where}: not `ORACLE lacks|skip|differs PATTERN … [when CONDITION] : reason`")
    return Explanation(match[1], match[2], tuple(match[3].split()), match[4] or "", match[5], where)
