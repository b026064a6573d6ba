// SPDX-License-Identifier: MIT
// exceptions: take each synchronous exception that EL1 and EL0 can cause with the MMU off, and print what is reported.
//
// Proves: vectors (current EL with SP_EL0 and SP_ELx, lower EL), ESR_EL1, FAR_EL1, ELR_EL1, SPSR_EL1, return by ERET.
// Expected output: a line for each case: vector offset, ESR, how far ELR is from the instruction (its own address for
// faults, the next one's for SVC), NZCV and mode of SPSR; FAR where the exception sets it. exceptions.expected.

#include "guest.h"

#define HOLE 0x0b000000UL /* nothing on the board answers here */

/* A function whose first instructions are `text`, and that returns if they do. */
#define ACTION(name, text)                                                                                             \
    u64 name(u64 a, u64 b);                                                                                            \
    __asm__(".pushsection .text." #name ", \"ax\"\n .balign 4\n .global " #name "\n" #name ":\n " text                 \
            "\n ret\n .popsection")

ACTION(svc_0, "svc #0");
ACTION(svc_ffff, "svc #0xffff");
ACTION(hvc_unknown, "hvc #0");
ACTION(smc_0, "smc #0");
ACTION(brk_1234, "brk #0x1234");
ACTION(udf_0, "udf #0");
ACTION(undefined_word, ".inst 0x02030405");
ACTION(undefined_sysreg, "mrs x0, S3_3_C11_C3_7");
ACTION(write_read_only, ".inst 0xd5180000"); /* msr midr_el1, x0 */
ACTION(fp_disabled, "fmov d0, x0");
ACTION(simd_disabled, "add v0.4s, v1.4s, v2.4s");
ACTION(load_pair, "ldp x2, x3, [x0]");
ACTION(load_byte_sign, "ldrsb x2, [x0]");
ACTION(load_post, "ldr x2, [x0], #8");
ACTION(load_exclusive, "ldxr x2, [x0]");
ACTION(store_exclusive, "stxr w3, x2, [x0]");
ACTION(branch_to, "br x0");
ACTION(svc_on_sp0, "mrs x9, daif\n msr spsel, #0\n svc #7\n msr spsel, #1");
ACTION(svc_flags, "mov x9, #0xa0000000\n msr nzcv, x9\n svc #8");
ACTION(illegal_return, "adr x9, 1f\n msr elr_el1, x9\n mov x9, #0x3c9\n msr spsr_el1, x9\n eret\n1: nop");
ACTION(user_nop_svc, "nop\n svc #9");
ACTION(user_system_register, "mrs x1, sctlr_el1");
ACTION(user_mask, "msr daifset, #2");
ACTION(user_eret, "eret");
ACTION(user_wfi, "wfi");
ACTION(user_counter, "mrs x1, cntvct_el0");
ACTION(user_cache_type, "mrs x1, ctr_el0");
ACTION(user_zero, "dc zva, x0");
ACTION(user_hvc, "hvc #1");

static void show(const char *name, Action instruction, struct Fault fault, bool has_far)
{
    print("%s: ", name);
    if (!fault.taken) {
        print("no exception\n");
        return;
    }
    print("vector 0x%03x ESR 0x%08lx NZCV %lx mode %lx%s", fault.vector * 0x80, fault.esr, field(fault.spsr, 31, 28),
          field(fault.spsr, 4, 0), field(fault.spsr, 20, 20) ? " IL" : "");
    if (has_far)
        print(" FAR 0x%lx", fault.far);
    if (has_far && fault.elr == fault.far)
        print(" ELR the same\n");
    else
        print(" ELR +%ld\n", (i64)(fault.elr - (u64)instruction));
}

static void at_el1(const char *name, Action action, u64 a, bool has_far)
{
    write_sysreg(nzcv, 0);
    show(name, action, probe(action, a, 0, NULL), has_far);
}

static void at_el0(const char *name, Action action, u64 argument, bool has_far)
{
    show(name, action, probe(enter_el0, (u64)action, argument, NULL), has_far);
}

static void system_calls(void)
{
    at_el1("SVC #0", svc_0, 0, false);
    at_el1("SVC #0xffff", svc_ffff, 0, false);
    at_el1("SVC with SP_EL0", svc_on_sp0, 0, false);
    at_el1("SVC with N and C set", svc_flags, 0, false);
    at_el1("SMC without EL3", smc_0, 0, false);
    at_el1("BRK #0x1234", brk_1234, 0, false);
    u64 result;
    struct Fault fault = probe(hvc_unknown, 0x8400ffff, 0, &result);
    print("HVC of an unknown function: %s, x0 %ld\n", fault.taken ? "exception" : "returns", (i64)(int)result);
}

static void undefined(void)
{
    at_el1("UDF #0", udf_0, 0, false);
    at_el1("unallocated word", undefined_word, 0, false);
    at_el1("unknown system register", undefined_sysreg, 0, false);
    at_el1("MSR to MIDR_EL1", write_read_only, 0, false);
    write_sysreg(cpacr_el1, 0);
    barrier("isb");
    at_el1("FP with CPACR_EL1.FPEN 0", fp_disabled, 0, false);
    at_el1("SIMD with CPACR_EL1.FPEN 0", simd_disabled, 0, false);
    at_el0("EL0: FP with CPACR_EL1.FPEN 0", fp_disabled, 0, false);
    write_sysreg(cpacr_el1, 1UL << 20);
    barrier("isb");
    at_el0("EL0: FP with CPACR_EL1.FPEN 1", fp_disabled, 0, false);
    at_el1("FP with CPACR_EL1.FPEN 1", fp_disabled, 0, false);
    write_sysreg(cpacr_el1, 3UL << 20);
    barrier("isb");
}

static void aborts(void)
{
    at_el1("load from a hole", load32, HOLE, true);
    at_el1("store to a hole", store32, HOLE, true);
    at_el1("LDP from a hole", load_pair, HOLE + 0x10, true);
    at_el1("LDRSB from a hole", load_byte_sign, HOLE + 3, true);
    at_el1("LDR post-index from a hole", load_post, HOLE, true);
    at_el1("instruction fetch from a hole", branch_to, HOLE, true);
    write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) | 2);
    barrier("isb");
    at_el1("unaligned load, SCTLR_EL1.A 1", load32, 0x40000002, true);
    at_el1("unaligned store, SCTLR_EL1.A 1", store32, 0x40000001, true);
    at_el1("unaligned LDP, SCTLR_EL1.A 1", load_pair, 0x40000004, true);
    write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) & ~2UL);
    barrier("isb");
    at_el1("unaligned LDXR", load_exclusive, 0x40000004, true);
    at_el1("branch to an odd address", branch_to, 0x40000002, true);
    at_el1("ERET to an illegal mode", illegal_return, 0, false);
}

static void from_el0(void)
{
    at_el0("EL0: SVC #9", user_nop_svc, 0, false);
    at_el0("EL0: HVC", user_hvc, 0, false);
    at_el0("EL0: BRK #0x1234", brk_1234, 0, false);
    at_el0("EL0: UDF #0", udf_0, 0, false);
    at_el0("EL0: MRS SCTLR_EL1", user_system_register, 0, false);
    at_el0("EL0: ERET", user_eret, 0, false);
    at_el0("EL0: load from a hole", load32, HOLE, true);
    at_el0("EL0: fetch from a hole", branch_to, HOLE, true);
    u64 sctlr = read_sysreg(sctlr_el1);
    write_sysreg(sctlr_el1, sctlr & ~(1UL << 9 | 1UL << 14 | 1UL << 15 | 1UL << 16));
    write_sysreg(cntkctl_el1, 0);
    barrier("isb");
    /* Only the class: QEMU 7.2 has op1 and op2 of MSR (immediate) the wrong way round in the ISS. */
    struct Fault fault = probe(enter_el0, (u64)user_mask, 0, NULL);
    print("EL0: MSR DAIFSet, UMA 0: vector 0x%03x EC 0x%02lx\n", fault.vector * 0x80, field(fault.esr, 31, 26));
    at_el0("EL0: DC ZVA, DZE 0", user_zero, 0x40000000, false);
    at_el0("EL0: MRS CTR_EL0, UCT 0", user_cache_type, 0, false);
    at_el0("EL0: WFI, nTWI 0", user_wfi, 0, false);
    at_el0("EL0: MRS CNTVCT_EL0, EL0VCTEN 0", user_counter, 0, false);
    write_sysreg(sctlr_el1, sctlr);
    barrier("isb");
}

void main(void)
{
    system_calls();
    undefined();
    aborts();
    from_el0();
    print("done\n");
}
