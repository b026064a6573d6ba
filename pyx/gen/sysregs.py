# SPDX-License-Identifier: MIT
"""From pyx/arch/sysregs.def to the C table of system registers, sorted by encoding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DEFINITION = Path(__file__).resolve().parent.parent / "arch" / "sysregs.def"
BANNER = "/* Made by pyx/gen/sysregs.py from pyx/arch/sysregs.def. */\n"
FLAGS = {"fp": "SYSREG_FP", "context": "SYSREG_CONTEXT", "nzcv": "SYSREG_NZCV", "banked_sp": "SYSREG_BANKED_SP"}
KEYS = {"at", "mask", "reset", "read", "write", "access", "arg", "el0"}
NUMBERS = {"mask", "reset"}


class SysRegError(Exception):
    """A row that can't be read; the message begins with file:line."""


@dataclass(frozen=True)
class SysReg:
    """One row. read_el, write_el: lowest EL that may, None for nobody. options: the key=value words of the row."""

    name: str
    op0: int
    op1: int
    crn: int
    crm: int
    op2: int
    read_el: int | None
    write_el: int | None
    feature: str
    options: dict[str, str]
    flags: frozenset[str]

    @property
    def encoding(self) -> int:
        """op0:op1:CRn:CRm:op2 as a 16-bit number, as in the instruction word from bit 5 on."""
        return self.op0 << 14 | self.op1 << 11 | self.crn << 7 | self.crm << 3 | self.op2


def _level(text: str, where: str) -> int | None:
    if text == "-":
        return None
    if text not in "0123":
        raise SysRegError(f"{where}: {text!r} is no exception level")
    return int(text)


def _options(words: list[str], where: str) -> tuple[dict[str, str], frozenset[str]]:
    options: dict[str, str] = {}
    flags = set()
    for word in words:
        key, equals, value = word.partition("=")
        if not equals and word in FLAGS:
            flags.add(word)
        elif equals and value and key in KEYS and key not in options:
            options[key] = value
        else:
            raise SysRegError(f"{where}: {word!r} is not known here")
        if key in NUMBERS and not re.fullmatch(r"0x[0-9a-fA-F]+|\d+", value):
            raise SysRegError(f"{where}: {value!r} is no number")
    return options, frozenset(flags)


def parse_row(line: str, where: str) -> SysReg:
    """A row from its line of text. Raises SysRegError."""
    words = line.split()
    if len(words) < 8:
        raise SysRegError(f"{where}: a row is NAME op0 op1 CRn CRm op2 READ/WRITE FEATURE what")
    try:
        op0, op1, crn, crm, op2 = (int(w) for w in words[1:6])
    except ValueError:
        raise SysRegError(f"{where}: op0 op1 CRn CRm op2 are numbers") from None
    if op0 not in (2, 3) or op1 > 7 or crn > 15 or crm > 15 or op2 > 7 or min(op1, crn, crm, op2) < 0:
        raise SysRegError(f"{where}: the encoding of {words[0]} does not fit")
    read, slash, write = words[6].partition("/")
    if not slash:
        raise SysRegError(f"{where}: READ/WRITE are two exception levels")
    options, flags = _options(words[8:], where)
    feature = "FEAT_NONE" if words[7] == "-" else words[7]
    return SysReg(words[0], op0, op1, crn, crm, op2, _level(read, where), _level(write, where), feature, options, flags)


def read_rows(path: Path = DEFINITION) -> list[SysReg]:
    """All rows, sorted by encoding. Raises SysRegError, also for a name or an encoding that stands twice."""
    rows: dict[int, SysReg] = {}
    names: set[str] = set()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        where = f"{path.name}:{number}"
        row = parse_row(line, where)
        if row.name in names:
            raise SysRegError(f"{where}: {row.name} stands twice")
        if row.encoding in rows:
            raise SysRegError(f"{where}: {row.name} has the encoding of {rows[row.encoding].name}")
        names.add(row.name)
        rows[row.encoding] = row
    return [rows[encoding] for encoding in sorted(rows)]


def _number(text: str) -> str:
    return f"{int(text, 0):#x}ull"


def _initialiser(row: SysReg) -> str:
    o = row.options
    parts = [f'.name = "{row.name}"', f".encoding = {row.encoding:#06x}"]
    parts += [f".read_el = {'SYSREG_NEVER' if row.read_el is None else row.read_el}"]
    parts += [f".write_el = {'SYSREG_NEVER' if row.write_el is None else row.write_el}"]
    parts += [f".feature = {row.feature}", f".mask = {_number(o.get('mask', '0xffffffffffffffff'))}"]
    if "at" in o:
        parts += [f".offset = offsetof(Cpu, {o['at']})", f".size = sizeof(((Cpu *)0)->{o['at']})"]
    if "reset" in o:
        parts += [f".reset = {_number(o['reset'])}"]
    if "el0" in o:
        parts += [f".el0_ctx = CTX_{o['el0']}"]
    parts += [f".{key} = {o[key]}" for key in ("read", "write", "access", "arg") if key in o]
    if row.flags:
        parts += [".flags = " + " | ".join(FLAGS[f] for f in sorted(row.flags))]
    return "    {" + ", ".join(parts) + "},\n"


def table_source(rows: list[SysReg]) -> str:
    """sysregs_table.h: what cpu/sysreg.c includes after its declarations."""
    kinds = {"read": "SysRegRead", "write": "SysRegWrite", "access": "SysRegAccess"}
    used = sorted({(kinds[k], r.options[k]) for r in rows for k in kinds if k in r.options})
    out = [BANNER]
    out += [f"{kind} {name};\n" for kind, name in used]
    out += [f"_Static_assert(offsetof(Cpu, {r.options['at']}) < 0x10000, \"ops hold 16-bit offsets\");\n"
            for r in rows if "at" in r.options]
    out += ["const SysReg sysreg_table[] = {\n", *(_initialiser(r) for r in rows), "};\n"]
    out += ["const unsigned sysreg_count = ARRAY_LEN(sysreg_table);\n"]
    return "".join(out)


def generate(out: Path) -> None:
    """Writes sysregs_table.h into a build directory; leaves the file alone when it would not change."""
    path, text = out / "sysregs_table.h", table_source(read_rows())
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
