// Base64 kernels (RFC 4648, standard alphabet), one file per instruction set, and their choice by CPU.
//
// No kernel reads or writes outside the buffers it is given. Any thread may call any of them.
#ifndef CBASE64_H
#define CBASE64_H

#include <stddef.h>
#include <stdint.h>

typedef struct CBase64Kernel {
    const char *name;
    // Encodes all `count` bytes with padding into `text`, which holds 4 × ⌈count ÷ 3⌉ bytes. Returns that number.
    size_t (*encode)(const uint8_t *bytes, size_t count, uint8_t *text);
    // Decodes strictly: only the alphabet, exact padding, unused bits zero. `bytes` holds 3 × (count ÷ 4) bytes at
    // least. Returns the number of bytes written; or on bad text CBASE64_INVALID, with the offset of the first
    // offending character in `*error_offset` (`count` itself when the text ends too early).
    size_t (*decode)(const uint8_t *text, size_t count, uint8_t *bytes, size_t *error_offset);
} CBase64Kernel;

#define CBASE64_INVALID SIZE_MAX

// The fastest kernel that this CPU can run. Decided once.
const CBase64Kernel *cbase64_best_kernel(void);

// The kernel of that name ("scalar", "avx2"), or NULL when this CPU or this build does not have it.
const CBase64Kernel *cbase64_kernel_named(const char *name);

#endif
