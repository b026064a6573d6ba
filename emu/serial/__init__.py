# SPDX-License-Identifier: MIT
"""The host's side of a serial line: where the guest's characters go to and come from.

`open_backend("stdio")` and its like make a Backend; each kind is a file of this package, imported when it is asked for.
"""

from __future__ import annotations

from ..errors import SerialError
from .backend import Backend

__all__ = ["Backend", "open_backend"]

_KINDS = "stdio, null, file:PATH, pty, unix:PATH or tcp:HOST:PORT"


def open_backend(text: str) -> Backend:
    """Return the backend that a `--serial` argument describes; SerialError, naming it, if it can't be opened."""
    kind, _, rest = text.partition(":")
    if text == "null":
        return Backend()
    if text == "stdio":
        from .stdio import open_stdio

        return open_stdio()
    if text == "pty":
        from .pty import open_pty

        return open_pty()
    if kind == "file" and rest:
        from .stream import open_file

        return open_file(rest)
    if kind == "unix" and rest:
        from .sockets import open_unix

        return open_unix(rest)
    if kind == "tcp" and rest:
        from .sockets import open_tcp

        return open_tcp(rest)
    raise SerialError(f"--serial {text}: not one of {_KINDS}")
