# SPDX-License-Identifier: MIT
"""What all tests share."""

import os
import signal
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Programs that tests start find the package where these tests do, installed or not.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))

# Some CI systems start us with Ctrl-C ignored, and programs that we start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def greeting() -> Path:
    """The guest that greets, prints its device tree and powers off."""
    return ROOT / "kernels" / "hello.elf"
