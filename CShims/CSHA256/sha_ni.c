// SHA-256 with the SHA extensions of x86 (Intel, "Intel Architecture Instruction Set Extensions", chapter 8).
// One instruction does two rounds. It expects the eight words as A B E F and C D G H, highest lane first.
#if defined(__x86_64__)

#include "internal.h"

#include <cpuid.h>
#include <immintrin.h>

bool csha256_cpu_has_sha_ni(void) {
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_SHA;
}

__attribute__((target("sha,sse4.1"))) static void blocks(uint32_t words[8], const uint8_t *bytes, size_t count) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i dcba = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words), 0x1b);
    __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words + 1), 0x1b);
    __m128i abef = _mm_unpackhi_epi64(hgfe, dcba);
    __m128i cdgh = _mm_unpacklo_epi64(hgfe, dcba);
    for (; count > 0; count--, bytes += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        // The last sixteen words of the message schedule. Group t of four rounds uses w[t % 4].
        __m128i w[4];
#pragma GCC unroll 16
        for (int t = 0; t < 16; t++) {
            if (t < 4) {
                w[t] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)bytes + t), big_endian);
            } else {
                __m128i sum = _mm_sha256msg1_epu32(w[t % 4], w[(t + 1) % 4]);
                sum = _mm_add_epi32(sum, _mm_alignr_epi8(w[(t + 3) % 4], w[(t + 2) % 4], 4));
                w[t % 4] = _mm_sha256msg2_epu32(sum, w[(t + 3) % 4]);
            }
            __m128i input = _mm_add_epi32(w[t % 4], _mm_load_si128((const __m128i *)csha256_constants + t));
            // Each result is the new A B E F; the old A B E F becomes C D G H. After two instructions the
            // names are right again.
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, input);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(input, 0x0e));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    _mm_storeu_si128((__m128i *)words, _mm_shuffle_epi32(_mm_unpackhi_epi64(cdgh, abef), 0x1b));
    _mm_storeu_si128((__m128i *)words + 1, _mm_shuffle_epi32(_mm_unpacklo_epi64(cdgh, abef), 0x1b));
}

const CSHA256Kernel csha256_sha_ni = {"sha-ni", blocks};

#endif
