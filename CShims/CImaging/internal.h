#ifndef CIMAGING_INTERNAL_H
#define CIMAGING_INTERNAL_H

#include "CImaging.h"

#include <vips/vips.h>

static inline VipsImage *vips_of(const CImagingImage *image) {
    return (VipsImage *)image;
}

// The usual end of a wrapper: libvips returns 0 for success and has written the result.
static inline CImagingImage *result_of(int status, VipsImage *image) {
    return status == 0 ? (CImagingImage *)image : NULL;
}

#endif
