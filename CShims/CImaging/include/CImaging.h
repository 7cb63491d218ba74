// The narrow door through which Swift uses libvips.
//
// Rules that hold for every declaration here:
// - Swift cannot call libvips itself: its calls are variadic, its types are GLib objects, and it guesses loaders.
// - A `CImagingImage *` that a function returns belongs to the caller, who gives it back to `cimaging_release`.
//   Arguments are borrowed; the result keeps what it still needs of them alive.
// - A failing call returns NULL or false and writes nothing else. `cimaging_take_error_text` then holds libvips' words,
//   which are detail for a reader: the buffer is one for the whole process, so nothing may be decided by them.
// - Sizes are in pixels or bytes as named. Images are lazy until `cimaging_copy_to_memory` or an encode runs them.
// - One image is used by one thread at a time. Any thread may do so, after `cimaging_start` has succeeded once.
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

// The loaders that the policy names. Everything else in libvips is blocked at start.
typedef enum CIMAGING_CLOSED CImagingLoader {
    CImagingLoaderJPEG,
    CImagingLoaderPNG,
    CImagingLoaderWebP,
    CImagingLoaderGIF,
    CImagingLoaderTIFF,
    CImagingLoaderHEIF, // HEIC and AVIF; a module of its own that may be missing
    // What follows libvips calls untrusted: blocked until `cimaging_trust`.
    CImagingLoaderSVG,
    CImagingLoaderJPEGXL, // a module of its own that may be missing
    CImagingLoaderJPEG2000,
} CImagingLoader;

typedef enum CIMAGING_CLOSED CImagingSaver {
    CImagingSaverJPEG,
    CImagingSaverPNG,
    CImagingSaverWebP,
} CImagingSaver;

// Receives GLib's and libvips' log lines instead of standard error. Called from any thread.
typedef void (*CImagingLog)(const char *message);

// Loads libvips and starts it for this process: operation cache off, one thread per picture, every loader blocked except the
// buffer loaders of `CImagingLoader`. Call it once, before anything else; it is not safe to race it. In a process of its own
// (`owns_process`) it may change the environment and loads only what is needed.
CImagingStart cimaging_start(CImagingLog log, bool owns_process);

// libvips' own version, such as "8.14.1", after a start. Static storage.
const char *cimaging_version(void);

// Moves libvips' error text into `text` (always terminated) and empties the shared buffer.
void cimaging_take_error_text(char *text, size_t capacity);

// Frees what libvips keeps for the calling thread. To be called when a piece of work on a thread is over; does nothing
// before a start.
void cimaging_finish_thread(void);

// Lifts the block of an untrusted loader for the rest of the process. For processes that may die of it.
void cimaging_trust(CImagingLoader loader);

typedef struct CImagingDecodeOptions {
    int shrink;           // JPEG only: 1, 2, 4 or 8, the decoder's own reduction; 1 elsewhere
    int page;             // from 0; only for loaders that know pages: GIF, TIFF, WebP
    double scale;         // SVG: pixels per pixel that it declares
    bool fail_on_warning; // refuse damaged files instead of returning half a picture
} CImagingDecodeOptions;

// Whether this libvips has that loader.
bool cimaging_has_loader(CImagingLoader loader);

// Opens `count` bytes with `loader` and no other: pixels and color profile, no other metadata. The bytes are not
// copied: they must outlive the image and everything made from it until `cimaging_copy_to_memory`. Reads the header only.
CImagingImage *cimaging_decode(CImagingLoader loader, const void *bytes, size_t count, CImagingDecodeOptions options);

// Bytes that are somewhere else and are copied when a decoder needs them.
typedef struct CImagingReader {
    void *context;
    // Copies at most `count` bytes from `offset` on to `room`. Returns how many: 0 only at the end, -1 when they cannot be had.
    // Called by one thread at a time, not always the same.
    int64_t (*read)(void *context, int64_t offset, void *room, int64_t count);
    int64_t length; // of all bytes
} CImagingReader;

// The same for a PNG that is not in memory, read in its order. `reader.context` is borrowed as the bytes are.
CImagingImage *cimaging_decode_png(CImagingReader reader, bool fail_on_warning);

// Wraps 8-bit sRGB (3 bands), sRGB with alpha (4) or gray (1) pixels, which are copied.
CImagingImage *cimaging_from_pixels(const void *pixels, size_t count, int width, int height, int bands);

// Another reference to the same image, to be released like the first. Returns its argument.
CImagingImage *cimaging_retain(CImagingImage *image);
void cimaging_release(CImagingImage *image);

int cimaging_width(const CImagingImage *image);
int cimaging_height(const CImagingImage *image);
int cimaging_bands(const CImagingImage *image);
bool cimaging_has_profile(const CImagingImage *image);
// The same picture with that ICC profile, which is copied, in place of its own. NULL on failure.
CImagingImage *cimaging_with_profile(CImagingImage *image, const void *profile, size_t count);
bool cimaging_has_alpha(const CImagingImage *image);
// 8-bit sRGB or gray, with or without alpha: what the savers write as it is.
bool cimaging_is_8_bit_srgb(const CImagingImage *image);

// Runs the image's work now, top to bottom, into memory. The result needs neither the source bytes nor earlier images.
CImagingImage *cimaging_copy_to_memory(CImagingImage *image);

// Turns the picture upright for an EXIF orientation of 1 to 8. The image must be realized when it is not 1.
CImagingImage *cimaging_orient(CImagingImage *image, int exif_orientation);

// True in `*opaque` when every alpha value is the maximum. The image must be realized.
bool cimaging_alpha_is_opaque(CImagingImage *image, bool *opaque);
CImagingImage *cimaging_drop_alpha(CImagingImage *image);

// To 8-bit sRGB with 3 bands, or 4 with an alpha that is opaque where there was none. For 8-bit sRGB or gray.
CImagingImage *cimaging_widen(CImagingImage *image, int bands);

// Lays the picture over an opaque 8-bit sRGB color; the result has no alpha.
CImagingImage *cimaging_flatten(CImagingImage *image, uint8_t red, uint8_t green, uint8_t blue);

// Resamples with Lanczos (a = 3) to exactly width × height, at once: the result is realized. Alpha is premultiplied
// around it.
CImagingImage *cimaging_resize(CImagingImage *image, int width, int height);
CImagingImage *cimaging_crop(CImagingImage *image, int left, int top, int width, int height);

// Lays the picture on a width × height frame with its corner at (left, top), which cuts off what is beyond it and
// continues the picture as in a mirror where it does not reach.
CImagingImage *cimaging_mirror(CImagingImage *image, int left, int top, int width, int height);

// Maps the picture onto a width × height frame with bicubic interpolation: a point (x, y) of it comes to
// (m[0] x + m[1] y + m[4], m[2] x + m[3] y + m[5]), in pixels, a pixel's center being at its half. Beyond its edges all
// is 0. A strong reduction must have been made before.
CImagingImage *cimaging_warp(CImagingImage *image, const double m[6], int width, int height);

// One 8-bit band of width × height: 255 in the rectangle at (left, top), and 0 beyond it; over `feather` pixels inside
// its edges it rises from one to the other, but not at edges that are the frame's own.
CImagingImage *cimaging_rectangle_mask(
    int width, int height, int left, int top, int inner_width, int inner_height, int feather);
// The share of two masks in common. Both of one size, with one 8-bit band.
CImagingImage *cimaging_multiply_masks(CImagingImage *mask, CImagingImage *other);
// `over` where the mask is 255, exactly `under` where it is 0, and both in between, colors counting as much as they
// are opaque. All of one size; the first two of 8 or of 16 bits and with equally many bands, the mask of 8 bits with one.
// `under` is read row
// by row from top to bottom, `over` only where the mask is not 0.
CImagingImage *cimaging_blend(CImagingImage *over, CImagingImage *under, CImagingImage *mask);
// The picture at (left, top) of a width × height frame, which cuts off what is beyond it and is 0 beside it.
CImagingImage *cimaging_embed(CImagingImage *image, int left, int top, int width, int height);

// The last band alone, as gray, and a picture without alpha with such a band as its alpha. Of one size and 8 bits.
CImagingImage *cimaging_alpha(CImagingImage *image);
CImagingImage *cimaging_with_alpha(CImagingImage *image, CImagingImage *alpha);

// The brightness alone, as one 8-bit band.
CImagingImage *cimaging_gray(CImagingImage *image);

// 8-bit sRGB as 16-bit RGB.
CImagingImage *cimaging_deepen(CImagingImage *image);

// Lays the picture on an opaque width × height canvas of one 8-bit sRGB color, its corner at (left, top). For 8-bit
// sRGB or gray; the result is sRGB.
CImagingImage *cimaging_pad(
    CImagingImage *image, int left, int top, int width, int height, uint8_t red, uint8_t green, uint8_t blue);

// To 8-bit sRGB. With `use_profile` through the embedded ICC profile (relative colorimetric, black point
// compensation); without, by the color space the file declares, where a picture without any is sRGB already.
CImagingImage *cimaging_to_srgb(CImagingImage *image, bool use_profile);

// How a picture for HDR screens is coded.
typedef struct CImagingHDR {
    bool is_hlg;         // HLG, else PQ (ITU-R BT.2100)
    int full;            // the value of 16 bits that stands for 1; 8 bits are taken as their multiples by 257
    double weights[9];   // from the light of its primaries to that of sRGB's, row by row
    double luminance[3]; // of its primaries, 1 in all
} CImagingHDR;

// The brightest light of such a picture on its screen, in units of SDR's white, which is at 203 cd/m² (ITU-R BT.2408).
// For 8 or 16 bits of RGB or gray; alpha does not count. It is decoded now.
bool cimaging_hdr_peak(CImagingImage *image, const CImagingHDR *hdr, double *peak);
// Such a picture as 8-bit sRGB or gray: light below white stays near what it is, and what is above, up to `peak`, is
// rolled off by the brightest channel, so that hues stay. Alpha stays as it is.
CImagingImage *cimaging_hdr_to_srgb(CImagingImage *image, const CImagingHDR *hdr, double peak);

// Each output channel as a weighted sum of red, green and blue (rows of `matrix`) plus an offset, clipped to 0…255.
// For 8-bit sRGB; alpha is dropped.
CImagingImage *cimaging_recombine(CImagingImage *image, const double matrix[9], const double offset[3]);
// Each output channel as a weighted sum of red, green and blue (rows of `weights`) plus an offset, all in linear light
// from 0 to 1. For 8-bit sRGB or gray; alpha stays as it is. `levels` says, channel by channel, which level stands for
// each light from 0 to 1 in CIMAGING_LINEAR_STEPS steps, both ends included; NULL for sRGB's.
enum { CIMAGING_LINEAR_STEPS = 16384 };
CImagingImage *cimaging_mix_linear(
    CImagingImage *image, const double weights[9], const double offset[3], const uint8_t *levels);
// CIEDE2000 between each pixel of two 8-bit sRGB pictures of one size, without alpha, into `count` floats, one a pixel.
bool cimaging_copy_differences(CImagingImage *image, CImagingImage *other, float *differences, size_t count);
CImagingImage *cimaging_blur(CImagingImage *image, double sigma);
// An 8-bit mask whose levels below `slight` are 0, and those as near to 255 are 255.
CImagingImage *cimaging_settle_mask(CImagingImage *mask, int slight);
// Dark lines on white where brightness changes, as 8-bit sRGB.
CImagingImage *cimaging_edges(CImagingImage *image);

typedef struct CImagingEncodeOptions {
    CImagingSaver saver;
    int quality;       // 1…100, JPEG and WebP
    int deflate_level; // 0…9, PNG
    bool lossless;     // WebP
    bool halve_chroma; // JPEG: 4:2:0 instead of 4:4:4
    bool fit_tables;   // JPEG: Huffman tables made for the picture instead of the usual ones
} CImagingEncodeOptions;

// Encodes without any metadata or profile. On success `*bytes` belongs to the caller: `cimaging_free_bytes`.
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

typedef struct CImagingMatch {
    double dx; // where it lies, from where it was looked for, in pixels and parts of them
    double dy;
    double score; // the correlation there, from -1 to 1; brightness and contrast do not matter
} CImagingMatch;

// The standard deviation in the size × size block at (left, top); 0 when that does not lie inside.
double cimaging_block_contrast(CImagingGray picture, int left, int top, int size);

// Finds the size × size block of `part` at (left, top) in `whole`, which has the same size, less than `reach` pixels
// away (at most 64). False when there is no peak in that reach.
bool cimaging_match_block(
    CImagingGray part, CImagingGray whole, int left, int top, int size, int reach, CImagingMatch *match);

// What one block shows of how far it lies from where it is thought to be. With d for that, in the reference's pixels:
// (xx xy; xy yy) d = -(pull_x, pull_y), to the first order, with an error of that noise.
typedef struct CImagingBlock {
    float x; // its middle, in the reference
    float y;
    float xx; // how sharply it shows it, along either axis and both: sums over its pixels
    float xy;
    float yy;
    float pull_x;
    float pull_y;
    float noise; // the mean square of what differs, in levels of 255
    float score; // the correlation, from -1 to 1
} CImagingBlock;

// Measures the size × size blocks (2…32) into which the reference is cut, those whose standard deviation is at least
// `least_contrast`, and that the map, from the reference's pixels to the picture's, brings inside the picture. The map
// must be right to a pixel or two, and the pictures of about one scale. Brightness and contrast do not matter.
// Returns how many blocks were written, at most `capacity`.
size_t cimaging_measure_blocks(CImagingGray reference, CImagingGray picture, const double map[6], int size,
    double least_contrast, CImagingBlock *blocks, size_t capacity);

#endif
