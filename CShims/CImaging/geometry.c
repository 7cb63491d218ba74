#include "internal.h"

// EXIF's eight cases as a mirror, then a turn: clockwise degrees after an optional left-right flip.
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
    VipsImage *colour = NULL;
    VipsImage *output = NULL;
    // Grey margins would do for a grey picture, but not every colour is grey.
    if (vips_colourspace(vips_of(image), &colour, VIPS_INTERPRETATION_sRGB, NULL) != 0)
        return NULL;
    double values[4] = {red, green, blue, 255};
    VipsArrayDouble *background = vips_array_double_new(values, vips_image_get_bands(colour) == 4 ? 4 : 3);
    int status = vips_embed(
        colour, &output, left, top, width, height, "extend", VIPS_EXTEND_BACKGROUND, "background", background, NULL);
    vips_area_unref(VIPS_AREA(background));
    g_object_unref(colour);
    return result_of(status, output);
}

CImagingImage *cimaging_mirror(CImagingImage *image, int left, int top, int width, int height) {
    VipsImage *output = NULL;
    int status = vips_embed(vips_of(image), &output, left, top, width, height, "extend", VIPS_EXTEND_MIRROR, NULL);
    return result_of(status, output);
}
