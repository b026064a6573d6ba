# SPDX-License-Identifier: MIT
"""Engines that run one case at a time, fast: ours and Unicorn. (qemu_batch.py runs many at once.)"""

from __future__ import annotations

import ctypes
import struct
from typing import Any

from .machines import TABLES, VECTORS, Ours
from .record import CODE, DATA, LAYOUT, RECORD, WINDOW, Case, Outcome

MAPPED = 0x2000                         # bytes from CODE that both have


class OursFast(Ours):
    """Our machine, as machines.py sets it up."""

    def __init__(self, model: str = "max") -> None:
        super().__init__(model)
        self.window = self.core.view(DATA, WINDOW)
        self.map_pages()
        self.loaded = -1

    def map_pages(self) -> None:
        """Lets EL0 at the data pages, for LDTR and its kin; the code's page stays EL1's."""
        level2, level3, base = TABLES + 0x1000, TABLES + 0x2000, 0x40000000
        pages = [base + 0x1000 * i for i in range(512)]
        self.core.write(level3, struct.pack("<512Q", *(p | 0x703 | (0x40 if DATA <= p < DATA + 0x10000 else 0) for p in pages)))
        self.core.write(level2, struct.pack("<512Q", level3 | 3, *(base + (i << 21) | 0x701 for i in range(1, 512))))
        self.core.write(TABLES, struct.pack("<2Q", 0, level2 | 3))

    def run_case(self, case: Case) -> Outcome:
        """Runs one instruction."""
        cpu = self.cpu
        if case.word != self.loaded:
            self.core.write(CODE, case.word.to_bytes(4, "little"))
            self.loaded = case.word
        cpu.pstate = 0x3C5
        cpu.set_registers(case.registers)
        self.window[:] = case.memory
        self.core.run(1)
        if VECTORS <= cpu.pc < VECTORS + 0x800 and cpu.get_sysreg("ELR_EL1") == CODE:      # or it branched there
            cpu.set_sysreg("ELR_EL1", 0)
            ec = cpu.get_sysreg("ESR_EL1") >> 26
            return Outcome(b"", b"", "undefined" if ec == 0 else "fault")
        return Outcome(cpu.registers(), bytes(self.window), "")


class UnicornFast:
    """Unicorn, its registers read and written in one call each. It aborts the process on some words: fork first."""

    def __init__(self) -> None:
        import unicorn
        from unicorn import arm64_const as c
        from unicorn.unicorn_py3 import unicorn as binding

        self.uc: Any = unicorn.Uc(unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM)
        self.uc.ctl_set_cpu_model(c.UC_CPU_ARM64_MAX)
        self.uc.mem_map(CODE, MAPPED)
        self.uc.reg_write(c.UC_ARM64_REG_CPACR_EL1, 3 << 20)
        self.outside = {unicorn.UC_ERR_READ_UNMAPPED, unicorn.UC_ERR_WRITE_UNMAPPED, unicorn.UC_ERR_FETCH_UNMAPPED}
        self.error = unicorn.UcError
        self.loaded = -1
        self.read_batch, self.write_batch = binding.uclib.uc_reg_read_batch, binding.uclib.uc_reg_write_batch
        ids = [c.UC_ARM64_REG_V0 + i for i in range(32)] + [c.UC_ARM64_REG_X0 + i for i in range(29)]
        ids += [c.UC_ARM64_REG_X29, c.UC_ARM64_REG_X30, c.UC_ARM64_REG_SP, c.UC_ARM64_REG_PC]
        ids += [c.UC_ARM64_REG_NZCV, c.UC_ARM64_REG_FPCR, c.UC_ARM64_REG_FPSR]
        offsets = [16 * i for i in range(32)] + [512 + 8 * i for i in range(36)]
        self.count = len(ids)
        self.ids = (ctypes.c_int * self.count)(*ids)
        self.buffer = ctypes.create_string_buffer(1024)       # NZCV, FPCR, FPSR take 8 bytes each here
        at = ctypes.addressof(self.buffer)
        self.pointers = (ctypes.c_void_p * self.count)(*(at + o for o in offsets))

    def run_case(self, case: Case) -> Outcome:
        """Runs one instruction."""
        uc = self.uc
        if case.word != self.loaded:
            uc.mem_write(CODE, case.word.to_bytes(4, "little"))
            uc.ctl_remove_cache(CODE, CODE + 4)
            self.loaded = case.word
        self.load(case.registers)
        uc.mem_write(DATA, case.memory)
        try:
            uc.emu_start(CODE, 0, count=1)
        except self.error as error:
            if error.errno == 8 and case.row.where.startswith("branch"):      # it branched: nothing is mapped there
                return self.outcome()
            return Outcome(b"", b"", "outside" if error.errno in self.outside else "exception")
        return self.outcome()

    def load(self, record: bytes) -> None:
        """Sets all registers."""
        nzcv, fpcr, fpsr = struct.unpack_from("<3I", record, 776)
        ctypes.memmove(self.buffer, record[:776] + struct.pack("<3Q", nzcv, fpcr, fpsr), 800)
        self.write_batch(self.uc._uch, self.ids, self.pointers, self.count)

    def outcome(self) -> Outcome:
        """Registers and memory as they are."""
        self.read_batch(self.uc._uch, self.ids, self.pointers, self.count)
        raw = self.buffer.raw
        nzcv, fpcr, fpsr = struct.unpack_from("<3Q", raw, 776)
        return Outcome(raw[:776] + struct.pack("<4I", nzcv & 0xF0000000, fpcr, fpsr, 0), bytes(self.uc.mem_read(DATA, WINDOW)), "")


assert LAYOUT.size == RECORD == 792
