# SPDX-License-Identifier: MIT
"""Where the ramdisk and the device tree go."""

import pytest

from emu.errors import ImageError
from emu.images import Image, Segment
from emu.layout import Layout

BASE, MIB = 0x4000_0000, 1 << 20


def image(kind: str, address: int, size: int) -> Image:
    return Image("image", kind, address, [Segment(address, b"", size)])


def test_linux_gets_everything_behind_the_kernel():
    layout, kernel = Layout(BASE, 1 << 30), image("linux", BASE, 40 * MIB)
    layout.place_image(kernel)
    initrd = layout.place_initrd("initrd", 10 * MIB)
    tree = layout.place_fdt(0x2000, kernel, None)
    assert BASE + 40 * MIB <= initrd < tree
    assert tree % (2 * MIB) == 0


def test_bare_metal_finds_the_tree_at_the_start_of_ram():
    layout, guest = Layout(BASE, 1 << 30), image("elf", BASE + 0x8_0000, 0x1000)
    layout.place_image(guest)
    assert layout.place_fdt(0x2000, guest, None) == BASE


def test_image_at_the_start_of_ram_moves_the_tree():
    layout, guest = Layout(BASE, 16 * MIB), image("elf", BASE, 0x1000)
    layout.place_image(guest)
    assert layout.place_fdt(0x2000, guest, None) >= BASE + 8 * MIB


def test_tight_ram():
    layout, guest = Layout(BASE, 0x5000), image("elf", BASE + 0x1000, 0x1000)
    layout.place_image(guest)
    assert layout.place_fdt(0x2000, guest, None) == BASE + 0x2000
    with pytest.raises(ImageError, match="do not fit"):
        layout.place_initrd("initrd", 0x2000)


@pytest.mark.parametrize(("address", "message"), [(BASE, "overlaps"), (BASE + 4, "multiple of 8"), (0, "outside RAM")])
def test_bad_fdt_address(address, message):
    layout, guest = Layout(BASE, 16 * MIB), image("elf", BASE, 0x1000)
    layout.place_image(guest)
    with pytest.raises(ImageError, match=message):
        layout.place_fdt(0x2000, guest, address)
