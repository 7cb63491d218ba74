#include "internal.h"

#include <string.h>

// The kernels that this CPU supports, best first; NULL after the last one. The compiler's runtime reads the
// CPU's features once.
static const CBase64Kernel *available(size_t position) {
#if defined(__x86_64__)
    const struct {
        bool is_there;
        const CBase64Kernel *kernel;
    } candidates[] = {
        {__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw"), &cbase64_avx512},
        {__builtin_cpu_supports("avx2"), &cbase64_avx2},
        {__builtin_cpu_supports("ssse3"), &cbase64_ssse3},
    };
    for (size_t candidate = 0; candidate < sizeof candidates / sizeof *candidates; candidate++)
        if (candidates[candidate].is_there && position-- == 0)
            return candidates[candidate].kernel;
#elif defined(__aarch64__)
    // Every aarch64 CPU has NEON.
    if (position-- == 0)
        return &cbase64_neon;
#endif
    return position == 0 ? &cbase64_scalar : NULL;
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

const char *cbase64_kernel_name(const CBase64Kernel *kernel) {
    return kernel->name;
}
