# SPDX-License-Identifier: MIT
"""Writes all generated C into a build directory, and names the sources of the extension. Run by setup.py.

Each file of handlers (pyx/isa/*.h) is a translation unit; one that uses the memory words becomes three (op.h).
"""

from __future__ import annotations

import re
from pathlib import Path

from .decode_c import fields_header, rows_source, tree_source
from .table import Table, overlaps, read_table

PYX = Path(__file__).resolve().parent.parent
ISA = PYX / "isa"
MEMORY_WORDS = re.compile(r"\b(LOAD|STORE|RMW)\w*\(")
NOT_HANDLERS = {"op.h", "translate.h", "decode.h", "condition.h", "dp_words.h"}


def write_if_changed(path: Path, text: str) -> Path:
    """Keeps the time stamp of a file that would not change, so that nothing is compiled for it."""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return path


def load_table() -> Table:
    """The decode table of the instruction set."""
    return read_table(sorted(ISA.glob("*.decode")))


def handler_files() -> list[Path]:
    """The files of handlers, without forms and words."""
    return [p for p in sorted(ISA.glob("*.h")) if p.name not in NOT_HANDLERS and not p.name.startswith("forms_")]


def write_units(out: Path) -> list[Path]:
    """One C file for each pass over each file of handlers."""
    units = []
    for path in handler_files():
        passes = ["FAST", "STRICT", "SLOW"] if MEMORY_WORDS.search(path.read_text()) else [""]
        for name in passes:
            define = f"#define EMU_PASS_{name}\n" if name else ""
            text = f'{define}#include "isa/op.h"\n#include "arch/pseudocode.h"\n#include "isa/{path.name}"\n'
            units.append(write_if_changed(out / f"unit_{path.stem}{'_' + name.lower() if name else ''}.c", text))
    return units


def generate(out: Path) -> list[Path]:
    """Writes everything below `out`; returns all C sources, generated ones and pyx/'s own."""
    table = load_table()
    found = overlaps(table)
    if found:
        raise SystemExit("\n".join(f"rows {a} and {b} overlap: {word:#010x}" for a, b, word in found))
    write_if_changed(out / "a64_fields.h", fields_header(table))
    forms = sorted(p.name for p in ISA.glob("forms_*.h"))
    write_if_changed(out / "a64_forms.h", "".join(f'#include "isa/{name}"\n' for name in forms))
    write_if_changed(out / "a64_rows.h", rows_source(table))
    write_if_changed(out / "a64_tree.h", tree_source(table))
    try:
        from . import sysregs
    except ImportError:
        pass
    else:
        sysregs.generate(out)
    own = [p for room in ("arch", "mem", "isa", "cpu", "dev") for p in sorted((PYX / room).glob("*.c"))]
    return own + write_units(out)
