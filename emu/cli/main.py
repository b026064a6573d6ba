# SPDX-License-Identifier: MIT
"""The program `emu`: its subcommands, and how their errors are told."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from .. import __version__
from ..errors import EmuError
from . import bench, disasm, info, run

EXIT_ERROR, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130
_COMMANDS = (run, disasm, info, bench)


class _Formatter(argparse.HelpFormatter):
    """Finds the width of the terminal by itself: argparse would import shutil and all compression modules for it."""

    def __init__(self, prog: str) -> None:
        try:
            width = os.get_terminal_size(1).columns
        except OSError:
            width = 80
        super().__init__(prog, width=min(width, 120) - 2)


class _Parser(argparse.ArgumentParser):
    """Tells wrong usage in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"emu: error: {message}\n")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = _Parser(
        prog="emu", description="An AArch64 system emulator.", allow_abbrev=False, formatter_class=_Formatter
    )
    parser.add_argument("--version", action="version", version=f"emu {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, prog="emu")
    for command in _COMMANDS:
        name = command.__name__.rpartition(".")[2]
        subparser = subparsers.add_parser(
            name, help=command.HELP, description=command.HELP, allow_abbrev=False, formatter_class=_Formatter
        )
        command.add_arguments(subparser)
        subparser.set_defaults(main=command.main)
    return parser


def _open_standard_files() -> None:
    """Give file descriptors 0 to 2 that are closed to /dev/null, so that no other file gets their numbers."""
    for fd in range(3):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115  for the rest of the process
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with arguments (default: the process's own); returns the exit status."""
    _open_standard_files()
    given = list(sys.argv[1:] if arguments is None else arguments)
    # argparse would take the image that follows a bare --stats for its value.
    given = ["--stats=text" if argument == "--stats" else argument for argument in given]
    options = build_parser().parse_args(given)
    try:
        status: int = options.main(options)
        sys.stdout.flush()
    except EmuError as error:
        print(f"emu: error: {error}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our stdout has gone: nothing is left to say, not even when Python flushes it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_ERROR
    return status
