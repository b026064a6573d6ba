# SPDX-License-Identifier: MIT
# cython: language_level=3, embedsignature=True, binding=True
"""The face of the C core: machines, cores, memory, and the callbacks into Python. No policy: that is emu's."""

from cpython.buffer cimport PyBUF_FORMAT, PyBuffer_FillInfo
from cpython.exc cimport PyErr_CheckSignals
from cpython.pythread cimport PyThread_get_thread_ident
from libc.stdlib cimport free, malloc
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from core cimport *

from array import array
from collections import deque
from time import monotonic_ns

cdef char *FORMAT_U64 = b"Q"
cdef uint64_t NEVER = 0xFFFFFFFFFFFFFFFF
cdef uint64_t HOOKED_SLICE_NS = 2_000_000   # the same, while hooks keep the GIL
cdef uint64_t HOST_SLICE_NS = 20_000_000    # how long a signal or another thread's request may wait


class BusError(LookupError):
    """A physical address range is not, or not all, guest RAM."""


def _hook_first(Hook hook):
    return hook.first


cdef void _keep_error(Core core, BaseException error) noexcept:
    if core.error is None:
        core.error = error


cdef cbool _call_event(void *owner, uint64_t serial) noexcept with gil:
    cdef Core core = <Core>owner
    try:
        core.events.pop(serial)()
        return True
    except BaseException as error:  # comes out of run()
        _keep_error(core, error)
        return False


cdef cbool _mmio_read(void *device, Machine *machine, unsigned index, uint64_t offset, unsigned size, uint64_t *value) noexcept with gil:
    cdef Core core = <Core>machine.owner
    cdef Cpu *cpu = machine.cpus[index]
    fp_host_leave(cpu)
    core.accessing = True
    try:
        value[0] = <uint64_t>((<object>device).mmio_read(offset, size) & 0xFFFFFFFFFFFFFFFF)
        return True
    except BaseException as error:
        _keep_error(core, error)
        machine_stop(machine, C_STOP_CALLBACK)
        return False
    finally:
        core.accessing = False
        fp_host_enter(cpu)
        machine_poll(machine, cpu)


cdef cbool _mmio_write(void *device, Machine *machine, unsigned index, uint64_t offset, unsigned size, uint64_t value) noexcept with gil:
    cdef Core core = <Core>machine.owner
    cdef Cpu *cpu = machine.cpus[index]
    fp_host_leave(cpu)
    core.accessing = True
    try:
        (<object>device).mmio_write(offset, size, value)
        return True
    except BaseException as error:
        _keep_error(core, error)
        machine_stop(machine, C_STOP_CALLBACK)
        return False
    finally:
        core.accessing = False
        fp_host_enter(cpu)
        machine_poll(machine, cpu)


include "hooks.pxi"


cdef class _Ram:
    """Guest RAM as a buffer; keeps its machine alive."""

    cdef Core core
    cdef uint8_t *host
    cdef Py_ssize_t size

    def __getbuffer__(self, Py_buffer *buffer, int flags):
        PyBuffer_FillInfo(buffer, self, self.host, self.size, 0, flags)


cdef class Core:
    """One machine: cores, physical memory, GIC, clock.

    cpus: 1..64 (1..8 with GICv2). model: a CPU model's name. virtual_clock: one instruction takes 1 ns of guest time.
    Raises ValueError for what does not exist, MemoryError.
    """

    cdef Machine *m
    cdef object error
    cdef object posts
    cdef list keep
    cdef dict events            # serial -> function
    cdef list faces             # what hooks get for each core
    cdef tuple code_hooks, block_hooks, read_hooks, write_hooks, exception_hooks
    cdef dict sysreg_hooks      # encoding -> (read, write)
    cdef unsigned long runner   # the thread that runs, when busy
    cdef bint busy
    cdef bint accessing         # a guest instruction waits for a device
    cdef bint stop_asked
    cdef object __weakref__

    STOP_POWER_OFF = C_STOP_POWER_OFF
    STOP_RESET = C_STOP_RESET
    STOP_LIMIT = C_STOP_LIMIT
    STOP_TIMEOUT = C_STOP_TIMEOUT
    STOP_BREAKPOINT = C_STOP_BREAKPOINT
    STOP_STUCK = C_STOP_STUCK
    STOP_REQUESTED = C_STOP_REQUESTED

    def __cinit__(self, unsigned cpus, str model, unsigned gic_version, bint virtual_clock, uint64_t seed, unsigned max_el=1):
        cdef Callbacks callbacks
        cdef const char *reason = NULL
        callbacks.event = _call_event
        callbacks.code = _call_code
        callbacks.access = _call_access
        callbacks.exception = _call_exception
        callbacks.sysreg = _call_sysreg
        self.faces = []
        self.code_hooks = self.block_hooks = self.read_hooks = self.write_hooks = self.exception_hooks = ()
        self.sysreg_hooks = {}
        self.posts = deque()
        self.keep = []
        self.events = {}
        name = model.encode()
        self.m = machine_new(cpus, name, gic_version, max_el, virtual_clock, seed, &callbacks, &reason)
        if self.m == NULL:
            raise ValueError(f"{reason.decode()} (model {model!r}, {cpus} cpus, GICv{gic_version}, EL{max_el})")
        self.m.owner = <void *>self

    def __dealloc__(self):
        if self.m != NULL:
            machine_free(self.m)

    cdef int _idle(self) except -1:
        if self.busy:
            raise RuntimeError("the machine is running: do this between runs")
        return 0

    # What the running thread changes under way must not be looked at, let alone changed, by another.
    cdef int _own(self) except -1:
        if self.busy and self.runner != <unsigned long>PyThread_get_thread_ident():
            raise RuntimeError("the machine is running in another thread: do this by post()")
        return 0

    cdef int _between_instructions(self) except -1:
        self._own()
        if self.accessing:
            raise RuntimeError("a guest instruction waits for this device: do this by post()")
        return 0

    # -- Memory map ---------------------------------------------------------------------------------------------

    def add_ram(self, uint64_t base, uint64_t size, path=None):
        """Adds lazily backed RAM; with path, in a file that must not exist. ValueError, or OSError, tells why not."""
        cdef const char *reason = NULL
        cdef const char *c_path = NULL
        self._idle()
        if path is not None:
            encoded = str(path).encode()
            c_path = encoded
        if bus_add_ram(&self.m.bus, base, size, c_path, &reason) == NULL:
            raise (OSError if path is not None else ValueError)(f"RAM at {base:#x}, {size:#x} bytes: {reason.decode()}")

    def add_mmio(self, uint64_t base, uint64_t size, device):
        """Puts a device on the bus: its mmio_read(offset, size) and mmio_write(offset, size, value) serve accesses."""
        cdef const char *reason = NULL
        self._idle()
        if bus_add_device(&self.m.bus, base, size, <void *>device, _mmio_read, _mmio_write, &reason) == NULL:
            raise ValueError(f"device at {base:#x}, {size:#x} bytes: {reason.decode()}")
        self.keep.append(device)

    def map_gic(self, uint64_t distributor, uint64_t second):
        """Puts the GIC's distributor, and CPU interface (v2) or redistributors (v3), on the bus."""
        cdef const char *reason
        self._idle()
        reason = machine_map_gic(self.m, distributor, second)
        if reason != NULL:
            raise ValueError(f"GIC at {distributor:#x}: {reason.decode()}")

    cdef uint8_t *_ram(self, uint64_t paddr, uint64_t size) except NULL:
        cdef uint8_t *host = bus_ram(&self.m.bus, paddr, size)
        if host == NULL:
            raise BusError(f"no RAM at physical address {paddr:#x}, {size:#x} bytes")
        return host

    def view(self, uint64_t paddr, uint64_t size):
        """A writable memoryview on guest RAM itself. Code written through it needs the guest's own cache maintenance."""
        cdef _Ram ram = _Ram()
        ram.host = self._ram(paddr, size)
        ram.size = <Py_ssize_t>size
        ram.core = self
        return memoryview(ram)

    def read(self, uint64_t paddr, uint64_t size):
        """A copy of guest RAM."""
        return (<char *>self._ram(paddr, size))[:size]

    def write(self, uint64_t paddr, data):
        """Copies bytes into guest RAM, and drops translated code that they overwrite."""
        cdef const unsigned char[::1] source = memoryview(data).cast("B")
        cdef uint64_t size = source.shape[0]
        self._own()
        if size:
            memcpy(self._ram(paddr, size), &source[0], size)
            machine_invalidate_code(self.m, paddr, size)

    # -- Running ------------------------------------------------------------------------------------------------

    def run(self, uint64_t max_instructions=0, uint64_t timeout_ns=0):
        """Runs until something stops the machine: returns a STOP_ code. Both limits: 0 is none.

        An exception raised in a callback comes out as it was raised. KeyboardInterrupt and signals work.
        """
        cdef uint64_t limit = NEVER, end = NEVER, now, host
        cdef Stop stop
        self._idle()
        if 0 < max_instructions < NEVER - machine_instructions(self.m):
            limit = machine_instructions(self.m) + max_instructions
        now = monotonic_ns()
        if 0 < timeout_ns < NEVER - now:
            end = now + timeout_ns
        machine_step_over(self.m)
        self.runner = <unsigned long>PyThread_get_thread_ident()
        self.busy = True
        try:
            while True:
                machine_clear_request(self.m)
                for _ in range(len(self.posts)):
                    self.posts.popleft()()
                if self.stop_asked:
                    self.stop_asked = False
                    return C_STOP_REQUESTED
                PyErr_CheckSignals()
                host = HOST_SLICE_NS
                if end != NEVER:
                    now = monotonic_ns()
                    if now >= end:
                        return C_STOP_TIMEOUT
                    host = min(host, end - now)
                if self._calls_often():
                    # The GIL would be taken and released for each call: keep it, but for a moment now and then.
                    self.m.callbacks.code = <CodeCallback *><void *>_code_hooks
                    self.m.callbacks.access = <AccessCallback *><void *>_access_hooks
                    stop = machine_run(self.m, limit, min(host, HOOKED_SLICE_NS))
                    self.m.callbacks.code = _call_code
                    self.m.callbacks.access = _call_access
                    with nogil:
                        pass
                else:
                    with nogil:
                        stop = machine_run(self.m, limit, host)
                if stop == C_STOP_CALLBACK:
                    error, self.error = self.error, None
                    raise error
                if stop != C_STOP_NONE:
                    return stop
        finally:
            self.busy = False

    def request_stop(self):
        """From any thread or callback: run() returns C_STOP_REQUESTED soon."""
        self.stop_asked = True
        machine_request(self.m)

    def post(self, fn):
        """From any thread: fn() is called on the running thread between instructions; an idle machine wakes."""
        self.posts.append(fn)
        machine_request(self.m)

    def set_irq(self, unsigned intid, bint level):
        """Drives an SPI's line, by INTID (32 + n). From callbacks, posts, events, or between runs."""
        self._own()
        gic_set_line(self.m.gic, intid, 0, level)

    def set_external_input(self, bint value):
        """Whether something outside (a console) may yet wake an idle machine: idle is not stuck then."""
        self.m.external_input = value

    def now_ns(self):
        """Guest time since power-on, in ns."""
        self._own()
        return machine_now_ns(self.m)

    def at(self, uint64_t time_ns, fn):
        """Calls fn() when guest time reaches time_ns. Returns a handle for cancel()."""
        cdef uint64_t serial
        self._own()
        serial = machine_at(self.m, time_ns)
        if serial == 0:
            raise MemoryError
        self.events[serial] = fn
        return serial

    def cancel(self, uint64_t handle):
        """The event will not fire; nothing happens when it has."""
        self._own()
        machine_cancel(self.m, handle)
        self.events.pop(handle, None)

    def reset(self):
        """Cores, GIC and timers to their reset state; RAM is kept."""
        self._between_instructions()
        machine_reset(self.m)

    def start_cpu(self, unsigned index, uint64_t pc, uint64_t x0):
        """Starts a core at pc, as PSCI CPU_ON does: MMU off, interrupts masked, X0 set."""
        self._between_instructions()
        cpu_start(self._cpu(index), pc, x0)

    def set_breakpoints(self, addresses):
        """Replaces the set of virtual addresses before which run() stops with STOP_BREAKPOINT."""
        cdef list ordered = sorted(set(addresses))
        cdef unsigned n = len(ordered), i
        self._own()
        cdef uint64_t *array = <uint64_t *>malloc(max(n, 1) * sizeof(uint64_t))
        if array == NULL:
            raise MemoryError
        try:
            for i in range(n):
                array[i] = ordered[i]
            if not machine_set_breakpoints(self.m, array, n):
                raise MemoryError
        finally:
            free(array)

    # -- Hooks ----------------------------------------------------------------------------------------------------------

    cdef bint _calls_often(self):
        return bool(self.code_hooks or self.block_hooks or self.read_hooks or self.write_hooks)

    def set_faces(self, faces):
        """Sets what hooks get as their first argument: an object for each core."""
        self.faces = list(faces)

    def set_hooks(self, str kind, hooks, Hook changed):
        """Replaces the hooks of a kind: code, block, read, write or exception. changed: the one that was added or removed."""
        cdef HookRange where = HookRange(changed.first, changed.last)
        cdef HookRange *ranges
        cdef unsigned n = 0
        cdef Hook hook
        cdef dict kinds = {"code": HOOK_CODE, "block": HOOK_BLOCK, "read": HOOK_READ, "write": HOOK_WRITE}
        cdef tuple ordered = tuple(hooks)
        self._own()
        if kind == "exception":
            self.exception_hooks = ordered
            self.m.hooks_exceptions = len(ordered) > 0
            return
        ranges = <HookRange *>malloc((len(ordered) + 1) * sizeof(HookRange))
        if ranges == NULL:
            raise MemoryError
        try:
            for hook in sorted(ordered, key=_hook_first):
                if n and hook.first <= ranges[n - 1].last:
                    ranges[n - 1].last = max(ranges[n - 1].last, hook.last)
                else:
                    ranges[n] = HookRange(hook.first, hook.last)
                    n += 1
            if not machine_set_hooks(self.m, kinds[kind], ranges, n, where):
                raise MemoryError
        finally:
            free(ranges)
        if kind == "code":
            self.code_hooks = ordered
        elif kind == "block":
            self.block_hooks = ordered
        elif kind == "read":
            self.read_hooks = ordered
        else:
            self.write_hooks = ordered

    def set_sysreg_hooks(self, dict hooks):
        """Replaces the hooks of system registers: encoding -> (read or None, write or None)."""
        cdef SysregHook *rows
        cdef unsigned n = 0
        self._own()
        if len(hooks) > MAX_SYSREG_HOOKS:
            raise ValueError(f"{len(hooks)} hooks of system registers: at most {MAX_SYSREG_HOOKS}")
        rows = <SysregHook *>malloc((len(hooks) + 1) * sizeof(SysregHook))
        if rows == NULL:
            raise MemoryError
        try:
            for encoding, (read, write) in hooks.items():
                rows[n] = SysregHook(encoding, read is not None, write is not None)
                n += 1
            if not machine_set_sysreg_hooks(self.m, rows, n):
                raise MemoryError
        finally:
            free(rows)
        self.sysreg_hooks = dict(hooks)

    def sysreg_encoding(self, str name):
        """op0:op1:CRn:CRm:op2 of a system register as 16 bits; KeyError when this machine's cores have none of that name."""
        encoded = name.encode()
        found = sysreg_debug_encoding(self.m.cpus[0], encoded)
        if found < 0:
            raise KeyError(name)
        return found

    # -- Looking ------------------------------------------------------------------------------------------------

    cdef Cpu *_cpu(self, unsigned index) except NULL:
        if index >= self.m.n_cpus:
            raise IndexError(f"no core {index}: the machine has {self.m.n_cpus}")
        return self.m.cpus[index]

    def cpu(self, unsigned index):
        """The state of a core."""
        cdef CpuState state = CpuState.__new__(CpuState)
        state.cpu = self._cpu(index)
        state.core = self
        return state

    @property
    def cpus(self):
        """How many cores there are."""
        return self.m.n_cpus

    @property
    def stop_info(self):
        """Of the last stop: cpu (index), pc, el, esr, far, elr, message."""
        cdef Cpu *cpu = self.m.cpus[self.m.stop_cpu]
        level = max(1, cpu.el)
        return {"cpu": self.m.stop_cpu, "pc": cpu.pc, "el": cpu.el, "esr": cpu.esr_el[level], "far": cpu.far_el[level],
                "elr": cpu.elr_el[level], "message": self.m.stop_message.decode()}

    def instructions(self):
        """Instructions retired by all cores."""
        self._own()
        return machine_instructions(self.m)

    def stats(self):
        """Counters since power-on."""
        self._own()
        cdef CodeStats code = code_stats(self.m.code)
        cdef Cpu *cpu
        cdef unsigned i
        total = {"instructions": machine_instructions(self.m), "blocks": code.blocks, "translated_instructions": code.translated_insns,
                 "code_bytes": code.bytes, "code_flushes": code.flushes, "blocks_invalidated": code.invalidated}
        for name in ("tlb_misses", "jump_misses", "exceptions", "interrupts", "mmio"):
            total[name] = 0
        for i in range(self.m.n_cpus):
            cpu = self.m.cpus[i]
            total["tlb_misses"] += cpu.count_tlb_miss
            total["jump_misses"] += cpu.count_jump_miss
            total["exceptions"] += cpu.count_exceptions
            total["interrupts"] += cpu.count_interrupts
            total["mmio"] += cpu.count_mmio
        return total

    @staticmethod
    def build():
        """Compiler and dispatch of this build of the core."""
        return core_build_text().decode()

    @staticmethod
    def models():
        """Rows (name, description) of the CPU models."""
        rows = []
        while model_at(len(rows)) != NULL:
            rows.append((model_at(len(rows)).name.decode(), model_at(len(rows)).description.decode()))
        return rows

    @staticmethod
    def instructions_known():
        """Names of the rows of the decode table; decode() gives indices into this list."""
        names = []
        while decode_row(len(names)) != NULL:
            names.append(decode_row(len(names)).name.decode())
        return names

    def decode(self, words):
        """For each 32-bit word (a buffer): the index of its row as core 0 is now, or -1 when it is UNDEFINED there."""
        cdef const uint32_t[::1] source = memoryview(words).cast("B").cast("I")
        cdef Py_ssize_t i
        found = array("i", bytes(4 * source.shape[0]))
        cdef int[::1] rows = found
        for i in range(source.shape[0]):
            rows[i] = decode_classify(self.m.cpus[0], source[i])
        return found

    def features(self):
        """Rows (name, description, whether this machine's cores have it) of every feature the core knows."""
        return [(feature_name(i).decode(), feature_description(i).decode(), bool(cpu_has(self.m.cpus[0], i)))
                for i in range(1, FEATURES)]


include "registers.pxi"
