# SPDX-License-Identifier: MIT
"""The generic timer never loses a compare value, wherever the clock is when it is looked at."""

from __future__ import annotations

import ctypes
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from .gic_library import FLAGS, ROOT


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    target = tmp_path_factory.mktemp("timer") / "timer.so"
    sources = [ROOT / "pyx" / "cpu" / "timer.c", Path(__file__).with_name("timer_probe.c")]
    command = [*shlex.split(os.environ.get("CC", "cc")), *FLAGS, f"-I{ROOT / 'pyx'}", *map(str, sources)]
    generated = next(iter((ROOT / "build").glob("generated")), ROOT)
    subprocess.run([*command, f"-I{generated}", "-o", str(target)], check=True)
    library = ctypes.CDLL(str(target))
    library.probe.restype = ctypes.c_uint64
    library.probe.argtypes = [ctypes.c_uint64] * 3 + [ctypes.POINTER(ctypes.c_bool)]
    return library


@pytest.mark.parametrize("step_ns", [0, 1, 15, 16, 17, 1000])
def test_a_compare_value_is_met_or_still_to_come(probe: ctypes.CDLL, step_ns: int) -> None:
    fires_ns = 16_000
    for now_ns in range(fires_ns - 4 * max(step_ns, 16), fires_ns + 64):
        asserted = ctypes.c_bool()
        next_ns = probe.probe(now_ns, step_ns, fires_ns, ctypes.byref(asserted))
        assert asserted.value or next_ns == fires_ns, f"lost at {now_ns} ns"
