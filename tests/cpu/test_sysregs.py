# SPDX-License-Identifier: MIT
"""System registers as a guest finds them: ID registers of each model, what is UNDEFINED, what is trapped, with which syndrome."""

from __future__ import annotations

import pytest

from emu import Machine
from tests.code import BRANCH_TO_SELF, assemble

BASE, VECTORS = 0x4000_0000, 0x4000_1000
SYNC_EL1, SYNC_EL0 = VECTORS + 0x200, VECTORS + 0x400
EL1H, EL0T = 0x3C5, 0x3C0
UNDEFINED = 0x0200_0000
UDF = 0


def mrs(op0: int, op1: int, crn: int, crm: int, op2: int, rt: int = 0) -> int:
    """MRS X<rt>, S<op0>_<op1>_C<crn>_C<crm>_<op2>."""
    return 0xD520_0000 | op0 << 19 | op1 << 16 | crn << 12 | crm << 8 | op2 << 5 | rt


def msr(op0: int, op1: int, crn: int, crm: int, op2: int, rt: int = 0) -> int:
    """MSR S<op0>_<op1>_C<crn>_C<crm>_<op2>, X<rt>."""
    return mrs(op0, op1, crn, crm, op2, rt) & ~(1 << 21)


def run_one(word: int, pstate: int = EL1H, x0: int = 0, model: str = "max", **sysregs: int) -> Machine:
    """A machine after one instruction at BASE, and if that raised, stopped at the vector."""
    machine = Machine(memory="1MiB", cpu=model, clock="virtual", serial="null")
    machine.memory.write(BASE, assemble(word, BRANCH_TO_SELF))
    for offset in range(0, 0x800, 0x80):
        machine.memory.write(VECTORS + offset, assemble(BRANCH_TO_SELF))
    cpu = machine.cpu
    cpu.sysregs["VBAR_EL1"] = VECTORS
    for name, value in sysregs.items():
        cpu.sysregs[name] = value
    cpu.pc, cpu.x[0], cpu.pstate = BASE, x0, pstate
    machine.run(max_instructions=1)
    return machine


def syndrome(machine: Machine) -> int | None:
    """ESR_EL1 if the instruction raised an exception, else None."""
    cpu = machine.cpu
    return cpu.sysregs["ESR_EL1"] if cpu.pc in (SYNC_EL1, SYNC_EL0) else None


# PFR0 PFR1 DFR0 ISAR0 ISAR1 ISAR2 MMFR0 MMFR1 MMFR2. Without AArch32, PMU and EL2, EL3 the named cores differ in these
# fields from their TRMs, for the registers say what is implemented here.
ID_REGISTERS = {
    "cortex-a53": (0x0100_0011, 0, 0x10_1006, 0x1_1120, 0, 0, 0x22, 0, 0),
    "cortex-a57": (0x0100_0011, 0, 0x10_1006, 0x1_1120, 0, 0, 0x24, 0, 0),
    "cortex-a72": (0x0100_0011, 0, 0x10_1006, 0x1_1120, 0, 0, 0x24, 0, 0),
    "max": (0x1101_0000_1111_0011, 0x21, 0x10_1008, 0x1221_1111_1021_2120, 0x0111_1211_1031_1502, 0x0010_0100_1011_0002,
            0x1000_0000_0010_0025, 0x1110_0000_0031_1002, 0x1021_0011_1010_1011),
}
ID_NAMES = ("PFR0", "PFR1", "DFR0", "ISAR0", "ISAR1", "ISAR2", "MMFR0", "MMFR1", "MMFR2")


@pytest.mark.parametrize("model", ID_REGISTERS)
def test_id_registers(model: str) -> None:
    sysregs = Machine(memory="1MiB", cpu=model, serial="null").cpu.sysregs
    found = tuple(sysregs[f"ID_AA64{name}_EL1"] for name in ID_NAMES)
    assert [f"{value:#x}" for value in found] == [f"{value:#x}" for value in ID_REGISTERS[model]]


def test_the_id_space_that_is_reserved_reads_as_zero() -> None:
    machine = run_one(mrs(3, 0, 0, 7, 7), x0=1)
    assert syndrome(machine) is None and machine.cpu.x[0] == 0


@pytest.mark.parametrize("word", [
    mrs(3, 0, 15, 0, 0), msr(3, 0, 0, 0, 0), mrs(3, 4, 1, 0, 0), mrs(3, 6, 1, 0, 0), mrs(3, 3, 9, 12, 0), mrs(3, 3, 13, 2, 0),
    mrs(3, 3, 13, 0, 5), mrs(3, 0, 1, 2, 0), mrs(3, 0, 1, 0, 6), mrs(3, 3, 13, 0, 7), mrs(3, 0, 1, 2, 1), mrs(3, 0, 9, 9, 0),
    mrs(3, 0, 2, 0, 3), mrs(3, 0, 1, 0, 3), mrs(3, 0, 10, 2, 2), mrs(3, 7, 14, 2, 1), mrs(3, 0, 5, 4, 4), mrs(3, 0, 5, 5, 2),
    0xD4000003, 0xD4400000, 0xD4A00001, 0xD6BF03E0, 0xD50BB000, 0xD52BF000, UDF,
], ids=["IMPDEF", "write MIDR_EL1", "SCTLR_EL2", "SCTLR_EL3", "PMCR_EL0", "AMCR_EL0", "TPIDR2_EL0", "ZCR_EL1", "GCR_EL1", "SCXTNUM_EL0",
        "TRFCR_EL1", "PMSCR_EL1", "TCR2_EL1", "SCTLR2_EL1", "PIR_EL1", "CNTPS_CTL_EL1", "ERXPFGF_EL1", "ERXMISC2_EL1",
        "SMC", "HLT", "DCPS1", "DRPS", "SYS", "SYSL", "UDF"])
def test_what_does_not_exist_is_undefined(word: int) -> None:
    machine = run_one(word)
    assert (machine.cpu.pc, syndrome(machine)) == (SYNC_EL1, UNDEFINED)
    assert machine.cpu.sysregs["ELR_EL1"] == BASE


@pytest.mark.parametrize(("word", "esr"), [
    (mrs(3, 0, 0, 4, 0), 0x6230_0009), (mrs(3, 0, 0, 0, 0), 0x6230_0001),           # FEAT_IDST
    (mrs(3, 0, 15, 0, 0), UNDEFINED), (0xD400_0002, UNDEFINED), (0xD508_7620, UNDEFINED), (0xD508_871F, UNDEFINED),
    (0xD69F_03E0, UNDEFINED), (msr(3, 0, 1, 0, 0), UNDEFINED),
    (mrs(3, 3, 0, 0, 1), 0x6232_C001), (mrs(3, 3, 4, 2, 1), 0x6232_D005), (0xD503_42DF, 0x620C_D3E4),
    (mrs(3, 3, 14, 0, 2, 3), 0x6234_F861), (0xD50B_7420, 0x6212_DC08), (0xD50B_7520, 0x6212_DC0A),
    (0xD503_207F, 0x07E0_0000), (0xD503_205F, 0x07E0_0001), (0xD503_1000, 0x07E0_0007), (0xD503_1020, 0x07E0_0006),
    (0xD400_0001 | 0x1234 << 5, 0x5600_1234), (0xD420_0000 | 5 << 5, 0xF200_0005), (0x1E60_4000, 0x1FE0_0000),
], ids=["ID_AA64PFR0_EL1", "MIDR_EL1", "IMPDEF", "HVC", "DC IVAC", "TLBI", "ERET", "write SCTLR_EL1", "CTR_EL0", "DAIF", "DAIFSet",
        "CNTVCT_EL0", "DC ZVA", "IC IVAU", "WFI", "WFE", "WFET", "WFIT", "SVC", "BRK", "FMOV"])
def test_what_el0_may_not_after_reset(word: int, esr: int) -> None:
    machine = run_one(word, EL0T, x0=BASE + 0x800)
    assert machine.cpu.pc == SYNC_EL0
    assert f"{machine.cpu.sysregs['ESR_EL1']:#x}" == f"{esr:#x}"


def test_without_idst_el0_finds_the_id_registers_undefined() -> None:
    assert syndrome(run_one(mrs(3, 0, 0, 4, 0), EL0T, model="cortex-a72")) == UNDEFINED


TIDCP = 1 << 63


@pytest.mark.parametrize(("word", "esr"), [(mrs(3, 0, 15, 0, 0), 0x6230_3C01), (msr(3, 3, 11, 1, 2, 4), 0x6234_EC82),
                                           (0xD50B_B000, 0x6210_EC00), (0xD52B_F001, 0x6210_FC21)],
                         ids=["MRS", "MSR", "SYS", "SYSL"])
def test_tidcp_traps_implementation_defined_accesses_of_el0(word: int, esr: int) -> None:
    machine = run_one(word, EL0T, SCTLR_EL1=TIDCP)
    assert f"{machine.cpu.sysregs['ESR_EL1']:#x}" == f"{esr:#x}"
    assert syndrome(run_one(word, EL1H, SCTLR_EL1=TIDCP)) == UNDEFINED
    assert syndrome(run_one(word, EL0T, model="cortex-a72", SCTLR_EL1=TIDCP)) == UNDEFINED


@pytest.mark.parametrize(("word", "pstate", "x0", "esr", "far"), [
    (0xF940_0001, EL1H, BASE + 0x101, 0x9600_0021, BASE + 0x101),               # MMU off: Device, alignment
    (0xF900_0001, EL1H, BASE + 0x104, 0x9600_0061, BASE + 0x104),
    (0xF940_0001, EL0T, BASE + 0x104, 0x9200_0021, BASE + 0x104),
    (0xF940_0001, EL1H, 0x70_0000_0000, 0x9600_0010, 0x70_0000_0000),           # nothing there: external abort
    (0xF940_0001, EL1H, 1 << 52, 0x9600_0000, 1 << 52),                         # beyond PARange: address size, level 0
    (0xD50B_7A20, EL1H, 1 << 52, 0x9600_0140, 1 << 52),                         # DC CVAC: CM and WnR
])
def test_data_aborts(word: int, pstate: int, x0: int, esr: int, far: int) -> None:
    cpu = run_one(word, pstate, x0).cpu
    assert (f"{cpu.sysregs['ESR_EL1']:#x}", cpu.sysregs["FAR_EL1"]) == (f"{esr:#x}", far)


def test_a_branch_to_an_odd_address_faults_there() -> None:
    machine = run_one(0xD61F_0000, x0=BASE + 2)     # BR X0
    machine.run(max_instructions=1)
    cpu = machine.cpu
    assert (cpu.sysregs["ESR_EL1"], cpu.sysregs["FAR_EL1"], cpu.sysregs["ELR_EL1"]) == (0x8A00_0000, BASE + 2, BASE + 2)


def test_an_illegal_return_keeps_the_level_and_sets_il() -> None:
    machine = run_one(0xD69F_03E0, SPSR_EL1=0x3C9, ELR_EL1=BASE + 4)            # to EL2, which is not there
    assert (machine.cpu.el, machine.cpu.pc) == (1, BASE + 4)
    machine.run(max_instructions=1)
    assert (machine.cpu.pc, machine.cpu.sysregs["ESR_EL1"]) == (SYNC_EL1, 0x3A00_0000)


@pytest.mark.parametrize(("word", "models"), [
    (0xC8A0_7C20, ("max", "neoverse-n1")), (0xDAC1_0000, ("max",)), (0xB8BF_C020, ("max", "neoverse-n1")), (0x5AC0_2000, ("max",)),
    (0xD500_409F, ("max", "neoverse-n1")), (0xD503_30FF, ("max",)), (0xD53B_2400, ("max",)), (0xD50B_7C20, ("max", "neoverse-n1")),
    (0xD50B_7D20, ("max",)), (0xD508_8121, ("max",)), (0xD508_8220, ("max",)),
], ids=["CAS", "PACIA", "LDAPR", "ABS", "MSR PAN", "SB", "RNDR", "DC CVAP", "DC CVADP", "TLBI VAE1OS", "TLBI RVAE1IS"])
def test_features_gate(word: int, models: tuple[str, ...]) -> None:
    for model in ("max", "neoverse-n1", "cortex-a72"):
        esr = syndrome(run_one(word, x0=BASE + 0x800, model=model))
        assert (esr != UNDEFINED) == (model in models), model


def test_fields_that_a_model_lacks_are_not_writable() -> None:
    for name, value, feature_bits in [("CNTKCTL_EL1", ~0, 1 << 17), ("SCTLR_EL1", 1 << 57 | 1 << 63 | 1 << 31, 1 << 57 | 1 << 63 | 1 << 31),
                                      ("TCR_EL1", ~0, 3 << 39)]:
        for model, present in (("max", feature_bits), ("cortex-a72", 0)):
            sysregs = Machine(memory="1MiB", cpu=model, serial="null").cpu.sysregs
            sysregs[name] = value & ((1 << 64) - 1)
            assert sysregs[name] & feature_bits == present, (name, model)
