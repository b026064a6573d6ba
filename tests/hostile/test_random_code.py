# SPDX-License-Identifier: MIT
"""Random words as code: nothing that a guest executes harms the host. EMU_HOSTILE_INSNS: how many instructions in all."""

import pytest

from .guests import wanted_instructions, war

TOTAL = wanted_instructions(1_000_000)
MEMORY = r"(LD|ST|CAS|SWP|DC_|PRF|CPY|SET|AT|IC)"
SYSTEM = r"(MSR|MRS|SYS|TLBI|ERET|SVC|HVC|WF|YIELD|SEV|DC|IC|AT|ISB|B|CB|TB|RET)"


@pytest.mark.parametrize("cpus", [1, 2, 4])
def test_all_instructions(cpus):
    war(f"all {cpus}", TOTAL // 5, cpus=cpus)


def test_accesses_anywhere():
    war("memory", TOTAL // 5, MEMORY)


def test_system_registers():
    war("system", TOTAL // 5, SYSTEM)
