#ifndef CIMAGING_INTERNAL_H
#define CIMAGING_INTERNAL_H

#include "CImaging.h"

#include <stdatomic.h>
#include <vips/vips.h>

#include "late.h"

// liborc, which libvips compiles its inner loops with, keeps all compiled code in one list and takes things out of it
// without its own lock. So this lock is held wherever a resampling or a convolution is built or may be freed.
void lock_compiler(void);
void unlock_compiler(void);

bool knows_loader(CImagingLoader loader);

// Some loaders are in modules, which are loaded when they are needed.
void require_module(CImagingLoader loader);

// Runs `work` in a thread of libvips, and waits for its result. Only in such a thread a region's memory serves for one strip after
// the other: elsewhere each strip gets new memory, which libvips fills with zeros first. A region belongs to the thread that
// made it.
int in_vips_thread(int (*work)(void *), void *argument);

static inline VipsImage *vips_of(const CImagingImage *image) {
    return (VipsImage *)image;
}

// The usual end of a wrapper: libvips returns 0 for success and has written the result.
static inline CImagingImage *result_of(int status, VipsImage *image) {
    return status == 0 ? (CImagingImage *)image : NULL;
}

// What a callback works with is written by the thread that asks and read by libvips' own threads. libvips hands it over
// under its locks, which the thread sanitizer does not see: so whatever was written before is handed over here, too.
typedef atomic_bool handover;

static inline void hand_over(handover *is_ready) {
    atomic_store_explicit(is_ready, true, memory_order_release);
}

static inline void take_over(const handover *is_ready) {
    (void)atomic_load_explicit(is_ready, memory_order_acquire);
}

#endif
