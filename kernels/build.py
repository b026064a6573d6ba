#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rebuild every guest program: ``python kernels/build.py [NAME ...]``.

NAME.c (with lib/) becomes NAME.elf, linked at 0x40080000, and for hello hello.bin too: the raw bytes for that
address. A NAME in bench/ is a workload: it may use FP, SIMD and unaligned accesses, and bench/lib goes with it. Needs aarch64-linux-gnu-gcc. The same compiler gives the same bytes. The images are committed, so that
tests and the package need no cross compiler.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PREFIX = "aarch64-linux-gnu-"
RAW = {"hello"}
BENCH = "bench/"
# With the MMU off, memory is Device-nGnRnE: no unaligned accesses, and nothing gained by SIMD copies.
CFLAGS = """\
-std=gnu11 -O2 -Wall -Wextra -Werror -ffreestanding -nostdlib -fno-pic -no-pie -fno-builtin -fno-stack-protector
-fno-asynchronous-unwind-tables -fno-ident -mno-outline-atomics
-fno-tree-loop-distribute-patterns -ffunction-sections -fdata-sections -march=armv8-a
-Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 -static
""".split()  # noqa: SIM905
DEVICE_MEMORY = ["-mstrict-align", "-mgeneral-regs-only"]


def compiler(*arguments: str) -> None:
    """Run it in HERE with relative names, so that no absolute path gets into the image."""
    subprocess.run([f"{PREFIX}gcc", *CFLAGS, "-Ilib", *arguments], cwd=HERE, check=True)


def sources(directory: str) -> list[str]:
    """Return the C and assembly files of a directory in HERE, sorted."""
    return sorted(str(path.relative_to(HERE)) for path in (HERE / directory).iterdir() if path.suffix in (".c", ".S"))


def build(name: str, output: Path) -> None:
    """Compile and link `name`.c into `output`; symbols stay, debug information does not exist."""
    program, runtime = [f"{name}.c"], sources("lib")
    with tempfile.TemporaryDirectory() as scratch:
        if name.startswith(BENCH):
            # Once the MMU is on, memory is Normal: the workload is compiled as for any operating system.
            compiled = f"{scratch}/workload.o"
            compiler("-Ibench/lib", "-fno-math-errno", "-c", "-o", compiled, *program)
            program, runtime = [compiled], [*runtime, *sources("bench/lib")]
        compiler(*DEVICE_MEMORY, "-T", "lib/link.ld", "-o", str(output), *program, *runtime)


def raw(elf: Path, output: Path) -> None:
    """Write the bytes that `elf` loads, from its first address on."""
    subprocess.run([f"{PREFIX}objcopy", "-O", "binary", str(elf), str(output)], check=True)


def programs() -> list[str]:
    """Return the names of all programs, sorted."""
    files = [*HERE.glob("*.c"), *(HERE / BENCH).glob("*.c")]
    return sorted(str(path.relative_to(HERE).with_suffix("")) for path in files)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", nargs="*", help="what to build (everything)")
    parser.add_argument("--check", action="store_true", help="build elsewhere; fail if the committed images differ")
    args = parser.parse_args()
    stale = []
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) if args.check else HERE
        for name in args.name or programs():
            (target / name).parent.mkdir(exist_ok=True)
            build(name, target / f"{name}.elf")
            made = [f"{name}.elf"]
            if name in RAW:
                raw(target / f"{name}.elf", target / f"{name}.bin")
                made.append(f"{name}.bin")
            stale += [file for file in made if (target / file).read_bytes() != (HERE / file).read_bytes()]
    if stale:
        print(f"differ from their sources: {' '.join(stale)}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
