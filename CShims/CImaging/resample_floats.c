// Resampling in floats, for all formats and channels.
#include "resample.h"

#include <stdlib.h>

// Without premultiplied alpha, the color of transparent pixels would bleed into visible ones.
static void premultiply(float *pixels, int count, int bands) {
    for (float *pixel = pixels; pixel < pixels + (size_t)count * (size_t)bands; pixel += bands)
        for (int band = 0; band < bands - 1; band++)
            pixel[band] *= pixel[bands - 1];
}

static void unpremultiply(float *pixels, int count, int bands) {
    for (float *pixel = pixels; pixel < pixels + (size_t)count * (size_t)bands; pixel += bands) {
        float alpha = pixel[bands - 1];
        for (int band = 0; band < bands - 1; band++)
            pixel[band] = alpha > 0 ? pixel[band] / alpha : 0;
    }
}

static float *sums_of(const struct resampling *work, int row) {
    return (float *)work->sums + (size_t)(row % work->open_rows) * work->sum_width;
}

static void add_tile(const struct resampling *work, VipsRect strip, int left, int from, int end) {
    int pixels = VIPS_MIN(tile_pixels, strip.width - left);
    int samples = pixels * work->bands;
    size_t stride = (size_t)(tile_pixels * work->bands);
    size_t bytes = (size_t)pixels * VIPS_IMAGE_SIZEOF_PEL(work->input);
    for (int row = 0; row < strip.height; row++) {
        float *tile = (float *)work->tile + (size_t)row * stride;
        const VipsPel *pel = VIPS_REGION_ADDR(work->region, left, strip.top + row);
        resample_load(tile, pel, samples, work->output->BandFmt);
        prefetch(pel + bytes, bytes);
        if (work->has_alpha)
            premultiply(tile, pixels, work->bands);
    }
    for (int output = from; output < end; output++) {
        int first = VIPS_MAX(strip.top, work->rows.first[output]);
        int rows = VIPS_MIN(VIPS_RECT_BOTTOM(&strip), end_of(&work->rows, output)) - first;
        const float *weights =
            work->rows.weights + (size_t)output * (size_t)work->rows.taps + (first - work->rows.first[output]);
        resample_add_rows(sums_of(work, output) + left * work->bands,
            (float *)work->tile + (size_t)(first - strip.top) * stride, stride, weights, rows, samples,
            first == work->rows.first[output]);
    }
}

static void finish_rows(const struct resampling *work, int first, int count) {
    int width = work->columns.outputs;
    const float *sums[rows_at_once];
    float *reduced[rows_at_once];
    for (int i = 0; i < rows_at_once; i++) {
        sums[i] = sums_of(work, row_at(first, count, i));
        reduced[i] = (float *)work->reduced + (size_t)i * work->reduced_width;
    }
    resample_reduce_columns(&work->columns, work->spread, sums, reduced, work->bands);
    for (int i = 0; i < count; i++) {
        if (work->has_alpha)
            unpremultiply(reduced[i], width, work->bands);
        resample_store(VIPS_IMAGE_ADDR(work->output, 0, first + i), reduced[i], width * work->bands, work->output->BandFmt);
    }
}

bool resample_in_floats(struct resampling *work) {
    work->add_tile = add_tile;
    work->finish_rows = finish_rows;
    work->has_alpha = vips_image_hasalpha(work->input);
    work->spread = resample_spread_weights(&work->columns, work->bands);
    work->sum_width = ((size_t)work->input->Xsize + (size_t)work->columns.taps) * (size_t)work->bands + lanes;
    work->sums = calloc((size_t)work->open_rows * work->sum_width, sizeof(float));
    work->tile = calloc((size_t)(strip_height * tile_pixels * work->bands), sizeof(float));
    work->reduced_width = (size_t)work->columns.outputs * (size_t)work->bands + lanes;
    work->reduced = calloc(rows_at_once * work->reduced_width, sizeof(float));
    return work->spread != NULL && work->sums != NULL && work->tile != NULL && work->reduced != NULL;
}
