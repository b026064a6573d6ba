# SPDX-License-Identifier: MIT
"""What people write and read: sizes, addresses, dates, syndromes."""

import doctest

import pytest

import emu.units
from emu import ConfigError
from emu.syndrome import describe, has_far
from emu.units import SeedStream, format_size, parse_address, parse_date, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [("1", 1), ("0x1000", 4096), ("64KiB", 65536), ("64k", 65536), ("2 MiB", 2 << 20), ("1GiB", 1 << 30), ("5B", 5),
     ("0x10M", 16 << 20), (4096, 4096)],
)  # fmt: skip
def test_sizes(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "0", "-1", "x", "1.5GiB", "1EiB", "KiB", "0x", "1 2", "9" * 30, 0, -5])
def test_no_sizes(text):
    with pytest.raises(ConfigError):
        parse_size(text)


@pytest.mark.parametrize("text", ["", "-1", "0x1_0000", "0x10000000000000000", "1K", -1])
def test_no_addresses(text):
    with pytest.raises(ConfigError):
        parse_address(text)


def test_formatted_sizes():
    assert [format_size(size) for size in (1, 4096, 3 << 20, 1 << 30, 5000)] == [
        "1 B", "4 KiB", "3 MiB", "1 GiB", "5000 B",
    ]  # fmt: skip


def test_dates():
    assert parse_date("1970-01-01") == 0
    assert parse_date("2024-01-01T01:00:00+01:00") == 1_704_067_200
    for text in ("yesterday", "1969-12-31", "2200-01-01"):
        with pytest.raises(ConfigError):
            parse_date(text)


def test_seeds_repeat_and_differ():
    assert SeedStream(1).bytes(32) == SeedStream(1).bytes(32) != SeedStream(2).bytes(32)


def test_syndromes():
    assert describe(0x9600_0045) == "data abort (write): translation fault, level 1"
    assert describe(0x8600_0010) == "instruction abort: external abort: nothing is at that physical address"
    assert describe(0x0200_0000) == "unknown reason (undefined instruction)"
    assert has_far(0x9600_0045) and not has_far(0x0200_0000)


def test_examples():
    assert doctest.testmod(emu.units).failed == 0
