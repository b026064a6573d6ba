# SPDX-License-Identifier: MIT
"""Flattened device trees: a tree of nodes, its writer and its reader.

The format is that of the Devicetree Specification v0.4, chapter 5 (version 17 blobs; the reader takes any that is
compatible with version 16 or 17). The reader trusts no offset and no length of a blob.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from .errors import FdtError

MAGIC = 0xD00DFEED
VERSION = 17
LAST_COMPATIBLE_VERSION = 16

_BEGIN_NODE, _END_NODE, _PROP, _NOP, _END = 1, 2, 3, 4, 9
_HEADER = struct.Struct(">10I")
_MAX_DEPTH = 64
_MAX_BLOB_SIZE = 16 << 20

Value = bytes | str | int | list[int] | list[str] | None


def encode(value: Value) -> bytes:
    """Return the bytes of a property: None is empty, an int one cell, a list cells or strings, bytes themselves."""
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode() + b"\0"
    if isinstance(value, int):
        return value.to_bytes(4, "big")
    return b"".join(encode(item) for item in value)


def cells64(*values: int) -> list[int]:
    """Return two cells for each 64-bit value, high one first."""
    return [cell for value in values for cell in (value >> 32, value & 0xFFFF_FFFF)]


class Node:
    """One node: a name with its unit address, properties in order, children in order."""

    __slots__ = ("children", "name", "properties")

    def __init__(self, name: str, properties: dict[str, Value] | None = None, children: Iterable[Node] = ()) -> None:
        self.name = name
        self.properties = {key: encode(value) for key, value in (properties or {}).items()}
        self.children = list(children)

    def __repr__(self) -> str:
        return f"Node({self.name!r}, {len(self.properties)} properties, {len(self.children)} children)"

    def set(self, name: str, value: Value) -> None:
        """Set one property."""
        self.properties[name] = encode(value)

    def add(self, child: Node) -> Node:
        """Append a child and return it."""
        self.children.append(child)
        return child

    def child(self, name: str) -> Node | None:
        """Return the child of that full name, or None."""
        return next((node for node in self.children if node.name == name), None)

    def find(self, path: str) -> Node | None:
        """Return the node at a path such as "/cpus/cpu@0" below this one, or None."""
        node: Node | None = self
        for part in path.strip("/").split("/") if path.strip("/") else ():
            node = node.child(part) if node else None
        return node

    def walk(self, path: str = "") -> Iterator[tuple[str, Node]]:
        """Yield (path, node) for this node and everything below it, parents first."""
        yield path or "/", self
        for node in self.children:
            yield from node.walk(f"{path}/{node.name}")

    def cells(self, name: str) -> list[int]:
        """Return a property as 32-bit cells; FdtError when its length is not a multiple of 4."""
        data = self.properties.get(name, b"")
        if len(data) % 4:
            raise FdtError(f"device tree: property '{name}' of node '{self.name}' is not made of cells")
        return list(struct.unpack(f">{len(data) // 4}I", data))

    def strings(self, name: str) -> list[str]:
        """Return a property as its list of strings."""
        data = self.properties.get(name, b"")
        return [part.decode("utf-8", "replace") for part in data.split(b"\0")[:-1]]


# -- Writer -----------------------------------------------------------------------------------------------------------


class _Strings:
    """The strings block: each property name once."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._offsets: dict[str, int] = {}

    def offset(self, name: str) -> int:
        if name not in self._offsets:
            self._offsets[name] = len(self.data)
            self.data += name.encode() + b"\0"
        return self._offsets[name]


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _write_node(node: Node, out: bytearray, strings: _Strings) -> None:
    out += struct.pack(">I", _BEGIN_NODE) + _padded(node.name.encode() + b"\0")
    for name, value in node.properties.items():
        out += struct.pack(">III", _PROP, len(value), strings.offset(name)) + _padded(value)
    for child in node.children:
        _write_node(child, out, strings)
    out += struct.pack(">I", _END_NODE)


def write(root: Node, boot_cpu: int = 0, reservations: Iterable[tuple[int, int]] = ()) -> bytes:
    """Return the blob of a tree; reservations are (address, size) pairs that the guest must leave alone."""
    reserved = b"".join(struct.pack(">QQ", *pair) for pair in (*reservations, (0, 0)))
    structure, strings = bytearray(), _Strings()
    _write_node(root, structure, strings)
    structure += struct.pack(">I", _END)
    structure_offset = _HEADER.size + len(reserved)
    strings_offset = structure_offset + len(structure)
    header = _HEADER.pack(
        MAGIC,
        strings_offset + len(strings.data),
        structure_offset,
        strings_offset,
        _HEADER.size,
        VERSION,
        LAST_COMPATIBLE_VERSION,
        boot_cpu,
        len(strings.data),
        len(structure),
    )
    return header + reserved + bytes(structure) + bytes(strings.data)


# -- Reader -----------------------------------------------------------------------------------------------------------


class _Reader:
    """A cursor over the structure block. Every read is checked against the block's end."""

    def __init__(self, structure: bytes, strings: bytes) -> None:
        self._data = structure
        self._strings = strings
        self._at = 0

    def u32(self) -> int:
        if self._at + 4 > len(self._data):
            raise FdtError("device tree: the structure block ends too early")
        value: int = struct.unpack_from(">I", self._data, self._at)[0]
        self._at += 4
        return value

    def token(self) -> int:
        while (token := self.u32()) == _NOP:
            pass
        return token

    def bytes(self, length: int) -> bytes:
        if length > len(self._data) - self._at:
            raise FdtError("device tree: a property is longer than the blob")
        value = self._data[self._at : self._at + length]
        self._at += length + (-length % 4)
        return value

    def name(self) -> str:
        end = self._data.find(b"\0", self._at)
        if end < 0:
            raise FdtError("device tree: a node name does not end")
        return self.bytes(end + 1 - self._at)[:-1].decode("utf-8", "replace")

    def string(self, offset: int) -> str:
        end = self._strings.find(b"\0", offset) if offset < len(self._strings) else -1
        if end < 0:
            raise FdtError("device tree: a property name lies outside the strings block")
        return self._strings[offset:end].decode("utf-8", "replace")


def _read_node(reader: _Reader, depth: int) -> Node:
    if depth > _MAX_DEPTH:
        raise FdtError(f"device tree: nodes are nested deeper than {_MAX_DEPTH}")
    node = Node(reader.name())
    while (token := reader.token()) != _END_NODE:
        if token == _PROP:
            length, name_offset = reader.u32(), reader.u32()
            node.properties[reader.string(name_offset)] = reader.bytes(length)
        elif token == _BEGIN_NODE:
            node.children.append(_read_node(reader, depth + 1))
        else:
            raise FdtError(f"device tree: unknown token {token:#x} in the structure block")
    return node


def _check_header(blob: bytes) -> tuple[int, ...]:
    if len(blob) < _HEADER.size:
        raise FdtError(f"device tree: {len(blob)} bytes are too few for a header")
    header = _HEADER.unpack_from(blob)
    magic, total_size, _, _, _, version, last_compatible = header[:7]
    if magic != MAGIC:
        raise FdtError(f"device tree: the magic number is {magic:#010x}, not {MAGIC:#010x}")
    if version < LAST_COMPATIBLE_VERSION or last_compatible > VERSION:
        raise FdtError(f"device tree: version {version} (compatible with {last_compatible}) is not supported")
    if not _HEADER.size <= total_size <= min(len(blob), _MAX_BLOB_SIZE):
        raise FdtError(f"device tree: the header says {total_size} bytes, the blob has {len(blob)}")
    return header


def _block(blob: bytes, what: str, offset: int, size: int) -> bytes:
    if offset > len(blob) or size > len(blob) - offset:
        raise FdtError(f"device tree: the {what} block ({size} bytes at {offset:#x}) lies outside the blob")
    return blob[offset : offset + size]


def read_reservations(blob: bytes) -> list[tuple[int, int]]:
    """Return the (address, size) pairs of the memory reservation block; FdtError when it is broken."""
    header = _check_header(blob)
    offset = header[4]
    pairs: list[tuple[int, int]] = []
    while True:
        address, size = struct.unpack(">QQ", _block(blob[: header[1]], "reservation", offset, 16))
        if not address and not size:
            return pairs
        pairs.append((address, size))
        offset += 16


def read(blob: bytes) -> Node:
    """Return the root node of a blob; FdtError, in one line, for any blob that is not a whole and sound tree."""
    header = _check_header(blob)
    _, total_size, structure_offset, strings_offset, _, version, _, _, strings_size, structure_size = header
    blob = blob[:total_size]
    if version < 17:  # size_dt_struct came with version 17
        structure_size = max(total_size - structure_offset, 0)
    strings = _block(blob, "strings", strings_offset, strings_size)
    reader = _Reader(_block(blob, "structure", structure_offset, structure_size), strings)
    if reader.token() != _BEGIN_NODE:
        raise FdtError("device tree: the structure block does not begin with a node")
    root = _read_node(reader, 0)
    if reader.token() != _END:
        raise FdtError("device tree: the structure block has more than one root")
    return root
