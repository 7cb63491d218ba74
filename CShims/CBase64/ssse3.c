// SSSE3 kernels: 12 bytes to 16 characters per step, and the reverse. The bits move as in avx2.c, which names
// the source.
#include "internal.h"

#if defined(__x86_64__)

#include <tmmintrin.h>

#define SSSE3 __attribute__((target("ssse3")))

enum { block_bytes = 12, block_letters = 16 };

SSSE3 static inline __m128i spread_to_sextets(__m128i bytes) {
    const __m128i order = _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    __m128i words = _mm_shuffle_epi8(bytes, order);
    __m128i first_and_third =
        _mm_mulhi_epu16(_mm_and_si128(words, _mm_set1_epi32(0x0fc0fc00)), _mm_set1_epi32(0x04000040));
    __m128i second_and_fourth =
        _mm_mullo_epi16(_mm_and_si128(words, _mm_set1_epi32(0x003f03f0)), _mm_set1_epi32(0x01000010));
    return _mm_or_si128(first_and_third, second_and_fourth);
}

SSSE3 static inline __m128i letters_of(__m128i sextets, __m128i to_letter) {
    __m128i class = _mm_subs_epu8(sextets, _mm_set1_epi8(51));
    class = _mm_sub_epi8(class, _mm_cmpgt_epi8(sextets, _mm_set1_epi8(25)));
    return _mm_add_epi8(sextets, _mm_shuffle_epi8(to_letter, class));
}

// A step reads four bytes more than it encodes.
SSSE3 static size_t encode_groups(const struct alphabet *alphabet, const uint8_t *bytes, size_t count, uint8_t *text) {
    const __m128i to_letter = _mm_loadu_si128((const void *)alphabet->to_letter);
    size_t at = 0;
    for (; at + block_bytes + 4 <= count; at += block_bytes, text += block_letters) {
        __m128i input = _mm_loadu_si128((const void *)(bytes + at));
        _mm_storeu_si128((void *)text, letters_of(spread_to_sextets(input), to_letter));
    }
    return at;
}

// A step writes 16 bytes, of which 12 are valid. The four bytes too many stay inside the buffer because eight
// more characters follow.
SSSE3 static size_t decode_groups(const struct alphabet *alphabet, const uint8_t *text, size_t count, uint8_t *bytes) {
    const __m128i low_classes = _mm_loadu_si128((const void *)alphabet->low_class);
    const __m128i high_classes = _mm_loadu_si128((const void *)alphabet->high_class);
    const __m128i to_value = _mm_loadu_si128((const void *)alphabet->to_value);
    const __m128i special = _mm_set1_epi8((char)alphabet->special);
    const __m128i order = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    size_t at = 0;
    for (; at + block_letters + 8 <= count; at += block_letters, bytes += block_bytes) {
        __m128i input = _mm_loadu_si128((const void *)(text + at));
        __m128i high_nibble = _mm_and_si128(_mm_srli_epi32(input, 4), _mm_set1_epi8(0x0f));
        __m128i good = _mm_and_si128(_mm_shuffle_epi8(low_classes, input), _mm_shuffle_epi8(high_classes, high_nibble));
        if (_mm_movemask_epi8(_mm_cmpeq_epi8(good, _mm_setzero_si128())) != 0)
            break;
        __m128i row = _mm_andnot_si128(_mm_cmpeq_epi8(input, special), high_nibble);
        __m128i values = _mm_add_epi8(input, _mm_shuffle_epi8(to_value, row));
        __m128i pairs = _mm_maddubs_epi16(values, _mm_set1_epi32(0x01400140));
        __m128i groups = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00011000));
        _mm_storeu_si128((void *)bytes, _mm_shuffle_epi8(groups, order));
    }
    return at;
}

const CBase64Kernel cbase64_ssse3 = {"ssse3", encode_groups, decode_groups};

#endif
