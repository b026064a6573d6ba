/* SPDX-License-Identifier: MIT
 * Memory Copy and Memory Set (FEAT_MOPS). Manual: CPYFP, CPYP, SETP and what they share.
 * CHOICE(IMPDEF): option A, as the size register tells what is left: after the prologue Xn = -(bytes left) and Xd, Xs are the ends of
 *   the blocks (forward), or Xn = bytes left and Xd, Xs are the starts (backward). Either way work goes on at Xd + Xn, Xs + Xn.
 * CHOICE(IMPDEF): the prologue moves no byte, the main instruction all, the epilogue what a fault or migration has left.
 * CHOICE(IMPDEF): blocks that don't overlap are copied forward.
 * CHOICE(IMPDEF): only a size register that is not zero is checked for a wrong option. A forward-only size above zero is ill-formed.
 * Operands: d, m, n are Xd, Xs, Xn; SH the options (bit 0: writes, bit 1: reads are unprivileged); AUX Rd:Rs:Rn for the syndrome.
 * An instruction moves MOPS_BYTES and then leaves before itself, with Xn up to date, until it is done. Each time counts as one
 * instruction, so that limits, timers and other threads' requests reach a guest that copies without end. */

enum { MOPS_BYTES = 4 * PAGE_SIZE, MOPS_BOUNCE_BYTES = 64 };
typedef enum MopsResult { MOPS_DONE, MOPS_MORE, MOPS_EXCEPTION } MopsResult;
typedef enum MopsStage { MOPS_MAIN, MOPS_EPILOGUE } MopsStage;

/* CheckMOPSEnabled: SCTLR_EL1.MSCEn rules EL0. */
static bool mops_enabled(const Cpu *cpu)
{
    return cpu->el != 0 || BIT(cpu->sctlr_el[1], 33);
}

/* Mismatched memory copy or memory set exception. */
static MopsResult mops_mismatch(Cpu *cpu, const Op *op, bool is_set, MopsStage stage, bool wrong_option)
{
    enum { MEM_INST = 1 << 24, OPTIONS_SHIFT = 19, FROM_EPILOGUE = 1 << 18, WRONG_OPTION = 1 << 17, OPTION_A = 1 << 16 };
    exception_set(cpu, EC_MOPS, (is_set ? MEM_INST : 0) | (u32)SH << OPTIONS_SHIFT | (stage == MOPS_EPILOGUE ? FROM_EPILOGUE : 0) |
                                (wrong_option ? WRONG_OPTION : 0) | OPTION_A | AUX);
    return MOPS_EXCEPTION;
}

/* PSTATE.C set means that the prologue was option B's. */
static bool mops_is_option_b(const Cpu *cpu)
{
    return BIT(nzcv_read(cpu), 29);
}

/* Host address of va by the TLB alone; NULL: the slow path must look. */
static char *mops_host(const Cpu *cpu, u64 va, unsigned acc)
{
    const TlbEntry *e = TLB_SLOT(acc & ACC_UNPRIV ? cpu->tlb_unpriv : cpu->tlb_base, va);
    bool hit = (acc & ACC_WRITE ? e->write : e->read) == (va & PAGE_MASK);
    return hit && !(cpu->ctx & CTX_SLOW_MEM) ? (char *)(va + e->addend) : NULL;
}

/* Bytes of va's page from va up, or down from (and without) va. */
static u64 mops_room(u64 va, bool up)
{
    return up ? PAGE_SIZE - (va & ~PAGE_MASK) : ((va - 1) & ~PAGE_MASK) + 1;
}

static u64 smaller(u64 a, u64 b)
{
    return a < b ? a : b;
}

/* Copies up to `left` bytes upward from, or downward to, the given addresses, inside pages. Returns how many; 0: fault. */
static u64 mops_copy_step(Cpu *cpu, u64 to, u64 from, u64 left, bool up, unsigned options)
{
    unsigned read = options & 2 ? ACC_UNPRIV : 0, write = ACC_WRITE | (options & 1 ? ACC_UNPRIV : 0);
    u64 n = smaller(left, smaller(mops_room(to, up), mops_room(from, up))), back = up ? 0 : n;
    char *target = mops_host(cpu, to - back, write);
    const char *source = mops_host(cpu, from - back, read);
    if (target && source) {
        memmove(target, source, n);
        return n;
    }
    u8 bounce[MOPS_BOUNCE_BYTES];
    n = smaller(n, sizeof(bounce));
    back = up ? 0 : n;
    bool moved = mem_load(cpu, from - back, (unsigned)n, 1, read, bounce) &&
                 mem_store(cpu, to - back, (unsigned)n, 1, write, bounce);
    return moved ? n : 0;
}

static u64 mops_set_step(Cpu *cpu, u64 to, u64 left, u8 value, unsigned options)
{
    unsigned write = ACC_WRITE | (options & 1 ? ACC_UNPRIV : 0);
    u64 n = smaller(left, mops_room(to, true));
    char *target = mops_host(cpu, to, write);
    if (target) {
        memset(target, value, n);
        return n;
    }
    u8 bytes[MOPS_BOUNCE_BYTES];
    n = smaller(n, sizeof(bytes));
    memset(bytes, value, n);
    return mem_store(cpu, to, (unsigned)n, 1, write, bytes) ? n : 0;
}

/* CPYM, CPYE and, with forward_only, CPYFM, CPYFE. */
static MopsResult mops_copy(Cpu *cpu, const Op *op, MopsStage stage, bool forward_only)
{
    if (Xn && mops_is_option_b(cpu)) {
        return mops_mismatch(cpu, op, false, stage, true);
    }
    if (forward_only && (i64)Xn > 0) {
        return mops_mismatch(cpu, op, false, stage, false);
    }
    for (u64 room = MOPS_BYTES, n; room && Xn && !cpu->attention; room -= n) {
        bool up = (i64)Xn < 0;
        n = mops_copy_step(cpu, Xd + Xn, Xm + Xn, smaller(up ? 0 - Xn : Xn, room), up, SH);
        if (!n) {
            return MOPS_EXCEPTION;
        }
        Xn = up ? Xn + n : Xn - n;
    }
    return Xn ? MOPS_MORE : MOPS_DONE;
}

/* SETM, SETE */
static MopsResult mops_set(Cpu *cpu, const Op *op, MopsStage stage)
{
    if (Xn && mops_is_option_b(cpu)) {
        return mops_mismatch(cpu, op, true, stage, true);
    }
    if ((i64)Xn > 0) {
        return mops_mismatch(cpu, op, true, stage, false);
    }
    for (u64 room = MOPS_BYTES, n; room && Xn && !cpu->attention; room -= n) {
        n = mops_set_step(cpu, Xd + Xn, smaller(0 - Xn, room), (u8)Xm, SH);
        if (!n) {
            return MOPS_EXCEPTION;
        }
        Xn += n;
    }
    return Xn ? MOPS_MORE : MOPS_DONE;
}

/* IsMemCpyForward: backward only where the target lies above the source and inside the block. */
static bool mops_copy_is_forward(u64 to, u64 from, u64 size)
{
    u64 to56 = BITS(to, 55, 0), from56 = BITS(from, 55, 0);
    return !(from56 < to56 && from56 + size > to56);
}

#define MOPS_MAX_COPY 0x007fffffffffffffu       /* CPYP; the others saturate to MOPS_MAX */
#define MOPS_MAX 0x7fffffffffffffffu

OP(CPYP, if (!mops_enabled(cpu)) UNDEFINED_INSN;
    u64 size = smaller(Xn, MOPS_MAX_COPY);
    bool forward = mops_copy_is_forward(Xd, Xm, size);
    if (forward) { Xd += size; Xm += size; }
    Xn = forward ? 0 - size : size; nzcv_write(cpu, 0); NEXT;)
OP(CPYFP, if (!mops_enabled(cpu)) UNDEFINED_INSN;
    u64 size = smaller(Xn, MOPS_MAX); Xd += size; Xm += size; Xn = 0 - size; nzcv_write(cpu, 0); NEXT;)
OP(SETP, if (!mops_enabled(cpu)) UNDEFINED_INSN;
    u64 size = smaller(Xn, MOPS_MAX); Xd += size; Xn = 0 - size; nzcv_write(cpu, 0); NEXT;)

#define MOPS_OP(NAME, RUN) \
    OP(NAME, if (!mops_enabled(cpu)) UNDEFINED_INSN; \
        SPILL(op); MopsResult result = RUN; RELOAD; \
        if (result == MOPS_EXCEPTION) TAKE_EXCEPTION; \
        if (result == MOPS_MORE) { budget--; cpu->attention = 1; return leave_at(PASS(op)); } \
        if (unlikely(cpu->attention)) { return leave_at(PASS(op + 1)); } \
        NEXT;)
MOPS_OP(CPYM, mops_copy(cpu, op, MOPS_MAIN, false))
MOPS_OP(CPYE, mops_copy(cpu, op, MOPS_EPILOGUE, false))
MOPS_OP(CPYFM, mops_copy(cpu, op, MOPS_MAIN, true))
MOPS_OP(CPYFE, mops_copy(cpu, op, MOPS_EPILOGUE, true))
MOPS_OP(SETM, mops_set(cpu, op, MOPS_MAIN))
MOPS_OP(SETE, mops_set(cpu, op, MOPS_EPILOGUE))
