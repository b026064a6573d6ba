# SPDX-License-Identifier: MIT
"""The console on standard input and output: raw on a terminal, with an escape key; plain on anything else."""

from __future__ import annotations

import errno
import os
import sys

from .backend import Backend
from .stream import FileInput, StreamBackend, ThreadInput, is_plain_file

ESCAPE = 0x01  # Ctrl-A
_NEWLINE, _RETURN = 0x0A, 0x0D
HELP = "\r\nCtrl-A x    quit\r\nCtrl-A b    send a break\r\nCtrl-A h    this list\r\nCtrl-A Ctrl-A    send Ctrl-A\r\n"


class TerminalBackend(ThreadInput):
    """A terminal in raw mode. Whatever ends the run, close() gives it back as it was."""

    def __init__(self, input_fd: int, output_fd: int) -> None:
        super().__init__(input_fd, output_fd, owned=False)
        self._escaped = False
        self._previous = 0
        if os.isatty(output_fd):
            self.put = self._put_on_terminal  # type: ignore[method-assign]
        self._saved = _make_raw(input_fd)

    def _put_on_terminal(self, character: int) -> None:
        """Send one character; a bare newline, as bare-metal guests print it, begins at the left all the same."""
        if character == _NEWLINE and self._previous != _RETURN:
            self._writer.put(_RETURN)
        self._previous = character
        self._writer.put(character)

    def feed(self, data: bytes) -> None:
        """Queue what was typed, apart from the escape sequences."""
        plain = bytearray()
        for key in data:
            if self._escaped:
                self._escaped = False
                plain += self._command(key)
            elif key == ESCAPE:
                self._escaped = True
            else:
                plain.append(key)
        if plain:
            super().feed(bytes(plain))

    def _command(self, key: int) -> bytes:
        """Do what Ctrl-A and key ask for; returns what the guest gets."""
        if key in b"xX":
            self.quit_requested = True
            if self.on_error is not None:
                self.on_error()
        elif key in b"bB":
            self._send_break()
        elif key in b"hH?":
            print(HELP, end="", file=sys.stderr, flush=True)
        elif key == ESCAPE:
            return bytes([ESCAPE])
        return b""

    def close(self) -> None:
        """Restore the terminal, after the last output."""
        if self._closed:
            return
        try:
            super().close()
        finally:
            _restore(self._input_fd, self._saved)


def _make_raw(fd: int) -> list[object]:
    """Put the terminal in raw mode; returns the attributes that it had."""
    import atexit
    import termios

    saved = termios.tcgetattr(fd)
    raw = termios.tcgetattr(fd)
    raw[0] &= ~(
        termios.IGNBRK
        | termios.BRKINT
        | termios.PARMRK
        | termios.ISTRIP
        | termios.INLCR
        | termios.IGNCR
        | termios.ICRNL
        | termios.IXON
    )
    raw[1] &= ~termios.OPOST
    raw[2] = raw[2] & ~(termios.CSIZE | termios.PARENB) | termios.CS8
    raw[3] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.ISIG | termios.IEXTEN)
    raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0
    atexit.register(_restore, fd, saved)  # the last resort: for embedders that forget close()
    termios.tcsetattr(fd, termios.TCSANOW, raw)
    return saved


def _restore(fd: int, saved: list[object]) -> None:
    import atexit
    import termios

    atexit.unregister(_restore)
    try:
        termios.tcsetattr(fd, termios.TCSADRAIN, saved)  # type: ignore[arg-type]
    except (termios.error, OSError):
        pass  # the terminal itself is gone


def _is_foreground(fd: int) -> bool:
    """Return whether the terminal is ours: a background job that touches it would be stopped."""
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError as error:
        return error.errno == errno.ENOTTY  # not the controlling terminal: nobody is stopped for touching it


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def open_stdio() -> Backend:
    """Return the backend for this process's standard input (terminal, pipe, file, closed) and output."""
    if not _is_open(1):
        return Backend()
    if not _is_open(0):
        return StreamBackend(1, owned=False)
    if os.isatty(0):
        return TerminalBackend(0, 1) if _is_foreground(0) else StreamBackend(1, owned=False)
    if is_plain_file(0):
        return FileInput(0, 1, owned=False)
    return ThreadInput(0, 1, owned=False)
