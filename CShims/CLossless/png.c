#include "CLossless.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>
#include <zlib.h>

// The unread rest of the input file.
struct input {
    const unsigned char *bytes;
    size_t left;
};

// The output file.
struct output {
    unsigned char *bytes;
    size_t count, capacity;
};

static void fail(png_structp png, png_const_charp message) {
    (void)message;
    longjmp(*(jmp_buf *)png_get_error_ptr(png), 1);
}

static void read_some(png_structp png, png_bytep bytes, size_t count) {
    struct input *input = png_get_io_ptr(png);
    if (count > input->left)
        png_error(png, "cut short");
    memcpy(bytes, input->bytes, count);
    input->bytes += count;
    input->left -= count;
}

static void write_some(png_structp png, png_bytep bytes, size_t count) {
    struct output *output = png_get_io_ptr(png);
    if (count > output->capacity - output->count) {
        size_t wanted = (output->capacity + count) * 3 / 2 + 65536;
        unsigned char *grown = realloc(output->bytes, wanted);
        if (grown == NULL)
            png_error(png, "no memory");
        output->bytes = grown;
        output->capacity = wanted;
    }
    memcpy(output->bytes + output->count, bytes, count);
    output->count += count;
}

static void flush_nothing(png_structp png) {
    (void)png;
}

// All resources to release, on success and on failure.
struct work {
    png_structp reader, writer;
    png_infop facts, new_facts;
    unsigned char *pixels;
    png_bytepp rows;
    struct input input;
    struct output output;
};

static void finish(struct work *work) {
    if (work->reader != NULL)
        png_destroy_read_struct(&work->reader, &work->facts, NULL);
    if (work->writer != NULL)
        png_destroy_write_struct(&work->writer, &work->new_facts);
    free(work->pixels);
    free(work->rows);
}

static void read_all(struct work *work) {
    png_structp reader = work->reader;
    png_set_read_fn(reader, &work->input, read_some);
    png_set_crc_action(reader, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    // Text, profiles and other ancillary chunks are not needed here and may be decompression bombs.
    png_set_keep_unknown_chunks(reader, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(reader, work->facts);
    png_set_interlace_handling(reader);
    png_read_update_info(reader, work->facts);
    size_t width = png_get_rowbytes(reader, work->facts), height = png_get_image_height(reader, work->facts);
    work->pixels = malloc(width * height);
    work->rows = malloc(height * sizeof *work->rows);
    if (work->pixels == NULL || work->rows == NULL)
        png_error(reader, "no memory");
    for (size_t row = 0; row < height; row++)
        work->rows[row] = work->pixels + row * width;
    png_read_image(reader, work->rows);
    png_read_end(reader, NULL);
}

// Filters help where neighboring samples are alike: not with a palette, and not with several samples per
// byte.
static int best_filters(int color, int depth) {
    return color == PNG_COLOR_TYPE_PALETTE || depth < 8 ? PNG_FILTER_NONE : PNG_ALL_FILTERS;
}

static void write_all(struct work *work) {
    png_structp writer = work->writer;
    png_uint_32 width, height;
    int depth, color;
    png_get_IHDR(work->reader, work->facts, &width, &height, &depth, &color, NULL, NULL, NULL);
    png_set_write_fn(writer, &work->output, write_some, flush_nothing);
    png_set_IHDR(writer, work->new_facts, width, height, depth, color, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
        PNG_FILTER_TYPE_BASE);
    png_colorp palette;
    int entries;
    if (png_get_PLTE(work->reader, work->facts, &palette, &entries) != 0)
        png_set_PLTE(writer, work->new_facts, palette, entries);
    png_bytep alpha;
    int alphas;
    png_color_16p transparent;
    if (png_get_tRNS(work->reader, work->facts, &alpha, &alphas, &transparent) != 0)
        png_set_tRNS(writer, work->new_facts, alpha, alphas, transparent);
    png_set_filter(writer, PNG_FILTER_TYPE_BASE, best_filters(color, depth));
    png_set_compression_level(writer, Z_BEST_COMPRESSION);
    png_set_compression_mem_level(writer, 9);
    png_write_info(writer, work->new_facts);
    png_write_image(writer, work->rows);
    png_write_end(writer, NULL);
}

LosslessOutcome lossless_png_squeeze(const void *bytes, size_t count, void **output, size_t *output_count) {
    jmp_buf back;
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL)
        return LosslessUnsupported;
    work->input = (struct input){bytes, count};
    if (setjmp(back)) {
        finish(work);
        free(work->output.bytes);
        free(work);
        return LosslessDamaged;
    }
    // Warnings count as failures, so half a picture is never written.
    work->reader = png_create_read_struct(PNG_LIBPNG_VER_STRING, &back, fail, fail);
    work->facts = work->reader == NULL ? NULL : png_create_info_struct(work->reader);
    work->writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, &back, fail, fail);
    work->new_facts = work->writer == NULL ? NULL : png_create_info_struct(work->writer);
    if (work->facts == NULL || work->new_facts == NULL)
        longjmp(back, 1);
    read_all(work);
    write_all(work);
    *output = work->output.bytes;
    *output_count = work->output.count;
    finish(work);
    free(work);
    return LosslessDone;
}

void lossless_free(void *bytes) {
    free(bytes);
}
