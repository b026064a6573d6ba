# SPDX-License-Identifier: MIT
"""Sizes, addresses and dates as people write them."""

from __future__ import annotations

from .errors import ConfigError

_SUFFIXES = {
    "": 1,
    "b": 1,
    "k": 1 << 10,
    "kib": 1 << 10,
    "m": 1 << 20,
    "mib": 1 << 20,
    "g": 1 << 30,
    "gib": 1 << 30,
}
_HEX_DIGITS = "0123456789abcdef"


def _split(text: str) -> tuple[str, int, str]:
    """Split text into digits, base and suffix: ("40", 16, "k") for "0x40K"."""
    lowered = text.strip().lower()
    base, digits = (16, _HEX_DIGITS) if lowered.startswith("0x") else (10, "0123456789")
    body = lowered[2:] if base == 16 else lowered
    length = 0
    while length < len(body) and body[length] in digits:
        length += 1
    # In "0x1000b" the b is a digit, as it is for every reader of C.
    return body[:length], base, body[length:].strip()


def parse_size(text: str | int) -> int:
    """Return a size in bytes from "64MiB", "0x1000", "4k" or an int.

    Raises ConfigError for anything else, and for a size that is not positive.

    >>> parse_size("64MiB")
    67108864
    """
    if isinstance(text, int):
        size = text
    else:
        digits, base, suffix = _split(text)
        if not digits or len(digits) > 20 or suffix not in _SUFFIXES:
            raise ConfigError(f"'{text}' is not a size: a number, optionally with B, KiB, MiB or GiB")
        size = int(digits, base) * _SUFFIXES[suffix]
    if size <= 0:
        raise ConfigError(f"'{text}' is not a size: it must be positive")
    return size


def parse_address(text: str | int) -> int:
    """Return a 64-bit address from "0x40080000", a decimal number or an int; ConfigError otherwise.

    >>> hex(parse_address("0x40080000"))
    '0x40080000'
    """
    if isinstance(text, int):
        address = text
    else:
        digits, base, suffix = _split(text)
        if not digits or len(digits) > 20 or suffix:
            raise ConfigError(f"'{text}' is not an address: a decimal or 0x hexadecimal number")
        address = int(digits, base)
    if not 0 <= address < 1 << 64:
        raise ConfigError(f"'{text}' is not an address: it must fit 64 bits")
    return address


def format_size(size: int) -> str:
    """Return a size in bytes in the largest unit that divides it.

    >>> format_size(3 << 20)
    '3 MiB'
    """
    for shift, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if size and size % (1 << shift) == 0:
            return f"{size >> shift} {unit}"
    return f"{size} B"


def align_up(value: int, alignment: int) -> int:
    """Return the smallest multiple of alignment (a power of two) that is not below value."""
    return (value + alignment - 1) & -alignment


def parse_date(text: str) -> int:
    """Return seconds since 1970-01-01 UTC of an ISO date and time (UTC when it names no zone); ConfigError otherwise.

    >>> parse_date("2024-01-01T00:00:00")
    1704067200
    """
    import datetime

    try:
        date = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"'{text}' is not an ISO date and time such as 2024-01-31T12:00:00") from None
    if date.tzinfo is None:
        date = date.replace(tzinfo=datetime.UTC)
    seconds = int(date.timestamp())
    if not 0 <= seconds < 1 << 32:
        raise ConfigError(f"'{text}' is outside what a 32-bit clock can tell (1970 to 2106)")
    return seconds


class SeedStream:
    """Reproducible bytes from a seed, for what the guest sees of randomness (not for secrets).

    The generator is SplitMix64 (Steele, Lea, Flood 2014): three lines, and no import at start-up.
    """

    def __init__(self, seed: int) -> None:
        self._state = seed & 0xFFFF_FFFF_FFFF_FFFF

    def u64(self) -> int:
        """Return the next 64 bits."""
        mask = 0xFFFF_FFFF_FFFF_FFFF
        self._state = (self._state + 0x9E37_79B9_7F4A_7C15) & mask
        mixed = ((self._state ^ (self._state >> 30)) * 0xBF58_476D_1CE4_E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB) & mask
        return mixed ^ (mixed >> 31)

    def bytes(self, count: int) -> bytes:
        """Return the next count bytes (a multiple of 8)."""
        return b"".join(self.u64().to_bytes(8, "little") for _ in range(count // 8))
