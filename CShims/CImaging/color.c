#include "internal.h"

static int transform(VipsImage *input, VipsImage **output) {
    return vips_icc_transform(input, output, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_RELATIVE,
        "black_point_compensation", TRUE, "depth", 8, NULL);
}

// Converts Lab to sRGB. Lab in files is relative to D50, as in ICC profiles. libvips' own conversion assumes
// D65, which is off by up to 4 dE, and its vips_icc_export() of 8.14 darkens white by 1 in 256. Bradford's
// matrix (ICC.1, annex E) adapts from D50.
static int transform_lab(VipsImage *input, VipsImage **output) {
    VipsImage *context = vips_image_new();
    VipsImage **step = (VipsImage **)vips_object_local_array(VIPS_OBJECT(context), 5);
    static const double adaptation[9] = {
        0.9555766, -0.0230393, 0.0631636, -0.0282895, 1.0099416, 0.0210077, 0.0122982, -0.0204830, 1.3299098};
    VipsArea *d50 = VIPS_AREA(vips_array_double_newv(3, 96.422, 100.0, 82.521));
    step[0] = vips_image_new_matrix_from_array(3, 3, adaptation, 9);
    int status = step[0] == NULL || vips_colourspace(input, &step[1], VIPS_INTERPRETATION_LAB, NULL) ||
                 vips_Lab2XYZ(step[1], &step[2], "temp", d50, NULL) || vips_recomb(step[2], &step[3], step[0], NULL) ||
                 vips_copy(step[3], &step[4], "interpretation", VIPS_INTERPRETATION_XYZ, NULL) ||
                 vips_colourspace(step[4], output, VIPS_INTERPRETATION_sRGB, NULL);
    vips_area_unref(d50);
    g_object_unref(context);
    return status;
}

// libvips 8.14 makes a 16-bit alpha channel opaque when it converts through a profile, and the alpha channel
// of a Lab image transparent. Alpha therefore bypasses the conversion.
static int beside_alpha(int (*change)(VipsImage *, VipsImage **), VipsImage *input, VipsImage **output) {
    if (!vips_image_hasalpha(input))
        return change(input, output);
    VipsImage *context = vips_image_new();
    VipsImage **step = (VipsImage **)vips_object_local_array(VIPS_OBJECT(context), 6);
    int last = vips_image_get_bands(input) - 1;
    // 16-bit Lab is signed. Its alpha channel is unsigned, although it has the signed format, too.
    bool is_wide = input->BandFmt == VIPS_FORMAT_USHORT || input->BandFmt == VIPS_FORMAT_SHORT;
    int status = vips_extract_band(input, &step[0], 0, "n", last, NULL) || change(step[0], &step[1]) ||
                 vips_extract_band(input, &step[2], last, NULL);
    if (status == 0 && is_wide)
        status = vips_copy(step[2], &step[3], "format", VIPS_FORMAT_USHORT, NULL) ||
                 vips_rshift_const1(step[3], &step[4], 8, NULL) ||
                 vips_cast(step[4], &step[5], VIPS_FORMAT_UCHAR, NULL) ||
                 vips_bandjoin2(step[1], step[5], output, NULL);
    else if (status == 0)
        status =
            vips_cast(step[2], &step[3], VIPS_FORMAT_UCHAR, NULL) || vips_bandjoin2(step[1], step[3], output, NULL);
    g_object_unref(context);
    return status;
}

static bool is_lab(VipsImage *image) {
    VipsInterpretation meaning = vips_image_get_interpretation(image);
    return meaning == VIPS_INTERPRETATION_LAB || meaning == VIPS_INTERPRETATION_LABS;
}

CImagingImage *cimaging_to_srgb(CImagingImage *image, bool use_profile) {
    VipsImage *input = vips_of(image);
    VipsImage *output = NULL;
    int status;
    if (is_lab(input))
        status = beside_alpha(transform_lab, input, &output);
    else if (!use_profile)
        status = vips_colourspace(input, &output, VIPS_INTERPRETATION_sRGB, NULL);
    else
        status = beside_alpha(transform, input, &output);
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

CImagingImage *cimaging_widen(CImagingImage *image, int bands) {
    VipsImage *colored = NULL;
    VipsImage *output = NULL;
    if (vips_colourspace(vips_of(image), &colored, VIPS_INTERPRETATION_sRGB, NULL) != 0)
        return NULL;
    int status = bands == 4 && colored->Bands == 3 ? vips_addalpha(colored, &output, NULL)
                                                    : vips_copy(colored, &output, NULL);
    g_object_unref(colored);
    return result_of(status, output);
}

CImagingImage *cimaging_deepen(CImagingImage *image) {
    VipsImage *context = vips_image_new();
    VipsImage **step = (VipsImage **)vips_object_local_array(VIPS_OBJECT(context), 2);
    VipsImage *output = NULL;
    // Maps 255 to 65535.
    int status = vips_linear1(vips_of(image), &step[0], 257, 0, NULL) ||
                 vips_cast(step[0], &step[1], VIPS_FORMAT_USHORT, NULL) ||
                 vips_copy(step[1], &output, "interpretation", VIPS_INTERPRETATION_RGB16, NULL);
    g_object_unref(context);
    return result_of(status, output);
}

CImagingImage *cimaging_flatten(CImagingImage *image, uint8_t red, uint8_t green, uint8_t blue) {
    double color[3] = {red, green, blue};
    VipsArrayDouble *background = vips_array_double_new(color, 3);
    VipsImage *input = vips_of(image);
    VipsImage *rgb = NULL;
    VipsImage *output = NULL;
    int status = 0;
    // For a gray picture, libvips uses only the first channel of the background.
    if (input->Bands == 2 && (red != green || green != blue)) {
        status = vips_colourspace(input, &rgb, VIPS_INTERPRETATION_sRGB, NULL);
        input = rgb;
    }
    if (status == 0)
        status = vips_flatten(input, &output, "background", background, NULL);
    g_clear_object(&rgb);
    vips_area_unref(VIPS_AREA(background));
    return result_of(status, output);
}
