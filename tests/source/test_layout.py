# SPDX-License-Identifier: MIT
"""The laws of the house, held by reading the sources: who may import whom, sizes, licence lines, links, docstrings."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = {".py", ".pyi", ".pyx", ".pxd", ".pxi", ".c", ".h", ".S", ".def", ".decode"}
PLACES = ("pyx", "emu", "tests", "bench", "kernels", "tools")
MAX_FILE, MAX_FUNCTION, MAX_MACRO, MAX_LINE = 600, 60, 8, 150
# Tables: as long as what they list.
TABLES = {".def", ".decode"}


def sources(*suffixes: str, below: tuple[str, ...] = PLACES) -> list[Path]:
    """Return the project's source files, without what a build or a checkout of data left there."""
    wanted = set(suffixes) or SOURCE
    files = [path for place in below for path in (ROOT / place).rglob("*") if path.suffix in wanted and path.is_file()]
    return sorted(path for path in files if "__pycache__" not in path.parts and not path.name.startswith("."))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# -- Imports: C --------------------------------------------------------------------------------------------------------

MAY_INCLUDE = {
    "arch": {"arch"},
    "mem": {"arch", "mem"},
    "isa": {"arch", "mem", "isa"},
    "dev": {"arch", "dev"},
    "cpu": {"arch", "mem", "isa", "dev", "cpu"},
}
# The structs that everything hangs off. Headers of mem/ know them by name only.
STRUCTS = {"cpu/machine.h", "cpu/models.h"}
WHOLE_CORE = {"pyx/cpu/machine.c"}  # makes the machine: emu.h declares it


def includes(path: Path) -> list[str]:
    return re.findall(r'^\s*#\s*include "([^"]+)"', path.read_text(), re.MULTILINE)


@pytest.mark.parametrize("room", MAY_INCLUDE)
def test_c_includes_go_one_way(room: str) -> None:
    wrong = []
    for path in sources(".c", ".h", ".def", below=(f"pyx/{room}",)):
        for included in includes(path):
            above, slash, _ = included.partition("/")
            generated = not slash and not (ROOT / "pyx" / included).exists()
            allowed = above in MAY_INCLUDE[room] or generated
            allowed |= room == "mem" and path.suffix == ".c" and included in STRUCTS
            allowed |= name(path) in WHOLE_CORE and included == "emu.h"
            if not allowed:
                wrong.append(f"{name(path)} includes {included}")
    assert wrong == []


def test_the_gic_stands_by_itself() -> None:
    assert {included for path in sources(".c", ".h", below=("pyx/dev",)) for included in includes(path)
            if not included.startswith("dev/")} == {"arch/types.h"}


def test_c_knows_no_python_and_the_face_knows_one_header() -> None:
    for path in sources(".c", ".h", below=("pyx",)):
        assert "Python.h" not in path.read_text(), name(path)
    headers = set(re.findall(r'cdef extern from "([^"]+)"', (ROOT / "pyx/core.pxd").read_text()))
    assert {header for header in headers if not header.startswith("<std")} <= {"emu.h", "<emu.h>"}


# -- Imports: Python ---------------------------------------------------------------------------------------------------

# Each may import what stands before it. Imports for types alone (TYPE_CHECKING) are free.
ORDER = ("errors", "stops", "units", "syndrome", "fdt", "images", "memory", "serial", "console", "device", "testbench",
         "devices", "board", "layout", "boot", "cpu", "hooks", "machine", "debug", "cli")
KNOW_THE_CORE = {"emu/machine.py", "emu/memory.py", "emu/cpu.py", "emu/hooks.py", "emu/cli/info.py"}


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "emu").parts[0].removesuffix(".py")


class Imports(ast.NodeVisitor):
    """Collects the modules of emu that a file imports, relative to the package, without those for types alone."""

    def __init__(self, path: Path) -> None:
        self.package = path.relative_to(ROOT / "emu").parent.parts
        self.found: set[str] = set()
        self.visit(ast.parse(path.read_text()))

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) != "TYPE_CHECKING":
            self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if not node.level:
            return
        base = self.package[: len(self.package) - (node.level - 1)]
        module = (*base, *(node.module.split(".") if node.module else ()))
        self.found |= {module[0]} if module else {alias.name for alias in node.names}


def test_python_imports_go_one_way() -> None:
    wrong = []
    for path in sources(".py", below=("emu",)):
        room = room_of(path)
        if room in ("__init__", "__main__"):
            continue
        assert room in ORDER, f"{name(path)}: where does it stand? Put it into ORDER"
        for imported in Imports(path).found - {"__version__", room}:
            if imported == "_core":
                allowed = name(path) in KNOW_THE_CORE
            else:
                allowed = ORDER.index(imported) < ORDER.index(room)
            if not allowed:
                wrong.append(f"{name(path)} imports {imported}")
    assert wrong == []


def test_the_package_is_alone() -> None:
    """Neither the package nor the generators import what is only in the checkout."""
    for path in sources(".py", below=("emu", "pyx")):
        found = re.findall(r"^\s*(?:from|import) (tests|bench|tools|kernels)\b", path.read_text(), re.MULTILINE)
        assert not found, name(path)
    for path in sources(".py", below=("emu",)):
        assert not re.search(r"^\s*(?:from|import) pyx\b", path.read_text(), re.MULTILINE), name(path)


# -- Sizes -------------------------------------------------------------------------------------------------------------

def test_files_are_short() -> None:
    long = {name(path): lines for path in sources() if path.suffix not in TABLES
            and (lines := len(path.read_text().splitlines())) > MAX_FILE}
    assert long == {}


def test_lines_are_short() -> None:
    """150 columns for C and tables, where a row is a line; rows of asm syntax and encodings may be longer."""
    long = [f"{name(path)}:{number}" for path in sources(".c", ".h", ".pyx", ".pxd", ".S")
            for number, line in enumerate(path.read_text().splitlines(), 1) if len(line) > MAX_LINE]
    assert long == []


def python_functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


def c_functions(path: Path) -> Iterator[tuple[str, int]]:
    """Bodies between braces in the first column: the style puts no others there."""
    lines = path.read_text().splitlines()
    begin = None
    for number, line in enumerate(lines):
        if line == "{":
            begin = number
        elif line == "}" and begin is not None:
            yield lines[begin - 1], number - begin + 1
            begin = None


def macros(path: Path) -> Iterator[tuple[str, int]]:
    for match in re.finditer(r"^#define (\w+)(?:.*\\\n)+.*$", path.read_text(), re.MULTILINE):
        yield match[1], match[0].count("\n") + 1


def test_functions_are_short() -> None:
    long = [f"{name(path)}: {function} has {lines} lines" for path in sources(".py")
            for function, lines in python_functions(path) if lines > MAX_FUNCTION]
    long += [f"{name(path)}: {function} has {lines} lines" for path in sources(".c", ".h")
             for function, lines in c_functions(path) if lines > MAX_FUNCTION]
    assert long == []


def test_macros_are_short() -> None:
    """op.h, where the words of handlers are defined, is the exception."""
    long = [f"{name(path)}: {macro} has {lines} lines" for path in sources(".c", ".h", below=("pyx",))
            if path.name != "op.h" for macro, lines in macros(path) if lines > MAX_MACRO]
    assert long == []


# -- Words -------------------------------------------------------------------------------------------------------------

def test_every_source_names_its_licence() -> None:
    missing = [name(path) for path in sources() if (text := path.read_text())
               and "SPDX-License-Identifier: MIT" not in text[:200]]
    assert missing == []


def test_nothing_is_left_to_do() -> None:
    words = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]))
    assert [name(path) for path in sources() if words.search(path.read_text())] == []


def test_choices_name_their_kind_and_say_why() -> None:
    for path in sources(below=("pyx", "emu")):
        for match in re.finditer(r"CHOICE\b(.*)", path.read_text()):
            assert re.match(r"\((?:UNPREDICTABLE|IMPDEF|UNKNOWN)\):\s*\S", match[1]), f"{name(path)}: {match[0]}"


def test_public_python_is_documented() -> None:
    """Docstrings: modules, public classes, and public functions other than overloads and setters."""
    missing = []
    for path in sources(".py", below=("emu",)):
        tree = ast.parse(path.read_text())
        if path.stat().st_size and not ast.get_docstring(tree):
            missing.append(name(path))
        for node in [*tree.body, *(inner for outer in tree.body if isinstance(outer, ast.ClassDef)
                                   and not outer.name.startswith("_") for inner in outer.body)]:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name.startswith("_"):
                continue
            decorators = " ".join(ast.unparse(decorator) for decorator in node.decorator_list)
            if not ast.get_docstring(node) and "overload" not in decorators and ".setter" not in decorators:
                missing.append(f"{name(path)}: {node.name}")
    assert missing == []


# -- Documents ---------------------------------------------------------------------------------------------------------

def documents() -> list[Path]:
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(found + [path for place in PLACES for path in (ROOT / place).rglob("README.md")])


# Measurements, written when there is something to write: remove them from here then.


def test_links_lead_somewhere() -> None:
    broken = []
    for path in documents():
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text()):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{name(path)}: {target}")
    assert broken == []


ROOMS = ["pyx/arch", "pyx/mem", "pyx/isa", "pyx/cpu", "pyx/dev", "pyx/gen", "emu", "kernels", "bench", "tests"]


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_has_a_readme(room: str) -> None:
    """At most 60 lines, and every source file of the room is in it: by name, by stem, or as `prefix_*`."""
    text = (ROOT / room / "README.md").read_text()
    assert len(text.splitlines()) <= 60
    patterns = [re.compile(re.escape(word).replace(r"\*", r"\w*") + r"\Z") for word in re.findall(r"`([\w.*/]+)`", text)]

    def told(path: Path) -> bool:
        return any(pattern.match(word) for pattern in patterns for word in (path.name, path.stem))

    files = [path for path in (ROOT / room).iterdir() if path.suffix in SOURCE and path.is_file()]
    assert [path.name for path in sorted(files) if not told(path) and not path.name.startswith("__")] == []


def test_the_list_of_instructions_is_what_the_table_says() -> None:
    done = subprocess.run([sys.executable, ROOT / "tools" / "list_instructions.py", "--check"], check=False)
    assert done.returncode == 0, "run python tools/list_instructions.py"
