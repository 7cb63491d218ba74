#include "internal.h"

#if defined(__linux__)

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static void *libvips;

const char *load_late(void) {
    // The number in the name stands for the interface of libvips 8.
    libvips = dlopen("libvips.so.42", RTLD_LAZY | RTLD_LOCAL);
    return libvips == NULL ? dlerror() : NULL;
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
