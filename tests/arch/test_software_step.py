# SPDX-License-Identifier: MIT
"""Software step (MDSCR_EL1.SS), as a debugger of a guest's process uses it: one instruction between exceptions."""

from __future__ import annotations

import struct

from emu import _core

RAM, VECTORS, PROGRAM = 0x4000_0000, 0x4001_0000, 0x4002_0000
NOP, SVC_0, ERET = 0xD503_201F, 0xD400_0001, 0xD69F_03E0
SS = 1 << 21


class Stepper:
    """EL0 code under MDSCR_EL1.SS = 1. step() runs one ERET and what follows up to the next exception."""

    def __init__(self, *words: int) -> None:
        self.core = _core.Core(1, "max", 3, True, 1)
        self.core.add_ram(RAM, 0x10_0000)
        self.core.start_cpu(0, RAM, 0)
        self.cpu = self.core.cpu(0)
        self.core.write(RAM, struct.pack("<I", ERET))
        self.core.write(VECTORS, struct.pack("<512I", *[NOP] * 512))
        self.core.write(PROGRAM, struct.pack(f"<{len(words)}I", *words))
        for name, value in (("VBAR_EL1", VECTORS), ("OSLAR_EL1", 0), ("MDSCR_EL1", 1)):
            self.cpu.set_sysreg(name, value)

    def step(self, pc: int, ss: bool = True) -> tuple[int, int, int, int]:
        """(ESR, ELR, SPSR.SS, instructions until the vector)."""
        self.cpu.set_sysreg("ELR_EL1", pc)
        self.cpu.set_sysreg("SPSR_EL1", SS if ss else 0)
        self.cpu.pstate, self.cpu.pc = 0x3C5, RAM
        before = self.cpu.instructions
        while not VECTORS <= self.cpu.pc < VECTORS + 0x800:
            self.core.run(1)
        get = self.cpu.get_sysreg
        extra = (self.cpu.pc - VECTORS - 0x400) // 4
        return get("ESR_EL1"), get("ELR_EL1"), get("SPSR_EL1") >> 21 & 1, self.cpu.instructions - before - extra


STEP, ISV = 0x32 << 26 | 1 << 25 | 0x22, 1 << 24


def test_one_instruction_at_a_time() -> None:
    s = Stepper(NOP, 0x1400_0002, NOP, NOP)
    assert s.step(PROGRAM) == (STEP | ISV, PROGRAM + 4, 0, 2)
    assert s.step(PROGRAM + 4) == (STEP | ISV, PROGRAM + 12, 0, 2)


def test_without_spsr_ss_nothing_runs() -> None:
    assert Stepper(NOP, NOP).step(PROGRAM, ss=False) == (STEP, PROGRAM, 0, 1)


def test_svc_completes_and_a_fault_does_not() -> None:
    s = Stepper(SVC_0, 0xD420_0020)     # svc #0; brk #1
    assert s.step(PROGRAM) == (0x15 << 26 | 1 << 25, PROGRAM + 4, 0, 2)
    assert s.step(PROGRAM + 4) == (0x3C << 26 | 1 << 25 | 1, PROGRAM + 4, 1, 1)


def test_the_os_lock_turns_it_off() -> None:
    s = Stepper(NOP, NOP, SVC_0)
    s.cpu.set_sysreg("OSLAR_EL1", 1)
    assert s.step(PROGRAM) == (0x15 << 26 | 1 << 25, PROGRAM + 12, 0, 4)
