# SPDX-License-Identifier: MIT
"""Whole random programs, with forward branches and counted loops: run at once, instruction by instruction, and on Unicorn.

Fused pairs, flags that pass between instructions, chained blocks and loops within a block show here. EMU_CI_BLOCKS: programs (150).
"""

from __future__ import annotations

import os
import random
import secrets
import struct
from collections.abc import Callable
from functools import partial

import pytest

from pyx.gen.table import Row

from .differ import HERE, assembly, uses_memory
from .engines import OursFast, UnicornFast
from .explained import Explanations
from .record import CODE, DATA, FPCR_CORNERS, LAYOUT, WINDOW, Cases, Outcome, Registers
from .words import is_of, random_word, table

PROGRAMS = int(os.environ.get("EMU_CI_BLOCKS", "150"))
REGISTERS = ("Rd", "Rn", "Rm", "Ra", "Rt", "Rt2", "Rs")
BASE, COUNTER = 28, 26                  # X28 points into the window; X26 counts a loop
NOP, SELF = 0xD503201F, 0x14000000
FILES = ("dp.decode", "fp.decode", "simd_", "crypto.decode")
LIMIT = 20_000                          # instructions; no program is so long


def straight_rows() -> list[Row]:
    """Data processing that Unicorn knows and does as we do."""
    explanations = Explanations(HERE / "differ.explained", "unicorn")
    strange = [e for e in explanations.lines if e.kind == "differs"]
    return [r for r in table().rows if r.where.startswith(FILES) and explanations.compares(r) and not uses_memory(r)
            and not any(e.names(r) for e in strange)]


def memory_rows() -> list[Row]:
    """Loads and stores by base and offset, without writeback."""
    kinds = ("ldst_uimm", "vldst_uimm", "ldst_simm", "vldst_simm", "ldst_pair", "vldst_pair")
    return [r for r in table().rows if r.form in kinds and not r.name.endswith(("_pre", "_post"))]


def set_field(row: Row, word: int, name: str, value: int) -> int:
    """The word with a field changed, if the row has it."""
    for f in row.fields:
        if f.name == name:
            word = word & ~(((1 << f.width) - 1) << f.lo) | (value & (1 << f.width) - 1) << f.lo
    return word


class Programs:
    """A generator of programs."""

    def __init__(self, rng: random.Random, ours: OursFast) -> None:
        self.rng, self.ours = rng, ours
        self.rows, self.memory = straight_rows(), memory_rows()
        self.general = [r for r in self.rows if r.where.startswith("dp.decode")]

    def straight(self) -> int:
        """An instruction that does not branch, on X0 to X7 and V0 to V7 (and register 31)."""
        rng = self.rng
        while True:
            row = rng.choice(self.memory if rng.random() < 0.15 else self.general if rng.random() < 0.6 else self.rows)
            word = random_word(row, rng)
            if word is None:
                continue
            for name in REGISTERS:
                word = set_field(row, word, name, rng.choice((0, 1, 2, 3, 4, 5, 6, 7, 31)))
            if row in self.memory:
                word = set_field(row, word, "Rn", BASE)
                word = set_field(row, word, "imm12", rng.randrange(16))
                word = set_field(row, word, "imm7", rng.randrange(-16, 16))
                word = set_field(row, word, "Rt2", (word & 31) ^ 1)
            if is_of(row, word) and self.ours.core.decode(word.to_bytes(4, "little"))[0] >= 0:
                return word

    def body(self, count: int) -> list[int]:
        """Straight code with forward branches in it."""
        rng = self.rng
        words = [self.straight() for _ in range(count)]
        for i in range(count - 2):
            if rng.random() < 0.12:
                distance = rng.randrange(1, count - i)
                kind, register = rng.randrange(4), rng.randrange(8)
                words[i] = (0x54000000 | distance << 5 | rng.randrange(16), 0x34000000 | rng.getrandbits(1) << 31 | rng.getrandbits(1) << 24
                            | distance << 5 | register, 0x36000000 | rng.getrandbits(1) << 31 | rng.getrandbits(1) << 24
                            | rng.randrange(32) << 19 | distance << 5 | register, 0x14000000 | distance)[kind]
        return words

    def program(self) -> list[int]:
        """Bodies, some of them in a loop that SUBS and B.NE, or SUB and CBNZ, close."""
        words: list[int] = []
        for _ in range(self.rng.randint(1, 4)):
            body = self.body(self.rng.randint(1, 12))
            if self.rng.random() < 0.5:
                times = self.rng.randrange(1, 20)
                count = 0xF1000400 if self.rng.random() < 0.6 else 0xD1000400        # SUBS, SUB X26, X26, #1
                back = (-(len(body) + 1) & 0x7FFFF) << 5
                close = 0x54000001 | back if count == 0xF1000400 else 0xB5000000 | back | COUNTER
                words += [0xD2800000 | times << 5 | COUNTER, *body, count | COUNTER << 5 | COUNTER, close]
            else:
                words += body
        return words


def start(rng: random.Random, cases: Cases) -> tuple[bytes, bytes]:
    """Registers and memory."""
    row = table().rows[0]
    first = Registers.of(cases.case(row, row.value, False).registers)
    first.x[BASE] = DATA + WINDOW // 2
    record = LAYOUT.pack(b"".join(v.to_bytes(16, "little") for v in first.v), *first.x, CODE, first.nzcv << 28, rng.choice(FPCR_CORNERS), 0, 0)
    return record, rng.randbytes(WINDOW)


class Ours(OursFast):
    """Programs on our machine."""

    def load(self, words: list[int], record: bytes, memory: bytes) -> int:
        """Puts the program in place; returns its end, where a branch to itself lies."""
        code = [*words, SELF]
        self.core.write(CODE, struct.pack(f"<{len(code)}I", *code))
        self.loaded = -1
        self.cpu.pstate = 0x3C5
        self.cpu.set_registers(record)
        self.window[:] = memory
        return CODE + 4 * len(words)

    def outcome(self, end: int) -> Outcome:
        """What there is now."""
        return Outcome(self.cpu.registers(), bytes(self.window), "" if self.cpu.pc == end else f"pc {self.cpu.pc:#x}")

    def at_once(self, words: list[int], record: bytes, memory: bytes) -> Outcome:
        """One run() for all."""
        end = self.load(words, record, memory)
        self.core.run(LIMIT)
        return self.outcome(end)

    def stepwise(self, words: list[int], record: bytes, memory: bytes) -> Outcome:
        """run(1) until the end."""
        end = self.load(words, record, memory)
        for _ in range(LIMIT):
            if self.cpu.pc == end:
                break
            self.core.run(1)
        return self.outcome(end)

    def in_pieces(self, words: list[int], record: bytes, memory: bytes) -> Outcome:
        """run(7) until the end: limits fall into blocks and loops."""
        end = self.load(words, record, memory)
        for _ in range(LIMIT // 7):
            if self.cpu.pc == end:
                break
            self.core.run(7)
        return self.outcome(end)


def on_unicorn(unicorn: UnicornFast, words: list[int], record: bytes, memory: bytes) -> Outcome:
    """Until the end."""
    end = CODE + 4 * len(words)
    unicorn.uc.mem_write(CODE, struct.pack(f"<{len(words)}I", *words))
    unicorn.uc.ctl_flush_tb()                               # removing the range leaves chained blocks of older programs
    unicorn.loaded = -1
    unicorn.load(record)
    unicorn.uc.mem_write(DATA, memory)
    try:
        unicorn.uc.emu_start(CODE, end, count=LIMIT)
    except unicorn.error as error:
        return Outcome(b"", b"", str(error))
    return unicorn.outcome()


Mode = Callable[[list[int], bytes, bytes], Outcome]


def still_differs(ours: Ours, mode: Mode, record: bytes, memory: bytes, words: list[int]) -> bool:
    """Whether a program that ends does so differently in a mode."""
    first = ours.at_once(words, record, memory)
    return bool(not first.stop and mode(words, record, memory).differences(first))


def shorter(words: list[int], differ: Callable[[list[int]], bool]) -> list[int]:
    """The program with every instruction a NOP that may be."""
    for i in range(len(words)):
        candidate = [*words[:i], NOP, *words[i + 1:]]
        if differ(candidate):
            words = candidate
    return words


def test_programs_end_the_same() -> None:
    """Registers, flags, FPSR and memory at the end are the same however the program is run."""
    pytest.importorskip("unicorn")
    seed = int(os.environ.get("EMU_SEED", secrets.randbits(32)))
    print(f"seed {seed}")
    rng = random.Random(seed)
    ours, unicorn, cases = Ours(), UnicornFast(), Cases(rng)
    programs = Programs(rng, ours)
    modes: dict[str, Mode] = {"at once": ours.at_once, "step by step": ours.stepwise, "in pieces": ours.in_pieces,
                              "unicorn": partial(on_unicorn, unicorn)}
    for _ in range(PROGRAMS):
        words = programs.program()
        record, memory = start(rng, cases)
        expected = ours.at_once(words, record, memory)
        for name, mode in modes.items():
            if expected.stop or mode(words, record, memory).differences(expected):
                words = shorter(words, partial(still_differs, ours, mode, record, memory))
                changed = mode(words, record, memory).differences(ours.at_once(words, record, memory))
                text = "\n".join(f"{CODE + 4 * i:#x}: {w:08x} {assembly(w)}" for i, w in enumerate(words) if w != NOP)
                pytest.fail(f"seed {seed}: {name} and at once differ\n{text}\n{changed} {expected.stop}\nfrom {record.hex()} {memory.hex()}")
