# SPDX-License-Identifier: MIT
"""What kernels/hello prints for a device tree blob, computed here from the blob: a second opinion on both."""

from __future__ import annotations

import struct

BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9
Properties = dict[str, bytes]
# Of a parent that does not say.
DEFAULT_CELLS = (("address", b"\0\0\0\2"), ("size", b"\0\0\0\1"))


def hello_output(blob: bytes) -> str:
    """Return the console text of kernels/hello at EL1 with this blob."""
    lines = ["Hello from EL1 of an AArch64 machine!"]
    lines += [describe(path, parent, node) for path, parent, node in nodes(blob)]
    return "\n".join([*lines, "Goodbye.", ""])


def describe(path: str, parent: Properties, node: Properties) -> str:
    """Return the line of one node: path, compatible strings, address and length."""
    line = path
    if "compatible" in node:
        line += " [" + node["compatible"].rstrip(b"\0").replace(b"\0", b" ").decode() + "]"
    cells = [_number(parent.get(f"#{kind}-cells", default)) for kind, default in DEFAULT_CELLS]
    reg = struct.unpack(f">{len(node.get('reg', b'')) // 4}I", node.get("reg", b""))
    stride = sum(cells)
    for at in range(0, len(reg) - stride + 1 if stride else 0, stride):
        line += f" 0x{_join(reg[at:at + cells[0]]):x}"
        if cells[1]:
            line += f"+0x{_join(reg[at + cells[0]:at + stride]):x}"
    return line


def nodes(blob: bytes) -> list[tuple[str, Properties, Properties]]:
    """Return (path, properties of the parent, properties) of each node, parents first."""
    magic, _, offset, strings = struct.unpack_from(">4I", blob)
    assert magic == 0xD00DFEED
    stack: list[tuple[str, Properties]] = []
    found: list[tuple[str, Properties, Properties]] = []
    while True:
        (token,) = struct.unpack_from(">I", blob, offset)
        offset += 4
        if token == BEGIN_NODE:
            name = _string(blob, offset)
            offset += (len(name) + 4) & ~3
            parent_path, parent = stack[-1] if stack else ("", {})
            path = f"{parent_path.rstrip('/')}/{name}"
            stack.append((path, {}))
            found.append((path, parent, stack[-1][1]))
        elif token == PROP:
            size, name_at = struct.unpack_from(">2I", blob, offset)
            stack[-1][1][_string(blob, strings + name_at)] = blob[offset + 8:offset + 8 + size]
            offset += 8 + ((size + 3) & ~3)
        elif token == END_NODE:
            stack.pop()
        elif token == END:
            return found


def _string(blob: bytes, offset: int) -> str:
    return blob[offset:blob.index(b"\0", offset)].decode()


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _join(cells: tuple[int, ...]) -> int:
    """Return the value of several cells, low 64 bits."""
    return _number(struct.pack(f">{len(cells)}I", *cells)) & 0xFFFFFFFFFFFFFFFF
