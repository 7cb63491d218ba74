// The inner loops of resampling in integers.
#include "resample.h"

#include <string.h>

FOR_EACH_CPU void resample_load_pair(
    int32_t *restrict to, const VipsPel *restrict first, const VipsPel *restrict second, int count) {
    for (int i = 0; i < count; i++)
        to[i] = first[i] | second[i] << 16;
}

typedef int16_t eight __attribute__((vector_size(16), aligned(sizeof(int16_t))));

FOR_EACH_CPU void resample_arrange_pairs(int16_t *restrict to, const int16_t *restrict sums, int pairs) {
    for (int pair = 0; pair < pairs; pair++) {
        eight rgb = *(const eight *)(sums + pair * 2 * 3);
        *(eight *)(to + pair * pair_samples) = __builtin_shufflevector(rgb, rgb, 0, 3, 1, 4, 2, 5, 6, 7);
    }
}

typedef int32_t four __attribute__((vector_size(16), aligned(sizeof(int32_t)), may_alias));
typedef int32_t sixteen __attribute__((vector_size(64)));
typedef uint8_t bytes_of_four __attribute__((vector_size(16)));

// Stores one pixel in each row.
static inline void store_pixels(
    VipsPel *restrict const to[rows_at_once], ptrdiff_t at, const four *sums, int shift) {
    typedef int32_t eight_sums __attribute__((vector_size(32)));
    eight_sums low = __builtin_shufflevector(sums[0] >> shift, sums[1] >> shift, 0, 1, 2, 3, 4, 5, 6, 7);
    eight_sums high = __builtin_shufflevector(sums[2] >> shift, sums[3] >> shift, 0, 1, 2, 3, 4, 5, 6, 7);
    sixteen all = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    all = __builtin_elementwise_max((sixteen){0}, __builtin_elementwise_min(all, (sixteen){0} + 255));
    bytes_of_four pixels = __builtin_convertvector(all, bytes_of_four);
    for (int row = 0; row < rows_at_once; row++)
        memcpy(to[row] + at, (const uint8_t *)&pixels + 4 * row, 4);
}

#if HAS_CLONES
// The compiler does not select this instruction by itself.
#define TARGET __attribute__((target("avx512bw,avx512vl")))
#define VECTOR_BYTES 64
#define PRODUCTS __builtin_ia32_pmaddwd512
#define SPREAD 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3
#include "resample_vectors.h"

#define TARGET __attribute__((target("avx2")))
#define VECTOR_BYTES 32
#define PRODUCTS __builtin_ia32_pmaddwd256
#define SPREAD 0, 0, 0, 0, 1, 1, 1, 1
#include "resample_vectors.h"

#define TARGET __attribute__((target("default")))
#else
#define TARGET
#endif

#if defined(__x86_64__)
#define PRODUCTS __builtin_ia32_pmaddwd128
#else
static inline four products(eight a, eight b) {
    return ((four)a << 16 >> 16) * ((four)b << 16 >> 16) + ((four)a >> 16) * ((four)b >> 16);
}
#define PRODUCTS products
#endif
#define VECTOR_BYTES 16
#define SPREAD 0, 0, 0, 0
#include "resample_vectors.h"

// Wrappers, because callers in other files do not see that there are several versions.
void resample_add_pairs(int16_t *restrict sums, const int32_t *restrict from, size_t stride,
    const int32_t *restrict weights, int bits, int pairs, int count, bool are_new) {
    add_pairs(sums, from, stride, weights, bits - sum_bits, pairs, count, are_new);
}

void resample_reduce_pairs(const struct filter *columns, const struct pair_weights *weights, int from, int end, int origin,
    const int16_t *const loaded[rows_at_once], VipsPel *restrict const reduced[rows_at_once]) {
    reduce_pairs(columns, weights, from, end, origin, loaded, reduced);
}
