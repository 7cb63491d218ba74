// Block matching between two gray pictures. libvips' own correlation (vips_spcor) evaluates every position
// that touches its window, here thirty times as many as can be a match.
#include "CImaging.h"

#include <math.h>
#include <stdlib.h>

enum { most_reach = 64 };

struct block {
    const uint8_t *pixels;
    size_t stride;
    int size;
    int64_t sum;
    int64_t squares;
};

static struct block block_at(CImagingGray picture, int left, int top, int size) {
    struct block block = {
        .pixels = picture.pixels + (size_t)top * (size_t)picture.width + (size_t)left,
        .stride = (size_t)picture.width,
        .size = size,
    };
    for (int y = 0; y < size; y++) {
        const uint8_t *row = block.pixels + (size_t)y * block.stride;
        uint32_t sum = 0;
        uint32_t squares = 0;
        for (int x = 0; x < size; x++) {
            sum += row[x];
            squares += (uint32_t)row[x] * row[x];
        }
        block.sum += sum;
        block.squares += squares;
    }
    return block;
}

// The variance, multiplied by the square of the number of pixels.
static double spread(const struct block *block) {
    double count = (double)block->size * block->size;
    return count * (double)block->squares - (double)block->sum * (double)block->sum;
}

// The correlation of two blocks, from -1 to 1; 0 if one of them is flat.
static double correlation(const struct block *a, const struct block *b) {
    int64_t products = 0;
    for (int y = 0; y < a->size; y++) {
        const uint8_t *left = a->pixels + (size_t)y * a->stride;
        const uint8_t *right = b->pixels + (size_t)y * b->stride;
        uint32_t sum = 0;
        for (int x = 0; x < a->size; x++)
            sum += (uint32_t)left[x] * right[x];
        products += sum;
    }
    double spreads = spread(a) * spread(b);
    double count = (double)a->size * a->size;
    return spreads > 0 ? (count * (double)products - (double)a->sum * (double)b->sum) / sqrt(spreads) : 0;
}

// The position of the peak of a parabola through three neighbors, relative to the middle one.
static double peak(double before, double at, double after) {
    double bend = before - 2 * at + after;
    return bend < 0 ? 0.5 * (before - after) / bend : 0;
}

double cimaging_block_contrast(CImagingGray picture, int left, int top, int size) {
    if (size < 1 || left < 0 || top < 0 || left + size > picture.width || top + size > picture.height)
        return 0;
    struct block block = block_at(picture, left, top, size);
    return sqrt(fmax(0, spread(&block))) / ((double)size * size);
}

bool cimaging_match_block(
    CImagingGray part, CImagingGray whole, int left, int top, int size, int reach, CImagingMatch *match) {
    if (reach < 1 || reach > most_reach || size < 1 || left < 0 || top < 0 || left + size > part.width ||
        top + size > part.height || part.width != whole.width || part.height != whole.height)
        return false;
    double scores[2 * most_reach + 1][2 * most_reach + 1];
    struct block wanted = block_at(part, left, top, size);
    int best_x = 0;
    int best_y = 0;
    double best = -2;
    for (int dy = -reach; dy <= reach; dy++)
        for (int dx = -reach; dx <= reach; dx++) {
            double score = -1;
            if (left + dx >= 0 && top + dy >= 0 && left + dx + size <= whole.width && top + dy + size <= whole.height) {
                struct block candidate = block_at(whole, left + dx, top + dy, size);
                score = correlation(&wanted, &candidate);
            }
            scores[dy + reach][dx + reach] = score;
            if (score > best) {
                best = score;
                best_x = dx;
                best_y = dy;
            }
        }
    // A peak at the border of the searched area may be the slope of a peak beyond it.
    if (abs(best_x) == reach || abs(best_y) == reach)
        return false;
    const double *row = scores[best_y + reach] + best_x + reach;
    double above = scores[best_y + reach - 1][best_x + reach];
    double below = scores[best_y + reach + 1][best_x + reach];
    if (row[-1] == -1 || row[1] == -1 || above == -1 || below == -1)
        return false;
    match->dx = best_x + peak(row[-1], best, row[1]);
    match->dy = best_y + peak(above, best, below);
    match->score = best;
    return true;
}
