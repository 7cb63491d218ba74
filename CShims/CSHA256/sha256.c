#include "internal.h"

#include <string.h>

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

// The fractional parts of the cube roots of the first 64 primes.
const uint32_t csha256_constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turned(uint32_t word, int bits) {
    return word >> bits | word << (32 - bits);
}

static uint32_t word_at(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void blocks_portable(uint32_t words[8], const uint8_t *bytes, size_t count) {
    for (; count > 0; count--, bytes += 64) {
        uint32_t schedule[64];
        for (int t = 0; t < 16; t++)
            schedule[t] = word_at(bytes + 4 * t);
        for (int t = 16; t < 64; t++) {
            uint32_t early = schedule[t - 15], late = schedule[t - 2];
            schedule[t] = schedule[t - 16] + schedule[t - 7] +
                          (turned(early, 7) ^ turned(early, 18) ^ early >> 3) +
                          (turned(late, 17) ^ turned(late, 19) ^ late >> 10);
        }
        uint32_t a = words[0], b = words[1], c = words[2], d = words[3];
        uint32_t e = words[4], f = words[5], g = words[6], h = words[7];
        for (int t = 0; t < 64; t++) {
            uint32_t first = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) +
                             csha256_constants[t] + schedule[t];
            uint32_t second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + first;
            d = c, c = b, b = a, a = first + second;
        }
        words[0] += a, words[1] += b, words[2] += c, words[3] += d;
        words[4] += e, words[5] += f, words[6] += g, words[7] += h;
    }
}

static const CSHA256Kernel portable = {"portable", blocks_portable};

// The kernels that this CPU supports, best first; NULL after the last one.
static const CSHA256Kernel *available(size_t position) {
#if defined(__x86_64__)
    // CPUs with these instructions also have SSE4.1.
    if (__builtin_cpu_supports("sse4.1") && csha256_cpu_has_sha_ni() && position-- == 0)
        return &csha256_sha_ni;
#elif defined(__aarch64__) && defined(__linux__)
    if (getauxval(AT_HWCAP) & HWCAP_SHA2 && position-- == 0)
        return &csha256_armv8;
#elif defined(__aarch64__) && defined(__APPLE__)
    if (position-- == 0)
        return &csha256_armv8;
#endif
    return position == 0 ? &portable : NULL;
}

const CSHA256Kernel *csha256_best_kernel(void) {
    return available(0);
}

const CSHA256Kernel *csha256_kernel_named(const char *name) {
    const CSHA256Kernel *kernel;
    for (size_t position = 0; (kernel = available(position)) != NULL; position++)
        if (strcmp(kernel->name, name) == 0)
            return kernel;
    return NULL;
}

void csha256_start(CSHA256State *state, const CSHA256Kernel *kernel) {
    // The fractional parts of the square roots of the first 8 primes.
    static const uint32_t initial[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    memcpy(state->words, initial, sizeof initial);
    state->kernel = kernel;
    state->count = 0;
}

void csha256_update(CSHA256State *state, const void *bytes, size_t count) {
    // `bytes` may be NULL.
    if (count == 0)
        return;
    const uint8_t *next = bytes;
    size_t held = state->count % 64;
    state->count += count;
    if (held > 0) {
        size_t taken = count < 64 - held ? count : 64 - held;
        memcpy(state->block + held, next, taken);
        if (held + taken < 64)
            return;
        state->kernel->blocks(state->words, state->block, 1);
        next += taken;
        count -= taken;
    }
    state->kernel->blocks(state->words, next, count / 64);
    if (count % 64 > 0)
        memcpy(state->block, next + count / 64 * 64, count % 64);
}

void csha256_finish(CSHA256State *state, uint8_t digest[32]) {
    // Padding: a one bit, zeros, and the length in bits as a 64-bit number that ends a block.
    uint64_t bits = state->count * 8;
    uint8_t end[72] = {0x80};
    size_t zeros = (64 + 55 - state->count % 64) % 64;
    for (int position = 0; position < 8; position++)
        end[1 + zeros + (size_t)position] = (uint8_t)(bits >> (56 - 8 * position));
    csha256_update(state, end, 1 + zeros + 8);
    for (int position = 0; position < 32; position++)
        digest[position] = (uint8_t)(state->words[position / 4] >> (24 - position % 4 * 8));
}
