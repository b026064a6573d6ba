# SPDX-License-Identifier: MIT
"""What a UART asks of the host: the base class, which is also the line that leads nowhere (`--serial null`)."""

from __future__ import annotations

from collections.abc import Callable

Wake = Callable[[], None]


class Backend:
    """The far end of a serial line.

    put(), take() and readable() are called on the thread that runs the guest, and never block for long. start() hands
    over two functions that any thread may call: wake when input has come, send_break when the user sends a break.
    """

    live = False
    """Whether input may still come that is not there yet: an idle guest then waits for it."""
    error: OSError | None = None
    """Why output is lost from now on (such as BrokenPipeError), if it is."""
    on_error: Wake | None = None
    """Called, on any thread, when `error` or `quit_requested` gets set."""
    quit_requested = False
    """Whether the user has asked, through this line's escape key, to end the run."""

    def start(self, wake: Wake, send_break: Wake) -> None:
        """Begin to listen for input."""

    def put(self, character: int) -> None:
        """Send one character (0 to 255)."""

    def take(self, count: int) -> bytes:
        """Return up to count bytes of input, those that are there; removes them."""
        return b""

    def readable(self) -> bool:
        """Return whether take() would give something (or might: a file is only asked when it is read)."""
        return False

    def flush(self) -> None:
        """Write out what was put, and wait until that is done."""

    def close(self) -> None:
        """Flush, stop threads, restore terminals, close files. May be called twice."""
