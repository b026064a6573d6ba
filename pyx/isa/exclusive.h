/* SPDX-License-Identifier: MIT
 * Exclusives. Compiled in three passes (op.h). The monitor remembers address, size and value of the load; the store is a
 * compare-and-swap against that value.
 * CHOICE(IMPDEF): so another core's stores do not clear the monitor, only a changed value does (ABA goes unseen), and stores of
 *   this core to the marked address never do; the exclusives reservation granule is the access itself. WFE does not sleep while
 *   the monitor is armed, for no event comes from its clearing.
 * CHOICE(IMPDEF): a failed monitor is found before any translation fault, an alignment fault before the monitor.
 * CHOICE(UNPREDICTABLE): STXR with Rs = Rt or Rs = Rn stores the old value at the old address, then Rs gets the status;
 *   STXR of another size or address than LDXR's fails; LDXP with Rt = Rt2 gets the high element. */

ALWAYS_INLINE void monitor_arm(Cpu *cpu, u64 va, unsigned size, u64 low, u64 high)
{
    cpu->exclusive = true;
    cpu->exclusive_size = (u8)size;
    cpu->exclusive_vaddr = va;
    cpu->exclusive_value.d[0] = low;
    cpu->exclusive_value.d[1] = high;
}

/* ExclusiveMonitorsPass, less the access. */
ALWAYS_INLINE bool monitor_holds(const Cpu *cpu, u64 va, unsigned size)
{
    return cpu->exclusive && cpu->exclusive_size == size && cpu->exclusive_vaddr == va;
}

#define LD_EXCLUSIVE(NAME, T) \
    OP(NAME, T v; CHECK_BASE; u64 va = Xn; LOAD_ORDERED(T, va, v, ACC_ATOMIC); \
        monitor_arm(cpu, va, sizeof(T), v, 0); Xd = v; NEXT;)
#define LD_EXCLUSIVE_PAIR_W(NAME) \
    OP(NAME, u64 v; CHECK_BASE; u64 va = Xn; LOAD_ORDERED(u64, va, v, ACC_ATOMIC); \
        monitor_arm(cpu, va, 8, v, 0); Xd = (u32)v; Xa = v >> 32; NEXT;)

/* The 16 bytes need not be read at once: STXP compares all of them. */
#if defined(EMU_PASS_SLOW)
#define CHECK_PAIR_ALIGN(va) ((void)0)
#else
#define CHECK_PAIR_ALIGN(va) do { if (unlikely((va) & 15)) MUSTTAIL return slow_self(PASS(op)); } while (0)
#endif
#define LD_EXCLUSIVE_PAIR_X(NAME) \
    OP(NAME, u64 v0; u64 v1; CHECK_BASE; u64 va = Xn; CHECK_PAIR_ALIGN(va); \
        LOAD_FROM(tlb, u128, 1, 16, va, v0 = GET(u64, host_); v1 = GET(u64, host_ + 8);, ACC_ATOMIC); \
        monitor_arm(cpu, va, 16, v0, v1); Xd = v0; Xa = v1; NEXT;)

LD_EXCLUSIVE(LDXR_b, u8)
LD_EXCLUSIVE(LDXR_h, u16)
LD_EXCLUSIVE(LDXR_w, u32)
LD_EXCLUSIVE(LDXR_x, u64)
LD_EXCLUSIVE(LDAXR_b, u8)
LD_EXCLUSIVE(LDAXR_h, u16)
LD_EXCLUSIVE(LDAXR_w, u32)
LD_EXCLUSIVE(LDAXR_x, u64)
LD_EXCLUSIVE_PAIR_W(LDXP_w)
LD_EXCLUSIVE_PAIR_W(LDAXP_w)
LD_EXCLUSIVE_PAIR_X(LDXP_x)
LD_EXCLUSIVE_PAIR_X(LDAXP_x)

/* A store that the monitor refuses still checks alignment: mem_rmw() raises the fault. */
#if defined(EMU_PASS_SLOW)
#define REFUSED(va, size) do { SPILL(op); \
    if (((va) & ((size) - 1)) && !mem_rmw(cpu, (va), (size), ACC_ATOMIC | ACC_WRITE)) return leave_exception(PASS(op)); } while (0)
#else
#define REFUSED(va, size) do { if (unlikely((va) & ((size) - 1))) MUSTTAIL return slow_self(PASS(op)); } while (0)
#endif

/* VALUE: what is stored. SEEN: what the load saw. m is Rs as a destination. */
#define ST_EXCLUSIVE(NAME, T, VALUE, SEEN, SWAP) \
    OP(NAME, CHECK_BASE; u64 va = Xn; bool stored = false; \
        if (likely(monitor_holds(cpu, va, sizeof(T)))) \
            RMW(T, va, T seen = (T)SEEN; stored = SWAP(host_, &seen, VALUE);, ACC_ATOMIC | ACC_WRITE); \
        else REFUSED(va, sizeof(T)); \
        cpu->exclusive = false; Xm = !stored; NEXT;)
#define ST_EXCLUSIVE_SIZES(NAME) \
    ST_EXCLUSIVE(NAME##_b, u8, (u8)Xd, cpu->exclusive_value.d[0], compare_exchange) \
    ST_EXCLUSIVE(NAME##_h, u16, (u16)Xd, cpu->exclusive_value.d[0], compare_exchange) \
    ST_EXCLUSIVE(NAME##_w, u32, (u32)Xd, cpu->exclusive_value.d[0], compare_exchange) \
    ST_EXCLUSIVE(NAME##_x, u64, Xd, cpu->exclusive_value.d[0], compare_exchange)
#define ST_EXCLUSIVE_PAIR(NAME) \
    ST_EXCLUSIVE(NAME##_w, u64, LOW_HIGH(u64, (u32)Xd, Wa), cpu->exclusive_value.d[0], compare_exchange) \
    ST_EXCLUSIVE(NAME##_x, u128, LOW_HIGH(u128, Xd, Xa), cpu->exclusive_value.q, compare_exchange_16)

ST_EXCLUSIVE_SIZES(STXR)
ST_EXCLUSIVE_SIZES(STLXR)
ST_EXCLUSIVE_PAIR(STXP)
ST_EXCLUSIVE_PAIR(STLXP)
