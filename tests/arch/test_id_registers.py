# SPDX-License-Identifier: MIT
"""ID registers follow the features: fields of the named cores as their manuals give them, and of max as its feature list says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emu import _core

ARCH = Path(__file__).resolve().parents[2] / "pyx" / "arch"

# From the Technical Reference Manuals. Left out: what these cores have and this core has not (AArch32, EL2, EL3, PMU, their number
# of breakpoints).
KNOWN = {
    "cortex-a53": {"MIDR_EL1": 0x410F_D034, "ID_AA64ISAR0_EL1": 0x1_1120, "ID_AA64MMFR0_EL1": 0x0000_1122, "CTR_EL0": 0x8444_8004},
    "cortex-a57": {"MIDR_EL1": 0x411F_D070, "ID_AA64ISAR0_EL1": 0x1_1120, "ID_AA64MMFR0_EL1": 0x0000_1124, "CTR_EL0": 0x8444_C004},
    "cortex-a72": {"MIDR_EL1": 0x410F_D083, "ID_AA64ISAR0_EL1": 0x1_1120, "ID_AA64MMFR0_EL1": 0x0000_1124, "CTR_EL0": 0x8444_C004},
    "cortex-a55": {"MIDR_EL1": 0x412F_D050, "ID_AA64ISAR0_EL1": 0x1000_1021_1120, "ID_AA64ISAR1_EL1": 0x10_0001,
                   "ID_AA64PFR1_EL1": 0x10, "ID_AA64MMFR2_EL1": 0x1011, "ID_AA64PFR0_EL1": 0x1100_0000_1011_0000},
    "cortex-a76": {"MIDR_EL1": 0x414F_D0B1, "ID_AA64ISAR0_EL1": 0x1000_1021_1120, "ID_AA64ISAR1_EL1": 0x10_0001,
                   "ID_AA64PFR1_EL1": 0x10, "ID_AA64MMFR2_EL1": 0x1011, "ID_AA64PFR0_EL1": 0x1100_0000_1011_0000},
    "neoverse-n1": {"MIDR_EL1": 0x414F_D0C1, "ID_AA64ISAR0_EL1": 0x1000_1021_1120, "ID_AA64ISAR1_EL1": 0x10_0001,
                    "ID_AA64PFR1_EL1": 0x20, "ID_AA64MMFR2_EL1": 0x1011, "ID_AA64PFR0_EL1": 0x1100_0000_1011_0000},
}
# Bits that this core answers in its own way.
OURS = {"ID_AA64MMFR0_EL1": 0xFF00, "ID_AA64PFR0_EL1": 0x0F00_FFFF}


def cpu_of(model: str, gic: int = 3) -> _core.CpuState:
    core = _core.Core(1, model, gic, True, 1)
    return core.cpu(0)


@pytest.mark.parametrize("model", KNOWN)
def test_named_cores(model: str) -> None:
    cpu = cpu_of(model)
    for name, value in KNOWN[model].items():
        mask = ~OURS.get(name, 0)
        assert cpu.get_sysreg(name) & mask == value & mask, name


def field(cpu: _core.CpuState, register: str, lsb: int) -> int:
    return int(cpu.get_sysreg(f"ID_{register}_EL1")) >> lsb & 15


def test_fixed_facts() -> None:
    for model in KNOWN:
        cpu = cpu_of(model)
        assert [field(cpu, "AA64PFR0", lsb) for lsb in (0, 4, 8, 12)] == [1, 1, 0, 0]    # AArch64 only; no EL2, EL3
        assert field(cpu, "AA64DFR0", 8) == 0 and field(cpu, "AA64MMFR0", 8) == 0        # no PMU, no big endian
    assert field(cpu_of("max", 3), "AA64PFR0", 24) == 1
    assert field(cpu_of("max", 2), "AA64PFR0", 24) == 0


def rows(name: str, macro: str) -> list[list[str]]:
    text = (ARCH / name).read_text()
    found = re.findall(rf"^{macro}\((.*)\)$", text, re.MULTILINE)
    return [[p.strip() for p in re.split(r",\s*(?![^\"]*\"[^\"]*$)", m)] for m in found]


def test_max_shows_every_feature_that_it_has() -> None:
    core = _core.Core(1, "max", 3, True, 1)
    cpu = core.cpu(0)
    has = {name for name, _, present in core.features() if present}
    fields = {(register, name): (int(lsb), int(absent)) for register, name, lsb, absent in rows("id_fields.def", "ID_FIELD")}
    wanted: dict[tuple[str, str], int] = {}
    for row in rows("features.def", "FEATURE"):
        feature, register, name, value = row[0], row[-3], row[-2], int(row[-1])
        if register != "NONE" and feature in has:
            wanted[register, name] = max(value, wanted.get((register, name), 0))
    for key, (lsb, absent) in fields.items():
        shown = field(cpu, key[0], lsb)
        if key[1] in ("APA", "API", "APA3", "GPA", "GPI", "GPA3", "PARange") or key == ("AA64PFR0", "AdvSIMD"):
            continue
        assert shown == wanted.get(key, absent), key


@pytest.mark.parametrize(("option", "isar1", "isar2"), [
    ("", 5 << 8 | 1 << 28, 0), (",pauth=impdef", 5 << 8 | 1 << 28, 0), (",pauth=qarma5", 5 << 4 | 1 << 24, 0),
    (",pauth=qarma3", 0, 5 << 12 | 1 << 8), (",pauth=off", 0, 0),
])
def test_pointer_authentication_algorithms(option: str, isar1: int, isar2: int) -> None:
    cpu = cpu_of("max" + option)
    assert cpu.get_sysreg("ID_AA64ISAR1_EL1") & 0xFF00_0FF0 == isar1 & 0xFF00_0FF0
    assert cpu.get_sysreg("ID_AA64ISAR2_EL1") & 0xFF00 == isar2


def test_caches() -> None:
    cpu = cpu_of("cortex-a72")

    def shape(csselr: int) -> tuple[int, int, int]:
        cpu.set_sysreg("CSSELR_EL1", csselr)
        value = int(cpu.get_sysreg("CCSIDR_EL1"))
        return (value >> 13 & 0x7FFF) + 1, (value >> 3 & 0x3FF) + 1, 16 << (value & 7)

    assert [shape(s) for s in (0, 1, 2)] == [(256, 2, 64), (256, 3, 64), (1024, 16, 64)]
    assert cpu.get_sysreg("CLIDR_EL1") == 0x0A20_0023
