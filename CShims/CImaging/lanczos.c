// The input weights of each output pixel for resampling.
#include "resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double lobes = 3;

static double lanczos(double x) {
    if (x == 0)
        return 1;
    if (fabs(x) >= lobes)
        return 0;
    // lobes · sin(πx) · sin(πx / lobes) / (πx)², where the triple-angle formula gives the first sine from the
    // second.
    double angle = G_PI * x;
    double third = sin(angle / 3);
    return 3 * (3 - 4 * third * third) * third * third / (angle * angle);
}

void resample_free_filter(struct filter *filter) {
    free(filter->first);
    free(filter->count);
    free(filter->weights);
}

static void weigh(struct filter *filter, int output, double center, double scale, int inputs) {
    int first = VIPS_MAX(0, (int)floor(center - lobes * scale));
    int end = VIPS_MIN(inputs, (int)ceil(center + lobes * scale));
    float *weights = filter->weights + (size_t)output * (size_t)filter->taps;
    double sum = 0;
    for (int input = first; input < end; input++) {
        double weight = lanczos((input + 0.5 - center) / scale);
        weights[input - first] = (float)weight;
        sum += weight;
    }
    for (int input = first; input < end; input++)
        weights[input - first] = (float)(weights[input - first] / sum);
    filter->first[output] = first;
    filter->count[output] = end - first;
}

bool resample_make_filter(struct filter *filter, int inputs, int outputs, int step) {
    double factor = (double)inputs / outputs;
    double scale = VIPS_MAX(1, factor);
    filter->outputs = outputs;
    int most = VIPS_MIN(inputs, (int)ceil(2 * lobes * scale) + 1);
    filter->taps = (most + step - 1) / step * step;
    filter->first = calloc((size_t)outputs, sizeof(int));
    filter->count = calloc((size_t)outputs, sizeof(int));
    filter->weights = calloc((size_t)outputs * (size_t)filter->taps, sizeof(float));
    if (filter->first == NULL || filter->count == NULL || filter->weights == NULL)
        return false;
    for (int output = 0; output < outputs; output++)
        weigh(filter, output, (output + 0.5) * factor, scale, inputs);
    return true;
}

float *resample_spread_weights(const struct filter *filter, int bands) {
    int step = pixels_per_vector(bands);
    size_t vectors = (size_t)(filter->taps / step);
    float *spread = calloc((size_t)filter->outputs * vectors * lanes, sizeof(float));
    if (spread == NULL)
        return NULL;
    for (size_t tap = 0; tap < (size_t)filter->outputs * (size_t)filter->taps; tap++) {
        float *to = spread + tap / (size_t)step * lanes + tap % (size_t)step * (size_t)bands;
        for (int band = 0; band < bands; band++)
            to[band] = filter->weights[tap];
    }
    return spread;
}

// The first weight of a pair is in the lower half.
static int32_t pair_of(int first, int second) {
    return (int32_t)((uint32_t)(uint16_t)first | (uint32_t)second << 16);
}

// Rounds the weights of an output to `bits` fractional bits, two weights per pair. Each rounding error is
// carried to the next weight, so that the sum is exactly 1.
static void round_weights(int *rounded, const struct filter *filter, int output, int bits) {
    const float *weights = filter->weights + (size_t)output * (size_t)filter->taps;
    double sum = 0;
    int before = 0;
    for (int tap = 0; tap < filter->count[output]; tap++) {
        sum += (double)weights[tap];
        int after = (int)lrint(ldexp(sum, bits));
        rounded[filter->first[output] % 2 + tap] = after - before;
        before = after;
    }
}

bool resample_pair_weights(
    struct pair_weights *pairs, const struct filter *filter, int inputs, int most_bits, int step) {
    // A weight is at most 9/7 of the reduction's reciprocal. This maximum occurs when two samples are
    // enlarged to many. With 14 fractional bits, plus one for each halving, a signed weight fits into 16
    // bits.
    int bits = 14 + (inputs > filter->outputs ? (int)log2((double)inputs / filter->outputs) : 0);
    pairs->widest = 0;
    for (int output = 0; output < filter->outputs; output++)
        pairs->widest = VIPS_MAX(pairs->widest, pair_count(filter, output));
    int most = (pairs->widest + step - 1) / step * step;
    pairs->bits = VIPS_MIN(bits, most_bits);
    pairs->most = most;
    pairs->weights = calloc((size_t)filter->outputs * (size_t)most, sizeof(int32_t));
    int *rounded = malloc((size_t)most * 2 * sizeof(int));
    if (pairs->weights == NULL || rounded == NULL) {
        free(rounded);
        return false;
    }
    for (int output = 0; output < filter->outputs; output++) {
        int32_t *to = pairs->weights + (size_t)output * (size_t)most;
        memset(rounded, 0, (size_t)most * 2 * sizeof(int));
        round_weights(rounded, filter, output, pairs->bits);
        for (int pair = 0; pair < pair_count(filter, output); pair++)
            to[pair] = pair_of(rounded[2 * pair], rounded[2 * pair + 1]);
    }
    free(rounded);
    return true;
}
