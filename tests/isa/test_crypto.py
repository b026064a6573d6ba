# SPDX-License-Identifier: MIT
"""Cryptographic instructions on the examples of their standards: FIPS 197, FIPS 180-4, FIPS 202, GB/T 32905 (SM3) and
GB/T 32907 (SM4); PMULL against plain Python."""

from __future__ import annotations

import hashlib
import random

import pytest

from .machines import Ours, State
from .words import table

M32, M64, M128 = (1 << 32) - 1, (1 << 64) - 1, (1 << 128) - 1


class Steps:
    """Executes one cryptographic instruction at a time: steps("AESE", d, n)."""

    def __init__(self) -> None:
        self.machine = Ours()
        self.rows = {r.name: r for r in table().rows}

    def __call__(self, name: str, d: int, n: int = 0, m: int = 0, a: int = 0, **fields: int) -> int:
        """Vd (V0) after the instruction on d, n (V1), m (V2), a (V3); other fields by name."""
        fields = {"Rn": 1, "Rm": 2, "Ra": 3, **fields}
        row = self.rows[name]
        word = row.value | sum(fields.get(f.name, 0) << f.lo for f in row.fields)
        after, esr = self.machine.run([word], State(v=[d, n, m, a] + [0] * 28))
        assert esr is None
        return after.v[0]


@pytest.fixture(scope="module")
def step() -> Steps:
    """One machine for all."""
    return Steps()


def words32(data: bytes) -> list[int]:
    """Big-endian 32-bit words."""
    return [int.from_bytes(data[i:i + 4], "big") for i in range(0, len(data), 4)]


def lanes(words: list[int], bits: int = 32) -> int:
    """A vector, lowest lane first."""
    return sum(w << bits * i for i, w in enumerate(words))


def unlanes(vector: int, bits: int = 32) -> list[int]:
    """The lanes of a vector, lowest first."""
    return [vector >> i & ((1 << bits) - 1) for i in range(0, 128, bits)]


def rol(value: int, n: int, bits: int = 32) -> int:
    """Rotates left."""
    n %= bits
    return (value << n | value >> (bits - n)) & ((1 << bits) - 1)


# -- AES -----------------------------------------------------------------------------------------------------

def aes_key_schedule(step: Steps, key: bytes) -> list[int]:
    """Round keys of AES-128; SubWord by AESE with a zero key, on a column that ShiftRows does not change."""
    words = [key[i:i + 4] for i in range(0, 16, 4)]
    rcon = 1
    for i in range(4, 44):
        last = words[-1]
        if i % 4 == 0:
            rotated = (last[1:] + last[:1]) * 4
            substituted = step("AESE", 0, int.from_bytes(rotated, "little")).to_bytes(16, "little")[:4]
            last = bytes([substituted[0] ^ rcon]) + substituted[1:]
            rcon = rcon << 1 ^ (0x11B if rcon & 0x80 else 0)
        words.append(bytes(a ^ b for a, b in zip(words[i - 4], last, strict=True)))
    return [int.from_bytes(b"".join(words[i:i + 4]), "little") for i in range(0, 44, 4)]


def test_aes(step: Steps) -> None:
    """FIPS 197, appendix B, there and back."""
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    plain = int.from_bytes(bytes.fromhex("3243f6a8885a308d313198a2e0370734"), "little")
    keys = aes_key_schedule(step, key)
    state = plain
    for k in keys[:9]:
        state = step("AESMC", 0, step("AESE", state, k))
    state = step("AESE", state, keys[9]) ^ keys[10]
    assert state.to_bytes(16, "little").hex() == "3925841d02dc09fbdc118597196a0b32"
    state = step("AESD", state, keys[10])
    for k in keys[9:0:-1]:
        state = step("AESD", step("AESIMC", 0, state), step("AESIMC", 0, k))
    assert state ^ keys[0] == plain


# -- SHA -----------------------------------------------------------------------------------------------------

def padded(message: bytes, block: int, length_bytes: int) -> bytes:
    """The message of one block."""
    return (message + b"\x80").ljust(block - length_bytes, b"\0") + (8 * len(message)).to_bytes(length_bytes, "big")


def test_sha1(step: Steps) -> None:
    """FIPS 180-4 on "abc"."""
    block = words32(padded(b"abc", 64, 8))
    w = [lanes(block[i:i + 4]) for i in range(0, 16, 4)]
    abcd0, e0 = lanes([0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]), 0xC3D2E1F0
    abcd, e = abcd0, e0
    for i in range(20):
        name, k = (("SHA1C", 0x5A827999), ("SHA1P", 0x6ED9EBA1), ("SHA1M", 0x8F1BBCDC), ("SHA1P", 0xCA62C1D6))[i // 5]
        wk = lanes([x + k & M32 for x in unlanes(w[i])])
        following = step("SHA1H", 0, abcd & M32)
        abcd, e = step(name, abcd, e, wk), following
        if i < 16:
            w.append(step("SHA1SU1", step("SHA1SU0", w[i], w[i + 1], w[i + 2]), w[i + 3]))
    digest = [a + b & M32 for a, b in zip(unlanes(abcd) + [e], unlanes(abcd0) + [e0], strict=True)]
    assert b"".join(d.to_bytes(4, "big") for d in digest) == hashlib.sha1(b"abc").digest()


def primes(count: int) -> list[int]:
    """The first primes."""
    found: list[int] = []
    n = 2
    while len(found) < count:
        if all(n % p for p in found):
            found.append(n)
        n += 1
    return found


def root_fraction(p: int, root: int, bits: int) -> int:
    """The first `bits` bits of the fraction of p ** (1/root)."""
    low, high = 0, p << bits
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if middle ** root <= p << root * bits else (low, middle)
    return low & ((1 << bits) - 1)


def test_sha256(step: Steps) -> None:
    """FIPS 180-4 on "abc"."""
    k = [root_fraction(p, 3, 32) for p in primes(64)]
    h = [root_fraction(p, 2, 32) for p in primes(8)]
    block = words32(padded(b"abc", 64, 8))
    w = [lanes(block[i:i + 4]) for i in range(0, 16, 4)]
    x, y = lanes(h[:4]), lanes(h[4:])
    for i in range(16):
        wk = lanes([a + b & M32 for a, b in zip(unlanes(w[i]), k[4 * i:4 * i + 4], strict=True)])
        x, y = step("SHA256H", x, y, wk), step("SHA256H2", y, x, wk)
        if i < 12:
            w.append(step("SHA256SU1", step("SHA256SU0", w[i], w[i + 1]), w[i + 2], w[i + 3]))
    digest = [a + b & M32 for a, b in zip(unlanes(x) + unlanes(y), h, strict=True)]
    assert b"".join(d.to_bytes(4, "big") for d in digest) == hashlib.sha256(b"abc").digest()


def test_sha512(step: Steps) -> None:
    """FIPS 180-4 on "abc". The eight working variables are in four vectors: ab, cd, ef, gh."""
    k = [root_fraction(p, 3, 64) for p in primes(80)]
    h = [root_fraction(p, 2, 64) for p in primes(8)]
    data = padded(b"abc", 128, 16)
    block = [int.from_bytes(data[i:i + 8], "big") for i in range(0, 128, 8)]
    w = [lanes(block[i:i + 2], 64) for i in range(0, 16, 2)]
    ab, cd, ef, gh = (lanes(h[i:i + 2], 64) for i in range(0, 8, 2))

    def pairwise_sum(a: int, b: int) -> int:
        return (a + b & M64) | ((a >> 64) + (b >> 64) & M64) << 64

    def middle(low: int, high: int) -> int:
        return low >> 64 | (high & M64) << 64

    for i in range(40):
        wk = pairwise_sum(w[i], lanes(k[2 * i:2 * i + 2], 64))
        t = pairwise_sum(gh, middle(wk, wk))
        t = step("SHA512H", t, middle(ef, gh), middle(cd, ef))
        new_ab = step("SHA512H2", t, cd, ab)
        ab, cd, ef, gh = new_ab, ab, pairwise_sum(cd, t), ef
        if i < 32:
            w.append(step("SHA512SU1", step("SHA512SU0", w[i], w[i + 1]), w[i + 7], middle(w[i + 4], w[i + 5])))
    state = [x for v in (ab, cd, ef, gh) for x in unlanes(v, 64)]
    digest = [a + b & M64 for a, b in zip(state, h, strict=True)]
    assert b"".join(d.to_bytes(8, "big") for d in digest) == hashlib.sha512(b"abc").digest()


# -- SHA-3: the permutation by EOR3, RAX1, XAR, BCAX ---------------------------------------------------------

def round_constants() -> list[int]:
    """RC of Keccak-f[1600], from its LFSR."""
    constants, r = [], 1
    for _ in range(24):
        c = 0
        for j in range(7):
            if r & 1:
                c |= 1 << (1 << j) - 1
            r = r << 1 ^ (0x171 if r & 0x80 else 0)
        constants.append(c)
    return constants


def keccak(step: Steps, a: list[list[int]]) -> list[list[int]]:
    """Keccak-f[1600] of a[x][y], two equal states in the two halves of each vector."""
    for constant in round_constants():
        c = [step("EOR3", 0, step("EOR3", 0, a[x][0], a[x][1], a[x][2]), a[x][3], a[x][4]) for x in range(5)]
        d = [step("RAX1", 0, c[(x - 1) % 5], c[(x + 1) % 5]) for x in range(5)]
        b = [[0] * 5 for _ in range(5)]
        x, y, rotations = 1, 0, {(0, 0): 0}
        for t in range(24):
            rotations[x, y] = (t + 1) * (t + 2) // 2
            x, y = y, (2 * x + 3 * y) % 5
        for (x, y), n in rotations.items():
            b[y][(2 * x + 3 * y) % 5] = step("XAR", 0, a[x][y], d[x], imm6=-n % 64)
        a = [[step("BCAX", 0, b[x][y], b[(x + 2) % 5][y], b[(x + 1) % 5][y]) for y in range(5)] for x in range(5)]
        a[0][0] ^= constant | constant << 64
    return a


def test_sha3(step: Steps) -> None:
    """SHA3-256 of "abc" (FIPS 202)."""
    data = bytearray(b"abc\x06".ljust(200, b"\0"))
    data[135] |= 0x80
    lane = [int.from_bytes(data[i:i + 8], "little") for i in range(0, 200, 8)]
    state = keccak(step, [[lane[x + 5 * y] | lane[x + 5 * y] << 64 for y in range(5)] for x in range(5)])
    digest = b"".join((state[i][0] & M64).to_bytes(8, "little") for i in range(4))
    assert digest == hashlib.sha3_256(b"abc").digest()
    assert all(v >> 64 == v & M64 for column in state for v in column)


# -- SM3, SM4 ------------------------------------------------------------------------------------------------

def test_sm3(step: Steps) -> None:
    """GB/T 32905, example 1: "abc"."""
    iv = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    block = words32(padded(b"abc", 64, 8))
    w = list(block)
    for j in range(16, 68, 4):  # W[j..j+3]; the middle terms are at odd places, hence the slices
        t = step("SM3PARTW1", lanes(w[j - 16:j - 12]), lanes(w[j - 9:j - 5]), lanes([0, *w[j - 3:j]]))
        w += unlanes(step("SM3PARTW2", t, lanes(w[j - 6:j - 2]), lanes(w[j - 13:j - 9])))
    a, e = lanes(iv[3::-1]), lanes(iv[7:3:-1])
    for j in range(64):
        constant = rol(0x79CC4519 if j < 16 else 0x7A879D8A, j % 32)
        half = "A" if j < 16 else "B"
        ss1 = step("SM3SS1", 0, a, constant << 96, e)
        message, difference = w[j], w[j] ^ w[j + 4]
        a, e = (step(f"SM3TT1{half}", a, ss1, difference << 32 * (j % 4), imm2=j % 4),
                step(f"SM3TT2{half}", e, ss1, message << 32 * (j % 4), imm2=j % 4))
    digest = [x ^ y for x, y in zip(unlanes(a)[::-1] + unlanes(e)[::-1], iv, strict=True)]
    assert "".join(f"{d:08x}" for d in digest) == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm4(step: Steps) -> None:
    """GB/T 32907, example 1."""
    key = words32(bytes.fromhex("0123456789abcdeffedcba9876543210"))
    fk = [0xA3B1BAC6, 0x56AA3350, 0x677D9197, 0xB27022DC]
    ck = [int.from_bytes(bytes((4 * i + j) * 7 & 0xFF for j in range(4)), "big") for i in range(32)]
    k = lanes([a ^ b for a, b in zip(key, fk, strict=True)])
    state = lanes(key)
    for i in range(0, 32, 4):
        k = step("SM4EKEY", 0, k, lanes(ck[i:i + 4]))
        state = step("SM4E", state, k)
    assert "".join(f"{x:08x}" for x in unlanes(state)[::-1]) == "681edf34d206965e86b3e94f536e4246"


# -- PMULL ---------------------------------------------------------------------------------------------------

def polynomial_product(n: int, m: int) -> int:
    """Product over GF(2)[x]."""
    r = 0
    while m:
        r ^= n if m & 1 else 0
        n, m = n << 1, m >> 1
    return r


def test_pmull(step: Steps) -> None:
    """64-bit products, of the low halves and (Q = 1) of the high ones."""
    rng = random.Random(4)
    corners = [0, 1, M64, 1 << 63, 0x8000000000000001]
    for i in range(60):
        n, m = (rng.choice((rng.getrandbits(128), rng.choice(corners) | rng.choice(corners) << 64)) for _ in range(2))
        high = i % 2
        expected = polynomial_product(n >> 64 * high & M64, m >> 64 * high & M64)
        assert step("PMULL_v_1q", 0, n, m, Q=high) == expected & M128
