# SPDX-License-Identifier: MIT
"""Guests that mean harm: random code, registers, page tables and system registers, on machines with every device."""

from __future__ import annotations

import os
import random
import re
import struct
from functools import lru_cache

from emu import Machine, StopReason
from tests.isa.words import random_word, random_x, table

RAM, RAM_SIZE = 0x4000_0000, 4 << 20
PAGES = RAM + 0x20_0000  # page tables live from here on
UART, RTC, GIC, GIC_SECOND = 0x0900_0000, 0x0901_0000, 0x0800_0000, 0x080A_0000
PSCI_CALLS = (0x8400_0000, 0x8400_0001, 0xC400_0001, 0x8400_0002, 0xC400_0003, 0xC400_0004, 0x8400_000A, 0x8000_0001, 0x8400_0009)
MODELS = ("max", "max", "cortex-a53", "cortex-a57", "cortex-a72")
SYSTEM_REGISTERS = (
    "SCTLR_EL1", "TCR_EL1", "TTBR0_EL1", "TTBR1_EL1", "VBAR_EL1", "MAIR_EL1", "CPACR_EL1", "MDSCR_EL1", "CONTEXTIDR_EL1",
    "CNTKCTL_EL1", "CNTV_CTL_EL0", "CNTV_CVAL_EL0", "CNTP_CTL_EL0", "CNTP_CVAL_EL0", "CNTP_TVAL_EL0", "ELR_EL1", "SPSR_EL1",
    "SP_EL0", "TPIDR_EL0", "PAR_EL1", "FPCR", "FPSR", "OSDLR_EL1",
)  # fmt: skip
# A handler that goes on after the faulting instruction, at EL1 and in the first megabyte of RAM wherever it was.
SKIP = struct.pack(
    "<9I",
    0xD538_403C,  # mrs x28, elr_el1
    0x9100_139C,  # add x28, x28, #4
    0x927E_479C,  # and x28, x28, #0xffffc
    0xD2A8_001D,  # mov x29, #0x40000000
    0x8B1D_039C,  # add x28, x28, x29
    0xD518_403C,  # msr elr_el1, x28
    0xD280_78BD,  # mov x29, #0x3c5
    0xD518_401D,  # msr spsr_el1, x29
    0xD69F_03E0,  # eret
)
VECTORS = RAM + RAM_SIZE - 0x1000
IDENTITY_TCR = 25 | 25 << 16 | 1 << 23 | 2 << 32  # 39-bit addresses, TTBR1 walks disabled


def wanted_instructions(default: int) -> int:
    """How many instructions to run: more under .ci/run."""
    return int(os.environ.get("EMU_HOSTILE_INSNS", default))


@lru_cache(maxsize=4)
def words(pattern: str = "") -> tuple[int, ...]:
    """Random words of the decode table's rows whose names match, so that most execute."""
    rng = random.Random(1)
    rows = [row for row in table().rows if re.match(pattern, row.name)]
    found = [random_word(row, rng) for row in rows for _ in range(8 if len(rows) > 300 else 40)]
    return tuple(word for word in found if word is not None)


def code(rng: random.Random, n: int, pattern: str = "") -> bytes:
    """As many instructions: nearly all of the table's rows, or noise."""
    kind = rng.randrange(4)
    if kind == 0 and not pattern:
        return rng.randbytes(4 * n)
    chosen = rng.choices(words(pattern), k=n)
    return struct.pack(f"<{n}I", *chosen)


def address(rng: random.Random) -> int:
    """Somewhere that may hurt: RAM and its ends, devices, nowhere, the ends of the address space."""
    base = rng.choice((RAM, RAM, RAM, RAM + RAM_SIZE, PAGES, UART, RTC, GIC, GIC_SECOND, GIC_SECOND + 0x10000, 0, 1 << 63, 1 << 64, 1 << 48))
    reach = rng.choice((16, 256, 0x1000, 0x10000, RAM_SIZE))
    return (base + rng.randrange(-reach, reach)) & rng.choice((~0, ~0, ~15)) & 0xFFFF_FFFF_FFFF_FFFF


def descriptor(rng: random.Random) -> int:
    """A translation table descriptor, valid more often than not."""
    if rng.randrange(8) == 0:
        return rng.getrandbits(64)
    target = rng.choice((PAGES, PAGES, RAM, address(rng), rng.getrandbits(48))) & 0xFFFF_FFFF_F000
    attributes = rng.getrandbits(10) << 2 | (1 << 10 if rng.randrange(4) else 0)
    return target | attributes | rng.choice((0, 1, 3, 3, 3)) | (rng.getrandbits(14) << 50 if rng.randrange(3) == 0 else 0)


class Hostile:
    """A machine whose guest is at war with it. One seed, one war."""

    def __init__(self, seed: str, pattern: str = "", cpus: int | None = None) -> None:
        self.rng = rng = random.Random(seed)
        self.pattern = pattern
        self.machine = Machine(
            memory=RAM_SIZE, cpus=cpus or rng.choice((1, 1, 2, 4)), cpu=rng.choice(MODELS), gic_version=rng.choice((2, 3)), clock="virtual",
            generate_fdt=False,
        )  # fmt: skip
        self.core = self.machine._core
        block = code(rng, 0x4000, pattern)
        self.machine.memory.write(RAM, block * (RAM_SIZE // len(block)))
        for page in range(PAGES, PAGES + 0x20000, 0x1000):
            entries = [descriptor(rng) for _ in range(32)]
            self.machine.memory.write(page, struct.pack("<512Q", *(entries * 16)))
        self._write_vectors()
        # The first table is sane at level 1: the gigabytes of devices and of RAM, as Normal memory.
        self.machine.memory.write(PAGES, struct.pack("<2Q", 0x701, RAM | 0x701))

    def _write_vectors(self) -> None:
        for vector in range(VECTORS, VECTORS + 0x800, 0x80):
            self.machine.memory.write(vector, SKIP)

    def _start(self, index: int) -> None:
        rng, state = self.rng, self.core.cpu(index)
        self.core.start_cpu(index, RAM + rng.randrange(0, RAM_SIZE, 4), rng.choice(PSCI_CALLS))
        kind = rng.randrange(4)
        if kind:  # EL1 and EL0 with the MMU on; FP on; vectors in code
            for name, value in (("MAIR_EL1", 0xFF), ("TCR_EL1", IDENTITY_TCR), ("TTBR0_EL1", PAGES),
                                ("CPACR_EL1", 3 << 20), ("SCTLR_EL1", 0x30D0_0801 | rng.getrandbits(5) << 1)):  # fmt: skip
                state.set_sysreg(name, value)
        state.set_sysreg("VBAR_EL1", VECTORS if rng.randrange(4) else RAM + rng.randrange(0, RAM_SIZE, 0x800))
        for _ in range(rng.choice((0, 0, 1, 3))):
            name = rng.choice(SYSTEM_REGISTERS)
            state.set_sysreg(name, rng.choice((address(rng), rng.getrandbits(64), random_x(rng), state.get_sysreg(name) ^ 1 << rng.randrange(64))))
        if rng.randrange(3) == 0:
            state.pstate = rng.getrandbits(4) << 28 | rng.getrandbits(4) << 6 | rng.choice((0, 4, 5))

    def _shuffle(self, index: int) -> None:
        rng, state = self.rng, self.core.cpu(index)
        for i in range(31):
            state.set_x(i, address(rng) if rng.randrange(3) else random_x(rng))
        state.set_x(0, rng.choice((*PSCI_CALLS, address(rng))))
        state.sp = address(rng) & ~15 & 0xFFFF_FFFF_FFFF_FFFF

    def skirmish(self, instructions: int) -> int:
        """Shake cores up, run; the instructions that retired. Fails when the run hangs or its limit is not exact."""
        rng = self.rng
        for index in range(len(self.machine.cpus)):
            if rng.randrange(2) or self.core.cpu(index).halted > 2:
                self._start(index)
            self._shuffle(index)
        self._write_vectors()
        place = RAM + rng.randrange(0, RAM_SIZE - 4096, 4)
        self.machine.memory.write(place, code(rng, 64, self.pattern))
        stop = self.machine.run(max_instructions=instructions, timeout=60)
        assert stop.reason not in (StopReason.TIMEOUT, StopReason.INTERRUPTED), "the guest hangs the machine"
        assert stop.instructions <= instructions
        assert stop.reason is not StopReason.LIMIT or stop.instructions == instructions
        self.machine.console.read()
        return stop.instructions


def war(seed: str, instructions: int, pattern: str = "", cpus: int | None = None, longest: int = 20_000) -> None:
    """As many instructions on one machine after another."""
    done, campaign = 0, 0
    while done < instructions:
        hostile = Hostile(f"{seed}.{campaign}", pattern, cpus)
        campaign += 1
        for _ in range(100):
            done += hostile.skirmish(hostile.rng.choice((100, 1000, longest)))
            done += 10  # a guest that does nothing at all is not run for ever
