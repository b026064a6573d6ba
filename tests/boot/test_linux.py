# SPDX-License-Identifier: MIT
"""Debian's unmodified arm64 kernel boots to a busybox shell, and the shell works."""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from console import Console

from .machines import ORACLE, PATIENCE, Machine, emu_command, qemu_command

pytestmark = pytest.mark.linux

PROMPT = "guest# "
BOOT_TIMEOUT = 120 * PATIENCE
TIMEOUT = 30 * PATIENCE
BOOTARGS = "console=ttyAMA0"
# What a healthy kernel never says. `dmesg` levels 0 to 4 are emergency to warning.
TROUBLE = re.compile(r"WARNING:|BUG:|Oops|Call trace|Internal error|[Uu]nexpected|Unable to handle|rcu: INFO")
# Warnings that are not about the machine: QEMU's PCIe window, and a host that was busy elsewhere for a while.
HARMLESS = re.compile(r"Memory resource size exceeds max for 32 bits|hrtimer: interrupt took")

emulator_only = pytest.mark.skipif(ORACLE, reason="about a command line that QEMU does not have")


def linux(guests: Path, **options: object) -> Machine:
    values = {"bootargs": BOOTARGS, **options}
    return Machine(guests / "vmlinuz", initrd=guests / "initramfs.cpio.gz", **values)  # type: ignore[arg-type]


def command_for(machine: Machine, *options: str) -> list[str]:
    return qemu_command(machine) if ORACLE else emu_command(machine, *options)


@contextmanager
def booted(machine: Machine, terminal: bool, *options: str) -> Iterator[Console]:
    """Give the console of a machine whose shell has printed its prompt."""
    with Console(command_for(machine, *options), terminal=terminal) as console:
        console.expect(PROMPT, BOOT_TIMEOUT)
        yield console


def shell(console: Console, text: str, timeout: float = TIMEOUT) -> str:
    return console.command(text, PROMPT, timeout)


def interrupt_counts(console: Console) -> dict[str, int]:
    """Return interrupts so far by name, all CPUs together."""
    counts = {}
    for line in shell(console, "cat /proc/interrupts").splitlines():
        words = line.split()
        if re.fullmatch(r"\d+:", words[0]):
            counts[words[-1]] = sum(int(word) for word in words[1:] if word.isdigit())
    return counts


# -- checks in one session ---------------------------------------------------------------------------------------------

def check_identity(console: Console, machine: Machine) -> None:
    assert re.fullmatch(r"Linux guest 6\.1\.0-\S+ .* aarch64 GNU/Linux", shell(console, "uname -a"))
    cpuinfo = shell(console, "cat /proc/cpuinfo")
    assert len(re.findall(r"^processor\t: \d+$", cpuinfo, re.MULTILINE)) == machine.cpus
    features = re.search(r"^Features\t: (.*)$", cpuinfo, re.MULTILINE)
    assert features and {"fp", "asimd", "crc32"} <= set(features[1].split())
    if machine.cpu == "cortex-a57":
        assert "CPU part\t: 0xd07" in cpuinfo
    assert shell(console, "cat /sys/devices/system/cpu/online") == ("0" if machine.cpus == 1 else f"0-{machine.cpus - 1}")


def check_interrupts(console: Console, machine: Machine) -> None:
    before = interrupt_counts(console)
    shell(console, "usleep 100000; echo some text for the UART")
    after = interrupt_counts(console)
    assert after["arch_timer"] > before["arch_timer"]
    assert after["uart-pl011"] > before["uart-pl011"]
    assert {2: " GIC-0 ", 3: " GICv3 "}[machine.gic] in shell(console, "cat /proc/interrupts")


def check_commands(console: Console) -> None:
    processes = shell(console, "ps")
    assert re.search(r"^ +1 0 +\{?init\}?", processes, re.MULTILINE) and "[kthreadd]" in processes
    assert shell(console, "cd /data; sha256sum -c SHA256SUMS; cd") == "/data/small: OK\n/data/large: OK"
    assert shell(console, "i=0; while [ $i -lt 500 ]; do i=$((i + 1)); done; echo $i") == "500"
    assert shell(console, "seq 1000 | grep 7 | sort -rn | head -n 2 | tr '\\n' ' '") == "997 987"
    assert shell(console, "awk 'BEGIN { printf \"%.10f %.3e\\n\", 22 / 7, 5e20 / 3 }'") == "3.1428571429 1.667e+20"
    assert shell(console, "tar cf - /data 2>/dev/null | gzip | gunzip | tar tf - | wc -l") == "4"
    assert shell(console, "for n in 1 2 3; do (echo $n; exit $n) || echo status $?; done") == (
        "1\nstatus 1\n2\nstatus 2\n3\nstatus 3")
    assert shell(console, "sh -c 'kill -SEGV $$'; echo $?").endswith("139")


def check_time(console: Console) -> None:
    began = time.monotonic()
    shell(console, "sleep 1")
    assert 0.9 < time.monotonic() - began < 1.0 + 1.5 * PATIENCE
    guest = datetime.datetime.fromtimestamp(int(shell(console, "date +%s")), datetime.UTC)
    host = datetime.datetime.now(datetime.UTC)
    assert abs((host - guest).total_seconds()) < 3 * PATIENCE


def check_job_control(console: Console) -> None:
    began = time.monotonic()
    console.send("sleep 1000\n")
    console.expect("sleep 1000\r*\n")
    time.sleep(0.3)
    console.send(b"\x03")
    console.expect(PROMPT, TIMEOUT)
    assert time.monotonic() - began < 20 * PATIENCE
    assert shell(console, "echo $?") == "130"
    assert shell(console, "sleep 1000 & sleep 0.1; kill %1; wait; echo gone").startswith("gone")


def check_kernel_log(console: Console) -> None:
    warnings = [line for line in shell(console, "dmesg -r | grep '^<[01234]>'").splitlines() if not HARMLESS.search(line)]
    assert warnings == []
    assert not TROUBLE.search(console.text())


def power_off(console: Console) -> None:
    console.send("poweroff -f\n")
    assert console.wait(TIMEOUT) == 0, console.stderr.decode()
    assert "reboot: Power down" in console.text()


@pytest.mark.parametrize(("gic", "cpus", "cpu", "terminal"), [
    (3, 1, "max", True),
    (2, 1, "cortex-a57", False),
    (3, 4, "cortex-a72", False),
    (2, 4, "max", True),
], ids=["gic3-1-terminal", "gic2-1-pipes", "gic3-4-pipes", "gic2-4-terminal"])
def test_shell(guests: Path, gic: int, cpus: int, cpu: str, terminal: bool) -> None:
    machine = linux(guests, gic=gic, cpus=cpus, cpu=cpu)
    with booted(machine, terminal) as console:
        check_identity(console, machine)
        check_interrupts(console, machine)
        check_commands(console)
        check_time(console)
        check_job_control(console)
        check_kernel_log(console)
        power_off(console)


# -- one thing each ----------------------------------------------------------------------------------------------------

def test_reboot_restarts_the_machine(guests: Path) -> None:
    with booted(linux(guests), False) as console:
        shell(console, "echo lost > /tmp/mark")
        console.send("reboot -f\n")
        console.expect("reboot: Restarting system", TIMEOUT)
        console.expect("Booting Linux on physical CPU", TIMEOUT)
        console.expect(PROMPT, BOOT_TIMEOUT)
        assert shell(console, "ls /tmp") == ""
        power_off(console)


def test_earlycon(guests: Path) -> None:
    with booted(linux(guests, bootargs="earlycon console=ttyAMA0"), False) as console:
        assert re.search(r"earlycon: pl11 at MMIO 0x0*9000000 ", console.text())
        assert "bootconsole [pl11] disabled" in console.text()
        power_off(console)


@emulator_only
def test_terminal_is_restored(guests: Path) -> None:
    """After the guest's poweroff, after Ctrl-A x and after SIGTERM; it is raw in between."""
    def ending(how: str) -> int:
        with Console(emu_command(linux(guests)), terminal=True) as console:
            assert console.terminal_fd is not None
            before = termios.tcgetattr(console.terminal_fd)
            console.expect("Booting Linux", TIMEOUT)
            assert not termios.tcgetattr(console.terminal_fd)[3] & (termios.ICANON | termios.ECHO)
            if how == "keys":
                console.send(b"\x01x")
            elif how == "signal":
                console.process.terminate()
            else:
                console.expect(PROMPT, BOOT_TIMEOUT)
                console.send("poweroff -f\n")
            status = console.wait(TIMEOUT)
            assert termios.tcgetattr(console.terminal_fd) == before
            return status

    assert ending("poweroff") == 0
    assert ending("keys") == 0
    assert ending("signal") in (-15, 143)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("cpus", [1, 4])
def test_idle_guest_uses_almost_no_host_cpu(guests: Path, cpus: int) -> None:
    with booted(linux(guests, cpus=cpus), False) as console:
        time.sleep(2)  # the kernel has a few things left to do
        before = cpu_seconds(console.process.pid)
        time.sleep(4)
        assert cpu_seconds(console.process.pid) - before < 0.4
        power_off(console)


def virtual_run(machine: Machine, *options: str) -> tuple[bytes, int, float]:
    """Run to the end in virtual time without input; return console bytes, instruction count, host seconds."""
    began = time.monotonic()
    done = subprocess.run(emu_command(machine, "--clock", "virtual", "--stats=json", *options),
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=2 * BOOT_TIMEOUT, check=False)
    assert done.returncode == 0, done.stderr.decode()
    stats = json.loads(done.stderr.decode().strip().splitlines()[-1])
    return done.stdout, stats["instructions"], time.monotonic() - began


@emulator_only
@pytest.mark.parametrize(("gic", "cpus"), [(3, 1), (2, 4)])
def test_virtual_time_is_deterministic(guests: Path, gic: int, cpus: int) -> None:
    """The same boot twice: the same bytes, the same number of instructions; and sleeping takes no time."""
    script = "date; cat /proc/interrupts; head -c 16 /dev/urandom | xxd; sleep 600; cat /proc/uptime; poweroff -f"
    machine = linux(guests, gic=gic, cpus=cpus, bootargs=f'{BOOTARGS} guest.run="{script}"')
    first = virtual_run(machine)
    second = virtual_run(machine)
    assert first[0] == second[0]
    assert first[1] == second[1]
    assert b"reboot: Power down" in first[0]
    uptime = re.search(rb"^(\d+)\.\d\d \d+\.\d\d\r?$", first[0], re.MULTILINE)
    assert uptime and int(uptime[1]) >= 600
    assert first[2] < 300


@emulator_only
def test_seed_and_rtc_reach_the_guest(guests: Path) -> None:
    script = "date -u +%Y-%m-%d; head -c 16 /dev/urandom | xxd -p | sed s/^/random:/; poweroff -f"
    machine = linux(guests, bootargs=f'{BOOTARGS} guest.run="{script}"')
    console, *_ = virtual_run(machine, "--rtc", "2001-02-03T04:05:06", "--seed", "1")
    other, *_ = virtual_run(machine, "--rtc", "2001-02-03T04:05:06", "--seed", "2")
    assert b"\n2001-02-03\r\n" in console
    random = [re.search(rb"random:([0-9a-f]{32})", text) for text in (console, other)]
    assert random[0] and random[1] and random[0][1] != random[1][1]


@emulator_only
def test_instruction_limit_stops_the_boot_exactly(guests: Path) -> None:
    done = subprocess.run(emu_command(linux(guests), "--clock", "virtual", "--stats=json", "--max-instructions",
                                      "20000000"), stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT,
                          check=False)
    assert done.returncode == 124
    lines = [line for line in done.stderr.decode().splitlines() if line.startswith("{")]
    assert json.loads(lines[-1])["instructions"] == 20_000_000
