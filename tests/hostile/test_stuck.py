# SPDX-License-Identifier: MIT
"""Guests that can't get on end, and say where."""

import os
import subprocess
import sys

import pytest

from emu import Machine, StopReason
from tests.code import BRANCH_TO_SELF, assemble

PATIENCE = 20 * float(os.environ.get("EMU_PATIENCE", "1"))
BASE = 0x4008_0000
MSR_VBAR_X1 = 0xD518_C001
UDF = 0
# Vector at 0x200: eor x9, x9, #16; adr x10, .+32; add x10, x10, x9; br x10 - to one of two undefined words.
ALTERNATE = (0xD27C_0129, 0x1000_010A, 0x8B09_014A, 0xD61F_0140)


def fault_loop(kind: str) -> bytes:
    """A guest whose exceptions never end: its vectors are nowhere, or undefined, or fault at changing places."""
    if kind == "nowhere":
        return assemble(UDF)  # VBAR_EL1 is 0: no memory
    vectors = assemble(*ALTERNATE) if kind == "alternate" else b""
    code = assemble(0x1000_4001, MSR_VBAR_X1, UDF)  # adr x1, .+0x800
    return code.ljust(0x800 + 0x200, b"\0") + vectors.ljust(0x600, b"\0")


@pytest.mark.parametrize("kind", ["nowhere", "undefined", "alternate"])
@pytest.mark.parametrize("listens", [False, True])
def test_fault_loop(kind, listens):
    m = Machine(memory="16MiB")
    m.load(fault_loop(kind))
    if listens:
        m._host.look_for_input = lambda: m._core.set_external_input(True)  # a terminal can't help
    stop = m.run(timeout=PATIENCE)
    assert stop.reason is StopReason.STUCK
    assert "exception after exception" in stop.message
    assert "EL1" in stop.message


def test_limit_holds_without_retirement():
    m = Machine(memory="16MiB", cpus=2)
    m.load(assemble(UDF))
    m._core.start_cpu(1, BASE + 0x1000, 0)
    m.memory.write(BASE + 0x1000, assemble(BRANCH_TO_SELF))
    stop = m.run(max_instructions=1000, timeout=PATIENCE)
    assert (stop.reason, stop.instructions) == (StopReason.LIMIT, 1000)


@pytest.mark.parametrize(("kind", "words"), [("nowhere", ("0x200", "EL1", "ESR 0x8600", "instruction abort", "FAR 0x200")),
                                             ("undefined", ("0x40080a00", "EL1", "ESR 0x2000000", "undefined"))])  # fmt: skip
def test_command_line(tmp_path, kind, words):
    image = tmp_path / "loop.bin"
    image.write_bytes(fault_loop(kind))
    result = subprocess.run([sys.executable, "-m", "emu", "run", image], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert result.returncode == 125
    assert result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr


def test_jump_to_nowhere():
    for target in (0, 1 << 63, (1 << 64) - 4, 0x0900_0000, 0x0800_0000, 0x4100_0000 - 4, 0x4000_0002):
        m = Machine(memory="16MiB")
        m.load(assemble(0xD61F_0000))  # br x0
        m.memory.write(0x4100_0000 - 4, bytes(4))
        m.cpu.x[0] = target
        stop = m.run(timeout=PATIENCE)
        assert stop.reason is StopReason.STUCK
