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

// Beyond this factor rows are averaged first. A decoder that gives its rows in order cannot go back, and the kernel of
// a strong reduction reaches further up than libvips' caches; averaging needs each row once. Four is left to the
// kernel, so nothing is seen of it.
static const double strongest_reduction = 8;
static const double left_to_kernel = 4;

// The image itself, or a smaller one in memory; the caller gives either back.
static VipsImage *averaged(VipsImage *input, double horizontal, double vertical) {
    if (1 / vertical <= strongest_reduction && 1 / horizontal <= strongest_reduction) {
        g_object_ref(input);
        return input;
    }
    int across = VIPS_MAX(1, (int)(1 / horizontal / left_to_kernel));
    int down = VIPS_MAX(1, (int)(1 / vertical / left_to_kernel));
    VipsImage *smaller = NULL;
    if (vips_shrink(input, &smaller, across, down, NULL) != 0)
        return NULL;
    CImagingImage *memory = cimaging_realise((CImagingImage *)smaller);
    g_object_unref(smaller);
    return memory == NULL ? NULL : vips_of(memory);
}

static int resample(VipsImage *input, VipsImage **output, int width, int height) {
    VipsImage *source =
        averaged(input, (double)width / vips_image_get_width(input), (double)height / vips_image_get_height(input));
    if (source == NULL)
        return -1;
    double horizontal = (double)width / vips_image_get_width(source);
    double vertical = (double)height / vips_image_get_height(source);
    lock_compiler();
    int status = vips_resize(source, output, horizontal, "vscale", vertical, NULL);
    g_object_unref(source);
    unlock_compiler();
    return status;
}

// Straight resampling would let the colour of transparent pixels bleed into visible ones.
static int resample_with_alpha(VipsImage *input, VipsImage **output, int width, int height) {
    VipsImage *context = vips_image_new();
    VipsImage **step = (VipsImage **)vips_object_local_array(VIPS_OBJECT(context), 3);
    VipsBandFormat format = vips_image_get_format(input);
    int status = vips_premultiply(input, &step[0], NULL) || resample(step[0], &step[1], width, height) ||
                 vips_unpremultiply(step[1], &step[2], NULL) || vips_cast(step[2], output, format, NULL);
    g_object_unref(context);
    return status;
}

CImagingImage *cimaging_resize(CImagingImage *image, int width, int height) {
    VipsImage *input = vips_of(image);
    VipsImage *output = NULL;
    int status = vips_image_hasalpha(input) ? resample_with_alpha(input, &output, width, height)
                                            : resample(input, &output, width, height);
    if (status == 0 && (vips_image_get_width(output) != width || vips_image_get_height(output) != height)) {
        vips_error("cimaging_resize", "wanted %d x %d, got %d x %d", width, height, vips_image_get_width(output),
            vips_image_get_height(output));
        g_object_unref(output);
        return NULL;
    }
    return result_of(status, output);
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
