# SPDX-License-Identifier: MIT
"""The board: what is where, and the device tree that says so.

The map is that of QEMU's `virt`, so that unmodified guests run. The GIC, the timers and PSCI live in the core; their
nodes are written here. Every other device writes its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .device import Device
from .devices.primecell import APB_CLOCK, APB_CLOCK_HZ
from .fdt import Node, cells64


class Row(NamedTuple):
    """One range of the map; spi is the number of its shared peripheral interrupt."""

    name: str
    address: int
    size: int
    spi: int | None = None


GIC_DISTRIBUTOR = Row("gic-distributor", 0x0800_0000, 0x1_0000)
GIC_CPU_INTERFACE = Row("gic-cpu-interface", 0x0801_0000, 0x1_0000)
GIC_REDISTRIBUTORS = Row("gic-redistributors", 0x080A_0000, 0xF6_0000)
UART = Row("pl011", 0x0900_0000, 0x1000, 1)
RTC = Row("pl031", 0x0901_0000, 0x1000, 2)
RAM_BASE = 0x4000_0000
RAM_LIMIT = 0x40_0000_0000
"""The first address above which RAM may not reach: the PCIe windows of the board follow."""

MAX_CPUS = {2: 8, 3: 64}
"""Most cores, by GIC version: a GICv2 knows eight, the core's scheduler 64."""

# (INTID - 16) of the timers in the order of the binding: secure physical, physical, virtual, hypervisor.
_TIMER_PPIS = (13, 14, 11, 10)
_MAINTENANCE_PPI = 9
_FDT_PPI, _FDT_LEVEL_HIGH = 1, 4
_FIRST_PHANDLE = 0x8000
_PSCI_FUNCTIONS = {
    "cpu_suspend": 0xC400_0001,
    "cpu_off": 0x8400_0002,
    "cpu_on": 0xC400_0003,
    "migrate": 0xC400_0005,
}


def ranges(gic_version: int) -> list[Row]:
    """Return the rows that a machine with that GIC has, apart from RAM and added devices."""
    gic = [GIC_DISTRIBUTOR, GIC_CPU_INTERFACE if gic_version == 2 else GIC_REDISTRIBUTORS]
    return [*gic, UART, RTC]


class Attachment(NamedTuple):
    """A device on the bus: its address, and one SPI number for each of its interrupt lines."""

    device: Device
    address: int
    interrupts: tuple[int, ...]


class Chosen(NamedTuple):
    """What /chosen tells the guest. initrd is its (start, end), end exclusive."""

    bootargs: str | None
    initrd: tuple[int, int] | None
    rng_seed: bytes
    kaslr_seed: bytes


class Hardware(NamedTuple):
    """What the tree describes. mpidrs holds the affinity fields of each core's MPIDR_EL1."""

    cpu_model: str
    mpidrs: Sequence[int]
    gic_version: int
    max_el: int
    ram_base: int
    ram_size: int
    attachments: Sequence[Attachment]


class _Tree:
    """The tree under construction: the FdtContext that devices see."""

    def __init__(self) -> None:
        self.root = Node("")
        self._phandles: dict[str, int] = {}

    def phandle(self, path: str) -> int:
        return self._phandles.setdefault(path, _FIRST_PHANDLE + len(self._phandles))

    def finish(self) -> Node:
        """Give each node that somebody refers to its phandle; returns the root."""
        for path, phandle in self._phandles.items():
            node = self.root.find(path)
            assert node is not None, path
            node.set("phandle", phandle)
        return self.root


def build_tree(hardware: Hardware, chosen: Chosen) -> Node:
    """Return the device tree of a machine."""
    tree = _Tree()
    root = tree.root
    root.set("interrupt-parent", tree.phandle(f"/intc@{GIC_DISTRIBUTOR.address:x}"))
    root.set("model", "linux,dummy-virt")
    root.set("#size-cells", 2)
    root.set("#address-cells", 2)
    root.set("compatible", "linux,dummy-virt")
    root.add(Node("aliases"))
    root.add(Node("chosen"))
    root.add(_memory_node(hardware))
    root.add(_cpus_node(hardware, tree))
    root.add(_psci_node(hardware))
    root.add(_timer_node(hardware))
    root.add(_gic_node(hardware))
    root.add(_clock_node())
    for device, address, interrupts in hardware.attachments:
        if node := device.fdt_node(tree, address, interrupts):
            root.add(node)
    _complete_chosen(root, chosen)
    return tree.finish()


def complete_tree(root: Node, hardware: Hardware, chosen: Chosen) -> None:
    """Bring /memory and /chosen of a given tree up to date with the machine."""
    address_cells = (root.cells("#address-cells") or [2])[0]
    size_cells = (root.cells("#size-cells") or [1])[0]
    root.children = [node for node in root.children if node.name.split("@")[0] != "memory"]
    memory = _memory_node(hardware)
    if address_cells <= 2 and size_cells <= 2:
        address, size = hardware.ram_base.to_bytes(8, "big"), hardware.ram_size.to_bytes(8, "big")
        memory.set("reg", address[8 - 4 * address_cells :] + size[8 - 4 * size_cells :])
    root.add(memory)
    _complete_chosen(root, chosen)


def _complete_chosen(root: Node, chosen: Chosen) -> None:
    node = root.child("chosen") or root.add(Node("chosen"))
    uart = f"/pl011@{UART.address:x}"
    if root.find(uart):
        node.properties.setdefault("stdout-path", uart.encode() + b"\0")
        (root.child("aliases") or root.add(Node("aliases"))).properties.setdefault("serial0", uart.encode() + b"\0")
    if chosen.bootargs is not None:
        node.set("bootargs", chosen.bootargs)
    if chosen.initrd is not None:
        node.set("linux,initrd-start", cells64(chosen.initrd[0]))
        node.set("linux,initrd-end", cells64(chosen.initrd[1]))
    node.set("rng-seed", chosen.rng_seed)
    node.set("kaslr-seed", chosen.kaslr_seed)


def _memory_node(hardware: Hardware) -> Node:
    reg = cells64(hardware.ram_base, hardware.ram_size)
    return Node(f"memory@{hardware.ram_base:x}", {"reg": reg, "device_type": "memory"})


def _cpu_compatible(model: str) -> str:
    name = model.partition(",")[0]  # options follow a comma
    return "arm,armv8" if name == "max" else f"arm,{name}"


def _cpus_node(hardware: Hardware, tree: _Tree) -> Node:
    cluster = Node("cluster0")
    cpus = Node("cpus", {"#size-cells": 0, "#address-cells": 1})
    cpus.add(Node("cpu-map", children=[Node("socket0", children=[cluster])]))
    for index, mpidr in enumerate(hardware.mpidrs):
        node = Node(f"cpu@{mpidr:x}", {"reg": mpidr, "enable-method": "psci"})
        node.set("compatible", _cpu_compatible(hardware.cpu_model))
        node.set("device_type", "cpu")
        cpus.add(node)
        cluster.add(Node(f"core{index}", {"cpu": tree.phandle(f"/cpus/{node.name}")}))
    return cpus


def _psci_node(hardware: Hardware) -> Node:
    node = Node("psci", {"method": "hvc" if hardware.max_el == 1 else "smc"})
    for name, function in _PSCI_FUNCTIONS.items():
        node.set(name, function)
    node.set("compatible", ["arm,psci-1.0", "arm,psci-0.2", "arm,psci"])
    return node


def _ppi_flags(hardware: Hardware) -> int:
    """Return the third interrupt cell of a PPI; for a GICv2 it holds a mask of the cores that the PPI goes to."""
    cores = (1 << len(hardware.mpidrs)) - 1 if hardware.gic_version == 2 else 0
    return _FDT_LEVEL_HIGH | cores << 8


def _timer_node(hardware: Hardware) -> Node:
    flags = _ppi_flags(hardware)
    interrupts = [cell for ppi in _TIMER_PPIS for cell in (_FDT_PPI, ppi, flags)]
    compatible = ["arm,armv8-timer", "arm,armv7-timer"]
    return Node("timer", {"interrupts": interrupts, "always-on": None, "compatible": compatible})


def _gic_node(hardware: Hardware) -> Node:
    node = Node(f"intc@{GIC_DISTRIBUTOR.address:x}")
    second = GIC_CPU_INTERFACE if hardware.gic_version == 2 else GIC_REDISTRIBUTORS
    node.set("reg", cells64(GIC_DISTRIBUTOR.address, GIC_DISTRIBUTOR.size, second.address, second.size))
    if hardware.gic_version == 3:
        node.set("#redistributor-regions", 1)
    if hardware.gic_version == 3 and hardware.max_el > 1:
        node.set("interrupts", [_FDT_PPI, _MAINTENANCE_PPI, _FDT_LEVEL_HIGH])
    node.set("compatible", "arm,cortex-a15-gic" if hardware.gic_version == 2 else "arm,gic-v3")
    node.set("ranges", None)
    node.set("#size-cells", 2)
    node.set("#address-cells", 2)
    node.set("interrupt-controller", None)
    node.set("#interrupt-cells", 3)
    return node


def _clock_node() -> Node:
    node = Node(APB_CLOCK.strip("/"), {"compatible": "fixed-clock", "#clock-cells": 0})
    node.set("clock-frequency", APB_CLOCK_HZ)
    node.set("clock-output-names", "clk24mhz")
    return node
