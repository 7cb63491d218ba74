#include "CNoLocales.h"

#include <stdint.h>

// ICU's data header (udata.h, ucmndata.h), followed by an empty table of contents.
struct empty_tables {
    uint16_t header_bytes;
    uint8_t magic[2];
    uint16_t info_bytes, reserved;
    uint8_t is_big_endian, charset_family, character_bytes, reserved_byte;
    uint8_t format[4], format_version[4], data_version[4];
    uint64_t padding;
    uint32_t entries, no_names;
};

_Static_assert(sizeof(struct empty_tables) == 40, "the header is 32 bytes");

// Hidden: visible only to code that is linked into the same binary.
__attribute__((visibility("hidden"))) const struct empty_tables icudt76_dat __attribute__((aligned(16))) = {
    .header_bytes = 32,
    .magic = {0xda, 0x27},
    .info_bytes = 20,
    .is_big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
    .character_bytes = 2,
    .format = {'T', 'o', 'C', 'P'},
    .format_version = {1},
};
