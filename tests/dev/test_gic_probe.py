# SPDX-License-Identifier: MIT
"""Random traffic by a guest: on QEMU, and on this emulator as a whole, what it reads is what the model alone gives."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from . import gic_probe
from .gic_library import Gic
from .gic_probe_traffic import ProbeTraffic

SIZES = [(2, 1), (2, 3), (3, 1), (3, 3)]
SPURIOUS = (1022, 1023)

pytestmark = pytest.mark.skipif(not gic_probe.COMPILER, reason="needs aarch64-linux-gnu-gcc")


@pytest.fixture(scope="session")
def guest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gic_probe.build_guest(tmp_path_factory.mktemp("probe"))


def compare(commands: list[gic_probe.Command], got: list[int], expected: list[int]) -> None:
    """Fail at the first read that differs, and show the commands before it. 1022 and 1023 are as good as each other."""
    reads = [n for n, command in enumerate(commands) if command.value is None]
    assert len(got) == len(expected) == len(reads)
    for n, one, other in zip(reads, got, expected, strict=True):
        if one != other and not (one in SPURIOUS and other in SPURIOUS):
            pytest.fail(f"{one:#x}, not {other:#x}, after {commands[max(0, n - 6):n + 1]}")


@pytest.mark.skipif(not gic_probe.QEMU, reason="needs qemu-system-aarch64")
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("version", "cpus"), SIZES)
def test_qemu_agrees(gic_library: ctypes.CDLL, guest: Path, tmp_path: Path, version: int, cpus: int, seed: int) -> None:
    commands = list(ProbeTraffic(seed, version, cpus).stream(1000))
    expected = gic_probe.run_model(Gic(gic_library, version, cpus), commands)
    compare(commands, gic_probe.run_qemu(guest, commands, version, cpus, tmp_path), expected)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("version", "cpus"), SIZES)
def test_the_whole_emulator_agrees(gic_library: ctypes.CDLL, guest: Path, version: int, cpus: int, seed: int) -> None:
    pytest.importorskip("emu._core")
    commands = list(ProbeTraffic(seed + 100, version, cpus).stream(1000))
    expected = gic_probe.run_model(Gic(gic_library, version, cpus), commands)
    assert gic_probe.run_emulator(guest, commands, version, cpus) == expected
