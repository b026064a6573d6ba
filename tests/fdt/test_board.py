# SPDX-License-Identifier: MIT
"""The board's device tree: like that of QEMU's `virt`, and complete in what guests are told of this run."""

import shutil
import subprocess

import pytest

from emu import board, fdt
from emu.board import Attachment, Chosen, Hardware
from emu.devices.pl011 import PL011
from emu.devices.pl031 import PL031

QEMU = "qemu-system-aarch64"
# Nodes of QEMU's board for which this version has no device.
ABSENT = ("fw-cfg", "gpio-keys", "pl061", "platform-bus", "pcie", "pmu", "flash", "virtio_mmio")
CHOSEN = Chosen("console=ttyAMA0", (0x4800_0000, 0x4810_0000), bytes(32), bytes(8))


def hardware(gic_version: int = 3, cpus: int = 2) -> Hardware:
    devices = [Attachment(PL011(), 0x900_0000, (1,)), Attachment(PL031(), 0x901_0000, (2,))]
    return Hardware("cortex-a57", range(cpus), gic_version, 1, 0x4000_0000, 1 << 30, devices)


def described(root: fdt.Node) -> dict[str, dict[str, bytes]]:
    """Properties by path, without what differs from run to run: phandles are replaced by nothing."""
    unstable = ("phandle", "interrupt-parent", "clocks", "cpu", "rng-seed", "kaslr-seed", "bootargs")
    return {
        path: {name: value for name, value in node.properties.items() if name not in unstable}
        for path, node in root.walk()
    }


@pytest.mark.skipif(shutil.which(QEMU) is None, reason="QEMU is not installed")
@pytest.mark.parametrize("gic_version", [2, 3])
def test_nodes_equal_those_of_qemu(tmp_path, gic_version):
    path = tmp_path / "virt.dtb"
    machine = f"virt,gic-version={gic_version},dumpdtb={path}"
    subprocess.run(
        [QEMU, "-M", machine, "-cpu", "cortex-a57", "-smp", "2", "-m", "1024", "-display", "none", "-nic", "none"],
        check=True,
        capture_output=True,
    )
    theirs = described(fdt.read(path.read_bytes()))
    ours = described(board.build_tree(hardware(gic_version), CHOSEN._replace(initrd=None)))
    for path, properties in theirs.items():
        if path.startswith(tuple(f"/{name}" for name in ABSENT)) or "its@" in path or "v2m@" in path:
            continue
        assert ours[path] == properties, path
    assert set(ours) - set(theirs) <= {"/aliases"}


def test_phandles_lead_somewhere():
    root = board.build_tree(hardware(), CHOSEN)
    phandles = {node.cells("phandle")[0] for _, node in root.walk() if "phandle" in node.properties}
    for path, node in root.walk():
        for name in ("interrupt-parent", "clocks", "cpu"):
            assert set(node.cells(name)) <= phandles, (path, name)


def test_chosen():
    chosen = board.build_tree(hardware(), CHOSEN).child("chosen")
    assert chosen is not None
    assert chosen.strings("bootargs") == ["console=ttyAMA0"]
    assert chosen.strings("stdout-path") == ["/pl011@9000000"]
    assert chosen.cells("linux,initrd-end") == [0, 0x4810_0000]
    assert len(chosen.properties["rng-seed"]) == 32


def test_given_tree_is_completed():
    root = fdt.Node(
        "",
        {"#address-cells": 1, "#size-cells": 1},
        [fdt.Node("memory@0", {"reg": [0, 0]}), fdt.Node("chosen", {"bootargs": "kept", "stdout-path": "/other"})],
    )
    board.complete_tree(root, hardware(), CHOSEN._replace(bootargs=None))
    assert root.child("memory@0") is None
    memory, chosen = root.child("memory@40000000"), root.child("chosen")
    assert memory is not None and memory.cells("reg") == [0x4000_0000, 1 << 30]
    assert chosen is not None and chosen.strings("bootargs") == ["kept"]
    assert chosen.strings("stdout-path") == ["/other"]
