# SPDX-License-Identifier: MIT
"""Guest code for tests, a word at a time."""

import struct

BRANCH_TO_SELF = 0x1400_0000
BRANCH_BACK = 0x17FF_FFFF  # b .-4
NOP = 0xD503_201F
WFI = 0xD503_207F


def assemble(*words: int) -> bytes:
    """Return instructions as they lie in memory."""
    return struct.pack(f"<{len(words)}I", *words)


def movz(register: int, value: int, shift: int = 0) -> int:
    """MOVZ X<register>, #value, LSL #shift."""
    return 0xD280_0000 | (shift // 16) << 21 | value << 5 | register


def add(register: int, operand: int, value: int) -> int:
    """ADD X<register>, X<operand>, #value."""
    return 0x9100_0000 | value << 10 | operand << 5 | register


def ldr(register: int, base: int, offset: int = 0) -> int:
    """LDR W<register>, [X<base>, #offset]."""
    return 0xB940_0000 | offset // 4 << 10 | base << 5 | register


def store(register: int, base: int, offset: int = 0) -> int:
    """STR W<register>, [X<base>, #offset]."""
    return 0xB900_0000 | offset // 4 << 10 | base << 5 | register
