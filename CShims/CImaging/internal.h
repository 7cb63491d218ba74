#ifndef CIMAGING_INTERNAL_H
#define CIMAGING_INTERNAL_H

#include "CImaging.h"

#include <vips/vips.h>

// liborc, which libvips compiles its inner loops with, keeps all compiled code in one list and takes things out of it
// without its own lock. So this lock is held wherever a resampling or a convolution is built or may be freed.
void lock_compiler(void);
void unlock_compiler(void);

static inline VipsImage *vips_of(const CImagingImage *image) {
    return (VipsImage *)image;
}

// The usual end of a wrapper: libvips returns 0 for success and has written the result.
static inline CImagingImage *result_of(int status, VipsImage *image) {
    return status == 0 ? (CImagingImage *)image : NULL;
}

#endif
