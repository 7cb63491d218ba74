// Base64 (RFC 4648): kernels, one file per instruction set, and their choice by CPU.
//
// Nothing here reads or writes outside the buffers it is given. Any thread may call any of it.
#ifndef CBASE64_H
#define CBASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct CBase64Kernel CBase64Kernel;

// RFC 4648, section 4 ('+', '/') and section 5 ('-', '_').
typedef enum __attribute__((enum_extensibility(closed))) {
    CBase64AlphabetStandard,
    CBase64AlphabetURLSafe,
} CBase64Alphabet;

#define CBASE64_INVALID SIZE_MAX

// The fastest kernel that this CPU can run. Decided once.
const CBase64Kernel *cbase64_best_kernel(void);

// The kernel of that name ("scalar", "ssse3", "avx2", "avx512", "neon"), or NULL when this CPU or this build does not
// have it.
const CBase64Kernel *cbase64_kernel_named(const char *name);

const char *cbase64_kernel_name(const CBase64Kernel *kernel);

// Encodes all `count` bytes into `text`, which holds 4 × ⌈count ÷ 3⌉ bytes, or without padding ⌈4 × count ÷ 3⌉. Returns
// the number of characters written. The buffers may not overlap.
size_t cbase64_encode(const CBase64Kernel *kernel, CBase64Alphabet alphabet, bool padded, const uint8_t *bytes,
    size_t count, uint8_t *text);

// Decodes strictly: only the alphabet, exact padding, unused bits zero. `bytes` holds 3 × (count ÷ 4) bytes at least;
// it may be `text` itself. Returns the number of bytes written; or on bad text CBASE64_INVALID, with the offset of the
// first offending character in `*error_offset` (`count` itself when the text ends too early).
size_t cbase64_decode(const CBase64Kernel *kernel, CBase64Alphabet alphabet, const uint8_t *text, size_t count,
    uint8_t *bytes, size_t *error_offset);

// Decodes whole groups of four letters, up to the first group with something else in it. `bytes` holds
// 3 × (count ÷ 4) bytes; it may be `text` itself. Returns the number of characters taken, of which every four have
// become three bytes.
size_t cbase64_decode_groups(
    const CBase64Kernel *kernel, CBase64Alphabet alphabet, const uint8_t *text, size_t count, uint8_t *bytes);

// The six bits of a character, or 64 when it does not belong to the alphabet.
unsigned cbase64_value(CBase64Alphabet alphabet, uint8_t character);

// The character for six bits.
uint8_t cbase64_letter(CBase64Alphabet alphabet, unsigned value);

#endif
