#include "internal.h"

CImagingImage *cimaging_recombine(CImagingImage *image, const double matrix[9], const double offset[3]) {
    VipsImage *context = vips_image_new();
    VipsImage **step = (VipsImage **)vips_object_local_array(VIPS_OBJECT(context), 4);
    VipsImage *output = NULL;
    double ones[3] = {1, 1, 1};
    step[0] = vips_image_new_matrix_from_array(3, 3, matrix, 9);
    int status = step[0] == NULL || vips_extract_band(vips_of(image), &step[1], 0, "n", 3, NULL) ||
                 vips_recomb(step[1], &step[2], step[0], NULL) ||
                 vips_linear(step[2], &step[3], ones, offset, 3, NULL) ||
                 vips_cast(step[3], &output, VIPS_FORMAT_UCHAR, NULL);
    g_object_unref(context);
    return result_of(status, output);
}

CImagingImage *cimaging_blur(CImagingImage *image, double sigma) {
    VipsImage *output = NULL;
    lock_compiler();
    int status = vips_gaussblur(vips_of(image), &output, sigma, NULL);
    unlock_compiler();
    return result_of(status, output);
}

CImagingImage *cimaging_settle_mask(CImagingImage *mask, int slight) {
    enum { levels = 256 };
    uint8_t table[levels];
    for (int level = 0; level < levels; level++)
        table[level] = (uint8_t)(level < slight ? 0 : level > levels - 1 - slight ? levels - 1 : level);
    VipsImage *lookup = vips_image_new_from_memory_copy(table, sizeof table, levels, 1, 1, VIPS_FORMAT_UCHAR);
    if (lookup == NULL)
        return NULL;
    VipsImage *output = NULL;
    int status = vips_maplut(vips_of(mask), &output, lookup, NULL);
    g_object_unref(lookup);
    return result_of(status, output);
}

CImagingImage *cimaging_edges(CImagingImage *image) {
    VipsImage *context = vips_image_new();
    VipsImage **step = (VipsImage **)vips_object_local_array(VIPS_OBJECT(context), 3);
    VipsImage *output = NULL;
    lock_compiler();
    int status = vips_colourspace(vips_of(image), &step[0], VIPS_INTERPRETATION_B_W, NULL) ||
                 vips_sobel(step[0], &step[1], NULL) || vips_invert(step[1], &step[2], NULL) ||
                 vips_colourspace(step[2], &output, VIPS_INTERPRETATION_sRGB, NULL);
    g_object_unref(context);
    unlock_compiler();
    return result_of(status, output);
}
