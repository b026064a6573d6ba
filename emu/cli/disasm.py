# SPDX-License-Identifier: MIT
"""`emu disasm`: show an image's instructions, with symbols."""

from __future__ import annotations

import argparse
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import ConfigError, EmuError
from ..units import parse_address

if TYPE_CHECKING:
    from ..images import Image
    from ..images.image import Code

HELP = "disassemble an image"
_EVERYWHERE = 1 << 48
_TARGET = re.compile(r"#?0x([0-9a-f]+)$")
_BRANCHES = ("b", "bl", "cbz", "cbnz", "tbz", "tbnz", "adr", "adrp")


class _Symbols:
    """Names by address."""

    def __init__(self, symbols: dict[str, int]) -> None:
        self._names: dict[int, str] = {}
        for name, address in symbols.items():
            self._names.setdefault(address, name)
        self._addresses = sorted(self._names)

    def at(self, address: int) -> str | None:
        return self._names.get(address)

    def describe(self, address: int) -> str:
        """Return "name" or "name+0x8" of the closest symbol below address, or nothing."""
        index = bisect_right(self._addresses, address)
        if not index:
            return ""
        base = self._addresses[index - 1]
        return self._names[base] + (f"+{address - base:#x}" if address != base else "")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `emu disasm`."""
    parser.add_argument("image", metavar="IMAGE", help="ELF file, Linux Image or raw binary")
    parser.add_argument("--start", metavar="ADDR|SYMBOL", help="begin here")
    parser.add_argument("--count", metavar="N", type=int, help="show N instructions")
    parser.add_argument("--entry-point-address", metavar="ADDR", help="where a raw image is loaded (0x80000)")


def _instructions(code: Code, start: int) -> Iterator[tuple[int, int, str, str]]:
    """Yield (address, word, mnemonic, operands) from address start on; what is no instruction is a .word."""
    import capstone  # type: ignore[import-untyped]

    decoder = capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM)
    data = code.data[: len(code.data) & ~3]
    offset = max(start - code.address, 0) & ~3
    while offset < len(data):
        for address, _, mnemonic, operands in decoder.disasm_lite(data[offset:], code.address + offset):
            yield address, int.from_bytes(data[offset : offset + 4], "little"), mnemonic, operands
            offset += 4
        if offset < len(data):
            word = int.from_bytes(data[offset : offset + 4], "little")
            yield code.address + offset, word, ".word", f"{word:#010x}"
            offset += 4


def _target(mnemonic: str, operands: str, symbols: _Symbols) -> str:
    match = _TARGET.search(operands)
    if match is None or mnemonic.partition(".")[0] not in _BRANCHES:
        return ""
    name = symbols.describe(int(match[1], 16))
    return f" <{name}>" if name else ""


def _start_address(image: Image, text: str | None) -> int:
    if text is None:
        return 0
    if text in image.symbols:
        return image.symbols[text]
    try:
        return parse_address(text)
    except ConfigError:
        raise EmuError(f"--start {text}: neither an address nor a symbol of {image.name}") from None


def main(options: argparse.Namespace) -> int:
    """Print the disassembly; returns the exit status."""
    from ..images import Placement, load_file

    entry = parse_address(options.entry_point_address) if options.entry_point_address is not None else None
    image = load_file(options.image, Placement(0, _EVERYWHERE, entry))
    start, symbols = _start_address(image, options.start), _Symbols(image.symbols)
    left = options.count if options.count is not None else _EVERYWHERE
    for code in image.code():
        for address, word, mnemonic, operands in _instructions(code, start):
            if left <= 0:
                return 0
            if name := symbols.at(address):
                print(f"\n{address:016x} <{name}>:")
            print(f"{address:12x}:  {word:08x}  {mnemonic:<8}{operands}{_target(mnemonic, operands, symbols)}".rstrip())
            left -= 1
    return 0
