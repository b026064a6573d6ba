# SPDX-License-Identifier: MIT
"""From the decode table to C: struct Fields, the row table, and the decision tree that finds a word's row."""

from __future__ import annotations

from collections.abc import Sequence

from .table import Field, Row, Table, refined

BANNER = "/* Made by pyx/gen/decode_c.py from the .decode files of pyx/isa. */\n"


def fields_header(table: Table) -> str:
    """The struct that holds every field of any row."""
    names = sorted({f.name for row in table.rows for f in row.fields})
    members = "".join(f"    u32 {name};\n" for name in names)
    return BANNER + "typedef struct Fields {\n" + members + "} Fields;\n"


def handler_names(table: Table, row: Row, prefix: str) -> list[str]:
    """The handlers of a row, in the order of its form's variants. prefix: op, strict or slow."""
    form = table.forms[row.form]
    prefix = prefix if form.mem else "op"
    return [f"{prefix}_{row.name}{'_' + v if v != '-' else ''}" for v in form.variants]


def _extract(fields: Sequence[Field]) -> str:
    return "".join(f"    f->{f.name} = (u32)(w >> {f.lo}) & {(1 << f.width) - 1:#x};\n" for f in fields)


def rows_source(table: Table) -> str:
    """Row enum-less table: name, feature, form, field extraction, handlers in three columns."""
    out = [BANNER]
    layouts: dict[tuple[Field, ...], str] = {}
    for row in table.rows:
        key = tuple(sorted(row.fields, key=lambda f: f.name))
        if key not in layouts:
            layouts[key] = f"fields_{len(layouts)}"
            out.append(f"static void {layouts[key]}(u32 w, Fields *f)\n{{\n    (void)w; (void)f;\n{_extract(key)}}}\n")
    declared = {n for row in table.rows for p in ("op", "strict", "slow") for n in handler_names(table, row, p)}
    out += [f"Handler {name};\n" for name in sorted(declared)]
    for i, row in enumerate(table.rows):
        columns = [handler_names(table, row, p) for p in ("op", "strict", "slow")]
        if columns[0]:
            cells = ", ".join("{" + ", ".join(c) + "}" for c in columns)
            out.append(f"static Handler *const handlers_{i}[3][{len(columns[0])}] = {{{cells}}};\n")
    out.append("static const Row rows[] = {\n")
    for i, row in enumerate(table.rows):
        form = table.forms[row.form]
        key = tuple(sorted(row.fields, key=lambda f: f.name))
        handlers = f"&handlers_{i}[0][0]" if form.variants else "NULL"
        out.append(
            f'    {{"{row.name}", {row.feature}, form_{row.form}, {layouts[key]}, {handlers}, {len(form.variants)}, '
            f"{str(form.fp).lower()}, {row.mask:#010x}, {row.value:#010x}}},\n"
        )
    out.append("};\n")
    return "".join(out)


def _c_condition(row: Row) -> str:
    text = row.condition
    for f in sorted(row.fields, key=lambda f: -len(f.name)):
        import re

        text = re.sub(rf"\b{f.name}\b", f"((w >> {f.lo}) & {(1 << f.width) - 1:#x})", text)
    return text


class _Tree:
    """Splits the rows on fixed bits until few are left, then tests these one by one."""

    def __init__(self, table: Table) -> None:
        self.index = {row.name: i for i, row in enumerate(table.rows)}
        by_name = {row.name: row for row in table.rows}
        self.wins = {row.name: refined(row, by_name) for row in table.rows}
        self.lines: list[str] = []

    def emit(self, rows: list[Row], known: int, depth: int) -> None:
        pad = "    " * min(depth, 12)
        bits = self.split_bits(rows, known)
        if len(rows) <= 2 or not bits:
            self.leaf(rows, known, pad)
            return
        groups: dict[int, list[Row]] = {}
        for choice in range(1 << len(bits)):
            pattern = sum((choice >> k & 1) << n for k, n in enumerate(bits))
            chosen = [r for r in rows if not (r.value ^ pattern) & r.mask & sum(1 << n for n in bits)]
            if chosen:
                groups[pattern] = chosen
        mask = sum(1 << n for n in bits)
        self.lines.append(f"{pad}switch (w & {mask:#010x}) {{\n")
        merged: dict[tuple[str, ...], list[int]] = {}
        for pattern, chosen in groups.items():
            merged.setdefault(tuple(r.name for r in chosen), []).append(pattern)
        for patterns in merged.values():
            self.lines.append(pad + " ".join(f"case {p:#010x}:" for p in patterns) + "\n")
            self.emit(groups[patterns[0]], known | mask, depth + 1)
        self.lines.append(f"{pad}}}\n{pad}return -1;\n")

    def split_bits(self, rows: list[Row], known: int) -> list[int]:
        """Up to five bits that most rows fix and that tell rows apart."""
        scored = []
        for n in range(32):
            if known >> n & 1:
                continue
            ones = sum(1 for r in rows if r.mask >> n & 1 and r.value >> n & 1)
            zeros = sum(1 for r in rows if r.mask >> n & 1 and not r.value >> n & 1)
            if ones and zeros:
                scored.append((len(rows) - ones - zeros, abs(ones - zeros), n))
        scored.sort()
        if not scored:
            return []
        free = scored[0][0]
        return [n for loose, _, n in scored if loose <= free + len(rows) // 16][:5]

    def leaf(self, rows: list[Row], known: int, pad: str) -> None:
        order = sorted(rows, key=lambda r: -len(self.wins[r.name]))
        order.sort(key=lambda r: sum(1 for o in rows if r.name in self.wins[o.name]))
        for row in order:
            mask = row.mask & ~known
            tests = [f"(w & {mask:#010x}) == {row.value & mask:#010x}"] if mask else []
            tests += [f"({_c_condition(row)})"] if row.condition else []
            test = f"if ({' && '.join(tests)}) " if tests else ""
            self.lines.append(f"{pad}{test}return {self.index[row.name]}; /* {row.name} */\n")
            if not tests:
                return
        self.lines.append(f"{pad}return -1;\n")


def tree_source(table: Table) -> str:
    """int find_row(u32 w): the index of the word's row, or -1."""
    tree = _Tree(table)
    tree.emit(table.rows, 0, 1)
    return BANNER + "static int find_row(u32 w)\n{\n" + "".join(tree.lines) + "}\n"
