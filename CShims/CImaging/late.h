#ifndef CIMAGING_LATE_H
#define CIMAGING_LATE_H

// Late binding of libvips.
//
// libvips depends on ninety libraries. Linking them takes four fifths of a short program's start, and most
// runs of the command need none of them. On Linux, `cimaging_start` therefore loads libvips, and each
// function of libvips and its GLib that this module calls is looked up at its first call. If a function is
// missing from this list, the programs fail to link. On other systems, and in programs of others, everything
// is linked as usual.
#if defined(__linux__)

#include <gmodule.h>
#include <stdatomic.h>
#include <vips/vips.h>

// Loads libvips 8. Returns NULL, or the dynamic loader's error message.
const char *load_late(void);

// Loads the libvips module that contains the loader, if the loader is in a module and the module is
// installed. Returns whether this call loaded it.
bool load_module(CImagingLoader loader);

// The address of a function of libvips or of a library that it depends on. The function exists, because
// `cimaging_start` refuses older versions.
void *late_address(const char *name);

#define LATE(name) \
    (*({ \
        static _Atomic(void *) address; \
        void *found = atomic_load_explicit(&address, memory_order_relaxed); \
        if (found == NULL) \
            atomic_store_explicit(&address, found = late_address(#name), memory_order_relaxed); \
        (__typeof__(&name))found; \
    }))

// Newer versions of GLib define macros with these names for the functions.
#undef g_free
#undef g_object_ref
#undef g_strlcpy

#define g_free LATE(g_free)
#define g_log_set_default_handler LATE(g_log_set_default_handler)
#define g_malloc0 LATE(g_malloc0)
#define g_malloc0_n LATE(g_malloc0_n)
#define g_module_open LATE(g_module_open)
#define g_mutex_lock LATE(g_mutex_lock)
#define g_mutex_unlock LATE(g_mutex_unlock)
#define g_object_ref LATE(g_object_ref)
#define g_object_set_data_full LATE(g_object_set_data_full)
#define g_object_unref LATE(g_object_unref)
#define g_signal_connect_data LATE(g_signal_connect_data)
#define g_strchomp LATE(g_strchomp)
#define g_strfreev LATE(g_strfreev)
#define g_strlcpy LATE(g_strlcpy)
#define g_thread_join LATE(g_thread_join)
#define g_type_check_instance_cast LATE(g_type_check_instance_cast)
#define vips_Lab2XYZ LATE(vips_Lab2XYZ)
#define vips_LabQ2LabS LATE(vips_LabQ2LabS)
#define vips_addalpha LATE(vips_addalpha)
#define vips_affine LATE(vips_affine)
#define vips_area_unref LATE(vips_area_unref)
#define vips_array_double_new LATE(vips_array_double_new)
#define vips_array_double_newv LATE(vips_array_double_newv)
#define vips_array_int_newv LATE(vips_array_int_newv)
#define vips_bandjoin2 LATE(vips_bandjoin2)
#define vips_blob_new LATE(vips_blob_new)
#define vips_block_untrusted_set LATE(vips_block_untrusted_set)
#define vips_cache_set_max LATE(vips_cache_set_max)
#define vips_call LATE(vips_call)
#define vips_cast LATE(vips_cast)
#define vips_colourspace LATE(vips_colourspace)
#define vips_concurrency_set LATE(vips_concurrency_set)
#define vips_copy LATE(vips_copy)
#define vips_dE00 LATE(vips_dE00)
#define vips_embed LATE(vips_embed)
#define vips_error LATE(vips_error)
#define vips_error_buffer_copy LATE(vips_error_buffer_copy)
#define vips_extract_area LATE(vips_extract_area)
#define vips_extract_band LATE(vips_extract_band)
#define vips_flatten LATE(vips_flatten)
#define vips_flip LATE(vips_flip)
#define vips_format_sizeof_unsafe LATE(vips_format_sizeof_unsafe)
#define vips_g_thread_new LATE(vips_g_thread_new)
#define vips_gaussblur LATE(vips_gaussblur)
#define vips_icc_transform LATE(vips_icc_transform)
#define vips_image_generate LATE(vips_image_generate)
#define vips_image_get_bands LATE(vips_image_get_bands)
#define vips_image_get_blob LATE(vips_image_get_blob)
#define vips_image_get_fields LATE(vips_image_get_fields)
#define vips_image_get_format LATE(vips_image_get_format)
#define vips_image_get_height LATE(vips_image_get_height)
#define vips_image_get_interpretation LATE(vips_image_get_interpretation)
#define vips_image_get_typeof LATE(vips_image_get_typeof)
#define vips_image_get_width LATE(vips_image_get_width)
#define vips_image_hasalpha LATE(vips_image_hasalpha)
#define vips_image_init_fields LATE(vips_image_init_fields)
#define vips_image_new LATE(vips_image_new)
#define vips_image_new_from_memory LATE(vips_image_new_from_memory)
#define vips_image_new_from_memory_copy LATE(vips_image_new_from_memory_copy)
#define vips_image_new_matrix_from_array LATE(vips_image_new_matrix_from_array)
#define vips_image_new_memory LATE(vips_image_new_memory)
#define vips_image_pipeline_array LATE(vips_image_pipeline_array)
#define vips_image_pipelinev LATE(vips_image_pipelinev)
#define vips_image_remove LATE(vips_image_remove)
#define vips_image_set_blob_copy LATE(vips_image_set_blob_copy)
#define vips_image_write LATE(vips_image_write)
#define vips_image_write_prepare LATE(vips_image_write_prepare)
#define vips_image_write_to_memory LATE(vips_image_write_to_memory)
#define vips_init LATE(vips_init)
#define vips_interpolate_new LATE(vips_interpolate_new)
#define vips_invert LATE(vips_invert)
#define vips_jpegsave_buffer LATE(vips_jpegsave_buffer)
#define vips_linear LATE(vips_linear)
#define vips_linear1 LATE(vips_linear1)
#define vips_malloc LATE(vips_malloc)
#define vips_maplut LATE(vips_maplut)
#define vips_min LATE(vips_min)
#define vips_object_get_type LATE(vips_object_get_type)
#define vips_object_local_array LATE(vips_object_local_array)
#define vips_object_local_cb LATE(vips_object_local_cb)
#define vips_operation_block_set LATE(vips_operation_block_set)
#define vips_pngsave_buffer LATE(vips_pngsave_buffer)
#define vips_recomb LATE(vips_recomb)
#define vips_rect_includespoint LATE(vips_rect_includespoint)
#define vips_region_image LATE(vips_region_image)
#define vips_region_new LATE(vips_region_new)
#define vips_region_prepare LATE(vips_region_prepare)
#define vips_region_prepare_to LATE(vips_region_prepare_to)
#define vips_rot LATE(vips_rot)
#define vips_rshift_const1 LATE(vips_rshift_const1)
#define vips_sobel LATE(vips_sobel)
#define vips_source_custom_new LATE(vips_source_custom_new)
#define vips_start_one LATE(vips_start_one)
#define vips_stop_one LATE(vips_stop_one)
#define vips_thread_shutdown LATE(vips_thread_shutdown)
#define vips_type_find LATE(vips_type_find)
#define vips_version LATE(vips_version)
#define vips_version_string LATE(vips_version_string)
#define vips_webpsave_buffer LATE(vips_webpsave_buffer)

#endif
#endif
