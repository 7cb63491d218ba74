#define _GNU_SOURCE
#include "internal.h"

// The loaders of HEIC and JPEG XL are modules of libvips on many systems. libvips would load all modules when
// it starts, also those of ImageMagick and Poppler: that takes ten times as long as the rest of its start,
// and brings in decoders that are never used. So it finds none (see `cimaging_start`), and the one module
// that a picture needs is loaded here.
#if defined(__linux__)

#include <dlfcn.h>
#include <gmodule.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

bool load_module(CImagingLoader loader) {
    const char *name = loader == CImagingLoaderHEIF ? "heif" : loader == CImagingLoaderJPEGXL ? "jxl" : NULL;
    Dl_info libvips;
    // Looked up by name: the address that this program knows may be one of its own, which jumps to libvips.
    if (name == NULL || dladdr(dlsym(RTLD_DEFAULT, "vips_init"), &libvips) == 0)
        return false;
    // libvips itself looks for modules next to its own file.
    char path[PATH_MAX];
    int folder = (int)(strrchr(libvips.dli_fname, '/') - libvips.dli_fname);
    int length = snprintf(path, sizeof path, "%.*s/vips-modules-%d.%d/vips-%s.so", folder, libvips.dli_fname,
        vips_version(0), vips_version(1), name);
    return length < (int)sizeof path && g_module_open(path, G_MODULE_BIND_LAZY) != NULL;
}

#endif
