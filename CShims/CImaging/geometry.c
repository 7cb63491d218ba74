#include "internal.h"

// EXIF's eight orientations as an optional left-right flip, followed by a clockwise rotation.
CImagingImage *cimaging_orient(CImagingImage *image, int exif_orientation) {
    static const struct {
        bool mirror;
        VipsAngle turn;
    } cases[9] = {
        {false, VIPS_ANGLE_D0},
        {false, VIPS_ANGLE_D0},
        {true, VIPS_ANGLE_D0},
        {false, VIPS_ANGLE_D180},
        {true, VIPS_ANGLE_D180},
        {true, VIPS_ANGLE_D270},
        {false, VIPS_ANGLE_D90},
        {true, VIPS_ANGLE_D90},
        {false, VIPS_ANGLE_D270},
    };
    int row = exif_orientation >= 1 && exif_orientation <= 8 ? exif_orientation : 1;
    VipsImage *mirrored = NULL;
    int status = cases[row].mirror ? vips_flip(vips_of(image), &mirrored, VIPS_DIRECTION_HORIZONTAL, NULL)
                                   : vips_copy(vips_of(image), &mirrored, NULL);
    if (status != 0)
        return NULL;
    VipsImage *turned = NULL;
    status = vips_rot(mirrored, &turned, cases[row].turn, NULL);
    g_object_unref(mirrored);
    return result_of(status, turned);
}

CImagingImage *cimaging_crop(CImagingImage *image, int left, int top, int width, int height) {
    VipsImage *output = NULL;
    int status = vips_extract_area(vips_of(image), &output, left, top, width, height, NULL);
    return result_of(status, output);
}

CImagingImage *cimaging_pad(
    CImagingImage *image, int left, int top, int width, int height, uint8_t red, uint8_t green, uint8_t blue) {
    VipsImage *color = NULL;
    VipsImage *output = NULL;
    // The margin color may not be gray, so a gray picture becomes sRGB, too.
    if (vips_colourspace(vips_of(image), &color, VIPS_INTERPRETATION_sRGB, NULL) != 0)
        return NULL;
    double values[4] = {red, green, blue, 255};
    VipsArrayDouble *background = vips_array_double_new(values, vips_image_get_bands(color) == 4 ? 4 : 3);
    int status = vips_embed(
        color, &output, left, top, width, height, "extend", VIPS_EXTEND_BACKGROUND, "background", background, NULL);
    vips_area_unref(VIPS_AREA(background));
    g_object_unref(color);
    return result_of(status, output);
}

CImagingImage *cimaging_warp(CImagingImage *image, const double m[6], int width, int height) {
    VipsImage *output = NULL;
    // In libvips, a pixel's center is at an integer position.
    double dx = 0.5 * (m[0] + m[1] - 1) + m[4];
    double dy = 0.5 * (m[2] + m[3] - 1) + m[5];
    VipsArrayInt *area = vips_array_int_newv(4, 0, 0, width, height);
    VipsInterpolate *bicubic = vips_interpolate_new("bicubic");
    int status = bicubic == NULL || vips_affine(vips_of(image), &output, m[0], m[1], m[2], m[3], "odx", dx, "ody", dy,
                                        "oarea", area, "interpolate", bicubic, "extend", VIPS_EXTEND_COPY, NULL);
    vips_area_unref(VIPS_AREA(area));
    if (bicubic != NULL)
        g_object_unref(bicubic);
    return result_of(status, output);
}

CImagingImage *cimaging_gray(CImagingImage *image) {
    VipsImage *context = vips_image_new();
    VipsImage **step = (VipsImage **)vips_object_local_array(VIPS_OBJECT(context), 2);
    VipsImage *output = NULL;
    int status = vips_colourspace(vips_of(image), &step[0], VIPS_INTERPRETATION_B_W, NULL) ||
                 vips_extract_band(step[0], &step[1], 0, NULL) || vips_cast(step[1], &output, VIPS_FORMAT_UCHAR, NULL);
    g_object_unref(context);
    return result_of(status, output);
}

CImagingImage *cimaging_mirror(CImagingImage *image, int left, int top, int width, int height) {
    VipsImage *output = NULL;
    int status = vips_embed(vips_of(image), &output, left, top, width, height, "extend", VIPS_EXTEND_MIRROR, NULL);
    return result_of(status, output);
}
