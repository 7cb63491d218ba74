// Streaming decoder for the HTTP content codings gzip and deflate (RFC 9110, 8.4.1). Swift cannot call zlib's
// `inflateInit2`, which is a macro. Many servers send deflate without the zlib header, by mistake; both forms
// are accepted.
//
// Rules: a decoder belongs to its creator and is used by one thread at a time. Nothing else keeps state.
#ifndef CONTENT_CODING_H
#define CONTENT_CODING_H

#include <stdbool.h>
#include <stddef.h>

typedef struct ContentCodingDecoder ContentCodingDecoder;

typedef enum {
    ContentCodingGoesOn,
    // All members are complete; another one may follow.
    ContentCodingEnded,
    ContentCodingDamaged,
} ContentCodingState;

// NULL if there is no memory. Free the decoder with `content_coding_free`.
ContentCodingDecoder *content_coding_new(void);
void content_coding_free(ContentCodingDecoder *decoder);

// Decodes `bytes` into `output` until one of them ends: reads `*used` of the `count` bytes and fills
// `*written` of the `capacity` bytes. Call again with the rest while either is not 0. Bytes after the end
// that are not another member are read and discarded.
ContentCodingState content_coding_decode(
    ContentCodingDecoder *decoder, const void *bytes, size_t count, size_t *used, void *output, size_t capacity,
    size_t *written);

#endif
