// zlib for Swift: checksums and streams in memory. Swift cannot call zlib's initializers, which are macros.
//
// Nothing here keeps state but the objects it returns, each used by one thread at a time and freed by its owner.
#ifndef CZLIB_H
#define CZLIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "content_coding.h"

// zlib's CRC-32, which uses the CPU's instructions where it can. Start with 0.
uint32_t czlib_crc32(uint32_t crc, const void *bytes, size_t count);
// Inflates a zlib stream. `*written` is at most `capacity`; false when the stream is damaged or longer than that.
bool czlib_inflate(const void *bytes, size_t count, void *output, size_t capacity, size_t *written);

// Deflates into a zlib stream. Returns its length, 0 when it is longer than `capacity`.
size_t czlib_deflate(const void *bytes, size_t count, void *output, size_t capacity);

// A zlib stream that is inflated piece by piece only to see whether it is whole: what comes out is counted and dropped.
typedef struct CZlibInflation CZlibInflation;
typedef enum __attribute__((enum_extensibility(closed))) {
    CZlibInflationGoesOn,
    CZlibInflationEnded, // with its checksum right
    CZlibInflationDamaged,
} CZlibInflationState;
// NULL when there is no memory.
CZlibInflation *czlib_inflation_new(void);
void czlib_inflation_free(CZlibInflation *inflation);
// Stops when `most` bytes have come out in all, or at the end of the stream. `*used` is how many of `count` bytes it
// took, `*produced` how many have come out since the beginning.
CZlibInflationState czlib_inflation_feed(
    CZlibInflation *inflation, const void *bytes, size_t count, uint64_t most, size_t *used, uint64_t *produced);

#endif
