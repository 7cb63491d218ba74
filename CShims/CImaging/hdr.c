// Tone mapping of HDR pictures to SDR, strip by strip. Light is measured in units of SDR white, which is 203
// cd/m² (ITU-R BT.2408).
#include "internal.h"

#include <math.h>

enum { codes = 65536, gain_steps = 4096, output_steps = CIMAGING_LINEAR_STEPS };

static const double white = 203;
// The peak luminance of the nominal HLG display, in cd/m², and the exponent of its system gamma (ITU-R
// BT.2100, table 5).
static const double hlg_screen = 1000;
static const double hlg_gamma = 1.2;

struct showing {
    handover is_ready;
    bool is_hlg;
    float weights[9];
    float luminance[3];
    float peak;
    float light[codes]; // by code value; for HLG, scene light
    float gain[gain_steps + 1];
    uint8_t levels[output_steps + 1];
};

// SMPTE ST 2084: encodes light up to 10,000 cd/m² as values from 0 to 1.
static const double m1 = 2610.0 / 16384, m2 = 2523.0 / 32, c1 = 3424.0 / 4096, c2 = 2413.0 / 128, c3 = 2392.0 / 128;

static double pq_light(double value) {
    double power = pow(value, 1 / m2);
    return 10000 * pow(fmax(power - c1, 0) / (c2 - c3 * power), 1 / m1);
}

// ITU-R BT.2100, table 5: scene light, at most 1.
static double hlg_light(double value) {
    static const double a = 0.17883277, b = 0.28466892, c = 0.55991073;
    return value <= 0.5 ? value * value / 3 : (exp((value - c) / a) + b) / 12;
}

// Compresses light up to `peak` into the range up to white. Light up to half of white stays unchanged. Above,
// its excess x becomes x / (1 + cx), the curve of Reinhard et al., "Photographic tone reproduction for
// digital images" (2002), with `c` such that the peak becomes white. The curve continues the linear part
// without a kink. Unlike a spline with a flat end, such as that of ITU-R BT.2390, it preserves differences in
// a bright sky.
static double rolled_off(double light, double peak) {
    static const double knee = 0.5;
    if (light <= knee)
        return light;
    double excess = light - knee;
    return knee + excess / (1 + excess * (1 / (1 - knee) - 1 / (peak - knee)));
}

static void prepare(struct showing *showing, const CImagingHDR *hdr, double peak) {
    showing->is_hlg = hdr->is_hlg;
    showing->peak = (float)peak;
    for (int i = 0; i < 9; i++)
        showing->weights[i] = (float)hdr->weights[i];
    for (int i = 0; i < 3; i++)
        showing->luminance[i] = (float)hdr->luminance[i];
    for (int i = 0; i < codes; i++) {
        double value = fmin(1, (double)i / hdr->full);
        showing->light[i] = (float)(hdr->is_hlg ? hlg_light(value) : pq_light(value) / white);
    }
    for (int i = 0; i <= gain_steps; i++) {
        double light = peak * i / gain_steps * i / gain_steps;
        showing->gain[i] = (float)(i == 0 || peak <= 1 ? 1 : rolled_off(light, peak) / light);
    }
    for (int i = 0; i <= output_steps; i++) {
        double light = (double)i / output_steps;
        double value = light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055;
        showing->levels[i] = (uint8_t)lrint(255 * value);
    }
}

// Computes a pixel's display light in sRGB primaries. Returns the value of the brightest channel.
static float screen_light(const struct showing *showing, const float pixel[3], float light[3]) {
    float scale = 1;
    if (showing->is_hlg) {
        const float *share = showing->luminance;
        float luminance = share[0] * pixel[0] + share[1] * pixel[1] + share[2] * pixel[2];
        scale = (float)(hlg_screen / white) * powf(luminance, (float)(hlg_gamma - 1));
    }
    float most = 0;
    for (int channel = 0; channel < 3; channel++) {
        const float *weights = showing->weights + 3 * channel;
        float sum = weights[0] * pixel[0] + weights[1] * pixel[1] + weights[2] * pixel[2];
        light[channel] = fmaxf(0, scale * sum);
        most = fmaxf(most, light[channel]);
    }
    return most;
}

static float gain(const struct showing *showing, float light) {
    if (light >= showing->peak)
        return 1 / fmaxf(light, 1);
    float place = sqrtf(light / showing->peak) * gain_steps;
    int step = VIPS_MIN((int)place, gain_steps - 1);
    float part = place - (float)step;
    return showing->gain[step] * (1 - part) + showing->gain[step + 1] * part;
}

// Reads one pixel's channels as light, without alpha. Returns the number of color channels.
static int read_pixel(const struct showing *showing, const void *row, int x, int bands, bool is_wide, float pixel[3]) {
    int colors = bands < 3 ? 1 : 3;
    for (int channel = 0; channel < colors; channel++) {
        int place = x * bands + channel;
        int value = is_wide ? ((const uint16_t *)row)[place] : ((const uint8_t *)row)[place] * 257;
        pixel[channel] = showing->light[value];
    }
    if (colors == 1)
        pixel[1] = pixel[2] = pixel[0];
    return colors;
}

static int generate(VipsRegion *output, void *sequence, void *input, void *context, gboolean *stop) {
    (void)input;
    (void)stop;
    VipsRegion *source = sequence;
    const struct showing *showing = context;
    take_over(&showing->is_ready);
    VipsRect *area = &output->valid;
    if (vips_region_prepare(source, area) != 0)
        return -1;
    int bands = output->im->Bands;
    bool is_wide = source->im->BandFmt == VIPS_FORMAT_USHORT;
    for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++) {
        const void *from = VIPS_REGION_ADDR(source, area->left, y);
        uint8_t *to = VIPS_REGION_ADDR(output, area->left, y);
        for (int x = 0; x < area->width; x++, to += bands) {
            float pixel[3], light[3];
            int colors = read_pixel(showing, from, x, bands, is_wide, pixel);
            float factor = gain(showing, screen_light(showing, pixel, light));
            for (int channel = 0; channel < colors; channel++)
                to[channel] = showing->levels[(int)(fminf(1, light[channel] * factor) * output_steps + 0.5f)];
            if (bands > colors) {
                int place = x * bands + colors;
                to[colors] = is_wide ? (uint8_t)(((const uint16_t *)from)[place] >> 8) : ((const uint8_t *)from)[place];
            }
        }
    }
    return 0;
}

static bool is_readable(const VipsImage *image, const CImagingHDR *hdr) {
    return (image->BandFmt == VIPS_FORMAT_USHORT || image->BandFmt == VIPS_FORMAT_UCHAR) && image->Bands >= 1 &&
           image->Bands <= 4 && image->Coding == VIPS_CODING_NONE && hdr->full > 0;
}

bool cimaging_hdr_peak(CImagingImage *image, const CImagingHDR *hdr, double *peak) {
    VipsImage *input = vips_of(image);
    size_t length = 0;
    struct showing *showing = g_malloc0(sizeof *showing);
    prepare(showing, hdr, 1);
    void *memory = is_readable(input, hdr) ? vips_image_write_to_memory(input, &length) : NULL;
    bool is_wide = input->BandFmt == VIPS_FORMAT_USHORT;
    size_t row_length = (size_t)input->Xsize * (size_t)input->Bands * (is_wide ? 2 : 1);
    bool is_right = memory != NULL && length == row_length * (size_t)input->Ysize;
    float most = 0;
    for (int y = 0; is_right && y < input->Ysize; y++) {
        for (int x = 0; x < input->Xsize; x++) {
            float pixel[3], light[3];
            read_pixel(showing, (const char *)memory + (size_t)y * row_length, x, input->Bands, is_wide, pixel);
            most = fmaxf(most, screen_light(showing, pixel, light));
        }
    }
    g_free(memory);
    g_free(showing);
    *peak = most;
    return is_right;
}

CImagingImage *cimaging_hdr_to_srgb(CImagingImage *image, const CImagingHDR *hdr, double peak) {
    VipsImage *input = vips_of(image);
    VipsImage *output = vips_image_new();
    struct showing *showing = VIPS_NEW(output, struct showing);
    int status = -1;
    if (showing != NULL && is_readable(input, hdr)) {
        prepare(showing, hdr, peak);
        // The input is read together with the output and must live as long.
        vips_object_local(output, g_object_ref(input));
        hand_over(&showing->is_ready);
        status = vips_image_pipelinev(output, VIPS_DEMAND_STYLE_THINSTRIP, input, NULL);
        output->BandFmt = VIPS_FORMAT_UCHAR;
        output->Type = input->Bands < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
        vips_image_remove(output, VIPS_META_ICC_NAME);
        if (status == 0)
            status = vips_image_generate(output, vips_start_one, generate, vips_stop_one, input, showing);
    } else {
        vips_error("cimaging_hdr_to_srgb", "not 8 or 16 bits of RGB or gray");
    }
    if (status == 0)
        return (CImagingImage *)output;
    g_object_unref(output);
    return NULL;
}
