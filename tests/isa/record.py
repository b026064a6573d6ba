# SPDX-License-Identifier: MIT
"""Cases of the differential tests as packed bytes: a word, registers (the layout of CpuState.registers()), a window of memory."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass

from pyx.gen.table import Row

from .words import random_v, random_word, random_x

CODE = 0x40100000                       # the page of the instruction
DATA = 0x40101000                       # the page whose middle addresses point at; near enough for literals
WINDOW = 0x400                          # bytes of DATA that the registers aim at, and that are compared
LAYOUT = struct.Struct("<512s32QQ4I")
RECORD = LAYOUT.size
X, PC, FLAGS = 512, 512 + 256, 512 + 256 + 8
FPCR_BITS = (1 << 26, 1 << 25, 1 << 24, 1 << 23, 1 << 22, 1 << 19)      # AHP DN FZ RMode FZ16
FPCR_CORNERS = (0, 0, 0, 0, 1 << 24, 1 << 25, 3 << 24, 1 << 22, 2 << 22, 3 << 22, 1 << 19, 1 << 26)


@dataclass(frozen=True)
class Registers:
    """A record unpacked."""

    v: list[int]
    x: list[int]                        # X0..X30, SP
    pc: int
    nzcv: int                           # 4 bits
    fpcr: int
    fpsr: int

    @classmethod
    def of(cls, record: bytes) -> Registers:
        """Unpacks."""
        v, *rest = LAYOUT.unpack(record)
        return cls([int.from_bytes(v[16 * i:16 * i + 16], "little") for i in range(32)], rest[:32], rest[32], rest[33] >> 28,
                   rest[34], rest[35])

    def packed(self) -> bytes:
        """The record."""
        return LAYOUT.pack(b"".join(v.to_bytes(16, "little") for v in self.v), *self.x, self.pc, self.nzcv << 28, self.fpcr,
                           self.fpsr, 0)

    def named(self) -> dict[str, int]:
        """Every register by name."""
        names = {f"x{i}": x for i, x in enumerate(self.x[:31])} | {f"v{i}": v for i, v in enumerate(self.v)}
        return names | {"sp": self.x[31], "pc": self.pc, "nzcv": self.nzcv, "fpcr": self.fpcr, "fpsr": self.fpsr}


@dataclass(frozen=True)
class Case:
    """One instruction and what it finds."""

    row: Row
    word: int
    registers: bytes                    # a record
    memory: bytes                       # WINDOW bytes at DATA


@dataclass(frozen=True)
class Outcome:
    """What an engine made of a case. stop: "" (it completed), "undefined", "fault", "exception" (one of
    the two), or "outside": it left the oracle's memory."""

    registers: bytes
    memory: bytes
    stop: str

    def differences(self, other: Outcome) -> dict[str, tuple[str, str]]:
        """Name to (this, other) of all that differs. Registers after an exception do not count."""
        if self.stop or other.stop:
            same = self.stop == other.stop or (self.stop and other.stop and "exception" in (self.stop, other.stop))
            return {} if same else {"stop": (self.stop, other.stop)}
        found = {}
        if self.registers != other.registers:
            mine, theirs = Registers.of(self.registers).named(), Registers.of(other.registers).named()
            found = {name: (f"{mine[name]:#x}", f"{theirs[name]:#x}") for name in mine if mine[name] != theirs[name]}
        if self.memory != other.memory:
            at = next(i for i, (a, b) in enumerate(zip(self.memory, other.memory, strict=True)) if a != b)
            found["memory"] = tuple(f"[{at:#x}] {m[at:at + 16].hex()}" for m in (self.memory, other.memory))  # type: ignore[assignment]
        return found


def signed(value: int, width: int) -> int:
    """Two's complement of so many bits."""
    return value - (1 << width) if value >> (width - 1) else value


def address_offset(row: Row, word: int) -> int:
    """What the instruction adds to its base register, as far as the encoding says: what a base must leave room for."""
    fields = {f.name: f for f in row.fields}
    if row.name.endswith("_post"):
        return 0
    vector = word >> 26 & 1
    if "imm12" in fields:
        return fields["imm12"].of(word) << (4 if vector and word >> 23 & 1 else word >> 30)
    if "imm7" in fields:
        opc = word >> 30
        return signed(fields["imm7"].of(word), 7) << (2 + opc if vector else 3 if opc == 2 else 2)
    if "imm9" in fields:
        if "S" in fields:                                   # LDRAA
            return signed(fields["S"].of(word) << 9 | fields["imm9"].of(word), 10) * 8
        return signed(fields["imm9"].of(word), 9)
    return 0


def aimed(row: Row, word: int) -> int:
    """The word with a literal's offset such that it lies in the window."""
    imm19 = next((f for f in row.fields if f.name == "imm19"), None)
    if imm19 is None or not row.name.endswith("_lit"):
        return word
    offset = (DATA - CODE) // 4 + (imm19.of(word) % (WINDOW // 4 - 4))
    return word & ~(0x7FFFF << 5) | offset << 5


class Cases:
    """Random cases. Registers are runs cut out of pools, which is fast."""

    POOL = 4096

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.xs = b"".join(random_x(rng).to_bytes(8, "little") for _ in range(self.POOL))
        self.vs = b"".join(random_v(rng).to_bytes(16, "little") for _ in range(self.POOL))
        self.memories = [rng.randbytes(WINDOW) for _ in range(8)]

    def word(self, row: Row) -> int | None:
        """A word of the row."""
        word = random_word(row, self.rng)
        return None if word is None else aimed(row, word)

    def case(self, row: Row, word: int, memory: bool) -> Case:
        """Random registers; where the instruction uses memory, a base that points into the window."""
        rng = self.rng
        v, x = rng.randrange(self.POOL - 32) * 16, rng.randrange(self.POOL - 31) * 8
        middle = rng.choice((WINDOW // 2 - rng.randrange(128), WINDOW // 2 + rng.randrange(-16, 16) * 16))
        sp = DATA + rng.randrange(16, WINDOW // 16 - 16) * 16
        fpcr = rng.choice(FPCR_CORNERS) if rng.random() < 0.8 else sum(b for b in FPCR_BITS if rng.random() < 0.5)
        fpsr = rng.choice((0, 0, 0, 0x0800009F))
        record = bytearray(self.vs[v:v + 512] + self.xs[x:x + 248] + struct.pack("<QQ4I", sp, CODE, rng.randrange(16) << 28, fpcr, fpsr, 0))
        if memory:
            self.aim(row, word, record, DATA + middle)
        return Case(row, word, bytes(record), rng.choice(self.memories))

    def aim(self, row: Row, word: int, record: bytearray, address: int) -> None:
        """Sets the base register so that the access is at the address (SP: near it, aligned), an index register to something small."""
        base = word >> 5 & 31
        if row.form.endswith("ldst_reg"):
            index = word >> 16 & 31
            if index not in (31, base):
                struct.pack_into("<Q", record, X + 8 * index, self.rng.choice((0, 1, 2, 8, 0xFFFFFFFF00000003, 4)))
        value = address - address_offset(row, word)
        if base == 31:
            value &= ~15
        if self.rng.random() < 0.5:
            value &= ~15                                    # atomics and exclusives want alignment
        struct.pack_into("<Q", record, X + 8 * base, value & 0xFFFFFFFFFFFFFFFF)
