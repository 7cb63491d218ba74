#include "internal.h"

#include <stdbool.h>
#include <string.h>

static const CBase64Kernel scalar = {"scalar", cbase64_encode_scalar, cbase64_decode_scalar};
#if defined(__x86_64__)
static const CBase64Kernel avx2 = {"avx2", cbase64_encode_avx2, cbase64_decode_avx2};
#endif

// Best first, ended by NULL. The CPU's features are read once by the compiler's runtime.
static const CBase64Kernel *available(size_t position) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        if (position == 0)
            return &avx2;
        position--;
    }
#endif
    return position == 0 ? &scalar : NULL;
}

const CBase64Kernel *cbase64_best_kernel(void) {
    return available(0);
}

const CBase64Kernel *cbase64_kernel_named(const char *name) {
    const CBase64Kernel *kernel;
    for (size_t position = 0; (kernel = available(position)) != NULL; position++)
        if (strcmp(kernel->name, name) == 0)
            return kernel;
    return NULL;
}
