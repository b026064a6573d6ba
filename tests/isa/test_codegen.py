# SPDX-License-Identifier: MIT
"""What the compiler made of handlers: dispatch is a jump, and hot handlers are short and save no registers."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from functools import lru_cache

import pytest

HANDLER = re.compile(r"(op|strict|slow)_\w+")
# Each is one dispatch; the limit is what gcc 12 needs, and two instructions more.
HOT = {
    "op_MOVI": 10, "op_MOV_x": 10, "op_ADD_imm_x": 12, "op_ADD_shift_x": 13, "op_AND_imm_x": 12, "op_LSL_imm_x": 14,
    "op_CMP_imm_x": 14, "op_CSEL_x_eq": 15, "op_MADD_x": 16, "op_CBZ_x": 22, "op_B": 12, "op_B_cond_eq": 22,
    "op_CMP_imm_x_B_ne": 26, "op_SUBS_imm_x_B_ne": 30, "op_RET": 24,
}


@lru_cache(maxsize=1)
def functions() -> dict[str, list[str]]:
    """Function name to its instructions, of the built core. Skips where there is nothing to look at."""
    from emu import _core

    if platform.machine() != "x86_64" or not shutil.which("objdump"):
        pytest.skip("reads x86-64 code with objdump")
    if os.environ.get("EMU_SANITIZE") or os.environ.get("EMU_DEBUG") or os.environ.get("EMU_TAILCALL") == "0":
        pytest.skip("these builds call handlers from a loop")
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", _core.__file__], capture_output=True, text=True, check=True).stdout
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if match := re.match(r"[0-9a-f]+ <(\w+)(?:\.cold)?>:", line):
            name = match[1]
        elif match := re.match(r"\s+[0-9a-f]+:\s+(.*\S)", line):
            found.setdefault(name, []).append(match[1])
    if "op_MOVI" not in found:
        pytest.skip("the core carries no symbols")
    return found


def body(name: str) -> list[str]:
    """A function's instructions without padding."""
    return [i for i in functions()[name] if not re.match(r"(cs |data16 |ds )*(nop|xchg +%ax,%ax)", i)]


def test_handlers_never_call_the_next_one() -> None:
    """A dispatch that is a call, not a jump, would grow the host's stack without end: a local whose address escapes does that."""
    dispatch = re.compile(r"call\s+\*(0x20)?(%|\(%r(?!ip))")
    found = [name for name, insns in functions().items() if HANDLER.fullmatch(name) and any(map(dispatch.match, insns))]
    assert found == []


@pytest.mark.parametrize("name", HOT)
def test_hot_handler_is_short(name: str) -> None:
    """No frame, no saved registers, no vector registers, not many instructions."""
    insns = body(name)
    assert not [i for i in insns if re.match(r"(call|push|pop|ret|sub +\$0x\w+,%rsp)|.*%xmm", i)]
    assert len(insns) <= HOT[name], "\n".join(insns)
