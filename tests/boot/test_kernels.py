# SPDX-License-Identifier: MIT
"""Each program of kernels/ prints what stands beside it, on our machine and on QEMU."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from console import Console

from .device_tree import hello_output
from .machines import PATIENCE, QEMU, Machine, emu_command, flat_binary, qemu_command

ROOT = Path(__file__).resolve().parents[2]
KERNELS = ROOT / "kernels"
CPUS = {"smp": 4}
PROGRAMS = sorted(path.stem for path in KERNELS.glob("*.expected"))
TIMEOUT = 30 * PATIENCE

every_gic = pytest.mark.parametrize("gic", [2, 3])
needs_qemu = pytest.mark.skipif(QEMU is None, reason="qemu-system-aarch64 is not installed")


def machine_for(program: str, gic: int, cpu: str, image: Path | None = None) -> Machine:
    return Machine(image or KERNELS / f"{program}.elf", gic=gic, cpus=CPUS.get(program, 1), cpu=cpu, memory=128)


def run(command: list[str], program: str) -> str:
    """Run `program` to its end, typing what it waits for, and return its console text."""
    with Console(command) as console:
        if program == "uart":
            console.expect("^ready", TIMEOUT)
            console.send("hello, world")
            console.expect("hello, world", TIMEOUT)
            console.send("q")
        status = console.wait(TIMEOUT)
        assert status == 0, console.stderr.decode()
        return console.text()


def expected(program: str) -> str:
    return (KERNELS / f"{program}.expected").read_text().replace("\r", "")


@every_gic
@pytest.mark.parametrize("cpu", ["cortex-a57", "max"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_program(program: str, cpu: str, gic: int) -> None:
    assert run(emu_command(machine_for(program, gic, cpu)), program) == expected(program)


@every_gic
@pytest.mark.parametrize("program", ["exceptions", "mmu", "smc", "smp", "timer"])
def test_program_in_virtual_time(program: str, gic: int) -> None:
    command = emu_command(machine_for(program, gic, "max"), "--clock", "virtual")
    assert run(command, program) == expected(program)


@needs_qemu
@every_gic
@pytest.mark.parametrize("program", PROGRAMS)
def test_program_on_qemu(program: str, gic: int, tmp_path: Path) -> None:
    image = flat_binary(KERNELS / f"{program}.elf", tmp_path)
    assert run(qemu_command(machine_for(program, gic, "max", image)), program) == expected(program)


@every_gic
@pytest.mark.parametrize("cpus", [1, 4])
@pytest.mark.parametrize("image", ["hello.elf", "hello.bin"])
def test_hello(image: str, cpus: int, gic: int, tmp_path: Path) -> None:
    blob = tmp_path / "machine.dtb"
    machine = Machine(KERNELS / image, gic=gic, cpus=cpus)
    console = run(emu_command(machine, "--dump-dtb", str(blob)), "hello")
    assert console == hello_output(blob.read_bytes())


@needs_qemu
@every_gic
def test_hello_on_qemu(gic: int, tmp_path: Path) -> None:
    blob = tmp_path / "machine.dtb"
    command = qemu_command(Machine(KERNELS / "hello.bin", gic=gic, memory=128))
    subprocess.run([*command, "-M", f"dumpdtb={blob}"], check=True, capture_output=True)
    console = run(command, "hello")
    tree = blob.read_bytes()
    # QEMU completes /chosen after the dump, without new nodes.
    assert console == hello_output(tree)


def test_hello_as_raw_binary_with_much_memory(tmp_path: Path) -> None:
    blob = tmp_path / "machine.dtb"
    command = [sys.executable, "-m", "emu", "run", "--memory", "4GiB", "--generate-fdt", "--entry-point-address",
               "0x40080000", "--dump-dtb", str(blob), str(KERNELS / "hello.bin")]
    console = run(command, "hello")
    assert console == hello_output(blob.read_bytes())
    assert "/memory@40000000 0x40000000+0x100000000\n" in console


def test_hello_reads_a_given_tree(tmp_path: Path) -> None:
    """The blob that one run made is accepted by another as --dtb; completing it may only move nodes."""
    first, second = tmp_path / "first.dtb", tmp_path / "second.dtb"
    machine = Machine(KERNELS / "hello.elf", memory=128)
    text = run(emu_command(machine, "--dump-dtb", str(first)), "hello")
    again = run(emu_command(machine, "--dtb", str(first), "--dump-dtb", str(second)), "hello")
    assert sorted(again.splitlines()) == sorted(text.splitlines())
    assert again == hello_output(second.read_bytes())


def test_default_guest() -> None:
    """`emu run` without IMAGE is hello on the default machine."""
    default = run([sys.executable, "-m", "emu", "run"], "hello")
    assert default == run([sys.executable, "-m", "emu", "run", str(KERNELS / "hello.elf")], "hello")
    assert "/pl011@9000000 [arm,pl011 arm,primecell] 0x9000000+0x1000\n" in default


def test_images_match_their_sources() -> None:
    gcc = shutil.which("aarch64-linux-gnu-gcc")
    version = subprocess.run([gcc, "-dumpfullversion"], capture_output=True, text=True, check=True).stdout if gcc else ""
    if not version.startswith("12."):
        pytest.skip("the committed images are made by aarch64-linux-gnu-gcc 12")
    subprocess.run([sys.executable, KERNELS / "build.py", "--check"], check=True)
