# SPDX-License-Identifier: MIT
"""`emu info`: what this version has: CPU models, features, devices, the memory map."""

from __future__ import annotations

import argparse

from ..errors import EmuError
from ..units import format_size

HELP = "list CPU models, features and devices"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `emu info`."""
    parser.add_argument("--cpu", metavar="MODEL", default="max", help="whose features to list (max)")
    parser.add_argument("--features", action="store_true", help="list the features alone")
    parser.add_argument("--registers", action="store_true", help="list the registers of the devices, too")


def _print_models() -> None:
    from .._core import Core

    print("CPU models:")
    for name, text in Core.models():
        print(f"  {name:<18}{text}")


def _print_features(model: str) -> None:
    from .._core import Core

    try:
        rows = Core(1, model, 3, True, 0).features()
    except ValueError:
        raise EmuError(
            f"--cpu {model}: unknown model; there are {', '.join(name for name, _ in Core.models())}"
        ) from None
    print(f"Features of {model}:")
    for name, text, present in rows:
        if present:
            print(f"  {name:<18}{text}".rstrip())
    print("Features that it lacks:")
    print("  " + ", ".join(name for name, _, present in rows if not present))


def _print_map(gic_version: int) -> None:
    from .. import board

    print(f"\nMemory map (GICv{gic_version}):")
    for row in sorted(board.ranges(gic_version), key=lambda row: row.address):
        interrupt = f"SPI {row.spi}" if row.spi is not None else ""
        print(f"  {row.address:#011x}  {format_size(row.size):>10}  {row.name:<20}{interrupt}".rstrip())
    print(f"  {board.RAM_BASE:#011x}  {'':>10}  RAM")


def _print_devices(with_registers: bool) -> None:
    from ..devices.pl011 import PL011
    from ..devices.pl031 import PL031

    print("\nDevices:")
    for device in (PL011, PL031):
        summary = (device.__doc__ or "").strip().splitlines()[0].rstrip(".")
        print(f"  {device.__name__:<8}{', '.join(device.compatibles())}: {summary}")
        for register in device.registers() if with_registers else ():
            print(f"      {register.offset:#05x}  {register.name:<12}{register.access:<4}{register.doc}")


def main(options: argparse.Namespace) -> int:
    """Print the lists; returns the exit status."""
    from .. import __version__
    from .._core import Core

    if options.features:
        _print_features(options.cpu)
        return 0
    print(f"emu {__version__}, core built by {Core.build()}\n")
    _print_models()
    print()
    _print_features(options.cpu)
    _print_map(3)
    _print_devices(options.registers)
    return 0
