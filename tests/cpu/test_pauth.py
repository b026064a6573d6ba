# SPDX-License-Identifier: MIT
"""Pointer authentication: the ciphers' published vectors, QEMU's answers, and what must hold of any algorithm."""

from __future__ import annotations

import ctypes
import os
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IA, DB, COMBINED = 0, 3, 4
EN_IA, EN_DB = 1 << 31, 1 << 13
KEYS = (0x0123456789ABCDEF, 0xFEDCBA9876543210, 0x1111222233334444, 0x5555666677778888, 0x9999AAAABBBBCCCC, 0xDDDDEEEEFFFF0000)
MODIFIER = 0x477D469DEC0B8762
TCR_48_BITS = 16 | 16 << 16
TCR_TBI0, TCR_TBID0 = 1 << 37, 1 << 51

# R. Avanzi, "The QARMA Block Cipher Family", test vectors of QARMA-64: rounds, S-box, ciphertext
VECTORS = [
    (5, 0, 0x3EE99A6C82AF0C38), (6, 0, 0x9F5C41EC525603C9), (7, 0, 0xBCAF6C89DE930765),
    (5, 1, 0x544B0AB95BDA7C3A), (6, 1, 0xA512DD1E4E3EC582), (7, 1, 0xEDF67FF370A483F2),
    (5, 2, 0xC003B93999B33765), (6, 2, 0x270A787275C48D10), (7, 2, 0x5C06A7501B63B2FD),
]
# Recorded from qemu-system-aarch64 7.2, -cpu max,pauth-impdef=off: TCR_EL1, pointer, PACIA, AUTIA with a wrong modifier, PACDB, PACGA
RECORDED = [
    (0x80100010, 0x40001234, 0x8a24000040001234, 0x2000000040001234, 0xe572000040001234, 0xc9ec7fef00000000),
    (0x80100010, 0xffff800012345678, 0x91f2800012345678, 0xbfff800012345678, 0x69de800012345678, 0x2d6ebc1d00000000),
    (0x80100019, 0x40001234, 0x8a24ed8040001234, 0x2000000040001234, 0xe572708040001234, 0xc9ec7fef00000000),
    (0x80100019, 0xffff800012345678, 0x91f2800012345678, 0xbfff800012345678, 0x69de800012345678, 0x2d6ebc1d00000000),
    (0x2080190010, 0x40001234, 0x24000040001234, 0x20000040001234, 0x72000040001234, 0xc9ec7fef00000000),
    (0x2080190010, 0xffff800012345678, 0x4ec85b0012345678, 0xbfffff8012345678, 0x94d32b0012345678, 0x2d6ebc1d00000000),
    (0x6080190010, 0x40001234, 0x24000040001234, 0x20000040001234, 0x72000040001234, 0xc9ec7fef00000000),
    (0x6080190010, 0xffff800012345678, 0xff885b0012345678, 0xffbfff8012345678, 0xff932b0012345678, 0x2d6ebc1d00000000),
    (0x6080190010, 0xaa00000012345678, 0xaa6a000012345678, 0xaa20000012345678, 0xaa17000012345678, 0xad27d78500000000),
    (0x6080190010, 0xaaffffffff345678, 0xaafe337fff345678, 0xaabfffffff345678, 0xaababdffff345678, 0x28e8ae8100000000),
    (0x18006080190019, 0x40001234, 0x8a24ed8040001234, 0x2000000040001234, 0x72708040001234, 0xc9ec7fef00000000),
    (0x18006080190019, 0xffff800012345678, 0x4ec85b0012345678, 0xbfffff8012345678, 0xff932b0012345678, 0x2d6ebc1d00000000),
    (0x18006080190019, 0xaa00000012345678, 0x4ec85b0012345678, 0xbfffff8012345678, 0xaa17248012345678, 0xad27d78500000000),
    (0x18006080190019, 0xaaffffffff345678, 0x588f9bffff345678, 0xbfffffffff345678, 0xaababdffff345678, 0x28e8ae8100000000),
    (0x4080190010, 0x40001234, 0x8a24000040001234, 0x2000000040001234, 0xe572000040001234, 0xc9ec7fef00000000),
    (0x4080190010, 0xffff800012345678, 0xff885b0012345678, 0xffbfff8012345678, 0xff932b0012345678, 0x2d6ebc1d00000000),
    (0x100040801e0027, 0x40001234, 0xdb7512bc7c001234, 0x2000000000001234, 0xe0334bf8b4001234, 0xc9ec7fef00000000),
    (0x100040801e0027, 0xffff800012345678, 0xffb1803812345678, 0xbffffffc12345678, 0xffbe190812345678, 0x2d6ebc1d00000000),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """cpu/pauth.c and cpu/qarma.c as a shared object."""
    target = tmp_path_factory.mktemp("pauth") / "pauth.so"
    sources = [ROOT / "tests/cpu/pauth_shim.c", ROOT / "pyx/cpu/pauth.c", ROOT / "pyx/cpu/qarma.c"]
    flags = ["-std=gnu11", "-O1", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'pyx'}"]
    subprocess.run([*shlex.split(os.environ.get("CC", "cc")), *flags, *map(str, sources), "-o", str(target)], check=True)
    loaded = ctypes.CDLL(str(target))
    u64, pointer, flag = ctypes.c_uint64, ctypes.c_void_p, ctypes.c_bool
    for name, result, arguments in (
        ("qarma64", u64, [u64, u64, u64, u64, ctypes.c_int, ctypes.c_uint]),
        ("shim_new", pointer, [u64, flag, flag, flag, flag]), ("shim_keys", None, [pointer, u64 * 6, u64]),
        ("shim_auth", u64, [pointer, u64, u64, ctypes.c_uint]), ("shim_failure", ctypes.c_uint, [pointer]),
        ("pauth_add", u64, [pointer, u64, u64, ctypes.c_int]), ("pauth_strip", u64, [pointer, u64, flag]),
        ("pauth_generic", u64, [pointer, u64, u64]),
    ):
        function = getattr(loaded, name)
        function.restype, function.argtypes = result, arguments
    return loaded


def core(
    library: ctypes.CDLL, tcr: int, *, qarma5: bool = False, pauth2: bool = False, fpac: bool = False, combine: bool = False,
    sctlr: int = EN_IA | EN_DB
) -> int:
    """A core at EL1 with KEYS."""
    cpu: int = library.shim_new(tcr, qarma5, pauth2, fpac, combine)
    library.shim_keys(cpu, (ctypes.c_uint64 * 6)(*KEYS), sctlr)
    return cpu


@pytest.mark.parametrize(("rounds", "sbox", "ciphertext"), VECTORS)
def test_qarma_vectors(library: ctypes.CDLL, rounds: int, sbox: int, ciphertext: int) -> None:
    text, w0, k0 = 0xFB623599DA6E8127, 0x84BE85CE9804E94B, 0xEC2802D4E0A488E9
    assert library.qarma64(text, MODIFIER, w0, k0, sbox, rounds) == ciphertext


@pytest.mark.parametrize(("tcr", "pointer", "pacia", "wrong", "pacdb", "pacga"), RECORDED)
def test_what_qemu_answers(library: ctypes.CDLL, tcr: int, pointer: int, pacia: int, wrong: int, pacdb: int, pacga: int) -> None:
    cpu = core(library, tcr, qarma5=True)
    assert library.pauth_add(cpu, pointer, MODIFIER, IA) == pacia
    assert library.shim_auth(cpu, pacia, MODIFIER + 1, IA) == wrong
    assert library.pauth_add(cpu, pointer, MODIFIER, DB) == pacdb
    for signed, key, data in ((pacia, IA, False), (pacdb, DB, True)):
        if library.pauth_strip(cpu, pointer, data) == pointer:  # not an address of its range otherwise
            assert library.shim_auth(cpu, signed, MODIFIER, key) == pointer
    assert library.pauth_generic(cpu, pointer, MODIFIER) == pacga


@pytest.mark.parametrize("pauth2", [False, True])
@pytest.mark.parametrize("pointer", [0x40001234, 0xFFFF800012345678, 0x0000FFFFFFFFFFFF, 0xFFFF000000000000])
def test_signed_pointers_authenticate(library: ctypes.CDLL, pointer: int, pauth2: bool) -> None:
    cpu = core(library, TCR_48_BITS, pauth2=pauth2, fpac=pauth2)
    signed = library.pauth_add(cpu, pointer, MODIFIER, IA)
    assert signed != pointer and signed & 0x0080FFFFFFFFFFFF == pointer & 0x0080FFFFFFFFFFFF
    assert library.shim_auth(cpu, signed, MODIFIER, IA) == pointer
    assert library.pauth_strip(cpu, signed, False) == pointer


def test_a_pointer_that_is_not_canonical_does_not_authenticate(library: ctypes.CDLL) -> None:
    for pauth2 in (False, True):
        cpu = core(library, TCR_48_BITS, pauth2=pauth2)
        bad = 0x0010000012345678
        assert library.shim_auth(cpu, library.pauth_add(cpu, bad, MODIFIER, IA), MODIFIER, IA) != bad & 0xFFFFFFFFFFFF


def test_without_fpac_a_failure_leaves_an_error_code(library: ctypes.CDLL) -> None:
    cpu = core(library, TCR_48_BITS)
    assert library.shim_auth(cpu, 0x40001234 | 1 << 50, MODIFIER, IA) >> 61 & 3 == 1
    assert library.shim_auth(cpu, 0x40001234 | 1 << 50, MODIFIER, DB) >> 61 & 3 == 2
    assert library.shim_failure(cpu) == 0


def test_fpac_faults(library: ctypes.CDLL) -> None:
    cpu = core(library, TCR_48_BITS, pauth2=True, fpac=True)
    signed = library.pauth_add(cpu, 0x40001234, MODIFIER, DB)
    assert library.shim_auth(cpu, signed, MODIFIER + 1, DB) == 0
    assert library.shim_failure(cpu) == 0x1C << 26 | 3          # data, key B
    assert library.shim_auth(cpu, signed, MODIFIER + 1, DB | COMBINED) != 0
    assert library.shim_failure(cpu) == 0
    combining = core(library, TCR_48_BITS, pauth2=True, fpac=True, combine=True)
    assert library.shim_auth(combining, signed, MODIFIER + 1, IA | COMBINED) == 0
    assert library.shim_failure(combining) == 0x1C << 26


def test_tags_are_kept(library: ctypes.CDLL) -> None:
    tagged = 0xAB00000040001234
    data = core(library, TCR_48_BITS | TCR_TBI0)
    assert library.pauth_add(data, tagged, MODIFIER, DB) >> 56 == 0xAB
    assert library.pauth_strip(data, tagged, True) == tagged
    instructions = core(library, TCR_48_BITS | TCR_TBI0 | TCR_TBID0)
    assert library.pauth_strip(instructions, tagged, False) == 0x40001234
    assert library.pauth_strip(instructions, tagged, True) == tagged


def test_disabled_keys_do_nothing(library: ctypes.CDLL) -> None:
    cpu = core(library, TCR_48_BITS, sctlr=EN_DB)
    assert library.pauth_add(cpu, 0x40001234, MODIFIER, IA) == 0x40001234
    assert library.shim_auth(cpu, 0xDEAD000040001234, MODIFIER, IA) == 0xDEAD000040001234
    assert library.pauth_add(cpu, 0x40001234, MODIFIER, DB) != 0x40001234
