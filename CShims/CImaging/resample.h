#ifndef CIMAGING_RESAMPLE_H
#define CIMAGING_RESAMPLE_H

#include "internal.h"

// Function multiversioning: each function is compiled three times, and the program's loader selects the
// widest vectors that the CPU has. On other platforms the compiler's default is sufficient. Sanitizers are
// excluded because the selection runs before their runtime is ready.
#if defined(__x86_64__) && defined(__ELF__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define HAS_CLONES 1
#define FOR_EACH_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HAS_CLONES 0
#define FOR_EACH_CPU
#endif

// A vector in this code is one or more CPU vectors. With sixteen lanes, three bands waste hardly any.
enum { lanes = 16, most_bands = 8, rows_at_once = 4, strip_height = 32, tile_pixels = 64 };

// The inputs of each output position: `count` neighbors from `first` on, and their weights (sum 1).
struct filter {
    int outputs;
    int taps; // room for weights per output
    int *first;
    int *count;
    float *weights;
};

// Makes a Lanczos filter (a = 3). Beyond the picture's edge there are no samples, and the weights inside are
// normalized to make up for them. Each output has room for a multiple of `step` weights. False without
// memory. Free the filter in either case.
bool resample_make_filter(struct filter *filter, int inputs, int outputs, int step);
void resample_free_filter(struct filter *filter);
// Arranges the weights for `resample_reduce_columns`: vectors of pixels_per_vector() weights, each repeated
// once per band. NULL without memory.
float *resample_spread_weights(const struct filter *filter, int bands);

static inline int end_of(const struct filter *filter, int output) {
    return filter->first[output] + filter->count[output];
}

// The number of whole pixels that fit into a vector of samples.
static inline int pixels_per_vector(int bands) {
    return VIPS_MAX(1, lanes / bands);
}

// A filter's weights in 16 bits. Each 32-bit word holds the weights of two neighboring inputs, of which the
// first has an even position. The weights of an output sum to exactly 1.
struct pair_weights {
    int bits;   // fractional bits
    int widest; // pairs of the output with the most
    int most;   // room for pairs per output
    int32_t *weights;
};

static inline int first_pair(const struct filter *filter, int output) {
    return filter->first[output] / 2;
}

static inline int pair_count(const struct filter *filter, int output) {
    return (end_of(filter, output) + 1) / 2 - first_pair(filter, output);
}

// Each output has room for a multiple of `step` pairs. False without memory. Free the weights in either case.
bool resample_pair_weights(
    struct pair_weights *pairs, const struct filter *filter, int inputs, int most_bits, int step);

// The state of one resampling. Rows of the input are weighted and added to the sums of the output rows that
// they contribute to. The sums are a ring buffer.
struct resampling {
    VipsImage *input;
    VipsRegion *region; // of the input; a region belongs to the thread that created it
    VipsImage *output;
    int bands;
    struct filter columns;
    struct filter rows;
    int open_rows; // in the ring buffer
    // Adds the columns from `left` on of a strip in the region to the sums of output rows `from`..<`end`. The
    // first row of a strip is a multiple of the strip height.
    void (*add_tile)(const struct resampling *work, VipsRect strip, int left, int from, int end);
    // Reduces complete sums to output rows, from row `first` on, at most rows_at_once rows.
    void (*finish_rows)(const struct resampling *work, int first, int count);

    size_t sum_width; // sums per row, including vectors read past the last pixel
    void *sums;
    void *tile;    // strip_height rows of tile_pixels pixels
    void *reduced; // rows_at_once output rows
    size_t reduced_width;
    // For resampling in floats.
    bool has_alpha;
    float *spread; // the columns' weights, repeated for each sample of a pixel, in whole vectors
    // For resampling in integers.
    struct pair_weights row_pairs;
    struct pair_weights column_pairs;
    int block;       // output columns that are reduced at a time
    int16_t *loaded; // the inputs of those columns, in rows_at_once rows
    size_t loaded_width;
};

// The row to finish at a position in a group of rows_at_once. If fewer rows are left, the last one is
// computed several times.
static inline int row_at(int first, int count, int position) {
    return first + VIPS_MIN(position, count - 1);
}

// Prefetches the row's continuation in the next tile, which the CPU does not predict.
static inline void prefetch(const VipsPel *from, size_t bytes) {
    enum { cache_line = 64 };
    for (size_t ahead = 0; ahead < bytes; ahead += cache_line)
        __builtin_prefetch(from + ahead);
}

// Resamples any picture. False without memory; the caller frees what was allocated.
bool resample_in_floats(struct resampling *work);
// Resamples 8-bit RGB without alpha (which would require premultiplied colors) that is reduced to no less
// than a 64th. This covers nearly all pictures.
bool resample_in_integers(struct resampling *work);

// Converts the samples of a row to floats, and back, rounded to nearest.
void resample_load(float *restrict to, const VipsPel *restrict from, int count, VipsBandFormat format);
void resample_store(VipsPel *restrict to, const float *restrict from, int count, VipsBandFormat format);

// Adds `rows` weighted rows, `stride` floats apart, to the sums; with `are_new`, the sums start at zero.
// Processes whole vectors and overwrites sums beyond `count`.
void resample_add_rows(float *restrict sums, const float *restrict from, size_t stride, const float *restrict weights,
    int rows, int count, bool are_new);

// Reduces rows_at_once rows. `spread` comes from resample_spread_weights(). Both kinds of rows have room for
// a vector past their end.
void resample_reduce_columns(const struct filter *columns, const float *restrict spread,
    const float *const sums[rows_at_once], float *restrict const reduced[rows_at_once], int bands);

// 16-bit sums have `sum_bits` fractional bits, which leaves room for a sign and for overshoot above white. A
// pair of pixels has room for eight sums. Rows have room for a multiple of four pairs, which the widest
// vectors hold.
enum { sum_bits = 6, pair_samples = 8, pairs_per_step = 4 };

// Loads the samples of two rows side by side.
void resample_load_pair(int32_t *restrict to, const VipsPel *restrict first, const VipsPel *restrict second, int count);
// Like resample_add_rows(), for pairs of rows and their weights with `bits` fractional bits.
void resample_add_pairs(int16_t *restrict sums, const int32_t *restrict from, size_t stride,
    const int32_t *restrict weights, int bits, int pairs, int count, bool are_new);
// Arranges pairs of RGB pixels for resample_reduce_pairs(): their samples side by side, in room for four
// channels.
void resample_arrange_pairs(int16_t *restrict to, const int16_t *restrict sums, int pairs);
// Reduces rows_at_once rows to 8 bits, columns `from`..<`end`. The inputs begin with the pair `origin`. For
// each column, reads as many pairs as the widest column has, and writes four bytes.
void resample_reduce_pairs(const struct filter *columns, const struct pair_weights *weights, int from, int end, int origin,
    const int16_t *const loaded[rows_at_once], VipsPel *restrict const reduced[rows_at_once]);

#endif
