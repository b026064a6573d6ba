# SPDX-License-Identifier: MIT
"""`emu run`: what it prints, where, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from emu import fdt


def test_greeting(emu, greeting):
    result = emu("run", greeting)
    assert (result.returncode, result.stderr) == (0, b"")
    for line in (b"/pl011@9000000", b"/cpus/cpu@0", b"arm,gic-v3", b"memory@40000000"):
        assert line in result.stdout


def test_greeting_is_the_default(emu, greeting):
    assert emu("run").stdout == emu("run", greeting).stdout


def test_greeting_as_a_raw_binary(emu, greeting):
    options = ("--memory", "4GiB", "--generate-fdt", "--entry-point-address", "0x40080000")
    result = emu("run", *options, greeting.with_suffix(".bin"))
    assert result.returncode == 0
    assert b"/pl011@9000000" in result.stdout


@pytest.mark.parametrize(
    "options", [("--gic-version", "2"), ("--cpus", "4"), ("--cpu", "cortex-a53"), ("--memory", "32MiB")]
)
def test_greeting_on_other_machines(emu, greeting, options):
    assert emu("run", *options, greeting).returncode == 0


@pytest.mark.parametrize("engine", ["auto", "threaded", "native"])
def test_engines_are_the_same_machine(emu, greeting, engine):
    """There is no native engine yet: asking for it says so, and the threaded one runs."""
    result = emu("run", "--engine", engine, greeting)
    assert (result.returncode, result.stdout) == (0, emu("run", greeting).stdout)
    assert (b"no native engine" in result.stderr) == (engine == "native")


def test_tree_elsewhere_or_given(emu, greeting, tmp_path):
    assert emu("run", "--dump-dtb", "x.dtb", "--bootargs", "hi", greeting).returncode == 0
    chosen = fdt.read((tmp_path / "x.dtb").read_bytes()).child("chosen")
    assert chosen is not None and chosen.strings("bootargs") == ["hi"]
    result = emu("run", "--dtb", "x.dtb", "--fdt-address", "0x42000000", greeting)
    assert (result.returncode, b"/pl011@9000000" in result.stdout) == (0, True)


def test_ram_elsewhere(emu, tmp_path):
    code = tmp_path / "off.bin"
    code.write_bytes(bytes.fromhex("000180520080b072020000d4"))  # SYSTEM_OFF
    assert emu("run", "--dram-start-address", "0x80000000", code).returncode == 0
    assert emu("run", "--no-generate-fdt", code).returncode == 0


def test_memory_backend(emu, greeting, tmp_path):
    assert emu("run", "--memory", "16MiB", "--memory-backend", "ram", greeting).returncode == 0
    assert os.path.getsize(tmp_path / "ram") == 16 << 20
    result = emu("run", "--memory", "16MiB", "--memory-backend", "ram", greeting)
    assert (result.returncode, result.stderr.count(b"\n")) == (1, 1)
    assert emu("run", "--memory-backend", "other", "/dev/null").returncode == 1
    assert not (tmp_path / "other").exists()


# -- Limits and ends --------------------------------------------------------------------------------------------------


def test_instruction_limit(emu, endless):
    result = emu("run", "--max-instructions", "12345", "--stats=json", endless)
    assert result.returncode == 124
    figures = json.loads(result.stderr.splitlines()[0])
    assert figures["instructions"] == 12345
    assert {"seconds", "mips", "blocks"} <= set(figures)


def test_timeout(emu, endless):
    started = time.monotonic()
    assert emu("run", "--timeout", "0.3", endless).returncode == 124
    assert 0.3 <= time.monotonic() - started < 5


def test_stats_for_people(emu, endless):
    lines = emu("run", "--max-instructions", "1000", "--stats", endless).stderr.decode().splitlines()
    assert lines[0].split() == ["instructions", "1,000"]


def test_stuck(emu, asleep):
    result = emu("run", asleep)
    assert result.returncode == 125
    assert result.stderr.count(b"\n") == 1
    assert b"0x40080" in result.stderr


def test_fault_loop(emu, tmp_path):
    (tmp_path / "bad.bin").write_bytes(bytes(64))  # UDF; VBAR_EL1 is 0, where there is nothing
    result = emu("run", "bad.bin")
    assert (result.returncode, result.stderr.count(b"\n")) == (125, 1)


def test_reset_restarts(emu, resetting):
    result = emu("run", "--max-instructions", "20", resetting)
    assert (result.returncode, result.stdout) == (124, b"...")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_signals(endless, number, status):
    process = subprocess.Popen(
        [sys.executable, "-m", "emu", "run", "--stats=json", endless], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    time.sleep(0.7)
    process.send_signal(number)
    _, errors = process.communicate(timeout=5)
    assert process.returncode == status
    assert b"Traceback" not in errors


# -- Standard files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("redirection", ["<&-", "</dev/null", "<{guest}", "< <(sleep 5)"])
def test_any_stdin_will_do(greeting, redirection):
    command = f"exec {sys.executable} -m emu run {greeting} {redirection.format(guest=greeting)}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, timeout=20, check=False)
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.parametrize("redirection", [">&-", "2>&-", "<&- >&- 2>&-", ">/dev/null"])
def test_any_stdout_will_do(greeting, redirection):
    command = f"exec {sys.executable} -m emu run {greeting} {redirection}"
    assert subprocess.run(["bash", "-c", command], timeout=20, check=False).returncode == 0


def test_closed_pipe_ends_quietly(resetting):
    process = subprocess.Popen(
        [sys.executable, "-m", "emu", "run", resetting],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.read(1) == b"."
    process.stdout.close()
    assert process.wait(10) == 141
    assert process.stderr.read() == b""


def test_serial_to_a_file(emu, greeting, tmp_path):
    result = emu("run", "--serial", "file:out", greeting)
    assert (result.returncode, result.stdout) == (0, b"")
    assert b"/pl011@9000000" in (tmp_path / "out").read_bytes()
