// SPDX-License-Identifier: MIT
// Reader of flattened device trees (Devicetree Specification v0.4, chapter 5). Trusts nothing that the blob says.

#include "guest.h"

enum { FDT_BEGIN_NODE = 1, FDT_END_NODE = 2, FDT_PROP = 3, FDT_NOP = 4, FDT_END = 9 };
enum { MAX_DEPTH = 16, MAX_PATH = 256, MAX_TOTAL = 2 << 20, HEADER_BYTES = 40 };
#define FDT_MAGIC 0xd00dfeedu

static u32 be32(const u8 *bytes)
{
    return (u32)bytes[0] << 24 | (u32)bytes[1] << 16 | (u32)bytes[2] << 8 | bytes[3];
}

bool string_equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

/* A part of the blob, from header fields: offset and size. */
static bool part(const u8 *base, u32 total, u32 offset_at, u32 size_at, u32 *begin, u32 *end)
{
    u32 offset = be32(base + offset_at), size = be32(base + size_at);
    if (offset < HEADER_BYTES || offset > total || size > total - offset)
        return false;
    *begin = offset;
    *end = offset + size;
    return true;
}

bool fdt_open(struct Fdt *result, u64 address)
{
    const u8 *base = (const u8 *)address;
    if (!address || address % 8 || be32(base) != FDT_MAGIC)
        return false;
    struct Fdt tree = {.base = base, .total = be32(base + 4)};
    if (tree.total < HEADER_BYTES || tree.total > MAX_TOTAL || be32(base + 24) > 17 || be32(base + 20) < 17)
        return false;
    if (!part(base, tree.total, 8, 36, &tree.structs, &tree.structs_end) ||
        !part(base, tree.total, 12, 32, &tree.strings, &tree.strings_end))
        return false;
    *result = tree;
    return true;
}

/* Read the token at *offset and go past it. Damaged or at the end: FDT_END. */
static u32 next_token(const struct Fdt *tree, u32 *offset)
{
    if (*offset > tree->structs_end || tree->structs_end - *offset < 4)
        return FDT_END;
    u32 token = be32(tree->base + *offset);
    *offset += 4;
    return token;
}

static u32 align4(u32 offset) { return (offset + 3) & ~3u; }

/* The string at offset must end before end. */
static const char *string_at(const struct Fdt *tree, u32 offset, u32 end)
{
    for (u32 i = offset; i < end; i++)
        if (!tree->base[i])
            return (const char *)tree->base + offset;
    return NULL;
}

static u32 length(const char *text)
{
    u32 count = 0;
    while (text[count])
        count++;
    return count;
}

/* Read a property after its token; go past it. */
static bool read_property(const struct Fdt *tree, u32 *offset, const char **name, struct FdtProperty *result)
{
    if (*offset > tree->structs_end || tree->structs_end - *offset < 8)
        return false;
    u32 size = be32(tree->base + *offset), name_at = be32(tree->base + *offset + 4);
    *offset += 8;
    if (size > tree->structs_end - *offset || name_at >= tree->strings_end - tree->strings)
        return false;
    *name = string_at(tree, tree->strings + name_at, tree->strings_end);
    *result = (struct FdtProperty){tree->base + *offset, size};
    *offset = align4(*offset + size);
    return *name != NULL;
}

bool fdt_property(const struct FdtNode *node, const char *name, struct FdtProperty *result)
{
    u32 offset = node->properties;
    for (;;) {
        u32 token = next_token(node->fdt, &offset);
        const char *found;
        if (token == FDT_NOP)
            continue;
        if (token != FDT_PROP || !read_property(node->fdt, &offset, &found, result))
            return false;
        if (string_equal(found, name))
            return true;
    }
}

bool fdt_property_is(const struct FdtNode *node, const char *name, const char *text)
{
    struct FdtProperty property;
    return fdt_property(node, name, &property) && property.size && !property.data[property.size - 1] &&
           string_equal((const char *)property.data, text);
}

bool fdt_cell(const struct FdtProperty *property, u32 index, u32 *value)
{
    if (index >= property->size / 4)
        return false;
    *value = be32(property->data + 4 * index);
    return true;
}

/* A number of several cells; of more than two (PCI) the last two. */
static bool read_cells(const struct FdtProperty *property, u32 index, u32 count, u64 *value)
{
    *value = 0;
    for (u32 i = 0; i < count; i++) {
        u32 cell;
        if (!fdt_cell(property, index + i, &cell))
            return false;
        *value = *value << 32 | cell;
    }
    return true;
}

bool fdt_reg(const struct FdtNode *node, u32 index, u64 *address, u64 *size)
{
    struct FdtProperty reg;
    u32 stride = node->address_cells + node->size_cells;
    if (!stride || !fdt_property(node, "reg", &reg) || index >= reg.size / 4)
        return false;
    return read_cells(&reg, index * stride, node->address_cells, address) &&
           read_cells(&reg, index * stride + node->address_cells, node->size_cells, size);
}

bool fdt_is_compatible(const struct FdtNode *node, const char *name)
{
    struct FdtProperty property;
    if (!fdt_property(node, "compatible", &property) || !property.size || property.data[property.size - 1])
        return false;
    for (u32 i = 0; i < property.size; i += length((const char *)property.data + i) + 1)
        if (string_equal((const char *)property.data + i, name))
            return true;
    return false;
}

/* One level of the walk: what the node says of its children, and where its path ends. */
struct Level {
    u32 address_cells, size_cells, path_end;
};

static u32 cells_of(const struct FdtNode *node, const char *name, u32 absent)
{
    struct FdtProperty property;
    u32 value;
    if (!fdt_property(node, name, &property) || !fdt_cell(&property, 0, &value) || value > 4)
        return absent;
    return value;
}

/* Append /name to the path that ends at end; the root's name is empty and its path "/". 0: too long. */
static u32 append(char *path, u32 end, const char *name, bool is_child)
{
    u32 size = length(name);
    if (end == 1)
        end = 0; /* the root's own slash */
    if (end + size + 2 > MAX_PATH)
        return 0;
    path[end++] = '/';
    if (is_child)
        for (u32 i = 0; i < size; i++)
            path[end++] = name[i];
    path[end] = 0;
    return end;
}

/* Go past one BEGIN_NODE's name and describe the node, and the level of its children. */
static bool enter_node(const struct Fdt *tree, u32 *offset, char *path, u32 depth, struct Level *levels,
                       struct FdtNode *node)
{
    const char *name = string_at(tree, *offset, tree->structs_end);
    if (!name || depth >= MAX_DEPTH)
        return false;
    *offset = align4(*offset + length(name) + 1);
    levels[depth].path_end = append(path, depth ? levels[depth - 1].path_end : 0, name, depth > 0);
    *node = (struct FdtNode){tree, path, *offset, 2, 1};
    if (depth) {
        node->address_cells = levels[depth - 1].address_cells;
        node->size_cells = levels[depth - 1].size_cells;
    }
    levels[depth].address_cells = cells_of(node, "#address-cells", 2);
    levels[depth].size_cells = cells_of(node, "#size-cells", 1);
    return levels[depth].path_end != 0;
}

bool fdt_walk(const struct Fdt *tree, bool (*visit)(const struct FdtNode *node, void *context), void *context)
{
    static char path[MAX_PATH];
    struct Level levels[MAX_DEPTH];
    u32 offset = tree->structs, depth = 0;
    if (!tree->base)
        return false;
    for (;;) {
        struct FdtNode node;
        struct FdtProperty property;
        const char *name;
        switch (next_token(tree, &offset)) {
        case FDT_BEGIN_NODE:
            if (!enter_node(tree, &offset, path, depth++, levels, &node))
                return false;
            if (!visit(&node, context))
                return true;
            break;
        case FDT_END_NODE:
            if (!depth--)
                return false;
            break;
        case FDT_PROP:
            if (!read_property(tree, &offset, &name, &property))
                return false;
            break;
        case FDT_NOP: break;
        case FDT_END: return depth == 0;
        default: return false;
        }
    }
}
