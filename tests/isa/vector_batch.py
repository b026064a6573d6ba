# SPDX-License-Identifier: MIT
"""Many vector instructions as one straight program, which our machine and qemu-aarch64 both run.

Each case loads V0-V3 and X4, clears FPSR, executes its word, and stores V0-V3, FPSR and X4. All other registers stay
zero, but for X0, X1 (addresses) and X3.
"""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pyx.gen.table import Row

from .machines import CODE, Ours
from .words import is_of

# ldp q0, q1, [x0], #32; ldp q2, q3, [x0], #32; ldr x4, [x0], #16; msr fpsr, xzr
LOAD = (0xACC10400, 0xACC10C02, 0xF8410404, 0xD51B443F)
# stp q0, q1, [x1], #32; stp q2, q3, [x1], #32; mrs x3, fpsr; stp x3, x4, [x1], #16
STORE = (0xAC810420, 0xAC810C22, 0xD53B4423, 0xA8811023)
WORDS = len(LOAD) + 1 + len(STORE)
CASE_BYTES = 80
MOST_CASES = 40_000
INPUT, OUTPUT = 0x40400000, 0x40800000                      # ours: physical addresses


@dataclass(frozen=True)
class Case:
    """A word and its operands: V0-V3 (128-bit), X4."""

    row: str
    word: int
    v: tuple[int, int, int, int]
    x: int

    def packed(self) -> bytes:
        """What the program loads."""
        return b"".join(v.to_bytes(16, "little") for v in self.v) + self.x.to_bytes(16, "little")


def result(output: bytes, index: int) -> tuple[list[int], int, int]:
    """V0-V3, FPSR, X4 after case `index`."""
    part = output[index * CASE_BYTES:(index + 1) * CASE_BYTES]
    fpsr, x = struct.unpack_from("<2Q", part, 64)
    return [int.from_bytes(part[16 * i:16 * i + 16], "little") for i in range(4)], fpsr, x


def program(cases: list[Case]) -> list[int]:
    """The words of all cases in turn."""
    return [w for case in cases for w in (*LOAD, case.word, *STORE)]


def run_ours(machine: Ours, cases: list[Case]) -> bytes:
    """Runs at most MOST_CASES on our machine; CASE_BYTES of output for each."""
    words = program(cases)
    machine.core.write(CODE, struct.pack(f"<{len(words)}I", *words))
    machine.set_word = None
    machine.core.write(INPUT, b"".join(c.packed() for c in cases))
    for i in range(31):
        machine.x[i] = 0
    machine.x[0], machine.x[1] = INPUT, OUTPUT
    machine.v[:] = bytes(512)
    machine.cpu.pstate = 0x3C5
    machine.cpu.fpcr = 0
    machine.cpu.pc = CODE
    machine.core.run(len(words))
    esr = machine.cpu.get_sysreg("ESR_EL1")
    assert machine.cpu.pc == CODE + 4 * len(words), f"stopped at {machine.cpu.pc:#x}: ESR {esr:#x}"
    return bytes(machine.core.read(OUTPUT, CASE_BYTES * len(cases)))


def have_qemu() -> bool:
    """Whether there is a qemu-aarch64."""
    return shutil.which("qemu-aarch64") is not None


def _set_x(register: int, value: int) -> list[int]:
    """MOVZ, MOVK of a 32-bit value."""
    return [0xD2800000 | (value & 0xFFFF) << 5 | register, 0xF2A00000 | (value >> 16) << 5 | register]


def elf(cases: list[Case]) -> bytes:
    """A static program: one segment, of code, input and room for the output, which it writes to stdout."""
    base, header = 0x400000, 0x78
    size = CASE_BYTES * len(cases)
    code_words = 4 + WORDS * len(cases) + 6 + 8
    data = (base + header + 4 * code_words + 15) & ~15
    out = data + size
    words = [*_set_x(0, data), *_set_x(1, out), *program(cases), *_set_x(1, out), *_set_x(2, size), *_set_x(0, 1)]
    # again: mov x8, #64; svc 0; add x1, x1, x0; subs x2, x2, x0; mov x0, #1; b.ne again. Then exit(0).
    words += [0xD2800808, 0xD4000001, 0x8B000021, 0xEB000042, 0xD2800020, 0x54FFFF61, 0xD2800BA8, 0xD4000001]
    assert len(words) == code_words
    file = base + header, data - base + size, out - base + size
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 183, 1, file[0], 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 7, 0, base, base, file[1], file[2], 0x1000)
    text = head + segment + struct.pack(f"<{len(words)}I", *words)
    return text.ljust(data - base, b"\0") + b"".join(c.packed() for c in cases)


def run_qemu(directory: Path, cases: list[Case]) -> bytes:
    """The same under qemu-aarch64 -cpu max."""
    path = directory / "batch"
    path.write_bytes(elf(cases))
    path.chmod(0o755)
    done = subprocess.run(["qemu-aarch64", "-cpu", "max", path], capture_output=True, check=False)
    good = len(done.stdout) == CASE_BYTES * len(cases)
    assert good, f"qemu-aarch64: status {done.returncode}, {done.stderr.decode()}"
    return done.stdout


def random_lane(rng: random.Random, bits: int) -> int:
    """A corner, a small number or its negative, or any."""
    top = 1 << (bits - 1)
    small = rng.randrange(bits + 2)
    corners = (0, 1, 2 * top - 1, top, top - 1, top + 1, top >> 1, small, -small)
    any_bits = rng.getrandbits(bits)
    return rng.choice((*corners, any_bits, any_bits, any_bits, any_bits >> rng.randrange(bits))) & (2 * top - 1)


def random_lanes(rng: random.Random) -> int:
    """A 128-bit vector of lanes of one width; sometimes all the same, sometimes any bits."""
    kind, bits = rng.randrange(10), rng.choice((8, 16, 32, 64))
    if kind < 3:
        return rng.getrandbits(128)
    same = random_lane(rng, bits) if kind == 3 else None
    return sum((random_lane(rng, bits) if same is None else same) << i for i in range(0, 128, bits))


def random_case(row: Row, rng: random.Random) -> Case:
    """A word of the row with registers among V0-V3 (X4 where it is a general one), and operands."""
    general = {"SMOV": "Rd", "UMOV": "Rd", "DUP_gen": "Rn", "INS_gen": "Rn"}.get(row.name)
    while True:
        word = row.value
        for f in row.fields:
            value = rng.getrandbits(f.width)
            if f.name in ("Rd", "Rn", "Rm", "Ra"):
                value = 4 if f.name == general else rng.randrange(4)
            word |= value << f.lo
        if is_of(row, word):
            break
    v = tuple(random_lanes(rng) for _ in range(4))
    return Case(row.name, word, (v[0], v[1], v[2], v[3]), random_lane(rng, 64))
