# SPDX-License-Identifier: MIT
"""The workloads: one row each, for the image kernels/bench/NAME.elf. Checksums are QEMU 7.2's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

KERNELS = Path(__file__).resolve().parents[1] / "kernels" / "bench"
MEMORY_MIB = 64


@dataclass(frozen=True)
class Workload:
    """`checksum` is what the image prints by itself, `quick_checksum` with `--bootargs rounds={quick}`: 1 to 4 million
    instructions of the same. `cpu` is the oldest core with all instructions that are used."""

    name: str
    quick: int
    quick_checksum: int
    checksum: int
    cpu: str = "cortex-a57"

    @property
    def image(self) -> Path:
        """The ELF file."""
        return KERNELS / f"{self.name}.elf"


NOTHING = Workload("nothing", 1, 1, 1)
"""No work: what an emulator needs to start and to stop."""

LOOPS = (
    Workload("alu_chain", 110000, 0xd28ae661feab5ed8, 0x0c0c2a29ff5fa5c8),
    Workload("alu_wide", 110000, 0x948af9685221e2cb, 0x45aa34f18aab8651),
    Workload("load_stream", 3, 0x12392eb5a0c67460, 0x68228e5e6f094e25),
    Workload("store_stream", 5, 0xb837d01dadd251b4, 0xc5d4c5e55d8d8bc6),
    Workload("pointer_chase", 19, 0x0000000b47a22fda, 0x0002faf04fc82c78),
    Workload("branchy", 100000, 0x37072fb8e7ab6d9e, 0xaac1273fbb66c44e),
    Workload("calls", 1, 0xffff6cc63007a2bf, 0x699bd1634419456e),
    Workload("indirect", 190000, 0x5f529ad494f04749, 0xb04e49e6db3521bf),
    Workload("muldiv", 79000, 0x97f752ab08c2c99b, 0x99ec181296f896c0),
    Workload("fp_scalar", 66000, 0x87478b5471e57033, 0x25facc2581cec05c),
    Workload("simd", 86000, 0x3809f1ef305512c6, 0x5daa900108b1a780),
    Workload("atomics", 64000, 0x5740185e443390af, 0xa6a360a54981f23c),
    Workload("atomics_lse", 110000, 0x07b49fe25bf4e688, 0x68c024c366404ac0, "max"),
    Workload("byte_copy", 96, 0x00a1e45507f12458, 0x25f97f8216a6d713),
    Workload("string_scan", 120, 0x52cc3e72873f4b65, 0x8bb2a177a1d902e3),
)
PROGRAMS = (
    Workload("dhrystone", 5000, 0xf7beb6923e847e9f, 0x45009e2e5d71cc07),
    Workload("coremark", 12, 0xe92ded493e7f7275, 0xe2a80414c6f9e309),
    Workload("sha256", 1, 0x2672c8956f539424, 0xed3abfd37e000124),
    Workload("aes", 1, 0x26a3505104305b72, 0xea5d66972cb033ad),
    Workload("quicksort", 1, 0xb9b1273efba552dc, 0x9cbf94cb0033cb63),
    Workload("matmul_float", 4, 0xfabce020b45ec6f9, 0x68e95440e8e1b141),
    Workload("matmul_double", 2, 0x9f160517627d6bc2, 0x332fae6674c15ffa),
    Workload("bytecode", 1, 0x0d85505514b517b0, 0x0ced7582b4e4dd69),
    Workload("lz", 1, 0x63b7acb78100ac1f, 0x8bf1888e10a6b76f),
    Workload("json", 4, 0xdaabb43b49948ab7, 0xdec0bf93af4ae28e),
    Workload("memory_1m", 2, 0x43a0e92fa12f6038, 0xd71829b0461fce64),
)
WORKLOADS = LOOPS + PROGRAMS


def find(names: list[str]) -> list[Workload]:
    """Return the workloads with those names, in the table's order (none: all of them); KeyError for an unknown one."""
    by_name = {workload.name: workload for workload in WORKLOADS}
    for name in names:
        by_name[name]
    return [workload for workload in WORKLOADS if not names or workload.name in names]
