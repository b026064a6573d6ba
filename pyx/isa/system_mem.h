/* SPDX-License-Identifier: MIT
 * DC ZVA: the one system instruction that stores. Compiled in three passes (op.h). */

enum { ZVA_BYTES = 64 };    /* DCZID_EL0.BS = 4 */

#if defined(EMU_PASS_SLOW)
OP(DC_ZVA,
    u64 va = Xn;
    SPILL(op);
    u8 *host = mem_rmw(cpu, va & ~(u64)(ZVA_BYTES - 1), ZVA_BYTES, 0);
    if (unlikely(!host)) {
        cpu->exception.far = va;
        TAKE_EXCEPTION;
    }
    if (unlikely(!mem_rmw_show(cpu, va & ~(u64)(ZVA_BYTES - 1), ZVA_BYTES, 0, host, mem_zeros))) {
        TAKE_EXCEPTION;
    }
    memset(host, 0, ZVA_BYTES);
    NEXT;)
#else
OP(DC_ZVA, STORE_TO(tlb, u64, 8, 8, Xn & ~(u64)(ZVA_BYTES - 1), memset(host_, 0, ZVA_BYTES);, 0); NEXT;)
#endif
