#ifndef CIMAGING_RESAMPLE_H
#define CIMAGING_RESAMPLE_H

#include "internal.h"

// Compiled thrice, the widest vectors chosen when the program is loaded. Elsewhere the compiler's own choice will do.
// What chooses runs before a sanitizer is ready for it.
#if defined(__x86_64__) && defined(__ELF__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define HAS_CLONES 1
#define FOR_EACH_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HAS_CLONES 0
#define FOR_EACH_CPU
#endif

// A vector of the code is one or more of the CPU's; with sixteen lanes hardly any is lost on three bands.
enum { lanes = 16, most_bands = 8, rows_at_once = 4, strip_height = 32, tile_pixels = 64 };

// What each output position takes from the input: `count` neighbors from `first` on, and their weights (sum 1).
struct filter {
    int outputs;
    int taps; // room for weights per output
    int *first;
    int *count;
    float *weights;
};

// Lanczos (a = 3). Beyond the picture's edge there is nothing: the weights within make up for it. There is room for a multiple of
// `step` weights. False without memory; to be freed in any case.
bool resample_make_filter(struct filter *filter, int inputs, int outputs, int step);
void resample_free_filter(struct filter *filter);
// The weights as `resample_reduce_columns` takes them: vectors of pixels_per_vector() weights, each as often as a pixel has bands.
// NULL without memory.
float *resample_spread_weights(const struct filter *filter, int bands);

static inline int end_of(const struct filter *filter, int output) {
    return filter->first[output] + filter->count[output];
}

// A vector of samples holds as many whole pixels as fit.
static inline int pixels_per_vector(int bands) {
    return VIPS_MAX(1, lanes / bands);
}

// A filter's weights in 16 bits, for two neighbors of the input in each 32, of which the first is an even one. Together an
// output's are one, exactly.
struct pair_weights {
    int bits;   // behind the point
    int widest; // pairs of the output that has most
    int most;   // room for pairs per output
    int32_t *weights;
};

static inline int first_pair(const struct filter *filter, int output) {
    return filter->first[output] / 2;
}

static inline int pair_count(const struct filter *filter, int output) {
    return (end_of(filter, output) + 1) / 2 - first_pair(filter, output);
}

// There is room for a multiple of `step` pairs. False without memory; the weights are to be freed in any case.
bool resample_pair_weights(
    struct pair_weights *pairs, const struct filter *filter, int inputs, int most_bits, int step);

// One picture on its way. Rows of the input are added, weighted, to the sums of the output rows that they touch; those are a
// ring.
struct resampling {
    VipsImage *input;
    VipsRegion *region; // of the input; a region belongs to the thread that made it
    VipsImage *output;
    int bands;
    struct filter columns;
    struct filter rows;
    int open_rows; // in the ring
    // Adds columns from `left` on of a strip in the region to the sums of output rows `from` to `end`. A strip begins with a
    // multiple of its height.
    void (*add_tile)(const struct resampling *work, VipsRect strip, int left, int from, int end);
    // Reduces complete sums, rows from `first` on and no more than rows_at_once, to what they become in the output.
    void (*finish_rows)(const struct resampling *work, int first, int count);

    size_t sum_width; // sums of a row: a vector may be read past the last pixel
    void *sums;
    void *tile;    // strip_height rows of tile_pixels pixels
    void *reduced; // rows_at_once output rows
    size_t reduced_width;
    // In floats.
    bool has_alpha;
    float *spread; // the columns' weights, once for each sample of a pixel, in whole vectors
    // In integers.
    struct pair_weights row_pairs;
    struct pair_weights column_pairs;
    int block;       // output columns that are reduced at a time
    int16_t *loaded; // what they are reduced from, in rows_at_once rows
    size_t loaded_width;
};

// The rows to finish when there may be fewer than can be done at once: the last one is then done several times.
static inline int row_at(int first, int count, int position) {
    return first + VIPS_MIN(position, count - 1);
}

// The CPU does not foresee that the next tile begins behind each of a tile's rows.
static inline void prefetch(const VipsPel *from, size_t bytes) {
    enum { cache_line = 64 };
    for (size_t ahead = 0; ahead < bytes; ahead += cache_line)
        __builtin_prefetch(from + ahead);
}

// Any picture. False without memory; what there is of it is freed with the rest.
bool resample_in_floats(struct resampling *work);
// RGB of 8 bits without alpha, by which colors would have to be multiplied, reduced to no less than a 64th: nearly every
// picture.
bool resample_in_integers(struct resampling *work);

// Samples of a row as floats, and back, rounded to nearest.
void resample_load(float *restrict to, const VipsPel *restrict from, int count, VipsBandFormat format);
void resample_store(VipsPel *restrict to, const float *restrict from, int count, VipsBandFormat format);

// Adds `rows` weighted rows, `stride` floats apart, to the sums, which are zero before if they are new. Works in whole vectors: what
// lies behind `count` is overwritten.
void resample_add_rows(float *restrict sums, const float *restrict from, size_t stride, const float *restrict weights,
    int rows, int count, bool are_new);

// Reduces as many rows at once; `spread` is from resample_spread_weights(). Both kinds of rows have room for a vector past their end.
void resample_reduce_columns(const struct filter *columns, const float *restrict spread,
    const float *const sums[rows_at_once], float *restrict const reduced[rows_at_once], int bands);

// Sums in 16 bits have so many behind the point: what is left has room for a sign and for what lies beyond white. Two pixels of
// them have room for eight, and there is room for a multiple of four such, as the widest vectors have.
enum { sum_bits = 6, pair_samples = 8, pairs_per_step = 4 };

// Samples of two rows, side by side.
void resample_load_pair(int32_t *restrict to, const VipsPel *restrict first, const VipsPel *restrict second, int count);
// As resample_add_rows(), for pairs of rows and their weights in `bits`.
void resample_add_pairs(int16_t *restrict sums, const int32_t *restrict from, size_t stride,
    const int32_t *restrict weights, int bits, int pairs, int count, bool are_new);
// Pairs of RGB pixels as resample_reduce_pairs() takes them: their samples side by side, in room for four.
void resample_arrange_pairs(int16_t *restrict to, const int16_t *restrict sums, int pairs);
// Reduces as many rows at once to 8 bits, columns `from` to `end`; what they come from begins with the pair `origin`. For each
// column the pairs of the widest are read, and four bytes written.
void resample_reduce_pairs(const struct filter *columns, const struct pair_weights *weights, int from, int end, int origin,
    const int16_t *const loaded[rows_at_once], VipsPel *restrict const reduced[rows_at_once]);

#endif
