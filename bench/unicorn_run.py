#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run a workload's image in Unicorn: ``python bench/unicorn_run.py IMAGE``; the checksum goes to stdout.

Unicorn has no PL011 and no PSCI, and Unicorn 2.1.4 takes a prefetch abort at the instruction after the one that sets
SCTLR_EL1.M with our tables. So the function `workload` alone runs, with the MMU off: less work than the others have.
"""

from __future__ import annotations

import sys
from pathlib import Path

from elftools.elf.elffile import ELFFile
from unicorn import UC_ARCH_ARM64, UC_MODE_ARM, Uc, UcError
from unicorn.arm64_const import (
    UC_ARM64_REG_CPACR_EL1,
    UC_ARM64_REG_SP,
    UC_ARM64_REG_X0,
    UC_ARM64_REG_X30,
    UC_CPU_ARM64_MAX,
)

RAM_START, RAM_BYTES = 0x4000_0000, 64 << 20
STACK_TOP = RAM_START + (48 << 20)
END = RAM_START + 0x100  # where the workload returns to; nothing is there
FPEN = 3 << 20


def load(machine: Uc, image: Path) -> dict[str, int]:
    """Copy the image's segments into RAM; returns its symbols."""
    with image.open("rb") as stream:
        elf = ELFFile(stream)
        for segment in elf.iter_segments("PT_LOAD"):
            machine.mem_write(segment["p_paddr"], segment.data())
        return {symbol.name: symbol["st_value"] for symbol in elf.get_section_by_name(".symtab").iter_symbols()}


def main() -> int:
    machine = Uc(UC_ARCH_ARM64, UC_MODE_ARM)
    machine.ctl_set_cpu_model(UC_CPU_ARM64_MAX)
    machine.mem_map(RAM_START, RAM_BYTES)
    symbols = load(machine, Path(sys.argv[1]))
    machine.reg_write(UC_ARM64_REG_CPACR_EL1, FPEN)
    machine.reg_write(UC_ARM64_REG_SP, STACK_TOP)
    machine.reg_write(UC_ARM64_REG_X30, END)
    machine.reg_write(UC_ARM64_REG_X0, int.from_bytes(machine.mem_read(symbols["rounds"], 4), "little"))
    try:
        machine.emu_start(symbols["workload"], END)
    except UcError as error:
        print(f"{sys.argv[1]}: {error}", file=sys.stderr)
        return 1
    print(f"checksum {machine.reg_read(UC_ARM64_REG_X0):#018x}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
