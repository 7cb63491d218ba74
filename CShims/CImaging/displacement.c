// The displacement of blocks of one gray picture from their expected positions in another, computed from the
// brightness gradient (Lucas and Kanade 1981). Used for subpixel displacements, where searching every
// position (match.c) is neither precise nor fast enough.
#include "CImaging.h"

#include <math.h>

enum { largest_block = 32 };

struct samples {
    float own[largest_block * largest_block];   // the reference
    float other[largest_block * largest_block]; // the picture, sampled through the map
    float along[largest_block * largest_block]; // the reference's gradient, to the right
    float down[largest_block * largest_block];
};

// Weights of cubic convolution with a = -1/2 (Keys 1981).
static void cubic_weights(float t, float weights[4]) {
    weights[0] = ((-0.5f * t + 1) * t - 0.5f) * t;
    weights[1] = (1.5f * t - 2.5f) * t * t + 1;
    weights[2] = ((-1.5f * t + 2) * t + 0.5f) * t;
    weights[3] = (0.5f * t - 0.5f) * t * t;
}

// Interpolates the picture at a point whose neighborhood is inside the picture.
static float sample(CImagingGray picture, float x, float y) {
    int left = (int)floorf(x);
    int top = (int)floorf(y);
    float across[4];
    float down[4];
    cubic_weights(x - (float)left, across);
    cubic_weights(y - (float)top, down);
    const uint8_t *row = picture.pixels + (ptrdiff_t)(top - 1) * picture.width + left - 1;
    float sum = 0;
    for (int i = 0; i < 4; i++, row += picture.width)
        sum += down[i] * (across[0] * row[0] + across[1] * row[1] + across[2] * row[2] + across[3] * row[3]);
    return sum;
}

static bool has_neighbors(CImagingGray picture, double x, double y) {
    return x >= 1 && y >= 1 && x < picture.width - 3 && y < picture.height - 3;
}

static bool take_samples(
    CImagingGray reference, CImagingGray picture, const double m[6], int left, int top, int size, struct samples *to) {
    // A pixel's center is at a half-integer position in the map, and at an integer position here.
    double dx = 0.5 * (m[0] + m[1] - 1) + m[4];
    double dy = 0.5 * (m[2] + m[3] - 1) + m[5];
    int right = left + size - 1;
    int bottom = top + size - 1;
    const int corners[4][2] = {{left, top}, {right, top}, {left, bottom}, {right, bottom}};
    for (int i = 0; i < 4; i++) {
        double x = corners[i][0];
        double y = corners[i][1];
        if (!has_neighbors(picture, m[0] * x + m[1] * y + dx, m[2] * x + m[3] * y + dy))
            return false;
    }
    int at = 0;
    for (int y = top; y <= bottom; y++) {
        const uint8_t *row = reference.pixels + (ptrdiff_t)y * reference.width;
        for (int x = left; x <= right; x++, at++) {
            to->own[at] = row[x];
            to->along[at] = 0.5f * ((float)row[x + 1] - (float)row[x - 1]);
            to->down[at] = 0.5f * ((float)row[x + reference.width] - (float)row[x - reference.width]);
            to->other[at] = sample(picture, (float)(m[0] * x + m[1] * y + dx), (float)(m[2] * x + m[3] * y + dy));
        }
    }
    return true;
}

static void subtract_mean(float *values, int count) {
    float sum = 0;
    for (int i = 0; i < count; i++)
        sum += values[i];
    for (int i = 0; i < count; i++)
        values[i] -= sum / (float)count;
}

static float product(const float *a, const float *b, int count) {
    float sum = 0;
    for (int i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

static void measure(struct samples *samples, int count, CImagingBlock *block) {
    subtract_mean(samples->other, count);
    subtract_mean(samples->along, count);
    subtract_mean(samples->down, count);
    float own = product(samples->own, samples->own, count);
    float other = product(samples->other, samples->other, count);
    float both = product(samples->own, samples->other, count);
    block->score = other > 0 ? both / sqrtf(own * other) : 0;
    // The contrast of the two pictures may differ, too.
    float gain = both / own;
    float *error = samples->other;
    for (int i = 0; i < count; i++)
        error[i] = gain > 0 ? samples->other[i] / gain - samples->own[i] : 0;
    block->noise = product(error, error, count) / (float)count;
    block->xx = product(samples->along, samples->along, count);
    block->xy = product(samples->along, samples->down, count);
    block->yy = product(samples->down, samples->down, count);
    block->pull_x = product(samples->along, error, count);
    block->pull_y = product(samples->down, error, count);
}

size_t cimaging_measure_blocks(CImagingGray reference, CImagingGray picture, const double map[6], int size,
    double least_contrast, CImagingBlock *blocks, size_t capacity) {
    if (size < 2 || size > largest_block)
        return 0;
    size_t found = 0;
    int count = size * size;
    struct samples samples;
    for (int top = 1; top + size < reference.height; top += size)
        for (int left = 1; left + size < reference.width && found < capacity; left += size) {
            if (!take_samples(reference, picture, map, left, top, size, &samples))
                continue;
            subtract_mean(samples.own, count);
            // A flat block matches everywhere.
            if (product(samples.own, samples.own, count) < least_contrast * least_contrast * count)
                continue;
            CImagingBlock *block = blocks + found++;
            block->x = (float)left + 0.5f * (float)size;
            block->y = (float)top + 0.5f * (float)size;
            measure(&samples, count, block);
        }
    return found;
}
