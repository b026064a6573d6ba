# SPDX-License-Identifier: MIT
"""The table of system registers: what the generator refuses, encodings against the assembler, access from EL0."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from emu import _core
from pyx.gen.sysregs import SysReg, SysRegError, parse_row, read_rows, table_source

ASSEMBLER, OBJDUMP = shutil.which("aarch64-linux-gnu-as"), shutil.which("aarch64-linux-gnu-objdump")
# Registers that binutils 2.40 does not know by name.
UNKNOWN_NAMES = {"ID_AA64FPFR0_EL1", "ID_AA64PFR2_EL1", "ID_AA64MMFR4_EL1", "ID_AA64MMFR3_EL1", "ID_AA64ISAR3_EL1"}
VECTORS, CODE, RAM = 0x4001_0000, 0x4002_0000, 0x4000_0000


@pytest.mark.parametrize(("row", "complaint"), [
    ("X 3 0 0 0", "a row is"),
    ("X 3 0 0 0 q 1/1 -", "are numbers"),
    ("X 1 0 0 0 0 1/1 -", "does not fit"),
    ("X 3 8 0 0 0 1/1 -", "does not fit"),
    ("X 3 0 0 0 0 1 -", "two exception levels"),
    ("X 3 0 0 0 0 1/4 -", "no exception level"),
    ("X 3 0 0 0 0 1/1 - colour=red", "not known"),
    ("X 3 0 0 0 0 1/1 - at=a at=b", "not known"),
    ("X 3 0 0 0 0 1/1 - mask=yes", "no number"),
    ("X 3 0 0 0 0 1/1 - hot", "not known"),
])
def test_bad_rows_are_refused(row: str, complaint: str) -> None:
    with pytest.raises(SysRegError, match=complaint) as error:
        parse_row(row, "here:1")
    assert str(error.value).startswith("here:1:")


def test_names_and_encodings_stand_once(tmp_path: Path) -> None:
    for second, complaint in (("A 3 0 0 0 1 1/1 -", "stands twice"), ("B 3 0 0 0 0 1/1 -", "encoding of A")):
        path = tmp_path / "some.def"
        path.write_text(f"A 3 0 0 0 0 1/1 -   # first\n{second}\n")
        with pytest.raises(SysRegError, match=f"some.def:2: .*{complaint}"):
            read_rows(path)


def test_the_table_is_sorted() -> None:
    rows = read_rows()
    assert [r.encoding for r in rows] == sorted({r.encoding for r in rows})
    assert table_source(rows).count('.name = "') == len(rows)


def mrs(row: SysReg, register: int = 0) -> int:
    """MRS X<register>, row."""
    return 0xD520_0000 | row.encoding << 5 | register


def msr(row: SysReg, register: int = 0) -> int:
    """MSR row, X<register>."""
    return 0xD500_0000 | row.encoding << 5 | register


@pytest.mark.skipif(ASSEMBLER is None or OBJDUMP is None, reason="no binutils for AArch64")
def test_encodings_are_the_assemblers(tmp_path: Path) -> None:
    rows = [row for row in read_rows() if row.name not in UNKNOWN_NAMES]
    text = "".join(f"mrs x0, {r.name}\n" if r.read_el is not None else f"msr {r.name}, x0\n" for r in rows)
    (tmp_path / "all.s").write_text(".arch armv8.8-a+rng+sve+sme\n" + text)
    assert ASSEMBLER and OBJDUMP
    subprocess.run([ASSEMBLER, tmp_path / "all.s", "-o", tmp_path / "all.o"], check=True)
    listing = subprocess.run([OBJDUMP, "-d", tmp_path / "all.o"], check=True, capture_output=True, text=True).stdout
    words = [int(w, 16) for w in re.findall(r"^\s+[0-9a-f]+:\t([0-9a-f]{8}) ", listing, re.MULTILINE)]
    assert words == [mrs(r) if r.read_el is not None else msr(r) for r in rows]


class Bench:
    """A core that runs single words at EL1 or EL0 and tells the syndrome of what they raise."""

    def __init__(self, model: str = "max") -> None:
        self.core = _core.Core(1, model, 3, True, 1)
        self.core.add_ram(RAM, 0x10_0000)
        self.core.start_cpu(0, CODE, 0)
        self.cpu = self.core.cpu(0)
        self.x = self.cpu.x_view()
        self.cpu.set_sysreg("VBAR_EL1", VECTORS)
        self.cpu.set_sysreg("CPACR_EL1", 3 << 20)
        self.core.write(VECTORS, struct.pack("<512I", *[0x1400_0000] * 512))

    def run(self, word: int, el: int) -> int | None:
        """ESR_EL1 of the exception that the instruction raises; None when it completes."""
        self.core.write(CODE, struct.pack("<2I", word, 0x1400_0000))
        self.cpu.pstate = 0x3C5 if el else 0x3C0
        self.cpu.pc = CODE
        self.core.run(1)
        if self.cpu.pc == CODE + 4:
            return None
        assert self.cpu.get_sysreg("ELR_EL1") == CODE
        return int(self.cpu.get_sysreg("ESR_EL1"))


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


UNDEFINED = 0x0200_0000


def trap(word: int) -> int:
    """ESR_EL1 of a trapped MRS, MSR or SYS (EC 0x18)."""
    op0, op1, crn, crm, op2 = word >> 19 & 3, word >> 16 & 7, word >> 12 & 15, word >> 8 & 15, word >> 5 & 7
    return (0x18 << 26 | 1 << 25 | op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | (word & 31) << 5 | crm << 1 | word >> 21 & 1)


def in_id_space(row: SysReg) -> bool:
    return row.op0 == 3 and row.op1 in (0, 1, 3) and row.crn == 0 and row.crm < 8


@pytest.mark.parametrize("row", [r for r in read_rows() if r.feature not in ("FEAT_NMI",)], ids=lambda r: str(r.name))
def test_every_row_is_there_and_where_it_may_be(bench: Bench, row: SysReg) -> None:
    refused = trap(mrs(row, 3)) if in_id_space(row) else UNDEFINED
    for el in (0, 1):
        readable, writable = ((row.read_el if e is None else e) is not None for e in (None, row.write_el))
        readable = readable and el >= (row.read_el or 0)
        writable = writable and el >= (row.write_el or 0)
        checked = el == 0 and ("el0" in row.options or "access" in row.options)
        if not readable:
            assert bench.run(mrs(row, 3), el) == refused
        elif not checked or row.name in ("MDCCSR_EL0", "DBGDTR_EL0", "DBGDTRRX_EL0"):
            assert bench.run(mrs(row, 3), el) is None
        else:
            assert bench.run(mrs(row, 3), el) == trap(mrs(row, 3))
        if not writable:
            assert bench.run(msr(row, 3), el) == UNDEFINED


def test_controls_of_el0(bench: Bench) -> None:
    ctr, daif, zva, cvau, cntvct = 0xD53B_0023, 0xD53B_4223, 0xD50B_7423, 0xD50B_7B23, 0xD53B_E043
    bench.x[3] = CODE + 0x1000
    for word, name, bit in ((ctr, "SCTLR_EL1", 15), (daif, "SCTLR_EL1", 9), (zva, "SCTLR_EL1", 14), (cvau, "SCTLR_EL1", 26),
                            (cntvct, "CNTKCTL_EL1", 1)):
        assert bench.run(word, 0) == trap(word)
        before = bench.cpu.get_sysreg(name)
        bench.cpu.set_sysreg(name, before | 1 << bit)
        bench.x[3] = CODE + 0x1000
        assert bench.run(word, 0) is None
        bench.cpu.set_sysreg(name, before)


def test_masks_and_reset(bench: Bench) -> None:
    get, put = bench.cpu.get_sysreg, bench.cpu.set_sysreg
    sctlr = get("SCTLR_EL1")
    assert sctlr == 0x30D0_0980
    for name, value, seen in (("VBAR_EL1", ~0 & (1 << 64) - 1, (1 << 64) - 0x800), ("CSSELR_EL1", 0xFFFF, 0xF),
                              ("CPACR_EL1", 0xFFFF_FFFF, 3 << 20), ("ACTLR_EL1", 0xFFFF, 0), ("FPCR", 0xFFFF_FFFF, 0x07C8_0000),
                              ("FPSR", 0xFFFF_FFFF, 0x0800_009F), ("CNTKCTL_EL1", 0xFFFF_FFFF, 0x203FF)):
        before = get(name)
        put(name, value)
        assert get(name) == seen, name
        put(name, before)
    with pytest.raises(KeyError):
        get("SCTLR_EL3")
    with pytest.raises(KeyError):
        put("MIDR_EL1", 1)


def test_older_cores_lack_what_they_lack() -> None:
    old = Bench("cortex-a53")
    pan, apia, id_reserved, mmfr2 = 0xD538_4263, 0xD538_2103, 0xD538_03E3, 0xD538_0743
    assert [old.run(w, 1) for w in (pan, apia, id_reserved, mmfr2)] == [UNDEFINED, UNDEFINED, None, None]
    assert old.run(mmfr2, 0) == UNDEFINED       # no FEAT_IDST: not a trap
    assert old.run(0xD500_419F, 1) == UNDEFINED  # MSR PAN, #1
    assert old.run(0xD503_233F, 1) is None       # PACIASP is a NOP
