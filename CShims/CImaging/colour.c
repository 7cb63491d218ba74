#include "internal.h"

CImagingImage *cimaging_to_srgb(CImagingImage *image, bool use_profile) {
    VipsImage *output = NULL;
    int status = use_profile ? vips_icc_transform(vips_of(image), &output, "srgb", "embedded", TRUE, "intent",
                                   VIPS_INTENT_RELATIVE, "black_point_compensation", TRUE, "depth", 8, NULL)
                             : vips_colourspace(vips_of(image), &output, VIPS_INTERPRETATION_sRGB, NULL);
    return result_of(status, output);
}

bool cimaging_alpha_is_opaque(CImagingImage *image, bool *opaque) {
    VipsImage *input = vips_of(image);
    VipsImage *alpha = NULL;
    if (vips_extract_band(input, &alpha, vips_image_get_bands(input) - 1, NULL) != 0)
        return false;
    double lowest = 0;
    int status = vips_min(alpha, &lowest, NULL);
    g_object_unref(alpha);
    if (status != 0)
        return false;
    *opaque = lowest >= (vips_image_get_format(input) == VIPS_FORMAT_USHORT ? 65535 : 255);
    return true;
}

CImagingImage *cimaging_drop_alpha(CImagingImage *image) {
    VipsImage *input = vips_of(image);
    VipsImage *output = NULL;
    int status = vips_extract_band(input, &output, 0, "n", vips_image_get_bands(input) - 1, NULL);
    return result_of(status, output);
}

CImagingImage *cimaging_flatten(CImagingImage *image, uint8_t red, uint8_t green, uint8_t blue) {
    double colour[3] = {red, green, blue};
    VipsArrayDouble *background = vips_array_double_new(colour, 3);
    VipsImage *output = NULL;
    int status = vips_flatten(vips_of(image), &output, "background", background, NULL);
    vips_area_unref(VIPS_AREA(background));
    return result_of(status, output);
}
