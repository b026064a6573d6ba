// SPDX-License-Identifier: MIT
// CoreMark-like: a linked list that is searched, reversed and merge-sorted, a small integer matrix, a state machine that
// reads numbers, and a CRC over everything. Not the published program.

#include "bench.h"

enum { ITEMS = 120, SIDE = 12, TEXT_BYTES = 512 };
struct Item {
    struct Item *next;
    uint16_t key, data;
};

u32 rounds = 2000;

static struct Item items[ITEMS];
static int16_t left_matrix[SIDE][SIDE], right_matrix[SIDE][SIDE];
static i64 product[SIDE][SIDE];
static char text[TEXT_BYTES + 1];

static NOINLINE uint16_t crc16(uint16_t crc, uint16_t value)
{
    for (int i = 0; i < 16; i++) {
        bool carry = (crc ^ value) & 1;
        crc >>= 1;
        value >>= 1;
        if (carry)
            crc ^= 0xa001;
    }
    return crc;
}

/* -- List -- */

static struct Item *make_list(u64 *state)
{
    for (int i = 0; i < ITEMS; i++) {
        u64 random = next_random(state);
        items[i] = (struct Item){i + 1 < ITEMS ? &items[i + 1] : NULL, (uint16_t)(random >> 8), (uint16_t)(random >> 30)};
    }
    return items;
}

static NOINLINE struct Item *find_data(struct Item *item, u32 low_byte)
{
    while (item && (item->data & 0xff) != low_byte)
        item = item->next;
    return item;
}

static NOINLINE struct Item *reverse(struct Item *item)
{
    struct Item *result = NULL;
    while (item) {
        struct Item *next = item->next;
        item->next = result;
        result = item;
        item = next;
    }
    return result;
}

typedef int (*Compare)(const struct Item *a, const struct Item *b);
static NOINLINE int by_key(const struct Item *a, const struct Item *b) { return (int)a->key - (int)b->key; }
static NOINLINE int by_data(const struct Item *a, const struct Item *b) { return (int)a->data - (int)b->data; }

static struct Item *merge(struct Item *a, struct Item *b, Compare compare)
{
    struct Item head, *tail = &head;
    while (a && b) {
        struct Item **lower = compare(a, b) <= 0 ? &a : &b;
        tail = tail->next = *lower;
        *lower = (*lower)->next;
    }
    tail->next = a ? a : b;
    return head.next;
}

static NOINLINE struct Item *sort(struct Item *list, int length, Compare compare)
{
    if (length < 2)
        return list;
    struct Item *middle = list;
    for (int i = 1; i < length / 2; i++)
        middle = middle->next;
    struct Item *second = middle->next;
    middle->next = NULL;
    list = sort(list, length / 2, compare);
    return merge(list, sort(second, length - length / 2, compare), compare);
}

static uint16_t list_round(u64 *state, uint16_t crc)
{
    struct Item *list = make_list(state);
    for (u32 i = 0; i < 24; i++) {
        struct Item *found = find_data(list, i * 11 & 0xff);
        crc = crc16(crc, found ? found->key : 0);
        list = reverse(list);
    }
    list = sort(list, ITEMS, by_key);
    crc = crc16(crc, list->data);
    list = sort(list, ITEMS, by_data);
    for (const struct Item *item = list; item; item = item->next)
        crc = crc16(crc, item->key);
    return crc;
}

/* -- Matrix -- */

static NOINLINE void multiply(void)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            i64 sum = 0;
            for (int k = 0; k < SIDE; k++)
                sum += (int)left_matrix[i][k] * (int)right_matrix[k][j];
            product[i][j] = sum;
        }
}

static NOINLINE void multiply_bits(void)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            u32 sum = 0;
            for (int k = 0; k < SIDE; k++) {
                u32 value = (u32)((int)left_matrix[i][k] * (int)right_matrix[k][j]);
                sum += (value >> 2 & 0xf) * (value >> 5 & 0x7f);
            }
            product[i][j] += sum;
        }
}

static uint16_t matrix_round(u64 *state, uint16_t crc)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            u64 random = next_random(state);
            left_matrix[i][j] = (int16_t)(random >> 10);
            right_matrix[i][j] = (int16_t)(random >> 40 & 0xfff);
        }
    multiply();
    multiply_bits();
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            crc = crc16(crc, (uint16_t)(product[i][j] ^ product[i][j] >> 16));
    return crc;
}

/* -- State machine -- */

enum State { START, INVALID, SIGN, INTEGER, FRACTION, EXPONENT, EXPONENT_SIGN, SCIENTIFIC, STATES };

static void make_text(u64 *state)
{
    static const char *const words[8] = {"5012,", "-874,", "+122,", "35.54400,", ".1234500,", "5.500e+3,", "-.123e-2,", "T0.3e-1F,"};
    unsigned at = 0;
    while (at < TEXT_BYTES)
        for (const char *word = words[next_random(state) >> 33 & 7]; *word && at < TEXT_BYTES; word++)
            text[at++] = *word;
    text[at] = 0;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_sign(char c) { return c == '+' || c == '-'; }

static enum State next_state(enum State state, char c)
{
    switch (state) {
    case START: return is_digit(c) ? INTEGER : is_sign(c) ? SIGN : c == '.' ? FRACTION : INVALID;
    case SIGN: return is_digit(c) ? INTEGER : c == '.' ? FRACTION : INVALID;
    case INTEGER: return c == '.' ? FRACTION : is_digit(c) ? INTEGER : INVALID;
    case FRACTION: return c == 'e' || c == 'E' ? EXPONENT : is_digit(c) ? FRACTION : INVALID;
    case EXPONENT: return is_sign(c) ? EXPONENT_SIGN : INVALID;
    case EXPONENT_SIGN: return is_digit(c) ? SCIENTIFIC : INVALID;
    case SCIENTIFIC: return is_digit(c) ? SCIENTIFIC : INVALID;
    default: return INVALID;
    }
}

static NOINLINE const char *read_number(const char *at, u32 *final)
{
    enum State state = START;
    for (; *at && *at != ','; at++)
        state = next_state(state, *at);
    final[state]++;
    return *at ? at + 1 : at;
}

static uint16_t text_round(u64 *state, uint16_t crc)
{
    u32 final[STATES] = {0};
    make_text(state);
    for (int step = 1; step < 4; step++) {
        for (const char *at = text; *at;)
            at = read_number(at, final);
        for (int i = 0; i < TEXT_BYTES; i += 17 * step)
            text[i] = text[i] == ',' ? ',' : (char)(text[i] ^ 1);
    }
    for (int i = 0; i < STATES; i++)
        crc = crc16(crc, (uint16_t)final[i]);
    return crc;
}

u64 workload(u32 count)
{
    u64 state = 88172645463325252;
    uint16_t crc = 0xffff;
    u64 sum = 0;
    for (u32 i = 0; i < count; i++) {
        crc = list_round(&state, crc);
        crc = matrix_round(&state, crc);
        crc = text_round(&state, crc);
        sum = mix(sum, crc);
    }
    return sum;
}
