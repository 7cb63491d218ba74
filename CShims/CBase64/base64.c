// The code that all kernels share: the last group, and the offset of the first invalid character.
#include "internal.h"

#include "alphabets.h"

static const struct alphabet *tables_of(CBase64Alphabet alphabet) {
    return alphabet == CBase64AlphabetURLSafe ? &url_safe : &standard;
}

unsigned cbase64_value(CBase64Alphabet alphabet, uint8_t character) {
    unsigned value = character < 128 ? tables_of(alphabet)->values[character] : not_in_alphabet;
    return value < 64 ? value : 64;
}

uint8_t cbase64_letter(CBase64Alphabet alphabet, unsigned value) {
    return tables_of(alphabet)->letters[value & 63];
}

size_t cbase64_encode(const CBase64Kernel *kernel, CBase64Alphabet alphabet, bool padded, const uint8_t *bytes,
    size_t count, uint8_t *text) {
    const struct alphabet *tables = tables_of(alphabet);
    size_t done = kernel->encode_groups(tables, bytes, count, text);
    done += cbase64_encode_groups_scalar(tables, bytes + done, count - done, text + done / 3 * 4);
    uint8_t *out = text + done / 3 * 4;
    if (done == count)
        return (size_t)(out - text);
    bool is_two = count - done == 2;
    uint32_t group = (uint32_t)bytes[done] << 16 | (is_two ? (uint32_t)bytes[done + 1] << 8 : 0);
    *out++ = tables->letters[group >> 18];
    *out++ = tables->letters[group >> 12 & 63];
    if (is_two)
        *out++ = tables->letters[group >> 6 & 63];
    if (padded && !is_two)
        *out++ = '=';
    if (padded)
        *out++ = '=';
    return (size_t)(out - text);
}

size_t cbase64_decode_groups(
    const CBase64Kernel *kernel, CBase64Alphabet alphabet, const uint8_t *text, size_t count, uint8_t *bytes) {
    const struct alphabet *tables = tables_of(alphabet);
    size_t done = kernel->decode_groups(tables, text, count, bytes);
    return done + cbase64_decode_groups_scalar(tables, text + done, count - done, bytes + done / 4 * 3);
}

static size_t fail_at(size_t offset, size_t *error_offset) {
    *error_offset = offset;
    return CBASE64_INVALID;
}

// Decodes the last group, `count` characters at `text`: two or three letters, followed by padding to the end.
// Returns the number of bytes written.
static size_t decode_last(
    CBase64Alphabet alphabet, const uint8_t *text, size_t count, uint8_t *bytes, size_t *error_offset) {
    uint32_t group = 0;
    size_t letters = 0;
    while (letters < 4 && letters < count) {
        unsigned value = cbase64_value(alphabet, text[letters]);
        if (value > 63)
            break;
        group = group << 6 | value;
        letters++;
    }
    if (letters < 2)
        return fail_at(letters, error_offset);
    for (size_t padding = letters; padding < 4; padding++)
        if (padding >= count || text[padding] != '=')
            return fail_at(padding < count ? padding : count, error_offset);
    if (count > 4)
        return fail_at(4, error_offset);
    uint32_t unused = letters == 2 ? group & 15 : group & 3;
    if (unused != 0)
        return fail_at(letters - 1, error_offset);
    bytes[0] = (uint8_t)(letters == 2 ? group >> 4 : group >> 10);
    if (letters == 3)
        bytes[1] = (uint8_t)(group >> 2);
    return letters - 1;
}

size_t cbase64_decode(const CBase64Kernel *kernel, CBase64Alphabet alphabet, const uint8_t *text, size_t count,
    uint8_t *bytes, size_t *error_offset) {
    // The last group may have padding, at which a kernel would reject its whole last block.
    size_t padding = count > 0 && text[count - 1] == '=' ? 4 : 0;
    size_t clean = count > padding ? count - padding : 0;
    size_t done = cbase64_decode_groups(kernel, alphabet, text, clean, bytes);
    size_t written = done / 4 * 3;
    if (done == count)
        return written;
    size_t last = decode_last(alphabet, text + done, count - done, bytes + written, error_offset);
    if (last != CBASE64_INVALID)
        return written + last;
    *error_offset += done;
    return CBASE64_INVALID;
}
