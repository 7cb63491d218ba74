#include "CZlib.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

uint32_t czlib_crc32(uint32_t crc, const void *bytes, size_t count) {
    const Bytef *next = bytes;
    while (count > 0) { // zlib counts in 32 bits
        uInt piece = count > UINT_MAX ? UINT_MAX : (uInt)count;
        crc = (uint32_t)crc32(crc, next, piece);
        next += piece;
        count -= piece;
    }
    return crc;
}

bool czlib_inflate(const void *bytes, size_t count, void *output, size_t capacity, size_t *written) {
    uLongf length = capacity;
    if (uncompress(output, &length, bytes, count) != Z_OK)
        return false;
    *written = length;
    return true;
}

size_t czlib_deflate(const void *bytes, size_t count, void *output, size_t capacity) {
    uLongf length = capacity;
    return compress2(output, &length, bytes, count, Z_BEST_COMPRESSION) == Z_OK ? length : 0;
}

struct CZlibInflation {
    z_stream stream;
    CZlibInflationState state;
    uint64_t produced;
    Bytef dropped[1 << 16];
};

CZlibInflation *czlib_inflation_new(void) {
    CZlibInflation *inflation = calloc(1, sizeof *inflation);
    if (inflation != NULL && inflateInit(&inflation->stream) == Z_OK)
        return inflation;
    free(inflation);
    return NULL;
}

void czlib_inflation_free(CZlibInflation *inflation) {
    inflateEnd(&inflation->stream);
    free(inflation);
}

CZlibInflationState czlib_inflation_feed(
    CZlibInflation *inflation, const void *bytes, size_t count, uint64_t most, size_t *used, uint64_t *produced) {
    z_stream *stream = &inflation->stream;
    stream->next_in = (Bytef *)(uintptr_t)bytes;
    stream->avail_in = count > UINT_MAX ? UINT_MAX : (uInt)count;
    uInt given = stream->avail_in;
    bool is_full = true;
    // A full buffer may mean that more output is available without further input.
    while (inflation->state == CZlibInflationGoesOn && inflation->produced < most &&
           (stream->avail_in > 0 || is_full)) {
        stream->next_out = inflation->dropped;
        stream->avail_out = sizeof inflation->dropped;
        int status = inflate(stream, Z_NO_FLUSH);
        inflation->produced += sizeof inflation->dropped - stream->avail_out;
        is_full = stream->avail_out == 0;
        if (status == Z_STREAM_END)
            inflation->state = CZlibInflationEnded;
        else if (status != Z_OK && status != Z_BUF_ERROR)
            inflation->state = CZlibInflationDamaged;
    }
    *used = given - stream->avail_in;
    *produced = inflation->produced;
    return inflation->state;
}
