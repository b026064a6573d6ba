# SPDX-License-Identifier: MIT
"""Loads and stores where random words against another emulator do not reach: faults, alignment, the exclusive monitor, and the
features that the other emulator lacks (FEAT_LRCPC3, FEAT_MOPS). Expected values come from the Arm ARM."""

from __future__ import annotations

import struct

import pytest

from .machines import CODE, DATA, DATA_SIZE, TABLES, Ours, State
from .words import table

HOLE = DATA + 0x2000  # a page that is not mapped
READ_ONLY = DATA + 0x4000
FOR_EL0 = DATA + 0x5000
LEVEL_2, LEVEL_3 = TABLES + 0x2000, TABLES + 0x3000
EC_SP_ALIGN, EC_DABT, EC_MOPS, EC_UNDEFINED = 0x26, 0x25, 0x27, 0
ALIGNMENT, TRANSLATION_3, PERMISSION_3 = 0x21, 0x07, 0x0F
SCTLR_A, SCTLR_SA, SCTLR_nAA = 1 << 1, 1 << 3, 1 << 6


def encode(name: str, **fields: int) -> int:
    """The word of a row with these fields; the others are zero."""
    row = next(r for r in table().rows if r.name == name)
    word = row.value
    for f in row.fields:
        value = fields.pop(f.name, 0)
        assert 0 <= value < 1 << f.width, f.name
        word |= value << f.lo
    assert not fields and row.matches(word), (name, fields)
    return word


class Paged(Ours):
    """The data window in 4 KB pages, with a hole, a read-only page and one for EL0."""

    def __init__(self) -> None:
        super().__init__()
        level_3 = [(0x40200000 + 0x1000 * i) | 0x703 for i in range(512)]
        level_3[(HOLE - 0x40200000) >> 12] = 0
        level_3[(READ_ONLY - 0x40200000) >> 12] |= 1 << 7
        level_3[(FOR_EL0 - 0x40200000) >> 12] |= 1 << 6
        level_2 = [(0x40000000 + 0x200000 * i) | 0x701 for i in range(512)]
        level_2[1] = LEVEL_3 | 3
        self.core.write(LEVEL_3, struct.pack("<512Q", *level_3))
        self.core.write(LEVEL_2, struct.pack("<512Q", *level_2))
        self.core.write(TABLES, struct.pack("<2Q", 0, LEVEL_2 | 3))

    def sctlr(self, set_bits: int = 0, clear_bits: int = 0) -> None:
        """Changes SCTLR_EL1."""
        self.cpu.set_sysreg("SCTLR_EL1", self.cpu.get_sysreg("SCTLR_EL1") & ~clear_bits | set_bits)


@pytest.fixture(scope="module")
def paged() -> Paged:
    """One machine for all tests of this file; tests put SCTLR_EL1 back."""
    return Paged()


def state(memory: bytes = b"", **registers: int) -> State:
    """x0=…, v0=…, sp=…; memory from DATA on."""
    s = State(memory=memory.ljust(DATA_SIZE, b"\0"))
    for name, value in registers.items():
        if name[0] in "xv" and name[1:].isdigit():
            getattr(s, name[0])[int(name[1:])] = value
        else:
            setattr(s, name, value)
    return s


def pattern(n: int) -> bytes:
    """n bytes that differ from their neighbours."""
    return bytes((7 * i + (i >> 8)) & 0xFF for i in range(n))


def fault(esr: int | None) -> tuple[int, int]:
    """(EC, DFSC) of a syndrome."""
    assert esr is not None
    return esr >> 26, esr & 0x3F


# -- Faults ---------------------------------------------------------------------------------------------------------


def test_pair_store_into_hole_changes_nothing(paged: Paged) -> None:
    s = state(pattern(DATA_SIZE), x0=HOLE - 8, x1=1, x2=2)
    after, esr = paged.run([encode("STP_x_pre", Rt=1, Rt2=2, Rn=0, imm7=0)], s)
    assert fault(esr) == (EC_DABT, TRANSLATION_3) and paged.cpu.get_sysreg("FAR_EL1") == HOLE
    assert after.memory == s.memory and after.x[:3] == s.x[:3]


@pytest.mark.parametrize("name", ["LDR_x_post", "LDP_x_post", "LDR_q_post"])
def test_load_from_hole_changes_nothing(paged: Paged, name: str) -> None:
    field = "imm7" if "P_" in name else "imm9"
    s = state(x0=HOLE - 4, x1=11, v1=22)
    after, esr = paged.run([encode(name, Rt=1, Rn=0, **{field: 1})], s)
    assert fault(esr) == (EC_DABT, TRANSLATION_3) and paged.cpu.get_sysreg("FAR_EL1") == HOLE
    assert (after.x[:2], after.v[1]) == (s.x[:2], 22)


def test_write_to_read_only_page(paged: Paged) -> None:
    for name, fields in (("STR_x_imm", {}), ("STXR", {"size": 3, "Rs": 3}), ("SWP", {"size": 3, "Rs": 2})):
        words = [encode("LDXR", size=3, Rn=0, Rt=5)] if name == "STXR" else []
        _, esr = paged.run([*words, encode(name, Rt=1, Rn=0, **fields)], state(x0=READ_ONLY))
        assert fault(esr) == (EC_DABT, PERMISSION_3) and esr >> 6 & 1, name


def test_atomic_on_hole_reports_a_read(paged: Paged) -> None:
    _, esr = paged.run([encode("LDADD", size=3, Rs=1, Rt=2, Rn=0)], state(x0=HOLE))
    assert fault(esr) == (EC_DABT, TRANSLATION_3) and not esr >> 6 & 1


SP_BASED = [("LDR_x_imm", {}), ("STR_w_pre", {}), ("LDP_x_off", {}), ("STP_q_post", {}), ("LDR_x_reg", {"option": 3, "Rm": 1}),
            ("LDAR", {"size": 3}), ("LDXR", {"size": 3}), ("LDADD", {"size": 0}), ("LD1_v", {"op": 1, "p": 1})]


@pytest.mark.parametrize("name,fields", SP_BASED, ids=[n for n, _ in SP_BASED])
def test_misaligned_sp(paged: Paged, name: str, fields: dict[str, int]) -> None:
    word = encode(name, Rt=5, Rn=31, **fields)
    paged.sctlr(set_bits=SCTLR_SA)
    assert fault(paged.run([word], state(sp=DATA + 8))[1])[0] == EC_SP_ALIGN
    assert paged.run([word], state(sp=DATA + 16))[1] is None
    paged.sctlr(clear_bits=SCTLR_SA)
    assert paged.run([word], state(sp=DATA + 8))[1] is None


def test_unprivileged_accesses(paged: Paged) -> None:
    """At EL1 they have EL0's permissions."""
    for name in ("LDTR_x", "STTR_x"):
        word = encode(name, Rt=1, Rn=0)
        assert fault(paged.run([word], state(x0=DATA))[1]) == (EC_DABT, PERMISSION_3)
        assert paged.run([word], state(x0=FOR_EL0))[1] is None


def test_prefetch_checks_nothing(paged: Paged) -> None:
    paged.sctlr(set_bits=SCTLR_SA)
    assert paged.run([encode("PRFM_imm", Rn=31)], state(sp=HOLE + 1))[1] is None
    paged.sctlr(clear_bits=SCTLR_SA)


def test_strict_alignment(paged: Paged) -> None:
    paged.sctlr(set_bits=SCTLR_A)
    for name, width, field in (("LDRH_imm", 2, ""), ("STR_x_imm", 8, ""), ("LDR_q_imm", 16, ""), ("LDP_w_off", 4, "imm7"),
                               ("STP_q_off", 16, "imm7"), ("LDUR_w", 4, "imm9")):
        word = encode(name, Rt=1, Rn=0)
        assert fault(paged.run([word], state(x0=DATA + width // 2))[1]) == (EC_DABT, ALIGNMENT), name
        assert paged.run([word], state(x0=DATA + width))[1] is None, name
    assert fault(paged.run([encode("LD1_v", op=2, size=2, Rn=0)], state(x0=DATA + 2))[1]) == (EC_DABT, ALIGNMENT)
    assert paged.run([encode("LD1_v", op=2, size=2, Rn=0)], state(x0=DATA + 4))[1] is None
    paged.sctlr(clear_bits=SCTLR_A)


ORDERED = [("LDAR", {"size": 3}), ("STLR", {"size": 3}), ("LDAPUR", {"size": 3}), ("LDADD", {"size": 3}), ("CAS", {"size": 3}),
           ("LDXR", {"size": 3}), ("STXR", {"size": 3, "Rs": 2}), ("LDIAPP_off", {"sz": 0}), ("STLUR_v", {"size": 3})]


@pytest.mark.parametrize("name,fields", ORDERED, ids=[n for n, _ in ORDERED])
def test_ordered_accesses_fit_sixteen_bytes(paged: Paged, name: str, fields: dict[str, int]) -> None:
    """FEAT_LSE2."""
    word = encode(name, Rn=0, Rt=1, **fields)
    assert paged.run([word], state(x0=DATA + 5))[1] is None
    assert fault(paged.run([word], state(x0=DATA + 13))[1]) == (EC_DABT, ALIGNMENT)
    paged.sctlr(set_bits=SCTLR_nAA)
    allowed = name not in ("LDADD", "CAS", "LDXR", "STXR")
    assert (paged.run([word], state(x0=DATA + 13))[1] is None) == allowed
    paged.sctlr(clear_bits=SCTLR_nAA)


# -- Exclusives -------------------------------------------------------------------------------------------------------

CLREX = 0xD503305F


@pytest.mark.parametrize("size", range(4))
def test_store_exclusive(paged: Paged, size: int) -> None:
    load, store = encode("LDAXR", size=size, Rn=0, Rt=1), encode("STLXR", size=size, Rn=0, Rt=2, Rs=3)
    s = state(pattern(64), x0=DATA + 8, x2=0x1122334455667788, x3=99)
    width = 1 << size
    after, esr = paged.run([load, store], s)
    assert esr is None and after.x[3] == 0
    assert after.x[1] == int.from_bytes(s.memory[8:8 + width], "little")
    assert after.memory == s.memory[:8] + struct.pack("<Q", s.x[2])[:width] + s.memory[8 + width:]
    after, _ = paged.run([store], s)
    assert after.x[3] == 1 and after.memory == s.memory


def test_monitor_refuses(paged: Paged) -> None:
    load = encode("LDXR", size=3, Rn=0, Rt=1)
    s = state(pattern(64), x0=DATA, x2=5, x4=DATA + 8)
    between: list[tuple[str, list[int]]] = [
        ("other size", [encode("STXR", size=2, Rn=0, Rt=2, Rs=3)]),
        ("other address", [encode("STXR", size=3, Rn=4, Rt=2, Rs=3)]),
        ("changed value", [encode("STR_x_imm", Rn=0, Rt=4), encode("STXR", size=3, Rn=0, Rt=2, Rs=3)]),
        ("second store", [encode("STXR", size=3, Rn=0, Rt=2, Rs=5), encode("STXR", size=3, Rn=0, Rt=2, Rs=3)]),
        ("cleared", [CLREX, encode("STXR", size=3, Rn=0, Rt=2, Rs=3)]),
    ]
    for why, words in between:
        after, esr = paged.run([load, *words], s)
        assert esr is None and after.x[3] == 1, why


@pytest.mark.parametrize("sz", [0, 1])
def test_exclusive_pair(paged: Paged, sz: int) -> None:
    load, store = encode("LDXP", sz=sz, Rn=0, Rt=1, Rt2=2), encode("STXP", sz=sz, Rn=0, Rt=4, Rt2=5, Rs=3)
    s = state(pattern(64), x0=DATA + 16, x4=0x1111111122222222, x5=0x3333333344444444, x3=9)
    after, esr = paged.run([load, store], s)
    low, high = struct.unpack("<QQ" if sz else "<II", s.memory[16:32 if sz else 24])
    assert esr is None and after.x[1:4] == [low, high, 0]
    stored = struct.pack("<QQ", s.x[4], s.x[5]) if sz else struct.pack("<II", s.x[4] & 0xFFFFFFFF, s.x[5] & 0xFFFFFFFF)
    assert after.memory[16:16 + len(stored)] == stored and after.memory[16 + len(stored):] == s.memory[16 + len(stored):]


# -- FEAT_LRCPC3 --------------------------------------------------------------------------------------------------------


def test_ordered_pairs_and_writeback(paged: Paged) -> None:
    s = state(pattern(128), x0=DATA + 32, x1=0xA1A2A3A4A5A6A7A8, x2=0xB1B2B3B4B5B6B7B8)
    word = s.memory
    pair_w, pair_x = struct.pack("<II", 0xA5A6A7A8, 0xB5B6B7B8), struct.pack("<QQ", s.x[1], s.x[2])
    for name, sz, at, data, base in (("STILP_off", 0, 32, pair_w, 32), ("STILP_off", 1, 32, pair_x, 32),
                                     ("STILP_pre", 0, 24, pair_w, 24), ("STILP_pre", 1, 16, pair_x, 16),
                                     ("STLR_pre", 0, 28, pair_w[:4], 28), ("STLR_pre", 1, 24, pair_x[:8], 24)):
        fields = {"Rt2": 2} if "STILP" in name else {}
        after, esr = paged.run([encode(name, sz=sz, Rn=0, Rt=1, **fields)], s)
        assert esr is None and after.x[0] == DATA + base, name
        assert after.memory == word[:at] + data + word[at + len(data):], name
    for name, sz, base in (("LDIAPP_off", 0, 32), ("LDIAPP_off", 1, 32), ("LDIAPP_post", 0, 40), ("LDIAPP_post", 1, 48),
                           ("LDAPR_post", 0, 36), ("LDAPR_post", 1, 40)):
        pair = "LDIAPP" in name
        after, esr = paged.run([encode(name, sz=sz, Rn=0, Rt=1, **({"Rt2": 2} if pair else {}))], s)
        low, high = struct.unpack("<QQ" if sz else "<II", word[32:48 if sz else 40])
        assert esr is None and after.x[:3] == [DATA + base, low, high if pair else s.x[2]], name


def test_ordered_vectors(paged: Paged) -> None:
    s = state(pattern(128), x0=DATA + 35, v1=int.from_bytes(bytes(range(100, 116)), "little"))
    for size in range(5):
        suffix, fields = ("_q", {}) if size == 4 else ("", {"size": size})
        n, at = 1 << size, 32
        after, esr = paged.run([encode(f"LDAPUR_v{suffix}", Rn=0, Rt=1, imm9=-3 & 0x1FF, **fields)], s)
        assert esr is None and after.v[1] == int.from_bytes(s.memory[at:at + n], "little")
        after, esr = paged.run([encode(f"STLUR_v{suffix}", Rn=0, Rt=1, imm9=-3 & 0x1FF, **fields)], s)
        assert esr is None and after.memory == s.memory[:at] + bytes(range(100, 100 + n)) + s.memory[at + n:]
    s.x[0] = DATA + 40
    for q in (0, 1):
        after, _ = paged.run([encode("LDAP1", Q=q, Rn=0, Rt=1)], s)
        lanes = [s.v[1] & (1 << 64) - 1, s.v[1] >> 64]
        lanes[q] = int.from_bytes(s.memory[40:48], "little")
        assert after.v[1] == lanes[0] | lanes[1] << 64
        after, _ = paged.run([encode("STL1", Q=q, Rn=0, Rt=1)], s)
        assert after.memory[40:48] == bytes(range(100 + 8 * q, 108 + 8 * q))


# -- FEAT_MOPS ------------------------------------------------------------------------------------------------------------


def mops(kind: str, **fields: int) -> list[int]:
    """Prologue, main, epilogue of CPY, CPYF or SET on X0 (target), X1 (source or value), X2 (size)."""
    return [encode(kind + stage, Rd=0, Rs=1, Rn=2, **fields) for stage in "PME"]


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 0xFFF, 0x1000, 0x1234])
@pytest.mark.parametrize("kind", ["CPY", "CPYF", "SET"])
def test_copy_and_set(paged: Paged, kind: str, size: int) -> None:
    source, target = 0x05, 0xD03
    if size > 0xC00:
        source, target = 0x100, 0x1F1   # overlaps: CPY goes backward
        if kind == "CPYF":
            source, target = 0x1F1, 0x100
    s = state(pattern(DATA_SIZE), x0=DATA + target, x1=DATA + source, x2=size, nzcv=0xF)
    words = mops(kind)
    after, esr = paged.run(words, s)
    assert esr is None and after.x[2] == 0 and after.nzcv == 0 and after.pc == CODE + 12
    data = bytes([s.x[1] & 0xFF]) * size if kind == "SET" else s.memory[source:source + size]
    assert after.memory == s.memory[:target] + data + s.memory[target + size:]


def test_copy_across_hole_stops_where_it_begins(paged: Paged) -> None:
    s = state(pattern(DATA_SIZE), x0=HOLE - 100, x1=DATA, x2=200)
    after, esr = paged.run(mops("CPYF"), s)
    assert fault(esr) == (EC_DABT, TRANSLATION_3) and esr >> 6 & 1 and paged.cpu.get_sysreg("FAR_EL1") == HOLE
    assert after.x[0] + after.x[2] & (1 << 64) - 1 == HOLE and after.x[1] - DATA == 200
    assert after.memory[0x1F9C:0x2000] == s.memory[:100]
    assert paged.cpu.get_sysreg("ELR_EL1") == CODE + 4


def test_long_set_counts_and_is_exact(paged: Paged) -> None:
    """A main instruction that works in several steps."""
    size, start = 0x123456, DATA + 0x10000
    after, esr = paged.run(mops("SET") + [0xD503201F] * 100, state(x0=start, x1=0x5A, x2=size))
    assert esr is None and after.x[2] == 0 and after.x[0] == start + size
    assert bytes(paged.core.view(start - 1, size + 2)) == b"\0" + b"\x5a" * size + b"\0"


def expect_mops(paged: Paged, word: int, s: State, iss: int) -> None:
    after, esr = paged.run([word], s)
    assert esr is not None and esr >> 26 == EC_MOPS and esr & 0x1FFFFFF == iss
    assert after.x == s.x and after.memory == s.memory


def test_wrong_option(paged: Paged) -> None:
    option_a, wrong, epilogue, is_set, registers = 1 << 16, 1 << 17, 1 << 18, 1 << 24, 0 << 10 | 1 << 5 | 2
    minus_9 = (1 << 64) - 9
    s = state(x0=DATA + 9, x1=DATA + 99, x2=minus_9, nzcv=2)
    expect_mops(paged, mops("CPY")[1], s, option_a | wrong | registers)
    expect_mops(paged, mops("CPY", nontemporal=1, unpriv=2)[2], s, option_a | wrong | epilogue | registers | 6 << 19)
    expect_mops(paged, mops("SET", nontemporal=1, unpriv=1)[1], s, option_a | wrong | is_set | registers | 3 << 19)
    s = state(x0=DATA, x1=DATA + 99, x2=9)
    expect_mops(paged, mops("CPYF")[1], s, option_a | registers)


def test_sizes_saturate(paged: Paged) -> None:
    top = (1 << 64) - 1
    for kind, limit in (("CPY", 0x7FFFFFFFFFFFFF), ("CPYF", 0x7FFFFFFFFFFFFFFF), ("SET", 0x7FFFFFFFFFFFFFFF)):
        after, _ = paged.run(mops(kind)[:1], state(x0=DATA, x1=DATA, x2=top))
        assert after.x[2] == top + 1 - limit and after.x[0] == DATA + limit


def test_registers_must_differ(paged: Paged) -> None:
    for name, d, s, n in (("CPYP", 1, 1, 2), ("CPYM", 1, 2, 2), ("CPYE", 31, 1, 2), ("CPYFP", 1, 31, 2), ("SETP", 1, 2, 31), ("SETM", 1, 2, 1)):
        assert fault(paged.run([encode(name, Rd=d, Rs=s, Rn=n)], state())[1])[0] == EC_UNDEFINED
    assert paged.run([encode("SETP", Rd=0, Rs=31, Rn=1)], state(x0=DATA))[1] is None


# -- FEAT_PAuth -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", "AB")
def test_authenticated_load(paged: Paged, key: str) -> None:
    sign = 0xDAC12BE0 if key == "A" else 0xDAC12FE0     # PACDZA X0, PACDZB X0
    bit = 1 << 27 if key == "A" else 1 << 13            # SCTLR_EL1.EnDA, EnDB
    paged.sctlr(set_bits=bit)
    s = state(pattern(64), x0=DATA + 16)
    for offset, s_bit, imm9 in ((8, 0, 1), (-16, 1, 0x1FE)):
        at = 16 + offset
        value = int.from_bytes(s.memory[at:at + 8], "little")
        after, esr = paged.run([sign, encode(f"LDRA{key}_off", S=s_bit, imm9=imm9, Rn=0, Rt=1)], s)
        assert esr is None and after.x[1] == value and after.x[0] & (1 << 39) - 1 == s.x[0]
        after, esr = paged.run([sign, encode(f"LDRA{key}_pre", S=s_bit, imm9=imm9, Rn=0, Rt=1)], s)
        assert esr is None and after.x[:2] == [DATA + at, value]
    s.x[0] |= 1 << 50
    _, esr = paged.run([encode(f"LDRA{key}_off", Rn=0, Rt=1)], s)
    assert esr is not None
    paged.sctlr(clear_bits=bit)
