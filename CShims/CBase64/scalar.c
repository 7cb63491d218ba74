#include "internal.h"

static const char alphabet[64] = {
    'A',
    'B',
    'C',
    'D',
    'E',
    'F',
    'G',
    'H',
    'I',
    'J',
    'K',
    'L',
    'M',
    'N',
    'O',
    'P',
    'Q',
    'R',
    'S',
    'T',
    'U',
    'V',
    'W',
    'X',
    'Y',
    'Z',
    'a',
    'b',
    'c',
    'd',
    'e',
    'f',
    'g',
    'h',
    'i',
    'j',
    'k',
    'l',
    'm',
    'n',
    'o',
    'p',
    'q',
    'r',
    's',
    't',
    'u',
    'v',
    'w',
    'x',
    'y',
    'z',
    '0',
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
    '8',
    '9',
    '+',
    '/',
};

size_t cbase64_encode_scalar(const uint8_t *bytes, size_t count, uint8_t *text) {
    uint8_t *out = text;
    for (; count >= 3; count -= 3, bytes += 3, out += 4) {
        uint32_t group = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | bytes[2];
        out[0] = (uint8_t)alphabet[group >> 18];
        out[1] = (uint8_t)alphabet[group >> 12 & 63];
        out[2] = (uint8_t)alphabet[group >> 6 & 63];
        out[3] = (uint8_t)alphabet[group & 63];
    }
    if (count > 0) {
        uint32_t group = (uint32_t)bytes[0] << 16 | (count == 2 ? (uint32_t)bytes[1] << 8 : 0);
        out[0] = (uint8_t)alphabet[group >> 18];
        out[1] = (uint8_t)alphabet[group >> 12 & 63];
        out[2] = count == 2 ? (uint8_t)alphabet[group >> 6 & 63] : '=';
        out[3] = '=';
        out += 4;
    }
    return (size_t)(out - text);
}

// The six bits of a character, or 64 and more for anything outside the alphabet.
static inline uint32_t value_of(uint8_t character) {
    if (character >= 'A' && character <= 'Z')
        return character - 'A';
    if (character >= 'a' && character <= 'z')
        return (uint32_t)(character - 'a') + 26;
    if (character >= '0' && character <= '9')
        return (uint32_t)(character - '0') + 52;
    return character == '+' ? 62 : character == '/' ? 63 : 64;
}

static size_t fail_at(size_t offset, size_t *error_offset) {
    *error_offset = offset;
    return CBASE64_INVALID;
}

size_t cbase64_decode_scalar(const uint8_t *text, size_t count, uint8_t *bytes, size_t *error_offset) {
    uint8_t *out = bytes;
    size_t at = 0;
    while (at < count) {
        uint32_t group = 0;
        size_t letters = 0;
        while (letters < 4 && at + letters < count) {
            uint32_t value = value_of(text[at + letters]);
            if (value > 63)
                break;
            group = group << 6 | value;
            letters++;
        }
        if (letters == 4) {
            out[0] = (uint8_t)(group >> 16);
            out[1] = (uint8_t)(group >> 8);
            out[2] = (uint8_t)group;
            out += 3;
            at += 4;
            continue;
        }
        // The last group: two or three letters, then padding up to the very end of the text.
        if (letters < 2)
            return fail_at(at + letters, error_offset);
        for (size_t padding = letters; padding < 4; padding++)
            if (at + padding >= count || text[at + padding] != '=')
                return fail_at(at + padding < count ? at + padding : count, error_offset);
        if (at + 4 != count)
            return fail_at(at + 4, error_offset);
        uint32_t unused = letters == 2 ? group & 15 : group & 3;
        if (unused != 0)
            return fail_at(at + letters - 1, error_offset);
        *out++ = (uint8_t)(letters == 2 ? group >> 4 : group >> 10);
        if (letters == 3)
            *out++ = (uint8_t)(group >> 2);
        at += 4;
    }
    return (size_t)(out - bytes);
}
