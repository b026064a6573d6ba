# SPDX-License-Identifier: MIT
"""What Arm's PrimeCell peripherals share: identification registers, and the board's peripheral clock."""

from __future__ import annotations

from ..device import Device, FdtContext, Register
from ..fdt import Value

APB_CLOCK = "/apb-pclk"
APB_CLOCK_HZ = 24_000_000


def peripheral_id(index: int, value: int) -> Register:
    """Return the row of PeriphID<index>."""
    return Register(0xFE0 + 4 * index, value, access="r", doc=f"Peripheral identification {index}")


class PrimeCell(Device):
    """A device with the PrimeCell identification (0xB105F00D) and an APB clock."""

    PCellID0 = Register(0xFF0, 0x0D, access="r", doc="PrimeCell identification 0")
    PCellID1 = Register(0xFF4, 0xF0, access="r", doc="PrimeCell identification 1")
    PCellID2 = Register(0xFF8, 0x05, access="r", doc="PrimeCell identification 2")
    PCellID3 = Register(0xFFC, 0xB1, access="r", doc="PrimeCell identification 3")

    def fdt_properties(self, context: FdtContext) -> dict[str, Value]:
        """Return the clock that feeds the bus interface."""
        return {"clock-names": "apb_pclk", "clocks": context.phandle(APB_CLOCK)}
