#include "CImaging.h"

#include <limits.h>
#include <zlib.h>

uint32_t cimaging_crc32(uint32_t crc, const void *bytes, size_t count) {
    const Bytef *next = bytes;
    while (count > 0) { // zlib counts in 32 bits
        uInt piece = count > UINT_MAX ? UINT_MAX : (uInt)count;
        crc = (uint32_t)crc32(crc, next, piece);
        next += piece;
        count -= piece;
    }
    return crc;
}

bool cimaging_inflate(const void *bytes, size_t count, void *output, size_t capacity, size_t *written) {
    uLongf length = capacity;
    if (uncompress(output, &length, bytes, count) != Z_OK)
        return false;
    *written = length;
    return true;
}
