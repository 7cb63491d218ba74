// The portable kernel, one group at a time: for remainders and for CPUs without the other kernels.
#include "internal.h"

size_t cbase64_encode_groups_scalar(
    const struct alphabet *alphabet, const uint8_t *bytes, size_t count, uint8_t *text) {
    const uint8_t *letters = alphabet->letters;
    size_t at = 0;
    for (; at + 3 <= count; at += 3, text += 4) {
        uint32_t group = (uint32_t)bytes[at] << 16 | (uint32_t)bytes[at + 1] << 8 | bytes[at + 2];
        text[0] = letters[group >> 18];
        text[1] = letters[group >> 12 & 63];
        text[2] = letters[group >> 6 & 63];
        text[3] = letters[group & 63];
    }
    return at;
}

size_t cbase64_decode_groups_scalar(
    const struct alphabet *alphabet, const uint8_t *text, size_t count, uint8_t *bytes) {
    const uint8_t *values = alphabet->values;
    size_t at = 0;
    for (; at + 4 <= count; at += 4, bytes += 3) {
        const uint8_t *group = text + at;
        uint32_t a = values[group[0] & 127], b = values[group[1] & 127];
        uint32_t c = values[group[2] & 127], d = values[group[3] & 127];
        if ((a | b | c | d | group[0] | group[1] | group[2] | group[3]) & not_in_alphabet)
            break;
        uint32_t value = a << 18 | b << 12 | c << 6 | d;
        bytes[0] = (uint8_t)(value >> 16);
        bytes[1] = (uint8_t)(value >> 8);
        bytes[2] = (uint8_t)value;
    }
    return at;
}

const CBase64Kernel cbase64_scalar = {"scalar", cbase64_encode_groups_scalar, cbase64_decode_groups_scalar};
