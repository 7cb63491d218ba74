// Base64 (RFC 4648): one kernel per instruction set, selected by the CPU's features.
//
// No function reads or writes outside of the buffers it receives. All functions are safe to call from any
// thread.
#ifndef CBASE64_H
#define CBASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct CBase64Kernel CBase64Kernel;

// The alphabets of RFC 4648, section 4 ('+', '/') and section 5 ('-', '_').
typedef enum __attribute__((enum_extensibility(closed))) {
    CBase64AlphabetStandard,
    CBase64AlphabetURLSafe,
} CBase64Alphabet;

#define CBASE64_INVALID SIZE_MAX

// The fastest kernel that this CPU supports. The result never changes within a process.
const CBase64Kernel *cbase64_best_kernel(void);

// The kernel with that name ("scalar", "ssse3", "avx2", "avx512", "neon"), or NULL if this CPU or this build
// does not have it.
const CBase64Kernel *cbase64_kernel_named(const char *name);

// The name of a kernel, as `cbase64_kernel_named` takes it. Static storage.
const char *cbase64_kernel_name(const CBase64Kernel *kernel);

// Encodes all `count` bytes into `text`, which has room for 4 × ⌈count ÷ 3⌉ bytes, or ⌈4 × count ÷ 3⌉ without
// padding. Returns the number of characters written. The buffers must not overlap.
size_t cbase64_encode(const CBase64Kernel *kernel, CBase64Alphabet alphabet, bool padded, const uint8_t *bytes,
    size_t count, uint8_t *text);

// Decodes strictly: only characters of the alphabet, exact padding, unused bits zero. `bytes` has room for at
// least 3 × (count ÷ 4) bytes and may be `text` itself. Returns the number of bytes written. On invalid text,
// returns CBASE64_INVALID and writes the offset of the first offending character to `*error_offset` (`count`
// if the text ends too early).
size_t cbase64_decode(const CBase64Kernel *kernel, CBase64Alphabet alphabet, const uint8_t *text, size_t count,
    uint8_t *bytes, size_t *error_offset);

// Decodes whole groups of four letters, up to the first group that contains any other character. `bytes` has
// room for 3 × (count ÷ 4) bytes and may be `text` itself. Returns the number of characters decoded; every
// four become three bytes.
size_t cbase64_decode_groups(
    const CBase64Kernel *kernel, CBase64Alphabet alphabet, const uint8_t *text, size_t count, uint8_t *bytes);

// The six-bit value of a character, or 64 if it does not belong to the alphabet.
unsigned cbase64_value(CBase64Alphabet alphabet, uint8_t character);

// The character for a six-bit value.
uint8_t cbase64_letter(CBase64Alphabet alphabet, unsigned value);

#endif
