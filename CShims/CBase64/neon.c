// NEON kernels (aarch64): 48 bytes to 64 characters per step, and the reverse. Loads and stores with stride
// three and four split and join the groups. Letters are looked up in tables of 64 entries held in four
// registers.
#include "internal.h"

#if defined(__aarch64__)

#include <arm_neon.h>

enum { block_bytes = 48, block_letters = 64 };

static size_t encode_groups(const struct alphabet *alphabet, const uint8_t *bytes, size_t count, uint8_t *text) {
    const uint8x16x4_t letters = vld1q_u8_x4(alphabet->letters);
    const uint8x16_t six_bits = vdupq_n_u8(0x3f);
    size_t at = 0;
    for (; at + block_bytes <= count; at += block_bytes, text += block_letters) {
        uint8x16x3_t input = vld3q_u8(bytes + at);
        uint8x16x4_t output = {{
            vshrq_n_u8(input.val[0], 2),
            vandq_u8(vsliq_n_u8(vshrq_n_u8(input.val[1], 4), input.val[0], 4), six_bits),
            vandq_u8(vsliq_n_u8(vshrq_n_u8(input.val[2], 6), input.val[1], 2), six_bits),
            vandq_u8(input.val[2], six_bits),
        }};
        for (int letter = 0; letter < 4; letter++)
            output.val[letter] = vqtbl4q_u8(letters, output.val[letter]);
        vst4q_u8(text, output);
    }
    return at;
}

// Returns the values of 16 characters, with bit 7 set for those outside the alphabet. A character of 128 or
// above is outside both tables and keeps its own bit 7.
static inline uint8x16_t values_of(uint8x16x4_t low, uint8x16x4_t high, uint8x16_t text) {
    uint8x16_t values = vqtbl4q_u8(low, text);                         // 0 for 64 and above
    values = vqtbx4q_u8(values, high, vsubq_u8(text, vdupq_n_u8(64))); // unchanged outside of 64…127
    return vorrq_u8(values, vandq_u8(text, vdupq_n_u8(not_in_alphabet)));
}

static size_t decode_groups(const struct alphabet *alphabet, const uint8_t *text, size_t count, uint8_t *bytes) {
    const uint8x16x4_t low = vld1q_u8_x4(alphabet->values);
    const uint8x16x4_t high = vld1q_u8_x4(alphabet->values + 64);
    size_t at = 0;
    for (; at + block_letters <= count; at += block_letters, bytes += block_bytes) {
        uint8x16x4_t input = vld4q_u8(text + at);
        for (int letter = 0; letter < 4; letter++)
            input.val[letter] = values_of(low, high, input.val[letter]);
        uint8x16_t all = vorrq_u8(vorrq_u8(input.val[0], input.val[1]), vorrq_u8(input.val[2], input.val[3]));
        if (vmaxvq_u8(all) >= not_in_alphabet)
            break;
        uint8x16x3_t output = {{
            vsliq_n_u8(vshrq_n_u8(input.val[1], 4), input.val[0], 2),
            vsliq_n_u8(vshrq_n_u8(input.val[2], 2), input.val[1], 4),
            vsliq_n_u8(input.val[3], input.val[2], 6),
        }};
        vst3q_u8(bytes, output);
    }
    return at;
}

const CBase64Kernel cbase64_neon = {"neon", encode_groups, decode_groups};

#endif
