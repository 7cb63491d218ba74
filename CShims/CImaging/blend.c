// Masks, and compositing of pictures with them.
#include "internal.h"

enum { opaque = 255 };

// The coverage of a rectangle, by column and by row.
struct ramps {
    handover is_ready;
    uint8_t *columns;
    uint8_t *rows;
};

// Writes 0 outside of `from`..<`to` and 255 inside, with a ramp of `feather` positions inside each end that
// is not an end of the frame.
static void ramp(uint8_t *levels, int length, int from, int to, int feather) {
    for (int at = 0; at < length; at++) {
        double level = at >= from && at < to;
        if (level > 0 && feather > 0) {
            double before = from > 0 ? (at - from + 0.5) / feather : 1;
            double behind = to < length ? (to - at - 0.5) / feather : 1;
            double share = VIPS_MIN(1, VIPS_MIN(before, behind));
            // Smoothstep: a kink at either end of the ramp would be visible as a line.
            level = share * share * (3 - 2 * share);
        }
        levels[at] = (uint8_t)(opaque * level + 0.5);
    }
}

static int generate_rectangle(VipsRegion *output, void *sequence, void *unused, void *context, gboolean *stop) {
    (void)sequence;
    (void)unused;
    (void)stop;
    const struct ramps *ramps = context;
    take_over(&ramps->is_ready);
    VipsRect *area = &output->valid;
    for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++) {
        uint8_t *to = VIPS_REGION_ADDR(output, area->left, y);
        for (int x = 0; x < area->width; x++)
            to[x] = (uint8_t)((ramps->columns[area->left + x] * ramps->rows[y] + opaque / 2) / opaque);
    }
    return 0;
}

CImagingImage *cimaging_rectangle_mask(
    int width, int height, int left, int top, int inner_width, int inner_height, int feather) {
    VipsImage *output = vips_image_new();
    struct ramps *ramps = VIPS_NEW(output, struct ramps);
    if (ramps != NULL) {
        ramps->columns = VIPS_ARRAY(output, width, uint8_t);
        ramps->rows = VIPS_ARRAY(output, height, uint8_t);
    }
    if (ramps == NULL || ramps->columns == NULL || ramps->rows == NULL) {
        g_object_unref(output);
        return NULL;
    }
    ramp(ramps->columns, width, left, left + inner_width, feather);
    ramp(ramps->rows, height, top, top + inner_height, feather);
    hand_over(&ramps->is_ready);
    vips_image_init_fields(
        output, width, height, 1, VIPS_FORMAT_UCHAR, VIPS_CODING_NONE, VIPS_INTERPRETATION_B_W, 1, 1);
    int status = vips_image_pipelinev(output, VIPS_DEMAND_STYLE_ANY, NULL) ||
                 vips_image_generate(output, NULL, generate_rectangle, NULL, NULL, ramps);
    if (status == 0)
        return (CImagingImage *)output;
    g_object_unref(output);
    return NULL;
}

CImagingImage *cimaging_embed(CImagingImage *image, int left, int top, int width, int height) {
    VipsImage *output = NULL;
    int status = vips_embed(vips_of(image), &output, left, top, width, height, "extend", VIPS_EXTEND_BLACK, NULL);
    return result_of(status, output);
}

CImagingImage *cimaging_alpha(CImagingImage *image) {
    VipsImage *band = NULL;
    if (vips_extract_band(vips_of(image), &band, vips_image_get_bands(vips_of(image)) - 1, NULL) != 0)
        return NULL;
    VipsImage *output = NULL;
    int status = vips_copy(band, &output, "interpretation", VIPS_INTERPRETATION_B_W, NULL);
    g_object_unref(band);
    return result_of(status, output);
}

CImagingImage *cimaging_with_alpha(CImagingImage *image, CImagingImage *alpha) {
    VipsImage *output = NULL;
    int status = vips_bandjoin2(vips_of(image), vips_of(alpha), &output, NULL);
    return result_of(status, output);
}

// The inputs of an output that is computed from several pictures.
struct layers {
    handover is_ready;
    int count;
    VipsImage *images[3];
    int bands;
};

// Creates the regions through which one thread reads the inputs.
static void *start(VipsImage *output, void *unused, void *context) {
    (void)output;
    (void)unused;
    const struct layers *layers = context;
    take_over(&layers->is_ready);
    VipsRegion **regions = g_new0(VipsRegion *, 3);
    for (int i = 0; i < layers->count; i++)
        regions[i] = vips_region_new(layers->images[i]);
    return regions;
}

static int stop_layers(void *sequence, void *unused, void *context) {
    (void)unused;
    const struct layers *layers = context;
    VipsRegion **regions = sequence;
    for (int i = 0; i < layers->count; i++)
        g_object_unref(regions[i]);
    g_free(regions);
    return 0;
}

static bool is_empty(VipsRegion *mask, const VipsRect *area) {
    for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++) {
        const uint8_t *row = VIPS_REGION_ADDR(mask, area->left, y);
        for (int x = 0; x < area->width; x++)
            if (row[x] != 0)
                return false;
    }
    return true;
}

// Defines the blend of one row, for a sample type and a wider type for sums. Colors are weighted by alpha.
#define DEFINE_BLEND_ROW(sample, wide)                                                                                 \
    static void blend_row_##sample(                                                                                    \
        sample *to, const sample *over, const sample *under, const uint8_t *mask, int width, int bands) {              \
        bool has_alpha = bands == 2 || bands == 4;                                                                     \
        int last = bands - 1;                                                                                          \
        for (int x = 0; x < width; x++, to += bands, over += bands, under += bands) {                                  \
            wide level = mask[x];                                                                                      \
            if (level == 0 || level == opaque) {                                                                       \
                memcpy(to, level == 0 ? under : over, (size_t)bands * sizeof(sample));                                 \
                continue;                                                                                              \
            }                                                                                                          \
            wide from_over = has_alpha ? over[last] * level : level;                                                   \
            wide from_under = has_alpha ? under[last] * (opaque - level) : opaque - level;                             \
            wide sum = from_over + from_under;                                                                         \
            for (int band = 0; band < (has_alpha ? last : bands); band++)                                              \
                to[band] =                                                                                             \
                    sum == 0 ? 0 : (sample)((over[band] * from_over + under[band] * from_under + sum / 2) / sum);      \
            if (has_alpha)                                                                                             \
                to[last] = (sample)((sum + opaque / 2) / opaque);                                                      \
        }                                                                                                              \
    }

DEFINE_BLEND_ROW(uint8_t, uint32_t)
DEFINE_BLEND_ROW(uint16_t, uint64_t)

static int generate_blend(VipsRegion *output, void *sequence, void *unused, void *context, gboolean *stop) {
    (void)unused;
    (void)stop;
    VipsRegion **regions = sequence;
    const struct layers *layers = context;
    take_over(&layers->is_ready);
    VipsRect *area = &output->valid;
    // `under` is read in any case, because its decoder delivers rows in order.
    if (vips_region_prepare(regions[1], area) != 0 || vips_region_prepare(regions[2], area) != 0)
        return -1;
    bool hides_all = is_empty(regions[2], area);
    if (!hides_all && vips_region_prepare(regions[0], area) != 0)
        return -1;
    for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++) {
        uint8_t *to = VIPS_REGION_ADDR(output, area->left, y);
        const uint8_t *under = VIPS_REGION_ADDR(regions[1], area->left, y);
        const uint8_t *over = hides_all ? NULL : VIPS_REGION_ADDR(regions[0], area->left, y);
        const uint8_t *mask = VIPS_REGION_ADDR(regions[2], area->left, y);
        if (hides_all)
            memcpy(to, under, (size_t)area->width * VIPS_REGION_SIZEOF_PEL(output));
        else if (output->im->BandFmt == VIPS_FORMAT_USHORT)
            blend_row_uint16_t((uint16_t *)to, (const uint16_t *)over, (const uint16_t *)under, mask, area->width,
                layers->bands);
        else
            blend_row_uint8_t(to, over, under, mask, area->width, layers->bands);
    }
    return 0;
}

static int generate_product(VipsRegion *output, void *sequence, void *unused, void *context, gboolean *stop) {
    (void)unused;
    (void)stop;
    const struct layers *layers = context;
    take_over(&layers->is_ready);
    VipsRegion **regions = sequence;
    VipsRect *area = &output->valid;
    if (vips_region_prepare(regions[0], area) != 0 || vips_region_prepare(regions[1], area) != 0)
        return -1;
    for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++) {
        uint8_t *to = VIPS_REGION_ADDR(output, area->left, y);
        const uint8_t *one = VIPS_REGION_ADDR(regions[0], area->left, y);
        const uint8_t *other = VIPS_REGION_ADDR(regions[1], area->left, y);
        for (int x = 0; x < area->width; x++)
            to[x] = (uint8_t)((one[x] * other[x] + opaque / 2) / opaque);
    }
    return 0;
}

// Creates an image with the properties of the second of `images`, computed from all of them. Keeps them
// alive.
static CImagingImage *layered(CImagingImage *const images[3], int count, VipsGenerateFn generate) {
    VipsImage *like = vips_of(images[1]);
    VipsImage *output = vips_image_new();
    struct layers *layers = VIPS_NEW(output, struct layers);
    bool fits = layers != NULL && (like->BandFmt == VIPS_FORMAT_UCHAR || like->BandFmt == VIPS_FORMAT_USHORT);
    VipsImage *inputs[4] = {NULL};
    for (int i = 0; i < count && fits; i++) {
        VipsImage *image = vips_of(images[i]);
        // The third image, if any, is a mask.
        bool is_mask = i == 2;
        fits = image->BandFmt == (is_mask ? VIPS_FORMAT_UCHAR : like->BandFmt) && image->Xsize == like->Xsize &&
               image->Ysize == like->Ysize && image->Bands == (is_mask ? 1 : like->Bands);
        g_object_ref(image);
        vips_object_local(output, image);
        inputs[i] = image;
        layers->images[i] = image;
    }
    if (fits) {
        layers->count = count;
        layers->bands = like->Bands;
        if (vips_image_pipeline_array(output, VIPS_DEMAND_STYLE_THINSTRIP, inputs) == 0) {
            output->BandFmt = like->BandFmt;
            output->Bands = like->Bands;
            output->Type = like->Type;
            hand_over(&layers->is_ready);
            if (vips_image_generate(output, start, generate, stop_layers, NULL, layers) == 0)
                return (CImagingImage *)output;
        }
    } else {
        vips_error("cimaging_blend", "the pictures differ in size or format");
    }
    g_object_unref(output);
    return NULL;
}

CImagingImage *cimaging_blend(CImagingImage *over, CImagingImage *under, CImagingImage *mask) {
    CImagingImage *const images[3] = {over, under, mask};
    return layered(images, 3, generate_blend);
}

CImagingImage *cimaging_multiply_masks(CImagingImage *mask, CImagingImage *other) {
    CImagingImage *const images[3] = {mask, other, NULL};
    return layered(images, 2, generate_product);
}
