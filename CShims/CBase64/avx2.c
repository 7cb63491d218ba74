// AVX2 kernels: 24 bytes to 32 characters and back per step.
//
// After W. Muła and D. Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions", ACM Transactions on the
// Web 12(3), 2018, doi:10.1145/3132709: bits are moved with multiplications, letters are found by adding an offset
// chosen with a 16-entry shuffle, and bad input is found by and-ing two nibble classes.
#include "internal.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

enum { block_bytes = 24, block_letters = 32, blocks = 4 };

// In both halves of a vector.
AVX2 static inline __m256i twice(const void *table) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128(table));
}

// Per half: bytes a b c d … become the 32-bit words (b a c b), so that every six bits can be reached by one 16-bit
// multiplication.
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

// 0…25 letters, 26…51 small letters, 52…61 digits, 62 and 63: the class picks what to add.
AVX2 static inline __m256i letters_of(__m256i sextets, __m256i to_letter) {
    __m256i class = _mm256_subs_epu8(sextets, _mm256_set1_epi8(51));    // 0 for both cases of letters
    __m256i capital = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), sextets); // moves capitals to class 13
    class = _mm256_or_si256(class, _mm256_and_si256(capital, _mm256_set1_epi8(13)));
    return _mm256_add_epi8(sextets, _mm256_shuffle_epi8(to_letter, class));
}

// Two loads of 16 bytes, twelve apart: four more than it takes.
AVX2 static inline void encode_block(const uint8_t *bytes, __m256i to_letter, uint8_t *text) {
    __m256i low = _mm256_castsi128_si256(_mm_loadu_si128((const void *)bytes));
    __m256i input = _mm256_inserti128_si256(low, _mm_loadu_si128((const void *)(bytes + block_bytes / 2)), 1);
    _mm256_storeu_si256((void *)text, letters_of(spread_to_sextets(input), to_letter));
}

AVX2 static size_t encode_groups(const struct alphabet *alphabet, const uint8_t *bytes, size_t count, uint8_t *text) {
    const __m256i to_letter = twice(alphabet->to_letter);
    size_t at = 0;
    for (; at + blocks * block_bytes + 4 <= count; at += blocks * block_bytes, text += blocks * block_letters)
        for (int block = 0; block < blocks; block++)
            encode_block(bytes + at + block * block_bytes, to_letter, text + block * block_letters);
    for (; at + block_bytes + 4 <= count; at += block_bytes, text += block_letters)
        encode_block(bytes + at, to_letter, text);
    return at;
}

struct decoding {
    __m256i low_class, high_class, to_value, special;
};

// The values of 32 characters; `bad` gets bits for those outside the alphabet.
AVX2 static inline __m256i values_of(struct decoding tables, __m256i text, __m256i *bad) {
    __m256i low_nibble = _mm256_and_si256(text, _mm256_set1_epi8(0x0f));
    __m256i high_nibble = _mm256_and_si256(_mm256_srli_epi32(text, 4), _mm256_set1_epi8(0x0f));
    __m256i low_class = _mm256_shuffle_epi8(tables.low_class, low_nibble);
    *bad = _mm256_or_si256(*bad, _mm256_and_si256(low_class, _mm256_shuffle_epi8(tables.high_class, high_nibble)));
    __m256i is_special = _mm256_cmpeq_epi8(text, tables.special);
    __m256i row = _mm256_xor_si256(high_nibble, _mm256_and_si256(is_special, _mm256_set1_epi8(8)));
    return _mm256_add_epi8(text, _mm256_shuffle_epi8(tables.to_value, row));
}

// Four values to three bytes, and all bytes to the front.
AVX2 static inline __m256i pack(__m256i values) {
    const __m256i order = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, //
        2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
    __m256i groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
    __m256i packed = _mm256_shuffle_epi8(groups, order);
    return _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

// A step writes 32 bytes of which 24 count: with twelve more characters left, the 8 bytes too many still lie inside the
// buffer. All is loaded before anything is stored, as the buffers may be the same.
AVX2 static size_t decode_groups(const struct alphabet *alphabet, const uint8_t *text, size_t count, uint8_t *bytes) {
    const struct decoding tables = {twice(alphabet->low_class), twice(alphabet->high_class), twice(alphabet->to_value),
        _mm256_set1_epi8((char)alphabet->special)};
    size_t at = 0;
    for (; at + blocks * block_letters + 12 <= count; at += blocks * block_letters, bytes += blocks * block_bytes) {
        __m256i bad = _mm256_setzero_si256();
        __m256i values[blocks];
        for (int block = 0; block < blocks; block++)
            values[block] =
                values_of(tables, _mm256_loadu_si256((const void *)(text + at + block * block_letters)), &bad);
        if (!_mm256_testz_si256(bad, bad))
            break;
        for (int block = 0; block < blocks; block++)
            _mm256_storeu_si256((void *)(bytes + block * block_bytes), pack(values[block]));
    }
    for (; at + block_letters + 12 <= count; at += block_letters, bytes += block_bytes) {
        __m256i bad = _mm256_setzero_si256();
        __m256i values = values_of(tables, _mm256_loadu_si256((const void *)(text + at)), &bad);
        if (!_mm256_testz_si256(bad, bad))
            break;
        _mm256_storeu_si256((void *)bytes, pack(values));
    }
    return at;
}

const CBase64Kernel cbase64_avx2 = {"avx2", encode_groups, decode_groups};

#endif
