# SPDX-License-Identifier: MIT
"""Builds the one extension, emu._core, from pyx/. What is not build logic is in pyproject.toml.

EMU_DEBUG=1     asserts, no optimisation, debug symbols
EMU_SANITIZE=1  AddressSanitizer and UBSan (run Python with LD_PRELOAD of libasan), handlers called from a loop
EMU_TAILCALL=0  handlers called from a loop: the fallback for compilers without sibling calls
"""

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

GENERATED = Path("build") / "generated"
WARNINGS = ["-Wall", "-Wextra", "-Werror"]


def flag(name: str) -> bool:
    """Whether an environment variable asks for something."""
    return os.environ.get(name, "0") not in ("", "0")


def compile_flags() -> tuple[list[str], list[str]]:
    """Flags for the C core (the compiler's, then the linker's)."""
    flags = ["-std=gnu11", "-fvisibility=hidden", "-fno-strict-aliasing"]
    if flag("EMU_SANITIZE"):
        sanitize = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
        return flags + ["-O1", "-g", "-fno-omit-frame-pointer", "-DEMU_TAILCALL=0", *sanitize], sanitize
    if flag("EMU_DEBUG"):
        return flags + ["-O0", "-g", "-UNDEBUG", "-DEMU_TAILCALL=0", "-DEMU_DEBUG=1"], []
    # -O2 turns a handler's last call into a jump; nothing may weaken it (PYTHON's own CFLAGS come first).
    flags += ["-O2", "-fomit-frame-pointer", "-fno-stack-protector", "-fcf-protection=none", "-fno-plt", "-g0"]
    if os.environ.get("EMU_TAILCALL") == "0":
        flags.append("-DEMU_TAILCALL=0")
    return flags, []


class BuildCore(build_ext):
    """Generates the tables, cythonizes the face, and compiles with as many jobs as there are processors."""

    def build_extension(self, ext: Extension) -> None:
        from Cython.Build import cythonize

        from pyx.gen.build import generate

        own = [os.path.relpath(p, ROOT) for p in generate(ROOT / GENERATED)]
        face = cythonize([Extension("emu._core", ["pyx/core.pyx"], include_dirs=ext.include_dirs)],
                         build_dir=str(GENERATED), include_path=["pyx"], quiet=True, language_level=3)[0]
        ext.sources = own + face.sources
        ext.depends = [str(p) for d in ("pyx", GENERATED) for p in (ROOT / d).rglob("*.[hd]*")]
        original = self.compiler._compile

        def parallel(sources, *args, **kwargs):  # what CCompiler.compile does, in threads
            _, objects, extra, pp_opts, build = self.compiler._setup_compile(
                args[0] if args else kwargs.get("output_dir"), kwargs.get("macros"), kwargs.get("include_dirs"),
                sources, kwargs.get("depends"), kwargs.get("extra_postargs"))
            cc_args = self.compiler._get_cc_args(pp_opts, kwargs.get("debug", 0), kwargs.get("extra_preargs"))

            def one(obj: str) -> None:
                source, ending = build[obj]
                original(obj, source, ending, cc_args, extra + WARNINGS, pp_opts)

            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(one, [o for o in objects if o in build]))
            return objects

        self.compiler.compile = parallel
        super().build_extension(ext)


class BuildPackage(build_py):
    """Carries the greeting guest in the package."""

    def run(self) -> None:
        data = ROOT / "emu" / "data"
        data.mkdir(exist_ok=True)
        guest = ROOT / "kernels" / "hello.elf"
        if guest.exists():
            shutil.copyfile(guest, data / "hello.elf")
        super().run()


cflags, ldflags = compile_flags()
setup(
    ext_modules=[Extension("emu._core", ["pyx/core.pyx"], include_dirs=["pyx", str(GENERATED)],
                           extra_compile_args=cflags, extra_link_args=ldflags)],
    cmdclass={"build_ext": BuildCore, "build_py": BuildPackage},
)
