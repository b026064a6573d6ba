# SPDX-License-Identifier: MIT
"""Wrong usage and hostile input: one line, exit 1 or 2, no traceback, within a second or so."""

import gzip
import random
import struct

import pytest


def check(result, *words: str) -> None:
    assert result.returncode in (1, 2)
    text = result.stderr.decode()
    assert text.startswith("emu: error: ")
    assert text.count("\n") == 1
    assert result.stdout == b""
    for word in words:
        assert word in text


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--memory", "0"), "--memory"),
        (("--memory", "-1"), "--memory"),
        (("--memory", "1EiB"), "--memory"),
        (("--memory", "9" * 40), "--memory"),
        (("--memory", "1000GiB"), "memory"),
        (("--memory", "100"), "memory"),
        (("--memory", "64KiB"), "outside RAM"),
        (("--dram-start-address", "0x9000000"), "overlaps"),
        (("--dram-start-address", "0xfffffffffffff000"), "memory"),
        (("--cpus", "0"), "--cpus"),
        (("--cpus", "1000"), "cpus 1000"),
        (("--cpus", "9", "--gic-version", "2"), "cpus 9"),
        (("--cpu", "z80"), "z80"),
        (("--max-el", "2"), "max-el 2"),
        (("--max-el", "4"), "--max-el"),
        (("--gic-version", "5"), "--gic-version"),
        (("--serial", "telnet"), "telnet"),
        (("--serial", "file:/nonexistent/x"), "/nonexistent/x"),
        (("--initrd", "/nonexistent"), "/nonexistent"),
        (("--initrd", "/dev/null"), "empty"),
        (("--dtb", "/dev/null"), "--dtb"),
        (("--dtb", "/dev/zero"), "--dtb"),
        (("--dtb", "/dev/urandom"), "--dtb"),
        (("--dump-dtb", "/nonexistent/x"), "--dump-dtb"),
        (("--fdt-address", "0x40080000"), "overlaps"),
        (("--fdt-address", "8"), "outside RAM"),
        (("--entry-point-address", "0x1"), "entry point"),
        (("--timeout", "-1"), "--timeout"),
        (("--max-instructions", "x"), "--max-instructions"),
        (("--rtc", "yesterday"), "--rtc"),
        (("--seed", "x"), "--seed"),
        (("--bootargs", "x" * 5000), "bootargs"),
        (("--drive", "x.img"), "--drive"),
        (("--nonsense",), "--nonsense"),
    ],
)
def test_options(emu, greeting, arguments, word):
    check(emu("run", *arguments, greeting), word)


def test_images(emu, tmp_path):
    generator = random.Random(7)
    images = {
        "empty": b"",
        "short.elf": b"\x7fELF\x02\x01\x01",
        "random.elf": b"\x7fELF\x02\x01\x01" + generator.randbytes(5000),
        "short.gz": gzip.compress(generator.randbytes(5000))[:100],
        "bomb.gz": gzip.compress(bytes(100 << 20)),
        "zboot": b"MZ\0\0zimg" + generator.randbytes(100),
        "huge-kernel": struct.pack("<IIQQQ24x4sI", 0, 0, 0, 1 << 62, 0, b"ARM\x64", 0),
    }
    for name, data in images.items():
        (tmp_path / name).write_bytes(data)
        check(emu("run", "--memory", "64MiB", name, timeout=5), name)


def test_strange_files(emu, tmp_path):
    for path in ("/", "/nonexistent", "/dev/null"):
        check(emu("run", path), path)


@pytest.mark.parametrize("arguments", [(), ("walk",), ("run", "a", "b"), ("disasm",), ("disasm", "/nonexistent")])
def test_usage(emu, arguments):
    check(emu(*arguments))
