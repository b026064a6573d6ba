# SPDX-License-Identifier: MIT
"""The console on a Unix or TCP socket.

If somebody listens at the address we connect; otherwise we listen there ourselves, and the guest runs meanwhile: the
first client gets what the guest has written so far. A client may go and another come.
"""

from __future__ import annotations

import os
import select
import socket
import stat
import threading
import time

from ..errors import SerialError
from .backend import Backend, Wake
from .stream import COALESCE_SECONDS

_MAX_PENDING = 1 << 20
_MAX_INPUT = 1 << 16
_CONNECT_SECONDS = 5.0


class SocketBackend(Backend):
    """One connection at a time, served by one thread. Output beyond a MiB that nobody fetches loses its oldest part."""

    live = True

    def __init__(self, connection: socket.socket | None, listener: socket.socket | None, unlink: str = "") -> None:
        self._connection, self._listener, self._unlink = connection, listener, unlink
        self._pending, self._input = bytearray(), bytearray()
        self._lock = threading.Lock()
        self._drained = threading.Condition(self._lock)
        self._wake: Wake = lambda: None
        self._wake_read, self._wake_write = os.pipe()
        self._closing = self._closed = False
        self._thread = threading.Thread(target=self._run, name="serial-socket", daemon=True)

    def start(self, wake: Wake, send_break: Wake) -> None:
        """Start the thread."""
        self._wake = wake
        self._thread.start()

    # -- The guest's thread -------------------------------------------------------------------------------------------

    def put(self, character: int) -> None:
        """Queue one character."""
        with self._lock:
            self._pending.append(character)
            first = len(self._pending) == 1
            if len(self._pending) > _MAX_PENDING:
                del self._pending[: _MAX_PENDING // 2]
        if first:
            os.write(self._wake_write, b"p")

    def take(self, count: int) -> bytes:
        """Return up to count bytes that have come."""
        with self._lock:
            data = bytes(self._input[:count])
            del self._input[:count]
        return data

    def readable(self) -> bool:
        """Return whether bytes are waiting."""
        return bool(self._input)

    def flush(self) -> None:
        """Wait up to a second for a connected peer to take what was put."""
        with self._drained:
            self._drained.wait_for(lambda: not self._pending or self._connection is None, 1.0)

    def close(self) -> None:
        """Flush, disconnect, remove the socket file."""
        if self._closed:
            return
        self._closed = True
        self.flush()
        self._closing = True
        os.write(self._wake_write, b"q")
        if self._thread.is_alive():
            self._thread.join(1.0)
        for end in (self._connection, self._listener):
            if end is not None:
                end.close()
        os.close(self._wake_read)
        os.close(self._wake_write)
        if self._unlink:
            try:
                os.unlink(self._unlink)
            except FileNotFoundError:
                pass

    # -- The thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing:
            poll = select.poll()
            poll.register(self._wake_read, select.POLLIN)
            if self._connection is not None:
                full = len(self._input) >= _MAX_INPUT
                events = (0 if full else select.POLLIN) | (select.POLLOUT if self._pending else 0)
                poll.register(self._connection, events)
            elif self._listener is not None:
                poll.register(self._listener, select.POLLIN)
            else:
                return
            for fd, events in poll.poll(50 if len(self._input) >= _MAX_INPUT else None):
                self._serve(fd, events)

    def _serve(self, fd: int, events: int) -> None:
        if fd == self._wake_read:
            os.read(fd, 4096)
            if not self._closing:
                time.sleep(COALESCE_SECONDS)  # one packet for a line rather than for a character
        elif self._connection is None and self._listener is not None:
            self._connection = self._listener.accept()[0]
            self._connection.setblocking(False)
        elif self._connection is not None:
            if events & select.POLLOUT:
                self._send(self._connection)
            if events & (select.POLLIN | select.POLLHUP | select.POLLERR):
                self._receive(self._connection)

    def _send(self, connection: socket.socket) -> None:
        with self._drained:
            try:
                sent = connection.send(self._pending)
            except BlockingIOError:
                return
            except OSError:
                return  # the receiving side sees the end
            del self._pending[:sent]
            self._drained.notify_all()

    def _receive(self, connection: socket.socket) -> None:
        try:
            data = connection.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            with self._drained:
                self._connection = None
                self._drained.notify_all()
            connection.close()
            self.live = self._listener is not None
        else:
            with self._lock:
                self._input += data
        self._wake()


def _connect(what: str, family: int, address: str | tuple[str, int]) -> socket.socket | None:
    """Return a connection, or None when nobody listens there; SerialError for anything else that goes wrong."""
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.settimeout(_CONNECT_SECONDS)
    try:
        connection.connect(address)
    except (ConnectionRefusedError, FileNotFoundError):
        connection.close()
        return None
    except OSError as error:
        connection.close()
        raise SerialError(f"--serial {what}: {error.strerror or error}") from None
    connection.setblocking(False)
    return connection


def _listen(what: str, family: int, address: str | tuple[str, int]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family != socket.AF_UNIX:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1)
    except OSError as error:
        listener.close()
        raise SerialError(f"--serial {what}: {error.strerror or error}") from None
    return listener


def open_unix(path: str) -> Backend:
    """Return a backend on the Unix socket at path; a stale socket file there is replaced."""
    what = f"unix:{path}"
    connection = _connect(what, socket.AF_UNIX, path)
    if connection is not None:
        return SocketBackend(connection, None)
    if os.path.exists(path) and stat.S_ISSOCK(os.stat(path).st_mode):
        os.unlink(path)
    return SocketBackend(None, _listen(what, socket.AF_UNIX, path), unlink=path)


def open_tcp(text: str) -> Backend:
    """Return a backend on HOST:PORT (an empty HOST is 127.0.0.1)."""
    host, _, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise SerialError(f"--serial tcp:{text}: '{port}' is not a port number")
    what, host = f"tcp:{text}", host.strip("[]") or "127.0.0.1"
    try:
        family, _, _, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise SerialError(f"--serial {what}: {error.strerror or error}") from None
    endpoint = (str(address[0]), int(address[1]))
    connection = _connect(what, family, endpoint) if int(port) else None
    if connection is not None:
        return SocketBackend(connection, None)
    return SocketBackend(None, _listen(what, family, endpoint))
