# SPDX-License-Identifier: MIT
"""What a device is: a class whose registers and state are rows.

    class Ticker(Device):
        size = 0x1000
        compatible = "acme,ticker"
        COUNT = Register(0x00, access="r", doc="Ticks so far")
        CONTROL = Register(0x04, reset=1, mask=0x3, doc="bit 0 enables, bit 1 unmasks the interrupt")

        @CONTROL.writer
        def _write_control(self, value: int) -> None:
            self.CONTROL = value & 0x3
            self.irq.set(bool(value & 2))

Register dispatch, reset, snapshots and what `emu info` prints are derived from the rows. A device with no rows may
override read() and write() instead. A device works unattached too (see emu.testbench), so that tests need no guest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, Self, TypeVar, cast, overload

from .fdt import Node, Value, cells64

if TYPE_CHECKING:
    from .memory import Memory

T = TypeVar("T")
Reader = Callable[[Any], int]
Writer = Callable[[Any, int], None]

SPI_BASE = 32  # INTID of SPI 0
_FDT_SPI, _FDT_LEVEL_HIGH = 0, 4
_BYTE_MASKS = (0, 0xFF, 0xFFFF, 0xFF_FFFF, 0xFFFF_FFFF)


class Host(Protocol):
    """What a device may ask of the machine that it is attached to. Only post() may be called from another thread."""

    @property
    def memory(self) -> Memory:
        """Guest RAM."""

    def now_ns(self) -> int:
        """Return guest time since power-on in nanoseconds."""

    def at(self, time_ns: int, fn: Callable[[], None]) -> int:
        """Call fn at that guest time; returns a handle for cancel()."""

    def cancel(self, handle: int) -> None:
        """Forget an at() that has not happened yet."""

    def post(self, fn: Callable[[], None]) -> None:
        """Call fn soon on the thread that runs the guest; wakes an idle guest."""

    def set_irq(self, intid: int, level: bool) -> None:
        """Drive an interrupt line."""


class Register:
    """One 32-bit register: offset in bytes, reset value, writable bits, access ("r", "w" or "rw").

    Without a reader the register reads as its value; without a writer a write replaces the bits in mask. The value
    is a plain attribute of the device under the register's name.
    """

    # No __set__: the value in the instance's dict then shadows this row, and reading it costs a plain lookup.
    def __init__(
        self, offset: int, reset: int = 0, *, mask: int = 0xFFFF_FFFF, access: str = "rw", doc: str = ""
    ) -> None:
        self.offset, self.reset, self.mask, self.access, self.doc = offset, reset, mask, access, doc
        self.name = ""
        self._reader_name = self._writer_name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, device: None, owner: type) -> Register: ...
    @overload
    def __get__(self, device: Device, owner: type) -> int: ...
    def __get__(self, device: Device | None, owner: type) -> Register | int:
        return self if device is None else self.reset

    def reader(self, function: Reader) -> Reader:
        """Decorator: function(self) is what a read returns."""
        self._reader_name = function.__name__
        return function

    def writer(self, function: Writer) -> Writer:
        """Decorator: function(self, value) is what a write does."""
        self._writer_name = function.__name__
        return function

    def bind_reader(self, owner: type) -> Reader:
        """Return the function that serves reads in class owner."""
        if "r" not in self.access:
            return lambda device: 0
        return cast(Reader, getattr(owner, self._reader_name)) if self._reader_name else attrgetter(self.name)

    def bind_writer(self, owner: type) -> Writer:
        """Return the function that serves writes in class owner."""
        if "w" not in self.access:
            return lambda device, value: None
        if self._writer_name:
            return cast(Writer, getattr(owner, self._writer_name))
        name, mask = self.name, self.mask

        def write(device: Any, value: int) -> None:
            setattr(device, name, (getattr(device, name) & ~mask) | (value & mask))

        return write


class State(Generic[T]):
    """A piece of a device's state that is not a register: State(list), State(int), State(lambda: 7).

    Values are ints, bools, bytes, strings, None, or lists and dicts of such, so that snapshots can hold them.
    """

    def __init__(self, default: Callable[[], T]) -> None:
        self.default = default
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, device: None, owner: type) -> State[T]: ...
    @overload
    def __get__(self, device: Device, owner: type) -> T: ...
    def __get__(self, device: Device | None, owner: type) -> State[T] | T:
        return self if device is None else self.default()


class InterruptLine:
    """One level-sensitive output of a device."""

    __slots__ = ("_host", "_intid", "level")

    def __init__(self) -> None:
        self.level = False
        self._host: Host | None = None
        self._intid = 0

    def connect(self, host: Host, intid: int) -> None:
        """Wire the line to an interrupt controller input."""
        self._host, self._intid = host, intid
        host.set_irq(intid, self.level)

    def set(self, level: bool) -> None:
        """Drive the line; only changes are passed on."""
        if level != self.level:
            self.level = level
            if self._host is not None:
                self._host.set_irq(self._intid, level)


class Timer:
    """A pending call on the guest's clock."""

    __slots__ = ("_fn", "_handle", "_host", "time_ns")

    def __init__(self, host: Host, time_ns: int, fn: Callable[[], None]) -> None:
        self.time_ns, self._host, self._fn = time_ns, host, fn
        self._handle: int | None = host.at(time_ns, self._fire)

    def _fire(self) -> None:
        self._handle = None
        self._fn()

    @property
    def pending(self) -> bool:
        """Whether the call is still to come."""
        return self._handle is not None

    def cancel(self) -> None:
        """Forget the call, if it has not happened yet."""
        if self._handle is not None:
            self._host.cancel(self._handle)
            self._handle = None


class FdtContext(Protocol):
    """What a device needs to know of the tree in order to write its node."""

    def phandle(self, path: str) -> int:
        """Return the phandle of the node at path, giving it one if it has none."""


class Device:
    """Base class of devices on the bus."""

    size: ClassVar[int] = 0x1000
    """Bytes of address space."""
    compatible: ClassVar[str | Sequence[str]] = ()
    """What the device tree calls it; none: no node of its own."""
    interrupts: ClassVar[int] = 1
    """Number of interrupt lines."""
    fdt_name: ClassVar[str] = ""
    """Node name before the @ (the class name in lower case when empty)."""

    _registers: ClassVar[dict[int, Register]] = {}
    _states: ClassVar[dict[str, State[Any]]] = {}
    _readers: ClassVar[dict[int, Reader]] = {}
    _writers: ClassVar[dict[int, Writer]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        rows = {name: row for base in reversed(cls.__mro__) for name, row in vars(base).items()}
        registers = [row for row in rows.values() if isinstance(row, Register)]
        cls._registers = {row.offset: row for row in sorted(registers, key=lambda row: row.offset)}
        cls._states = {name: row for name, row in rows.items() if isinstance(row, State)}
        cls._readers = {row.offset: row.bind_reader(cls) for row in registers}
        cls._writers = {row.offset: row.bind_writer(cls) for row in registers}
        # The bus calls what the subclass defines, without a Python frame in between.
        cls.mmio_read, cls.mmio_write = cls.read, cls.write  # type: ignore[method-assign]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        # Here and not in __init__: a subclass need not remember to call super().__init__().
        device = super().__new__(cls)
        device.host = None
        device.address = None
        device.irqs = [InterruptLine() for _ in range(cls.interrupts)]
        device._timers = []
        device._reset_rows()
        return device

    host: Host | None
    address: int | None
    irqs: list[InterruptLine]
    _timers: list[Timer]

    # -- Bus ----------------------------------------------------------------------------------------------------------

    def read(self, offset: int, size: int) -> int:
        """Return what a read of size bytes (1, 2, 4 or 8) at offset gives; unknown registers read as zero."""
        reader = self._readers.get(offset)
        if reader is not None and size <= 4:
            return reader(self) & _BYTE_MASKS[size]
        return self._read_lanes(offset, size)

    def write(self, offset: int, size: int, value: int) -> None:
        """Do what a write of size bytes (1, 2, 4 or 8) at offset does; unknown registers ignore it."""
        writer = self._writers.get(offset)
        if writer is not None and size <= 4:
            writer(self, value)
        else:
            self._write_lanes(offset, size, value)

    def mmio_read(self, offset: int, size: int) -> int:
        """Serve the bus: the core calls this."""
        return self.read(offset, size)

    def mmio_write(self, offset: int, size: int, value: int) -> None:
        """Serve the bus: the core calls this."""
        self.write(offset, size, value)

    # CHOICE(IMPDEF): as on an APB bus, an access narrower than a register moves its own byte lanes (the others are
    # written as zero), and a wider one is one access to each register in ascending order.
    def _read_lanes(self, offset: int, size: int) -> int:
        if size == 8:
            return self.read(offset, 4) | self.read(offset + 4, 4) << 32
        reader, lane = self._readers.get(offset & ~3), offset & 3
        return (reader(self) >> (8 * lane)) & _BYTE_MASKS[size] if reader else 0

    def _write_lanes(self, offset: int, size: int, value: int) -> None:
        if size == 8:
            self.write(offset, 4, value & 0xFFFF_FFFF)
            self.write(offset + 4, 4, value >> 32)
        elif writer := self._writers.get(offset & ~3):
            writer(self, (value << (8 * (offset & 3))) & 0xFFFF_FFFF)

    # -- Machine ------------------------------------------------------------------------------------------------------

    @property
    def irq(self) -> InterruptLine:
        """The first (mostly: the only) interrupt line."""
        return self.irqs[0]

    def attach(self, host: Host, address: int | None = None, interrupts: Sequence[int] = ()) -> None:
        """Connect the device to a machine; interrupts are SPI numbers, one a line."""
        self.host, self.address = host, address
        for line, spi in zip(self.irqs, interrupts, strict=False):
            line.connect(host, SPI_BASE + spi)
        self.attached()

    def attached(self) -> None:
        """Called once the device has a host; for subclasses."""

    def close(self) -> None:
        """Give back what the device holds of the host; for subclasses."""

    def now_ns(self) -> int:
        """Return guest time in nanoseconds (0 while unattached)."""
        return self.host.now_ns() if self.host else 0

    def at(self, time_ns: int, fn: Callable[[], None]) -> Timer:
        """Call fn at a guest time in nanoseconds; RuntimeError while unattached."""
        if self.host is None:
            raise RuntimeError(f"{type(self).__name__} is not attached to a machine")
        timer = Timer(self.host, time_ns, fn)
        self._timers = [pending for pending in self._timers if pending.pending] + [timer]
        return timer

    def after(self, delay_ns: int, fn: Callable[[], None]) -> Timer:
        """Call fn delay_ns nanoseconds of guest time from now; RuntimeError while unattached."""
        return self.at(self.now_ns() + delay_ns, fn)

    @property
    def memory(self) -> Memory:
        """Guest RAM, for DMA; RuntimeError while unattached."""
        if self.host is None:
            raise RuntimeError(f"{type(self).__name__} is not attached to a machine")
        return self.host.memory

    # -- Reset and snapshots ------------------------------------------------------------------------------------------

    def _reset_rows(self) -> None:
        for register in self._registers.values():
            self.__dict__[register.name] = register.reset
        for name, state in self._states.items():
            self.__dict__[name] = state.default()

    def _cancel_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers = []

    def reset(self) -> None:
        """Put every row to its reset value, forget timers, lower the interrupt lines."""
        self._cancel_timers()
        self._reset_rows()
        for line in self.irqs:
            line.set(False)

    def snapshot(self) -> dict[str, Any]:
        """Return the value of every row and the level of every line; a copy, made of plain values."""
        state = {register.name: self.__dict__[register.name] for register in self._registers.values()}
        for name in self._states:
            value = self.__dict__[name]
            state[name] = value.copy() if isinstance(value, list | dict) else value
        state["irqs"] = [line.level for line in self.irqs]
        return state

    def restore(self, state: dict[str, Any]) -> None:
        """Put back what snapshot() returned; restored() then sets timers again. KeyError for a row that is missing."""
        self._cancel_timers()
        names = [*(register.name for register in self._registers.values()), *self._states]
        for name, value in [(name, state[name]) for name in names]:
            self.__dict__[name] = value.copy() if isinstance(value, list | dict) else value
        for line, level in zip(self.irqs, state["irqs"], strict=True):
            line.set(level)
        self.restored()

    def restored(self) -> None:
        """Called after restore(): set the timers that the state asks for; for subclasses."""

    # -- Descriptions -------------------------------------------------------------------------------------------------

    @classmethod
    def registers(cls) -> list[Register]:
        """Return the register rows by ascending offset."""
        return list(cls._registers.values())

    @classmethod
    def compatibles(cls) -> list[str]:
        """Return the compatible strings, most specific first."""
        return [cls.compatible] if isinstance(cls.compatible, str) else list(cls.compatible)

    def fdt_node(self, context: FdtContext, address: int, interrupts: Sequence[int]) -> Node | None:
        """Return the device's node (None: it has none); interrupts are SPI numbers."""
        if not self.compatibles():
            return None
        node = Node(f"{self.fdt_name or type(self).__name__.lower()}@{address:x}")
        for name, value in self.fdt_properties(context).items():
            node.set(name, value)
        if interrupts:
            node.set("interrupts", [cell for spi in interrupts for cell in (_FDT_SPI, spi, _FDT_LEVEL_HIGH)])
        node.set("reg", cells64(address, self.size))
        node.set("compatible", self.compatibles())
        return node

    def fdt_properties(self, context: FdtContext) -> dict[str, Value]:
        """Return further properties of the node; for subclasses."""
        return {}
