# SPDX-License-Identifier: MIT
"""C, compiled with other flags each time, prints the same here and on QEMU: mixed.c with its sections, and all workloads.

One image for each set of flags. EMU_PROGRAMS=all takes all sets; otherwise a few of them, that differ most.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.workloads import WORKLOADS
from kernels import build
from tests.boot.machines import PATIENCE, QEMU, Machine, emu_command, qemu_command

HERE = Path(__file__).resolve().parent
GCC = f"{build.PREFIX}gcc"
TIMEOUT = 60 * PATIENCE
V8_0, V8_2 = "-march=armv8-a", "-march=armv8.2-a+fp16+dotprod+crypto"
V8_6 = "-march=armv8.6-a+fp16+fp16fml+dotprod+i8mm+bf16+sha3+sm4+rng+memtag"
DEFAULT = (
    f"-O0 {V8_0}",
    f"-O1 {V8_6}",
    f"-O2 {V8_0} -ftree-vectorize -moutline-atomics",
    f"-O3 {V8_6} -funroll-loops",
)
ALL = (
    *DEFAULT,
    *(f"-O{level} {march}" for level in range(4) for march in (V8_0, V8_2, V8_6)),
    f"-O2 {V8_6} -ftree-vectorize -mno-outline-atomics",
    f"-O3 {V8_2} -ffast-math",
    f"-Os {V8_0}",
    f"-O2 {V8_6} -fwrapv -fno-omit-frame-pointer -mbranch-protection=standard",
)
FLAGS = tuple(dict.fromkeys(ALL)) if os.environ.get("EMU_PROGRAMS") == "all" else DEFAULT
# Thousandths of the quick rounds of a workload, at least one.
SHARE = 60

pytestmark = [
    pytest.mark.skipif(QEMU is None, reason="qemu-system-aarch64 is not installed"),
    pytest.mark.skipif(shutil.which(GCC) is None, reason=f"{GCC} is not installed"),
]


def compile_all(jobs: list[list[str]]) -> None:
    """Run the compiler once for each list of arguments, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda arguments: build.compiler(*arguments), jobs))


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the objects of the runtime: flags do not matter, since memory is Device until it has run."""
    directory = tmp_path_factory.mktemp("runtime")
    names = [*build.sources("lib"), *build.sources("bench/lib")]
    objects = [str(directory / f"{number}.o") for number in range(len(names))]
    compile_all([[*build.DEVICE_MEMORY, "-c", "-o", target, name] for name, target in zip(names, objects, strict=True)])
    return objects


def write_rows(directory: Path) -> None:
    rows = "".join(f"RUN({row.name}, {max(1, row.quick * SHARE // 1000)})\n" for row in WORKLOADS)
    (directory / "workloads.h").write_text(rows)


def link(flags: str, runtime: list[str], directory: Path) -> Path:
    """Compile all sources with `flags` and return the image, in `directory`."""
    write_rows(directory)
    common = ["-w", "-Ibench/lib", f"-I{directory}", "-fno-math-errno", *flags.split(), "-c", "-o"]
    objects, jobs = [], []
    for source in sorted(HERE.glob("*.c")):
        objects.append(str(directory / f"{source.stem}.o"))
        jobs.append([*common, objects[-1], str(source)])
    for row in WORKLOADS:
        objects.append(str(directory / f"workload_{row.name}.o"))
        names = [f"-Dworkload=workload_{row.name}", f"-Drounds=rounds_{row.name}"]
        jobs.append([*names, *common, objects[-1], f"bench/{row.name}.c"])
    compile_all(jobs)
    image = directory / "mixed.elf"
    build.compiler("-T", "lib/link.ld", "-o", str(image), *objects, *runtime, "-lgcc")
    return image


def printed(command: list[str]) -> list[str]:
    """Run `command` to its end and return the lines that it printed, without the clock's."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if not line.startswith("ticks ")]


@pytest.mark.parametrize("flags", FLAGS, ids=lambda flags: flags.replace("-march=", ""))
def test_same_as_qemu(flags: str, runtime: list[str], tmp_path: Path) -> None:
    image = link(flags, runtime, tmp_path)
    machine = Machine(image, cpu="max", memory=128)
    with ThreadPoolExecutor(2) as pool:
        ours, theirs = pool.map(printed, (emu_command(machine), qemu_command(machine)))
    assert theirs[-1].startswith("checksum "), theirs
    assert ours == theirs


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, *sys.argv[1:]]))
