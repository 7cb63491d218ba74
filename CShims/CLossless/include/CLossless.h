// Lossless work on JPEG and PNG files. The compressed values are read, moved, requantized or packed better,
// and written again, without decoding them to pixels.
//
// Rules for every declaration:
// - Swift cannot call libjpeg or libpng itself, because both report errors by longjmp, which must not cross
//   Swift frames. The jumps end in these files.
// - No metadata is copied. The output contains only the picture.
// - A warning from a library counts as damage, so half a picture is never written.
// - On `LosslessDone` the bytes belong to the caller, who frees them with `lossless_free`. Otherwise nothing
//   is written.
// - One object is used by one thread at a time. Objects share nothing.
#ifndef CLOSSLESS_H
#define CLOSSLESS_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__clang__)
#define CLOSSLESS_CLOSED __attribute__((enum_extensibility(closed)))
#else
#define CLOSSLESS_CLOSED
#endif

typedef enum CLOSSLESS_CLOSED LosslessOutcome {
    LosslessDone,
    LosslessDamaged,     // the library warned or gave up
    LosslessUnsupported, // a coding that this build of the library lacks, or not possible without loss
} LosslessOutcome;

// The quantized DCT coefficients of a JPEG, in memory: two bytes per sample, twice.
typedef struct LosslessJPEG LosslessJPEG;

// Reads all coefficients. The bytes are not needed after the call. Release `*jpeg` with
// `lossless_jpeg_close`.
LosslessOutcome lossless_jpeg_open(const void *bytes, size_t count, LosslessJPEG **jpeg);
void lossless_jpeg_close(LosslessJPEG *jpeg);

// Whether moving whole blocks can apply an EXIF orientation: edges that become the left or top edge must
// consist of whole blocks.
bool lossless_jpeg_can_turn(const LosslessJPEG *jpeg, int exif_orientation);

// The scans in which a progressive JPEG is written.
typedef enum CLOSSLESS_CLOSED LosslessPasses {
    LosslessPassesByFrequency, // faster, and smaller above about one bit per pixel
    LosslessPassesByBit,       // libjpeg's own script
} LosslessPasses;

typedef struct LosslessJPEGOptions {
    int exif_orientation; // 1…8, applied to the blocks
    int quality;          // 1…100: no step finer than in libjpeg's standard table; 0 keeps all steps
    LosslessPasses passes;
    // 1 writes the whole picture. N > 1 writes a sample from which to estimate the size: of every N rows of
    // whole blocks, only the middle one; upright pictures only. The sample has lossless_jpeg_sampled_rows()
    // of the picture's lossless_jpeg_rows() rows.
    int every;
} LosslessJPEGOptions;

int lossless_jpeg_rows(const LosslessJPEG *jpeg);
// The number of rows of whole blocks, and how many of them a sample of every N rows contains.
int lossless_jpeg_sampled_rows(const LosslessJPEG *jpeg, int every);

// Writes the coefficients with optimized Huffman tables. May be called any number of times.
LosslessOutcome lossless_jpeg_write(LosslessJPEG *jpeg, LosslessJPEGOptions options, void **bytes, size_t *count);

// Writes the pixels, palette and transparency of a PNG again. Depth and color type stay the same; rows are
// not interlaced, all filters are tried, and zlib compresses at its highest level.
LosslessOutcome lossless_png_squeeze(const void *bytes, size_t count, void **output, size_t *output_count);

// Frees bytes that a function of this module returned.
void lossless_free(void *bytes);

#endif
