# SPDX-License-Identifier: MIT
"""What is in RAM when the guest starts: the image, the initial ramdisk, the device tree."""

from __future__ import annotations

import os
from typing import NamedTuple

from . import fdt
from .board import Chosen, Hardware, build_tree, complete_tree
from .errors import ConfigError, FdtError, ImageError
from .images import Image, Placement, load_bytes, load_file, read_file
from .layout import MAX_FDT_SIZE, Layout
from .memory import Memory
from .units import SeedStream, align_up

_PAGE = 4096
_MAX_BOOTARGS = 2047  # COMMAND_LINE_SIZE of arm64 Linux is 2048, with the final null

Source = str | os.PathLike[str] | bytes


class BootOptions(NamedTuple):
    """What the user may say about booting; paths, and addresses in bytes."""

    bootargs: str | None = None
    initrd: str | os.PathLike[str] | None = None
    dtb: str | os.PathLike[str] | None = None
    generate_fdt: bool = True
    fdt_address: int | None = None


class Boot:
    """Fills RAM before the first instruction, and again after each reset."""

    def __init__(self, memory: Memory, options: BootOptions, seed: int) -> None:
        if options.bootargs is not None and len(options.bootargs.encode()) > _MAX_BOOTARGS:
            raise ConfigError(f"bootargs: longer than {_MAX_BOOTARGS} bytes")
        self._memory, self._options, self._seed = memory, options, seed
        self._source: Source | None = None
        self._entry: int | None = None
        self._initrd: tuple[int, int] | None = None
        self._fdt_room = 0
        self._starts = 0
        self.image: Image | None = None
        self.fdt_address: int | None = None

    @property
    def entry(self) -> int:
        """Where the boot CPU starts: the image's entry, or the start of RAM while there is no image."""
        return self.image.entry if self.image else self._memory.base

    def load(self, source: Source, entry: int | None, hardware: Hardware) -> Image:
        """Place and copy the image in source (a path, or the image's bytes), and what goes with it.

        Nothing is written when something does not fit. Raises ImageError or FdtError.
        """
        memory = self._memory
        placement = Placement(memory.base, memory.size, entry)
        is_bytes = isinstance(source, bytes)
        image = load_bytes(source, placement) if is_bytes else load_file(source, placement)  # type: ignore[arg-type]
        layout = Layout(memory.base, memory.size)
        layout.place_image(image)
        initrd = self._read_initrd()
        self._initrd = None
        if initrd:
            start = layout.place_initrd(f"--initrd {self._options.initrd}", len(initrd))
            self._initrd = (start, start + len(initrd))
        self._place_fdt(layout, image, hardware)
        self.image, self._source, self._entry = image, source, entry
        self._copy(initrd)
        image.drop_data()
        return image

    def reload(self, hardware: Hardware) -> None:
        """Do after a reset what load() did at first; nothing if it never did."""
        self._starts += 1
        if self._source is not None:
            self.load(self._source, self._entry, hardware)

    def _read_initrd(self) -> bytes:
        if self._options.initrd is None:
            return b""
        data = read_file(self._options.initrd, "--initrd", self._memory.size)
        if not data:
            raise ImageError(f"--initrd {os.fspath(self._options.initrd)}: the file is empty")
        return data

    def _place_fdt(self, layout: Layout, image: Image, hardware: Hardware) -> None:
        self.fdt_address = None
        if self._options.dtb is not None or self._options.generate_fdt:
            # Devices added later make it grow.
            self._fdt_room = align_up(len(self.blob(hardware)) + _PAGE, _PAGE)
            self.fdt_address = layout.place_fdt(self._fdt_room, image, self._options.fdt_address)

    def _copy(self, initrd: bytes) -> None:
        assert self.image is not None
        for segment in self.image.segments:
            self._memory.write(segment.address, segment.data)
            if self._starts:  # RAM of a new machine is zero
                self._memory.zero(segment.address + len(segment.data), segment.size - len(segment.data))
        if self._initrd is not None:
            self._memory.write(self._initrd[0], initrd)

    # -- Device tree --------------------------------------------------------------------------------------------------

    def _chosen(self) -> Chosen:
        seeds = SeedStream(self._seed + self._starts)
        return Chosen(self._options.bootargs, self._initrd, seeds.bytes(32), seeds.bytes(8))

    def tree(self, hardware: Hardware) -> fdt.Node:
        """Return the device tree: the made one, or the given one, completed."""
        if self._options.dtb is None:
            return build_tree(hardware, self._chosen())
        path = os.fspath(self._options.dtb)
        try:
            root = fdt.read(read_file(path, "--dtb", MAX_FDT_SIZE))
            complete_tree(root, hardware, self._chosen())
        except FdtError as error:
            raise FdtError(f"--dtb {path}: {error}") from None
        return root

    def blob(self, hardware: Hardware) -> bytes:
        """Return the device tree as a blob; FdtError if it is larger than the boot protocol allows."""
        blob = fdt.write(self.tree(hardware))
        if len(blob) > MAX_FDT_SIZE - _PAGE:
            raise FdtError(f"device tree: {len(blob)} bytes are too many, Linux takes 2 MiB")
        return blob

    def write_fdt(self, hardware: Hardware) -> None:
        """Copy the device tree to its place in RAM, if there is one."""
        if self.fdt_address is None:
            return
        blob = self.blob(hardware)
        if len(blob) > self._fdt_room:
            raise FdtError(f"device tree: {len(blob)} bytes do not fit the {self._fdt_room} reserved for it at load")
        self._memory.write(self.fdt_address, blob)
