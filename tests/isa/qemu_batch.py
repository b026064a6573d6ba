# SPDX-License-Identifier: MIT
"""Cases under qemu-aarch64 -cpu max, many in one process (oracle.c)."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

from .record import CODE, PC, RECORD, WINDOW, Case, Outcome

HERE = Path(__file__).parent
CROSS = "aarch64-linux-gnu-gcc"
QEMU = "qemu-aarch64"
STOPS = ("", "undefined", "fault")


def have_qemu() -> bool:
    """Whether the cross compiler and qemu-aarch64 are installed."""
    return shutil.which(CROSS) is not None and shutil.which(QEMU) is not None


class QemuBatch:
    """The oracle's program, built in a directory."""

    def __init__(self, directory: Path) -> None:
        self.program = directory / "oracle"
        subprocess.run([CROSS, "-O1", "-static", "-o", self.program, HERE / "oracle.c"], check=True)

    def run_cases(self, cases: list[Case]) -> list[Outcome]:
        """What happened to each. RuntimeError when the program did not survive."""
        words = list(dict.fromkeys(c.word for c in cases))
        index = {word: i for i, word in enumerate(words)}
        parts = [struct.pack(f"<2I{len(words)}I", len(words), len(cases), *words)]
        for case in cases:
            parts += [case.registers, case.memory, index[case.word].to_bytes(8, "little")]
        done = subprocess.run([QEMU, "-cpu", "max", self.program], input=b"".join(parts), capture_output=True, check=False)
        size = RECORD + WINDOW + 8
        if len(done.stdout) != size * len(cases):
            first = cases[len(done.stdout) // size]
            raise RuntimeError(f"qemu-aarch64: status {done.returncode} at or after word {first.word:#010x}; {done.stderr!r}")
        return [self.outcome(done.stdout[i:i + size - 8]) for i in range(0, len(done.stdout), size)]

    def outcome(self, output: bytes) -> Outcome:
        """Of one record. The program does not tell the PC: an instruction that completes has moved on."""
        stop = STOPS[struct.unpack_from("<I", output, RECORD - 4)[0]]
        registers = output[:PC] + struct.pack("<Q", CODE + 4) + output[PC + 8:RECORD]
        return Outcome(b"", b"", stop) if stop else Outcome(registers, output[RECORD:], "")
