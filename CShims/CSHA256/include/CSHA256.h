// SHA-256 (FIPS 180-4) with the CPU's own instructions where it has them, and portable C elsewhere.
//
// The ledger stores the hash of everything that is sent. The TLS library in the HTTP client has an
// implementation but does not expose it, and the packages that do compile a second copy of that library.
//
// Rules: the caller owns the state and may copy it. Sizes are in bytes. Nothing here fails or allocates. A
// state is used by one thread at a time.
#ifndef CSHA256_H
#define CSHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct CSHA256Kernel CSHA256Kernel;

typedef struct {
    const CSHA256Kernel *kernel;
    uint32_t words[8];
    uint64_t count;    // bytes so far
    uint8_t block[64]; // the last count % 64 bytes, which do not fill a block yet
} CSHA256State;

// The fastest kernel that this CPU supports.
const CSHA256Kernel *csha256_best_kernel(void);

// The kernel "sha-ni", "armv8" or "portable"; NULL if there is no such kernel or the CPU does not support it.
const CSHA256Kernel *csha256_kernel_named(const char *name);

// Begins a hash with a kernel.
void csha256_start(CSHA256State *, const CSHA256Kernel *);
// Adds bytes to the hash. `bytes` may be NULL if `count` is 0.
void csha256_update(CSHA256State *, const void *bytes, size_t count);

// Writes the digest. Start the state again before reusing it.
void csha256_finish(CSHA256State *, uint8_t digest[32]);

#endif
