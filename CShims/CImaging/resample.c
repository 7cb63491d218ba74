// Resampling with Lanczos (a = 3), in one pass over the rows as their decoder gives them.
//
// libvips 8.14 has SIMD for the vertical half of this only, premultiplies in pipelines of its own, and its kernel
// reaches further up than its caches after a strong reduction. Here each strip of rows is added, weighted, to the sums
// of those output rows that it touches; a sum that is complete is reduced horizontally and is done with.
#include "internal.h"

#include <math.h>
#include <stdlib.h>

// Compiled twice, the wider vectors chosen when the program is loaded. Elsewhere the compiler's own choice will do.
// What chooses runs before a sanitizer is ready for it.
#if defined(__x86_64__) && defined(__ELF__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define FOR_EACH_CPU __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define FOR_EACH_CPU
#endif

enum { strip_height = 32, tile_pixels = 64, lanes = 8 };
static const double lobes = 3;

// What each output position takes from the input: `count` neighbours from `first` on, and their weights (sum 1).
struct filter {
    int outputs;
    int taps; // room for weights per output
    int *first;
    int *count;
    float *weights;
};

// A vector of samples holds as many whole pixels as fit.
static int pixels_per_vector(int bands) {
    return VIPS_MAX(1, lanes / bands);
}

static double lanczos(double x) {
    if (x == 0)
        return 1;
    if (fabs(x) >= lobes)
        return 0;
    double angle = G_PI * x;
    return lobes * sin(angle) * sin(angle / lobes) / (angle * angle);
}

static void free_filter(struct filter *filter) {
    free(filter->first);
    free(filter->count);
    free(filter->weights);
}

static void weigh(struct filter *filter, int output, double centre, double scale, int inputs) {
    int first = VIPS_MAX(0, (int)floor(centre - lobes * scale));
    int end = VIPS_MIN(inputs, (int)ceil(centre + lobes * scale));
    float *weights = filter->weights + (size_t)output * (size_t)filter->taps;
    double sum = 0;
    for (int input = first; input < end; input++)
        sum += lanczos((input + 0.5 - centre) / scale);
    for (int input = first; input < end; input++)
        weights[input - first] = (float)(lanczos((input + 0.5 - centre) / scale) / sum);
    filter->first[output] = first;
    filter->count[output] = end - first;
}

// Beyond the picture's edge there is nothing: the weights within make up for it.
// There is room for a multiple of `step` weights.
static bool make_filter(struct filter *filter, int inputs, int outputs, int step) {
    double factor = (double)inputs / outputs;
    double scale = VIPS_MAX(1, factor);
    filter->outputs = outputs;
    int most = VIPS_MIN(inputs, (int)ceil(2 * lobes * scale) + 1);
    filter->taps = (most + step - 1) / step * step;
    filter->first = calloc((size_t)outputs, sizeof(int));
    filter->count = calloc((size_t)outputs, sizeof(int));
    filter->weights = calloc((size_t)outputs * (size_t)filter->taps, sizeof(float));
    if (filter->first == NULL || filter->count == NULL || filter->weights == NULL)
        return false;
    for (int output = 0; output < outputs; output++)
        weigh(filter, output, (output + 0.5) * factor, scale, inputs);
    return true;
}

// The weights as the horizontal kernel takes them: vectors of pixels_per_vector() weights, each as often as a pixel has
// bands.
static float *spread_weights(const struct filter *filter, int bands) {
    int step = pixels_per_vector(bands);
    size_t vectors = (size_t)(filter->taps / step);
    float *spread = calloc((size_t)filter->outputs * vectors * lanes, sizeof(float));
    if (spread == NULL)
        return NULL;
    for (size_t tap = 0; tap < (size_t)filter->outputs * (size_t)filter->taps; tap++) {
        float *to = spread + tap / (size_t)step * lanes + tap % (size_t)step * (size_t)bands;
        for (int band = 0; band < bands; band++)
            to[band] = filter->weights[tap];
    }
    return spread;
}

static int end_of(const struct filter *filter, int output) {
    return filter->first[output] + filter->count[output];
}

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
    VipsRegion *input;
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
    float *reduced; // one output row
};

static float *sums_of(const struct resampling *work, int row) {
    return work->sums + (size_t)(row % work->open_rows) * work->sum_width;
}

#define LOAD(type)                                                                                                     \
    for (int i = 0; i < count; i++)                                                                                    \
        to[i] = (float)((const type *)from)[i];

FOR_EACH_CPU static void load(float *restrict to, const VipsPel *restrict from, int count, VipsBandFormat format) {
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

FOR_EACH_CPU static void store(VipsPel *restrict to, const float *restrict from, int count, VipsBandFormat format) {
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

// Adds `rows` weighted rows, `stride` floats apart, to the sums.
FOR_EACH_CPU static void add_rows(
    float *restrict sums, const float *restrict from, size_t stride, const float *weights, int rows, int count) {
    int row = 0;
    for (; row + 4 <= rows; row += 4) {
        const float *restrict a = from + (size_t)row * stride;
        const float *restrict b = a + stride;
        const float *restrict c = b + stride;
        const float *restrict d = c + stride;
        for (int i = 0; i < count; i++)
            sums[i] += (weights[row] * a[i] + weights[row + 1] * b[i]) + //
                       (weights[row + 2] * c[i] + weights[row + 3] * d[i]);
    }
    for (; row < rows; row++)
        for (int i = 0; i < count; i++)
            sums[i] += weights[row] * from[(size_t)row * stride + (size_t)i];
}

// Adds columns from `left` on of the strip in the region to the sums of output rows `from` to `end`.
static void add_tile(const struct resampling *work, VipsRect strip, int left, int from, int end) {
    int pixels = VIPS_MIN(tile_pixels, strip.width - left);
    int samples = pixels * work->bands;
    size_t stride = (size_t)(tile_pixels * work->bands);
    for (int row = 0; row < strip.height; row++) {
        float *tile = work->tile + (size_t)row * stride;
        load(tile, VIPS_REGION_ADDR(work->input, left, strip.top + row), samples, work->output->BandFmt);
        if (work->has_alpha)
            premultiply(tile, pixels, work->bands);
    }
    for (int output = from; output < end; output++) {
        int first = VIPS_MAX(strip.top, work->rows.first[output]);
        int rows = VIPS_MIN(VIPS_RECT_BOTTOM(&strip), end_of(&work->rows, output)) - first;
        const float *weights =
            work->rows.weights + (size_t)output * (size_t)work->rows.taps + (first - work->rows.first[output]);
        add_rows(sums_of(work, output) + left * work->bands, work->tile + (size_t)(first - strip.top) * stride, stride,
            weights, rows, samples);
    }
}

typedef float vector __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float))));

// Adds a vector's pixels up into its first lanes. What lies beyond them is of no meaning.
static inline void add_pixels(vector *sum, int bands) {
    vector v = *sum;
    switch (bands) {
    case 1:
        v += __builtin_shufflevector(v, v, 4, 5, 6, 7, -1, -1, -1, -1);
        v += __builtin_shufflevector(v, v, 2, 3, -1, -1, -1, -1, -1, -1);
        v += __builtin_shufflevector(v, v, 1, -1, -1, -1, -1, -1, -1, -1);
        break;
    case 2:
        v += __builtin_shufflevector(v, v, 4, 5, 6, 7, -1, -1, -1, -1);
        v += __builtin_shufflevector(v, v, 2, 3, -1, -1, -1, -1, -1, -1);
        break;
    case 3:
        v += __builtin_shufflevector(v, v, 3, 4, 5, -1, -1, -1, -1, -1);
        break;
    case 4:
        v += __builtin_shufflevector(v, v, 4, 5, 6, 7, -1, -1, -1, -1);
        break;
    default:
        break;
    }
    *sum = v;
}

// One output pixel from vectors of samples and of their weights. A vector of sums ends among its neighbour's, whose
// weights are zero; a stored one is overwritten by its neighbour's.
FOR_EACH_CPU static void reduce_columns(const struct filter *columns, const float *restrict spread,
    const float *restrict sums, float *restrict reduced, int bands) {
    int step = pixels_per_vector(bands);
    const float *weights = spread;
    for (int column = 0; column < columns->outputs; column++) {
        const float *from = sums + columns->first[column] * bands;
        vector sum = {0};
        for (int tap = 0; tap < columns->taps; tap += step, weights += lanes, from += step * bands)
            sum += *(const vector *)weights * *(const vector *)from;
        add_pixels(&sum, bands);
        *(vector *)(reduced + column * bands) = sum;
    }
}

static void finish_row(const struct resampling *work, int row) {
    int width = work->columns.outputs;
    reduce_columns(&work->columns, work->spread, sums_of(work, row), work->reduced, work->bands);
    if (work->has_alpha)
        unpremultiply(work->reduced, width, work->bands);
    store(VIPS_IMAGE_ADDR(work->output, 0, row), work->reduced, width * work->bands, work->output->BandFmt);
}

static int run(const struct resampling *work, int width, int height) {
    int done = 0;
    int open = 0;
    for (int top = 0; top < height; top += strip_height) {
        VipsRect strip = {0, top, width, VIPS_MIN(strip_height, height - top)};
        if (vips_region_prepare(work->input, &strip) != 0)
            return -1;
        for (; open < work->rows.outputs && work->rows.first[open] < VIPS_RECT_BOTTOM(&strip); open++)
            memset(sums_of(work, open), 0, work->sum_width * sizeof(float));
        for (int left = 0; left < width; left += tile_pixels)
            add_tile(work, strip, left, done, open);
        for (; done < open && end_of(&work->rows, done) <= VIPS_RECT_BOTTOM(&strip); done++)
            finish_row(work, done);
    }
    return 0;
}

static bool prepare(struct resampling *work, VipsImage *input, int width, int height) {
    if (!make_filter(&work->columns, input->Xsize, width, pixels_per_vector(work->bands)) ||
        !make_filter(&work->rows, input->Ysize, height, 1))
        return false;
    work->spread = spread_weights(&work->columns, work->bands);
    work->open_rows = most_open(&work->rows, input->Ysize);
    work->sum_width = ((size_t)input->Xsize + (size_t)work->columns.taps) * (size_t)work->bands + lanes;
    work->sums = calloc((size_t)work->open_rows * work->sum_width, sizeof(float));
    work->tile = calloc((size_t)(strip_height * tile_pixels * work->bands), sizeof(float));
    work->reduced = calloc((size_t)width * (size_t)work->bands + lanes, sizeof(float));
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
        .input = vips_region_new(input),
        .output = output,
        .bands = input->Bands,
        .has_alpha = vips_image_hasalpha(input),
    };
    int status = -1;
    if (prepare(&work, input, width, height))
        status = run(&work, input->Xsize, input->Ysize);
    else
        vips_error("cimaging_resize", "out of memory");
    g_object_unref(work.input);
    free_filter(&work.columns);
    free_filter(&work.rows);
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
    if (input->Bands <= lanes)
        status = resample(input, output, width, height);
    else
        vips_error("cimaging_resize", "%d channels are more than %d", input->Bands, lanes);
    g_object_unref(input);
    if (status == 0)
        return (CImagingImage *)output;
    g_object_unref(output);
    return NULL;
}
