// AVX2 kernels: 24 bytes to 32 characters per step, and the reverse.
//
// After W. Muła and D. Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions", ACM
// Transactions on the Web 12(3), 2018, doi:10.1145/3132709. Multiplications move the bits. A 16-entry shuffle
// selects the offset that turns a value into a letter. Invalid input is found by and-ing the classes of the
// two nibbles.
#include "internal.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

enum { block_bytes = 24, block_letters = 32, blocks = 4 };

// Loads a 16-byte table into both halves of a vector.
AVX2 static inline __m256i twice(const void *table) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128(table));
}

// In each half, the bytes a b c d … become the 32-bit words (b a c b), in the given order, so that one 16-bit
// multiplication reaches any six bits.
AVX2 static inline __m256i spread_to_sextets(__m256i bytes, __m256i order) {
    __m256i words = _mm256_shuffle_epi8(bytes, order);
    __m256i factors = _mm256_set1_epi32(0x01000010);
    // If the compiler knows the factors, it replaces the one multiplication by three instructions.
    __asm__("" : "+x"(factors));
    //  bits of a word:  bbbbcccc ccdddddd aaaaaabb cccc….   (a, b, c, d: the four sextets, high to low)
    __m256i first_and_third =
        _mm256_mulhi_epu16(_mm256_and_si256(words, _mm256_set1_epi32(0x0fc0fc00)), _mm256_set1_epi32(0x04000040));
    __m256i second_and_fourth = _mm256_mullo_epi16(_mm256_and_si256(words, _mm256_set1_epi32(0x003f03f0)), factors);
    return _mm256_or_si256(first_and_third, second_and_fourth);
}

// 0…25 are capitals, 26…51 small letters, 52…61 digits, then 62 and 63. Their classes 0, 1, 2…11, 12 and 13
// select the offset to add.
AVX2 static inline __m256i letters_of(__m256i sextets, __m256i to_letter) {
    __m256i class = _mm256_subs_epu8(sextets, _mm256_set1_epi8(51));
    class = _mm256_sub_epi8(class, _mm256_cmpgt_epi8(sextets, _mm256_set1_epi8(25)));
    return _mm256_add_epi8(sextets, _mm256_shuffle_epi8(to_letter, class));
}

#define WORDS_FROM(n) n + 1, n, n + 2, n + 1
#define HALF_FROM(n) WORDS_FROM(n), WORDS_FROM(n + 3), WORDS_FROM(n + 6), WORDS_FROM(n + 9)

// Reads 28 bytes in two loads of 16 that start 12 apart: four bytes more than it encodes.
AVX2 static inline void encode_first(const uint8_t *bytes, __m256i to_letter, uint8_t *text) {
    const __m256i order = _mm256_setr_epi8(HALF_FROM(0), HALF_FROM(0));
    __m256i low = _mm256_castsi128_si256(_mm_loadu_si128((const void *)bytes));
    __m256i input = _mm256_inserti128_si256(low, _mm_loadu_si128((const void *)(bytes + block_bytes / 2)), 1);
    _mm256_storeu_si256((void *)text, letters_of(spread_to_sextets(input, order), to_letter));
}

// Reads 32 bytes in one load, from four bytes before its input to four bytes after it. The halves begin at
// bytes 4 and 0.
AVX2 static inline void encode_next(const uint8_t *bytes, __m256i to_letter, uint8_t *text) {
    const __m256i order = _mm256_setr_epi8(HALF_FROM(4), HALF_FROM(0));
    __m256i input = _mm256_loadu_si256((const void *)(bytes - 4));
    _mm256_storeu_si256((void *)text, letters_of(spread_to_sextets(input, order), to_letter));
}

AVX2 static size_t encode_groups(const struct alphabet *alphabet, const uint8_t *bytes, size_t count, uint8_t *text) {
    if (count < block_bytes + 4)
        return 0;
    const __m256i to_letter = twice(alphabet->to_letter);
    encode_first(bytes, to_letter, text);
    size_t at = block_bytes;
    text += block_letters;
    for (; at + blocks * block_bytes + 4 <= count; at += blocks * block_bytes, text += blocks * block_letters)
        for (int block = 0; block < blocks; block++)
            encode_next(bytes + at + block * block_bytes, to_letter, text + block * block_letters);
    for (; at + block_bytes + 4 <= count; at += block_bytes, text += block_letters)
        encode_next(bytes + at, to_letter, text);
    return at;
}

struct decoding {
    __m256i low_class, high_class, to_value, special;
};

// Returns the values of 32 characters. Every byte of `good` keeps at least one bit set as long as all
// characters belong to the alphabet. A shuffle uses four bits of an index, and returns 0 for an index whose
// highest bit is set.
AVX2 static inline __m256i values_of(struct decoding tables, __m256i text, __m256i *good) {
    __m256i high_nibble = _mm256_and_si256(_mm256_srli_epi32(text, 4), _mm256_set1_epi8(0x0f));
    __m256i columns = _mm256_shuffle_epi8(tables.low_class, text);
    __m256i rows = _mm256_shuffle_epi8(tables.high_class, high_nibble);
    *good = _mm256_min_epu8(*good, _mm256_and_si256(columns, rows));
    __m256i row = _mm256_andnot_si256(_mm256_cmpeq_epi8(text, tables.special), high_nibble);
    return _mm256_add_epi8(text, _mm256_shuffle_epi8(tables.to_value, row));
}

AVX2 static inline bool is_any_zero(__m256i good) {
    return _mm256_movemask_epi8(_mm256_cmpeq_epi8(good, _mm256_setzero_si256())) != 0;
}

// Packs four values into three bytes and moves the bytes of each half to its front. Each half is stored
// separately, because joining them first takes longer. Writes four bytes more than it decodes.
AVX2 static inline void pack(__m256i values, uint8_t *bytes) {
    const __m256i order = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, //
        2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
    __m256i groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
    __m256i packed = _mm256_shuffle_epi8(groups, order);
    _mm_storeu_si128((void *)bytes, _mm256_castsi256_si128(packed));
    _mm_storeu_si128((void *)(bytes + block_bytes / 2), _mm256_extracti128_si256(packed, 1));
}

// A step writes four bytes too many. They stay inside the buffer because eight more characters follow. All
// loads come before the stores, because the buffers may be the same.
AVX2 static size_t decode_groups(const struct alphabet *alphabet, const uint8_t *text, size_t count, uint8_t *bytes) {
    const struct decoding tables = {twice(alphabet->low_class), twice(alphabet->high_class), twice(alphabet->to_value),
        _mm256_set1_epi8((char)alphabet->special)};
    size_t at = 0;
    for (; at + blocks * block_letters + 8 <= count; at += blocks * block_letters, bytes += blocks * block_bytes) {
        __m256i good = _mm256_set1_epi8(-1);
        __m256i values[blocks];
        for (int block = 0; block < blocks; block++)
            values[block] =
                values_of(tables, _mm256_loadu_si256((const void *)(text + at + block * block_letters)), &good);
        if (is_any_zero(good))
            break;
        for (int block = 0; block < blocks; block++)
            pack(values[block], bytes + block * block_bytes);
    }
    for (; at + block_letters + 8 <= count; at += block_letters, bytes += block_bytes) {
        __m256i good = _mm256_set1_epi8(-1);
        __m256i values = values_of(tables, _mm256_loadu_si256((const void *)(text + at)), &good);
        if (is_any_zero(good))
            break;
        pack(values, bytes);
    }
    return at;
}

const CBase64Kernel cbase64_avx2 = {"avx2", encode_groups, decode_groups};

#endif
