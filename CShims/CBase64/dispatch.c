#include "internal.h"

#include <string.h>

// Best first, ended by NULL. The CPU's features are read once by the compiler's runtime.
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
    // Every aarch64 has it.
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
