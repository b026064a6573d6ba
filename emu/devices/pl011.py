# SPDX-License-Identifier: MIT
"""PL011: the UART. Registers and behaviour as in Arm's PrimeCell UART TRM (DDI 0183, r1p5), chapters 2 and 3.

The part that is modelled is r1p1: its FIFOs are 16 deep. The far end of the line is a Backend (emu.serial).
"""

from __future__ import annotations

from ..device import FdtContext, Register, State, Timer
from ..fdt import Value
from ..serial.backend import Backend
from .primecell import APB_CLOCK, APB_CLOCK_HZ, PrimeCell, peripheral_id

# UARTDR, beside the character in bits 7:0. UARTRSR has the same four bits, 8 places lower.
DR_FE, DR_PE, DR_BE, DR_OE = 1 << 8, 1 << 9, 1 << 10, 1 << 11
RSR_OE = 1 << 3
FR_CTS, FR_DSR, FR_DCD, FR_BUSY, FR_RXFE, FR_TXFF, FR_RXFF, FR_TXFE, FR_RI = (1 << bit for bit in range(9))
LCR_BRK, LCR_FEN = 1 << 0, 1 << 4
CR_UARTEN, CR_LBE, CR_TXE, CR_RXE = 1 << 0, 1 << 7, 1 << 8, 1 << 9
CR_DTR, CR_RTS, CR_OUT1, CR_OUT2 = 1 << 10, 1 << 11, 1 << 12, 1 << 13
# UARTIMSC, UARTRIS, UARTMIS, UARTICR.
INT_RI, INT_CTS, INT_DCD, INT_DSR, INT_RX, INT_TX, INT_RT, INT_FE, INT_PE, INT_BE, INT_OE = (
    1 << bit for bit in range(11)
)
_ALL_INTERRUPTS = 0x7FF

FIFO_DEPTH = 16
_TRIGGERS = (2, 4, 8, 12, 14, 14, 14, 14)  # UARTIFLS.RXIFLSEL: 1/8, 1/4, 1/2, 3/4, 7/8; the rest is reserved
_MODEM_ON = FR_CTS | FR_DSR | FR_DCD  # a cable with a terminal at its end
_LOOPBACK = ((CR_RTS, FR_CTS), (CR_DTR, FR_DSR), (CR_OUT1, FR_DCD), (CR_OUT2, FR_RI))
_MODEM_INTERRUPTS = ((FR_RI, INT_RI), (FR_CTS, INT_CTS), (FR_DCD, INT_DCD), (FR_DSR, INT_DSR))

CHARACTER_NS = 20_000
"""Guest time between two characters on the line: about 500 kbaud, whatever divisor the guest has set."""
_MIN_BIT_NS, _MAX_BIT_NS = 100, 104_167  # the latter is 9600 baud
_POLLS = 8


class PL011(PrimeCell):
    """A UART with FIFOs, connected to a backend.

    Transmission takes no guest time: the transmit FIFO is always empty, so its interrupt follows every write.

    Characters wait in the backend until the guest listens, and arrive at the pace of a line: nothing typed or piped
    in before a driver is ready gets lost. CHOICE(IMPDEF): a guest listens when it unmasks a receive interrupt, reads
    UARTDR, or polls a status register _POLLS times without sending (a sender never polls twice: there is always
    room). A guest that never writes UARTCR finds the UART enabled, as firmware leaves it.
    """

    size = 0x1000
    compatible = ("arm,pl011", "arm,primecell")

    UARTDR = Register(0x000, doc="Data: receive or send a character")
    UARTRSR = Register(0x004, doc="Receive status; a write clears the errors (UARTECR)")
    UARTFR = Register(0x018, access="r", doc="Flags: FIFO levels and modem inputs")
    UARTILPR = Register(0x020, mask=0xFF, doc="IrDA low-power counter")
    UARTIBRD = Register(0x024, mask=0xFFFF, doc="Integer baud rate divisor")
    UARTFBRD = Register(0x028, mask=0x3F, doc="Fractional baud rate divisor")
    UARTLCR_H = Register(0x02C, mask=0xFF, doc="Line control: break, parity, FIFO enable, word length")
    UARTCR = Register(0x030, 0x0300, mask=0xFF87, doc="Control: enables, loopback, modem outputs, flow control")
    UARTIFLS = Register(0x034, 0x12, mask=0x3F, doc="Interrupt FIFO level select")
    UARTIMSC = Register(0x038, mask=_ALL_INTERRUPTS, doc="Interrupt mask set or clear")
    UARTRIS = Register(0x03C, access="r", doc="Raw interrupt status")
    UARTMIS = Register(0x040, access="r", doc="Masked interrupt status")
    UARTICR = Register(0x044, access="w", doc="Interrupt clear")
    UARTDMACR = Register(0x048, mask=0x7, doc="DMA control (no DMA controller is connected)")
    PeriphID0 = peripheral_id(0, 0x11)
    PeriphID1 = peripheral_id(1, 0x10)
    PeriphID2 = peripheral_id(2, 0x14)
    PeriphID3 = peripheral_id(3, 0x00)

    rx_fifo: State[list[int]] = State(list)
    """Received characters with their error bits, as UARTDR gives them, oldest first."""
    overrun = State(bool)
    """A character was lost since the last one that got into the FIFO."""
    polls = State(int)
    """Status reads since the guest last sent a character."""
    listens = State(bool)
    """The guest has polled for input, or read UARTDR, since it last wrote UARTCR or UARTIMSC."""
    enabled = State(lambda: True)
    """UARTEN and RXE, or nobody has written UARTCR yet."""
    modem = State(lambda: _MODEM_ON)
    """The modem inputs, as UARTFR bits."""
    line_time_ns: State[int | None] = State(lambda: None)
    """When the next characters arrive, if some are on the line."""
    timeout_time_ns: State[int | None] = State(lambda: None)
    """When the receive timeout strikes, if it counts."""

    def __init__(self, backend: Backend | None = None) -> None:
        self.backend = backend if backend is not None else Backend()
        self._line_timer: Timer | None = None
        self._timeout_timer: Timer | None = None

    def attached(self) -> None:
        """Let the backend wake the guest."""
        host = self.host
        assert host is not None
        self.backend.start(lambda: host.post(self._pump), lambda: host.post(self.receive_break))

    def connect(self, backend: Backend) -> None:
        """Put another backend at the far end of the line; the old one is closed."""
        self.backend.close()
        self.backend = backend
        if self.host is not None:
            self.attached()

    def close(self) -> None:
        """Write out what the guest has sent, and close the backend."""
        self.backend.close()

    # -- Receiving ----------------------------------------------------------------------------------------------------

    def _capacity(self) -> int:
        return FIFO_DEPTH if self.UARTLCR_H & LCR_FEN else 1

    def _trigger(self) -> int:
        return _TRIGGERS[self.UARTIFLS >> 3] if self.UARTLCR_H & LCR_FEN else 1

    def receive(self, character: int) -> None:
        """Let one character, with the error bits FE, PE, BE of UARTDR, come in from the line."""
        if len(self.rx_fifo) >= self._capacity():
            self.overrun = True
            self.UARTRSR |= RSR_OE
            self.UARTRIS |= INT_OE
        else:
            self.rx_fifo.append(character | (DR_OE if self.overrun else 0))
            self.overrun = False
            for error, interrupt in ((DR_FE, INT_FE), (DR_PE, INT_PE), (DR_BE, INT_BE)):
                if character & error:
                    self.UARTRIS |= interrupt
            if len(self.rx_fifo) >= self._trigger():
                self.UARTRIS |= INT_RX
        self._restart_timeout()
        self._update()

    def receive_break(self) -> None:
        """Let a break come in: a null character with the break and framing bits."""
        self.receive(DR_BE | DR_FE)

    @UARTDR.reader
    def _read_dr(self) -> int:
        if not self.listens:
            self.listens = True
            self._pump()
        if not self.rx_fifo:
            return 0
        word = self.rx_fifo.pop(0)
        self.UARTRSR = (self.UARTRSR & RSR_OE) | (word >> 8 & 0xF)
        if len(self.rx_fifo) < self._trigger():
            self.UARTRIS &= ~INT_RX
        if not self.rx_fifo:
            self.UARTRIS &= ~INT_RT
        self._restart_timeout()
        self._update()
        self._pump()
        return word

    @UARTRSR.writer
    def _write_ecr(self, value: int) -> None:
        self.UARTRSR = 0

    # -- The line: from the backend, at the pace of a line, when there is room ----------------------------------------

    def _accepts(self) -> bool:
        listens = self.listens or self.UARTIMSC & (INT_RX | INT_RT)
        return bool(listens and self.enabled and not self.UARTCR & CR_LBE and len(self.rx_fifo) < self._capacity())

    def _pump(self) -> None:
        """Put characters on the line, if the backend has some and the guest takes them."""
        if self.line_time_ns is None and self._accepts() and self.backend.readable():
            self._set_line_time(self.now_ns() + CHARACTER_NS)

    def _set_line_time(self, time_ns: int) -> None:
        self.line_time_ns = time_ns
        if self.host is not None:
            self._line_timer = self.at(time_ns, self._arrive)

    def _arrive(self) -> None:
        self.line_time_ns = None
        room = self._capacity() - len(self.rx_fifo) if self._accepts() else 0
        characters = self.backend.take(room) if room else b""
        for character in characters:
            self.receive(character)
        if characters and self.backend.readable() and self._accepts():
            self._set_line_time(self.now_ns() + CHARACTER_NS * len(characters))

    # -- Receive timeout: 32 bit periods without a character, while the FIFO holds some -------------------------------

    def _bit_ns(self) -> int:
        divisor = self.UARTIBRD * 64 + self.UARTFBRD  # in 1/64; a bit is 16 times the divisor in UARTCLK periods
        bit_ns = divisor * 1_000_000_000 // (4 * APB_CLOCK_HZ)
        return min(max(bit_ns, _MIN_BIT_NS), _MAX_BIT_NS)

    def _restart_timeout(self) -> None:
        if self._timeout_timer is not None:
            self._timeout_timer.cancel()
            self._timeout_timer = None
        self.timeout_time_ns = None
        if self.rx_fifo and not self.UARTRIS & INT_RT:
            self._set_timeout_time(self.now_ns() + 32 * self._bit_ns())

    def _set_timeout_time(self, time_ns: int) -> None:
        self.timeout_time_ns = time_ns
        if self.host is not None:
            self._timeout_timer = self.at(time_ns, self._time_out)

    def _time_out(self) -> None:
        self.timeout_time_ns = None
        self.UARTRIS |= INT_RT
        self._update()

    # -- Sending ------------------------------------------------------------------------------------------------------

    # CHOICE(IMPDEF): characters are sent whether or not UARTEN and TXE are set, since guests for this board rely on it.
    @UARTDR.writer
    def _write_dr(self, value: int) -> None:
        self.polls = 0
        if self.UARTCR & CR_LBE:
            self.receive(value & 0xFF)
        else:
            self.backend.put(value & 0xFF)
        if not self.UARTRIS & INT_TX:
            self.UARTRIS |= INT_TX
            self._update()

    @UARTLCR_H.writer
    def _write_lcr_h(self, value: int) -> None:
        rising = value & ~self.UARTLCR_H
        self.UARTLCR_H = value & 0xFF
        if rising & LCR_BRK and self.UARTCR & CR_LBE:
            self.receive_break()
        self._pump()

    # -- Control and status -------------------------------------------------------------------------------------------

    def _poll(self) -> None:
        self.polls += 1
        if self.polls >= _POLLS and not self.listens:
            self.listens = True
            self._pump()

    @UARTFR.reader
    def _read_fr(self) -> int:
        self._poll()
        flags = self.modem | FR_TXFE
        if not self.rx_fifo:
            flags |= FR_RXFE
        elif len(self.rx_fifo) >= self._capacity():
            flags |= FR_RXFF
        return flags

    @UARTRIS.reader
    def _read_ris(self) -> int:
        self._poll()
        return self.UARTRIS

    @UARTMIS.reader
    def _read_mis(self) -> int:
        return self.UARTRIS & self.UARTIMSC

    @UARTCR.writer
    def _write_cr(self, value: int) -> None:
        self.UARTCR = value & PL011.UARTCR.mask
        self.enabled = value & (CR_UARTEN | CR_RXE) == CR_UARTEN | CR_RXE
        self.listens, self.polls = False, 0
        self._set_modem(self._looped_modem() if value & CR_LBE else _MODEM_ON)
        self._pump()

    def _looped_modem(self) -> int:
        return sum(flag for output, flag in _LOOPBACK if self.UARTCR & output)

    def _set_modem(self, modem: int) -> None:
        changed = modem ^ self.modem
        self.modem = modem
        for flag, interrupt in _MODEM_INTERRUPTS:
            if changed & flag:
                self.UARTRIS |= interrupt
        self._update()

    @UARTIMSC.writer
    def _write_imsc(self, value: int) -> None:
        self.UARTIMSC = value & _ALL_INTERRUPTS
        self.listens, self.polls = False, 0
        self._update()
        self._pump()

    @UARTICR.writer
    def _write_icr(self, value: int) -> None:
        self.UARTRIS &= ~value
        self._update()

    def _update(self) -> None:
        self.irq.set(bool(self.UARTRIS & self.UARTIMSC))

    # -- Reset, snapshots, device tree --------------------------------------------------------------------------------

    def reset(self) -> None:
        """Reset the UART; input that no guest has taken yet stays on the line."""
        super().reset()
        self._line_timer = self._timeout_timer = None

    def restored(self) -> None:
        """Set the timers again."""
        self._line_timer = self._timeout_timer = None
        if self.line_time_ns is not None:
            self._set_line_time(self.line_time_ns)
        if self.timeout_time_ns is not None:
            self._set_timeout_time(self.timeout_time_ns)
        self._pump()

    def fdt_properties(self, context: FdtContext) -> dict[str, Value]:
        """Return the two clocks: of the line, and of the bus interface."""
        clock = context.phandle(APB_CLOCK)
        return {"clock-names": ["uartclk", "apb_pclk"], "clocks": [clock, clock]}
