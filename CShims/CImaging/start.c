#include "internal.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static CImagingLog log_sink;
static GMutex compiler;

void lock_compiler(void) {
    g_mutex_lock(&compiler);
}
void unlock_compiler(void) {
    g_mutex_unlock(&compiler);
}

struct thread_work {
    int (*work)(void *);
    void *argument;
    int status;
};

static void *do_work(void *argument) {
    struct thread_work *work = argument;
    work->status = work->work(work->argument);
    return NULL;
}

int in_vips_thread(int (*work)(void *), void *argument) {
    struct thread_work all = {work, argument, -1};
    GThread *thread = vips_g_thread_new("strips", do_work, &all);
    if (thread != NULL)
        g_thread_join(thread);
    return all.status;
}

static atomic_bool started;

static void forward_log(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer user) {
    (void)domain;
    (void)level;
    (void)user;
    if (log_sink != NULL && message != NULL)
        log_sink(message);
}

// Blocks all loaders except those that the header names: buffer loaders, and a source loader for the module's
// own source.
static void block_loaders(void) {
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    vips_operation_block_set("VipsForeignLoadJpegBuffer", FALSE);
    vips_operation_block_set("VipsForeignLoadPngBuffer", FALSE);
    vips_operation_block_set("VipsForeignLoadPngSource", FALSE);
    vips_operation_block_set("VipsForeignLoadWebpBuffer", FALSE);
    vips_operation_block_set("VipsForeignLoadNsgifBuffer", FALSE);
    vips_operation_block_set("VipsForeignLoadTiffBuffer", FALSE);
    vips_operation_block_set("VipsForeignLoadHeifBuffer", FALSE);
}

void require_module(CImagingLoader loader) {
#if defined(__linux__)
    // The module's loaders did not exist yet when all others were blocked.
    if (!knows_loader(loader) && load_module(loader))
        block_loaders();
#else
    (void)loader;
#endif
}

CImagingStart cimaging_start(CImagingLog log, bool owns_process) {
#if defined(__linux__)
    // With this path libvips finds no modules and loads none (see modules.c). Only a dedicated process may
    // change its environment.
    if (owns_process)
        setenv("VIPSHOME", "/nonexistent", 1);
#else
    (void)owns_process;
#endif
    log_sink = log;
    g_log_set_default_handler(forward_log, NULL);
    if (vips_init("plantain") != 0)
        return CImagingCannotInitialize;
    if (vips_version(0) < 8 || (vips_version(0) == 8 && vips_version(1) < 14))
        return CImagingLibraryTooOld;

    // Each picture is seen once, so a cache would only occupy memory.
    vips_cache_set_max(0);
    // With two or more threads per picture, 8.14 sometimes accepts damaged files despite fail_on.
    vips_concurrency_set(1);

    block_loaders();
    atomic_store(&started, true);
    return CImagingStarted;
}

const char *cimaging_version(void) {
    return vips_version_string();
}

void cimaging_take_error_text(char *text, size_t capacity) {
    char *copy = vips_error_buffer_copy();
    g_strlcpy(text, g_strchomp(copy), capacity);
    g_free(copy);
}

void cimaging_finish_thread(void) {
    // Pictures that pass through unchanged never start libvips, and before a start this call would crash.
    if (atomic_load(&started))
        vips_thread_shutdown();
}
