#include "internal.h"

static const char *const operations[] = {
    [CImagingLoaderJPEG] = "jpegload_buffer",
    [CImagingLoaderPNG] = "pngload_buffer",
    [CImagingLoaderWebP] = "webpload_buffer",
    [CImagingLoaderGIF] = "gifload_buffer",
    [CImagingLoaderTIFF] = "tiffload_buffer",
    [CImagingLoaderHEIF] = "heifload_buffer",
    [CImagingLoaderSVG] = "svgload_buffer",
    [CImagingLoaderJPEGXL] = "jxlload_buffer",
    [CImagingLoaderJPEG2000] = "jp2kload_buffer",
};

void cimaging_trust(CImagingLoader loader) {
    require_module(loader);
    switch (loader) {
    case CImagingLoaderSVG:
        vips_operation_block_set("VipsForeignLoadSvgBuffer", FALSE);
        break;
    case CImagingLoaderJPEGXL:
        vips_operation_block_set("VipsForeignLoadJxlBuffer", FALSE);
        break;
    case CImagingLoaderJPEG2000:
        vips_operation_block_set("VipsForeignLoadJp2kBuffer", FALSE);
        break;
    default:
        break;
    }
}

bool knows_loader(CImagingLoader loader) {
    return vips_type_find("VipsOperation", operations[loader]) != 0;
}

bool cimaging_has_loader(CImagingLoader loader) {
    require_module(loader);
    return knows_loader(loader);
}

// Copies a loaded image with only its pixels and its color profile. The profile is copied, too: heifload of
// 8.14 returns metadata that points into the loaded image's own memory and is read after it is freed with
// that image.
static int pixels_and_profile(VipsImage *loaded, VipsImage **output) {
    // An 8-bit Lab picture is packed into four bytes, which most operations take for three colors and alpha.
    int status =
        loaded->Coding == VIPS_CODING_LABQ ? vips_LabQ2LabS(loaded, output, NULL) : vips_copy(loaded, output, NULL);
    if (status != 0)
        return -1;
    gchar **fields = vips_image_get_fields(*output);
    for (gchar **field = fields; field != NULL && *field != NULL; field++)
        vips_image_remove(*output, *field); // keeps width, height and the like, which are not metadata
    g_strfreev(fields);

    const void *profile = NULL;
    size_t length = 0;
    if (vips_image_get_typeof(loaded, VIPS_META_ICC_NAME) != 0 &&
        vips_image_get_blob(loaded, VIPS_META_ICC_NAME, &profile, &length) == 0)
        vips_image_set_blob_copy(*output, VIPS_META_ICC_NAME, profile, length);
    return 0;
}

// Finishes an image that a loader has opened, and takes ownership of it.
static CImagingImage *loaded(VipsImage *image) {
    VipsImage *output = NULL;
    int status = pixels_and_profile(image, &output);
    g_object_unref(image);
    return result_of(status, output);
}

CImagingImage *cimaging_decode(CImagingLoader loader, const void *bytes, size_t count, CImagingDecodeOptions options) {
    VipsImage *image = NULL;
    VipsFailOn fail_on = options.fail_on_warning ? VIPS_FAIL_ON_WARNING : VIPS_FAIL_ON_NONE;
    // The bytes are borrowed, as the header says, so the blob does not free them.
    VipsBlob *blob = vips_blob_new(NULL, bytes, count);
    int status;
    switch (loader) {
    case CImagingLoaderJPEG:
        status = vips_call(operations[loader], blob, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on,
            "shrink", options.shrink, NULL);
        break;
    case CImagingLoaderSVG:
        status = vips_call(operations[loader], blob, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on,
            "scale", options.scale, NULL);
        break;
    case CImagingLoaderGIF:
    case CImagingLoaderTIFF:
    case CImagingLoaderWebP:
        status = vips_call(operations[loader], blob, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on,
            "page", options.page, NULL);
        break;
    default:
        status =
            vips_call(operations[loader], blob, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on, NULL);
        break;
    }
    vips_area_unref(VIPS_AREA(blob));
    return status == 0 ? loaded(image) : NULL;
}

struct reading {
    handover is_ready;
    CImagingReader reader;
    int64_t position;
};

static void free_reading(void *reading) {
    g_free(reading);
}

static gint64 read_on(VipsSourceCustom *source, void *room, gint64 count, struct reading *reading) {
    (void)source;
    take_over(&reading->is_ready);
    int64_t got = reading->reader.read(reading->reader.context, reading->position, room, count);
    if (got > 0)
        reading->position += got;
    hand_over(&reading->is_ready);
    return got;
}

static gint64 seek(VipsSourceCustom *source, gint64 offset, int whence, struct reading *reading) {
    (void)source;
    take_over(&reading->is_ready);
    int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_END ? reading->reader.length : reading->position;
    if (offset < -base)
        return -1;
    reading->position = base + offset;
    hand_over(&reading->is_ready);
    return reading->position;
}

CImagingImage *cimaging_decode_png(CImagingReader reader, bool fail_on_warning) {
    struct reading *reading = g_malloc0(sizeof *reading);
    reading->reader = reader;
    hand_over(&reading->is_ready);
    VipsSourceCustom *source = vips_source_custom_new();
    g_object_set_data_full((GObject *)source, "plantain", reading, free_reading);
    g_signal_connect_data(source, "read", G_CALLBACK(read_on), reading, NULL, 0);
    g_signal_connect_data(source, "seek", G_CALLBACK(seek), reading, NULL, 0);
    VipsImage *image = NULL;
    VipsFailOn fail_on = fail_on_warning ? VIPS_FAIL_ON_WARNING : VIPS_FAIL_ON_NONE;
    int status =
        vips_call("pngload_source", source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on, NULL);
    g_object_unref(source);
    return status == 0 ? loaded(image) : NULL;
}

CImagingImage *cimaging_from_pixels(const void *pixels, size_t count, int width, int height, int bands) {
    VipsImage *wrapped = vips_image_new_from_memory_copy(pixels, count, width, height, bands, VIPS_FORMAT_UCHAR);
    if (wrapped == NULL)
        return NULL;
    VipsImage *image = NULL;
    VipsInterpretation meaning = bands < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
    int status = vips_copy(wrapped, &image, "interpretation", meaning, NULL);
    g_object_unref(wrapped);
    return result_of(status, image);
}

CImagingImage *cimaging_retain(CImagingImage *image) {
    return (CImagingImage *)g_object_ref(vips_of(image));
}
void cimaging_release(CImagingImage *image) {
    lock_compiler();
    g_object_unref(vips_of(image));
    unlock_compiler();
}

int cimaging_width(const CImagingImage *image) {
    return vips_image_get_width(vips_of(image));
}
int cimaging_height(const CImagingImage *image) {
    return vips_image_get_height(vips_of(image));
}
int cimaging_bands(const CImagingImage *image) {
    return vips_image_get_bands(vips_of(image));
}
bool cimaging_has_profile(const CImagingImage *image) {
    return vips_image_get_typeof(vips_of(image), VIPS_META_ICC_NAME) != 0;
}
CImagingImage *cimaging_with_profile(CImagingImage *image, const void *profile, size_t count) {
    VipsImage *output = NULL;
    int status = vips_copy(vips_of(image), &output, NULL);
    if (status == 0)
        vips_image_set_blob_copy(output, VIPS_META_ICC_NAME, profile, count);
    return result_of(status, output);
}
bool cimaging_has_alpha(const CImagingImage *image) {
    return vips_image_hasalpha(vips_of(image));
}
bool cimaging_is_8_bit_srgb(const CImagingImage *image) {
    VipsInterpretation meaning = vips_image_get_interpretation(vips_of(image));
    return vips_image_get_format(vips_of(image)) == VIPS_FORMAT_UCHAR &&
           (meaning == VIPS_INTERPRETATION_sRGB || meaning == VIPS_INTERPRETATION_B_W);
}

// The number of rows requested at a time. A sequential decoder cannot go back. libvips' own sinks process a
// large picture tile by tile and return to the top for each column of tiles. After a strong reduction, that
// is further back than its caches reach.
enum { strip_height = 32 };

struct copying {
    VipsImage *input;
    VipsImage *memory;
};

static int write_strips(void *argument) {
    const struct copying *work = argument;
    VipsImage *memory = work->memory;
    VipsRegion *from = vips_region_new(work->input);
    VipsRegion *to = vips_region_new(memory);
    int status = 0;
    for (int top = 0; top < memory->Ysize && status == 0; top += strip_height) {
        VipsRect strip = {0, top, memory->Xsize, VIPS_MIN(strip_height, memory->Ysize - top)};
        status = vips_region_image(to, &strip) || vips_region_prepare_to(from, to, &strip, 0, top);
    }
    g_object_unref(to);
    g_object_unref(from);
    return status;
}

CImagingImage *cimaging_copy_to_memory(CImagingImage *image) {
    VipsImage *input = vips_of(image);
    if (input->dtype == VIPS_IMAGE_SETBUF)
        return cimaging_retain(image);
    struct copying work = {input, vips_image_new_memory()};
    VipsImage *memory = work.memory;
    int status = vips_image_pipelinev(memory, VIPS_DEMAND_STYLE_THINSTRIP, input, NULL) ||
                 vips_image_write_prepare(memory) || in_vips_thread(write_strips, &work);
    if (status == 0)
        return (CImagingImage *)memory;
    g_object_unref(memory);
    return NULL;
}

bool cimaging_copy_pixels(CImagingImage *image, void *pixels, size_t count) {
    VipsImage *vips = vips_of(image);
    size_t expected = (size_t)vips->Xsize * (size_t)vips->Ysize * (size_t)vips->Bands;
    if (vips->BandFmt != VIPS_FORMAT_UCHAR || expected != count)
        return false;
    VipsImage *target = vips_image_new_from_memory(pixels, count, vips->Xsize, vips->Ysize, vips->Bands, vips->BandFmt);
    if (target == NULL)
        return false;
    int status = vips_image_write(vips, target);
    g_object_unref(target);
    return status == 0;
}
