# SPDX-License-Identifier: MIT
"""Builds the two programs that answer floating-point cases (ours, and AArch64 code under qemu-aarch64), and makes cases."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt

HERE = Path(__file__).parent
PYX = HERE.parents[1] / "pyx"
CASE = np.dtype([("op", "<u4"), ("fpcr", "<u4"), ("a", "<u8"), ("b", "<u8"), ("c", "<u8")])
ANSWER = np.dtype([("result", "<u8"), ("fpsr", "<u4"), ("nzcv", "<u4")])
CROSS = "aarch64-linux-gnu-gcc"
QEMU = "qemu-aarch64"
Cases = npt.NDArray[np.void]
Words = npt.NDArray[np.uint64]

RMODES = (0, 1, 2, 3)
FZ16, FZ, DN, AHP = 1 << 19, 1 << 24, 1 << 25, 1 << 26
FPCRS = np.array([r << 22 | z | y | d | h for r in RMODES for z in (0, FZ16) for y in (0, FZ) for d in (0, DN) for h in (0, AHP)],
                 dtype=np.uint32)


def have_oracle() -> bool:
    """Whether the cross compiler and qemu-aarch64 are installed."""
    return shutil.which(CROSS) is not None and shutil.which(QEMU) is not None


class Soft:
    """Our soft-float library, compiled for the test."""

    def __init__(self, build: Path) -> None:
        target = build / "soft.so"
        sources = [HERE / "batch.c", *sorted((PYX / "arch").glob("fp_[abcer]*.c"))]
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", f"-I{PYX}", f"-I{HERE}", "-o", target, *sources], check=True)
        self.library = ctypes.CDLL(str(target))
        self.library.soft_name.restype = ctypes.c_char_p
        self.names: list[str] = []
        while name := self.library.soft_name(len(self.names)):
            self.names.append(name.decode())

    def run(self, cases: Cases) -> Cases:
        """The answers to cases (dtype CASE), as dtype ANSWER."""
        answers = np.zeros(len(cases), ANSWER)
        self.library.soft_run(ctypes.c_void_p(cases.ctypes.data), ctypes.c_void_p(answers.ctypes.data), ctypes.c_size_t(len(cases)))
        return answers


class Oracle:
    """The real instructions, executed by qemu-aarch64."""

    def __init__(self, build: Path) -> None:
        self.program = build / "oracle"
        flags = ["-O1", "-static", "-march=armv8.6-a+fp16+fp16fml+bf16"]
        subprocess.run([CROSS, *flags, "-o", self.program, HERE / "oracle.c"], check=True)
        listed = subprocess.run([QEMU, "-cpu", "max", self.program, "list"], check=True, capture_output=True, text=True)
        self.names = listed.stdout.split()

    def run(self, cases: Cases) -> Cases:
        """The answers to cases (dtype CASE), as dtype ANSWER."""
        done = subprocess.run([QEMU, "-cpu", "max", self.program], check=True, input=cases.tobytes(), capture_output=True)
        return np.frombuffer(done.stdout, ANSWER)


def specials(width: int) -> Words:
    """Zeros, subnormals, edges of the normal range, small numbers, infinities, NaNs and edges of integers, in `width` bits."""
    fraction = {16: 10, 32: 23, 64: 52}[width]
    one = 1 << fraction
    exponents = (1 << (width - 1 - fraction)) - 1
    infinity, bias = exponents * one, exponents >> 1
    values = [0, 1, 2, 3, one // 2, one - 1, one, one + 1, 2 * one - 1, infinity - 1, infinity - one, infinity]
    values += [infinity | 1, infinity | one // 4, infinity | one // 2, infinity | one - 1, infinity | one // 2 | 5]
    values += [one // 4 - 1, one // 4, one // 4 + 1]
    for exponent in (-fraction - 2, -fraction, -2, -1, 0, 1, 2, fraction - 1, fraction, fraction + 1, 14, 15, 16, 30, 31, 32, 62, 63, 64):
        if 0 < bias + exponent < exponents:
            base = (bias + exponent) * one
            values += [base, base + 1, base - 1, base | one // 2, base | one - 1, base | one // 4]
    values += [1 << 31, (1 << 31) - 1, (1 << 63) - 1, (1 << 64) - 1, (1 << 63) - 512]
    mask = (1 << width) - 1
    return np.array(sorted({v & mask for v in values} | {(v | 1 << (width - 1)) & mask for v in values}), dtype=np.uint64)


def operands(rng: np.random.Generator, width: int, count: int) -> Words:
    """Half specials, a quarter random bits, a quarter numbers near 1 in exponent."""
    fraction = {16: 10, 32: 23, 64: 52}[width]
    bias = (1 << (width - 2 - fraction)) - 1
    bits = rng.integers(0, 1 << 64, count, dtype=np.uint64)
    near = bits & np.uint64((1 << fraction) - 1 | 1 << (width - 1))
    near |= (rng.integers(-3, 4, count) + bias).astype(np.uint64) << np.uint64(fraction)
    kind = rng.integers(0, 4, count)
    sparse = rng.integers(0, 4, count) == 0
    near = np.where(sparse, near & np.uint64(~((1 << max(fraction - 6, 4)) - 1) & 0xFFFFFFFFFFFFFFFF), near)
    return np.where(kind < 2, rng.choice(specials(width), count), np.where(kind == 2, bits, near))


def source_width(name: str) -> int:
    """Width of an operation's first operand, from its name (fadd_h, fcvt_s_d, fcvtzs_w_s_17, scvtf_d_w)."""
    widths = {"h": 16, "s": 32, "d": 64, "w": 32, "x": 64}
    parts = [p for p in name.split("_") if p in widths]
    special = {"fcvtxn": 64, "fjcvtzs": 64, "fmlal": 16, "fmlsl": 16}
    return special.get(name) or (widths[parts[-1]] if parts else 32)


def addend_width(name: str) -> int:
    """Width of the addend: wider than the factors for FMLAL."""
    return 32 if name in ("fmlal", "fmlsl", "bfdot", "bfmlalb") else source_width(name)


def make_cases(names: list[str], count: int, seed: int) -> Cases:
    """`count` cases for each operation, over all FPCR values."""
    rng = np.random.default_rng(seed)
    cases = np.zeros(count * len(names), CASE)
    for op, name in enumerate(names):
        part = cases[op * count : (op + 1) * count]
        width = source_width(name)
        part["op"] = op
        part["fpcr"] = rng.choice(FPCRS, count)
        part["a"] = operands(rng, width, count)
        part["b"] = operands(rng, width, count)
        part["c"] = operands(rng, addend_width(name), count)
        if name.startswith("bf"):   # two BFloat16 in each word, mostly the top halves of interesting singles
            for operand in ("a", "b"):
                halves = [operands(rng, 32, count) >> np.uint64(16) & np.uint64(0xFFFF) for _ in range(2)]
                part[operand] = halves[0] | halves[1] << np.uint64(16)
        if name in ("fmlal", "fmlsl", "bfmlalb"):   # the other elements must not raise flags
            for operand in ("a", "b"):
                part[operand] &= np.uint64(0xFFFF)
            part["c"] &= np.uint64(0xFFFFFFFF)
    return cases
