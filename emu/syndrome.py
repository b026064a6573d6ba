# SPDX-License-Identifier: MIT
"""ESR_ELx in words: the exception class, and the fault status of aborts (Arm ARM, ESR_EL1)."""

from __future__ import annotations

_CLASSES = {
    0x00: "unknown reason (undefined instruction)",
    0x01: "trapped WFI or WFE",
    0x07: "trapped FP or Advanced SIMD access",
    0x0A: "trapped 64-byte load or store",
    0x0D: "branch target",
    0x0E: "illegal execution state",
    0x15: "SVC",
    0x16: "HVC",
    0x17: "SMC",
    0x18: "trapped system register access",
    0x19: "trapped SVE access",
    0x1C: "pointer authentication failure",
    0x20: "instruction abort from a lower EL",
    0x21: "instruction abort",
    0x22: "misaligned PC",
    0x24: "data abort from a lower EL",
    0x25: "data abort",
    0x26: "misaligned SP",
    0x27: "memory copy or set",
    0x2C: "trapped floating-point exception",
    0x2F: "SError",
    0x30: "breakpoint from a lower EL",
    0x31: "breakpoint",
    0x32: "software step from a lower EL",
    0x33: "software step",
    0x34: "watchpoint from a lower EL",
    0x35: "watchpoint",
    0x3C: "BRK",
}
_INSTRUCTION_ABORTS, _DATA_ABORTS = (0x20, 0x21), (0x24, 0x25)
# ESR.ISS.xFSC: those with a level in bits 1:0, then the others.
_LEVELLED_FAULTS = {
    0x00: "address size fault",
    0x04: "translation fault",
    0x08: "access flag fault",
    0x0C: "permission fault",
    0x14: "external abort on the walk",
}
_FAULTS = {
    0x10: "external abort: nothing is at that physical address",
    0x11: "tag check fault",
    0x21: "alignment fault",
    0x30: "TLB conflict",
    0x31: "unsupported atomic update",
    0x35: "unsupported exclusive or atomic access",
}
_WNR = 1 << 6


def _fault(status: int) -> str:
    if status & ~3 in _LEVELLED_FAULTS:
        return f"{_LEVELLED_FAULTS[status & ~3]}, level {status & 3}"
    return _FAULTS.get(status, f"fault status {status:#04x}")


def describe(esr: int) -> str:
    """Return what an ESR_ELx value says, such as "data abort (write): translation fault, level 1"."""
    ec, iss = esr >> 26 & 0x3F, esr & 0x1FF_FFFF
    name = _CLASSES.get(ec, f"exception class {ec:#04x}")
    if ec in _INSTRUCTION_ABORTS:
        return f"{name}: {_fault(iss & 0x3F)}"
    if ec in _DATA_ABORTS:
        return f"{name} ({'write' if iss & _WNR else 'read'}): {_fault(iss & 0x3F)}"
    return name


def has_far(esr: int) -> bool:
    """Return whether FAR_ELx holds an address for this exception class."""
    return esr >> 26 & 0x3F in (*_INSTRUCTION_ABORTS, *_DATA_ABORTS, 0x22, 0x34, 0x35)
