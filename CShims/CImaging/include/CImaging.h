// The C interface through which Swift uses libvips.
//
// Rules for every declaration:
// - Swift cannot call libvips itself: its calls are variadic, its types are GLib objects, and it selects
//   loaders by guessing.
// - A `CImagingImage *` that a function returns belongs to the caller, who releases it with
//   `cimaging_release`. Arguments are borrowed. The result keeps alive whatever it still needs of them.
// - A failing call returns NULL or false and writes nothing else. `cimaging_take_error_text` then returns
//   libvips' message, which is detail for a person. libvips has one error buffer per process, so code must
//   not branch on it.
// - Sizes are in pixels or bytes, as named. Images are lazy until `cimaging_copy_to_memory` or an encoder
//   computes them.
// - One image is used by one thread at a time. Any thread may call, after `cimaging_start` has succeeded
//   once.
#ifndef CIMAGING_H
#define CIMAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#define CIMAGING_CLOSED __attribute__((enum_extensibility(closed)))
#else
#define CIMAGING_CLOSED
#endif

typedef struct CImagingImage CImagingImage;

typedef enum CIMAGING_CLOSED CImagingStart {
    CImagingStarted,
    CImagingCannotInitialize,
    CImagingLibraryTooOld, // older than 8.14, where untrusted loaders cannot be blocked reliably
} CImagingStart;

// The loaders that Plantain uses. All other loaders of libvips are blocked at the start.
typedef enum CIMAGING_CLOSED CImagingLoader {
    CImagingLoaderJPEG,
    CImagingLoaderPNG,
    CImagingLoaderWebP,
    CImagingLoaderGIF,
    CImagingLoaderTIFF,
    CImagingLoaderHEIF, // HEIC and AVIF; a separate module that may be missing
    // libvips calls the following loaders untrusted. They stay blocked until `cimaging_trust`.
    CImagingLoaderSVG,
    CImagingLoaderJPEGXL, // a separate module that may be missing
    CImagingLoaderJPEG2000,
} CImagingLoader;

typedef enum CIMAGING_CLOSED CImagingSaver {
    CImagingSaverJPEG,
    CImagingSaverPNG,
    CImagingSaverWebP,
} CImagingSaver;

// Receives the log messages of GLib and libvips, which would otherwise go to standard error. Called from any
// thread.
typedef void (*CImagingLog)(const char *message);

// Loads and initializes libvips for this process: operation cache off, one thread per picture, and every
// loader blocked except the buffer loaders of `CImagingLoader`. Call it once, before any other function;
// concurrent calls are not safe. With `owns_process`, the process is Plantain's own: the call may then change
// its environment and loads only what is needed.
CImagingStart cimaging_start(CImagingLog log, bool owns_process);

// The version of libvips, such as "8.14.1". Valid after a start. Static storage.
const char *cimaging_version(void);

// Moves libvips' error text into `text` (always null-terminated) and clears the shared buffer.
void cimaging_take_error_text(char *text, size_t capacity);

// Frees libvips' per-thread data. Call it when a piece of work on a thread is over. Does nothing before a
// start.
void cimaging_finish_thread(void);

// Unblocks an untrusted loader for the rest of the process. For processes that are allowed to crash.
void cimaging_trust(CImagingLoader loader);

typedef struct CImagingDecodeOptions {
    int shrink;           // JPEG: reduction by the decoder, 1, 2, 4 or 8; other formats: 1
    int page;             // from 0; only for GIF, TIFF and WebP
    double scale;         // SVG: output pixels per declared pixel
    bool fail_on_warning; // reject damaged files instead of returning half a picture
} CImagingDecodeOptions;

// Whether this libvips has the loader.
bool cimaging_has_loader(CImagingLoader loader);

// Opens `count` bytes with exactly this loader. The image has pixels and a color profile, no other metadata.
// Reads only the header. The bytes are not copied: they must outlive the image and everything made from it
// until `cimaging_copy_to_memory`.
CImagingImage *cimaging_decode(CImagingLoader loader, const void *bytes, size_t count, CImagingDecodeOptions options);

// A source of bytes that are not in memory. The decoder copies those that it needs.
typedef struct CImagingReader {
    void *context;
    // Copies at most `count` bytes from `offset` into `room`. Returns the number of bytes: 0 only at the end,
    // -1 if they cannot be read. Called by one thread at a time, not always the same one.
    int64_t (*read)(void *context, int64_t offset, void *room, int64_t count);
    int64_t length; // of all bytes
} CImagingReader;

// Like `cimaging_decode`, for a PNG that is not in memory and is read sequentially. `reader.context` is
// borrowed, as the bytes are there.
CImagingImage *cimaging_decode_png(CImagingReader reader, bool fail_on_warning);

// Creates an image from a copy of 8-bit pixels: sRGB (3 bands), sRGB with alpha (4), or gray (1).
CImagingImage *cimaging_from_pixels(const void *pixels, size_t count, int width, int height, int bands);

// Adds a reference to the image, to be released like the first. Returns its argument.
CImagingImage *cimaging_retain(CImagingImage *image);
// Removes a reference, and frees the image with the last one.
void cimaging_release(CImagingImage *image);

int cimaging_width(const CImagingImage *image);
int cimaging_height(const CImagingImage *image);
int cimaging_bands(const CImagingImage *image);
bool cimaging_has_profile(const CImagingImage *image);
// A copy of the image with another ICC profile, which is copied. NULL on failure.
CImagingImage *cimaging_with_profile(CImagingImage *image, const void *profile, size_t count);
bool cimaging_has_alpha(const CImagingImage *image);
// Whether the image is 8-bit sRGB or gray, with or without alpha. The savers write such images without
// conversion.
bool cimaging_is_8_bit_srgb(const CImagingImage *image);

// Computes the image into memory now, from top to bottom. The result needs neither the source bytes nor
// earlier images.
CImagingImage *cimaging_copy_to_memory(CImagingImage *image);

// Turns the picture upright, for an EXIF orientation of 1 to 8. Unless it is 1, the image must be in memory.
CImagingImage *cimaging_orient(CImagingImage *image, int exif_orientation);

// Sets `*opaque` to true if every alpha value is the maximum. The image must be in memory.
bool cimaging_alpha_is_opaque(CImagingImage *image, bool *opaque);
// Removes the alpha channel, which is the last band.
CImagingImage *cimaging_drop_alpha(CImagingImage *image);

// Converts 8-bit sRGB or gray to 8-bit sRGB with 3 bands, or with 4, where alpha is opaque if the image had
// none.
CImagingImage *cimaging_widen(CImagingImage *image, int bands);

// Flattens the picture onto an opaque 8-bit sRGB color. The result has no alpha.
CImagingImage *cimaging_flatten(CImagingImage *image, uint8_t red, uint8_t green, uint8_t blue);

// Resamples with Lanczos (a = 3) to exactly width × height. The call computes the result, which is in memory.
// Colors are premultiplied by alpha during the resampling.
CImagingImage *cimaging_resize(CImagingImage *image, int width, int height);
// Crops the picture to width × height pixels from (left, top).
CImagingImage *cimaging_crop(CImagingImage *image, int left, int top, int width, int height);

// Embeds the picture in a width × height frame with its corner at (left, top). Parts outside of the frame are
// cropped; the rest of the frame is filled with mirrored copies of the picture.
CImagingImage *cimaging_mirror(CImagingImage *image, int left, int top, int width, int height);

// Warps the picture onto a width × height frame with bicubic interpolation. A point (x, y) of the picture
// moves to (m[0] x + m[1] y + m[4], m[2] x + m[3] y + m[5]), in pixels, where a pixel's center is at a
// half-integer position. Pixels beyond the picture's edges are 0. Reduce the picture before a warp that
// shrinks it strongly.
CImagingImage *cimaging_warp(CImagingImage *image, const double m[6], int width, int height);

// A mask of width × height with one 8-bit band: 255 in the rectangle at (left, top) and 0 outside. It ramps
// up over `feather` pixels inside each edge of the rectangle that is not an edge of the frame.
CImagingImage *cimaging_rectangle_mask(
    int width, int height, int left, int top, int inner_width, int inner_height, int feather);
// Multiplies two masks of one size, each with one 8-bit band.
CImagingImage *cimaging_multiply_masks(CImagingImage *mask, CImagingImage *other);
// Blends two pictures by a mask: `over` where the mask is 255, exactly `under` where it is 0, and a mix in
// between, where colors are weighted by alpha. All have the same size. The pictures have 8 or 16 bits and
// equally many bands; the mask has one 8-bit band. `under` is read row by row from top to bottom, `over` only
// where the mask is not 0.
CImagingImage *cimaging_blend(CImagingImage *over, CImagingImage *under, CImagingImage *mask);
// Embeds the picture in a width × height frame with its corner at (left, top). Parts outside of the frame are
// cropped; the rest of the frame is 0.
CImagingImage *cimaging_embed(CImagingImage *image, int left, int top, int width, int height);

// Extracts the last band as a gray image, and appends such a band as the alpha of an image without one. Both
// images have the same size and 8 bits.
CImagingImage *cimaging_alpha(CImagingImage *image);
CImagingImage *cimaging_with_alpha(CImagingImage *image, CImagingImage *alpha);

// Converts to brightness, as one 8-bit band.
CImagingImage *cimaging_gray(CImagingImage *image);

// Converts 8-bit sRGB to 16-bit RGB.
CImagingImage *cimaging_deepen(CImagingImage *image);

// Places 8-bit sRGB or gray on an opaque width × height canvas of one 8-bit sRGB color, with its corner at
// (left, top). The result is sRGB.
CImagingImage *cimaging_pad(
    CImagingImage *image, int left, int top, int width, int height, uint8_t red, uint8_t green, uint8_t blue);

// Converts to 8-bit sRGB. With `use_profile`, converts from the embedded ICC profile (relative colorimetric,
// with black point compensation). Otherwise converts from the color space that the file declares; a picture
// without one is already sRGB.
CImagingImage *cimaging_to_srgb(CImagingImage *image, bool use_profile);

// The coding of an HDR picture.
typedef struct CImagingHDR {
    bool is_hlg;         // HLG if true, PQ if false (ITU-R BT.2100)
    int full;            // the 16-bit value that means 1; 8-bit values are multiplied by 257
    double weights[9];   // linear RGB of its primaries to linear sRGB, row by row
    double luminance[3]; // of its primaries; the sum is 1
} CImagingHDR;

// The display light of the brightest pixel, in units of SDR white, which is 203 cd/m² (ITU-R BT.2408). For 8
// or 16 bits of RGB or gray; alpha is ignored. Decodes the picture.
bool cimaging_hdr_peak(CImagingImage *image, const CImagingHDR *hdr, double *peak);
// Tone-maps an HDR picture to 8-bit sRGB or gray. Light below white stays nearly unchanged. Light above, up
// to `peak`, is compressed by the brightest channel, which preserves hues. Alpha stays unchanged.
CImagingImage *cimaging_hdr_to_srgb(CImagingImage *image, const CImagingHDR *hdr, double peak);

// Computes each output channel as a weighted sum of red, green and blue (the rows of `matrix`) plus an
// offset, clipped to 0…255. For 8-bit sRGB; alpha is dropped.
CImagingImage *cimaging_recombine(CImagingImage *image, const double matrix[9], const double offset[3]);
// Computes each output channel as a weighted sum of red, green and blue (the rows of `weights`) plus an
// offset, all in linear light from 0 to 1. For 8-bit sRGB or gray; alpha stays unchanged. `levels` maps light
// to output levels: three tables, one per channel, with CIMAGING_LINEAR_STEPS + 1 entries for light from 0 to
// 1. NULL for sRGB's curve.
enum { CIMAGING_LINEAR_STEPS = 16384 };
CImagingImage *cimaging_mix_linear(
    CImagingImage *image, const double weights[9], const double offset[3], const uint8_t *levels);
// Writes the CIEDE2000 difference of each pixel of two 8-bit sRGB pictures of one size, without alpha, to
// `count` floats.
bool cimaging_copy_differences(CImagingImage *image, CImagingImage *other, float *differences, size_t count);
// Gaussian blur, with `sigma` in pixels.
CImagingImage *cimaging_blur(CImagingImage *image, double sigma);
// Sets the levels of an 8-bit mask that are below `slight` to 0, and those equally close to 255 to 255.
CImagingImage *cimaging_settle_mask(CImagingImage *mask, int slight);
// Draws dark lines on white where brightness changes, as 8-bit sRGB.
CImagingImage *cimaging_edges(CImagingImage *image);

typedef struct CImagingEncodeOptions {
    CImagingSaver saver;
    int quality;       // 1…100, JPEG and WebP
    int deflate_level; // 0…9, PNG
    bool lossless;     // WebP
    bool halve_chroma; // JPEG: 4:2:0 instead of 4:4:4
    bool fit_tables;   // JPEG: Huffman tables optimized for the picture instead of the standard ones
} CImagingEncodeOptions;

// Encodes without metadata or profile. On success the caller frees `*bytes` with `cimaging_free_bytes`.
bool cimaging_encode(CImagingImage *image, CImagingEncodeOptions options, void **bytes, size_t *count);
void cimaging_free_bytes(void *bytes);

// Copies the 8-bit pixels, row by row and interleaved, into exactly width × height × bands bytes.
bool cimaging_copy_pixels(CImagingImage *image, void *pixels, size_t count);

// Gray pixels, row by row.
typedef struct CImagingGray {
    const uint8_t *pixels;
    int width;
    int height;
} CImagingGray;

// The position of a matched block.
typedef struct CImagingMatch {
    double dx; // offset from the expected position, in fractional pixels
    double dy;
    double score; // the correlation there, from -1 to 1; independent of brightness and contrast
} CImagingMatch;

// The standard deviation in the size × size block at (left, top); 0 if the block is not inside the picture.
double cimaging_block_contrast(CImagingGray picture, int left, int top, int size);

// Finds the size × size block of `part` at (left, top) in `whole`, which has the same size, less than `reach`
// pixels away (at most 64). False if the correlation has no peak within that distance.
bool cimaging_match_block(
    CImagingGray part, CImagingGray whole, int left, int top, int size, int reach, CImagingMatch *match);

// The displacement of one block from its expected position, as a linear equation. With d as the displacement,
// in pixels of the reference, (xx xy; xy yy) d = -(pull_x, pull_y) to the first order, with the error
// `noise`.
typedef struct CImagingBlock {
    float x; // the block's center, in the reference
    float y;
    float xx; // products of the gradient's components, summed over the pixels
    float xy;
    float yy;
    float pull_x;
    float pull_y;
    float noise; // the mean squared difference, in levels of 255
    float score; // the correlation, from -1 to 1
} CImagingBlock;

// Divides the reference into size × size blocks (2…32). Measures those whose standard deviation is at least
// `least_contrast` and that the map, from the reference's pixels to the picture's, moves inside the picture.
// The map must be right to a pixel or two, and the pictures must have about the same scale. Independent of
// brightness and contrast. Returns the number of blocks written, at most `capacity`.
size_t cimaging_measure_blocks(CImagingGray reference, CImagingGray picture, const double map[6], int size,
    double least_contrast, CImagingBlock *blocks, size_t capacity);

#endif
