# SPDX-License-Identifier: MIT
"""A bench for devices: everything that a machine gives them, without a guest.

bench = Testbench(PL031(base=0), interrupt=2)
bench.write32(0x04, 10)        # RTCMR
bench.advance(10_000_000_000)
assert bench.lines[2]
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from .device import SPI_BASE, Device

if TYPE_CHECKING:
    from .memory import Memory


class Testbench:
    """A host for one device whose clock moves only by advance()."""

    __test__ = False  # pytest must not collect it

    def __init__(self, device: Device, interrupt: int = 0) -> None:
        self.device = device
        self.lines: dict[int, bool] = {}
        self._now_ns = 0
        self._events: dict[int, tuple[int, Callable[[], None]]] = {}
        self._next_handle = 1
        self._posted: list[Callable[[], None]] = []
        self._arrival = threading.Event()
        device.attach(self, 0, [interrupt + line for line in range(device.interrupts)])

    # -- Host ---------------------------------------------------------------------------------------------------------

    @property
    def memory(self) -> Memory:
        """There is no RAM here: raises RuntimeError."""
        raise RuntimeError("a test bench has no RAM")

    def now_ns(self) -> int:
        """Return the bench's time in nanoseconds."""
        return self._now_ns

    def at(self, time_ns: int, fn: Callable[[], None]) -> int:
        """Call fn when advance() reaches that time."""
        handle = self._next_handle
        self._next_handle += 1
        self._events[handle] = (time_ns, fn)
        return handle

    def cancel(self, handle: int) -> None:
        """Forget an event."""
        self._events.pop(handle, None)

    def post(self, fn: Callable[[], None]) -> None:
        """Call fn at the next advance() or wait()."""
        self._posted.append(fn)
        self._arrival.set()

    def set_irq(self, intid: int, level: bool) -> None:
        """Record the level of a line under its SPI number."""
        self.lines[intid - SPI_BASE] = level

    # -- Bench --------------------------------------------------------------------------------------------------------

    def _run_posted(self) -> None:
        self._arrival.clear()
        posted, self._posted = self._posted, []
        for fn in posted:
            fn()

    def advance(self, delay_ns: int) -> None:
        """Let delay_ns nanoseconds pass, with everything that happens in them."""
        end_ns = self._now_ns + delay_ns
        self._run_posted()
        while due := [(time_ns, handle) for handle, (time_ns, _) in self._events.items() if time_ns <= end_ns]:
            time_ns, handle = min(due)
            self._now_ns = max(self._now_ns, time_ns)
            self._events.pop(handle)[1]()
        self._now_ns = end_ns

    def wait(self, timeout: float = 5.0) -> bool:
        """Wait up to timeout host seconds for another thread's post(), and serve it; returns whether one came."""
        arrived = self._arrival.wait(timeout)
        self._run_posted()
        return arrived

    def read32(self, offset: int) -> int:
        """Read a register as the bus does."""
        return self.device.mmio_read(offset, 4)

    def write32(self, offset: int, value: int) -> None:
        """Write a register as the bus does."""
        self.device.mmio_write(offset, 4, value)
