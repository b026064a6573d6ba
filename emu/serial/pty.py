# SPDX-License-Identifier: MIT
"""The console on a new pseudo-terminal, for screen, minicom and their like."""

from __future__ import annotations

import os
import sys

from ..errors import SerialError
from .backend import Backend
from .stream import ThreadInput


class PtyBackend(ThreadInput):
    """The controlling side of a pseudo-terminal. The other side stays open here too, so that users may come and go."""

    def __init__(self, controller_fd: int, terminal_fd: int) -> None:
        super().__init__(controller_fd, controller_fd, lossy=True)
        self._terminal_fd = terminal_fd
        self.path = os.ttyname(terminal_fd)

    def close(self) -> None:
        """Close both sides."""
        if not self._closed:
            super().close()
            os.close(self._terminal_fd)


def open_pty() -> Backend:
    """Return a new pseudo-terminal and tell its name on stderr; SerialError if the host has none left."""
    import tty

    try:
        controller_fd, terminal_fd = os.openpty()
    except OSError as error:
        raise SerialError(f"--serial pty: {error.strerror}") from None
    tty.setraw(terminal_fd)
    backend = PtyBackend(controller_fd, terminal_fd)
    print(f"emu: serial console on {backend.path}", file=sys.stderr, flush=True)
    return backend
