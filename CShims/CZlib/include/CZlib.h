// zlib for Swift: checksums and in-memory streams. Swift cannot call zlib's initializers, which are macros.
//
// State lives only in the objects returned here. Each is used by one thread at a time and freed by its owner.
#ifndef CZLIB_H
#define CZLIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "content_coding.h"

// zlib's CRC-32, which uses the CPU's instructions where possible. Start with 0.
uint32_t czlib_crc32(uint32_t crc, const void *bytes, size_t count);
// Inflates a zlib stream. `*written` is at most `capacity`. False if the stream is damaged or longer than
// that.
bool czlib_inflate(const void *bytes, size_t count, void *output, size_t capacity, size_t *written);

// Deflates into a zlib stream. Returns its length, or 0 if it is longer than `capacity`.
size_t czlib_deflate(const void *bytes, size_t count, void *output, size_t capacity);

// Inflates a zlib stream piece by piece to check that it is complete. The output is counted and discarded.
typedef struct CZlibInflation CZlibInflation;
typedef enum __attribute__((enum_extensibility(closed))) {
    CZlibInflationGoesOn,
    CZlibInflationEnded, // with a correct checksum
    CZlibInflationDamaged,
} CZlibInflationState;
// NULL if there is no memory.
CZlibInflation *czlib_inflation_new(void);
void czlib_inflation_free(CZlibInflation *inflation);
// Stops after `most` bytes of output in all, or at the end of the stream. `*used` is how many of the `count`
// bytes it consumed; `*produced` is the output since the beginning.
CZlibInflationState czlib_inflation_feed(
    CZlibInflation *inflation, const void *bytes, size_t count, uint64_t most, size_t *used, uint64_t *produced);

#endif
