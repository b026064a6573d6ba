# SPDX-License-Identifier: MIT
"""An AArch64 system emulator that is a Python package. README.md says which name lives in which file.

Names are imported when they are first used: a command that runs no guest does not load the core.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .console import Console
    from .cpu import Cpu
    from .device import Device, InterruptLine, Register, State
    from .errors import BusError, ConfigError, EmuError, FdtError, ImageError, SerialError, TranslationError
    from .hooks import ExceptionInfo, HookHandle
    from .images import Image
    from .machine import Machine
    from .memory import Memory
    from .stops import Stop, StopReason

__version__ = "0.1.0"

_HOMES = {
    "BusError": "errors",
    "ConfigError": "errors",
    "Console": "console",
    "Cpu": "cpu",
    "Device": "device",
    "EmuError": "errors",
    "FdtError": "errors",
    "ExceptionInfo": "hooks",
    "HookHandle": "hooks",
    "Image": "images",
    "ImageError": "errors",
    "InterruptLine": "device",
    "Machine": "machine",
    "Memory": "memory",
    "Register": "device",
    "SerialError": "errors",
    "State": "device",
    "Stop": "stops",
    "StopReason": "stops",
    "TranslationError": "errors",
}

__all__ = [
    "BusError",
    "ConfigError",
    "Console",
    "Cpu",
    "Device",
    "EmuError",
    "ExceptionInfo",
    "FdtError",
    "HookHandle",
    "Image",
    "ImageError",
    "InterruptLine",
    "Machine",
    "Memory",
    "Register",
    "SerialError",
    "State",
    "Stop",
    "StopReason",
    "TranslationError",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'emu' has no attribute '{name}'")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
