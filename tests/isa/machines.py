# SPDX-License-Identifier: MIT
"""One instruction at a time, on us and on Unicorn, with the same registers and memory.

Both run at EL1 with an identity-mapped page of code and a window of data, so that accesses may be unaligned. A case is a State;
run() gives the State after, and whether an exception was taken.
"""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass, field

from .words import random_v, random_x

CODE = 0x40100000
DATA = 0x40200000
DATA_SIZE = 0x3000
TABLES = 0x40000000
VECTORS = 0x40010000
MASK = 0xFFFFFFFFFFFFFFFF


@dataclass
class State:
    """What an instruction can see and change."""

    x: list[int] = field(default_factory=lambda: [0] * 31)
    sp: int = DATA + 0x1000
    pc: int = CODE
    nzcv: int = 0
    v: list[int] = field(default_factory=lambda: [0] * 32)
    fpcr: int = 0
    fpsr: int = 0
    memory: bytes = bytes(DATA_SIZE)

    def differences(self, other: State) -> dict[str, tuple[str, str]]:
        """Name to (this, other), in hexadecimal, of all that differs."""
        found = {}
        for i, (a, b) in enumerate(zip(self.x, other.x, strict=True)):
            if a != b:
                found[f"x{i}"] = (f"{a:#x}", f"{b:#x}")
        for i, (a, b) in enumerate(zip(self.v, other.v, strict=True)):
            if a != b:
                found[f"v{i}"] = (f"{a:#034x}", f"{b:#034x}")
        for name in ("sp", "pc", "nzcv", "fpcr", "fpsr"):
            a, b = getattr(self, name), getattr(other, name)
            if a != b:
                found[name] = (f"{a:#x}", f"{b:#x}")
        if self.memory != other.memory:
            at = next(i for i, (a, b) in enumerate(zip(self.memory, other.memory, strict=True)) if a != b)
            found[f"memory[{at:#x}]"] = (self.memory[at:at + 32].hex(), other.memory[at:at + 32].hex())
        return found


def random_state(rng: random.Random, memory: bytes, fpcr: int = 0) -> State:
    """Random registers; about half of the general ones point into the data window, for address operands."""
    state = State(memory=memory, nzcv=rng.randrange(16), fpcr=fpcr)
    state.x = [DATA + 0x1000 + rng.randrange(0x1000) if rng.randrange(2) else random_x(rng) for _ in range(31)]
    state.sp = DATA + 0x1000 + rng.randrange(0x100) * 16
    state.v = [random_v(rng) for _ in range(32)]
    return state


class Ours:
    """This project's machine, one core."""

    def __init__(self, model: str = "max") -> None:
        from emu import _core

        self.core = _core.Core(1, model, 3, True, 1)
        self.core.add_ram(0x40000000, 0x1000000)
        self.core.start_cpu(0, CODE, 0)
        self.cpu = self.core.cpu(0)
        self.x = self.cpu.x_view()
        self.v = self.cpu.v_view()
        self.memory = self.core.view(DATA, DATA_SIZE)
        self.core.write(VECTORS, struct.pack("<512I", *[0x14000000] * 512))  # b . : where exceptions end up
        # One level-1 table: the GB at 0x40000000 is Normal memory, readable, writable and executable at EL1.
        self.core.write(TABLES, struct.pack("<4Q", 0, 0x40000000 | 0x701, 0, 0))
        for name, value in (("MAIR_EL1", 0xFF), ("TCR_EL1", 25 | 25 << 16 | 1 << 23 | 2 << 32), ("TTBR0_EL1", TABLES),
                            ("VBAR_EL1", VECTORS), ("CPACR_EL1", 3 << 20), ("SCTLR_EL1", 0x30D00801 | 1 << 2 | 1 << 12)):
            self.cpu.set_sysreg(name, value)
        self.set_word = None

    def run(self, words: list[int], state: State) -> tuple[State, int | None]:
        """State after as many instructions, and ESR_EL1 if an exception was taken (None: none)."""
        cpu = self.cpu
        if words != self.set_word:
            self.core.write(CODE, struct.pack(f"<{len(words)}I", *words))
            self.set_word = words
        cpu.pstate = 0x3C5
        for i in range(31):
            self.x[i] = state.x[i]
        self.x[31] = state.sp
        cpu.pc = state.pc
        cpu.nzcv = state.nzcv
        self.v[:] = b"".join(v.to_bytes(16, "little") for v in state.v)
        cpu.fpcr = state.fpcr
        cpu.fpsr = state.fpsr
        self.memory[:] = state.memory
        self.core.run(len(words))
        v = bytes(self.v)
        after = State([self.x[i] for i in range(31)], self.x[31], cpu.pc, cpu.nzcv,
                      [int.from_bytes(v[16 * i:16 * i + 16], "little") for i in range(32)], cpu.fpcr, cpu.fpsr, bytes(self.memory))
        taken = VECTORS <= after.pc < VECTORS + 0x800
        return after, cpu.get_sysreg("ESR_EL1") if taken else None


class Unicorn:
    """Unicorn's CPU. It aborts the whole process on some words: run it where that does no harm."""

    def __init__(self) -> None:
        import unicorn
        from unicorn import arm64_const as c

        self.uc = unicorn.Uc(unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM)
        self.uc.ctl_set_cpu_model(c.UC_CPU_ARM64_MAX)
        self.error = unicorn.UcError
        self.uc.mem_map(CODE, 0x1000)
        self.uc.mem_map(DATA, DATA_SIZE)
        self.uc.reg_write(c.UC_ARM64_REG_CPACR_EL1, 3 << 20)
        self.names = [c.UC_ARM64_REG_X0 + i if i < 29 else (c.UC_ARM64_REG_X29, c.UC_ARM64_REG_X30)[i - 29] for i in range(31)]
        self.names += [c.UC_ARM64_REG_SP, c.UC_ARM64_REG_PC, c.UC_ARM64_REG_NZCV, c.UC_ARM64_REG_FPCR, c.UC_ARM64_REG_FPSR]
        self.names += [c.UC_ARM64_REG_V0 + i for i in range(32)]
        self.words: list[int] | None = None

    def run(self, words: list[int], state: State) -> tuple[State, int | None]:
        """As Ours.run; an exception of any kind gives 0."""
        uc = self.uc
        if words != self.words:
            uc.mem_write(CODE, struct.pack(f"<{len(words)}I", *words))
            uc.ctl_remove_cache(CODE, CODE + 4 * len(words))
            self.words = words
        values = [*state.x, state.sp, state.pc, state.nzcv << 28, state.fpcr, state.fpsr, *state.v]
        uc.reg_write_batch(zip(self.names, values, strict=True))
        uc.mem_write(DATA, state.memory)
        try:
            uc.emu_start(state.pc, 0, count=len(words))
            taken = None
        except self.error:
            taken = 0
        got = uc.reg_read_batch(self.names)
        memory = bytes(uc.mem_read(DATA, DATA_SIZE))
        after = State(list(got[:31]), got[31], got[32], got[33] >> 28, list(got[36:]), got[34], got[35], memory)
        return after, taken
