#ifndef CSHA256_INTERNAL_H
#define CSHA256_INTERNAL_H

#include "CSHA256.h"

#include <stdbool.h>

struct CSHA256Kernel {
    const char *name;
    // Hashes `count` blocks of 64 bytes into the eight state words.
    void (*blocks)(uint32_t words[8], const uint8_t *bytes, size_t count);
};

extern const uint32_t csha256_constants[64];

#if defined(__x86_64__)
bool csha256_cpu_has_sha_ni(void);
extern const CSHA256Kernel csha256_sha_ni;
#elif defined(__aarch64__)
extern const CSHA256Kernel csha256_armv8;
#endif

#endif
