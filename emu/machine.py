# SPDX-License-Identifier: MIT
"""The machine: cores, RAM, devices and a guest image, as one Python object."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Self

from . import board
from ._core import Core
from .board import Attachment, Hardware, Row
from .boot import Boot, BootOptions, Source
from .console import Console
from .cpu import Cpu
from .device import Device
from .devices.pl011 import PL011
from .devices.pl031 import PL031
from .errors import ConfigError, EmuError
from .hooks import Hooks
from .memory import Memory
from .serial import Backend, open_backend
from .stops import Stop, StopReason
from .units import format_size, parse_address, parse_date, parse_size

if TYPE_CHECKING:
    from .fdt import Node
    from .images import Image

_PAGE = 4096
_AFFINITY_MASK = 0xFF_00FF_FFFF  # MPIDR_EL1: Aff3 and Aff2 to Aff0
_MAX_TIMEOUT = 1e9  # seconds: 31 years
VIRTUAL_CLOCK_DATE = 1_704_067_200
"""The date at power-on under the virtual clock: 2024-01-01T00:00:00Z."""
_REASONS = {
    Core.STOP_POWER_OFF: StopReason.POWER_OFF,
    Core.STOP_RESET: StopReason.RESET,
    Core.STOP_LIMIT: StopReason.LIMIT,
    Core.STOP_TIMEOUT: StopReason.TIMEOUT,
    Core.STOP_BREAKPOINT: StopReason.BREAKPOINT,
    Core.STOP_STUCK: StopReason.STUCK,
    Core.STOP_REQUESTED: StopReason.INTERRUPTED,
}


class _DeviceHost:
    """What devices see of the machine."""

    def __init__(self, core: Core, memory: Memory, uart: PL011) -> None:
        self._core, self._uart = core, uart
        self.memory = memory
        self.now_ns = core.now_ns
        self.at = core.at
        self.cancel = core.cancel
        self.set_irq = core.set_irq

    def post(self, fn: Callable[[], None]) -> None:
        """Call fn on the thread that runs the guest; wakes an idle one."""
        self._core.post(fn)
        self._core.post(self.look_for_input)

    def look_for_input(self) -> None:
        """Tell the core whether somebody may yet type: an idle guest then waits, otherwise it is stuck."""
        self._core.set_external_input(self._uart.backend.live)


class Machine(Hooks):
    """An AArch64 machine.

    memory is a size ("64MiB" or bytes), cpus the number of cores, cpu their model, gic_version 2 or 3, max_el the
    highest exception level. clock is "realtime" or "virtual"; seed and rtc ("host" or an ISO date) are what the guest
    sees of randomness and of the date, fixed by default under the virtual clock. serial is a Backend, or what
    `--serial` takes; by default the console is the Python object `console`. bootargs, initrd, dtb, generate_fdt and
    fdt_address take effect in load(). Raises ConfigError for what can't be built.
    """

    def __init__(
        self,
        memory: str | int = "1GiB",
        cpus: int = 1,
        cpu: str = "max",
        gic_version: int = 3,
        max_el: int = 1,
        clock: str = "realtime",
        engine: str = "auto",
        *,
        seed: int | None = None,
        rtc: str | None = None,
        ram_base: int = board.RAM_BASE,
        memory_backend: str | os.PathLike[str] | None = None,
        serial: Backend | str | None = None,
        bootargs: str | None = None,
        initrd: str | os.PathLike[str] | None = None,
        dtb: str | os.PathLike[str] | None = None,
        generate_fdt: bool = True,
        fdt_address: int | None = None,
    ) -> None:
        ram_size = parse_size(memory)
        _check_options(cpus, gic_version, max_el, clock, engine)
        _check_ram(ram_base, ram_size, gic_version)
        self._virtual = clock == "virtual"
        self._seed = seed if seed is not None else 0 if self._virtual else int.from_bytes(os.urandom(8), "little")
        self._model, self._gic_version, self._max_el = cpu, gic_version, max_el
        self._core = _make_core(cpus, cpu, gic_version, self._virtual, self._seed, max_el)
        self.memory = Memory(self._core, ram_base, ram_size)
        self._uart = PL011()
        self._host = _DeviceHost(self._core, self.memory, self._uart)
        self.cpus = [Cpu(index, self._core.cpu(index), self.memory) for index in range(cpus)]
        self._init_hooks(self.cpus)
        self._boot = Boot(self.memory, BootOptions(bootargs, initrd, dtb, generate_fdt, fdt_address), self._seed)
        self._attachments: list[Attachment] = []
        self._fdt_stale = False
        self._runner: threading.Thread | None = None
        self._seconds = 0.0
        self._closed = False
        backend = open_backend(serial) if isinstance(serial, str) else serial
        rtc_device = PL031(_rtc_base(rtc, self._virtual))
        second = board.GIC_CPU_INTERFACE if gic_version == 2 else board.GIC_REDISTRIBUTORS
        self._core.map_gic(board.GIC_DISTRIBUTOR.address, second.address)
        _add_ram(self._core, ram_base, ram_size, memory_backend)
        self._attach(self._uart, board.UART.address, (1,))
        self._attach(rtc_device, board.RTC.address, (2,))
        self.connect_serial(Console() if backend is None else backend)
        self._core.start_cpu(0, ram_base, 0)

    def __repr__(self) -> str:
        return f"Machine({format_size(self.memory.size)}, {len(self.cpus)} x {self._model})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Flush the console, and give back what devices hold of the host; the machine stays readable."""
        if not self._closed:
            self._closed = True
            for attachment in self._attachments:
                attachment.device.close()

    # -- Parts --------------------------------------------------------------------------------------------------------

    @property
    def cpu(self) -> Cpu:
        """The boot CPU."""
        return self.cpus[0]

    @property
    def console(self) -> Console:
        """The console in Python; EmuError when the first UART was given another backend."""
        if not isinstance(self._uart.backend, Console):
            raise EmuError("the console is not a Python object: the first UART has another backend")
        return self._uart.backend

    @property
    def image(self) -> Image | None:
        """The image that load() loaded."""
        return self._boot.image

    @property
    def serial_error(self) -> OSError | None:
        """Why output of the first UART got lost (such as BrokenPipeError), if it did; run() was stopped then."""
        return self._uart.backend.error

    @property
    def devices(self) -> list[Attachment]:
        """The devices on the bus, with their addresses and interrupts."""
        return list(self._attachments)

    def connect_serial(self, backend: Backend | str) -> None:
        """Put a backend at the far end of the first UART's line; SerialError if it can't be opened."""
        opened = open_backend(backend) if isinstance(backend, str) else backend
        opened.on_error = self._core.request_stop
        if isinstance(opened, Console):
            opened.run_guest, opened.stop_guest = self._run_for_console, self._core.request_stop
        self._uart.connect(opened)

    def add_device(self, device: Device, address: int, interrupt: int | Sequence[int] = ()) -> None:
        """Put a device on the bus at a physical address; interrupt: SPI number, or one for each of its lines.

        Raises ConfigError when something else is there. The device tree, if the guest has not started, tells of it.
        """
        interrupts = (interrupt,) if isinstance(interrupt, int) else tuple(interrupt)
        taken = [*board.ranges(self._gic_version), Row("RAM", self.memory.base, self.memory.size)]
        taken += [Row(type(a.device).__name__, a.address, a.device.size) for a in self._attachments[2:]]
        for row in taken:
            if address < row.address + row.size and row.address < address + device.size:
                raise ConfigError(f"{type(device).__name__} at {address:#x}: {row.name} is there")
        self._attach(device, address, interrupts)

    def _attach(self, device: Device, address: int, interrupts: tuple[int, ...]) -> None:
        self._core.add_mmio(address, device.size, device)
        device.attach(self._host, address, interrupts)
        self._attachments.append(Attachment(device, address, interrupts))
        self._fdt_stale = True

    # -- Loading ------------------------------------------------------------------------------------------------------

    def _hardware(self) -> Hardware:
        mpidrs = [cpu.sysregs["MPIDR_EL1"] & _AFFINITY_MASK for cpu in self.cpus]
        memory = self.memory
        return Hardware(
            self._model, mpidrs, self._gic_version, self._max_el, memory.base, memory.size, self._attachments
        )

    def load(self, source: Source, *, entry: int | str | None = None) -> Image:
        """Load an image (a path, or its bytes) with the ramdisk and the device tree, and point the boot CPU at it.

        entry overrides where an ELF file is entered, or says where a raw image is loaded and entered. Raises
        ImageError or FdtError, naming the file, and loads nothing then.
        """
        address = parse_address(entry) if entry is not None else None
        image = self._boot.load(source, address, self._hardware())
        self._start()
        return image

    def _start(self) -> None:
        self._fdt_stale = True
        self._core.start_cpu(0, self._boot.entry, self._boot.fdt_address or 0)

    @property
    def fdt(self) -> Node:
        """The device tree as the guest gets it."""
        return self._boot.tree(self._hardware())

    def fdt_blob(self) -> bytes:
        """Return the device tree as the guest gets it, flattened."""
        return self._boot.blob(self._hardware())

    def reset(self) -> None:
        """Restart the machine as its reset button does: devices and cores reset, the image loaded anew."""
        self._core.reset()
        for attachment in self._attachments:
            attachment.device.reset()
        self._boot.reload(self._hardware())
        self._start()

    # -- Running ------------------------------------------------------------------------------------------------------

    def resolve(self, address: int | str) -> int:
        """Return an address given as such or as a symbol of the image; EmuError for an unknown symbol."""
        if isinstance(address, int):
            return address
        symbols = self._boot.image.symbols if self._boot.image else {}
        if address not in symbols:
            raise EmuError(f"no symbol '{address}'")
        return symbols[address]

    def run(
        self, until: int | str | None = None, max_instructions: int | None = None, timeout: float | None = None
    ) -> Stop:
        """Run the guest until it stops by itself, gets to the address or symbol until, or to a limit.

        max_instructions counts those of all cores and is exact; timeout is in host seconds. Exceptions raised by
        devices and hooks come out as they are; the machine can go on afterwards. A RESET stop leaves the machine as
        the guest left it: reset() restarts it.
        """
        if self._runner is not None:  # before anything of the run that is under way is touched
            raise RuntimeError("the machine is running: do this between runs")
        target = self.resolve(until) if until is not None else None
        core, start = self._core, self._core.instructions()
        if max_instructions is not None and max_instructions <= 0:
            return self._stop(Core.STOP_LIMIT, start, target)
        if self._fdt_stale:
            self._boot.write_fdt(self._hardware())
            self._fdt_stale = False
        core.set_breakpoints([target] if target is not None else [])
        began = time.monotonic()
        self._runner = threading.current_thread()
        self._host.look_for_input()
        try:
            reason = core.run(max_instructions or 0, _timeout_ns(timeout))
        finally:
            self._runner = None
            self._seconds += time.monotonic() - began
        return self._stop(reason, start, target)

    def _stop(self, reason: int, start: int, target: int | None) -> Stop:
        info = self._core.stop_info
        index = int(info["cpu"])
        pc, instructions = self.cpus[index].pc, self._core.instructions() - start
        why = _REASONS[reason]
        if why is StopReason.BREAKPOINT and pc == target:
            why = StopReason.UNTIL
        message = _explain(info) if why is StopReason.STUCK else ""
        return Stop(why, pc, instructions, 0 if why is StopReason.POWER_OFF else None, index, message)

    def step(self, count: int = 1) -> Stop:
        """Retire count more instructions."""
        return self.run(max_instructions=count)

    def stop(self) -> None:
        """Make run(), in whatever thread it is, return INTERRUPTED soon."""
        self._core.request_stop()

    def _run_for_console(self, timeout: float) -> bool:
        if self._runner not in (None, threading.current_thread()):
            time.sleep(min(timeout, 0.005))
            return True
        return self.run(timeout=timeout).reason in (StopReason.INTERRUPTED, StopReason.TIMEOUT)

    def stats(self) -> dict[str, int | float]:
        """Return counts of what the machine has done so far: instructions, seconds of running, MIPS, the core's own."""
        instructions = self._core.instructions()
        mips = instructions / self._seconds / 1e6 if self._seconds else 0.0
        figures: dict[str, int | float] = {"instructions": instructions, "seconds": round(self._seconds, 6)}
        return {**figures, "mips": round(mips, 3), **self._core.stats()}


def _timeout_ns(timeout: float | None) -> int:
    """Return host nanoseconds for the core, to which 0 means no limit; more than the clock can count is none."""
    if timeout is None or timeout > _MAX_TIMEOUT:
        return 0
    return max(int(timeout * 1e9), 1)


def _explain(info: Mapping[str, int | str]) -> str:
    """Return where (the core tells the PC) and why a guest is stuck: EL, ESR in words, FAR."""
    from .syndrome import describe, has_far

    text = f"{info['message']}; EL{info['el']}"
    esr = int(info["esr"])
    if esr:
        text += f", last exception: ESR {esr:#x} ({describe(esr)})"
    return text + (f", FAR {info['far']:#x}" if has_far(esr) else "")


# -- Checks -----------------------------------------------------------------------------------------------------------


def _check_options(cpus: int, gic_version: int, max_el: int, clock: str, engine: str) -> None:
    if gic_version not in board.MAX_CPUS:
        raise ConfigError(f"gic-version {gic_version}: not 2 or 3")
    if not 1 <= cpus <= board.MAX_CPUS[gic_version]:
        raise ConfigError(f"cpus {cpus}: a machine with GICv{gic_version} has 1 to {board.MAX_CPUS[gic_version]}")
    if max_el not in (1, 2, 3):
        raise ConfigError(f"max-el {max_el}: not 1, 2 or 3")
    if max_el > 1:
        raise ConfigError(f"max-el {max_el}: not implemented in this version")
    if clock not in ("realtime", "virtual"):
        raise ConfigError(f"clock {clock}: not realtime or virtual")
    if engine not in ("auto", "threaded", "native"):
        raise ConfigError(f"engine {engine}: not auto, threaded or native")


def _check_ram(base: int, size: int, gic_version: int) -> None:
    if base % _PAGE or size % _PAGE:
        raise ConfigError(f"memory {format_size(size)} at {base:#x}: must be made of whole 4 KiB pages")
    if base + size > board.RAM_LIMIT:
        raise ConfigError(
            f"memory {format_size(size)} at {base:#x}: more than the board has room for (up to {board.RAM_LIMIT:#x})"
        )
    for row in board.ranges(gic_version):
        if base < row.address + row.size and row.address < base + size:
            raise ConfigError(f"memory {format_size(size)} at {base:#x}: overlaps {row.name} at {row.address:#x}")


def _make_core(cpus: int, model: str, gic_version: int, virtual: bool, seed: int, max_el: int) -> Core:
    try:
        return Core(cpus, model, gic_version, virtual, seed & 0xFFFF_FFFF_FFFF_FFFF, max_el)
    except ValueError as error:
        models = [name for name, _ in Core.models()]
        if model not in models:
            raise ConfigError(f"cpu {model}: unknown model; there are {', '.join(models)}") from None
        raise ConfigError(f"cpu {model}: {error}") from None


def _add_ram(core: Core, base: int, size: int, path: str | os.PathLike[str] | None) -> None:
    backend = os.fspath(path) if path is not None else None
    try:
        core.add_ram(base, size, backend)
    except (OSError, MemoryError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error) or "the host has not that much"
        what = f"memory-backend {backend}" if backend is not None else f"memory {format_size(size)}"
        raise ConfigError(f"{what}: {reason}") from None


def _rtc_base(rtc: str | None, virtual: bool) -> int | None:
    """Return the date at power-on, or None to follow the host's clock."""
    if rtc is None:
        return VIRTUAL_CLOCK_DATE if virtual else None
    if rtc == "host":
        return int(time.time()) if virtual else None
    return parse_date(rtc)
