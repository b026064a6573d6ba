# SPDX-License-Identifier: MIT
"""The host's side of serial lines."""

import os
import socket
import threading
import time

import pytest

from emu.errors import SerialError
from emu.serial import open_backend
from emu.serial.backend import Backend
from emu.serial.stream import FileInput, StreamBackend, ThreadInput


def send(backend: Backend, data: bytes) -> None:
    for character in data:
        backend.put(character)


def fetch(backend: Backend, count: int) -> bytes:
    """Take count bytes, waiting up to 5 seconds for them."""
    data, deadline = b"", time.monotonic() + 5
    while len(data) < count and time.monotonic() < deadline:
        data += backend.take(count - len(data))
        time.sleep(0.001)
    return data


def test_file(tmp_path):
    path = tmp_path / "out"
    backend = open_backend(f"file:{path}")
    send(backend, b"x" * 10_000)
    backend.flush()
    assert path.read_bytes() == b"x" * 10_000
    send(backend, b"end")
    backend.close()
    backend.close()
    assert path.read_bytes().endswith(b"xend")


def test_output_appears_without_a_flush(tmp_path):
    path = tmp_path / "out"
    backend = open_backend(f"file:{path}")
    send(backend, b"prompt> ")
    deadline = time.monotonic() + 2
    while path.read_bytes() != b"prompt> " and time.monotonic() < deadline:
        time.sleep(0.001)
    assert path.read_bytes() == b"prompt> "
    backend.close()


@pytest.mark.parametrize(
    "text", ["", "stdin", "file:", "tcp:", "tcp:nohost:99999", "tcp:127.0.0.1:x", "file:/nonexistent/x"]
)
def test_refused(text):
    with pytest.raises(SerialError, match="--serial"):
        open_backend(text)


def test_null():
    backend = open_backend("null")
    send(backend, b"x")
    assert (backend.readable(), backend.live) == (False, False)
    backend.close()


def test_pipe_input_and_its_end():
    read_end, write_end = os.pipe()
    backend = ThreadInput(read_end, os.open(os.devnull, os.O_WRONLY))
    woken = threading.Event()
    backend.start(woken.set, lambda: None)
    os.write(write_end, b"hello")
    assert woken.wait(5)
    assert fetch(backend, 5) == b"hello"
    assert backend.live
    os.close(write_end)
    deadline = time.monotonic() + 5
    while backend.live and time.monotonic() < deadline:
        time.sleep(0.001)
    assert not backend.live
    backend.close()
    os.close(read_end)


def test_file_input_is_read_as_it_is_taken(tmp_path):
    path = tmp_path / "in"
    path.write_bytes(b"abcdef")
    with open(path, "rb") as file:
        backend = FileInput(file.fileno(), os.open(os.devnull, os.O_WRONLY))
        assert backend.take(4) == b"abcd"
        assert backend.readable()
        assert (backend.take(4), backend.take(4)) == (b"ef", b"")
        assert not backend.readable()
        backend.close()


def test_broken_pipe_is_reported_once_and_does_not_block():
    read_end, write_end = os.pipe()
    os.close(read_end)
    backend = StreamBackend(write_end)
    failed = threading.Event()
    backend.on_error = failed.set
    send(backend, b"x" * 100)
    assert failed.wait(5)
    assert isinstance(backend.error, BrokenPipeError)
    send(backend, b"x" * 2_000_000)
    backend.close()


def test_slow_reader_loses_nothing():
    read_end, write_end = os.pipe()
    backend = StreamBackend(write_end)
    data = bytes(range(256)) * 6_000  # more than the writer's limit and the pipe's

    received = bytearray()

    def drain() -> None:
        time.sleep(0.2)
        while piece := os.read(read_end, 1 << 16):
            received.extend(piece)

    reader = threading.Thread(target=drain)
    reader.start()
    send(backend, data)
    backend.close()
    reader.join(10)
    assert bytes(received) == data
    os.close(read_end)


def test_pty(capfd):
    backend = open_backend("pty")
    assert "serial console on /dev/" in capfd.readouterr().err
    backend.start(lambda: None, lambda: None)
    terminal = os.open(backend.path, os.O_RDWR | os.O_NOCTTY)
    send(backend, b"login: ")
    assert os.read(terminal, 100) == b"login: "
    os.write(terminal, b"root\r")
    assert fetch(backend, 5) == b"root\r"
    os.close(terminal)
    backend.close()


def test_pty_without_a_reader_does_not_block():
    backend = open_backend("pty")
    started = time.monotonic()
    send(backend, b"x" * 3_000_000)
    backend.close()
    assert time.monotonic() - started < 5


def receive(peer: socket.socket, count: int) -> bytes:
    peer.settimeout(5)
    data = b""
    while len(data) < count:
        data += peer.recv(count - len(data))
    return data


def converse(backend: Backend, peer: socket.socket) -> None:
    send(backend, b"hello\n")
    assert receive(peer, 6) == b"hello\n"
    peer.sendall(b"yes")
    assert fetch(backend, 3) == b"yes"


def test_unix_socket_listens(tmp_path):
    path = str(tmp_path / "socket")
    backend = open_backend(f"unix:{path}")
    backend.start(lambda: None, lambda: None)
    send(backend, b"early ")
    for _ in range(2):  # a client may come again
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(path)
            if _ == 0:
                assert receive(peer, 6) == b"early "
            converse(backend, peer)
        time.sleep(0.05)
    backend.close()
    assert not os.path.exists(path)


def test_unix_socket_connects(tmp_path):
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        backend = open_backend(f"unix:{path}")
        backend.start(lambda: None, lambda: None)
        peer, _ = listener.accept()
        converse(backend, peer)
        peer.close()
        backend.close()
    assert os.path.exists(path)


def test_stale_unix_socket_is_replaced(tmp_path):
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
    backend = open_backend(f"unix:{path}")
    backend.close()


def test_tcp():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    backend = open_backend(f"tcp:127.0.0.1:{port}")
    backend.start(lambda: None, lambda: None)
    with socket.create_connection(("127.0.0.1", port)) as peer:
        converse(backend, peer)
    backend.close()
