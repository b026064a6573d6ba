#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Count which instruction follows which as they are executed: ``python bench/pairs.py [WORKLOAD]``.

The candidates for fused handlers are the frequent pairs. Mnemonics are capstone's, with the kinds of the operands: what a
decoder specialises on. Fallen-through pairs only: nothing can be fused across a taken branch.
"""

from __future__ import annotations

import argparse
import re
import struct
from collections import Counter
from itertools import pairwise

import capstone
from workloads import MEMORY_MIB, WORKLOADS, Workload, find

from emu import Machine

_IMMEDIATE, _REGISTER = re.compile(r"#-?(0x)?[0-9a-f]+"), re.compile(r"\b([xwbhsdqv])(\d+|zr)\b")


def shape(mnemonic: str, operands: str) -> str:
    """Return an instruction without the numbers of its registers and its immediates."""
    kinds = _REGISTER.sub(r"\1", _IMMEDIATE.sub("#", operands))
    return f"{mnemonic} {kinds}".strip()


def trace(workload: Workload, steps: int) -> list[int]:
    """Return the addresses of the instructions executed after mark_start, at most `steps`."""
    machine = Machine(memory=f"{MEMORY_MIB}MiB", cpu=workload.cpu, bootargs=f"rounds={workload.quick}", clock="virtual")
    image = machine.load(workload.image)
    machine.run(until="mark_start")
    end, cpu, result = image.symbols["mark_stop"], machine.cpu, []
    while len(result) < steps and cpu.pc != end:
        result.append(cpu.pc)
        machine.step()
    return result


def shapes(workload: Workload, addresses: set[int]) -> dict[int, str]:
    """Return the shape of the instruction at each address."""
    machine = Machine(memory=f"{MEMORY_MIB}MiB")
    machine.load(workload.image)
    decoder = capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM)
    result = {}
    for address in addresses:
        word = machine.memory.read(address, 4)
        found = next(decoder.disasm_lite(word, address), None)
        result[address] = shape(*found[2:]) if found else f".word {struct.unpack('<I', word)[0]:#010x}"
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("workload", nargs="?", default="coremark", choices=[workload.name for workload in WORKLOADS])
    parser.add_argument("--steps", type=int, default=200_000, help="how far (%(default)s)")
    parser.add_argument("--top", type=int, default=30, help="how many pairs (%(default)s)")
    args = parser.parse_args()
    [workload] = find([args.workload])
    addresses = trace(workload, args.steps)
    names = shapes(workload, set(addresses))
    pairs = Counter((a, b) for a, b in pairwise(addresses) if b == a + 4)
    by_shape: Counter[str] = Counter()
    for (a, b), times in pairs.items():
        by_shape[f"{names[a]}  +  {names[b]}"] += times
    taken = sum(b != a + 4 for a, b in pairwise(addresses))
    print(f"{args.workload}: {len(addresses)} instructions, {taken / len(addresses):.1%} are taken branches")
    for text, times in by_shape.most_common(args.top):
        print(f"{times / len(addresses):6.1%}  {text}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
