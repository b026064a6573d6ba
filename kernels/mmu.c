// SPDX-License-Identifier: MIT
// mmu: stage 1 translation at EL1 and EL0 with 4 KB pages: what is allowed, and what each fault reports.
//
// Proves: faults of every kind and level (ESR_EL1, FAR_EL1), AP, PXN, UXN, WXN, PAN, UAO, hardware access flag and dirty
// state (if the ID registers have them), tagged addresses, TTBR1, unaligned accesses over a page's end, ASIDs and nG,
// each TLBI, AT and PAR_EL1. Expected output: mmu.expected.

#include "mmu.h"

/* Physical pages that the tests use, and virtual addresses far from the identity map. */
#define PAGE(n) (0x42000000UL + 0x1000UL * (n))
#define VA 0x0000008000000000UL
#define HIGH 0xffff000000000000UL
#define USER (PTE_AP_EL0 | PTE_PXN)

extern const char text_end[];

static u64 *root;

/* Actions. The user_ ones are copied to a page that EL0 may execute; their length is at most CODE_BYTES. */
#define ACTION(name, text)                                                                                             \
    u64 name(u64 a, u64 b);                                                                                            \
    __asm__(".pushsection .text." #name ", \"ax\"\n .balign 8\n .global " #name "\n" #name ":\n " text                 \
            "\n ret\n .popsection")
enum { CODE_BYTES = 16 };
ACTION(user_load, "ldr w0, [x0]\n svc #1");
ACTION(user_store, "str w0, [x0]\n svc #2");
ACTION(user_branch, "br x0");
ACTION(return_a, "mov w0, #0x2a");
ACTION(load_unprivileged, "ldtr w0, [x0]");
ACTION(load_eight, "ldr x0, [x0]");
ACTION(store_eight, "str x1, [x0]");
ACTION(set_pan, ".inst 0xd500419f");
ACTION(clear_pan, ".inst 0xd500409f");
ACTION(set_uao, ".inst 0xd500417f");
ACTION(clear_uao, ".inst 0xd500407f");

static void flush(void) { barrier("dsb ishst\n tlbi vmalle1\n dsb ish\n isb"); }

static void show(const char *name, struct Fault fault)
{
    if (!fault.taken)
        print("  %s: fine\n", name);
    else
        print("  %s: vector 0x%03x ESR 0x%08lx FAR 0x%lx\n", name, fault.vector * 0x80, fault.esr, fault.far);
}

static void try(const char *name, Action action, u64 a) { show(name, probe(action, a, 0, NULL)); }

/* Run a user_ action at EL0. */
static void try_el0(const char *name, Action code, u64 argument)
{
    struct Fault fault = probe(enter_el0, VA + 0x1000 * 15 + ((u64)code & 0xfff), argument, NULL);
    if (field(fault.esr, 31, 26) == 0x15)
        print("  %s: fine\n", name);
    else
        show(name, fault);
}

/* EL0's own fetch of its page: return_a, then RET to 0, where EL0 may not execute. */
static void try_el0_fetch(u64 va)
{
    struct Fault fault = probe(enter_el0, va, 0, NULL);
    if (fault.x0 == 0x2a)
        print("  EL0 fetch: fine\n");
    else
        show("EL0 fetch", fault);
}

/* Map page n; prepare has put return_a at its begin and 0x1000 + n at its end. */
static void page(unsigned n, u64 attributes)
{
    mmu_map(root, VA + 0x1000 * n, PAGE(n) | PTE_PAGE | PTE_SH_INNER | attributes, 3);
}

static void copy_code(u64 target, Action from)
{
    for (unsigned i = 0; i < CODE_BYTES; i += 4)
        store32(target + i, load32((u64)from + i, 0));
    __asm__ volatile("dc cvau, %0\n dsb ish\n ic ivau, %0\n dsb ish\n isb" : : "r"(target) : "memory");
}

static void prepare(void)
{
    for (unsigned n = 0; n < 15; n++) {
        copy_code(PAGE(n), return_a);
        mmio_write32(PAGE(n) + 0xffc, 0x1000 + n);
    }
    Action user[] = {user_load, user_store, user_branch};
    for (unsigned i = 0; i < 3; i++)
        copy_code(PAGE(15) + ((u64)user[i] & 0xfff), user[i]);
    page(15, PTE_AF | PTE_AP_EL0 | PTE_AP_RO);
}

static void translation_faults(void)
{
    print("translation faults\n");
    try("level 0", load32, 0x0000018000000000UL);
    try("level 1", load32, VA + 0x40000000UL);
    try("level 2", load32, VA + 0x200000UL);
    try("level 3", load32, VA + 0x1ff008UL);
    try("level 3, write", store32, VA + 0x1ff00cUL);
    try("level 3, fetch", execute, VA + 0x1ff000UL);
    try("reserved level 3 descriptor", load32, (mmu_map(root, VA + 0x1fe000, PAGE(0) | PTE_AF | 1, 3), VA + 0x1fe000));
    try("not canonical", load32, 0x0001000000000000UL);
    try("top byte of a VA", load32, 0x5500000000000000UL | VA);
    show("address size, level 3",
         (mmu_map(root, VA + 0x1fd000, 0x100000000UL | PTE_PAGE | PTE_NORMAL, 3), probe(load32, VA + 0x1fd000, 0, NULL)));
}

static void access_flag_faults(void)
{
    print("access flag faults\n");
    mmu_map(root, VA + 0x80000000UL, 0x40000000UL | PTE_BLOCK, 1);
    mmu_map(root, VA + 0x400000UL, 0x42000000UL | PTE_BLOCK, 2);
    page(0, 0);
    try("level 1", load32, VA + 0x80000000UL);
    try("level 2", load32, VA + 0x400000UL);
    try("level 3", load32, VA);
    try("level 3, write", store32, VA);
    try("level 3, fetch", execute, VA);
    page(0, PTE_AF);
    flush();
    try("set by software", load32, VA);
}

static void permissions(void)
{
    static const struct {
        const char *name;
        u64 attributes;
    } kinds[] = {
        {"EL1 read/write", PTE_UXN},       {"EL1 read-only", PTE_AP_RO | PTE_UXN}, {"EL1 read/write PXN", PTE_PXN | PTE_UXN},
        {"both read/write", PTE_AP_EL0},   {"both read-only", PTE_AP_EL0 | PTE_AP_RO},
        {"both read/write UXN", PTE_AP_EL0 | PTE_UXN}, {"both read-only PXN", PTE_AP_EL0 | PTE_AP_RO | PTE_PXN},
        {"EL0 execute only", 0},
    };
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        u64 va = VA + 0x1000 * (i + 1);
        print("%s\n", kinds[i].name);
        page(i + 1, PTE_AF | kinds[i].attributes);
        try("EL1 load", load32, va + 0xff0);
        try("EL1 store", store32, va + 0xff0);
        try("EL1 fetch", execute, va);
        try_el0("EL0 load", user_load, va + 0xff0);
        try_el0("EL0 store", user_store, va + 0xff0);
        try_el0_fetch(va);
    }
}

static void write_implies_never_execute(void)
{
    print("WXN\n");
    write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) | SCTLR_WXN);
    flush();
    try("EL1 fetch, writable", execute, VA + 0x1000);
    try("EL1 fetch, read-only", execute, VA + 0x2000);
    try_el0_fetch(VA + 0x4000);
    try_el0_fetch(VA + 0x5000);
    write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) & ~SCTLR_WXN);
    flush();
}

static void check(const char *name, bool good) { print("%s: %s\n", name, good ? "as it must be" : "WRONG"); }

static bool faults_with(Action action, u64 a, u64 esr)
{
    struct Fault fault = probe(action, a, 0, NULL);
    return fault.taken && fault.esr == esr;
}

/* What ID registers may or may not offer: the same text either way, so that every CPU model prints the same. */
static void optional_features(void)
{
    bool has_pan = field(read_sysreg(id_aa64mmfr1_el1), 23, 20) != 0;
    bool has_uao = field(read_sysreg(S3_0_C0_C7_2), 7, 4) != 0;
    u64 af = field(read_sysreg(id_aa64mmfr1_el1), 3, 0);
    u64 user = VA + 0x4000, kernel = VA + 0x1000;
    bool good = !faults_with(load_unprivileged, user, 0) && faults_with(load_unprivileged, kernel, 0x9600000f);
    check("LDTR has EL0's rights", good);
    if (has_pan) {
        set_pan(0, 0);
        good = faults_with(load32, user, 0x9600000f) && !probe(load32, kernel, 0, NULL).taken &&
               !probe(load_unprivileged, user, 0, NULL).taken;
        clear_pan(0, 0);
        good = good && !probe(load32, user, 0, NULL).taken;
    } else {
        good = faults_with(set_pan, 0, 0x02000000);
    }
    check("PAN", good);
    if (has_uao) {
        set_uao(0, 0);
        good = !probe(load_unprivileged, kernel, 0, NULL).taken;
        clear_uao(0, 0);
    } else {
        good = faults_with(set_uao, 0, 0x02000000);
    }
    check("UAO", good);
    u64 tcr = read_sysreg(tcr_el1), *entry = mmu_entry(root, VA + 0xa000, 3);
    write_sysreg(tcr_el1, tcr | (af >= 1 ? 1UL << 39 : 0) | (af >= 2 ? 1UL << 40 : 0));
    page(10, PTE_AP_RO | PTE_DBM);
    flush();
    bool loaded = !probe(load32, VA + 0xa000, 0, NULL).taken;
    bool flagged = *(volatile u64 *)entry & PTE_AF;
    check("hardware access flag", af >= 1 ? loaded && flagged : !loaded && !flagged);
    page(10, PTE_AF | PTE_AP_RO | PTE_DBM);
    flush();
    bool stored = !probe(store32, VA + 0xa010, 0, NULL).taken;
    bool dirty = !(*(volatile u64 *)entry & PTE_AP_RO);
    check("hardware dirty state", af >= 2 ? stored && dirty : !stored && !dirty);
    write_sysreg(tcr_el1, tcr);
    flush();
}

static void unaligned(void)
{
    print("unaligned accesses\n");
    page(11, PTE_AF | PTE_UXN);
    page(12, PTE_AF | PTE_UXN);
    mmu_map(root, VA + 0xd000, 0, 3);
    mmu_map(root, VA + 0xc000, PAGE(14) | PTE_PAGE | PTE_NORMAL, 3); /* not the neighbour of PAGE(11) */
    flush();
    u64 value;
    probe(store_eight, VA + 0xbffb, 0x1122334455667788UL, NULL);
    probe(load_eight, VA + 0xbffb, 0, &value);
    print("  over a page's end: 0x%lx\n", value);
    print("  where its halves are: 0x%x 0x%x\n", mmio_read32(PAGE(11) + 0xffc), mmio_read32(PAGE(14)));
    try("load into nothing", load_eight, VA + 0xcffd);
    try("store into nothing", store_eight, VA + 0xcffd);
    mmu_map(root, VA + 0xd000, PAGE(13) | PTE_PAGE | PTE_NORMAL | PTE_AP_RO, 3);
    flush();
    mmio_write32(VA + 0xcffc, 0x5a5a5a5a);
    try("store into a read-only page", store_eight, VA + 0xcffd);
    print("  what it left: 0x%x\n", mmio_read32(VA + 0xcffc));
    write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) | SCTLR_A);
    barrier("isb");
    try("load, SCTLR_EL1.A 1", load_eight, VA + 0xb001);
    write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) & ~SCTLR_A);
    barrier("isb");
}

static void high_half(void)
{
    print("TTBR1 and tags\n");
    u64 tcr = read_sysreg(tcr_el1);
    u64 *high = mmu_new_table();
    mmu_map(high, HIGH, PAGE(3) | PTE_PAGE | PTE_NORMAL | PTE_UXN, 3);
    write_sysreg(ttbr1_el1, high);
    flush();
    print("  high page: 0x%x\n", mmio_read32(HIGH + 0xffc));
    try("below it", load32, HIGH - 0x1000);
    try("above it", load32, HIGH + 0x1000);
    write_sysreg(tcr_el1, tcr | 1UL << 23); /* EPD1 */
    flush();
    try("EPD1", load32, HIGH);
    write_sysreg(tcr_el1, tcr | 1UL << 37); /* TBI0 */
    flush();
    print("  tagged: 0x%x\n", mmio_read32(0x5500000000000000UL | (VA + 0xffc)));
    write_sysreg(tcr_el1, tcr);
    flush();
}

static void at_result(const char *name)
{
    barrier("isb");
    u64 par = read_sysreg(par_el1);
    if (par & 1)
        print("  %s: fault, FST 0x%02lx\n", name, field(par, 6, 1));
    else if (field(par, 63, 60)) /* Normal memory; for Device, implementations differ in SH */
        print("  %s: PA 0x%lx ATTR 0x%02lx SH %lu\n", name, par & 0x0000fffffffff000UL, field(par, 63, 56),
              field(par, 8, 7));
    else
        print("  %s: PA 0x%lx ATTR 0x%02lx\n", name, par & 0x0000fffffffff000UL, field(par, 63, 56));
}

#define AT(operation, va)                                                                                              \
    do {                                                                                                               \
        __asm__ volatile("at " operation ", %0" : : "r"(va) : "memory");                                               \
        at_result(operation " " #va);                                                                                  \
    } while (0)

static void address_translation(void)
{
    print("AT\n");
    AT("s1e1r", VA + 0x1234);
    AT("s1e1w", VA + 0x1234);
    AT("s1e1w", VA + 0x2000);
    AT("s1e0r", VA + 0x1000);
    AT("s1e0r", VA + 0x5000);
    AT("s1e0w", VA + 0x5000);
    AT("s1e0w", VA + 0x4ff8);
    AT("s1e1r", VA + 0x1ff000);
    AT("s1e1r", VA + 0x200000);
    AT("s1e1r", 0x0000018000000000UL);
    AT("s1e1r", 0x09000000UL);
    AT("s1e1r", HIGH);
}

/* Point VA + 0xe000 elsewhere, drop the old translation by `operation`, and look. */
static void remap(const char *name, unsigned n, u64 flags, void (*operation)(u64 va, u64 asid))
{
    u64 va = VA + 0xe000;
    mmu_map(root, va, PAGE(n) | PTE_PAGE | PTE_NORMAL | PTE_UXN | flags, 3);
    operation(va, 1);
    barrier("dsb ish\n isb");
    print("  %s: 0x%x\n", name, mmio_read32(va + 0xffc));
}

#define TLBI(name, argument)                                                                                           \
    static void tlbi_##name(u64 va, u64 asid)                                                                          \
    {                                                                                                                  \
        (void)va, (void)asid;                                                                                          \
        __asm__ volatile("tlbi " #name ", %0" : : "r"(argument) : "memory");                                           \
    }
TLBI(vae1, va >> 12 | asid << 48)
TLBI(vale1, va >> 12 | asid << 48)
TLBI(vaae1, va >> 12)
TLBI(vaale1, va >> 12)
TLBI(vae1is, va >> 12 | asid << 48)
TLBI(vale1is, va >> 12 | asid << 48)
TLBI(vaae1is, va >> 12)
TLBI(vaale1is, va >> 12)
TLBI(aside1, asid << 48)
TLBI(aside1is, asid << 48)
#define TLBI_ALL(name)                                                                                                 \
    static void tlbi_##name(u64 va, u64 asid)                                                                          \
    {                                                                                                                  \
        (void)va, (void)asid;                                                                                          \
        barrier("tlbi " #name);                                                                                        \
    }
TLBI_ALL(vmalle1)
TLBI_ALL(vmalle1is)

static void set_asid(u64 asid)
{
    write_sysreg(ttbr0_el1, (u64)root | asid << 48);
    barrier("isb");
}

static void invalidations(void)
{
    print("TLBI\n");
    set_asid(1);
    remap("VMALLE1", 1, 0, tlbi_vmalle1);
    remap("VAE1", 2, 0, tlbi_vae1);
    remap("VALE1", 3, 0, tlbi_vale1);
    remap("VAAE1", 4, 0, tlbi_vaae1);
    remap("VAALE1", 5, 0, tlbi_vaale1);
    remap("VAE1IS", 6, 0, tlbi_vae1is);
    remap("VALE1IS", 7, 0, tlbi_vale1is);
    remap("VAAE1IS", 8, 0, tlbi_vaae1is);
    remap("VAALE1IS", 9, 0, tlbi_vaale1is);
    remap("VMALLE1IS", 1, PTE_NG, tlbi_vmalle1is);
    remap("ASIDE1", 2, PTE_NG, tlbi_aside1);
    remap("ASIDE1IS", 3, PTE_NG, tlbi_aside1is);
    remap("VAE1, nG", 4, PTE_NG, tlbi_vae1);
}

/* The same VA in two address spaces: switching TTBR0_EL1 with its ASID is enough. */
static void address_spaces(void)
{
    print("ASIDs\n");
    u64 va = VA + 0xe000, *first = root, *second = mmu_identity();
    mmu_map(first, va, PAGE(1) | PTE_PAGE | PTE_NORMAL | PTE_NG, 3);
    mmu_map(second, va, PAGE(2) | PTE_PAGE | PTE_NORMAL | PTE_NG, 3);
    flush();
    for (unsigned i = 0; i < 4; i++) {
        root = i % 2 ? second : first;
        set_asid(i % 2 + 1);
        print("  ASID %u: 0x%x\n", i % 2 + 1, mmio_read32(va + 0xffc));
    }
    root = first;
    set_asid(0);
    flush();
}

/* Like mmu_identity, but in pages where this program is: its code is read-only, so that WXN spares it. */
static u64 *fine_identity(void)
{
    u64 *result = mmu_new_table();
    mmu_map(result, 0, PTE_DEVICE | PTE_BLOCK, 1);
    for (u64 pa = 0x40200000; pa < 0x80000000; pa += 0x200000)
        mmu_map(result, pa, pa | PTE_NORMAL | PTE_UXN | PTE_BLOCK, 2);
    for (u64 pa = 0x40000000; pa < 0x40200000; pa += 0x1000) {
        bool is_code = pa >= 0x40080000 && pa < (u64)text_end;
        mmu_map(result, pa, pa | PTE_NORMAL | PTE_UXN | (is_code ? PTE_AP_RO : PTE_PXN) | PTE_PAGE, 3);
    }
    return result;
}

void main(void)
{
    root = fine_identity();
    mmu_enable(root, 0);
    prepare();
    translation_faults();
    access_flag_faults();
    permissions();
    write_implies_never_execute();
    optional_features();
    unaligned();
    high_half();
    address_translation();
    invalidations();
    address_spaces();
    print("done\n");
}
