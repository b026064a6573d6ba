# SPDX-License-Identifier: MIT
"""The exceptions that the package raises.

Exception
└── EmuError                what a user can cause and mend; str() is one line that names the file, option or address
    ├── ConfigError         a machine that can't be built as asked           (also a ValueError)
    ├── ImageError          a guest image that can't be loaded               (also a ValueError)
    ├── FdtError            a device tree that can't be read or completed    (also a ValueError)
    ├── SerialError         a host side of the console that can't be opened  (also an OSError)
    ├── BusError            a physical address that is not RAM               (also a LookupError)
    └── TranslationError    a virtual address that the guest couldn't use    (also a LookupError)
"""

from __future__ import annotations


class EmuError(Exception):
    """Base of the errors that this package raises on purpose."""


class ConfigError(EmuError, ValueError):
    """The machine can't be built as asked."""


class ImageError(EmuError, ValueError):
    """The guest image is broken, unsupported, or does not fit."""


class FdtError(EmuError, ValueError):
    """The device tree blob is broken, or does not fit."""


class SerialError(EmuError, OSError):
    """The host side of a serial line can't be opened."""


class BusError(EmuError, LookupError):
    """The physical address is not backed by RAM."""


class TranslationError(EmuError, LookupError):
    """The virtual address does not translate in the current regime."""
