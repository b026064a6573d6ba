# SPDX-License-Identifier: MIT
# Part of core.pyx: the registers of a core.

cdef struct _Registers:
    uint8_t v[512]
    uint64_t x[32]
    uint64_t pc
    uint32_t nzcv, fpcr, fpsr, zero


# Of CpuState.registers(), for struct: V0..V31, X0..X30 and SP, PC, NZCV (in PSTATE's position), FPCR, FPSR, zero.
REGISTERS_LAYOUT = "<512s32QQ4I"


cdef class _Bank:
    """Registers that are also a writable buffer of 64-bit numbers: the registers themselves."""

    cdef Cpu *cpu
    cdef Core core
    cdef void *memory
    cdef Py_ssize_t count[1]
    cdef Py_ssize_t stride[1]

    cdef int open(self, CpuState state, void *memory, Py_ssize_t count) except -1:
        self.cpu = state.cpu
        self.core = state.core
        self.memory = memory
        self.count[0] = count
        self.stride[0] = 8
        return 0

    def __getbuffer__(self, Py_buffer *buffer, int flags):
        buffer.buf = self.memory
        buffer.obj = self
        buffer.len = 8 * self.count[0]
        buffer.itemsize = 8
        buffer.readonly = 0
        buffer.ndim = 1
        buffer.format = FORMAT_U64 if flags & PyBUF_FORMAT else NULL
        buffer.shape = self.count
        buffer.strides = self.stride
        buffer.suboffsets = NULL
        buffer.internal = NULL


cdef class XRegisters(_Bank):
    """X0 to X30 as a sequence of 64-bit ints; also a buffer of 31 such, live."""

    def __init__(self, CpuState state):
        self.open(state, &state.cpu.x[0], 31)

    def __len__(self):
        return 31

    def __getitem__(self, Py_ssize_t index):
        if not 0 <= index < 31:
            raise IndexError(f"X{index}: there are X0 to X30")
        return self.cpu.x[index]

    def __setitem__(self, Py_ssize_t index, value):
        if not 0 <= index < 31:
            raise IndexError(f"X{index}: there are X0 to X30")
        self.cpu.x[index] = <uint64_t>(value & 0xFFFFFFFFFFFFFFFF)

    def __iter__(self):
        return iter([self.cpu.x[i] for i in range(31)])

    def __repr__(self):
        return "[" + ", ".join([f"{value:#x}" for value in self]) + "]"


cdef class VRegisters(_Bank):
    """V0 to V31 as a sequence of 128-bit ints; also a buffer of 64 64-bit numbers, the lower half of each first, live."""

    def __init__(self, CpuState state):
        self.open(state, &state.cpu.v[0], 64)

    def __len__(self):
        return 32

    def __getitem__(self, Py_ssize_t index):
        if not 0 <= index < 32:
            raise IndexError(f"V{index}: there are V0 to V31")
        return self.cpu.v[index].d[0] | (<object>self.cpu.v[index].d[1]) << 64

    def __setitem__(self, Py_ssize_t index, value):
        if not 0 <= index < 32:
            raise IndexError(f"V{index}: there are V0 to V31")
        self.cpu.v[index].d[0] = <uint64_t>(value & 0xFFFFFFFFFFFFFFFF)
        self.cpu.v[index].d[1] = <uint64_t>(value >> 64 & 0xFFFFFFFFFFFFFFFF)

    def __iter__(self):
        return iter([self[i] for i in range(32)])

    def __repr__(self):
        return "[" + ", ".join([f"{value:#x}" for value in self]) + "]"


cdef class CpuState:
    """Registers of one core. Everything may be read and written while the machine does not run, and in callbacks."""

    cdef Cpu *cpu
    cdef Core core

    # Translated code knows more than the registers tell: it is left after this instruction, for what changes to count.
    cdef int _change(self) except -1:
        self.core._own()
        self.cpu.attention = 1
        return 0

    def get_x(self, unsigned i):
        """X0..X30."""
        if i > 30:
            raise IndexError(f"there is no X{i}: X0..X30, sp, pc")
        return self.cpu.x[i]

    def set_x(self, unsigned i, uint64_t value):
        """X0..X30."""
        if i > 30:
            raise IndexError(f"there is no X{i}: X0..X30, sp, pc")
        self.cpu.x[i] = value

    cdef object _view(self, void *memory, Py_ssize_t size):
        cdef _Ram ram = _Ram()
        ram.host = <uint8_t *>memory
        ram.size = size
        ram.core = self.core
        return memoryview(ram)

    def x_view(self):
        """X0..X30 and SP themselves: a writable memoryview of 32 unsigned 64-bit numbers."""
        return self._view(&self.cpu.x[0], 32 * 8).cast("Q")

    def v_view(self):
        """V0..V31 themselves: a writable memoryview of 512 bytes, V0's lowest first."""
        return self._view(&self.cpu.v[0], 32 * 16)

    def registers(self):
        """What unprivileged code sees, packed (REGISTERS_LAYOUT)."""
        cdef _Registers r
        memcpy(r.v, self.cpu.v, sizeof(r.v))
        memcpy(r.x, self.cpu.x, sizeof(r.x))
        r.pc = self.cpu.pc
        r.nzcv = nzcv_read(self.cpu)
        r.fpcr = self.cpu.fpcr
        r.fpsr = fpsr_read(self.cpu)
        r.zero = 0
        return (<char *>&r)[:sizeof(r)]

    def set_registers(self, const unsigned char[::1] data):
        """Sets all that registers() gives. ValueError when the size is not that of REGISTERS_LAYOUT."""
        cdef _Registers r
        if data.shape[0] != sizeof(r):
            raise ValueError(f"{data.shape[0]} bytes, not {sizeof(r)}")
        memcpy(&r, &data[0], sizeof(r))
        memcpy(self.cpu.v, r.v, sizeof(r.v))
        memcpy(self.cpu.x, r.x, sizeof(r.x))
        self.cpu.pc = r.pc
        nzcv_write(self.cpu, r.nzcv & 0xF0000000)
        self.cpu.fpcr = r.fpcr
        fpsr_write(self.cpu, r.fpsr)
        cpu_update_context(self.cpu)

    @property
    def pc(self):
        """Program counter."""
        self.core._own()
        return cpu_pc(self.cpu)

    @pc.setter
    def pc(self, uint64_t value):
        self._change()
        cpu_set_pc(self.cpu, value)

    @property
    def sp(self):
        """The current stack pointer."""
        return self.cpu.x[SLOT_SP]

    @sp.setter
    def sp(self, uint64_t value):
        self.cpu.x[SLOT_SP] = value

    @property
    def el(self):
        """Current exception level, 0..3."""
        return self.cpu.el

    @property
    def halted(self):
        """0 running, 1 in WFI, 2 in WFE, 3 off, 4 wedged."""
        return self.cpu.halted

    @property
    def pstate(self):
        """PSTATE in the layout of SPSR_EL1."""
        return pstate_read(self.cpu)

    @pstate.setter
    def pstate(self, uint32_t value):
        self._change()
        if not pstate_write(self.cpu, value):
            raise ValueError(f"PSTATE {value:#x} names a state that this core can't be in")

    @property
    def nzcv(self):
        """The flags as 4 bits: N = 8, Z = 4, C = 2, V = 1."""
        return nzcv_read(self.cpu) >> 28

    @nzcv.setter
    def nzcv(self, unsigned value):
        self._change()
        nzcv_write(self.cpu, (value & 15) << 28)

    def get_v(self, unsigned i):
        """V0..V31, 128 bits."""
        if i > 31:
            raise IndexError(f"there is no V{i}: V0..V31")
        return self.cpu.v[i].d[0] | (<object>self.cpu.v[i].d[1]) << 64

    def set_v(self, unsigned i, value):
        """V0..V31, 128 bits."""
        if i > 31:
            raise IndexError(f"there is no V{i}: V0..V31")
        if not 0 <= value < 1 << 128:
            raise OverflowError(f"V{i} holds 128 bits")
        self.cpu.v[i].d[0] = value & 0xFFFFFFFFFFFFFFFF
        self.cpu.v[i].d[1] = value >> 64

    @property
    def fpcr(self):
        """FPCR."""
        return self.cpu.fpcr

    @fpcr.setter
    def fpcr(self, uint32_t value):
        self._change()
        self.cpu.fpcr = value
        cpu_update_context(self.cpu)

    @property
    def fpsr(self):
        """FPSR."""
        self.core._own()
        return fpsr_read(self.cpu)

    @fpsr.setter
    def fpsr(self, uint32_t value):
        self._change()
        fpsr_write(self.cpu, value)

    def get_sysreg(self, str name):
        """A system register by Arm's name; KeyError when it does not exist on this core."""
        cdef uint64_t value = 0
        encoded = name.encode()
        self.core._own()
        if not sysreg_debug_read(self.cpu, encoded, &value):
            raise KeyError(name)
        return value

    def set_sysreg(self, str name, uint64_t value):
        """Writes a system register as MSR would; KeyError when it does not exist or can't be written."""
        encoded = name.encode()
        self._change()
        if not sysreg_debug_write(self.cpu, encoded, value):
            raise KeyError(name)

    @property
    def instructions(self):
        """Instructions retired."""
        self.core._own()
        return cpu_retired(self.cpu)

    def translate(self, uint64_t vaddr, str access="read"):
        """Physical address of a virtual one in the current regime; LookupError carries (esr-style EC, ISS, FAR) of the fault."""
        cdef uint64_t paddr = 0
        self.core._own()
        cdef unsigned acc = {"read": 0, "write": ACC_WRITE, "exec": ACC_EXEC}[access]
        if not cpu_debug_translate(self.cpu, vaddr, acc | ACC_NOFAULT, &paddr):
            raise LookupError(self.cpu.exception.ec, self.cpu.exception.iss, vaddr)
        return paddr
