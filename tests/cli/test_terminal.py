# SPDX-License-Identifier: MIT
"""The console on a terminal: raw while the guest runs, with its escape key, and restored on every way out."""

import os
import select
import signal
import subprocess
import sys
import termios
import time
from typing import Self

import pytest


class Terminal:
    """A pseudo-terminal with the program on it."""

    def __init__(self, *arguments: object) -> None:
        self.controller, self.terminal = os.openpty()
        self.before = termios.tcgetattr(self.terminal)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "emu", "run", *map(str, arguments)],
            stdin=self.terminal,
            stdout=self.terminal,
            stderr=self.terminal,
            preexec_fn=self._own,  # noqa: PLW1509
        )

    def _own(self) -> None:
        import fcntl

        os.setsid()
        fcntl.ioctl(self.terminal, termios.TIOCSCTTY, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.controller)
        os.close(self.terminal)

    def is_raw(self) -> bool:
        return not termios.tcgetattr(self.terminal)[3] & (termios.ICANON | termios.ECHO)

    def wait_until_raw(self) -> None:
        deadline = time.monotonic() + 10
        while not self.is_raw():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def output(self, seconds: float = 0.5) -> bytes:
        data = b""
        while select.select([self.controller], [], [], seconds)[0]:
            data += os.read(self.controller, 4096)
        return data

    def finish(self) -> int:
        status = self.process.wait(10)
        assert termios.tcgetattr(self.terminal) == self.before
        return status


def test_quit_key(endless):
    with Terminal(endless) as terminal:
        terminal.wait_until_raw()
        os.write(terminal.controller, b"\x01h")
        assert b"Ctrl-A x" in terminal.output()
        os.write(terminal.controller, b"\x01x")
        assert terminal.finish() == 0


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_signals(endless, number, status):
    with Terminal(endless) as terminal:
        terminal.wait_until_raw()
        terminal.process.send_signal(number)
        assert terminal.finish() == status


def test_power_off_and_limits(greeting, endless, asleep):
    with Terminal(greeting) as terminal:
        assert terminal.finish() == 0
        lines = terminal.output(0.1).split(b"\r\n")
        assert any(line.startswith(b"/pl011@9000000") for line in lines)
    with Terminal("--timeout", "0.5", endless) as terminal:
        assert terminal.finish() == 124
    with Terminal("--timeout", "0.5", asleep) as terminal:  # idle, not stuck: somebody may type
        assert terminal.finish() == 124


def test_error_before_the_run():
    with Terminal("--serial", "stdio", "/nonexistent") as terminal:
        assert terminal.finish() == 1


def test_keys_reach_the_guest(greeting):
    with Terminal(greeting.with_name("uart.elf")) as terminal:
        data = b""
        while b"ready" not in data:
            data += terminal.output(0.1)
        os.write(terminal.controller, b"typed\x01\x01q")
        assert terminal.finish() == 0
        assert b"typed\x01" in terminal.output(0.1)


def test_a_terminal_that_is_not_the_controlling_one_gives_input_too(greeting):
    """Under setsid, or in containers: there is no job control that could object."""
    controller, terminal = os.openpty()
    image = greeting.with_name("uart.elf")
    process = subprocess.Popen(
        [sys.executable, "-m", "emu", "run", "--timeout", "10", str(image)],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    try:
        data = b""
        while b"ready" not in data and select.select([controller], [], [], 10)[0]:
            data += os.read(controller, 4096)
        os.write(controller, b"typed q")
        assert process.wait(10) == 0
    finally:
        process.kill()
        os.close(controller)
        os.close(terminal)
