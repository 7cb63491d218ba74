// Mixing of colors in linear light, strip by strip.
#include "internal.h"

#include <math.h>

enum { input_levels = 256, linear_steps = CIMAGING_LINEAR_STEPS };

struct mixing {
    handover is_ready;
    float weights[9];
    float offset[3];
    float to_linear[input_levels];
    uint8_t from_linear[3][linear_steps + 1];
};

// The sRGB curve (IEC 61966-2-1).
static double decode_srgb(double value) {
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double encode_srgb(double value) {
    return value <= 0.0031308 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055;
}

static void prepare(
    struct mixing *mixing, const double weights[9], const double offset[3], const uint8_t *output_levels) {
    for (int i = 0; i < 9; i++)
        mixing->weights[i] = (float)weights[i];
    for (int i = 0; i < 3; i++)
        mixing->offset[i] = (float)offset[i];
    for (int i = 0; i < input_levels; i++)
        mixing->to_linear[i] = (float)decode_srgb(i / 255.0);
    if (output_levels != NULL) {
        memcpy(mixing->from_linear, output_levels, sizeof mixing->from_linear);
        return;
    }
    for (int i = 0; i <= linear_steps; i++) {
        uint8_t level = (uint8_t)lrint(255 * encode_srgb((double)i / linear_steps));
        for (int channel = 0; channel < 3; channel++)
            mixing->from_linear[channel][i] = level;
    }
}

static uint8_t mix(const struct mixing *mixing, int channel, float red, float green, float blue) {
    const float *weights = mixing->weights + 3 * channel;
    float sum = weights[0] * red + weights[1] * green + weights[2] * blue + mixing->offset[channel];
    return mixing->from_linear[channel][(int)(VIPS_CLIP(0.0f, sum, 1.0f) * linear_steps + 0.5f)];
}

static int generate(VipsRegion *output, void *sequence, void *input, void *context, gboolean *stop) {
    (void)input;
    (void)stop;
    VipsRegion *source = sequence;
    const struct mixing *mixing = context;
    take_over(&mixing->is_ready);
    VipsRect *area = &output->valid;
    if (vips_region_prepare(source, area) != 0)
        return -1;
    int bands = output->im->Bands;
    for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++) {
        const uint8_t *from = VIPS_REGION_ADDR(source, area->left, y);
        uint8_t *to = VIPS_REGION_ADDR(output, area->left, y);
        for (int x = 0; x < area->width; x++, from += bands, to += bands) {
            float red = mixing->to_linear[from[0]];
            float green = mixing->to_linear[from[1]];
            float blue = mixing->to_linear[from[2]];
            for (int channel = 0; channel < 3; channel++)
                to[channel] = mix(mixing, channel, red, green, blue);
            if (bands == 4)
                to[3] = from[3];
        }
    }
    return 0;
}

CImagingImage *cimaging_mix_linear(
    CImagingImage *image, const double weights[9], const double offset[3], const uint8_t *levels) {
    VipsImage *input = NULL;
    if (vips_colourspace(vips_of(image), &input, VIPS_INTERPRETATION_sRGB, NULL) != 0)
        return NULL;
    VipsImage *output = vips_image_new();
    // The input is read together with the output and must live as long.
    vips_object_local(output, input);
    struct mixing *mixing = VIPS_NEW(output, struct mixing);
    int status = -1;
    bool is_finite = true;
    for (int i = 0; i < 9; i++)
        is_finite = is_finite && isfinite(weights[i]) && isfinite(offset[i % 3]);
    if (mixing != NULL && is_finite && input->BandFmt == VIPS_FORMAT_UCHAR &&
        (input->Bands == 3 || input->Bands == 4)) {
        prepare(mixing, weights, offset, levels);
        hand_over(&mixing->is_ready);
        status = vips_image_pipelinev(output, VIPS_DEMAND_STYLE_THINSTRIP, input, NULL) ||
                 vips_image_generate(output, vips_start_one, generate, vips_stop_one, input, mixing);
    } else {
        vips_error("cimaging_mix_linear", "not 8-bit sRGB, or the numbers are not finite");
    }
    if (status == 0)
        return (CImagingImage *)output;
    g_object_unref(output);
    return NULL;
}

bool cimaging_copy_differences(CImagingImage *image, CImagingImage *other, float *differences, size_t count) {
    VipsImage *context = vips_image_new();
    VipsImage **step = (VipsImage **)vips_object_local_array(VIPS_OBJECT(context), 3);
    int status = vips_colourspace(vips_of(image), &step[0], VIPS_INTERPRETATION_LAB, NULL) ||
                 vips_colourspace(vips_of(other), &step[1], VIPS_INTERPRETATION_LAB, NULL) ||
                 vips_dE00(step[0], step[1], &step[2], NULL);
    size_t length = 0;
    void *memory = status == 0 ? vips_image_write_to_memory(step[2], &length) : NULL;
    bool is_right = memory != NULL && length == count * sizeof(float) && step[2]->BandFmt == VIPS_FORMAT_FLOAT;
    if (is_right)
        memcpy(differences, memory, length);
    g_free(memory);
    g_object_unref(context);
    return is_right;
}
