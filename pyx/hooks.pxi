# SPDX-License-Identifier: MIT
# Part of core.pyx: calls from hooks. The core calls once for an instruction or access; which functions that concerns is known here.

cdef class Hook:
    """One function that the core calls. Ranges are of virtual addresses, both ends included."""

    cdef public object fn
    cdef readonly uint64_t first, last
    cdef public bint live

    def __cinit__(self, fn, uint64_t first=0, uint64_t last=NEVER):
        self.fn = fn
        self.first = first
        self.last = last
        self.live = True


cdef void _enter_hook(Core core, Cpu *cpu) noexcept:
    fp_host_leave(cpu)
    core.accessing = True


cdef void _leave_hook(Core core, Cpu *cpu) noexcept:
    core.accessing = False
    fp_host_enter(cpu)
    if core.stop_asked or core.posts:
        cpu.attention = 1


cdef cbool _call_code(Cpu *cpu, uint64_t vaddr, unsigned size, cbool block) noexcept with gil:
    return _code_hooks(cpu, vaddr, size, block)


cdef cbool _call_access(Cpu *cpu, uint64_t vaddr, unsigned size, const void *value, cbool is_write) noexcept with gil:
    return _access_hooks(cpu, vaddr, size, value, is_write)


cdef cbool _code_hooks(Cpu *cpu, uint64_t vaddr, unsigned size, cbool block) noexcept:
    cdef Core core = <Core>cpu.machine.owner
    cdef Hook hook
    _enter_hook(core, cpu)
    try:
        for hook in <tuple>(core.block_hooks if block else core.code_hooks):
            if hook.first <= vaddr + 3 and vaddr <= hook.last and hook.live:
                hook.fn(<object>(<list>core.faces)[cpu.index], vaddr, size)
        return True
    except BaseException as error:
        _keep_error(core, error)
        return False
    finally:
        _leave_hook(core, cpu)


cdef cbool _access_hooks(Cpu *cpu, uint64_t vaddr, unsigned size, const void *value, cbool is_write) noexcept:
    cdef Core core = <Core>cpu.machine.owner
    cdef Hook hook
    cdef uint64_t small = 0
    _enter_hook(core, cpu)
    try:
        if size <= 8:
            memcpy(&small, value, size)
            number = small
        else:
            number = int.from_bytes((<const char *>value)[:size], "little")
        for hook in <tuple>(core.write_hooks if is_write else core.read_hooks):
            if hook.first <= vaddr + (size - 1) and vaddr <= hook.last and hook.live:
                hook.fn(<object>(<list>core.faces)[cpu.index], vaddr, size, number)
        return True
    except BaseException as error:
        _keep_error(core, error)
        return False
    finally:
        _leave_hook(core, cpu)


cdef cbool _call_exception(Cpu *cpu, unsigned kind) noexcept with gil:
    cdef Core core = <Core>cpu.machine.owner
    cdef Hook hook
    _enter_hook(core, cpu)
    try:
        for hook in core.exception_hooks:
            if hook.live:
                hook.fn(<object>(<list>core.faces)[cpu.index], kind)
        return True
    except BaseException as error:
        _keep_error(core, error)
        return False
    finally:
        _leave_hook(core, cpu)


cdef cbool _call_sysreg(Cpu *cpu, uint16_t encoding, cbool is_write, uint64_t *value) noexcept with gil:
    cdef Core core = <Core>cpu.machine.owner
    _enter_hook(core, cpu)
    try:
        face = <object>(<list>core.faces)[cpu.index]
        read, write = core.sysreg_hooks[encoding]
        if is_write:
            write(face, value[0])
        else:
            value[0] = <uint64_t>(read(face) & 0xFFFFFFFFFFFFFFFF)
        return True
    except BaseException as error:
        _keep_error(core, error)
        return False
    finally:
        _leave_hook(core, cpu)
