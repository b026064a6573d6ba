# SPDX-License-Identifier: MIT
"""`emu info`, `emu disasm`, and what the program costs before it does anything."""

import re
import subprocess
import sys


def test_info(emu):
    text = emu("info", "--registers").stdout.decode()
    for word in ("cortex-a72", "FEAT_LSE", "arm,pl011", "UARTIMSC", "0x009000000"):
        assert word in text
    assert emu("info", "--cpu", "z80").returncode == 1
    features = emu("info", "--features", "--cpu", "cortex-a53").stdout.decode()
    assert features.startswith("Features of cortex-a53:\n") and "FEAT_CRC32" in features and "pl011" not in features


def test_disasm(emu, greeting):
    result = emu("disasm", greeting, "--start", "_start", "--count", "4")
    lines = result.stdout.decode().splitlines()
    assert lines[1] == "0000000040080000 <_start>:"
    assert re.match(r" +40080000:  [0-9a-f]{8}  \w+", lines[2])
    assert len(lines) == 6
    assert b"bl      #0x" in result.stdout and b"<" in result.stdout


def test_disasm_of_raw_data(emu, tmp_path):
    (tmp_path / "x.bin").write_bytes(bytes.fromhex("1f2003d500000000ff"))
    result = emu("disasm", "x.bin", "--entry-point-address", "0x1000")
    assert result.stdout.decode().split() == ["1000:", "d503201f", "nop", "1004:", "00000000", "udf", "#0"]


def test_disasm_of_an_unknown_symbol(emu, greeting):
    result = emu("disasm", greeting, "--start", "nowhere")
    assert (result.returncode, result.stderr.count(b"\n")) == (1, 1)


def test_disasm_into_a_closed_pipe(greeting):
    command = f"{sys.executable} -m emu disasm {greeting} | head -1"
    assert subprocess.run(["bash", "-c", command], capture_output=True, timeout=20, check=False).stderr == b""


def test_a_run_imports_only_what_it_needs(greeting):
    program = f"import sys; from emu.cli.main import main; main(['run', {str(greeting)!r}]); print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=20, check=True)
    modules = set(result.stdout.split(b"\n")[-2].decode().split())
    heavy = {
        "elftools",
        "capstone",
        "dataclasses",
        "importlib.resources",
        "json",
        "socket",
        "datetime",
        "numpy",
        "lzma",
    }
    assert not heavy & modules
