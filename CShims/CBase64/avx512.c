// AVX-512 VBMI kernels: 48 bytes to 64 characters in three instructions, and the reverse in five.
//
// After W. Muła and D. Lemire, "Base64 encoding and decoding at almost the speed of a memory copy", Software:
// Practice and Experience 50(2), 2020, doi:10.1002/spe.2777. Bytes are looked up in tables of 64 and 128
// entries, and one multishift moves the bits.
#include "internal.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define VBMI __attribute__((target("avx512f,avx512bw,avx512vbmi")))

enum {
    block_bytes = 48,
    block_letters = 64,
    blocks = 4, // per iteration of the main loop
};

// Non-temporal stores avoid reading the memory that they overwrite. They are faster where input and output
// together do not fit into the caches. They are slower on pages that are written for the first time, because
// the system has just zeroed those in the cache. An output above 32 MiB nearly always has such pages, because
// malloc maps it again each time. Measured: Tests/Performance/LOG.md.
static bool is_better_streamed(size_t output) {
    return output >= 8 << 20 && output < 32 << 20;
}

// Encodes every three bytes a b c as four letters. From the 32-bit word (b a c b), a multishift takes for
// each letter the eight bits that end with its six bits. A lookup ignores the upper two.
VBMI static inline __m512i encode_block(__m512i bytes, __m512i letters) {
    const __m512i order =
        _mm512_setr_epi32(0x01020001, 0x04050304, 0x07080607, 0x0a0b090a, 0x0d0e0c0d, 0x10110f10, 0x13141213,
            0x16171516, 0x191a1819, 0x1c1d1b1c, 0x1f201e1f, 0x22232122, 0x25262425, 0x28292728, 0x2b2c2a2b, 0x2e2f2d2e);
    const __m512i shifts = _mm512_set1_epi64(0x3036242a1016040a); // 10, 4, 22, 16; the same 32 bits higher
    __m512i words = _mm512_permutexvar_epi8(order, bytes);
    return _mm512_permutexvar_epi8(_mm512_multishift_epi64_epi8(shifts, words), letters);
}

VBMI static inline __m512i encode_at(const uint8_t *bytes, __m512i letters) {
    return encode_block(_mm512_loadu_si512(bytes), letters);
}

// Encodes whole iterations of `blocks` blocks. Reads 16 bytes beyond its input, which are inside the buffer.
// When streaming, `text` is aligned.
VBMI static size_t encode_rounds(__m512i letters, const uint8_t *bytes, size_t count, uint8_t *text, bool streaming) {
    size_t at = 0;
    for (; at + blocks * block_bytes + 16 <= count; at += blocks * block_bytes, text += blocks * block_letters)
        for (int block = 0; block < blocks; block++) {
            __m512i encoded = encode_at(bytes + at + block * block_bytes, letters);
            if (streaming)
                _mm512_stream_si512((void *)(text + block * block_letters), encoded);
            else
                _mm512_storeu_si512(text + block * block_letters, encoded);
        }
    return at;
}

// Encodes at most one block, which consists of whole groups.
VBMI static inline void encode_part(__m512i letters, const uint8_t *bytes, size_t count, uint8_t *text) {
    __m512i input = _mm512_maskz_loadu_epi8(~0ull >> (64 - count), bytes);
    _mm512_mask_storeu_epi8(text, ~0ull >> (64 - count / 3 * 4), encode_block(input, letters));
}

// The number of bytes to encode first so that all further stores fill whole cache lines.
static inline size_t head_of(const uint8_t *text, size_t count) {
    size_t unaligned = (uintptr_t)text % block_letters;
    return unaligned == 0 || unaligned % 4 != 0 || count < block_bytes ? 0 : (block_letters - unaligned) / 4 * 3;
}

VBMI static size_t encode_groups(const struct alphabet *alphabet, const uint8_t *bytes, size_t count, uint8_t *text) {
    const __m512i letters = _mm512_loadu_si512(alphabet->letters);
    size_t at = head_of(text, count);
    if (at > 0)
        encode_part(letters, bytes, at, text);
    bool streams = is_better_streamed(count / 3 * 4) && (uintptr_t)text % 4 == 0;
    at += encode_rounds(letters, bytes + at, count - at, text + at / 3 * 4, streams);
    if (streams)
        _mm_sfence();
    while (count - at >= 3) {
        size_t taken = count - at < block_bytes ? (count - at) / 3 * 3 : block_bytes;
        encode_part(letters, bytes + at, taken, text + at / 3 * 4);
        at += taken;
    }
    return at;
}

struct decoding {
    __m512i low_values, high_values; // indexed by character
};

// Returns the values of 64 characters. A byte of `bad` gets bit 7 set for a character outside the alphabet.
VBMI static inline __m512i values_of(struct decoding tables, __m512i text, __m512i *bad) {
    __m512i values = _mm512_permutex2var_epi8(tables.low_values, text, tables.high_values);
    *bad = _mm512_ternarylogic_epi32(*bad, text, values, 0xfe); // or of all three
    return values;
}

// Joins four values into 24 bits: the lower three bytes of each 32-bit word, highest first.
VBMI static inline __m512i join(__m512i values) {
    __m512i pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi32(0x01400140));
    return _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00011000));
}

// The offsets of the decoded bytes in a joined block.
#define GROUP(n) 4 * (n) + 2, 4 * (n) + 1, 4 * (n)
#define GROUPS(n) GROUP(n), GROUP(n + 1), GROUP(n + 2), GROUP(n + 3)
static const uint8_t order[block_letters] = {GROUPS(0), GROUPS(4), GROUPS(8), GROUPS(12)};

// Four blocks are stored as three full vectors, each with bytes of two blocks. Indices of the second block
// have 64 added.
#define BYTES(n, i) ((n) + 4 * ((i) / 3) + 2 - (i) % 3)
#define BYTES_4(n, i) BYTES(n, i), BYTES(n, i + 1), BYTES(n, i + 2), BYTES(n, i + 3)
#define BYTES_16(n, i) BYTES_4(n, i), BYTES_4(n, i + 4), BYTES_4(n, i + 8), BYTES_4(n, i + 12)
static const uint8_t first[64] = {BYTES_16(0, 0), BYTES_16(0, 16), BYTES_16(0, 32), BYTES_16(64, 0)};
static const uint8_t second[64] = {BYTES_16(0, 16), BYTES_16(0, 32), BYTES_16(64, 0), BYTES_16(64, 16)};
static const uint8_t third[64] = {BYTES_16(0, 32), BYTES_16(64, 0), BYTES_16(64, 16), BYTES_16(64, 32)};

VBMI static inline void store(uint8_t *to, __m512i bytes, bool streaming) {
    if (streaming)
        _mm512_stream_si512((void *)to, bytes);
    else
        _mm512_storeu_si512(to, bytes);
}

// Decodes whole iterations of `blocks` blocks. All loads come before the stores, because the buffers may be
// the same.
VBMI static size_t decode_rounds(
    struct decoding tables, const uint8_t *text, size_t count, uint8_t *bytes, bool streaming) {
    const __m512i pick_first = _mm512_loadu_si512(first);
    const __m512i pick_second = _mm512_loadu_si512(second);
    const __m512i pick_third = _mm512_loadu_si512(third);
    size_t at = 0;
    for (; at + blocks * block_letters <= count; at += blocks * block_letters, bytes += blocks * block_bytes) {
        __m512i bad = _mm512_setzero_si512();
        __m512i a = values_of(tables, _mm512_loadu_si512(text + at), &bad);
        __m512i b = values_of(tables, _mm512_loadu_si512(text + at + 64), &bad);
        __m512i c = values_of(tables, _mm512_loadu_si512(text + at + 128), &bad);
        __m512i d = values_of(tables, _mm512_loadu_si512(text + at + 192), &bad);
        if (_mm512_movepi8_mask(bad) != 0)
            break;
        a = join(a), b = join(b), c = join(c), d = join(d);
        store(bytes, _mm512_permutex2var_epi8(a, pick_first, b), streaming);
        store(bytes + 64, _mm512_permutex2var_epi8(b, pick_second, c), streaming);
        store(bytes + 128, _mm512_permutex2var_epi8(c, pick_third, d), streaming);
    }
    return at;
}

VBMI static size_t decode_streaming(
    const struct alphabet *alphabet, struct decoding tables, const uint8_t *text, size_t count, uint8_t *bytes) {
    // A group has three bytes, and 43 is the inverse of 3 modulo 64.
    size_t head = -(uintptr_t)bytes * 43 % 64 * 4;
    if (cbase64_decode_groups_scalar(alphabet, text, head, bytes) < head)
        return 0;
    size_t done = head + decode_rounds(tables, text + head, count - head, bytes + head / 4 * 3, true);
    _mm_sfence();
    return done;
}

VBMI static size_t decode_groups(const struct alphabet *alphabet, const uint8_t *text, size_t count, uint8_t *bytes) {
    struct decoding tables = {_mm512_loadu_si512(alphabet->values), _mm512_loadu_si512(alphabet->values + 64)};
    const __m512i pick = _mm512_loadu_si512(order);
    size_t at = 0;
    if (is_better_streamed(count / 4 * 3) && bytes != text)
        at = decode_streaming(alphabet, tables, text, count, bytes);
    at += decode_rounds(tables, text + at, count - at, bytes + at / 4 * 3, false);
    while (count - at >= 4) {
        size_t taken = count - at < block_letters ? (count - at) / 4 * 4 : block_letters;
        __mmask64 wanted = ~0ull >> (64 - taken);
        __m512i bad = _mm512_setzero_si512();
        __m512i values = values_of(tables, _mm512_maskz_loadu_epi8(wanted, text + at), &bad);
        if ((_mm512_movepi8_mask(bad) & wanted) != 0)
            break;
        __m512i joined = _mm512_permutexvar_epi8(pick, join(values));
        _mm512_mask_storeu_epi8(bytes + at / 4 * 3, ~0ull >> (64 - taken / 4 * 3), joined);
        at += taken;
    }
    return at;
}

const CBase64Kernel cbase64_avx512 = {"avx512", encode_groups, decode_groups};

#endif
