// The inner loops of resampling in integers, for vectors of VECTOR_BYTES bytes and the CPUs of TARGET.
// PRODUCTS multiplies 16-bit lanes and adds neighbors. SPREAD lists, for each lane, the index of its weight
// in a vector of pixel pairs. Included once per instruction set.

TARGET static void add_pairs(int16_t *restrict sums, const int32_t *restrict from, size_t stride,
    const int32_t *restrict weights, int shift, int pairs, int count, bool are_new) {
    typedef int32_t vector __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(int32_t))));
    typedef int16_t halves __attribute__((vector_size(VECTOR_BYTES)));
    typedef int16_t kept __attribute__((vector_size(VECTOR_BYTES / 2), aligned(sizeof(int16_t))));
    enum { width = VECTOR_BYTES / sizeof(int32_t), at_once = VECTOR_BYTES == 64 ? 4 : 8 };
    _Static_assert(tile_pixels * 3 % width == 0, "sums right of a tile would be overwritten");
    int32_t half = 1 << (shift - 1);
    int at = 0;
    for (; at + at_once * width <= count; at += at_once * width) {
        kept *to = (kept *)(sums + at);
        vector sum[at_once] = {{0}};
        for (int i = 0; i < at_once && !are_new; i++)
            sum[i] = __builtin_convertvector(to[i], vector) << shift;
        for (int pair = 0; pair < pairs; pair++) {
            const vector *next = (const vector *)(from + (size_t)pair * stride + at);
            halves weight = (halves)((vector){0} + weights[pair]);
            for (int i = 0; i < at_once; i++)
                sum[i] += (vector)PRODUCTS((halves)next[i], weight);
        }
        for (int i = 0; i < at_once; i++)
            to[i] = __builtin_convertvector((sum[i] + half) >> shift, kept);
    }
    for (; at < count; at += width) {
        kept *to = (kept *)(sums + at);
        vector sum = {0};
        if (!are_new)
            sum = __builtin_convertvector(*to, vector) << shift;
        for (int pair = 0; pair < pairs; pair++) {
            const vector *next = (const vector *)(from + (size_t)pair * stride + at);
            sum += (vector)PRODUCTS((halves)*next, (halves)((vector){0} + weights[pair]));
        }
        *to = __builtin_convertvector((sum + half) >> shift, kept);
    }
}

TARGET static void reduce_pairs(const struct filter *columns, const struct pair_weights *weights, int from, int end,
    int origin, const int16_t *const loaded[rows_at_once], VipsPel *restrict const reduced[rows_at_once]) {
    typedef int32_t vector __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(int32_t)), may_alias));
    typedef int16_t halves __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(int16_t)), may_alias));
    typedef int32_t few __attribute__((vector_size(VECTOR_BYTES / 4), aligned(sizeof(int32_t))));
    enum { pairs = VECTOR_BYTES / sizeof(four), samples = VECTOR_BYTES / sizeof(int16_t) };
    _Static_assert(pairs_per_step % pairs == 0, "a vector would reach past the room for weights");
    // Copies of the pointers: as far as the compiler knows, the stores could change the originals.
    const int16_t *const row[rows_at_once] = {loaded[0], loaded[1], loaded[2], loaded[3]};
    VipsPel *restrict const to[rows_at_once] = {reduced[0], reduced[1], reduced[2], reduced[3]};
    const int *first = columns->first;
    int most = weights->most;
    int vectors = (weights->widest + pairs - 1) / pairs;
    int shift = weights->bits + sum_bits;
    const int32_t *column_weights = weights->weights + (size_t)from * (size_t)most;
    for (int column = from; column < end; column++, column_weights += most) {
        ptrdiff_t at = (first[column] / 2 - origin) * pair_samples;
        vector sum[rows_at_once] = {{0}};
        // The same number of iterations for each column, because the CPU mispredicts a varying number.
        for (int i = 0; i < vectors; i++, at += samples) {
            few weight = ((const few *)column_weights)[i];
            halves spread = (halves)__builtin_shufflevector(weight, weight, SPREAD);
            for (int j = 0; j < rows_at_once; j++)
                sum[j] += (vector)PRODUCTS(*(const halves *)(row[j] + at), spread);
        }
        four whole[rows_at_once];
        for (int j = 0; j < rows_at_once; j++) {
            whole[j] = (four){0} + (1 << (shift - 1));
            for (int part = 0; part < pairs; part++)
                whole[j] += ((const four *)&sum[j])[part];
        }
        store_pixels(to, (ptrdiff_t)column * 3, whole, shift);
    }
}

#undef TARGET
#undef VECTOR_BYTES
#undef PRODUCTS
#undef SPREAD
