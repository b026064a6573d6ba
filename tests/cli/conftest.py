# SPDX-License-Identifier: MIT
"""Running the program as users do."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.code import BRANCH_TO_SELF, WFI, assemble

Emu = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def emu(tmp_path: Path) -> Emu:
    """`emu("run", …)` in an empty directory; at most 20 seconds."""

    def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "emu", *map(str, arguments)]
        settings = {"capture_output": True, "timeout": 20, "cwd": tmp_path, "stdin": subprocess.DEVNULL}
        return subprocess.run(command, check=False, **{**settings, **options})

    return run


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A raw image that branches to itself for ever."""
    path = tmp_path / "endless.bin"
    path.write_bytes(assemble(BRANCH_TO_SELF))
    return path


@pytest.fixture
def asleep(tmp_path: Path) -> Path:
    """A raw image that waits for an interrupt that never comes."""
    path = tmp_path / "asleep.bin"
    path.write_bytes(assemble(WFI, BRANCH_TO_SELF))
    return path


@pytest.fixture
def resetting(tmp_path: Path) -> Path:
    """A raw image that prints a dot and asks PSCI for a reset."""
    path = tmp_path / "reset.bin"
    path.write_bytes(
        assemble(
            0xD2A12001,  # mov x1, #0x9000000
            0x528005C2,  # mov w2, #'.'
            0x39000022,  # strb w2, [x1]
            0x52800120,  # mov w0, #9
            0x72B08000,  # movk w0, #0x8400, lsl #16: SYSTEM_RESET
            0xD4000002,  # hvc #0
        )
    )
    return path
