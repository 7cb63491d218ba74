// Resampling with Lanczos (a = 3), in one pass over the rows as their decoder gives them.
//
// libvips 8.14 has SIMD for the vertical half of this only, premultiplies in pipelines of its own, and its kernel
// reaches further up than its caches after a strong reduction. Here each strip of rows is added, weighted, to the sums
// of those output rows that it touches; a sum that is complete is reduced horizontally and is done with.
#include "internal.h"

#include <math.h>
#include <stdlib.h>

// Compiled thrice, the widest vectors chosen when the program is loaded. Elsewhere the compiler's own choice will do.
// What chooses runs before a sanitizer is ready for it.
#if defined(__x86_64__) && defined(__ELF__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define FOR_EACH_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_CPU
#endif

// A vector of the code is one or more of the CPU's; with sixteen lanes hardly any is lost on three bands.
enum { strip_height = 32, tile_pixels = 64, lanes = 16, most_bands = 8, vectors_at_once = 4, rows_at_once = 4 };
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
    // lobes · sin(πx) · sin(πx / lobes) / (πx)², where the sine of the threefold angle follows from that of the single one.
    double angle = G_PI * x;
    double third = sin(angle / 3);
    return 3 * (3 - 4 * third * third) * third * third / (angle * angle);
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
    for (int input = first; input < end; input++) {
        double weight = lanczos((input + 0.5 - centre) / scale);
        weights[input - first] = (float)weight;
        sum += weight;
    }
    for (int input = first; input < end; input++)
        weights[input - first] = (float)(weights[input - first] / sum);
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

typedef float vector __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float))));

// Adds `rows` weighted rows, `stride` floats apart, to the sums, which are zero before if they are new.
FOR_EACH_CPU static void add_rows(float *restrict sums, const float *restrict from, size_t stride,
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
    for (; at < count; at++) {
        float sum = are_new ? 0 : sums[at];
        for (int row = 0; row < rows; row++)
            sum += weights[row] * from[(size_t)row * stride + (size_t)at];
        sums[at] = sum;
    }
}

// Adds columns from `left` on of the strip in the region to the sums of output rows `from` to `end`.
static void add_tile(const struct resampling *work, VipsRect strip, int left, int from, int end) {
    int pixels = VIPS_MIN(tile_pixels, strip.width - left);
    int samples = pixels * work->bands;
    size_t stride = (size_t)(tile_pixels * work->bands);
    for (int row = 0; row < strip.height; row++) {
        float *tile = work->tile + (size_t)row * stride;
        load(tile, VIPS_REGION_ADDR(work->region, left, strip.top + row), samples, work->output->BandFmt);
        if (work->has_alpha)
            premultiply(tile, pixels, work->bands);
    }
    for (int output = from; output < end; output++) {
        int first = VIPS_MAX(strip.top, work->rows.first[output]);
        int rows = VIPS_MIN(VIPS_RECT_BOTTOM(&strip), end_of(&work->rows, output)) - first;
        const float *weights =
            work->rows.weights + (size_t)output * (size_t)work->rows.taps + (first - work->rows.first[output]);
        add_rows(sums_of(work, output) + left * work->bands, work->tile + (size_t)(first - strip.top) * stride, stride,
            weights, rows, samples, first == work->rows.first[output]);
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
FOR_EACH_CPU static void reduce_columns(const struct filter *columns, const float *restrict spread,
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

// Rows from `first` on. Where there are fewer than can be done at once the last one is done several times.
static void finish_rows(const struct resampling *work, int first, int count) {
    int width = work->columns.outputs;
    const float *sums[rows_at_once];
    float *reduced[rows_at_once];
    for (int i = 0; i < rows_at_once; i++) {
        sums[i] = sums_of(work, first + VIPS_MIN(i, count - 1));
        reduced[i] = work->reduced + (size_t)i * work->reduced_width;
    }
    reduce_columns(&work->columns, work->spread, sums, reduced, work->bands);
    for (int i = 0; i < count; i++) {
        if (work->has_alpha)
            unpremultiply(reduced[i], width, work->bands);
        store(VIPS_IMAGE_ADDR(work->output, 0, first + i), reduced[i], width * work->bands, work->output->BandFmt);
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
    if (!make_filter(&work->columns, input->Xsize, width, pixels_per_vector(work->bands)) ||
        !make_filter(&work->rows, input->Ysize, height, 1))
        return false;
    work->spread = spread_weights(&work->columns, work->bands);
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
