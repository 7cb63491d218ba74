// AVX2 kernels: 24 bytes to 32 characters and back per step.
//
// After W. Muła and D. Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions", ACM Transactions on the
// Web 12(3), 2018, doi:10.1145/3132709: bits are moved with multiplications, letters are found by adding an offset
// chosen with a 16-entry shuffle, and bad input is found by and-ing two nibble classes.
#include "internal.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

// Per 128-bit lane: bytes a b c d … become the 32-bit words (b a c b), so that every six bits can be reached by one
// 16-bit multiplication.
AVX2 static inline __m256i spread_to_sextets(__m256i bytes) {
    const __m256i order = _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, //
        1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    __m256i words = _mm256_shuffle_epi8(bytes, order);
    //  bits of a word:  bbbbcccc ccdddddd aaaaaabb cccc….   (a, b, c, d: the four sextets, high to low)
    __m256i first_and_third =
        _mm256_mulhi_epu16(_mm256_and_si256(words, _mm256_set1_epi32(0x0fc0fc00)), _mm256_set1_epi32(0x04000040));
    __m256i second_and_fourth =
        _mm256_mullo_epi16(_mm256_and_si256(words, _mm256_set1_epi32(0x003f03f0)), _mm256_set1_epi32(0x01000010));
    return _mm256_or_si256(first_and_third, second_and_fourth);
}

// 0…25 letters, 26…51 small letters, 52…61 digits, 62 '+', 63 '/': the class picks what to add.
AVX2 static inline __m256i letters_of(__m256i sextets) {
    const __m256i offsets = _mm256_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
        '0' - 52, '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0, //
        'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
        '+' - 62, '/' - 63, 'A', 0, 0);
    __m256i class = _mm256_subs_epu8(sextets, _mm256_set1_epi8(51));    // 0 for both cases of letters
    __m256i capital = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), sextets); // moves capitals to class 13
    class = _mm256_or_si256(class, _mm256_and_si256(capital, _mm256_set1_epi8(13)));
    return _mm256_add_epi8(sextets, _mm256_shuffle_epi8(offsets, class));
}

AVX2 size_t cbase64_encode_avx2(const uint8_t *bytes, size_t count, uint8_t *text) {
    uint8_t *out = text;
    // A step uses 24 bytes and reads 28 (two loads of 16, twelve apart).
    for (; count >= 28; count -= 24, bytes += 24, out += 32) {
        __m128i low = _mm_loadu_si128((const __m128i *)bytes);
        __m128i high = _mm_loadu_si128((const __m128i *)(bytes + 12));
        __m256i input = _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
        _mm256_storeu_si256((__m256i *)out, letters_of(spread_to_sextets(input)));
    }
    return (size_t)(out - text) + cbase64_encode_scalar(bytes, count, out);
}

AVX2 size_t cbase64_decode_avx2(const uint8_t *text, size_t count, uint8_t *bytes, size_t *error_offset) {
    // A character is in the alphabet when the classes of its two nibbles have no bit in common.
    const __m256i low_class = _mm256_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a,
        0x1b, 0x1b, 0x1b, 0x1a, //
        0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
    const __m256i high_class = _mm256_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10,
        0x10, 0x10, 0x10, 0x10, //
        0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
    // What to add to get the six bits, by high nibble; '/' alone is moved from row 2 to row 1.
    const __m256i offsets =
        _mm256_setr_epi8(0, 63 - '/', 62 - '+', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0, //
            0, 63 - '/', 62 - '+', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i slash = _mm256_set1_epi8('/');
    const __m256i pack = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, //
        2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);

    const uint8_t *in = text;
    uint8_t *out = bytes;
    size_t left = count;
    // A step writes 32 bytes of which 24 count: with 44 characters left, at least 11 groups of three (the last one
    // perhaps padded) fit behind `out`, so the 8 bytes too many still lie inside the buffer.
    for (; left >= 44; left -= 32, in += 32, out += 24) {
        __m256i input = _mm256_loadu_si256((const __m256i *)in);
        __m256i high_nibble = _mm256_and_si256(_mm256_srli_epi32(input, 4), _mm256_set1_epi8(0x0f));
        __m256i low_nibble = _mm256_and_si256(input, _mm256_set1_epi8(0x0f));
        __m256i bad =
            _mm256_and_si256(_mm256_shuffle_epi8(low_class, low_nibble), _mm256_shuffle_epi8(high_class, high_nibble));
        if (!_mm256_testz_si256(bad, bad))
            break; // the scalar code finds the place
        __m256i row = _mm256_add_epi8(high_nibble, _mm256_cmpeq_epi8(input, slash));
        __m256i sextets = _mm256_add_epi8(input, _mm256_shuffle_epi8(offsets, row));
        __m256i pairs = _mm256_maddubs_epi16(sextets, _mm256_set1_epi32(0x01400140));
        __m256i groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
        __m256i packed = _mm256_shuffle_epi8(groups, pack);
        packed = _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
        _mm256_storeu_si256((__m256i *)out, packed);
    }
    size_t written = (size_t)(out - bytes);
    size_t rest = cbase64_decode_scalar(in, left, out, error_offset);
    if (rest == CBASE64_INVALID) {
        *error_offset += (size_t)(in - text);
        return CBASE64_INVALID;
    }
    return written + rest;
}

#endif
