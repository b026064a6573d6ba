# SPDX-License-Identifier: MIT
"""What boot tests share: the tools directory on the path, the `linux` mark, guests fetched once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "linux: boots Debian's kernel; slow, and fetches it once with apt")


@pytest.fixture(scope="session")
def guests() -> Path:
    """Return the directory with vmlinuz and initramfs.cpio.gz; skip the test if they can't be had."""
    done = subprocess.run([sys.executable, ROOT / "tools/fetch_linux.py"], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(done.stderr.strip())
    return Path(done.stdout.strip())
