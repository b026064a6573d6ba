# SPDX-License-Identifier: MIT
"""Stage 1 walks of every granule and size against walk_model.py: addresses, fault codes, rights."""

from __future__ import annotations

import random
import struct
import sys

import pytest

from emu import _core

from . import walk_model
from .walk_model import GRANULES, Granule, Regime

RAM, RAM_SIZE = 0x4000_0000, 0x40_0000
EL0, EL1, PAN = 0x3C0, 0x3C5, 1 << 22


class Bench:
    """A core whose tables a test writes."""

    def __init__(self) -> None:
        self.core = _core.Core(1, "max", 3, True, 1)
        self.core.add_ram(RAM, RAM_SIZE)
        self.core.start_cpu(0, RAM, 0)
        self.cpu = self.core.cpu(0)
        self.view = self.core.view(RAM, RAM_SIZE)

    def read(self, paddr: int) -> int | None:
        """A descriptor."""
        if not RAM <= paddr <= RAM + RAM_SIZE - 8:
            return None
        return int(struct.unpack_from("<Q", self.view, paddr - RAM)[0])

    def write(self, paddr: int, descriptor: int) -> None:
        """Sets a descriptor."""
        struct.pack_into("<Q", self.view, paddr - RAM, descriptor)

    def enter(self, regime: Regime) -> None:
        """Puts the core into a regime."""
        for name, value in (("TCR_EL1", regime.tcr), ("TTBR0_EL1", regime.ttbr0), ("TTBR1_EL1", regime.ttbr1),
                            ("SCTLR_EL1", regime.sctlr), ("MAIR_EL1", 0xFF)):
            self.cpu.set_sysreg(name, value)
        self.cpu.pstate = (EL0 if regime.el == 0 else EL1) | (PAN if regime.pan else 0)

    def ours(self, va: int, access: str) -> int | str:
        """What the core says: an address, or a fault."""
        try:
            return self.cpu.translate(va, access)
        except LookupError as fault:
            ec, iss, far = fault.args
            assert (ec, far) == (0x20 if access == "exec" else 0x24, va)
            assert iss & ~0x3F == (0x40 if access == "write" else 0)
            return f"fault {iss & 0x3F:#x}"

    def theirs(self, regime: Regime, va: int, access: str) -> int | str:
        """What the model says."""
        try:
            return walk_model.translate(regime, va, access, self.read)
        except walk_model.FaultError as fault:
            return f"fault {fault.args[0]:#x}"


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


def maybe(rng: random.Random, share: int, value: int) -> int:
    """`value` once in `share` times, else 0."""
    return value if rng.randrange(share) == 0 else 0


def random_regime(rng: random.Random, granule: Granule) -> Regime:
    """Mostly sane registers; TxSZ also out of range."""
    sizes = [rng.choice([16, 25, 28, 39, 48, rng.randrange(64), rng.randrange(16, 49)]) for _ in range(2)]
    tcr = sizes[0] | granule.tg0 << 14 | sizes[1] << 16 | granule.tg1 << 30 | rng.choice([0, 1, 2, 2, 5, 5, 6]) << 32
    for position in (7, 23, 55, 56):            # EPD0, EPD1, E0PD0, E0PD1
        tcr |= maybe(rng, 12, 1 << position)
    for position in (22, 36, 37, 38, 39, 40, 41, 42, 51, 52):   # A1, AS, TBI, HA, HD, HPD, TBID
        tcr |= maybe(rng, 2, 1 << position)
    sctlr = 0x30D0_0801 | maybe(rng, 3, 1 << 19) | maybe(rng, 3, 1 << 57)
    ttbrs = [(RAM + rng.randrange(0, RAM_SIZE // 2, 64)) | rng.randrange(1 << 16) << 48 for _ in range(2)]
    return Regime(tcr, ttbrs[0], ttbrs[1], sctlr, rng.randrange(2), bool(rng.randrange(3) == 0))


def random_va(rng: random.Random, regime: Regime) -> int:
    """An address that mostly lies in range, tagged at times."""
    upper = rng.randrange(2)
    txsz = regime.tcr >> (16 if upper else 0) & 63
    va = rng.randrange(1 << (64 - txsz)) if txsz else rng.randrange(1 << 64)
    va |= (((1 << 64) - 1) << (64 - txsz)) & ((1 << 64) - 1) if upper else 0
    if rng.randrange(4) == 0:
        va = va & ((1 << 56) - 1) | rng.randrange(256) << 56
    return va ^ maybe(rng, 16, 1 << rng.randrange(64))


def random_descriptor(rng: random.Random, granule: Granule, level: int) -> int:
    """A table, leaf, or worse."""
    attributes = rng.getrandbits(12) & 0xFFC & ~0x400 | (0x400 if rng.randrange(8) else 0)
    upper = sum(maybe(rng, 4, 1 << n) for n in (51, 53, 54, 59, 60, 61, 62))
    kind = rng.choice([3, 3, 3, 3, 3, 3, 1, 1, 0, 2]) if level < 3 else rng.choice([3, 3, 3, 3, 3, 3, 3, 1, 0, 2])
    if kind == 3 and level < 3:
        address = RAM + (rng.randrange(RAM_SIZE) >> granule.page << granule.page)
    else:
        address = rng.getrandbits(rng.choice([31, 31, 35, 39, 47, 48])) >> granule.shift(level) << granule.shift(level)
    address |= maybe(rng, 30, rng.getrandbits(48) >> granule.page << granule.page)
    return address | upper | attributes | kind


def plant(bench: Bench, rng: random.Random, regime: Regime, granule: Granule, va: int) -> None:
    """Random descriptors along the path of va, where it runs through RAM."""
    upper = va >> 55 & 1
    size = 64 - (regime.tcr >> (16 if upper else 0) & 63)
    if not granule.page < size <= 48:
        return
    levels = -(-(size - granule.page) // granule.stride)
    first = 4 - levels
    bits = size - granule.page - (levels - 1) * granule.stride
    base = (regime.ttbr1 if upper else regime.ttbr0) & 0xFFFF_FFFF_FFFE
    base -= base % max(8 << bits, 64)
    for level in range(first, 4):
        index = va >> granule.shift(level) & ((1 << (bits if level == first else granule.stride)) - 1)
        if bench.read(base + 8 * index) is None:
            return
        descriptor = random_descriptor(rng, granule, level)
        bench.write(base + 8 * index, descriptor)
        if descriptor & 3 != 3:
            return
        base = (descriptor & 0xFFFF_FFFF_FFFF) >> granule.page << granule.page


@pytest.mark.parametrize("kilobytes", GRANULES)
def test_walks(bench: Bench, kilobytes: int) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}", file=sys.stderr)
    rng = random.Random(seed)
    granule = GRANULES[kilobytes]
    outcomes: dict[str, int] = {}
    for _ in range(1500):
        regime = random_regime(rng, granule)
        bench.enter(regime)
        for _ in range(4):
            va = random_va(rng, regime)
            plant(bench, rng, regime, granule, va)
            for access in ("read", "write", "exec"):
                want, got = bench.theirs(regime, va, access), bench.ours(va, access)
                assert got == want, f"{va:#x} {access} {regime} seed {seed}"
                kind = want if isinstance(want, str) else "address"
                outcomes[kind] = outcomes.get(kind, 0) + 1
    assert outcomes["address"] > 500
    assert len(outcomes) > 12, outcomes


def test_without_mmu_addresses_are_flat(bench: Bench) -> None:
    bench.enter(Regime(1 << 37, RAM, RAM, 0x30D0_0800, 1, False))
    assert bench.ours(0x1234_5678_9ABC, "read") == 0x1234_5678_9ABC
    assert bench.ours(0xFF00_0000_4000_0000, "write") == 0x4000_0000     # TBI0
    assert bench.ours(0x0001_0000_0000_0000, "exec") == "fault 0x0"


def test_hardware_sets_access_flag_and_dirty_state(bench: Bench) -> None:
    code, page = RAM + 0x20_0000, 0x8000_0000
    tcr = 25 | 1 << 23 | 2 << 32 | 3 << 39
    bench.enter(Regime(tcr, RAM, RAM, 0x30D0_0801 | 1 << 2, 1, False))
    bench.write(RAM + 8, RAM | 0x701)
    bench.write(RAM + 16, RAM + 0x1000 | 3)
    bench.write(RAM + 0x1000, RAM + 0x2000 | 3)
    bench.write(RAM + 0x2000, (RAM + 0x30_0000) | 1 << 51 | 1 << 7 | 3 << 8 | 3)    # DBM, read-only, AF = 0
    bench.cpu.x_view()[1] = page
    loads, stores = 0xF940_0022, 0xF900_0022            # ldr x2, [x1]; str x2, [x1]
    bench.core.write(code, struct.pack("<2I", loads, stores))
    bench.cpu.pc = code
    bench.core.run(1)
    assert bench.read(RAM + 0x2000) == (RAM + 0x30_0000) | 1 << 51 | 1 << 10 | 1 << 7 | 3 << 8 | 3
    bench.core.run(1)
    assert bench.read(RAM + 0x2000) == (RAM + 0x30_0000) | 1 << 51 | 1 << 10 | 3 << 8 | 3
    assert bench.cpu.pc == code + 8
