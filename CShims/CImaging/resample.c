// Resampling with Lanczos (a = 3), in one pass over the rows as the decoder delivers them.
//
// libvips 8.14 has SIMD only for the vertical half, premultiplies in separate pipelines, and after a strong
// reduction its kernel reaches further up than its caches. Here, each strip of rows is weighted and added to
// the sums of the output rows that it contributes to. A complete sum is reduced horizontally and then
// released.
#include "resample.h"

#include <stdlib.h>

// The maximum number of output rows in progress at the same time when the input arrives in strips.
static int most_open(const struct filter *rows, int height) {
    int most = 0;
    int done = 0;
    int open = 0;
    for (int top = 0; top < height; top += strip_height) {
        while (open < rows->outputs && rows->first[open] < top + strip_height)
            open++;
        most = VIPS_MAX(most, open - done);
        while (done < open && end_of(rows, done) <= top + strip_height)
            done++;
    }
    return most;
}

static int add_strips(const struct resampling *work) {
    int width = work->input->Xsize;
    int height = work->input->Ysize;
    int done = 0;
    int open = 0;
    for (int top = 0; top < height; top += strip_height) {
        VipsRect strip = {0, top, width, VIPS_MIN(strip_height, height - top)};
        if (vips_region_prepare(work->region, &strip) != 0)
            return -1;
        while (open < work->rows.outputs && work->rows.first[open] < VIPS_RECT_BOTTOM(&strip))
            open++;
        for (int left = 0; left < width; left += tile_pixels)
            work->add_tile(work, strip, left, done, open);
        int end = done;
        while (end < open && end_of(&work->rows, end) <= VIPS_RECT_BOTTOM(&strip))
            end++;
        for (; done < end; done += VIPS_MIN(rows_at_once, end - done))
            work->finish_rows(work, done, VIPS_MIN(rows_at_once, end - done));
    }
    return 0;
}

static int run_strips(void *argument) {
    struct resampling *work = argument;
    work->region = vips_region_new(work->input);
    int status = add_strips(work);
    g_object_unref(work->region);
    return status;
}

// Integers lose too much precision where one output has very many weights or is summed over very many strips.
enum { most_reduced = 64 };

static bool prepare(struct resampling *work, int width, int height) {
    const VipsImage *input = work->input;
    bool is_usual = input->Bands == 3 && input->BandFmt == VIPS_FORMAT_UCHAR && !vips_image_hasalpha(work->input) &&
                    input->Xsize / width < most_reduced && input->Ysize / height < most_reduced;
    if (!resample_make_filter(&work->columns, input->Xsize, width, pixels_per_vector(work->bands)) ||
        !resample_make_filter(&work->rows, input->Ysize, height, 1))
        return false;
    work->open_rows = most_open(&work->rows, input->Ysize);
    return is_usual ? resample_in_integers(work) : resample_in_floats(work);
}

static int resample(VipsImage *input, VipsImage *output, int width, int height) {
    if (vips_image_pipelinev(output, VIPS_DEMAND_STYLE_THINSTRIP, input, NULL) != 0)
        return -1;
    output->Xsize = width;
    output->Ysize = height;
    if (vips_image_write_prepare(output) != 0)
        return -1;
    struct resampling work = {
        .input = input,
        .output = output,
        .bands = input->Bands,
    };
    int status = -1;
    if (prepare(&work, width, height))
        status = in_vips_thread(run_strips, &work);
    else
        vips_error("cimaging_resize", "out of memory");
    resample_free_filter(&work.columns);
    resample_free_filter(&work.rows);
    free(work.spread);
    free(work.row_pairs.weights);
    free(work.column_pairs.weights);
    free(work.loaded);
    free(work.sums);
    free(work.tile);
    free(work.reduced);
    return status;
}

// Formats that no decoder here produces are converted to float.
static VipsImage *readable(VipsImage *input) {
    VipsImage *output = NULL;
    VipsBandFormat format = vips_image_get_format(input);
    bool is_known = format == VIPS_FORMAT_UCHAR || format == VIPS_FORMAT_USHORT || format == VIPS_FORMAT_SHORT;
    int status = vips_cast(input, &output, is_known ? format : VIPS_FORMAT_FLOAT, NULL);
    return status == 0 ? output : NULL;
}

CImagingImage *cimaging_resize(CImagingImage *image, int width, int height) {
    VipsImage *input = readable(vips_of(image));
    if (input == NULL)
        return NULL;
    VipsImage *output = vips_image_new_memory();
    int status = -1;
    if (input->Bands <= most_bands)
        status = resample(input, output, width, height);
    else
        vips_error("cimaging_resize", "%d channels are more than %d", input->Bands, most_bands);
    g_object_unref(input);
    if (status == 0)
        return (CImagingImage *)output;
    g_object_unref(output);
    return NULL;
}
