# SPDX-License-Identifier: MIT
"""Instruction words of floating point on our handlers and under qemu-aarch64, with the same registers."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pyx.gen.decode_c import fields_header, rows_source, tree_source
from pyx.gen.table import Row, Table, read_table

from . import harness

STATE = np.dtype([("index", "<u4"), ("fpcr", "<u4"), ("fpsr", "<u4"), ("nzcv", "<u4"), ("x", "<u8", 4), ("v", "<u8", (4, 2))])
ISA = harness.PYX / "isa"
UNITS = ("fp_scalar", "fp_convert", "simd_fp", "simd_fp_host")
FORMS = ("forms_fp.h", "forms_simd_fp.h")
REGISTERS = ("Rd", "Rn", "Rm", "Ra")
States = npt.NDArray[np.void]


def fp_table() -> Table:
    """The rows of floating point."""
    return read_table([ISA / "fp.decode", ISA / "simd_fp.decode"])


class OurWords:
    """Our handlers, compiled for the test with nothing else of the core."""

    def __init__(self, build: Path, flags: Sequence[str] = ("-O2",)) -> None:
        table = fp_table()
        (build / "a64_fields.h").write_text(fields_header(table))
        (build / "a64_forms.h").write_text("".join(f'#include "isa/{name}"\n' for name in FORMS))
        (build / "a64_rows.h").write_text(rows_source(table))
        (build / "a64_tree.h").write_text(tree_source(table))
        sources = [harness.HERE / "words.c", ISA / "decode.c", harness.PYX / "cpu/pstate.c", *(harness.PYX / "arch").glob("fp_*.c")]
        for unit in UNITS:
            text = f'#include "isa/op.h"\n#include "arch/pseudocode.h"\n#include "isa/{unit}.h"\n'
            (build / f"unit_{unit}.c").write_text(text)
            sources.append(build / f"unit_{unit}.c")
        common = ["-c", "-fPIC", "-fno-strict-aliasing", "-fomit-frame-pointer",
                  "-fvisibility=hidden", "-ffunction-sections", f"-I{harness.PYX}", f"-I{build}", f"-I{harness.HERE}"]
        objects = [build / f"{source.stem}.o" for source in sources]

        def one(source: Path, target: Path) -> None:
            subprocess.run(["cc", *common, *flags, "-o", target, source], check=True)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(one, sources, objects))
        subprocess.run(["cc", "-shared", "-Wl,--gc-sections", *flags, "-o", build / "words.so", *objects, "-lm"], check=True)
        self.library = ctypes.CDLL(str(build / "words.so"))

    def run(self, words: npt.NDArray[np.uint32], states: States, soft: bool = False) -> States:
        """The states after; soft: soft-float even where FPCR is default."""
        after = states.copy()
        self.library.words_run(ctypes.c_void_p(words.ctypes.data), ctypes.c_void_p(after.ctypes.data),
                               ctypes.c_size_t(len(after)), ctypes.c_int(soft))
        return after


class OracleWords:
    """The same under qemu-aarch64."""

    def __init__(self, build: Path) -> None:
        self.program = build / "oracle_words"
        subprocess.run([harness.CROSS, "-O1", "-static", "-o", self.program, harness.HERE / "oracle_words.c"], check=True)

    def run(self, words: npt.NDArray[np.uint32], states: States) -> States:
        """The states after."""
        data = np.uint32(len(words)).tobytes() + words.tobytes() + states.tobytes()
        done = subprocess.run([harness.QEMU, "-cpu", "max", self.program], check=True, input=data, capture_output=True)
        after = np.frombuffer(done.stdout, STATE).copy()
        after["fpcr"] = states["fpcr"]
        return after


def random_word(row: Row, rng: np.random.Generator) -> int:
    """A word of the row that names registers 0 to 3 only."""
    while True:
        word = row.value | int(rng.integers(0, 1 << 32)) & ~row.mask & 0xFFFFFFFF
        for field in row.fields:
            if field.name in REGISTERS:
                keep = int(rng.integers(0, 4))
                word = word & ~(((1 << field.width) - 1) << field.lo) | keep << field.lo
            elif field.name == "M" and not (row.name.endswith("_h") and row.name != "FCMLA_elem_h") and "LAL" not in row.name \
                    and "LSL" not in row.name:
                word &= ~(1 << field.lo)    # part of Rm, where it is not part of the index
        if row.holds(word):
            return word


def lane_width(row: Row, word: int, rng: np.random.Generator) -> int:
    """The width that most lanes of the operands should have."""
    fields = {f.name: f.of(word) for f in row.fields}
    if rng.integers(0, 8) == 0:
        return int(rng.choice([16, 32, 64]))
    if row.name.endswith("_h") or row.name.startswith(("FMLAL", "FMLSL", "FCVTL")) and not fields.get("sz"):
        return 16
    if "sz" in fields:
        return 64 if fields["sz"] else 32
    if "ftype" in fields:
        return 64 if fields["ftype"] else 32
    if "immh" in fields:
        return 64 if fields["immh"] & 8 else 32
    ftype = word >> 22 & 3
    return {0: 32, 1: 64, 2: 64, 3: 16}[ftype] if word >> 28 & 15 == 1 else 32


def random_lanes(rng: np.random.Generator, width: int, count: int) -> npt.NDArray[np.uint64]:
    """`count` registers of 128 bits, as pairs of 64, whose lanes are floating-point numbers of `width` bits."""
    lanes = [harness.operands(rng, width, count) for _ in range(128 // width)]
    mask = np.uint64((1 << width) - 1)
    result = np.zeros((count, 2), np.uint64)
    for i, lane in enumerate(lanes):
        result[:, i * width // 64] |= (lane & mask) << np.uint64(i * width % 64)
    return result


def random_integers(rng: np.random.Generator, count: int) -> npt.NDArray[np.uint64]:
    """General registers: any, small, or around powers of two."""
    bits = rng.integers(0, 1 << 64, count, dtype=np.uint64)
    shift = rng.integers(0, 64, count).astype(np.uint64)
    near = (np.uint64(1) << shift) + rng.integers(0, 3, count).astype(np.uint64) - np.uint64(1)
    kind = rng.integers(0, 4, count)
    value = np.where(kind == 0, bits, np.where(kind == 1, bits >> shift, near))
    return np.where(kind == 3, np.uint64(0) - near, value)


def make_states(row: Row, index: int, word: int, count: int, rng: np.random.Generator, soft: bool) -> States:
    """States for one word: FPCR all default, or (soft) anything else."""
    states = np.zeros(count, STATE)
    states["index"] = index
    states["fpcr"] = rng.choice(harness.FPCRS, count) if soft else 0
    states["nzcv"] = rng.integers(0, 16, count).astype(np.uint32) << 28
    states["fpsr"] = np.where(rng.integers(0, 4, count) == 0, rng.integers(0, 32, count), 0)
    for i in range(4):
        states["x"][:, i] = random_integers(rng, count)
        states["v"][:, i] = random_lanes(rng, lane_width(row, word, rng), count)
        if row.name.startswith("BF") and rng.integers(0, 4):    # pairs of BFloat16
            high = random_lanes(rng, 32, count) & np.uint64(0xFFFF0000FFFF0000)
            states["v"][:, i] = high | random_lanes(rng, 32, count) >> np.uint64(16) & np.uint64(0x0000FFFF0000FFFF)
    if row.name.startswith(("SCVTF", "UCVTF")):
        some = rng.integers(0, 2, count) == 0
        for i in range(4):
            states["v"][some, i, 0] = random_integers(rng, count)[some]
    return states
