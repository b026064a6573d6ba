# SPDX-License-Identifier: MIT
"""`emu bench`: how fast this emulator is, alone or beside QEMU and Unicorn. What it runs is in bench/ and kernels/."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

from ..errors import EmuError

HELP = "measure speed, and compare it with other emulators"
_ROOT = Path(__file__).resolve().parents[2]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `emu bench`."""
    parser.add_argument("workload", metavar="WORKLOAD", nargs="*", help="what to run (all; --list names them)")
    parser.add_argument("--list", action="store_true", help="list the workloads and end")
    parser.add_argument("--compare", action="store_true", help="run qemu-system-aarch64 and Unicorn, too, where installed")
    parser.add_argument("--runs", metavar="N", type=int, default=3, help="runs of each (3)")
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=60.0, help="for one run (60)")
    parser.add_argument("--json", metavar="FILE", help="keep the measures")
    parser.add_argument("--plot", metavar="FILE", help="draw the ratios (needs matplotlib)")


def _modules() -> tuple[Any, Any, Any]:
    """Import the modules of bench/, which are not part of an installed package."""
    directory = _ROOT / "bench"
    if not (directory / "compare.py").is_file() or not (_ROOT / "kernels" / "bench").is_dir():
        raise EmuError("emu bench: works in a source checkout only: there is no bench/ and kernels/ beside the package")
    sys.path.insert(0, str(directory))
    compare, engines, workloads = (importlib.import_module(name) for name in ("compare", "engines", "workloads"))
    return compare, engines, workloads


def _check(options: argparse.Namespace) -> None:
    from importlib.util import find_spec

    if options.runs < 1:
        raise EmuError(f"--runs {options.runs}: at least 1")
    if options.timeout <= 0:
        raise EmuError(f"--timeout {options.timeout:g}: more than 0")
    if options.plot and not options.compare:
        raise EmuError("--plot: ratios come from --compare")
    if options.plot and find_spec("matplotlib") is None:
        raise EmuError("--plot: matplotlib is not installed")


def _keep(compare: Any, result: dict[str, Any], options: argparse.Namespace) -> None:
    for option, write in (("json", compare.write_json), ("plot", compare.plot)):
        path = getattr(options, option)
        try:
            if path:
                write(result, Path(path))
        except (OSError, ValueError) as error:
            raise EmuError(f"--{option} {path}: {error}") from None


def main(options: argparse.Namespace) -> int:
    """Run the workloads and print the table as Markdown; returns the exit status."""
    compare, engines, workloads = _modules()
    _check(options)
    try:
        chosen = workloads.find(options.workload)
    except KeyError as error:
        raise EmuError(f"{error.args[0]}: no such workload; `emu bench --list` names them") from None
    if options.list:
        print("\n".join(workload.name for workload in chosen))
        return 0
    there = engines.installed() if options.compare else ["emu"]
    try:
        result = compare.run(chosen, there, options.runs, options.timeout, lambda name: print(name, file=sys.stderr))
    except engines.BenchError as error:
        raise EmuError(str(error)) from None
    print(f"{compare.describe(result)}\n\n{compare.table(result)}")
    _keep(compare, result, options)
    return 0
