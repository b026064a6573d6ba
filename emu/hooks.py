# SPDX-License-Identifier: MIT
"""Hooks: functions of the user's that the guest's execution calls. Where no hook is, nothing gets slower."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar, overload

from ._core import Hook as CoreHook
from .errors import ConfigError

if TYPE_CHECKING:
    from ._core import Core
    from .cpu import Cpu

Function = TypeVar("Function", bound=Callable[..., object])
CodeFunction = Callable[["Cpu", int, int], object]
"""fn(cpu, address, size): size in bytes, 4 for an instruction."""
AccessFunction = Callable[["Cpu", int, int, int], object]
"""fn(cpu, address, size, value): virtual address, bytes, and what is read or written, as a little-endian number."""
ExceptionFunction = Callable[["Cpu", "ExceptionInfo"], object]
SysregRead = Callable[["Cpu"], int]
SysregWrite = Callable[["Cpu", int], object]

_LAST = 0xFFFF_FFFF_FFFF_FFFF
_KINDS = ("sync", "irq", "fiq", "serror")
_GENERIC = re.compile(r"S([23])_([0-7])_C(1[0-5]|[0-9])_C(1[0-5]|[0-9])_([0-7])", re.IGNORECASE)


class ExceptionInfo(NamedTuple):
    """An exception that a core has just taken: it stands at the vector, and no instruction of the handler has run.

    kind is "sync", "irq", "fiq" or "serror"; el the exception level that took it. esr and far are what ESR_ELx and
    FAR_ELx hold: of this exception if it is of kind "sync" (and, for far, an abort or an alignment fault).
    """

    kind: str
    el: int
    esr: int
    far: int
    return_address: int
    vector: int
    spsr: int

    @property
    def ec(self) -> int:
        """The exception class, ESR_ELx bits 31:26."""
        return self.esr >> 26 & 0x3F

    def __str__(self) -> str:
        """Return it in words: the decoded syndrome, where from, where to."""
        from .syndrome import describe, has_far

        what = describe(self.esr) if self.kind == "sync" else self.kind
        at = f", FAR {self.far:#x}" if self.kind == "sync" and has_far(self.esr) else ""
        return f"{what} at {self.return_address:#x}{at}, taken to EL{self.el} at {self.vector:#x}"


def _exception_info(cpu: Cpu, kind: int) -> ExceptionInfo:
    el = cpu.el
    values = [cpu.sysregs[f"{name}_EL{el}"] for name in ("ESR", "FAR", "ELR", "SPSR")]
    esr, far, elr, spsr = values
    return ExceptionInfo(_KINDS[kind], el, esr, far, elr, cpu.pc, spsr)


class HookHandle:
    """A hook that is in force until remove()."""

    __slots__ = ("_remove", "fn")

    def __init__(self, fn: Callable[..., object] | None, remove: Callable[[], None]) -> None:
        self.fn = fn
        self._remove: Callable[[], None] | None = remove

    @property
    def active(self) -> bool:
        """Whether the hook is still in force."""
        return self._remove is not None

    def remove(self) -> None:
        """Call the function no more; nothing happens the second time. Hooks may do this, to themselves too."""
        if self._remove is not None:
            remove, self._remove = self._remove, None
            remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


class Hooks:
    """The hooks of a machine. Machine inherits these methods.

    A hook may read and write all state: registers (what it sets counts at once), memory, the PC, other hooks. It may
    call stop(). What it raises comes out of run(), with the machine as it was before the instruction; run() then goes
    on with that instruction, without calling its hooks again.

    begin and end are virtual addresses or symbols; end is not included, and without one a given begin is that address
    alone. Without both, every address is hooked. Each method also works as a decorator:

        @machine.hook_code(begin="main")
        def at_main(cpu, address, size): ...
    """

    _core: Core

    def resolve(self, address: int | str) -> int:
        """Return an address given as such or as a symbol."""
        raise NotImplementedError

    def _init_hooks(self, cpus: list[Cpu]) -> None:
        self._hooks: dict[str, list[CoreHook]] = {k: [] for k in ("code", "block", "read", "write", "exception")}
        self._sysreg_hooks: dict[int, tuple[SysregRead | None, SysregWrite | None]] = {}
        self._core.set_faces(cpus)

    def _range(self, begin: int | str | None, end: int | str | None) -> tuple[int, int]:
        if begin is None and end is None:
            return 0, _LAST
        first = self.resolve(begin) if begin is not None else 0
        last = self.resolve(end) - 1 if end is not None else first
        if not 0 <= first <= last <= _LAST:
            raise ConfigError(f"hook from {first:#x} to {last + 1:#x}: the range is empty or not of 64-bit addresses")
        return first, last

    def _add(self, kind: str, fn: Callable[..., object], first: int, last: int) -> HookHandle:
        hook = CoreHook(fn, first, last)
        self._core.set_hooks(kind, [*self._hooks[kind], hook], hook)
        self._hooks[kind].append(hook)

        def remove() -> None:
            hook.live = False
            rest = [other for other in self._hooks[kind] if other is not hook]
            self._core.set_hooks(kind, rest, hook)
            self._hooks[kind] = rest

        return HookHandle(fn, remove)

    def _hook(self, kind: str, fn: Function | None, begin: int | str | None, end: int | str | None) -> Any:
        first, last = self._range(begin, end)
        if fn is not None:
            return self._add(kind, fn, first, last)

        def decorate(function: Function) -> Function:
            self._add(kind, function, first, last)
            return function

        return decorate

    @overload
    def hook_code(self, fn: CodeFunction, begin: int | str | None = ..., end: int | str | None = ...) -> HookHandle: ...
    @overload
    def hook_code(
        self, fn: None = ..., begin: int | str | None = ..., end: int | str | None = ...
    ) -> Callable[[Function], Function]: ...
    def hook_code(
        self, fn: CodeFunction | None = None, begin: int | str | None = None, end: int | str | None = None
    ) -> Any:
        """Call fn(cpu, address, size) before each instruction in the range, once for each time it is executed."""
        return self._hook("code", fn, begin, end)

    @overload
    def hook_block(
        self, fn: CodeFunction, begin: int | str | None = ..., end: int | str | None = ...
    ) -> HookHandle: ...
    @overload
    def hook_block(
        self, fn: None = ..., begin: int | str | None = ..., end: int | str | None = ...
    ) -> Callable[[Function], Function]: ...
    def hook_block(
        self, fn: CodeFunction | None = None, begin: int | str | None = None, end: int | str | None = None
    ) -> Any:
        """Call fn(cpu, address, size) when a block that begins in the range is entered; size is the block's, in bytes.

        A block ends at a branch, an instruction that changes the context (MSR, ISB, ERET, TLBI), the end of its 4 KiB
        page, or 64 instructions.
        """
        return self._hook("block", fn, begin, end)

    @overload
    def hook_mem_read(
        self, fn: AccessFunction, begin: int | str | None = ..., end: int | str | None = ...
    ) -> HookHandle: ...
    @overload
    def hook_mem_read(
        self, fn: None = ..., begin: int | str | None = ..., end: int | str | None = ...
    ) -> Callable[[Function], Function]: ...
    def hook_mem_read(
        self, fn: AccessFunction | None = None, begin: int | str | None = None, end: int | str | None = None
    ) -> Any:
        """Call fn(cpu, address, size, value) for each read that touches the range, before its register changes.

        Addresses are virtual. A pair is one access of both registers' size; so is a SIMD register. Instruction fetches
        and page-table walks are no reads.
        """
        return self._hook("read", fn, begin, end)

    @overload
    def hook_mem_write(
        self, fn: AccessFunction, begin: int | str | None = ..., end: int | str | None = ...
    ) -> HookHandle: ...
    @overload
    def hook_mem_write(
        self, fn: None = ..., begin: int | str | None = ..., end: int | str | None = ...
    ) -> Callable[[Function], Function]: ...
    def hook_mem_write(
        self, fn: AccessFunction | None = None, begin: int | str | None = None, end: int | str | None = None
    ) -> Any:
        """Call fn(cpu, address, size, value) for each write that touches the range, before memory changes.

        A store that faults is none. An atomic is a read and then a write; DC ZVA is a write of 64 zero bytes.
        """
        return self._hook("write", fn, begin, end)

    @overload
    def hook_exception(self, fn: ExceptionFunction) -> HookHandle: ...
    @overload
    def hook_exception(self, fn: None = ...) -> Callable[[Function], Function]: ...
    def hook_exception(self, fn: ExceptionFunction | None = None) -> Any:
        """Call fn(cpu, exception) when a core has taken an exception or interrupt: an ExceptionInfo."""
        if fn is None:
            return self.hook_exception_decorator
        function = fn
        return self._add("exception", lambda cpu, kind: function(cpu, _exception_info(cpu, kind)), 0, _LAST)

    def hook_exception_decorator(self, function: Function) -> Function:
        """Hook exceptions, as a decorator."""
        self.hook_exception(function)
        return function

    def _encoding(self, name: str) -> int:
        match = _GENERIC.fullmatch(name)
        if match:
            op0, op1, crn, crm, op2 = (int(part) for part in match.groups())
            return op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2
        try:
            return self._core.sysreg_encoding(name)
        except KeyError:
            raise ConfigError(
                f"system register '{name}': this CPU has none of that name; S<op0>_<op1>_C<n>_C<m>_<op2> names any"
            ) from None

    def hook_sysreg(self, name: str, read: SysregRead | None = None, write: SysregWrite | None = None) -> HookHandle:
        """Serve MRS and MSR of a register: one of the user's own, or one that is there already.

        read(cpu) returns what MRS gives; write(cpu, value) does what MSR does. What is not given stays as it is without
        the hook. EL0 gets to it only where the encoding is EL0's (op1 = 3). A later hook replaces an earlier one.
        """
        encoding = self._encoding(name)
        mine = (read, write)
        self._core.set_sysreg_hooks({**self._sysreg_hooks, encoding: mine})
        self._sysreg_hooks[encoding] = mine

        def remove() -> None:
            if self._sysreg_hooks.get(encoding) is mine:
                rest = {key: value for key, value in self._sysreg_hooks.items() if key != encoding}
                self._core.set_sysreg_hooks(rest)
                self._sysreg_hooks = rest

        return HookHandle(read or write, remove)
