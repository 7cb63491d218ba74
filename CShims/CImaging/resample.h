#ifndef CIMAGING_RESAMPLE_H
#define CIMAGING_RESAMPLE_H

#include "internal.h"

// A vector of the code is one or more of the CPU's; with sixteen lanes hardly any is lost on three bands.
enum { lanes = 16, most_bands = 8, rows_at_once = 4 };

// What each output position takes from the input: `count` neighbours from `first` on, and their weights (sum 1).
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

#endif
