// Undoes the codings that HTTP calls gzip and deflate (RFC 9110, 8.4.1), as the bytes come. Swift cannot call zlib's `inflateInit2`,
// which is a macro; deflate is sent with zlib's head or, by mistake of many, without.
//
// Rules: a decoder belongs to whoever made it and is used by one thread at a time. Nothing else keeps state.
#ifndef CONTENT_CODING_H
#define CONTENT_CODING_H

#include <stdbool.h>
#include <stddef.h>

typedef struct ContentCodingDecoder ContentCodingDecoder;

typedef enum {
    ContentCodingGoesOn,
    // All members are whole; a further one may follow.
    ContentCodingEnded,
    ContentCodingDamaged,
} ContentCodingState;

// NULL when there is no memory. To be given back with `content_coding_free`.
ContentCodingDecoder *content_coding_new(void);
void content_coding_free(ContentCodingDecoder *decoder);

// Decodes from `bytes` into `output` until one of them is at its end: `*used` of the `count` bytes were read, `*written` of the
// `capacity` bytes filled. Call again with the rest as long as either happens. What follows behind the end and is no further
// member is read and dropped.
ContentCodingState content_coding_decode(
    ContentCodingDecoder *decoder, const void *bytes, size_t count, size_t *used, void *output, size_t capacity,
    size_t *written);

#endif
