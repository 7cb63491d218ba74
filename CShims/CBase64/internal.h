#ifndef CBASE64_INTERNAL_H
#define CBASE64_INTERNAL_H

#include "CBase64.h"

// The scalar code is also the tail of every SIMD kernel.
size_t cbase64_encode_scalar(const uint8_t *bytes, size_t count, uint8_t *text);
size_t cbase64_decode_scalar(const uint8_t *text, size_t count, uint8_t *bytes, size_t *error_offset);

#if defined(__x86_64__)
size_t cbase64_encode_avx2(const uint8_t *bytes, size_t count, uint8_t *text);
size_t cbase64_decode_avx2(const uint8_t *text, size_t count, uint8_t *bytes, size_t *error_offset);
#endif

#endif
