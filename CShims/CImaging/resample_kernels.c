// The inner loops of resampling.
#include "resample.h"

// Compiled thrice, the widest vectors chosen when the program is loaded. Elsewhere the compiler's own choice will do.
// What chooses runs before a sanitizer is ready for it.
#if defined(__x86_64__) && defined(__ELF__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define FOR_EACH_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_CPU
#endif

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

// Rounded to nearest: a conversion cuts off, so what is below zero is lifted first.
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

#define LANE(i, by) ((i) + (by) < lanes ? (i) + (by) : -1)
// The lanes from `by` on, moved to the first ones.
#define MOVED(v, by)                                                                                                   \
    __builtin_shufflevector(v, v, LANE(0, by), LANE(1, by), LANE(2, by), LANE(3, by), LANE(4, by), LANE(5, by),        \
        LANE(6, by), LANE(7, by), LANE(8, by), LANE(9, by), LANE(10, by), LANE(11, by), LANE(12, by), LANE(13, by),    \
        LANE(14, by), LANE(15, by))

// Adds a vector's pixels up, and stores the sum with a whole vector's width: what lies beyond the pixel is of no meaning.
static inline void store_pixel(float *to, const vector *sum, int bands) {
    vector v = *sum;
    switch (bands) {
    case 1:
        v += MOVED(v, 8);
        v += MOVED(v, 4);
        v += MOVED(v, 2);
        v += MOVED(v, 1);
        break;
    case 2:
        v += MOVED(v, 8);
        v += MOVED(v, 4);
        v += MOVED(v, 2);
        break;
    case 3: // five pixels: the third and the fourth to the first two, and the fifth
        v += MOVED(v, 6);
        v += MOVED(v, 3);
        v += MOVED(*sum, 12);
        break;
    case 4:
        v += MOVED(v, 8);
        v += MOVED(v, 4);
        break;
    case 5: // three
        v += MOVED(v, 5);
        v += MOVED(*sum, 10);
        break;
    case 6:
        v += MOVED(v, 6);
        break;
    case 7:
        v += MOVED(v, 7);
        break;
    default:
        v += MOVED(v, 8);
        break;
    }
    *(vector *)to = v;
}

// The pixels of one output column in several rows, from vectors of samples and of their weights, which are so many that they
// come from the second-level cache. A vector of sums ends among its neighbour's, whose weights are zero; a stored one is
// overwritten by its neighbour's.
FOR_EACH_CPU void resample_reduce_columns(const struct filter *columns, const float *restrict spread,
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
