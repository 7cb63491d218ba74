#ifndef CBASE64_INTERNAL_H
#define CBASE64_INTERNAL_H

#include "CBase64.h"

// One alphabet, as the lookup tables that the kernels use.
struct alphabet {
    uint8_t letters[64]; // by value
    uint8_t values[128]; // by character; not_in_alphabet for all others
    // Encoding with a 16-entry shuffle: the offset to add to a value, by its class (see letters_of() in
    // avx2.c).
    int8_t to_letter[16];
    // Decoding with 16-entry shuffles. A character belongs to the alphabet if the classes of its two nibbles
    // share a bit. Its high nibble then selects the offset to add. Only `special` needs another offset than
    // the rest of its row: that of row 0.
    uint8_t low_class[16];
    uint8_t high_class[16];
    int8_t to_value[16];
    uint8_t special;
};

enum { not_in_alphabet = 0x80 };

struct CBase64Kernel {
    const char *name;
    // Encodes whole groups of three bytes from the front, as many as the kernel chooses. Returns the number
    // of bytes encoded.
    size_t (*encode_groups)(const struct alphabet *, const uint8_t *bytes, size_t count, uint8_t *text);
    // Decodes whole groups of four letters from the front, up to the first character outside the alphabet or
    // an earlier one. Returns the number of characters decoded. `bytes` may be `text` itself.
    size_t (*decode_groups)(const struct alphabet *, const uint8_t *text, size_t count, uint8_t *bytes);
};

// Every kernel leaves its remainder to these two functions, which process as many whole groups as possible.
size_t cbase64_encode_groups_scalar(const struct alphabet *, const uint8_t *bytes, size_t count, uint8_t *text);
size_t cbase64_decode_groups_scalar(const struct alphabet *, const uint8_t *text, size_t count, uint8_t *bytes);

#if defined(__x86_64__)
extern const CBase64Kernel cbase64_ssse3, cbase64_avx2, cbase64_avx512;
#elif defined(__aarch64__)
extern const CBase64Kernel cbase64_neon;
#endif
extern const CBase64Kernel cbase64_scalar;

#endif
