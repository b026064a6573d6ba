# SPDX-License-Identifier: MIT
"""Write docs/instructions.md from the decode table: ``python tools/list_instructions.py [--check]``.

--check writes nothing, and exits 1 if the file is not what the table says.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pyx.gen.build import ISA, load_table
from pyx.gen.table import Row

OUTPUT = ROOT / "docs" / "instructions.md"
HEAD = """# Instructions

Made from the decode table (`pyx/isa/*.decode`) by `python tools/list_instructions.py`; a test compares. One row is one encoding that the
decoder knows, {rows} in all. A word of no row, or of a row whose feature the CPU model lacks, is UNDEFINED; `emu info --cpu MODEL` lists
what a model has. All rows are implemented, but for those whose status is *UNDEFINED*: they exist in the architecture and raise the
exception that a core without EL2, EL3 and external debug raises.

Not in the table: SVE, SME, MTE, LS64, and what FPCR.AH changes.

Encoding: bits 31 to 0, a letter or digit each; `x` is part of a field.
"""
TITLES = {
    "atomics": "Atomic memory operations", "branch": "Branches", "crypto": "Cryptography", "dp": "Data processing",
    "fp": "Scalar floating point", "ldst": "Loads and stores", "simd_fp": "Advanced SIMD: floating point",
    "simd_int": "Advanced SIMD: integer", "simd_ldst": "Advanced SIMD: loads and stores of structures",
    "simd_misc": "Advanced SIMD: permutes, copies, immediates", "system": "System",
}
NEVER = {"SMC", "HLT", "DCPS1", "DCPS2", "DCPS3", "DRPS"}


def encoding(row: Row) -> str:
    """Return the word as 32 characters, in bytes."""
    bits = "".join(str(row.value >> n & 1) if row.mask >> n & 1 else "x" for n in range(31, -1, -1))
    return " ".join(bits[n:n + 8] for n in range(0, 32, 8))


def section(title: str, rows: list[Row]) -> str:
    """Return one class of instructions as a table."""
    lines = [f"\n## {title}\n", "| row | encoding | only if | feature | status |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        condition = re.sub(r"\|", r"\\|", row.condition)
        feature = "" if row.feature == "FEAT_NONE" else row.feature
        status = "*UNDEFINED*" if row.name in NEVER else "yes"
        lines.append(f"| `{row.name}` | `{encoding(row)}` | {f'`{condition}`' if condition else ''} | {feature} | {status} |")
    return "\n".join(lines) + "\n"


def text() -> str:
    """Return the whole document."""
    rows = load_table().rows
    parts = [HEAD.format(rows=len(rows))]
    for path in sorted(ISA.glob("*.decode")):
        own = [row for row in rows if row.where.startswith(f"{path.name}:")]
        parts.append(section(TITLES.get(path.stem, path.stem), own))
    return "".join(parts)


def main() -> int:
    """Write the document, or check it; returns the exit status."""
    if "--check" in sys.argv[1:]:
        return 0 if OUTPUT.exists() and OUTPUT.read_text() == text() else 1
    OUTPUT.write_text(text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
