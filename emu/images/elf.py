# SPDX-License-Identifier: MIT
"""ELF64 executables for AArch64: static ones, and static position-independent ones.

Segments go to their physical addresses (p_paddr). The two fixed tables that loading needs are read here, with every
bound checked before it is used; sections, symbols and relocations are pyelftools' work, imported only when asked for
(it takes longer to import than a small guest to run).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ImageError
from ..units import align_up
from .image import Code, Image, Placement, Segment, check_placed

if TYPE_CHECKING:
    from elftools.elf.elffile import ELFFile

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
_ELFCLASS64, _ELFDATA2LSB = 2, 1
_ET_EXEC, _ET_DYN = 2, 3
_EM_AARCH64 = 183
_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_PN_XNUM = 0xFFFF
_SHF_EXECINSTR, _PF_X = 4, 1
_R_AARCH64_RELATIVE = 1027
_PIE_OFFSET = 0x20_0000
"""Where a position-independent image goes, from the start of RAM."""
_MAX_SEGMENTS = 1024
_MAX_SYMBOLS = 1 << 20
_MACHINES = {3: "x86", 40: "32-bit Arm", 62: "x86-64", 243: "RISC-V", 8: "MIPS", 21: "PowerPC 64", 22: "S/390"}


class _ProgramHeader(NamedTuple):
    """One row of the program header table (Elf64_Phdr)."""

    type: int
    flags: int
    offset: int
    vaddr: int
    paddr: int
    filesz: int
    memsz: int
    align: int


def _check_ident(data: bytes, name: str) -> None:
    if len(data) < _HEADER.size:
        raise ImageError(f"{name}: the ELF header is truncated")
    if data[4] != _ELFCLASS64:
        raise ImageError(f"{name}: not a 64-bit ELF file")
    if data[5] != _ELFDATA2LSB:
        raise ImageError(f"{name}: a big-endian ELF file is not supported")


def _read_headers(data: bytes, name: str) -> tuple[int, int, list[_ProgramHeader]]:
    """Return e_type, e_entry and the program headers."""
    _check_ident(data, name)
    _, kind, machine, _, entry, offset, _, _, _, entry_size, count, _, _, _ = _HEADER.unpack_from(data)
    if machine != _EM_AARCH64:
        raise ImageError(f"{name}: an ELF file for {_MACHINES.get(machine, f'machine {machine}')}, not for AArch64")
    if kind not in (_ET_EXEC, _ET_DYN):
        raise ImageError(f"{name}: not an executable (ELF type {kind})")
    if not count:
        raise ImageError(f"{name}: the ELF file has no program headers")
    if entry_size != _PROGRAM_HEADER.size or count == _PN_XNUM or count > _MAX_SEGMENTS:
        raise ImageError(f"{name}: implausible ELF program headers ({count} of {entry_size} bytes)")
    if offset > len(data) or count * entry_size > len(data) - offset:
        raise ImageError(f"{name}: the ELF program headers lie outside the file")
    table = data[offset : offset + count * entry_size]
    return kind, entry, [_ProgramHeader(*row) for row in _PROGRAM_HEADER.iter_unpack(table)]


def _check_load(header: _ProgramHeader, data: bytes, name: str) -> None:
    if header.filesz > header.memsz:
        raise ImageError(f"{name}: the segment at {header.paddr:#x} is larger in the file than in memory")
    if header.offset > len(data) or header.filesz > len(data) - header.offset:
        raise ImageError(f"{name}: the segment at {header.paddr:#x} lies outside the file: it is truncated")


def _bias(kind: int, loads: list[_ProgramHeader], placement: Placement) -> int:
    """Return what is added to the file's addresses: 0 for ET_EXEC, and for a PIE linked inside RAM already."""
    lowest = min(header.paddr for header in loads)
    if kind == _ET_EXEC or lowest >= placement.ram_base:
        return 0
    alignment = max(*(header.align for header in loads), 4096)
    if alignment & (alignment - 1) or alignment > 1 << 30:
        alignment = 4096
    return align_up(placement.ram_base + _PIE_OFFSET, alignment) - (lowest & -alignment)


def _physical_entry(entry: int, loads: list[_ProgramHeader], bias: int) -> int:
    """Return where the entry point lies once loaded: e_entry is virtual, and the MMU is off."""
    for header in loads:
        if header.vaddr <= entry < header.vaddr + header.memsz:
            return entry - header.vaddr + header.paddr + bias
    return entry + bias


def load_elf(data: bytes, placement: Placement, name: str, reread: Callable[[], bytes] | None = None) -> Image:
    """Return the image of an ELF file; ImageError for what is broken, dynamic, or not for AArch64.

    reread fetches the file again when somebody asks for symbols: the image does not keep all of it in memory.
    """
    kind, entry, headers = _read_headers(data, name)
    if any(header.type == _PT_INTERP for header in headers):
        raise ImageError(f"{name}: a dynamically linked program is not supported (it asks for an interpreter)")
    loads = [header for header in headers if header.type == _PT_LOAD and header.memsz]
    if not loads:
        raise ImageError(f"{name}: the ELF file has nothing to load")
    for header in loads:
        _check_load(header, data, name)
    bias = _bias(kind, loads, placement)
    view = memoryview(data)
    segments = [
        Segment(header.paddr + bias, view[header.offset : header.offset + header.filesz], header.memsz)
        for header in loads
    ]
    address = _physical_entry(entry, loads, bias) if placement.entry is None else placement.entry
    fetch = reread or (lambda: data)
    image = Image(
        name,
        "elf",
        address,
        segments,
        lambda: read_symbols(fetch(), bias, name),
        lambda: read_code(fetch(), bias, name),
    )
    check_placed(image, placement)
    if any(header.type == _PT_DYNAMIC for header in headers):
        _relocate(image, data, bias)
    return image


# -- Through pyelftools -----------------------------------------------------------------------------------------------


@contextmanager
def _parsing(what: str, name: str) -> Iterator[None]:
    """Turn whatever pyelftools meets in a broken file into an ImageError."""
    try:
        yield
    except ImageError:
        raise
    except Exception as error:  # noqa: BLE001  it promises no particular one
        raise ImageError(f"{name}: broken {what} ({type(error).__name__}: {error})") from None


def _open(data: bytes, name: str) -> ELFFile:
    import io

    from elftools.elf.elffile import ELFFile

    with _parsing("ELF file", name):
        return ELFFile(io.BytesIO(data))


def _names_something(symbol: Any) -> bool:
    """Return whether it is a defined symbol, and no mark of where code and data begin ($x, $d: AAELF64)."""
    kind = symbol["st_info"]["type"]
    is_defined = symbol["st_shndx"] != "SHN_UNDEF" and kind not in ("STT_FILE", "STT_SECTION")
    return is_defined and symbol.name != "" and not symbol.name.startswith("$")


def read_symbols(data: bytes, bias: int, name: str) -> dict[str, int]:
    """Return the defined symbols that have names, shifted by bias; empty where the symbol table is missing."""
    with _parsing("symbol table", name):
        table: Any = _open(data, name).get_section_by_name(".symtab")
        count = min(table.num_symbols(), _MAX_SYMBOLS) if table is not None else 0
        symbols = [table.get_symbol(index) for index in range(count)]
        return {symbol.name: symbol["st_value"] + bias for symbol in symbols if _names_something(symbol)}


def read_code(data: bytes, bias: int, name: str) -> list[Code]:
    """Return the executable sections (without any: the executable segments) at their linked addresses plus bias."""
    with _parsing("section table", name):
        elf = _open(data, name)
        sections = [section for section in elf.iter_sections("SHT_PROGBITS") if section["sh_flags"] & _SHF_EXECINSTR]
        code = [Code(section["sh_addr"] + bias, section.data()) for section in sections]
        if not code:
            segments = [segment for segment in elf.iter_segments("PT_LOAD") if segment["p_flags"] & _PF_X]
            code = [Code(segment["p_vaddr"] + bias, segment.data()) for segment in segments]
        return sorted(code)


def _relocate(image: Image, data: bytes, bias: int) -> None:
    """Apply the relative relocations of a static PIE, for start-up code that does not do so itself.

    Those in RELA form give the same result when the image's own start-up code applies them again.
    """
    with _parsing("dynamic section", image.name):
        elf = _open(data, image.name)
        dynamic: Any = next(segment for segment in elf.iter_segments() if segment["p_type"] == "PT_DYNAMIC")
        if next(dynamic.iter_tags("DT_NEEDED"), None) is not None:
            raise ImageError(f"{image.name}: a dynamically linked program is not supported (it needs libraries)")
        table = dynamic.get_relocation_tables().get("RELA") if bias else None
        rows = list(table.iter_relocations()) if table is not None else []
        relative = [row for row in rows if row["r_info_type"] == _R_AARCH64_RELATIVE]
        patches = [(row["r_offset"] + bias, row["r_addend"] + bias) for row in relative]
    _apply(image, patches)


def _apply(image: Image, patches: list[tuple[int, int]]) -> None:
    """Write 64-bit values at physical addresses into the image's data."""
    if not patches:
        return
    copies = [(segment.address, bytearray(segment.data)) for segment in image.segments]
    for address, value in patches:
        place = next(((base, data) for base, data in copies if base <= address <= base + len(data) - 8), None)
        if place is None:
            raise ImageError(f"{image.name}: a relocation at {address:#x} lies outside the image")
        struct.pack_into("<Q", place[1], address - place[0], value & 0xFFFF_FFFF_FFFF_FFFF)
    image.segments = [segment._replace(data=data) for segment, (_, data) in zip(image.segments, copies, strict=True)]
