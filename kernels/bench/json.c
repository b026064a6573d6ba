// SPDX-License-Identifier: MIT
// A JSON parser by recursive descent over a document of some 30 KB: strings with escapes, numbers, nesting.

#include "bench.h"

enum { BYTES = 32768, RECORDS = 180, DEEPEST = 16 };
struct Parser {
    const char *at;
    u64 sum;
    u32 objects, arrays, strings, numbers, depth;
};

u32 rounds = 500;

static char document[BYTES];
static char *end;

/* -- The document -- */

static void put(const char *text)
{
    while (*text)
        *end++ = *text++;
}

static void put_number(u64 value)
{
    char digits[20];
    int count = 0;
    do
        digits[count++] = (char)('0' + value % 10);
    while (value /= 10);
    while (count)
        *end++ = digits[--count];
}

static void make_document(void)
{
    static const char *const names[4] = {"\"plain\"", "\"with \\\"quotes\\\"\"", "\"tab\\tand\\u0041\"", "\"\""};
    u64 state = 88172645463325252;
    end = document;
    put("{\"records\": [\n");
    for (int i = 0; i < RECORDS; i++) {
        u64 random = next_random(&state);
        put(i ? ",\n  {\"id\": " : "  {\"id\": ");
        put_number(random >> 40);
        put(", \"name\": ");
        put(names[random & 3]);
        put(random & 4 ? ", \"on\": true, \"at\": [" : ", \"on\": false, \"at\": [");
        for (u64 j = 0; j < (random >> 3 & 3) + 1; j++) {
            put(j ? ", -" : "");
            put_number(random >> (8 + j) & 0xfff);
            put(".");
            put_number(random >> (20 + j) & 0xff);
            put(random & 8 ? "e-2" : "");
        }
        put("], \"inner\": {\"none\": null, \"list\": [[], {}]}}");
    }
    put("\n]}");
    *end = 0;
}

/* -- The parser -- */

static bool parse_value(struct Parser *parser);

static void skip_space(struct Parser *parser)
{
    while (*parser->at == ' ' || *parser->at == '\n' || *parser->at == '\t' || *parser->at == '\r')
        parser->at++;
}

static bool accept(struct Parser *parser, char c)
{
    skip_space(parser);
    if (*parser->at != c)
        return false;
    parser->at++;
    return true;
}

static bool parse_word(struct Parser *parser, const char *word)
{
    while (*word)
        if (*parser->at++ != *word++)
            return false;
    parser->sum = mix(parser->sum, (u64)(u8)word[-1]);
    return true;
}

static bool parse_hex(struct Parser *parser, u32 *value)
{
    for (int i = 0; i < 4; i++) {
        char c = *parser->at++;
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        *value = *value << 4 | (u32)digit;
    }
    return true;
}

static bool parse_escape(struct Parser *parser, u32 *value)
{
    char c = *parser->at++;
    *value = 0;
    switch (c) {
    case 'u': return parse_hex(parser, value);
    case 'n': *value = '\n'; return true;
    case 't': *value = '\t'; return true;
    case '"': case '\\': case '/': *value = (u8)c; return true;
    default: return false;
    }
}

static bool parse_string(struct Parser *parser)
{
    u32 hash = 2166136261;
    parser->strings++;
    for (;;) {
        u32 value = (u8)*parser->at++;
        if (value == '"')
            break;
        if (value < ' ' || (value == '\\' && !parse_escape(parser, &value)))
            return false;
        hash = (hash ^ value) * 16777619;
    }
    parser->sum = mix(parser->sum, hash);
    return true;
}

static u64 parse_digits(struct Parser *parser, int *count)
{
    u64 value = 0;
    for (; *parser->at >= '0' && *parser->at <= '9'; parser->at++, (*count)++)
        value = value * 10 + (u64)(*parser->at - '0');
    return value;
}

static bool parse_number(struct Parser *parser)
{
    static const double tenth[] = {1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8};
    int whole = 0, digits = 0, exponent_digits = 0;
    bool negative = accept(parser, '-');
    double value = (double)parse_digits(parser, &whole);
    if (!whole)
        return false;
    if (*parser->at == '.') {
        parser->at++;
        u64 part = parse_digits(parser, &digits);
        value += (double)part * tenth[digits & 7];
    }
    if (*parser->at == 'e') {
        parser->at += 2;
        value *= tenth[parse_digits(parser, &exponent_digits) & 7];
    }
    parser->numbers++;
    parser->sum = mix(parser->sum, (u64)(i64)((negative ? -value : value) * 1000));
    return true;
}

static bool parse_array(struct Parser *parser)
{
    parser->arrays++;
    if (accept(parser, ']'))
        return true;
    do
        if (!parse_value(parser))
            return false;
    while (accept(parser, ','));
    return accept(parser, ']');
}

static bool parse_object(struct Parser *parser)
{
    parser->objects++;
    if (accept(parser, '}'))
        return true;
    do
        if (!accept(parser, '"') || !parse_string(parser) || !accept(parser, ':') || !parse_value(parser))
            return false;
    while (accept(parser, ','));
    return accept(parser, '}');
}

static bool parse_compound(struct Parser *parser, bool (*parse)(struct Parser *))
{
    if (parser->depth == DEEPEST)
        return false;
    parser->at++;
    parser->depth++;
    bool good = parse(parser);
    parser->depth--;
    return good;
}

static bool parse_value(struct Parser *parser)
{
    skip_space(parser);
    switch (*parser->at) {
    case '{': return parse_compound(parser, parse_object);
    case '[': return parse_compound(parser, parse_array);
    case '"': parser->at++; return parse_string(parser);
    case 't': return parse_word(parser, "true");
    case 'f': return parse_word(parser, "false");
    case 'n': return parse_word(parser, "null");
    default: return parse_number(parser);
    }
}

u64 workload(u32 count)
{
    u64 sum = 0;
    make_document();
    while (count--) {
        struct Parser parser = {.at = document};
        if (!parse_value(&parser) || *parser.at || parser.objects != 1 + 3 * RECORDS || parser.arrays != 1 + 3 * RECORDS)
            die("the document is not JSON");
        sum = mix(sum, parser.sum + parser.strings + parser.numbers);
    }
    return sum;
}
