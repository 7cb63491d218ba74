// SHA-256 with the cryptographic extension of ARMv8 (Arm Architecture Reference Manual, SHA256H and related
// instructions). One pair of instructions does four rounds.
#if defined(__aarch64__)

#include "internal.h"

#include <arm_neon.h>

#if defined(__clang__)
#define WITH_SHA2 __attribute__((target("sha2")))
#else
#define WITH_SHA2 __attribute__((target("+sha2")))
#endif

WITH_SHA2 static void blocks(uint32_t words[8], const uint8_t *bytes, size_t count) {
    uint32x4_t abcd = vld1q_u32(words), efgh = vld1q_u32(words + 4);
    for (; count > 0; count--, bytes += 64) {
        const uint32x4_t abcd_before = abcd, efgh_before = efgh;
        // The last sixteen words of the message schedule. Group t of four rounds uses w[t % 4].
        uint32x4_t w[4];
#pragma GCC unroll 16
        for (int t = 0; t < 16; t++) {
            if (t < 4)
                w[t] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes + 16 * t)));
            else
                w[t % 4] = vsha256su1q_u32(vsha256su0q_u32(w[t % 4], w[(t + 1) % 4]), w[(t + 2) % 4], w[(t + 3) % 4]);
            uint32x4_t input = vaddq_u32(w[t % 4], vld1q_u32(csha256_constants + 4 * t));
            uint32x4_t first = abcd;
            abcd = vsha256hq_u32(abcd, efgh, input);
            efgh = vsha256h2q_u32(efgh, first, input);
        }
        abcd = vaddq_u32(abcd, abcd_before);
        efgh = vaddq_u32(efgh, efgh_before);
    }
    vst1q_u32(words, abcd);
    vst1q_u32(words + 4, efgh);
}

const CSHA256Kernel csha256_armv8 = {"armv8", blocks};

#endif
