# SPDX-License-Identifier: MIT
"""Stage 1 translation a second time, written from the Arm ARM's tables (D8) and not from pyx/mem/walk.c: what tests compare with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

TRANSLATION, ADDRESS_SIZE, ACCESS_FLAG, PERMISSION, EXTERNAL = 4, 0, 8, 12, 0x14
OUTPUT_BITS = (32, 36, 40, 42, 44, 48, 48, 48)


@dataclass(frozen=True)
class Granule:
    """One translation granule: page bits, table index bits, levels at which blocks may stand, TCR.TG0 and TG1 codes."""

    page: int
    stride: int
    blocks: tuple[int, ...]
    tg0: int
    tg1: int
    max_txsz: int

    def shift(self, level: int) -> int:
        """Bits of an address below those that `level` resolves."""
        return self.page + (3 - level) * self.stride


GRANULES = {4: Granule(12, 9, (1, 2), 0, 2, 48), 16: Granule(14, 11, (2,), 2, 1, 48), 64: Granule(16, 13, (2,), 1, 3, 47)}


@dataclass
class Regime:
    """The registers that steer a walk, and who accesses."""

    tcr: int
    ttbr0: int
    ttbr1: int
    sctlr: int
    el: int
    pan: bool


class FaultError(Exception):
    """The walk faults; args[0] is the fault status code."""


def bit(value: int, n: int) -> int:
    """value<n>."""
    return value >> n & 1


def _granule(regime: Regime, upper: int) -> Granule:
    code = regime.tcr >> 30 & 3 if upper else regime.tcr >> 14 & 3
    for granule in GRANULES.values():
        if (granule.tg1 if upper else granule.tg0) == code:
            return granule
    return GRANULES[4]


def _check_range(regime: Regime, va: int, execute: bool, granule: Granule) -> int:
    """Faults of level 0 that come before any table. Returns the input size in bits."""
    upper = bit(va, 55)
    txsz = regime.tcr >> (16 if upper else 0) & 63
    ignored = bit(regime.tcr, 38 if upper else 37) and not (execute and bit(regime.tcr, 52 if upper else 51))
    top = 56 if ignored else 64
    expected = ((1 << top) - 1) >> (64 - txsz) if upper else 0
    out_of_range = (va & ((1 << top) - 1)) >> (64 - txsz) != expected
    off = bit(regime.tcr, 23 if upper else 7) or (regime.el == 0 and bit(regime.tcr, 56 if upper else 55))
    if not 16 <= txsz <= granule.max_txsz or out_of_range or off:
        raise FaultError(TRANSLATION)
    return 64 - txsz


def _leaf(regime: Regime, va: int, granule: Granule, size: int, read: Callable[[int], int | None]) -> tuple[int, int, int, int]:
    """Returns (level, descriptor, OR of table descriptors, output address of the leaf)."""
    upper = bit(va, 55)
    limit = 1 << OUTPUT_BITS[regime.tcr >> 32 & 7]
    hpd = bit(regime.tcr, 42 if upper else 41)
    levels = -(-(size - granule.page) // granule.stride)
    first_bits = size - granule.page - (levels - 1) * granule.stride
    base = (regime.ttbr1 if upper else regime.ttbr0) & 0xFFFF_FFFF_FFFE
    base -= base % max(8 << first_bits, 64)
    if base >= limit:
        raise FaultError(ADDRESS_SIZE)
    tables = 0
    for level in range(4 - levels, 4):
        index_bits = first_bits if level == 4 - levels else granule.stride
        index = va >> granule.shift(level) & ((1 << index_bits) - 1)
        descriptor = read(base + 8 * index)
        if descriptor is None:
            raise FaultError(EXTERNAL + level)
        kind = descriptor & 3
        table = kind == 3 and level < 3
        leaf = (kind == 3 and level == 3) or (kind == 1 and level in granule.blocks)
        if not table and not leaf:
            raise FaultError(TRANSLATION + level)
        low = granule.page if table else granule.shift(level)
        base = (descriptor & 0xFFFF_FFFF_FFFF) >> low << low
        if base >= limit:
            raise FaultError(ADDRESS_SIZE + level)
        if leaf:
            return level, descriptor, tables, base
        tables |= 0 if hpd else descriptor
    raise AssertionError("unreachable")


def _rights(regime: Regime, descriptor: int, tables: int) -> set[str]:
    user = bit(descriptor, 6) and not bit(tables, 61)
    dirty_managed = bit(regime.tcr, 39) and bit(regime.tcr, 40) and bit(descriptor, 51)
    writable = (not bit(descriptor, 7) or dirty_managed) and not bit(tables, 62)
    wxn = bit(regime.sctlr, 19)
    user_exec = not (bit(descriptor, 54) or bit(tables, 60)) and not (wxn and user and writable)
    kernel_exec = not (bit(descriptor, 53) or bit(tables, 59)) and not (user and writable) and not (wxn and writable)
    if regime.el == 0:
        return {name for name, right in (("read", user), ("write", user and writable), ("exec", user_exec)) if right}
    barred = regime.pan and (user or (bit(regime.sctlr, 57) and user_exec))
    return {n for n, right in (("read", not barred), ("write", not barred and writable), ("exec", kernel_exec)) if right}


def translate(regime: Regime, va: int, access: str, read: Callable[[int], int | None]) -> int:
    """Returns the physical address, or raises FaultError. read: the descriptor at a physical address, None outside RAM."""
    granule = _granule(regime, bit(va, 55))
    size = _check_range(regime, va, access == "exec", granule)
    level, descriptor, tables, base = _leaf(regime, va, granule, size, read)
    if not bit(descriptor, 10) and not bit(regime.tcr, 39):
        raise FaultError(ACCESS_FLAG + level)
    if access not in _rights(regime, descriptor, tables):
        raise FaultError(PERMISSION + level)
    return base | va & ((1 << granule.shift(level)) - 1)
