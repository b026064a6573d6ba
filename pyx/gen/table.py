# SPDX-License-Identifier: MIT
"""Reads the decode table (pyx/isa/*.decode): rows and forms, as isa/README.md describes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path


class TableError(Exception):
    """A row or form that can't be read; the message begins with file:line."""


@dataclass(frozen=True)
class Field:
    """One named run of bits: `word<lo+width-1:lo>`."""

    name: str
    lo: int
    width: int

    def of(self, word: int) -> int:
        """The field's value in a 32-bit word."""
        return word >> self.lo & ((1 << self.width) - 1)


@dataclass(frozen=True)
class Form:
    """How fields become operands: a C function form_NAME, and the handler variants it chooses among."""

    name: str
    variants: tuple[str, ...]
    mem: bool
    fp: bool
    where: str


@dataclass(frozen=True)
class Row:
    """One encoding."""

    name: str
    mask: int
    value: int
    fields: tuple[Field, ...]
    form: str
    feature: str
    condition: str
    refines: tuple[str, ...]
    where: str
    names: tuple[str, ...] = field(default=())

    def holds(self, word: int) -> bool:
        """Whether the `where` condition holds for a word (True without one)."""
        if not self.condition:
            return True
        return bool(eval(python_condition(self.condition), {}, {f.name: f.of(word) for f in self.fields}))

    def matches(self, word: int) -> bool:
        """Whether this row, taken alone, describes the word."""
        return word & self.mask == self.value and self.holds(word)


@dataclass
class Table:
    """All forms and rows, in file order."""

    forms: dict[str, Form]
    rows: list[Row]


_FORM = re.compile(r"form\s+(\w+)((?:\s+(?:mem|fp))*)\s*=\s*(.*)")
_OPTION = re.compile(r"(FEAT_\w+)|where\s+(.*?)(?=\s+refines\b|\s+FEAT_\w+|$)|refines\s+(\w+)")


def python_condition(condition: str) -> str:
    """A C condition over fields as a Python expression."""
    text = condition.replace("&&", " and ").replace("||", " or ")
    return re.sub(r"!(?!=)", " not ", text).strip()


def parse_bits(tokens: Iterable[str], where: str) -> tuple[int, int, tuple[Field, ...]]:
    """The encoding diagram: mask, value, fields."""
    mask = value = 0
    fields: list[Field] = []
    position = 32
    for token in tokens:
        if re.fullmatch(r"[01]+", token):
            position -= len(token)
            if position >= 0:
                mask |= ((1 << len(token)) - 1) << position
                value |= int(token, 2) << position
        else:
            match = re.fullmatch(r"([A-Za-z_]\w*)(?::(\d+))?", token)
            if not match:
                raise TableError(f"{where}: {token!r} is neither bits nor a field")
            width = int(match[2] or 1)
            position -= width
            if any(f.name == match[1] for f in fields):
                raise TableError(f"{where}: field {match[1]} stands twice")
            fields.append(Field(match[1], position, width))
    if position != 0:
        raise TableError(f"{where}: the row has {32 - position} bits, not 32")
    return mask, value, tuple(fields)


def parse_row(line: str, where: str) -> Row:
    """A row from its line of text."""
    left, colon, right = line.partition(" : ")
    words = left.split()
    if not colon or not right.strip():
        raise TableError(f"{where}: a row is NAME bits : form")
    mask, value, fields = parse_bits(words[1:], where)
    form, _, rest = right.strip().partition(" ")
    feature, condition, refines = "FEAT_NONE", "", []
    rest = rest.strip()
    while rest:
        match = _OPTION.match(rest)
        if not match:
            raise TableError(f"{where}: {rest!r} is not a feature, where or refines")
        feature = match[1] or feature
        condition = (match[2] or condition).strip()
        refines += [match[3]] if match[3] else []
        rest = rest[match.end():].strip()
    known = {f.name for f in fields}
    for name in re.findall(r"[A-Za-z_]\w*", condition):
        if name not in known:
            raise TableError(f"{where}: where names {name}, which is no field of {words[0]}")
    return Row(words[0], mask, value, fields, form, feature, condition, tuple(refines), where, tuple(sorted(known)))


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.partition("#")[0].strip()
        if line:
            yield line, f"{path.name}:{number}"


def read_table(paths: Iterable[Path]) -> Table:
    """Reads .decode files. Raises TableError for what can't be read, names that stand twice, and forms that don't exist."""
    forms: dict[str, Form] = {}
    rows: dict[str, Row] = {}
    for path in paths:
        for line, where in _lines(path):
            if match := _FORM.fullmatch(line):
                flags = match[2].split()
                if match[1] in forms:
                    raise TableError(f"{where}: form {match[1]} stands twice")
                forms[match[1]] = Form(match[1], tuple(match[3].split()), "mem" in flags, "fp" in flags, where)
            elif line.startswith("form "):
                raise TableError(f"{where}: a form is `form NAME [mem] [fp] = variants`")
            else:
                row = parse_row(line, where)
                if row.name in rows:
                    raise TableError(f"{where}: row {row.name} stands twice ({rows[row.name].where})")
                rows[row.name] = row
    for row in rows.values():
        if row.form not in forms:
            raise TableError(f"{row.where}: there is no form {row.form}")
        for name in row.refines:
            if name not in rows:
                raise TableError(f"{row.where}: refines {name}, which is no row")
    return Table(forms, list(rows.values()))


def refined(row: Row, rows: dict[str, Row]) -> set[str]:
    """The names of all rows that `row` wins against, through chains of refines."""
    found: set[str] = set()
    stack = list(row.refines)
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack += rows[name].refines
    return found


def overlaps(table: Table) -> list[tuple[str, str, int]]:
    """Pairs of rows that some word matches both, with such a word, where neither refines the other."""
    rows = {row.name: row for row in table.rows}
    found = []
    wins = {row.name: refined(row, rows) for row in table.rows}
    for i, a in enumerate(table.rows):
        for b in table.rows[i + 1:]:
            if (a.value ^ b.value) & a.mask & b.mask or b.name in wins[a.name] or a.name in wins[b.name]:
                continue
            word = common_word(a, b)
            if word is not None:
                found.append((a.name, b.name, word))
    return found


def common_word(a: Row, b: Row) -> int | None:
    """A word that both rows match, or None. Conditions are tried over all values of the fields that they name."""
    fixed = a.value | b.value
    free_mask = ~(a.mask | b.mask) & 0xFFFFFFFF
    bits: set[int] = set()
    for row in (a, b):
        named = set(re.findall(r"[A-Za-z_]\w*", row.condition))
        for f in row.fields:
            if f.name in named:
                bits |= {n for n in range(f.lo, f.lo + f.width) if free_mask >> n & 1}
    order = sorted(bits)
    for choice in range(1 << len(order)):
        word = fixed
        for k, n in enumerate(order):
            word |= (choice >> k & 1) << n
        if a.holds(word) and b.holds(word):
            return word
    return None
