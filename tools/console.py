# SPDX-License-Identifier: MIT
"""Drive a program's console: start it on pipes or on a terminal, send bytes, wait for text.

What tests and benchmarks need of pexpect and no more; stdlib only. POSIX hosts.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from types import TracebackType
from typing import Self


class ConsoleError(AssertionError):
    """The expected text did not come; the message ends with what came instead."""


class Console:
    """A child process and everything that it has printed so far.

    `terminal`: give the child a pseudo-terminal as stdin, stdout and stderr; otherwise stdin and stdout
    are pipes, and stderr is collected in `stderr` by `wait`.
    """

    def __init__(self, command: list[str], terminal: bool = False, env: dict[str, str] | None = None) -> None:
        self.output = b""
        self.stderr = b""
        self.started = time.monotonic()
        self._position = 0
        if terminal:
            self._read_fd, child = pty.openpty()
            self._write_fd = self._read_fd
            self.process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=env,
                                            preexec_fn=_own_terminal, close_fds=True)  # noqa: PLW1509
            os.close(child)
        else:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=subprocess.PIPE, env=env, start_new_session=True)
            assert self.process.stdin and self.process.stdout
            self._write_fd, self._read_fd = self.process.stdin.fileno(), self.process.stdout.fileno()
        self.terminal_fd = self._read_fd if terminal else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
                 ) -> None:
        self.kill()

    def send(self, text: str | bytes) -> None:
        """Write `text` to the child's stdin."""
        os.write(self._write_fd, text.encode() if isinstance(text, str) else text)

    def expect(self, pattern: str, timeout: float = 30.0) -> re.Match[bytes]:
        """Wait until `pattern` (a regular expression) occurs in output not yet consumed; consume through its end.

        Raises ConsoleError after `timeout` seconds, or when the child closes its output first.
        """
        regex = re.compile(pattern.encode(), re.MULTILINE)
        deadline = time.monotonic() + timeout
        while True:
            found = regex.search(self.output, self._position)
            if found:
                self._position = found.end()
                return found
            if not self._read(deadline):
                raise ConsoleError(f"no {pattern!r} within {timeout} s; the end of the output:\n{self._tail()}")

    def command(self, text: str, prompt: str, timeout: float = 30.0) -> str:
        """Type a line at a shell's `prompt` and return what it prints, without echo and surrounding white space."""
        begin = self._position
        self.send(text + "\n")
        found = self.expect(re.escape(prompt), timeout)
        return _plain(self.output[begin:found.start()]).partition("\n")[2].strip()

    def wait(self, timeout: float = 30.0) -> int:
        """Read to the end of the output and return the exit status (negative: the signal that ended the child)."""
        deadline = time.monotonic() + timeout
        while self._read(deadline):
            pass
        try:
            status = self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise ConsoleError(f"still running; the end of the output:\n{self._tail()}") from None
        if self.process.stderr:
            self.stderr += self.process.stderr.read()
        return status

    def kill(self) -> None:
        """End the child if it still runs, and close the terminal or pipes."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        if self.terminal_fd is not None:
            os.close(self.terminal_fd)
            self.terminal_fd = None
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()

    def text(self) -> str:
        """Return all output so far, without carriage returns and escape sequences."""
        return _plain(self.output)

    def _read(self, deadline: float) -> bool:
        """Take in what the child wrote; False at its end or at `deadline`."""
        ready, _, _ = select.select([self._read_fd], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(self._read_fd, 65536)
        except OSError:  # EIO: the child's side of the terminal is closed
            return False
        self.output += data
        return bool(data)

    def _tail(self) -> str:
        return self.output[-2000:].decode(errors="replace")


def _plain(output: bytes) -> str:
    """Return text without carriage returns and what a line editor sends to terminals."""
    return re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]|\r", b"", output).decode(errors="replace")


def _own_terminal() -> None:
    """Make the child a session leader whose controlling terminal is its stdin."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
