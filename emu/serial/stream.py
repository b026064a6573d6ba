# SPDX-License-Identifier: MIT
"""Backends on file descriptors: a coalescing writer, a file that is read as the guest takes it, a thread that reads."""

from __future__ import annotations

import os
import select
import stat
import threading
from collections.abc import Callable

from ..errors import SerialError
from .backend import Backend, Wake

COALESCE_SECONDS = 0.002
"""How long the writer lets characters gather: long enough for a line, too short for a person."""
_MAX_PENDING = 1 << 20
_LOSSY_FLUSH_SECONDS = 0.2
_READ_SIZE = 4096
_MAX_INPUT = 1 << 16


class Writer:
    """Writes what is put to a file descriptor, from a thread of its own, a few milliseconds later and in big pieces.

    When the reader of a pipe does not keep up, put() blocks once a MiB waits: the guest slows down, nothing is lost.
    A lossy writer drops the older half instead.
    """

    def __init__(self, fd: int, failed: Callable[[OSError], None], *, lossy: bool = False) -> None:
        self._fd = fd
        self._lossy = lossy
        self._failed = failed
        self._pending = bytearray()
        self._changed = threading.Condition()
        self._busy = self._closing = self._hurry = self._broken = False
        self._thread: threading.Thread | None = None

    def put(self, character: int) -> None:
        """Append one character."""
        pending = self._pending
        pending.append(character)
        if len(pending) == 1 or len(pending) >= _MAX_PENDING:
            self._notify()

    def write(self, data: bytes) -> None:
        """Append bytes."""
        for character in data:
            self.put(character)

    def _notify(self) -> None:
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="serial-writer", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            if self._lossy and len(self._pending) >= _MAX_PENDING:
                del self._pending[: _MAX_PENDING // 2]
            while len(self._pending) >= _MAX_PENDING and not self._broken:
                self._changed.wait(0.1)
            if self._broken:
                self._pending.clear()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._pending or self._closing)
                if not self._pending:
                    return
                if not self._hurry:
                    self._changed.wait_for(lambda: self._hurry or self._closing, COALESCE_SECONDS)
                count = len(self._pending)  # the guest goes on appending, so take a prefix
                data = bytes(self._pending[:count])
                del self._pending[:count]
                self._busy = True
            self._write_out(data)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _write_out(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view and not self._broken:
                try:
                    view = view[os.write(self._fd, view) :]
                except BlockingIOError:  # somebody has made our stdout non-blocking
                    select.select([], [self._fd], [], 1.0)
        except OSError as error:
            self._broken = True
            self._failed(error)

    def flush(self, timeout: float | None = None) -> None:
        """Wait until everything is written, at most timeout seconds."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            if self._thread is not None:
                self._changed.wait_for(lambda: self._broken or not (self._pending or self._busy), timeout)
            self._hurry = False

    def close(self, timeout: float | None = None) -> None:
        """Flush and stop; does not close the file descriptor."""
        self.flush(timeout)
        with self._changed:
            self._closing = True
            self._changed.notify_all()


class StreamBackend(Backend):
    """Output to one file descriptor, input from nowhere; the base of those that read too."""

    def __init__(self, output_fd: int, *, owned: bool = True, lossy: bool = False) -> None:
        self._output_fd = output_fd
        self._owned = owned
        self._closed = False
        self._writer = Writer(output_fd, self._fail, lossy=lossy)
        self._flush_seconds = _LOSSY_FLUSH_SECONDS if lossy else None
        self.put = self._writer.put  # type: ignore[method-assign]

    def _fail(self, error: OSError) -> None:
        self.error = error
        if self.on_error is not None:
            self.on_error()

    def flush(self) -> None:
        """Write out what was put."""
        self._writer.flush(self._flush_seconds)

    def close(self) -> None:
        """Flush and close."""
        if self._closed:
            return
        self._closed = True
        self._writer.close(self._flush_seconds)
        if self._owned:
            os.close(self._output_fd)


class FileInput(StreamBackend):
    """Input from a regular file, read just when the guest has room: the same for every run, wherever time comes from."""

    def __init__(self, input_fd: int, output_fd: int, *, owned: bool = True) -> None:
        super().__init__(output_fd, owned=owned)
        self._input_fd = input_fd
        self._ended = False

    def take(self, count: int) -> bytes:
        """Return up to count bytes of the file."""
        try:
            data = os.read(self._input_fd, count) if not self._ended else b""
        except OSError:
            data = b""
        self._ended = self._ended or not data
        return data

    def readable(self) -> bool:
        """Return whether the file's end has not been seen yet."""
        return not self._ended


class ThreadInput(StreamBackend):
    """Input from a pipe, a terminal or a socket, read by a thread that waits for it."""

    live = True

    def __init__(self, input_fd: int, output_fd: int, *, owned: bool = True, lossy: bool = False) -> None:
        super().__init__(output_fd, owned=owned, lossy=lossy)
        self._input_fd = input_fd
        self._input = bytearray()
        self._lock = threading.Lock()
        self._wake: Wake = lambda: None
        self._send_break: Wake = lambda: None
        self._stop_read, self._stop_write = os.pipe()
        self._thread: threading.Thread | None = None

    def start(self, wake: Wake, send_break: Wake) -> None:
        """Start the thread."""
        self._wake, self._send_break = wake, send_break
        self._thread = threading.Thread(target=self._run, name="serial-reader", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self._stop_read, select.POLLIN)
        poll.register(self._input_fd, select.POLLIN)
        while self._stop_read not in (ready := [fd for fd, _ in poll.poll()]):
            if len(self._input) >= _MAX_INPUT:  # the guest does not listen: leave the rest in the pipe
                if select.select([self._stop_read], [], [], 0.05)[0]:
                    return
                continue
            data = self._read() if ready else b""
            if not data:
                self.live = False
                self._wake()
                return
            self.feed(data)

    def _read(self) -> bytes:
        try:
            return os.read(self._input_fd, _READ_SIZE)
        except BlockingIOError:
            return self._read() if select.select([self._input_fd], [], [], None) else b""
        except OSError:  # EIO: the terminal, or the other end of the pty, is gone
            return b""

    def feed(self, data: bytes) -> None:
        """Queue input for the guest and wake it; on the reader's thread."""
        with self._lock:
            self._input += data
        self._wake()

    def take(self, count: int) -> bytes:
        """Return up to count bytes that have come."""
        with self._lock:
            data = bytes(self._input[:count])
            del self._input[:count]
        return data

    def readable(self) -> bool:
        """Return whether bytes are waiting."""
        return bool(self._input)

    def close(self) -> None:
        """Stop the thread, flush and close."""
        if self._closed:
            return
        os.write(self._stop_write, b"x")
        # A signal may have come before the thread was started; alive it is from its start to its end.
        if self._thread is not None and self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(1.0)
        os.close(self._stop_read)
        os.close(self._stop_write)
        super().close()


def is_plain_file(fd: int) -> bool:
    """Return whether reading fd never waits: a regular file or /dev/null."""
    status = os.fstat(fd)
    return stat.S_ISREG(status.st_mode) or (
        stat.S_ISCHR(status.st_mode) and status.st_rdev == os.stat(os.devnull).st_rdev
    )


def open_file(path: str) -> Backend:
    """Return a backend that writes to a new or emptied file; SerialError if it can't be opened."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SerialError(f"--serial file:{path}: {reason}") from None
    return StreamBackend(fd)
