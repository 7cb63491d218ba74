#include "CLossless.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// The libjpeg error manager, with the jump target for errors.
struct failure {
    struct jpeg_error_mgr manager;
    jmp_buf back;
    bool unsupported;
};

// A memory destination. libjpeg's own destination leaks its memory if an error occurs.
struct destination {
    struct jpeg_destination_mgr manager;
    unsigned char *bytes;
    size_t capacity;
};

struct LosslessJPEG {
    struct jpeg_decompress_struct source;
    struct failure failure;
    struct destination destination;
    jvirt_barray_ptr *coefficients;
};

static void fail(j_common_ptr common) {
    struct failure *failure = (struct failure *)common->err;
    int code = common->err->msg_code;
    failure->unsupported = code == JERR_ARITH_NOTIMPL || code == JERR_NOT_COMPILED || code == JERR_SOF_UNSUPPORTED;
    longjmp(failure->back, 1);
}

// Warnings have level -1; everything else is tracing.
static void hear(j_common_ptr common, int level) {
    if (level < 0)
        fail(common);
}

static void say_nothing(j_common_ptr common) {
    (void)common;
}

static struct jpeg_error_mgr *contain(struct failure *failure) {
    struct jpeg_error_mgr *manager = jpeg_std_error(&failure->manager);
    manager->error_exit = fail;
    manager->emit_message = hear;
    manager->output_message = say_nothing;
    return manager;
}

static LosslessOutcome outcome_of(const struct failure *failure) {
    return failure->unsupported ? LosslessUnsupported : LosslessDamaged;
}

static void begin_output(j_compress_ptr target) {
    struct destination *destination = (struct destination *)target->dest;
    destination->manager.next_output_byte = destination->bytes;
    destination->manager.free_in_buffer = destination->capacity;
}

// Called when the buffer is full. Doubles the buffer and keeps its content.
static boolean more_output(j_compress_ptr target) {
    struct destination *destination = (struct destination *)target->dest;
    size_t full = destination->capacity;
    unsigned char *grown = realloc(destination->bytes, 2 * full);
    if (grown == NULL)
        ERREXIT1(target, JERR_OUT_OF_MEMORY, 10);
    destination->bytes = grown;
    destination->capacity = 2 * full;
    destination->manager.next_output_byte = grown + full;
    destination->manager.free_in_buffer = full;
    return TRUE;
}

static void end_output(j_compress_ptr target) {
    (void)target;
}

static bool open_destination(struct destination *destination) {
    destination->capacity = 1 << 20;
    destination->bytes = malloc(destination->capacity);
    destination->manager.init_destination = begin_output;
    destination->manager.empty_output_buffer = more_output;
    destination->manager.term_destination = end_output;
    return destination->bytes != NULL;
}

LosslessOutcome lossless_jpeg_open(const void *bytes, size_t count, LosslessJPEG **result) {
    LosslessJPEG *jpeg = calloc(1, sizeof *jpeg);
    if (jpeg == NULL)
        return LosslessUnsupported;
    jpeg->source.err = contain(&jpeg->failure);
    if (setjmp(jpeg->failure.back)) {
        LosslessOutcome outcome = outcome_of(&jpeg->failure);
        lossless_jpeg_close(jpeg);
        return outcome;
    }
    jpeg_create_decompress(&jpeg->source);
    jpeg_mem_src(&jpeg->source, bytes, (unsigned long)count);
    jpeg_read_header(&jpeg->source, TRUE);
    jpeg->coefficients = jpeg_read_coefficients(&jpeg->source);
    *result = jpeg;
    return LosslessDone;
}

void lossless_jpeg_close(LosslessJPEG *jpeg) {
    jpeg_destroy_decompress(&jpeg->source);
    free(jpeg);
}

// EXIF's eight orientations: the stored picture with its columns or rows in reverse order, then with columns
// and rows exchanged if needed.
struct movement {
    bool reverses_columns, reverses_rows, exchanges;
};

static struct movement movement_for(int exif_orientation) {
    static const struct movement cases[9] = {
        {0, 0, 0}, {0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {0, 0, 1}, {0, 1, 1}, {1, 1, 1}, {1, 0, 1}};
    return cases[exif_orientation >= 1 && exif_orientation <= 8 ? exif_orientation : 1];
}

// The number of block rows of a component in one row of whole blocks.
static int block_rows(const struct jpeg_decompress_struct *source, const jpeg_component_info *component) {
    // The blocks of a single component are not interleaved, whatever its sampling factors are (T.81, A.2.2).
    return source->num_components == 1 ? 1 : component->v_samp_factor;
}

static JDIMENSION unit_height(const struct jpeg_decompress_struct *source) {
    return (JDIMENSION)(source->num_components == 1 ? 1 : source->max_v_samp_factor) * DCTSIZE;
}

int lossless_jpeg_rows(const LosslessJPEG *jpeg) {
    JDIMENSION unit = unit_height(&jpeg->source);
    return (int)((jpeg->source.image_height + unit - 1) / unit);
}

int lossless_jpeg_sampled_rows(const LosslessJPEG *jpeg, int every) {
    return lossless_jpeg_rows(jpeg) / every;
}

bool lossless_jpeg_can_turn(const LosslessJPEG *jpeg, int exif_orientation) {
    struct movement movement = movement_for(exif_orientation);
    bool alone = jpeg->source.num_components == 1;
    JDIMENSION unit_width = (JDIMENSION)(alone ? 1 : jpeg->source.max_h_samp_factor) * DCTSIZE;
    return (!movement.reverses_columns || jpeg->source.image_width % unit_width == 0) &&
           (!movement.reverses_rows || jpeg->source.image_height % unit_height(&jpeg->source) == 0);
}

// How the coefficients of one component become those that are written.
struct path {
    struct movement movement;
    jpeg_component_info *component;
    // For each written coefficient: the original step divided by the written one; NULL if no step changes.
    const float *ratio;
    int every; // as in LosslessJPEGOptions
};

static void swap_ints(int *left, int *right) {
    int kept = *left;
    *left = *right;
    *right = kept;
}

static void exchange_table(JQUANT_TBL *table) {
    for (int row = 0; row < DCTSIZE; row++)
        for (int column = row + 1; column < DCTSIZE; column++) {
            UINT16 kept = table->quantval[row * DCTSIZE + column];
            table->quantval[row * DCTSIZE + column] = table->quantval[column * DCTSIZE + row];
            table->quantval[column * DCTSIZE + row] = kept;
        }
}

// Exchanges width and height, the sampling factors, and the rows and columns of the quantization tables.
static void exchange_header(struct jpeg_compress_struct *target) {
    JDIMENSION width = target->image_width;
    target->image_width = target->image_height;
    target->image_height = width;
    for (int index = 0; index < target->num_components; index++)
        swap_ints(&target->comp_info[index].h_samp_factor, &target->comp_info[index].v_samp_factor);
    for (int index = 0; index < NUM_QUANT_TBLS; index++)
        if (target->quant_tbl_ptrs[index] != NULL)
            exchange_table(target->quant_tbl_ptrs[index]);
}

// Makes every quantization step at least as coarse as that of the standard table at `quality`. Writes the
// ratios of the steps to `ratios`, by table.
static void coarsen(struct jpeg_compress_struct *target, int quality, float ratios[NUM_QUANT_TBLS][DCTSIZE2]) {
    UINT16 read[NUM_QUANT_TBLS][DCTSIZE2];
    bool used[NUM_QUANT_TBLS];
    for (int index = 0; index < NUM_QUANT_TBLS; index++) {
        used[index] = target->quant_tbl_ptrs[index] != NULL;
        if (used[index])
            memcpy(read[index], target->quant_tbl_ptrs[index]->quantval, sizeof read[index]);
    }
    jpeg_set_quality(target, quality, TRUE);
    UINT16 standard[2][DCTSIZE2];
    memcpy(standard[0], target->quant_tbl_ptrs[0]->quantval, sizeof standard[0]);
    memcpy(standard[1], target->quant_tbl_ptrs[1]->quantval, sizeof standard[1]);
    int luma_table = target->comp_info[0].quant_tbl_no;
    for (int index = 0; index < NUM_QUANT_TBLS; index++) {
        if (!used[index])
            continue;
        const UINT16 *wanted = standard[index == luma_table ? 0 : 1];
        for (int at = 0; at < DCTSIZE2; at++) {
            UINT16 step = read[index][at] > wanted[at] ? read[index][at] : wanted[at];
            target->quant_tbl_ptrs[index]->quantval[at] = step;
            ratios[index][at] = (float)read[index][at] / (float)step;
        }
    }
}

static void round_block(JCOEF *block, const float *ratio) {
    for (int at = 0; at < DCTSIZE2; at++) {
        float value = (float)block[at] * ratio[at];
        block[at] = (JCOEF)(value + (value < 0 ? -0.5f : 0.5f));
    }
}

// Mirroring a block negates the odd frequencies of that direction.
static void move_block(const JCOEF *from, JCOEF *to, struct movement movement) {
    for (int row = 0; row < DCTSIZE; row++)
        for (int column = 0; column < DCTSIZE; column++) {
            JCOEF value = from[row * DCTSIZE + column];
            bool negated = (movement.reverses_columns && column % 2) != (movement.reverses_rows && row % 2);
            to[movement.exchanges ? column * DCTSIZE + row : row * DCTSIZE + column] =
                (JCOEF)(negated ? -value : value);
        }
}

static JBLOCKROW read_row(LosslessJPEG *jpeg, jvirt_barray_ptr coefficients, JDIMENSION row) {
    return jpeg->source.mem->access_virt_barray((j_common_ptr)&jpeg->source, coefficients, row, 1, FALSE)[0];
}

// Fills the written blocks row by row, because libjpeg's arrays do not accept another order.
static void fill(struct jpeg_compress_struct *target, jvirt_barray_ptr room, LosslessJPEG *jpeg,
    jvirt_barray_ptr coefficients, const struct path *path) {
    struct movement movement = path->movement;
    JDIMENSION last_column = path->component->width_in_blocks - 1, last_row = path->component->height_in_blocks - 1;
    JDIMENSION wide = movement.exchanges ? last_row + 1 : last_column + 1;
    JDIMENSION high = movement.exchanges ? last_column + 1 : last_row + 1;
    bool moves = movement.reverses_columns || movement.reverses_rows || movement.exchanges;
    JDIMENSION together = (JDIMENSION)block_rows(&jpeg->source, path->component), every = (JDIMENSION)path->every;
    if (every > 1)
        high = (JDIMENSION)lossless_jpeg_sampled_rows(jpeg, path->every) * together;
    for (JDIMENSION row = 0; row < high; row++) {
        JBLOCKROW written = target->mem->access_virt_barray((j_common_ptr)target, room, row, 1, TRUE)[0];
        for (JDIMENSION column = 0; column < wide; column++) {
            JDIMENSION from_column = movement.exchanges ? row : column, from_row = movement.exchanges ? column : row;
            if (every > 1) {
                from_row = (row / together * every + every / 2) * together + row % together;
                from_row = from_row < last_row ? from_row : last_row;
            }
            if (movement.reverses_columns)
                from_column = last_column - from_column;
            if (movement.reverses_rows)
                from_row = last_row - from_row;
            const JCOEF *from = read_row(jpeg, coefficients, from_row)[from_column];
            if (moves)
                move_block(from, written[column], movement);
            else
                memcpy(written[column], from, sizeof(JBLOCK));
            if (path->ratio != NULL)
                round_block(written[column], path->ratio);
        }
    }
}

static jvirt_barray_ptr request_room(
    struct jpeg_compress_struct *target, const jpeg_component_info *component, struct movement movement) {
    JDIMENSION wide = component->width_in_blocks, high = component->height_in_blocks;
    JDIMENSION h = (JDIMENSION)component->h_samp_factor, v = (JDIMENSION)component->v_samp_factor;
    // Whole units of interleaved blocks, as the coder reads them.
    wide = (wide + h - 1) / h * h;
    high = (high + v - 1) / v * v;
    return target->mem->request_virt_barray((j_common_ptr)target, JPOOL_IMAGE, TRUE, movement.exchanges ? high : wide,
        movement.exchanges ? wide : high, movement.exchanges ? h : v);
}

// Measured over photographs (Tests/Performance/LOG.md): where there is much detail, spectral bands with a
// table each are as small as libjpeg's ten passes and take 60 % of the time. Where most values are zero,
// successive bits are better.
static void use_passes(struct jpeg_compress_struct *target, LosslessPasses passes) {
    static const jpeg_scan_info bands[] = {{3, {0, 1, 2}, 0, 0, 0, 0}, {1, {0}, 1, 1, 0, 0}, {1, {0}, 2, 2, 0, 0},
        {1, {0}, 3, 9, 0, 0}, {1, {0}, 10, 27, 0, 0}, {1, {0}, 28, 63, 0, 0}, {1, {1}, 1, 2, 0, 0},
        {1, {1}, 3, 63, 0, 0}, {1, {2}, 1, 2, 0, 0}, {1, {2}, 3, 63, 0, 0}};
    static const jpeg_scan_info gray_bands[] = {{1, {0}, 0, 0, 0, 0}, {1, {0}, 1, 1, 0, 0}, {1, {0}, 2, 2, 0, 0},
        {1, {0}, 3, 9, 0, 0}, {1, {0}, 10, 27, 0, 0}, {1, {0}, 28, 63, 0, 0}};
    if (passes == LosslessPassesByBit) {
        jpeg_simple_progression(target);
        return;
    }
    bool is_color = target->num_components == 3;
    target->scan_info = is_color ? bands : gray_bands;
    target->num_scans = is_color ? sizeof bands / sizeof *bands : sizeof gray_bands / sizeof *gray_bands;
}

static void write_all(LosslessJPEG *jpeg, struct jpeg_compress_struct *target, LosslessJPEGOptions options) {
    struct movement movement = movement_for(options.exif_orientation);
    float ratios[NUM_QUANT_TBLS][DCTSIZE2];
    jvirt_barray_ptr rooms[MAX_COMPONENTS];
    jpeg_copy_critical_parameters(&jpeg->source, target);
    if (options.quality > 0)
        coarsen(target, options.quality, ratios);
    if (movement.exchanges) {
        exchange_header(target);
        for (int index = 0; index < NUM_QUANT_TBLS && options.quality > 0; index++)
            for (int row = 0; row < DCTSIZE; row++)
                for (int column = row + 1; column < DCTSIZE; column++) {
                    float kept = ratios[index][row * DCTSIZE + column];
                    ratios[index][row * DCTSIZE + column] = ratios[index][column * DCTSIZE + row];
                    ratios[index][column * DCTSIZE + row] = kept;
                }
    }
    if (options.every > 1)
        target->image_height =
            (JDIMENSION)lossless_jpeg_sampled_rows(jpeg, options.every) * unit_height(&jpeg->source);
    target->optimize_coding = TRUE;
    use_passes(target, options.passes);
    for (int index = 0; index < target->num_components; index++)
        rooms[index] = request_room(target, &jpeg->source.comp_info[index], movement);
    jpeg_write_coefficients(target, rooms);
    for (int index = 0; index < target->num_components; index++) {
        int table = target->comp_info[index].quant_tbl_no;
        struct path path = {.movement = movement,
            .component = &jpeg->source.comp_info[index],
            .ratio = options.quality > 0 ? ratios[table] : NULL,
            .every = options.every};
        fill(target, rooms[index], jpeg, jpeg->coefficients[index], &path);
    }
    jpeg_finish_compress(target);
}

LosslessOutcome lossless_jpeg_write(LosslessJPEG *jpeg, LosslessJPEGOptions options, void **bytes, size_t *count) {
    if (!lossless_jpeg_can_turn(jpeg, options.exif_orientation))
        return LosslessUnsupported;
    if (options.every > 1 && (options.exif_orientation != 1 || lossless_jpeg_sampled_rows(jpeg, options.every) < 1))
        return LosslessUnsupported;
    struct destination *destination = &jpeg->destination;
    if (!open_destination(destination))
        return LosslessUnsupported;
    struct jpeg_compress_struct target;
    memset(&target, 0, sizeof target);
    // Both objects report errors to the same manager, so that an error of either ends here.
    target.err = &jpeg->failure.manager;
    if (setjmp(jpeg->failure.back)) {
        jpeg_destroy_compress(&target);
        free(destination->bytes);
        return outcome_of(&jpeg->failure);
    }
    jpeg_create_compress(&target);
    target.dest = &destination->manager;
    write_all(jpeg, &target, options);
    *bytes = destination->bytes;
    *count = destination->capacity - destination->manager.free_in_buffer;
    jpeg_destroy_compress(&target);
    return LosslessDone;
}
