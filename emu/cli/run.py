# SPDX-License-Identifier: MIT
"""`emu run`: run a guest."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from ..errors import ConfigError, EmuError
from ..units import parse_address, parse_date, parse_size

if TYPE_CHECKING:
    from ..machine import Machine
    from ..stops import Stop

HELP = "run a guest"
T = TypeVar("T")

EXIT_LIMIT, EXIT_STUCK, EXIT_INTERRUPTED, EXIT_SIGNAL = 124, 125, 130, 128
_SIGPIPE = 13


class _Terminated(BaseException):
    """SIGTERM or SIGHUP came; args[0] is its number."""


# -- Arguments --------------------------------------------------------------------------------------------------------


def _checked(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Return parse for argparse: its ConfigError becomes wrong usage."""

    def convert(text: str) -> T:
        try:
            return parse(text)
        except ConfigError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return convert


def _rtc(text: str) -> str:
    if text != "host":
        parse_date(text)
    return text


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e9:  # also false for NaN
        raise ConfigError(f"'{text}' is not a positive number of seconds")
    return seconds


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < len(text) <= 19 or int(text) == 0:
        raise ConfigError(f"'{text}' is not a positive number")
    return int(text)


def _seed(text: str) -> int:
    try:
        return parse_address(text)
    except ConfigError:
        raise ConfigError(f"'{text}' is not a number of up to 64 bits") from None


def _add_machine_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("machine")
    size, address = _checked(parse_size), _checked(parse_address)
    group.add_argument("--memory", metavar="SIZE", type=size, default=1 << 30, help="RAM, such as 512MiB (1GiB)")
    group.add_argument(
        "--dram-start-address", metavar="ADDR", type=address, default=0x4000_0000, help="start of RAM (0x40000000)"
    )
    group.add_argument("--memory-backend", metavar="FILE", help="keep RAM in FILE, which must not exist yet")
    group.add_argument("--cpus", metavar="N", type=_checked(_count), default=1, help="number of cores (1)")
    group.add_argument("--cpu", metavar="MODEL", default="max", help="model of the cores (max); `emu info` lists them")
    group.add_argument("--max-el", type=int, choices=(1, 2, 3), default=1, help="highest exception level (1)")
    group.add_argument("--gic-version", type=int, choices=(2, 3), default=3, help="interrupt controller (3)")
    group.add_argument(
        "--serial",
        metavar="BACKEND",
        default="stdio",
        help="first UART: stdio (default), null, file:PATH, pty, unix:PATH or tcp:HOST:PORT",
    )


def _add_boot_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("boot")
    address = _checked(parse_address)
    group.add_argument(
        "--entry-point-address",
        metavar="ADDR",
        type=address,
        help="raw image: where it is loaded and entered (RAM start + 0x80000); ELF: overrides the entry",
    )
    group.add_argument("--bootargs", metavar="STR", help="the kernel's command line")
    group.add_argument("--initrd", metavar="FILE", help="initial ramdisk")
    group.add_argument(
        "--generate-fdt", action=argparse.BooleanOptionalAction, default=True, help="make a device tree (default)"
    )
    group.add_argument("--fdt-address", metavar="ADDR", type=address, help="where the device tree goes")
    group.add_argument("--dtb", metavar="FILE", help="device tree blob in place of the made one")
    group.add_argument("--dump-dtb", metavar="FILE", help="write the device tree to FILE and go on")


def _add_run_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("run")
    group.add_argument(
        "--clock",
        choices=("realtime", "virtual"),
        default="realtime",
        help="what guest time follows: the host's clock (default), or the instruction count, for repeatable runs",
    )
    group.add_argument("--seed", metavar="N", type=_checked(_seed), help="what the guest sees of randomness")
    group.add_argument("--rtc", metavar="{host,TIME}", type=_checked(_rtc), help="date: the host's, or an ISO time")
    group.add_argument(
        "--engine", choices=("auto", "threaded", "native"), default="auto", help="how blocks are executed (auto)"
    )
    group.add_argument("--max-instructions", metavar="N", type=_checked(_count), help="stop after N instructions")
    group.add_argument("--timeout", metavar="SECONDS", type=_checked(_seconds), help="stop after SECONDS")
    group.add_argument(
        "--stats", choices=("text", "json"), help="print figures to stderr at the end (--stats=json: as JSON)"
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `emu run`."""
    parser.add_argument("image", metavar="IMAGE", nargs="?", help="guest image (default: a greeting)")
    _add_machine_arguments(parser)
    _add_boot_arguments(parser)
    _add_run_arguments(parser)


# -- Running ----------------------------------------------------------------------------------------------------------


def _greeting() -> str:
    """Return the path of the guest that the package carries: installed, or in a source checkout."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    candidates = [os.path.join(here, "data", "hello.elf"), os.path.join(os.path.dirname(here), "kernels", "hello.elf")]
    for path in candidates:
        if os.path.exists(path):
            return path
    raise EmuError("no IMAGE given, and the package carries no greeting guest (kernels/hello.elf)")


def _build(options: argparse.Namespace) -> Machine:
    from ..machine import Machine

    return Machine(
        options.memory,
        options.cpus,
        options.cpu,
        options.gic_version,
        options.max_el,
        options.clock,
        options.engine,
        seed=options.seed,
        rtc=options.rtc,
        ram_base=options.dram_start_address,
        memory_backend=options.memory_backend,
        serial="null",
        bootargs=options.bootargs,
        initrd=options.initrd,
        dtb=options.dtb,
        generate_fdt=options.generate_fdt,
        fdt_address=options.fdt_address,
    )


def _prepare(machine: Machine, options: argparse.Namespace, image: str) -> None:
    """Load everything and open the console. What this leaves on the host's disk is the user's only if all went well."""
    try:
        machine.load(image, entry=options.entry_point_address)
        if options.dump_dtb is not None:
            _dump_dtb(machine, options)
        machine.connect_serial(options.serial)
    except BaseException:
        if options.memory_backend is not None:
            os.unlink(options.memory_backend)
        raise


def _dump_dtb(machine: Machine, options: argparse.Namespace) -> None:
    if options.dtb is None and not options.generate_fdt:
        raise EmuError(f"--dump-dtb {options.dump_dtb}: there is no device tree (--no-generate-fdt)")
    try:
        with open(options.dump_dtb, "wb") as file:
            file.write(machine.fdt_blob())
    except OSError as error:
        raise EmuError(f"--dump-dtb {options.dump_dtb}: {error.strerror}") from None


def _install_signal_handlers() -> None:
    import signal

    def terminate(number: int, frame: object) -> None:
        raise _Terminated(number)

    signal.signal(signal.SIGTERM, terminate)
    signal.signal(signal.SIGHUP, terminate)


def _run(machine: Machine, options: argparse.Namespace) -> Stop:
    """Run until the guest ends for good: a reset restarts it within the same limits."""
    import time

    from ..stops import StopReason

    deadline = time.monotonic() + options.timeout if options.timeout is not None else None
    left = options.max_instructions
    while True:
        timeout = max(deadline - time.monotonic(), 0.0) if deadline is not None else None
        stop = machine.run(max_instructions=left, timeout=timeout)
        if stop.reason is not StopReason.RESET:
            return stop
        left = left - stop.instructions if left is not None else None
        machine.reset()


def _exit_status(stop: Stop, options: argparse.Namespace) -> int:
    """Return the exit status that a stop means, after telling what is not obvious."""
    from ..stops import StopReason

    if stop.reason is StopReason.LIMIT:
        _say(f"stopped after {options.max_instructions} instructions at pc {stop.pc:#x}")
        return EXIT_LIMIT
    if stop.reason is StopReason.TIMEOUT:
        _say(f"stopped after {options.timeout:g} seconds at pc {stop.pc:#x}")
        return EXIT_LIMIT
    if stop.reason is StopReason.STUCK:
        _say(f"the guest is stuck: {stop.message}")
        return EXIT_STUCK
    return stop.exit_code or 0


def _say(text: str) -> None:
    print(f"emu: {text}", file=sys.stderr)


def _print_stats(machine: Machine, form: str) -> None:
    figures = machine.stats()
    if form == "json":
        import json

        print(json.dumps(figures), file=sys.stderr)
        return
    for name, value in figures.items():
        text = f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
        print(f"{name.replace('_', ' '):24}{text:>20}", file=sys.stderr)


def main(options: argparse.Namespace) -> int:
    """Run the guest; returns the exit status."""
    image = options.image if options.image is not None else _greeting()
    machine: Machine | None = None
    stop: Stop | None = None
    status = 0
    try:
        _install_signal_handlers()
        if options.engine == "native":
            _say("--engine native: this build has no native engine; the threaded one runs, the guest can't tell")
        machine = _build(options)
        _prepare(machine, options, image)
        stop = _run(machine, options)
    except _Terminated as signal:
        status = EXIT_SIGNAL + int(signal.args[0])
    except KeyboardInterrupt:
        status = EXIT_INTERRUPTED
    finally:
        # First of all the terminal: what is printed next wants it cooked.
        if machine is not None:
            machine.close()
    if machine is not None and isinstance(machine.serial_error, BrokenPipeError):
        return EXIT_SIGNAL + _SIGPIPE
    if machine is not None and machine.serial_error is not None:
        raise EmuError(f"--serial {options.serial}: {machine.serial_error.strerror}")
    if machine is not None and options.stats is not None:
        _print_stats(machine, options.stats)
    return _exit_status(stop, options) if stop is not None else status
