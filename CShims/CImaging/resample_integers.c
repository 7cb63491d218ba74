// Resampling in integers, two neighbors at a time. One instruction multiplies both by their weights and adds
// the products, with as many lanes as floats have for one neighbor. The row sums, which are read and written
// most, take half the memory.
#include "resample.h"

#include <stdlib.h>
#include <string.h>

enum {
    bands = 3,
    block_pixels = 512,    // of the input, which stay in the first-level cache
    most_row_bits = 20,    // a sum of 8-bit samples then fits into 32 bits
    most_column_bits = 15, // a sum of 16-bit sums then fits into 32 bits
};
_Static_assert(strip_height % 2 == 0, "a pair of rows would span two strips");

static int16_t *sums_of(const struct resampling *work, int row) {
    return (int16_t *)work->sums + (size_t)(row % work->open_rows) * work->sum_width;
}

static void add_tile(const struct resampling *work, VipsRect strip, int left, int from, int end) {
    int samples = VIPS_MIN(tile_pixels, strip.width - left) * bands;
    size_t stride = tile_pixels * bands;
    int32_t *tile = work->tile;
    int top = strip.top / 2;
    int bottom = (VIPS_RECT_BOTTOM(&strip) + 1) / 2;
    for (int pair = top; pair < bottom; pair++) {
        // With an odd number of rows, the last row has no partner. It is paired with itself, at a weight of
        // 0.
        int other = VIPS_MIN(2 * pair + 1, VIPS_RECT_BOTTOM(&strip) - 1);
        const VipsPel *first = VIPS_REGION_ADDR(work->region, left, 2 * pair);
        const VipsPel *second = VIPS_REGION_ADDR(work->region, left, other);
        resample_load_pair(tile + (size_t)(pair - top) * stride, first, second, samples);
        prefetch(first + samples, (size_t)samples);
        prefetch(second + samples, (size_t)samples);
    }
    const struct pair_weights *weights = &work->row_pairs;
    for (int output = from; output < end; output++) {
        int start = first_pair(&work->rows, output);
        int first = VIPS_MAX(top, start);
        int pairs = VIPS_MIN(bottom, start + pair_count(&work->rows, output)) - first;
        resample_add_pairs(sums_of(work, output) + left * bands, tile + (size_t)(first - top) * stride, stride,
            weights->weights + (size_t)output * (size_t)weights->most + (first - start), weights->bits, pairs, samples,
            first == start);
    }
}

// The number of pairs that a range of output columns is computed from.
static int span(const struct filter *columns, int from, int end) {
    return first_pair(columns, end - 1) + pair_count(columns, end - 1) - first_pair(columns, from);
}

static void finish_rows(const struct resampling *work, int first, int count) {
    const struct filter *columns = &work->columns;
    const int16_t *loaded[rows_at_once];
    VipsPel *reduced[rows_at_once];
    for (int i = 0; i < rows_at_once; i++) {
        loaded[i] = work->loaded + (size_t)i * work->loaded_width;
        reduced[i] = (VipsPel *)work->reduced + (size_t)i * work->reduced_width;
    }
    for (int from = 0; from < columns->outputs; from += work->block) {
        int end = VIPS_MIN(columns->outputs, from + work->block);
        int origin = first_pair(columns, from);
        for (int i = 0; i < rows_at_once; i++)
            resample_arrange_pairs(work->loaded + (size_t)i * work->loaded_width,
                sums_of(work, row_at(first, count, i)) + origin * 2 * bands, span(columns, from, end));
        resample_reduce_pairs(columns, &work->column_pairs, from, end, origin, loaded, reduced);
    }
    for (int i = 0; i < count; i++)
        memcpy(VIPS_IMAGE_ADDR(work->output, 0, first + i), reduced[i], (size_t)columns->outputs * bands);
}

bool resample_in_integers(struct resampling *work) {
    const struct filter *columns = &work->columns;
    int width = work->input->Xsize;
    work->add_tile = add_tile;
    work->finish_rows = finish_rows;
    if (!resample_pair_weights(&work->row_pairs, &work->rows, work->input->Ysize, most_row_bits, 1) ||
        !resample_pair_weights(&work->column_pairs, columns, width, most_column_bits, pairs_per_step))
        return false;
    work->block = VIPS_MAX(1, (int)((int64_t)block_pixels * columns->outputs / VIPS_MAX(width, columns->outputs)));
    int furthest = 0;
    for (int from = 0; from < columns->outputs; from += work->block) {
        int last = VIPS_MIN(columns->outputs, from + work->block) - 1;
        furthest = VIPS_MAX(furthest, first_pair(columns, last) - first_pair(columns, from));
    }
    // The same number of pairs is read for each column, even past the end of the picture.
    work->loaded_width = (size_t)(furthest + work->column_pairs.most) * pair_samples;
    work->loaded = calloc(rows_at_once * work->loaded_width, sizeof(int16_t));
    work->sum_width = (size_t)width * bands + 2 * lanes;
    work->sums = calloc((size_t)work->open_rows * work->sum_width, sizeof(int16_t));
    work->tile = calloc(strip_height / 2 * tile_pixels * bands + lanes, sizeof(int32_t));
    work->reduced_width = (size_t)columns->outputs * bands + 1;
    work->reduced = calloc(rows_at_once * work->reduced_width, 1);
    return work->loaded != NULL && work->sums != NULL && work->tile != NULL && work->reduced != NULL;
}
