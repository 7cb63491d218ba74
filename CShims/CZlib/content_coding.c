#include "content_coding.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

struct ContentCodingDecoder {
    z_stream stream;
    ContentCodingState state;
    bool has_begun;
    bool is_gzip;
};

ContentCodingDecoder *content_coding_new(void) { return calloc(1, sizeof(ContentCodingDecoder)); }

void content_coding_free(ContentCodingDecoder *decoder) {
    if (decoder->has_begun)
        inflateEnd(&decoder->stream);
    free(decoder);
}

// Detects the format from the first bytes: gzip's magic number, a zlib header (method 8, a window of at most
// 7, and a checksum divisible by 31), or raw deflate.
static bool begin(ContentCodingDecoder *decoder, const uint8_t *bytes, size_t count) {
    uint8_t first = bytes[0];
    bool is_zlib = (first & 0x0F) == 8 && first >> 4 <= 7 && (count == 1 || (first << 8 | bytes[1]) % 31 == 0);
    decoder->is_gzip = first == 0x1F;
    int window = decoder->is_gzip ? 15 + 16 : is_zlib ? 15 : -15;
    decoder->has_begun = inflateInit2(&decoder->stream, window) == Z_OK;
    return decoder->has_begun;
}

ContentCodingState content_coding_decode(
    ContentCodingDecoder *decoder, const void *bytes, size_t count, size_t *used, void *output, size_t capacity,
    size_t *written) {
    *used = *written = 0;
    if (count > 0 && !decoder->has_begun && !begin(decoder, bytes, count))
        decoder->state = ContentCodingDamaged;
    if (!decoder->has_begun || decoder->state == ContentCodingDamaged)
        return decoder->state;
    z_stream *stream = &decoder->stream;
    stream->next_in = (Bytef *)(uintptr_t)bytes;
    stream->avail_in = count > UINT_MAX ? UINT_MAX : (uInt)count;
    stream->next_out = output;
    stream->avail_out = capacity > UINT_MAX ? UINT_MAX : (uInt)capacity;
    uInt given = stream->avail_in, room = stream->avail_out;
    if (decoder->state == ContentCodingEnded && given > 0) {
        if (decoder->is_gzip && *stream->next_in == 0x1F && inflateReset(stream) == Z_OK) {
            decoder->state = ContentCodingGoesOn;
        } else {
            *used = given;
            return decoder->state;
        }
    }
    if (decoder->state == ContentCodingGoesOn) {
        int status = inflate(stream, Z_NO_FLUSH);
        if (status == Z_STREAM_END)
            decoder->state = ContentCodingEnded;
        else if (status != Z_OK && status != Z_BUF_ERROR)
            decoder->state = ContentCodingDamaged;
    }
    *used = given - stream->avail_in;
    *written = room - stream->avail_out;
    return decoder->state;
}
