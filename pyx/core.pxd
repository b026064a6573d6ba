# SPDX-License-Identifier: MIT
# What the face uses of the C core (emu.h).
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t, int64_t


cdef extern from "<stdbool.h>":
    ctypedef bint cbool "bool"


cdef extern from "<emu.h>" nogil:
    ctypedef union Vreg:
        uint64_t d[2]

    ctypedef struct Exception_ "Exception":
        uint32_t ec, iss
        uint64_t far
        cbool has_far

    ctypedef struct Cpu:
        uint64_t x[34]
        Vreg v[32]
        uint32_t fpcr, fpsr
        uint64_t pc
        uint8_t el, halted
        uint64_t esr_el[4]
        uint64_t far_el[4]
        uint64_t elr_el[4]
        Exception_ exception
        uint32_t attention
        uint64_t count_tlb_miss, count_jump_miss, count_exceptions, count_interrupts, count_mmio, count_wfi
        unsigned index
        Machine *machine

    ctypedef struct Region:
        uint64_t base, size
        uint8_t *host
        uint8_t *page_flags
        int kind

    ctypedef struct Bus:
        unsigned n_regions

    ctypedef struct Gic:
        pass

    ctypedef struct CodeCache:
        pass

    ctypedef cbool CodeCallback(Cpu *cpu, uint64_t vaddr, unsigned size, cbool block) noexcept nogil
    ctypedef cbool AccessCallback(Cpu *cpu, uint64_t vaddr, unsigned size, const void *value, cbool is_write) noexcept nogil

    ctypedef struct Callbacks:
        cbool (*event)(void *owner, uint64_t serial) noexcept nogil
        CodeCallback *code
        AccessCallback *access
        cbool (*exception)(Cpu *cpu, unsigned kind) noexcept nogil
        cbool (*sysreg)(Cpu *cpu, uint16_t encoding, cbool is_write, uint64_t *value) noexcept nogil

    ctypedef enum HookKind:
        HOOK_CODE, HOOK_BLOCK, HOOK_READ, HOOK_WRITE

    ctypedef struct HookRange:
        uint64_t first, last

    ctypedef struct SysregHook:
        uint16_t encoding
        cbool reads, writes

    ctypedef struct Machine:
        Cpu *cpus[64]
        unsigned n_cpus, current, stop_cpu
        Bus bus
        Gic *gic
        CodeCache *code
        void *owner
        Callbacks callbacks
        cbool external_input, running, virtual_clock, hooks_exceptions
        char stop_message[256]
        uint64_t seed

    ctypedef enum Stop:
        C_STOP_NONE "STOP_NONE"
        C_STOP_POWER_OFF "STOP_POWER_OFF"
        C_STOP_RESET "STOP_RESET"
        C_STOP_LIMIT "STOP_LIMIT"
        C_STOP_TIMEOUT "STOP_TIMEOUT"
        C_STOP_BREAKPOINT "STOP_BREAKPOINT"
        C_STOP_STUCK "STOP_STUCK"
        C_STOP_REQUESTED "STOP_REQUESTED"
        C_STOP_CALLBACK "STOP_CALLBACK"

    enum: RUNNING
    enum: REGION_RAM
    enum: ACC_WRITE, ACC_EXEC, ACC_NOFAULT
    enum: SLOT_SP

    ctypedef cbool (*DeviceRead)(void *device, Machine *machine, unsigned cpu, uint64_t offset, unsigned size, uint64_t *value) noexcept nogil
    ctypedef cbool (*DeviceWrite)(void *device, Machine *machine, unsigned cpu, uint64_t offset, unsigned size, uint64_t value) noexcept nogil

    ctypedef struct CodeStats:
        uint64_t blocks, translated_insns, flushes, invalidated, bytes

    ctypedef struct TlbHit:
        const Region *region
        uint64_t paddr

    Machine *machine_new(unsigned cpus, const char *model, unsigned gic_version, unsigned max_el, cbool virtual_clock,
                         uint64_t seed, const Callbacks *callbacks, const char **error)
    void machine_free(Machine *machine)
    void machine_reset(Machine *machine)
    Stop machine_run(Machine *machine, uint64_t limit, uint64_t host_ns)
    void machine_stop(Machine *machine, Stop reason)
    void machine_request(Machine *machine)
    void machine_clear_request(Machine *machine)
    void machine_step_over(Machine *machine)
    uint64_t machine_instructions(const Machine *machine)
    uint64_t machine_now_ns(Machine *machine)
    void machine_poll(Machine *machine, Cpu *cpu)
    uint64_t machine_at(Machine *machine, uint64_t time_ns)
    void machine_cancel(Machine *machine, uint64_t serial)
    cbool machine_set_hooks(Machine *machine, HookKind kind, const HookRange *ranges, unsigned n, HookRange changed)
    cbool machine_set_sysreg_hooks(Machine *machine, const SysregHook *hooks, unsigned n)
    int MAX_SYSREG_HOOKS
    cbool machine_set_breakpoints(Machine *machine, const uint64_t *addresses, unsigned n)
    const char *machine_map_gic(Machine *machine, uint64_t distributor, uint64_t second)
    void machine_invalidate_code(Machine *machine, uint64_t paddr, uint64_t size)
    CodeStats code_stats(const CodeCache *code)
    void cpu_start(Cpu *cpu, uint64_t pc, uint64_t argument)
    uint64_t cpu_retired(const Cpu *cpu)
    uint64_t cpu_pc(const Cpu *cpu)
    void cpu_set_pc(Cpu *cpu, uint64_t pc)
    uint32_t pstate_read(const Cpu *cpu)
    cbool pstate_write(Cpu *cpu, uint32_t pstate)
    uint32_t nzcv_read(const Cpu *cpu)
    void nzcv_write(Cpu *cpu, uint32_t nzcv)
    uint32_t fpsr_read(Cpu *cpu)
    void fpsr_write(Cpu *cpu, uint32_t value)
    void cpu_update_context(Cpu *cpu)
    void fp_host_enter(Cpu *cpu)
    void fp_host_leave(Cpu *cpu)

    uint8_t *bus_ram(const Bus *bus, uint64_t paddr, uint64_t size)
    Region *bus_add_ram(Bus *bus, uint64_t base, uint64_t size, const char *path, const char **error)
    Region *bus_add_device(Bus *bus, uint64_t base, uint64_t size, void *device, DeviceRead read, DeviceWrite write, const char **error)

    void gic_set_line(Gic *gic, unsigned intid, unsigned cpu, cbool level)
    cbool cpu_debug_translate(Cpu *cpu, uint64_t va, unsigned acc, uint64_t *paddr)
    cbool sysreg_debug_read(Cpu *cpu, const char *name, uint64_t *value)
    cbool sysreg_debug_write(Cpu *cpu, const char *name, uint64_t value)
    int sysreg_debug_encoding(Cpu *cpu, const char *name)

    ctypedef struct CpuModel:
        const char *name
        const char *description
    const CpuModel *model_at(unsigned index)
    int FEATURES
    const char *feature_name(int feature)
    const char *feature_description(int feature)
    cbool cpu_has(const Cpu *cpu, int feature)
    const char *core_build_text()

    ctypedef struct Row:
        const char *name
    const Row *decode_row(unsigned index)
    int decode_classify(Cpu *cpu, uint32_t word)
