# SPDX-License-Identifier: MIT
"""Whether words are allocated, by other people's decoders: for each word a text, "" where it is UNDEFINED to them."""

from __future__ import annotations

import re
import resource
import shutil
import struct
import subprocess
from pathlib import Path

from .qemu_batch import QEMU, QemuBatch

OBJDUMP = "aarch64-linux-gnu-objdump"
QEMU_WORDS = 16384                      # a batch of the oracle's program


def packed(words: list[int]) -> bytes:
    """Words as they lie in memory."""
    return struct.pack(f"<{len(words)}I", *words)


def by_qemu(words: list[int], directory: Path) -> list[str]:
    """qemu-aarch64 -cpu max, at EL0: "" after SIGILL; "aborts" where QEMU itself does."""
    program = QemuBatch(directory).program
    batches = [words[i:i + QEMU_WORDS] for i in range(0, len(words), QEMU_WORDS)]
    return [text for batch in batches for text in _qemu_batch(program, batch)]


def _qemu_batch(program: Path, words: list[int]) -> list[str]:
    """One process; halves of the batch when it does not survive."""
    given = struct.pack("<I", len(words)) + packed(words) + bytes(4)
    done = subprocess.run([QEMU, "-cpu", "max", program, "words"], input=given, capture_output=True, check=False,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
    if len(done.stdout) == len(words):
        return [("runs", "", "faults")[stop] for stop in done.stdout]
    if len(words) == 1:
        return ["aborts"]
    middle = len(words) // 2
    return _qemu_batch(program, words[:middle]) + _qemu_batch(program, words[middle:])


def by_objdump(words: list[int], directory: Path) -> list[str]:
    """binutils, with every extension that it knows."""
    path = directory / "words.bin"
    path.write_bytes(packed(words))
    command = [OBJDUMP, "-D", "-z", "-b", "binary", "-m", "aarch64", str(path)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = re.findall(r"^ *[0-9a-f]+:\t[0-9a-f]{8} \t(.*)$", text, re.MULTILINE)
    assert len(lines) == len(words)
    return ["" if line.startswith(".inst") else line.replace("\t", " ") for line in lines]


def by_capstone(words: list[int], directory: Path) -> list[str]:
    """capstone."""
    import capstone

    disassembler = capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM)
    disassembler.skipdata = True
    found = [f"{mnemonic} {operands}" for _, _, mnemonic, operands in disassembler.disasm_lite(packed(words), 0)]
    assert len(found) == len(words)
    return ["" if text.startswith(".byte") else text for text in found]


DECODERS = {"qemu": by_qemu, "objdump": by_objdump, "capstone": by_capstone}
PROGRAMS = {"qemu": QEMU, "objdump": OBJDUMP, "capstone": None}


def have(decoder: str) -> bool:
    """Whether it is installed."""
    if decoder == "capstone":
        import importlib.util

        return importlib.util.find_spec("capstone") is not None
    program = PROGRAMS[decoder]
    return program is not None and shutil.which(program) is not None and shutil.which("aarch64-linux-gnu-gcc") is not None

# Extensions that this project leaves out (mask, value): their words are UNDEFINED here.
EXTENSIONS = {
    "SVE": [(0x1E000000, 0x04000000)],
    "SME": [(0x9E000000, 0x80000000)],
    "MTE": [(0xFFC00000, 0x91800000), (0xFFC00000, 0xD1800000), (0xFFE0FC00, 0x9AC01000), (0xFFE0FC00, 0x9AC01400),
            (0xFFE0FC00, 0x9AC00000), (0xFFE0FC00, 0xBAC00000), (0xFF200000, 0xD9200000), (0xFE400000, 0x68000000),
            (0xFFE00C00, 0x1DC00400),
            # PSTATE.TCO; DC GVA, GZVA; DC CGVAC and its kin
            (0xFFFFF0FF, 0xD503409F), (0xFFDFFFE0, 0xD51B42E0), (0xFFFFFFE0, 0xD50B7460), (0xFFFFFFE0, 0xD50B7480),
            *((0xFFFFFFE0, 0xD50B7000 | c << 8 | g) for c in (10, 12, 13, 14) for g in (0x60, 0xA0))],
    "LS64": [(0xFFFFFC00, 0xF83FD000), (0xFFFFFC00, 0xF83F9000), (0xFFE0FC00, 0xF820B000), (0xFFE0FC00, 0xF820A000)],
    "TME": [(0xFFE0001F, 0xD4600000), (0xFFFFF01F, 0xD503301F), (0xFFFFFFE0, 0xD5233060), (0xFFFFFFE0, 0xD5233160)],
}


def extension(word: int) -> str:
    """The extension that a word belongs to, "" for none."""
    return next((name for name, patterns in EXTENSIONS.items() if any(word & m == v for m, v in patterns)), "")
