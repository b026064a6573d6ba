/* SPDX-License-Identifier: MIT
 * The op record, and the few words in which every handler is written. The words, not the handlers, know how dispatch works:
 * the same bodies compile as tail-calling threaded code, as functions that a loop calls (EMU_TAILCALL = 0: sanitizers,
 * other compilers), and can compile as templates of native code. A body therefore reaches its operands only through
 * Xd .. IMM, has no statics, and leaves only by the words below.
 *
 * Files of handlers that touch memory are compiled three times (see isa/handlers.c), and OP names differ:
 *   op_NAME      the fast path; unaligned accesses inside a page are fine
 *   strict_NAME  the same, where unaligned accesses fault (CTX_STRICT_ALIGN)
 *   slow_NAME    every access by mem_load() and mem_store(): misses, devices, pages with code, hooks, faults
 * On a miss the first two tail-call the third, which then does the whole instruction. */
#ifndef EMU_ISA_OP_H
#define EMU_ISA_OP_H

#include "arch/state.h"
#include "arch/effects.h"

#if !defined(EMU_TAILCALL)
#define EMU_TAILCALL 1
#endif

#if EMU_TAILCALL
typedef void HandlerResult;
#define ARGS Cpu *cpu, const Op *op, i64 budget, TlbEntry *tlb
#define PASS(o) cpu, (o), budget, tlb
#define LEAVE_BLOCK do { cpu->countdown = budget; return; } while (0)
#if defined(__has_attribute)
#if __has_attribute(musttail)
#define MUSTTAIL __attribute__((musttail))
#endif
#endif
#ifndef MUSTTAIL
#define MUSTTAIL
#endif
#define SPILL(o) (cpu->countdown = budget, cpu->op = (o))
#define RELOAD (budget = cpu->countdown)
#define DISPATCH(o) do { const Op *o_ = (o); MUSTTAIL return o_->handler(PASS(o_)); } while (0)
/* The same for op + 1. Hiding the sum keeps GCC from computing it twice, before the load and after: 2 instructions instead of 4. */
#define DISPATCH_NEXT do { const Op *o_ = op + 1; __asm__("" : "+r"(o_)); MUSTTAIL return o_->handler(PASS(o_)); } while (0)
#else
typedef const Op *HandlerResult;    /* the next op, or NULL to leave the block */
#define ARGS Cpu *cpu, const Op *op, TlbEntry *tlb
#define PASS(o) cpu, (o), tlb
#define MUSTTAIL
#define budget (cpu->countdown)        /* these builds keep the countdown in memory */
#define LEAVE_BLOCK return NULL
#define SPILL(o) (cpu->op = (o))
#define RELOAD ((void)0)
#define DISPATCH(o) return (o)
#define DISPATCH_NEXT return op + 1
#endif

typedef HandlerResult Handler(ARGS);

struct Op {
    Handler *handler;
    u64 imm;
    u16 d, n, m, a;     /* byte offsets into Cpu of Rd, Rn, Rm, Ra (Rt is d, Rt2 is a, Rs is m) */
    u16 insns;          /* first op of a block: guest instructions in the block; 0 elsewhere */
    u16 slot;           /* place in the block's array of ops */
    u8 sh, sh2;         /* shift amounts, condition, other small operands */
    u16 aux;
};

/* A direct branch is followed by one more record that holds where it goes. */
typedef struct OpLinks { const Op *taken, *fallthrough; u64 pad[2]; } OpLinks;
_Static_assert(sizeof(Op) == 32 && sizeof(OpLinks) == 32, "two ops a cache line");

/* -- Operands -------------------------------------------------------------------------------------- */
#define AT(T, offset) (*(T *)((char *)cpu + (offset)))
#define Xd AT(u64, op->d)
#define Xn AT(u64, op->n)
#define Xm AT(u64, op->m)
#define Xa AT(u64, op->a)
#define Wn ((u32)Xn)
#define Wm ((u32)Xm)
#define Wa ((u32)Xa)
#define Vd AT(Vreg, op->d)
#define Vn AT(Vreg, op->n)
#define Vm AT(Vreg, op->m)
#define Va AT(Vreg, op->a)
#define IMM (op->imm)
#define SH (op->sh)
#define SH2 (op->sh2)
#define AUX (op->aux)

/* -- Definition and flow ----------------------------------------------------------------------------- */
/* OP(name, body): the body is C statements that end in NEXT or another way out. */
#if defined(EMU_PASS_STRICT)
#define OP_NAME(name) strict_##name
#elif defined(EMU_PASS_SLOW)
#define OP_NAME(name) slow_##name
#else
#define OP_NAME(name) op_##name
#endif

#if defined(EMU_PASS_FAST) || defined(EMU_PASS_STRICT)
#define OP(name, ...) \
    Handler slow_##name; Handler OP_NAME(name); \
    HandlerResult OP_NAME(name)(ARGS) { Handler *const slow_self = slow_##name; (void)slow_self; (void)cpu; (void)tlb; __VA_ARGS__ }
#else
#define OP(name, ...) Handler OP_NAME(name); HandlerResult OP_NAME(name)(ARGS) { (void)cpu; (void)tlb; __VA_ARGS__ }
#endif

/* NEXT: go on with the next instruction. After a slow access something may wait for the run loop. */
#if defined(EMU_PASS_SLOW)
#define NEXT do { RELOAD; if (unlikely(cpu->attention)) { return leave_at(PASS(op + 1)); } DISPATCH(op + 1); } while (0)
#else
#define NEXT DISPATCH_NEXT
#endif

/* Go to a block's first op, or to a stub: count its instructions, or leave when they would exceed the budget. */
#define GO(target) do { const Op *t_ = (target); budget -= t_->insns; \
    if (unlikely(budget < 0)) { return leave_budget(PASS(t_)); } DISPATCH(t_); } while (0)

#define LINKS ((const OpLinks *)(op + 1))
/* BRANCH: two dispatches, so that the host predicts each on its own (measured: 8-38 %). */
#define BRANCH(cond) do { if (cond) { GO(LINKS->taken); } else { GO(LINKS->fallthrough); } } while (0)
#define JUMP GO(LINKS->taken)

/* To a virtual address found at run time, through the jump cache. */
#define JUMP_TO(address) do { u64 pc_ = (address); \
    const JumpEntry *j_ = &cpu->jump[pc_ >> 2 & (JUMP_SIZE - 1)]; \
    if (likely(j_->key == (pc_ ^ cpu->jump_salt))) { GO(j_->op); } \
    cpu->pc = pc_; return leave_lookup(PASS(op)); } while (0)

/* -- Ways out. Each is a cold function of a handler's signature, tail-called. --------------------------- */
Handler leave_budget;       /* op is a first op: out of budget before it */
Handler leave_lookup;       /* Cpu.pc is set: the run loop finds the block */
Handler leave_at;           /* leave before op, attention pending */
Handler leave_exception;    /* take Cpu.exception: op did not execute (preferred return address = its own) */
Handler leave_exception_after; /* take Cpu.exception: op executed (SVC, HVC, SMC) */
Handler leave_after;        /* op executed: leave with Cpu.leave set, Cpu.pc = next instruction */
Handler raise_undefined;    /* UNDEFINED instruction */

#define UNDEFINED_INSN return raise_undefined(PASS(op))
#define TAKE_EXCEPTION return leave_exception(PASS(op))

/* -- Memory ------------------------------------------------------------------------------------------------
 * LOAD(T, va, v): v = the T at va, or the handler is left (miss, then perhaps fault). Nothing may be written to
 * registers before the last access of the instruction has succeeded.
 * LOAD2, STORE2: two consecutive elements of T (LDP, STP), one check. The _U words use the unprivileged regime.
 * acc: ACC_* flags for the slow path. */
#define PACKED_TYPE(T) struct __attribute__((packed, may_alias)) { T v; }
#define GET(T, host) (((const PACKED_TYPE(T) *)(host))->v)
#define PUT(T, host, value) (((PACKED_TYPE(T) *)(host))->v = (value))

/* Not to be merged with its neighbour: gcc would carry two registers into a vector to store them at once. */
#define PUT_ALONE(T, host, value) (((volatile PACKED_TYPE(T) *)(host))->v = (value))

#define TLB_SLOT(base, va) \
    ((TlbEntry *)((char *)(base) + (((va) >> (PAGE_BITS - 5)) & ((u64)(TLB_SIZE - 1) << 5))))
_Static_assert(sizeof(TlbEntry) == 32, "TLB_SLOT scales by 32");

#if defined(EMU_PASS_STRICT)
#define TLB_TAG(va, size, align) ((va) & (PAGE_MASK | ((align) - 1)))   /* natural alignment: cannot cross */
#define TLB_HIT(va, size, align, tag) (TLB_TAG(va, size, align) == (tag) && (((va) + (size) - 1) & PAGE_MASK) == (tag))
#else
#define TLB_HIT(va, size, align, tag) ((((va) + (size) - 1) & PAGE_MASK) == (tag))
#endif

#if defined(EMU_PASS_SLOW)
#define LOAD_FROM(base, T, n_, align, va, host_use, acc) do { \
    T buf_[n_]; SPILL(op); \
    if (unlikely(!mem_load(cpu, (va), sizeof(buf_), (align), (acc), buf_))) return leave_exception(PASS(op)); \
    const char *host_ = (const char *)buf_; host_use } while (0)
#define STORE_TO(base, T, n_, align, va, fill, acc) do { \
    T buf_[n_]; char *host_ = (char *)buf_; fill SPILL(op); \
    if (unlikely(!mem_store(cpu, (va), sizeof(buf_), (align), (acc), buf_))) return leave_exception(PASS(op)); } while (0)
#else
#define LOAD_FROM(base, T, n_, align, va, host_use, acc) do { \
    u64 va_ = (va); const TlbEntry *e_ = TLB_SLOT(base, va_); \
    if (unlikely(!TLB_HIT(va_, (n_) * sizeof(T), align, e_->read))) MUSTTAIL return slow_self(PASS(op)); \
    const char *host_ = (const char *)(va_ + e_->addend); host_use } while (0)
#define STORE_TO(base, T, n_, align, va, fill, acc) do { \
    u64 va_ = (va); const TlbEntry *e_ = TLB_SLOT(base, va_); \
    if (unlikely(!TLB_HIT(va_, (n_) * sizeof(T), align, e_->write))) MUSTTAIL return slow_self(PASS(op)); \
    char *host_ = (char *)(va_ + e_->addend); fill } while (0)
#endif

#define LOAD(T, va, out) LOAD_FROM(tlb, T, 1, sizeof(T), va, (out) = GET(T, host_);, 0)
#define STORE(T, va, in) STORE_TO(tlb, T, 1, sizeof(T), va, PUT(T, host_, in);, 0)
#define LOAD2(T, va, out0, out1) \
    LOAD_FROM(tlb, T, 2, sizeof(T), va, (out0) = GET(T, host_); (out1) = GET(T, host_ + sizeof(T));, 0)
#define STORE2(T, va, in0, in1) \
    STORE_TO(tlb, T, 2, sizeof(T), va, PUT_ALONE(T, host_, in0); PUT_ALONE(T, host_ + sizeof(T), in1);, 0)
#define LOAD_U(T, va, out) LOAD_FROM(cpu->tlb_unpriv, T, 1, sizeof(T), va, (out) = GET(T, host_);, ACC_UNPRIV)
#define STORE_U(T, va, in) STORE_TO(cpu->tlb_unpriv, T, 1, sizeof(T), va, PUT(T, host_, in);, ACC_UNPRIV)

/* A whole SIMD&FP register, moved in one piece: a later 16-byte read would wait for two 8-byte stores to retire. */
typedef u64 Vec128 __attribute__((vector_size(16), may_alias));
#define VQ(offset) AT(Vec128, offset)
ALWAYS_INLINE Vec128 vec_pair(u64 low, u64 high) { return (Vec128){low, high}; }
ALWAYS_INLINE Vec128 vec_low(u64 v) { return (Vec128){v, 0}; }     /* a scalar: the rest of the register is zero */

/* Ordered and atomic accesses: naturally aligned ones hit in every pass. What else is allowed (FEAT_LSE2), mem_*() decide.
 * ORDER_*: cores take turns on one host thread. When they run in parallel, a release store must be __ATOMIC_SEQ_CST, for STLR
 * is not reordered with a later LDAR. */
#define ORDER_LOAD __ATOMIC_ACQUIRE
#define ORDER_STORE __ATOMIC_RELEASE
#define ATOMIC(T) T __attribute__((may_alias))
#define TLB_HIT_WHOLE(va, size, tag) (((va) & (PAGE_MASK | ((size) - 1))) == (tag))

#if defined(EMU_PASS_SLOW)
#define LOAD_ORDERED(T, va, out, acc) LOAD_FROM(tlb, T, 1, sizeof(T), va, (out) = GET(T, host_);, acc)
#define STORE_ORDERED(T, va, in) STORE_TO(tlb, T, 1, sizeof(T), va, PUT(T, host_, in);, ACC_ORDERED)
/* RMW(T, va, use): `use` changes the T at *host_ by __atomic_*. Where the host can't (misaligned), it works on a copy.
 * acc: ACC_ATOMIC, and ACC_WRITE for store-exclusives, which report faults as writes. */
#define RMW(T, va, use, acc) do { SPILL(op); \
    u8 *at_ = mem_rmw(cpu, (va), sizeof(T), (acc)); \
    if (unlikely(!at_)) return leave_exception(PASS(op)); \
    bool hooked_ = mem_rmw_hooked(cpu, (va), sizeof(T)); \
    T copy_ = GET(T, at_); bool copied_ = hooked_ || ((uintptr_t)at_ & (sizeof(T) - 1)) != 0; \
    ATOMIC(T) *host_ = copied_ ? &copy_ : (T *)(void *)at_; \
    use \
    if (unlikely(hooked_) && !mem_rmw_show(cpu, (va), sizeof(T), (acc), at_, &copy_)) return leave_exception(PASS(op)); \
    if (copied_) PUT(T, at_, copy_); } while (0)
#else
#define LOAD_ORDERED(T, va, out, acc) do { u64 va_ = (va); const TlbEntry *e_ = TLB_SLOT(tlb, va_); \
    if (unlikely(!TLB_HIT_WHOLE(va_, sizeof(T), e_->read))) MUSTTAIL return slow_self(PASS(op)); \
    (out) = __atomic_load_n((const ATOMIC(T) *)(va_ + e_->addend), ORDER_LOAD); } while (0)
#define STORE_ORDERED(T, va, in) do { u64 va_ = (va); const TlbEntry *e_ = TLB_SLOT(tlb, va_); \
    if (unlikely(!TLB_HIT_WHOLE(va_, sizeof(T), e_->write))) MUSTTAIL return slow_self(PASS(op)); \
    __atomic_store_n((ATOMIC(T) *)(va_ + e_->addend), in, ORDER_STORE); } while (0)
#define RMW(T, va, use, acc) do { u64 va_ = (va); const TlbEntry *e_ = TLB_SLOT(tlb, va_); \
    if (unlikely(!TLB_HIT_WHOLE(va_, sizeof(T), e_->write))) MUSTTAIL return slow_self(PASS(op)); \
    ATOMIC(T) *host_ = (ATOMIC(T) *)(va_ + e_->addend); use } while (0)
#endif

/* Two registers as one value of twice their size. */
#define LOW_HIGH(T, low, high) ((T)(low) | (T)(high) << (4 * sizeof(T)))

/* Whether *host was *seen, and then becomes value; *seen becomes what was there. */
#define compare_exchange(host, seen, value) \
    __atomic_compare_exchange_n(host, seen, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

/* The same for 16 aligned bytes. Hosts without a cheap one compare in the open, which is enough
 * while cores take turns on one thread. */
ALWAYS_INLINE bool compare_exchange_16(ATOMIC(u128) *host, u128 *seen, u128 value)
{
#if defined(__x86_64__)
    u64 low = (u64)*seen, high = (u64)(*seen >> 64);
    bool stored;
    __asm__ volatile("lock cmpxchg16b %1" : "=@ccz"(stored), "+m"(*host), "+a"(low), "+d"(high)
                     : "b"((u64)value), "c"((u64)(value >> 64)) : "memory");
    *seen = (u128)high << 64 | low;
    return stored;
#else
    u128 was = *host;
    bool stored = was == *seen;
    if (stored) {
        *host = value;
    }
    *seen = was;
    return stored;
#endif
}

/* CheckSPAlignment: before an access whose base is SP (CHECK_SP), or may be (CHECK_BASE). SCTLR_ELx.SA is looked at only when SP is
 * misaligned. Handlers for base SP alone are no slower than general ones: the check is paid by the register number they don't read. */
#define SP_OFFSET offsetof(Cpu, x[SLOT_SP])
#define SP AT(u64, SP_OFFSET)
#if defined(EMU_PASS_SLOW)
#define CHECK_SP do { if (unlikely(SP & 15) && sp_alignment_checked(cpu)) { SPILL(op); exception_set(cpu, EC_SP_ALIGN, 0); \
    return leave_exception(PASS(op)); } } while (0)
#else
#define CHECK_SP do { if (unlikely(SP & 15)) MUSTTAIL return slow_self(PASS(op)); } while (0)
#endif
#define CHECK_BASE do { if (unlikely(op->n == SP_OFFSET)) CHECK_SP; } while (0)

/* SCTLR_ELx.SA, or SCTLR_EL1.SA0 at EL0. */
ALWAYS_INLINE bool sp_alignment_checked(const Cpu *cpu)
{
    return cpu->el ? BIT(cpu->sctlr_el[cpu->el], 3) : BIT(cpu->sctlr_el[1], 4);
}

#endif
