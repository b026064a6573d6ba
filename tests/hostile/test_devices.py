# SPDX-License-Identifier: MIT
"""Accesses of every kind to devices, to where nothing is, and across the ends of things."""

import random

import pytest

from emu import Machine
from tests.code import BRANCH_TO_SELF, assemble

from .guests import GIC, GIC_SECOND, IDENTITY_TCR, RTC, UART, wanted_instructions, war

RAM, END = 0x4000_0000, 0x4100_0000
VECTORS, TABLE, CODE = RAM + 0x1000, RAM + 0x3000, RAM + 0x8000
ACCESSES = (0x3900_0022, 0x7900_0022, 0xB900_0022, 0xF900_0022, 0x3940_0022, 0x7940_0022, 0xB940_0022, 0xF940_0022)
STRANGE = {
    "ldp": 0xA940_0C22, "stp": 0xA900_0C22, "ldr q": 0x3DC0_0022, "str q": 0x3D80_0022, "ldp q": 0xAD40_0C22, "stp q": 0xAD00_0C22,
    "ld1 4 regs": 0x4C40_2022, "st4": 0x4C00_0022, "ldxr": 0xC85F_7C22, "ldxp": 0xC87F_0C22, "ldar": 0xC8DF_FC22, "stlr": 0xC89F_FC22,
    "swp": 0xF824_8022, "ldadd": 0xB824_0022, "cas": 0xC8A4_7C22, "casp": 0x4824_7C26, "dc zva": 0xD50B_7421, "dc civac": 0xD50B_7E21,
    "ldtr": 0xF840_0822, "prfm": 0xF980_0020, "ldr x unscaled": 0xF840_1022, "str x unscaled": 0xF800_1022, "strh unscaled": 0x7800_1022,
}  # fmt: skip
ABORTS = {0x21, 0x25, 0x22}


def machine(mmu, gic_version=3):
    m = Machine(memory="16MiB", clock="virtual", gic_version=gic_version, generate_fdt=False)
    m.load(assemble(BRANCH_TO_SELF))
    m.memory.write(VECTORS, assemble(*[BRANCH_TO_SELF] * 512))
    m.memory.write(TABLE, (0x701).to_bytes(8, "little") + (RAM | 0x701).to_bytes(8, "little"))
    settings = {"VBAR_EL1": VECTORS, "CPACR_EL1": 3 << 20, "MAIR_EL1": 0xFF, "TTBR0_EL1": TABLE, "TCR_EL1": IDENTITY_TCR}
    for name, value in settings.items():
        m.cpu.sysregs[name] = value
    if mmu:  # everything Normal memory: misaligned accesses reach devices
        m.cpu.sysregs["SCTLR_EL1"] = 0x30D0_0801
    return m


def execute(m, word, address, value=0):
    """One instruction with such an address in X1, value in X2. Its exception class, or None."""
    m.memory.write(CODE, assemble(word))
    m.cpu.pstate = 0x3C5
    m.cpu.pc = CODE
    m.cpu.x[1], m.cpu.x[2], m.cpu.x[4] = address % (1 << 64), value, value
    assert m._core.run(1, 20_000_000_000) == m._core.STOP_LIMIT
    return m.cpu.sysregs["ESR_EL1"] >> 26 if VECTORS <= m.cpu.pc < VECTORS + 0x800 else None


@pytest.mark.parametrize("mmu", [False, True], ids=["strict", "misaligned"])
@pytest.mark.parametrize(("base", "size", "gic_version"), [(UART, 0x1000, 3), (RTC, 0x1000, 3), (GIC, 0x10000, 2), (GIC, 0x10000, 3),
                                                          (GIC_SECOND, 0x20000, 3), (0x0801_0000, 0x10000, 2)])  # fmt: skip
def test_registers_at_random(base, size, gic_version, mmu):
    m = machine(mmu, gic_version)
    rng = random.Random(base + mmu)
    for _ in range(wanted_instructions(150_000) // 100):
        offset = rng.choice((rng.randrange(0, 0x1000), rng.randrange(0, size), rng.randrange(0, size, 4))) % size
        value = rng.choice((0, 1, (1 << 64) - 1, rng.getrandbits(32), rng.getrandbits(64), 1 << rng.randrange(64)))
        execute(m, rng.choice(ACCESSES), base + offset, value)
        assert m.cpu.el == 1
    m.reset()


@pytest.mark.parametrize("mmu", [False, True], ids=["device", "normal"])
def test_strange_accesses(mmu):
    m = machine(mmu)
    nowhere = (0x0A00_0000, 0x1_0000_0000, 1 << 47, 1 << 63, (1 << 64) - 4, (1 << 64) - 16, (1 << 48) - 4)
    for base in (UART, RTC, GIC, GIC_SECOND, UART + 0xFF8, UART + 0xFFC, END - 4, END - 8, END - 16, RAM - 4, *nowhere):
        for word in STRANGE.values():
            for misalignment in (0, 1, 4, 7):
                execute(m, word, base + misalignment, 0x1234)
    for word in (STRANGE["swp"], STRANGE["cas"], STRANGE["dc zva"]):
        assert execute(m, word, UART) in ABORTS
    for address in nowhere:
        assert execute(m, STRANGE["ldr q"], address) in ABORTS


def test_end_of_memory_is_whole_or_untouched():
    m = machine(mmu=True)
    m.memory.write(END - 16, bytes(range(16)))
    for word in (STRANGE["stp"], STRANGE["str q"], STRANGE["stp q"]):
        assert execute(m, word, END - 8, (1 << 64) - 1) in ABORTS
    assert m.memory.read(END - 16, 16) == bytes(range(16))


@pytest.mark.parametrize("table", [UART, GIC, 0x0A00_0000, END, END - 8, (1 << 48) - 4096, RAM - 4096])
def test_page_tables_where_no_memory_is(table):
    m = machine(mmu=False)
    m.cpu.sysregs["TTBR0_EL1"] = table
    m.cpu.sysregs["SCTLR_EL1"] = 0x30D0_0801
    m.cpu.pc = CODE
    m._core.run(1000, 20_000_000_000)
    assert m.cpu.sysregs["ESR_EL1"] >> 26 in ABORTS


def test_accesses_to_devices():
    war("devices", wanted_instructions(500_000) // 10, r"(LD|ST|CAS|SWP|DC_)", longest=2000)
