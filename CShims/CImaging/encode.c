#include "internal.h"

bool cimaging_encode(CImagingImage *image, CImagingEncodeOptions options, void **bytes, size_t *count) {
    // The output is sRGB, which needs no profile. webpsave writes an existing profile despite `strip`.
    VipsImage *input = NULL;
    if (vips_copy(vips_of(image), &input, NULL) != 0)
        return false;
    vips_image_remove(input, VIPS_META_ICC_NAME);
    void *buffer = NULL;
    size_t length = 0;
    int status = -1;
    switch (options.saver) {
    case CImagingSaverJPEG:
        status = vips_jpegsave_buffer(input, &buffer, &length, "Q", options.quality, "strip", TRUE, "optimize_coding",
            options.fit_tables, "subsample_mode",
            options.halve_chroma ? VIPS_FOREIGN_SUBSAMPLE_ON : VIPS_FOREIGN_SUBSAMPLE_OFF, NULL);
        break;
    case CImagingSaverPNG:
        status = vips_pngsave_buffer(
            input, &buffer, &length, "strip", TRUE, "compression", options.deflate_level, "filter", VIPS_FOREIGN_PNG_FILTER_ALL, NULL);
        break;
    case CImagingSaverWebP:
        status = vips_webpsave_buffer(
            input, &buffer, &length, "Q", options.quality, "lossless", options.lossless, "strip", TRUE, NULL);
        break;
    }
    g_object_unref(input);
    if (status != 0)
        return false;
    *bytes = buffer;
    *count = length;
    return true;
}

void cimaging_free_bytes(void *bytes) {
    g_free(bytes);
}
