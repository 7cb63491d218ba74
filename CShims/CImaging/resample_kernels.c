// The inner loops of resampling in floats.
#include "resample.h"

enum { vectors_at_once = 4 };

#define LOAD(type)                                                                                                     \
    for (int i = 0; i < count; i++)                                                                                    \
        to[i] = (float)((const type *)from)[i];

FOR_EACH_CPU void resample_load(float *restrict to, const VipsPel *restrict from, int count, VipsBandFormat format) {
    switch (format) {
    case VIPS_FORMAT_UCHAR:
        LOAD(unsigned char)
        break;
    case VIPS_FORMAT_USHORT:
        LOAD(unsigned short)
        break;
    case VIPS_FORMAT_SHORT:
        LOAD(short)
        break;
    default:
        LOAD(float)
        break;
    }
}

// Rounds to nearest. The conversion truncates towards zero, so values are first shifted to be non-negative.
#define STORE(type, lowest, highest)                                                                                   \
    for (int i = 0; i < count; i++)                                                                                    \
        ((type *)to)[i] = (type)((int)(VIPS_CLIP(lowest, from[i], highest) - (lowest) + 0.5f) + (lowest));

FOR_EACH_CPU void resample_store(VipsPel *restrict to, const float *restrict from, int count, VipsBandFormat format) {
    switch (format) {
    case VIPS_FORMAT_UCHAR:
        STORE(unsigned char, 0, UCHAR_MAX)
        break;
    case VIPS_FORMAT_USHORT:
        STORE(unsigned short, 0, USHRT_MAX)
        break;
    case VIPS_FORMAT_SHORT:
        STORE(short, SHRT_MIN, SHRT_MAX)
        break;
    default:
        memcpy(to, from, (size_t)count * sizeof(float));
        break;
    }
}

typedef float vector __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float))));

FOR_EACH_CPU void resample_add_rows(float *restrict sums, const float *restrict from, size_t stride,
    const float *restrict weights, int rows, int count, bool are_new) {
    int at = 0;
    for (; at + vectors_at_once * lanes <= count; at += vectors_at_once * lanes) {
        vector *to = (vector *)(sums + at);
        vector a = {0}, b = {0}, c = {0}, d = {0};
        if (!are_new)
            a = to[0], b = to[1], c = to[2], d = to[3];
        for (int row = 0; row < rows; row++) {
            const vector *next = (const vector *)(from + (size_t)row * stride + at);
            a += weights[row] * next[0];
            b += weights[row] * next[1];
            c += weights[row] * next[2];
            d += weights[row] * next[3];
        }
        to[0] = a, to[1] = b, to[2] = c, to[3] = d;
    }
    for (; at < count; at += lanes) {
        vector *to = (vector *)(sums + at);
        vector a = {0};
        if (!are_new)
            a = *to;
        for (int row = 0; row < rows; row++)
            a += weights[row] * *(const vector *)(from + (size_t)row * stride + at);
        *to = a;
    }
}

typedef float half __attribute__((vector_size(lanes / 2 * sizeof(float)), aligned(sizeof(float))));
typedef float quarter __attribute__((vector_size(lanes / 4 * sizeof(float)), aligned(sizeof(float))));
// The lanes of a vector from one position on. Lanes past the vector's end are undefined.
#define LANE(i) ((i) < lanes ? (i) : -1)
#define QUARTER(v, from) __builtin_shufflevector(v, v, LANE(from), LANE((from) + 1), LANE((from) + 2), LANE((from) + 3))
#define HALF(v, from)                                                                                                  \
    __builtin_shufflevector(v, v, LANE(from), LANE((from) + 1), LANE((from) + 2), LANE((from) + 3), LANE((from) + 4),  \
        LANE((from) + 5), LANE((from) + 6), LANE((from) + 7))

// Adds up the pixels in a vector and stores the sum as one pixel. May store lanes beyond the pixel, which are
// undefined.
static inline void store_pixel(float *to, const vector *sum, int bands) {
    vector v = *sum;
    quarter four = QUARTER(v, 0) + QUARTER(v, 4) + QUARTER(v, 8) + QUARTER(v, 12);
    switch (bands) {
    case 1:
        to[0] = four[0] + four[1] + four[2] + four[3];
        break;
    case 2:
        to[0] = four[0] + four[2];
        to[1] = four[1] + four[3];
        break;
    case 3:
        *(quarter *)to = QUARTER(v, 0) + QUARTER(v, 3) + QUARTER(v, 6) + QUARTER(v, 9) + QUARTER(v, 12);
        break;
    case 4:
        *(quarter *)to = four;
        break;
    case 5:
        *(half *)to = HALF(v, 0) + HALF(v, 5) + HALF(v, 10);
        break;
    case 6:
        *(half *)to = HALF(v, 0) + HALF(v, 6);
        break;
    case 7:
        *(half *)to = HALF(v, 0) + HALF(v, 7);
        break;
    default:
        *(half *)to = HALF(v, 0) + HALF(v, 8);
        break;
    }
}

// Computes the pixels of each output column in several rows at once from vectors of samples and weights. All
// rows share a loaded weight, because the weights take so much memory that they come from the second-level
// cache. A vector of samples may extend into those of the neighboring column, where its weights are zero. The
// excess lanes of a stored vector are overwritten by the next pixel.
static inline __attribute__((always_inline)) void reduce_columns(const struct filter *columns, const float *restrict spread,
    const float *const sums[rows_at_once], float *restrict const reduced[rows_at_once], int bands) {
    int step = pixels_per_vector(bands);
    const float *weights = spread;
    for (int column = 0; column < columns->outputs; column++) {
        ptrdiff_t from = columns->first[column] * bands;
        vector a = {0}, b = {0}, c = {0}, d = {0};
        for (int tap = 0; tap < columns->taps; tap += step, weights += lanes, from += step * bands) {
            vector weight = *(const vector *)weights;
            a += weight * *(const vector *)(sums[0] + from);
            b += weight * *(const vector *)(sums[1] + from);
            c += weight * *(const vector *)(sums[2] + from);
            d += weight * *(const vector *)(sums[3] + from);
        }
        store_pixel(reduced[0] + column * bands, &a, bands);
        store_pixel(reduced[1] + column * bands, &b, bands);
        store_pixel(reduced[2] + column * bands, &c, bands);
        store_pixel(reduced[3] + column * bands, &d, bands);
    }
}

FOR_EACH_CPU void resample_reduce_columns(const struct filter *columns, const float *restrict spread,
    const float *const sums[rows_at_once], float *restrict const reduced[rows_at_once], int bands) {
    // Three bands, the most common case, get a specialized version.
    if (bands == 3)
        reduce_columns(columns, spread, sums, reduced, 3);
    else
        reduce_columns(columns, spread, sums, reduced, bands);
}
