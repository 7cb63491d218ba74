#define _GNU_SOURCE
#include "internal.h"

#if defined(__linux__)

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *libvips;

const char *load_late(void) {
    // 42 is the ABI version of libvips 8.
    libvips = dlopen("libvips.so.42", RTLD_LAZY | RTLD_LOCAL);
    return libvips == NULL ? dlerror() : NULL;
}

bool load_module(CImagingLoader loader) {
    const char *name = loader == CImagingLoaderHEIF ? "heif" : loader == CImagingLoaderJPEGXL ? "jxl" : NULL;
    Dl_info libvips_file;
    if (name == NULL || dladdr(dlsym(libvips, "vips_init"), &libvips_file) == 0)
        return false;
    // libvips itself looks for modules next to its own file.
    char path[PATH_MAX];
    int folder = (int)(strrchr(libvips_file.dli_fname, '/') - libvips_file.dli_fname);
    int length = snprintf(path, sizeof path, "%.*s/vips-modules-%d.%d/vips-%s.so", folder, libvips_file.dli_fname,
        vips_version(0), vips_version(1), name);
    return length < (int)sizeof path && g_module_open(path, G_MODULE_BIND_LAZY) != NULL;
}

void *late_address(const char *name) {
    void *address = dlsym(libvips, name);
    if (address == NULL) {
        fprintf(stderr, "libvips lacks %s\n", name);
        abort();
    }
    return address;
}

#endif
