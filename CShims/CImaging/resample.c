// Resampling with Lanczos (a = 3), in one pass over the rows as their decoder gives them.
//
// libvips 8.14 has SIMD for the vertical half of this only, premultiplies in pipelines of its own, and its kernel
// reaches further up than its caches after a strong reduction. Here each strip of rows is added, weighted, to the sums
// of those output rows that it touches; a sum that is complete is reduced horizontally and is done with.
#include "resample.h"

#include <stdlib.h>

enum { strip_height = 32, tile_pixels = 64, cache_line = 64 };

// How many output rows are under way at once, at most, when rows come in strips.
static int most_open(const struct filter *rows, int height) {
    int most = 0;
    int done = 0;
    int open = 0;
    for (int top = 0; top < height; top += strip_height) {
        while (open < rows->outputs && rows->first[open] < top + strip_height)
            open++;
        most = VIPS_MAX(most, open - done);
        while (done < open && end_of(rows, done) <= top + strip_height)
            done++;
    }
    return most;
}

struct resampling {
    VipsImage *input;
    VipsRegion *region; // of the input; a region belongs to the thread that made it
    VipsImage *output;
    int bands;
    bool has_alpha;
    struct filter columns;
    float *spread; // the columns' weights, once for each sample of a pixel, in whole vectors
    struct filter rows;
    int open_rows;    // rows in `sums`, which is a ring
    size_t sum_width; // floats in each: a vector may be read past the last pixel
    float *sums;
    float *tile;    // strip_height rows of tile_pixels pixels
    float *reduced; // rows_at_once output rows
    size_t reduced_width;
};

static float *sums_of(const struct resampling *work, int row) {
    return work->sums + (size_t)(row % work->open_rows) * work->sum_width;
}

// Straight resampling would let the colour of transparent pixels bleed into visible ones.
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

// Adds columns from `left` on of the strip in the region to the sums of output rows `from` to `end`.
static void add_tile(const struct resampling *work, VipsRect strip, int left, int from, int end) {
    int pixels = VIPS_MIN(tile_pixels, strip.width - left);
    int samples = pixels * work->bands;
    size_t stride = (size_t)(tile_pixels * work->bands);
    size_t bytes = (size_t)pixels * VIPS_IMAGE_SIZEOF_PEL(work->input);
    for (int row = 0; row < strip.height; row++) {
        float *tile = work->tile + (size_t)row * stride;
        const VipsPel *from = VIPS_REGION_ADDR(work->region, left, strip.top + row);
        resample_load(tile, from, samples, work->output->BandFmt);
        // The CPU does not foresee that the next tile begins behind each of these rows.
        for (size_t ahead = 0; ahead < bytes; ahead += cache_line)
            __builtin_prefetch(from + bytes + ahead);
        if (work->has_alpha)
            premultiply(tile, pixels, work->bands);
    }
    for (int output = from; output < end; output++) {
        int first = VIPS_MAX(strip.top, work->rows.first[output]);
        int rows = VIPS_MIN(VIPS_RECT_BOTTOM(&strip), end_of(&work->rows, output)) - first;
        const float *weights =
            work->rows.weights + (size_t)output * (size_t)work->rows.taps + (first - work->rows.first[output]);
        resample_add_rows(sums_of(work, output) + left * work->bands, work->tile + (size_t)(first - strip.top) * stride, stride,
            weights, rows, samples, first == work->rows.first[output]);
    }
}

// Rows from `first` on. Where there are fewer than can be done at once the last one is done several times.
static void finish_rows(const struct resampling *work, int first, int count) {
    int width = work->columns.outputs;
    const float *sums[rows_at_once];
    float *reduced[rows_at_once];
    for (int i = 0; i < rows_at_once; i++) {
        sums[i] = sums_of(work, first + VIPS_MIN(i, count - 1));
        reduced[i] = work->reduced + (size_t)i * work->reduced_width;
    }
    resample_reduce_columns(&work->columns, work->spread, sums, reduced, work->bands);
    for (int i = 0; i < count; i++) {
        if (work->has_alpha)
            unpremultiply(reduced[i], width, work->bands);
        resample_store(VIPS_IMAGE_ADDR(work->output, 0, first + i), reduced[i], width * work->bands, work->output->BandFmt);
    }
}

static int add_strips(const struct resampling *work) {
    int width = work->input->Xsize;
    int height = work->input->Ysize;
    int done = 0;
    int open = 0;
    for (int top = 0; top < height; top += strip_height) {
        VipsRect strip = {0, top, width, VIPS_MIN(strip_height, height - top)};
        if (vips_region_prepare(work->region, &strip) != 0)
            return -1;
        while (open < work->rows.outputs && work->rows.first[open] < VIPS_RECT_BOTTOM(&strip))
            open++;
        for (int left = 0; left < width; left += tile_pixels)
            add_tile(work, strip, left, done, open);
        int end = done;
        while (end < open && end_of(&work->rows, end) <= VIPS_RECT_BOTTOM(&strip))
            end++;
        for (; done < end; done += VIPS_MIN(rows_at_once, end - done))
            finish_rows(work, done, VIPS_MIN(rows_at_once, end - done));
    }
    return 0;
}

static int run_strips(void *argument) {
    struct resampling *work = argument;
    work->region = vips_region_new(work->input);
    int status = add_strips(work);
    g_object_unref(work->region);
    return status;
}

static bool prepare(struct resampling *work, int width, int height) {
    const VipsImage *input = work->input;
    if (!resample_make_filter(&work->columns, input->Xsize, width, pixels_per_vector(work->bands)) ||
        !resample_make_filter(&work->rows, input->Ysize, height, 1))
        return false;
    work->spread = resample_spread_weights(&work->columns, work->bands);
    work->open_rows = most_open(&work->rows, input->Ysize);
    work->sum_width = ((size_t)input->Xsize + (size_t)work->columns.taps) * (size_t)work->bands + lanes;
    work->sums = calloc((size_t)work->open_rows * work->sum_width, sizeof(float));
    work->tile = calloc((size_t)(strip_height * tile_pixels * work->bands), sizeof(float));
    work->reduced_width = (size_t)width * (size_t)work->bands + lanes;
    work->reduced = calloc(rows_at_once * work->reduced_width, sizeof(float));
    return work->spread != NULL && work->sums != NULL && work->tile != NULL && work->reduced != NULL;
}

static int resample(VipsImage *input, VipsImage *output, int width, int height) {
    if (vips_image_pipelinev(output, VIPS_DEMAND_STYLE_THINSTRIP, input, NULL) != 0)
        return -1;
    output->Xsize = width;
    output->Ysize = height;
    if (vips_image_write_prepare(output) != 0)
        return -1;
    struct resampling work = {
        .input = input,
        .output = output,
        .bands = input->Bands,
        .has_alpha = vips_image_hasalpha(input),
    };
    int status = -1;
    if (prepare(&work, width, height))
        status = in_vips_thread(run_strips, &work);
    else
        vips_error("cimaging_resize", "out of memory");
    resample_free_filter(&work.columns);
    resample_free_filter(&work.rows);
    free(work.spread);
    free(work.sums);
    free(work.tile);
    free(work.reduced);
    return status;
}

// Formats that no decoder here gives are taken as floats.
static VipsImage *readable(VipsImage *input) {
    VipsImage *output = NULL;
    VipsBandFormat format = vips_image_get_format(input);
    bool is_known = format == VIPS_FORMAT_UCHAR || format == VIPS_FORMAT_USHORT || format == VIPS_FORMAT_SHORT;
    int status = vips_cast(input, &output, is_known ? format : VIPS_FORMAT_FLOAT, NULL);
    return status == 0 ? output : NULL;
}

CImagingImage *cimaging_resize(CImagingImage *image, int width, int height) {
    VipsImage *input = readable(vips_of(image));
    if (input == NULL)
        return NULL;
    VipsImage *output = vips_image_new_memory();
    int status = -1;
    if (input->Bands <= most_bands)
        status = resample(input, output, width, height);
    else
        vips_error("cimaging_resize", "%d channels are more than %d", input->Bands, most_bands);
    g_object_unref(input);
    if (status == 0)
        return (CImagingImage *)output;
    g_object_unref(output);
    return NULL;
}
