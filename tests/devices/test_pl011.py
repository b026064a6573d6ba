# SPDX-License-Identifier: MIT
"""PL011, register by register, as the TRM has it."""

import pytest

from emu.console import Console
from emu.devices import pl011
from emu.devices.pl011 import PL011
from emu.testbench import Testbench

DR, RSR, FR, IBRD, FBRD, LCR_H, CR, IFLS, IMSC, RIS, MIS, ICR = (
    0x00, 0x04, 0x18, 0x24, 0x28, 0x2C, 0x30, 0x34, 0x38, 0x3C, 0x40, 0x44,
)  # fmt: skip
FEN, LBE = pl011.LCR_FEN, pl011.CR_LBE
ON = pl011.CR_UARTEN | pl011.CR_TXE | pl011.CR_RXE
MS = 1_000_000


class Bench(Testbench):
    def __init__(self, *, fifo: bool = True) -> None:
        self.console = Console()
        super().__init__(PL011(self.console), interrupt=1)
        self.write32(IBRD, 13)  # 115200 baud at 24 MHz
        self.write32(FBRD, 1)
        self.write32(LCR_H, 0x60 | (FEN if fifo else 0))
        self.write32(CR, ON)

    def receive(self, data: bytes) -> None:
        for character in data:
            self.device.receive(character)

    def read_all(self) -> bytes:
        data = b""
        while not self.read32(FR) & pl011.FR_RXFE:
            data += bytes([self.read32(DR) & 0xFF])
        return data


def test_reset_values_and_identification():
    bench = Testbench(PL011())
    assert (bench.read32(CR), bench.read32(IFLS), bench.read32(LCR_H), bench.read32(RIS)) == (0x300, 0x12, 0, 0)
    assert bench.read32(FR) & (pl011.FR_TXFE | pl011.FR_RXFE | pl011.FR_TXFF | pl011.FR_BUSY) == 0x90
    identification = [0x11, 0x10, 0x14, 0x00, 0x0D, 0xF0, 0x05, 0xB1]
    assert [bench.read32(0xFE0 + 4 * i) for i in range(8)] == identification


def test_sends():
    bench = Bench()
    for character in b"hello":
        bench.write32(DR, character)
    bench.device.mmio_write(DR, 1, ord("!"))
    assert bench.console.read() == b"hello!"


def test_transmit_interrupt_follows_data():
    bench = Bench()
    bench.write32(IMSC, pl011.INT_TX)
    assert not bench.lines[1]  # enabling it before any data sets nothing
    bench.write32(DR, ord("x"))
    assert bench.read32(MIS) == pl011.INT_TX
    assert bench.lines[1]
    bench.write32(ICR, pl011.INT_TX)
    assert not bench.lines[1]
    bench.write32(DR, ord("y"))
    assert bench.lines[1]


@pytest.mark.parametrize(("select", "level"), [(0, 2), (1, 4), (2, 8), (3, 12), (4, 14)])
def test_receive_interrupt_at_its_level(select, level):
    bench = Bench()
    bench.write32(IFLS, select << 3)
    bench.write32(IMSC, pl011.INT_RX)
    bench.receive(bytes(level - 1))
    assert not bench.lines[1]
    bench.receive(b"x")
    assert bench.lines[1]
    bench.read32(DR)
    assert not bench.lines[1]


def test_without_fifo_every_character_interrupts():
    bench = Bench(fifo=False)
    bench.receive(b"a")
    assert bench.read32(RIS) & pl011.INT_RX
    assert bench.read32(FR) & pl011.FR_RXFF
    assert bench.read32(DR) == ord("a")
    assert not bench.read32(RIS) & pl011.INT_RX


def test_receive_timeout():
    bench = Bench()
    bench.write32(IMSC, pl011.INT_RT)
    bench.receive(b"ab")
    bench.advance(270_000)  # 32 bits at 115200 baud are 278 us
    assert not bench.lines[1]
    bench.advance(20_000)
    assert bench.lines[1]
    bench.read32(DR)
    assert bench.lines[1]  # until the FIFO is empty
    bench.read32(DR)
    assert not bench.lines[1]


def test_receive_timeout_is_cleared_by_icr():
    bench = Bench()
    bench.receive(b"a")
    bench.advance(MS)
    bench.write32(ICR, pl011.INT_RT)
    assert not bench.read32(RIS) & pl011.INT_RT


def test_flags_of_the_receive_fifo():
    bench = Bench()
    assert bench.read32(FR) & pl011.FR_RXFE
    bench.receive(bytes(15))
    assert not bench.read32(FR) & (pl011.FR_RXFE | pl011.FR_RXFF)
    bench.receive(b"x")
    assert bench.read32(FR) & pl011.FR_RXFF


def test_overrun():
    bench = Bench()
    bench.receive(bytes(range(16)) + b"lost")
    assert bench.read32(RIS) & pl011.INT_OE
    assert bench.read32(RSR) & 8
    assert [bench.read32(DR) for _ in range(16)] == list(range(16))
    bench.receive(b"z")
    assert bench.read32(DR) == ord("z") | pl011.DR_OE  # told with the first character that got in again
    bench.write32(RSR, 0)
    assert bench.read32(RSR) == 0


def test_break():
    bench = Bench()
    bench.device.receive_break()
    assert bench.read32(RIS) & (pl011.INT_BE | pl011.INT_FE) == pl011.INT_BE | pl011.INT_FE
    assert bench.read32(DR) == pl011.DR_BE | pl011.DR_FE
    assert bench.read32(RSR) == 0b101


def test_loopback():
    bench = Bench()
    bench.write32(CR, ON | LBE)
    bench.write32(DR, ord("q"))
    assert bench.read_all() == b"q"
    assert bench.console.read() == b""
    assert bench.read32(FR) & (pl011.FR_CTS | pl011.FR_DSR | pl011.FR_DCD | pl011.FR_RI) == 0
    bench.write32(ICR, 0x7FF)
    bench.write32(CR, ON | LBE | pl011.CR_RTS | pl011.CR_OUT2)
    assert bench.read32(FR) & (pl011.FR_CTS | pl011.FR_DSR | pl011.FR_DCD | pl011.FR_RI) == pl011.FR_CTS | pl011.FR_RI
    assert bench.read32(RIS) & 0xF == pl011.INT_CTS | pl011.INT_RI
    bench.write32(LCR_H, 0x71)
    assert bench.read32(DR) & pl011.DR_BE


def test_masks_are_limited():
    bench = Bench()
    bench.write32(IMSC, 0xFFFF_FFFF)
    assert bench.read32(IMSC) == 0x7FF
    bench.write32(CR, 0xFFFF_FFFF)
    assert bench.read32(CR) == 0xFF87


def test_input_waits_for_a_driver():
    bench = Bench()
    bench.console.write(b"typed before the driver was there")
    bench.advance(100 * MS)
    assert bench.read32(FR) & pl011.FR_RXFE
    bench.write32(IMSC, pl011.INT_RX | pl011.INT_RT)
    assert bench.read_all() == b""  # and what the driver drains at start is not lost
    data = b""
    for _ in range(10):
        bench.advance(MS)
        data += bench.read_all()
    assert data == b"typed before the driver was there"


def test_input_reaches_a_polling_guest():
    bench = Testbench(PL011(Console()))  # one that has not set up anything
    bench.device.backend.write(b"k")
    for _ in range(20):
        if not bench.read32(FR) & pl011.FR_RXFE:
            break
        bench.advance(10_000)
    assert bench.read32(DR) == ord("k")


def test_input_waits_while_a_guest_sends_only():
    bench = Bench()
    bench.console.write(b"k")
    for _ in range(100):
        bench.read32(FR)
        bench.write32(DR, ord("."))
        bench.read32(FR)
        bench.advance(100_000)
    assert bench.device.rx_fifo == []


def test_disabled_receiver_takes_nothing():
    bench = Bench()
    bench.write32(IMSC, pl011.INT_RX | pl011.INT_RT)
    bench.write32(CR, pl011.CR_UARTEN | pl011.CR_TXE)
    bench.console.write(b"x")
    bench.advance(MS)
    assert bench.device.rx_fifo == []
    bench.write32(CR, ON)
    bench.advance(MS)
    assert bench.device.rx_fifo == [ord("x")]


def test_backend_is_never_overrun():
    bench = Bench()
    bench.write32(IMSC, pl011.INT_RX | pl011.INT_RT)
    bench.console.write(bytes(range(256)))
    data = b""
    while len(data) < 256:
        bench.advance(MS)
        assert bench.lines[1]
        data += bench.read_all()
    assert data == bytes(range(256))
    assert not bench.read32(RIS) & pl011.INT_OE


def test_snapshot_in_the_middle_of_input():
    bench = Bench()
    bench.write32(IMSC, pl011.INT_RX | pl011.INT_RT)
    bench.receive(b"abc")
    state = bench.device.snapshot()
    bench.advance(MS)
    bench.read_all()
    bench.device.restore(state)
    assert not bench.lines[1]
    bench.advance(MS)
    assert bench.lines[1]
    assert bench.read_all() == b"abc"


def test_reset():
    bench = Bench()
    bench.write32(IMSC, 0x7FF)
    bench.receive(b"abc")
    bench.device.receive_break()
    assert bench.lines[1]
    bench.device.reset()
    assert not bench.lines[1]
    assert bench.read32(CR) == 0x300
    assert bench.read32(FR) & pl011.FR_RXFE
