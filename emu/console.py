# SPDX-License-Identifier: MIT
"""The guest's console as a Python object: the far end of the first UART, in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from .serial.backend import Backend, Wake

if TYPE_CHECKING:
    import re

_SEARCH_WINDOW = 4096
"""How far back from the newest character expect() looks for the start of a match."""
_MAX_UNREAD = 64 << 20


class Console(Backend):
    """What the guest printed, to read; what it shall get, to write.

    `run_guest(timeout)` is how expect() lets the guest run, for at most that many host seconds or until `stop_guest()`
    is called; it returns whether the guest could go on.
    """

    def __init__(self) -> None:
        self._output, self._input = bytearray(), bytearray()
        self._wake: Wake = lambda: None
        self._pattern: re.Pattern[bytes] | None = None
        self._match_end: int | None = None
        self.run_guest: Callable[[float], bool] = lambda timeout: False
        self.stop_guest: Callable[[], None] = lambda: None

    # -- The UART's side ----------------------------------------------------------------------------------------------

    def start(self, wake: Wake, send_break: Wake) -> None:
        """Remember how to wake the guest."""
        self._wake = wake

    def put(self, character: int) -> None:
        """Append one character to what was printed."""
        self._output.append(character)
        if self._pattern is not None and self._match_end is None:
            self._look(max(0, len(self._output) - _SEARCH_WINDOW))
            if self._match_end is not None:
                self.stop_guest()
        elif len(self._output) > _MAX_UNREAD:
            del self._output[: _MAX_UNREAD // 2]

    def take(self, count: int) -> bytes:
        """Return up to count bytes of what was written."""
        data = bytes(self._input[:count])
        del self._input[:count]
        return data

    def readable(self) -> bool:
        """Return whether the guest has not taken everything yet."""
        return bool(self._input)

    # -- The user's side ----------------------------------------------------------------------------------------------

    def read(self) -> bytes:
        """Return what the guest has printed since the last read() or expect()."""
        data = bytes(self._output)
        del self._output[: len(data)]
        return data

    def write(self, data: bytes) -> None:
        """Type data; any thread may."""
        self._input += data
        self._wake()

    def _look(self, start: int) -> None:
        assert self._pattern is not None
        match = self._pattern.search(self._output, start)
        self._match_end = match.end() if match else None

    def expect(self, pattern: bytes | re.Pattern[bytes], timeout: float = 30.0) -> bytes:
        """Run the guest until it prints something that matches the regular expression; returns the output up to there.

        If another thread is running the machine, wait for it instead. TimeoutError, telling the end of what was
        printed, after timeout host seconds, or when the guest stops without printing it.
        """
        import re

        self._pattern, self._match_end = re.compile(pattern), None
        deadline = time.monotonic() + timeout
        try:
            self._look(0)
            while self._match_end is None and (left := deadline - time.monotonic()) > 0:
                if not self.run_guest(left):
                    break
            if self._match_end is None:
                raise TimeoutError(f"the console did not print {self._pattern.pattern!r}; it ends in {self._tail()!r}")
            data = bytes(self._output[: self._match_end])
            del self._output[: self._match_end]
            return data
        finally:
            self._pattern = None

    def _tail(self) -> bytes:
        return bytes(self._output[-200:])
