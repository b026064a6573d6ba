# SPDX-License-Identifier: MIT
"""PL031: the real-time clock. Registers as in Arm's PrimeCell Real Time Clock TRM (DDI 0224), chapter 3."""

from __future__ import annotations

import time

from ..device import Register, State, Timer
from .primecell import PrimeCell, peripheral_id

_WORD = 0xFFFF_FFFF
_NS = 1_000_000_000


class PL031(PrimeCell):
    """A counter of seconds with one match register.

    base is the date at power-on in seconds since 1970. None follows the host's clock: what RTCDR tells is then the
    host's date however long the machine was stopped in between.
    """

    size = 0x1000
    compatible = ("arm,pl031", "arm,primecell")

    RTCDR = Register(0x000, access="r", doc="Data: the date in seconds")
    RTCMR = Register(0x004, doc="Match: the interrupt is raised when RTCDR gets here")
    RTCLR = Register(0x008, doc="Load: sets the date")
    RTCCR = Register(0x00C, 1, mask=0, doc="Control: always started, as on the r1p3 part")
    RTCIMSC = Register(0x010, mask=1, doc="Interrupt mask set or clear")
    RTCRIS = Register(0x014, access="r", doc="Raw interrupt status")
    RTCMIS = Register(0x018, access="r", doc="Masked interrupt status")
    RTCICR = Register(0x01C, access="w", doc="Interrupt clear")
    PeriphID0 = peripheral_id(0, 0x31)
    PeriphID1 = peripheral_id(1, 0x10)
    PeriphID2 = peripheral_id(2, 0x04)
    PeriphID3 = peripheral_id(3, 0x00)

    offset_seconds = State(int)
    """What the guest added by RTCLR, modulo 2^32."""

    def __init__(self, base: int | None = None) -> None:
        self.base = base
        self._alarm: Timer | None = None

    def _date_ns(self) -> int:
        """Return the date, before RTCLR's offset, in nanoseconds."""
        return time.time_ns() if self.base is None else self.base * _NS + self.now_ns()

    def _date(self) -> int:
        return (self._date_ns() // _NS + self.offset_seconds) & _WORD

    @RTCDR.reader
    def _read_dr(self) -> int:
        return self._date()

    @RTCLR.writer
    def _write_lr(self, value: int) -> None:
        self.RTCLR = value
        self.offset_seconds = (value - self._date_ns() // _NS) & _WORD
        self._arm()

    @RTCMR.writer
    def _write_mr(self, value: int) -> None:
        self.RTCMR = value
        self._arm()

    @RTCIMSC.writer
    def _write_imsc(self, value: int) -> None:
        self.RTCIMSC = value & 1
        self._update()

    @RTCMIS.reader
    def _read_mis(self) -> int:
        return self.RTCRIS & self.RTCIMSC

    @RTCICR.writer
    def _write_icr(self, value: int) -> None:
        self.RTCRIS &= ~value
        self._update()

    def _update(self) -> None:
        self.irq.set(bool(self.RTCRIS & self.RTCIMSC))

    def _arm(self) -> None:
        """Set the alarm for the next second in which the counter equals RTCMR."""
        if self._alarm is not None:
            self._alarm.cancel()
        if self.host is None:
            return
        distance = (self.RTCMR - self._date()) & _WORD
        if distance == 0:  # the comparator looks at the counter all the time
            self._match()
        else:
            self._alarm = self.after(distance * _NS - self._date_ns() % _NS, self._ring)

    def _ring(self) -> None:
        # The host's clock and the guest's may disagree: ring late rather than never, and never early.
        if (self._date() - self.RTCMR) & _WORD < 1 << 31:
            self._match()
        else:
            self._arm()

    def _match(self) -> None:
        self.RTCRIS = 1
        self._update()

    def reset(self) -> None:
        """Reset the interface; the date that the guest has set stays, as behind a battery."""
        offset_seconds = self.offset_seconds
        super().reset()
        self.offset_seconds = offset_seconds

    def restored(self) -> None:
        """Set the alarm again."""
        if not self.RTCRIS:
            self._arm()
