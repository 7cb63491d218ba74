// Work on JPEG and PNG files without decoding them to pixels: their compressed values are read, moved, made coarser or
// packed better, and written again.
//
// Rules for every declaration:
// - Swift cannot call libjpeg or libpng itself: both report errors by longjmp, which must not pass through Swift. It
// ends
//   in these files.
// - No metadata is carried over: the caller gets the picture and nothing else.
// - A warning of the libraries counts as damage: half a picture is never written.
// - On `LosslessDone` the bytes belong to the caller, who frees them with `lossless_free`; nothing is written
// otherwise.
// - One object is used by one thread at a time. Nothing is shared between objects.
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
    LosslessUnsupported, // a coding that the library was built without, or more than can be done without loss
} LosslessOutcome;

// The quantized DCT coefficients of a JPEG, in memory: two bytes for each sample, twice.
typedef struct LosslessJPEG LosslessJPEG;

// Reads all coefficients. The bytes are not needed any more afterwards. `*jpeg` goes back to `lossless_jpeg_close`.
LosslessOutcome lossless_jpeg_open(const void *bytes, size_t count, LosslessJPEG **jpeg);
void lossless_jpeg_close(LosslessJPEG *jpeg);

// Whether an EXIF orientation can be applied by moving whole blocks: edges that come to lie left or above must be made
// of whole blocks.
bool lossless_jpeg_can_turn(const LosslessJPEG *jpeg, int exif_orientation);

// The passes in which a progressive JPEG is written.
typedef enum CLOSSLESS_CLOSED LosslessPasses {
    LosslessPassesByFrequency, // quicker, and smaller above about one bit a pixel
    LosslessPassesByBit,       // libjpeg's own
} LosslessPasses;

typedef struct LosslessJPEGOptions {
    int exif_orientation; // 1…8, applied to the blocks
    int quality;          // 1…100: no quantization step finer than libjpeg's standard table has at it; 0 keeps all
    LosslessPasses passes;
    // 1 for the picture; more: only the middle one of so many rows of whole blocks each, upright, to judge by its size. Such a
    // picture has lossless_jpeg_sampled_rows() of lossless_jpeg_rows().
    int every;
} LosslessJPEGOptions;

int lossless_jpeg_rows(const LosslessJPEG *jpeg);
int lossless_jpeg_sampled_rows(const LosslessJPEG *jpeg, int every);

// Writes the coefficients with Huffman tables made for them. May be called any number of times.
LosslessOutcome lossless_jpeg_write(LosslessJPEG *jpeg, LosslessJPEGOptions options, void **bytes, size_t *count);

// Writes a PNG's pixels, palette and transparency again: depth and color type as they are, rows not interlaced, all
// filters tried, deflated as hard as zlib can.
LosslessOutcome lossless_png_squeeze(const void *bytes, size_t count, void **output, size_t *output_count);

void lossless_free(void *bytes);

#endif
