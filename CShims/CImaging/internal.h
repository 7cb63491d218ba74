#ifndef CIMAGING_INTERNAL_H
#define CIMAGING_INTERNAL_H

#include "CImaging.h"

#include <stdatomic.h>
#include <vips/vips.h>

// The lock around liborc, with which libvips compiles its inner loops. liborc keeps all compiled code in one
// list and removes entries without taking its own lock. Hold this lock wherever a resampling or a convolution
// is built or may be freed.
void lock_compiler(void);
void unlock_compiler(void);

bool knows_loader(CImagingLoader loader);

// Loads the module that contains a loader, if it is in a module and not loaded yet.
void require_module(CImagingLoader loader);

// Loads the module of libvips that contains the loader, if the loader is in a module and the module is
// installed. Returns whether this call loaded it.
bool load_module(CImagingLoader loader);

// Runs `work` in a libvips thread and waits for its result. Only in such a thread, a region reuses its memory
// for the next strip; elsewhere each strip gets new memory, which libvips zeroes first. A region belongs to
// the thread that created it.
int in_vips_thread(int (*work)(void *), void *argument);

static inline VipsImage *vips_of(const CImagingImage *image) {
    return (VipsImage *)image;
}

// Converts the status of a libvips call to a result. Status 0 means success, with the output written.
static inline CImagingImage *result_of(int status, VipsImage *image) {
    return status == 0 ? (CImagingImage *)image : NULL;
}

// A release/acquire pair for the data of a callback. The calling thread writes the data and libvips' own
// threads read it. libvips passes it on under its own locks, which the thread sanitizer does not see. This
// pair shows the synchronization to the sanitizer.
typedef atomic_bool handover;

static inline void hand_over(handover *is_ready) {
    atomic_store_explicit(is_ready, true, memory_order_release);
}

static inline void take_over(const handover *is_ready) {
    (void)atomic_load_explicit(is_ready, memory_order_acquire);
}

#endif
