# SPDX-License-Identifier: MIT
"""The same accesses to a GIC, done by a guest on QEMU, by a guest on the emulator, and on the model alone."""

from __future__ import annotations

import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .gic_library import Gic

COMPILER = shutil.which("aarch64-linux-gnu-gcc")
QEMU = shutil.which("qemu-system-aarch64")
FRAMES = {"dist": 0x08000000, "cpuif": 0x08010000, "redist": 0x080A0000}
HEADER, COMMANDS = 0x47FFF000, 0x48000000
# ORDER(probe registers): as READABLE and WRITABLE in probe_guest.c.
REGISTERS = [
    "IAR0", "IAR1", "HPPIR0", "HPPIR1", "BPR0", "BPR1", "CTLR", "PMR", "IGRPEN0", "IGRPEN1", "AP0R0", "AP1R0", "RPR", "ISR",
    "EOIR0", "EOIR1", "DIR", "SGI0R", "SGI1R", "ASGI1R", "CNTP_CTL", "CNTV_CTL",
]
TIMERS = {"CNTP_CTL": 30, "CNTV_CTL": 27}


@dataclass(frozen=True)
class Command:
    """One access by `cpu`: to `size` bytes at `where` in a frame, or to a system register; `value` None reads."""

    cpu: int
    frame: str
    where: int | str
    size: int = 4
    value: int | None = None

    def encode(self) -> bytes:
        is_register = isinstance(self.where, str)
        kind = 2 * is_register + (self.value is not None)
        reg = REGISTERS.index(str(self.where)) if is_register else 0
        address = 0 if isinstance(self.where, str) else FRAMES[self.frame] + self.where
        return struct.pack("<BBBB4xQQ", kind, self.cpu, self.size, reg, address, self.value or 0)


def build_guest(directory: Path) -> Path:
    """Compile probe_guest.c; needs the cross compiler."""
    target = directory / "probe.elf"
    flags = ["-O1", "-ffreestanding", "-nostdlib", "-static", "-mgeneral-regs-only", "-mstrict-align", "-fno-pic", "-Wall", "-Wextra",
             "-Wl,-n", "-Wl,--build-id=none", "-Wl,-Ttext=0x40100000"]
    subprocess.run([str(COMPILER), *flags, str(Path(__file__).with_name("probe_guest.c")), "-o", str(target)], check=True)
    return target


def memory(commands: list[Command], cpus: int) -> tuple[bytes, bytes]:
    """What the guest expects at HEADER and at COMMANDS."""
    return struct.pack("<QQ", len(commands), cpus), b"".join(command.encode() for command in commands)


def run_qemu(guest: Path, commands: list[Command], version: int, cpus: int, directory: Path) -> list[int]:
    """What every read gives on QEMU's `virt`."""
    header, body = memory(commands, cpus)
    (directory / "header").write_bytes(header)
    (directory / "body").write_bytes(body)
    loaders = [f"loader,file={directory / name},addr={at:#x},force-raw=on" for name, at in (("header", HEADER), ("body", COMMANDS))]
    machine = ["-M", f"virt,gic-version={version}", "-cpu", "cortex-a57", "-smp", str(cpus), "-m", "512M"]
    subprocess.run([str(QEMU), *machine, "-accel", "tcg,thread=single", "-net", "none", "-display", "none", "-monitor", "none",
                    "-serial", f"file:{directory / 'out'}", "-kernel", str(guest), "-device", loaders[0], "-device", loaders[1]],
                   check=True, timeout=120, stdin=subprocess.DEVNULL)
    return [int(line, 16) for line in (directory / "out").read_text().split()]


def run_emulator(guest: Path, commands: list[Command], version: int, cpus: int) -> list[int]:
    """What every read gives on this emulator as a whole."""
    from emu import Machine

    machine = Machine(memory="512MiB", cpus=cpus, gic_version=version, clock="virtual")
    machine.load(str(guest))
    header, body = memory(commands, cpus)
    machine.memory.write(HEADER, header)
    machine.memory.write(COMMANDS, body)
    machine.run(timeout=60)
    return [int(line, 16) for line in machine.console.read().split()]


def run_model(gic: Gic, commands: list[Command]) -> list[int]:
    """What every read gives on the model alone. The timers' lines follow CNT*_CTL; their compare values are 0."""
    results = []
    for command in commands:
        cpu, where, value = command.cpu, command.where, command.value
        if isinstance(where, int):
            if value is None:
                results.append(gic.read(command.frame, cpu, where, command.size))
            else:
                gic.write(command.frame, cpu, where, value, command.size)
        elif where in TIMERS:
            gic.line(TIMERS[where], value is not None and value & 3 == 1, cpu)
        elif where == "ISR":
            irq, fiq = gic.outputs[cpu] or (False, False)
            results.append(irq << 7 | fiq << 6)
        elif value is None:
            results.append(gic.icc(cpu, where))
        else:
            gic.icc(cpu, where, value)
    return results
