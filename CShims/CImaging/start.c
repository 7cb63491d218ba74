#include "internal.h"

#include <stdatomic.h>
#include <stdio.h>

static CImagingLog log_sink;
static GMutex compiler;

void lock_compiler(void) {
    g_mutex_lock(&compiler);
}
void unlock_compiler(void) {
    g_mutex_unlock(&compiler);
}
static atomic_bool started;
// Why there is no libvips to ask for its own words.
static const char *load_problem;

static void forward_log(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer user) {
    (void)domain;
    (void)level;
    (void)user;
    if (log_sink != NULL && message != NULL)
        log_sink(message);
}

CImagingStart cimaging_start(CImagingLog log) {
#if defined(__linux__)
    load_problem = load_late();
    if (load_problem != NULL)
        return CImagingCannotInitialise;
#endif
    log_sink = log;
    g_log_set_default_handler(forward_log, NULL);
    if (vips_init("plantain") != 0)
        return CImagingCannotInitialise;
    if (vips_version(0) < 8 || (vips_version(0) == 8 && vips_version(1) < 14))
        return CImagingLibraryTooOld;

    // Pictures are seen once: a cache would only hold memory.
    vips_cache_set_max(0);
    // With two or more threads per picture, 8.14 sometimes accepts damaged files in spite of fail_on.
    vips_concurrency_set(1);

    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    vips_operation_block_set("VipsForeignLoadJpegBuffer", FALSE);
    vips_operation_block_set("VipsForeignLoadPngBuffer", FALSE);
    vips_operation_block_set("VipsForeignLoadWebpBuffer", FALSE);
    vips_operation_block_set("VipsForeignLoadNsgifBuffer", FALSE);
    vips_operation_block_set("VipsForeignLoadTiffBuffer", FALSE);
    vips_operation_block_set("VipsForeignLoadHeifBuffer", FALSE);
    atomic_store(&started, true);
    return CImagingStarted;
}

const char *cimaging_version(void) {
    return vips_version_string();
}

void cimaging_take_error_text(char *text, size_t capacity) {
    if (load_problem != NULL) {
        snprintf(text, capacity, "%s", load_problem);
        return;
    }
    char *copy = vips_error_buffer_copy();
    g_strlcpy(text, g_strchomp(copy), capacity);
    g_free(copy);
}

void cimaging_finish_thread(void) {
    // Pictures that pass untouched never start libvips, and before that the call would crash.
    if (atomic_load(&started))
        vips_thread_shutdown();
}
