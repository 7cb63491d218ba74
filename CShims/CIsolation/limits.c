#define _GNU_SOURCE
#include "CIsolation.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif
#ifdef __APPLE__
#include <libproc.h>
#endif
#ifdef __GLIBC__
#include <malloc.h>
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define NEEDS_ALL_ADDRESSES 1
#endif
#endif

// The descriptors of a child: the channel, the null device three times, a file or two, and those that the
// libraries open.
static const rlim_t most_descriptors = 64;

static bool limit(int resource, rlim_t soft, rlim_t hard) {
    struct rlimit value = {.rlim_cur = soft, .rlim_max = hard};
    return setrlimit(resource, &value) == 0;
}

// Pictures are processed one after the other and need the same large blocks. Requesting each block again from
// the system costs up to a tenth of the work in page faults. Memory beyond these thresholds is returned after
// every job (isolation_release_memory).
static void keep_memory_between_jobs(void) {
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 32 << 20); // the maximum that glibc accepts
    mallopt(M_TRIM_THRESHOLD, 48 << 20);
#endif
}

bool isolation_confine(pid_t parent, uint64_t file_bytes) {
#ifdef __linux__
    // Also covers a parent that is killed, and a child that is stopped or busy and does not see its socket
    // close.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return false;
#endif
    keep_memory_between_jobs();
    // An interrupt from the terminal is meant for the parent, which decides what happens to its children.
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    // A file that grows too large must fail the write, not end the process.
    signal(SIGXFSZ, SIG_IGN);
    bool limited = limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_FSIZE, file_bytes, file_bytes) &&
                   limit(RLIMIT_NOFILE, most_descriptors, most_descriptors);
    // The parent may have died before the call to prctl.
    return limited && getppid() == parent;
}

#ifndef NEEDS_ALL_ADDRESSES
// The address space in use, in bytes; 0 where the system does not report it.
static uint64_t addresses_in_use(void) {
#ifdef __linux__
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return 0;
    unsigned long pages = 0;
    int read = fscanf(file, "%lu", &pages);
    fclose(file);
    return read == 1 ? (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
#else
    return 0;
#endif
}
#endif

bool isolation_limit_job(uint64_t memory, unsigned cpu_seconds) {
    struct rlimit now;
#ifdef NEEDS_ALL_ADDRESSES
    (void)memory;
#else
    uint64_t used = addresses_in_use();
    // macOS does not enforce RLIMIT_AS and counts differently, so the limit stays unchanged there.
    if (used > 0) {
        if (getrlimit(RLIMIT_AS, &now) != 0)
            return false;
        rlim_t wanted = used + memory;
        if (now.rlim_max != RLIM_INFINITY && wanted > now.rlim_max)
            wanted = now.rlim_max;
        if (!limit(RLIMIT_AS, wanted, now.rlim_max))
            return false;
    }
#endif
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0 || getrlimit(RLIMIT_CPU, &now) != 0)
        return false;
    rlim_t spent = (rlim_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + 1);
    rlim_t wanted = spent + cpu_seconds;
    if (now.rlim_max != RLIM_INFINITY && wanted > now.rlim_max)
        wanted = now.rlim_max;
    return limit(RLIMIT_CPU, wanted, now.rlim_max);
}

bool isolation_lift_limits(void) {
    struct rlimit now;
    bool lifted = getrlimit(RLIMIT_CPU, &now) == 0 && limit(RLIMIT_CPU, now.rlim_max, now.rlim_max);
#ifndef NEEDS_ALL_ADDRESSES
    lifted = lifted && getrlimit(RLIMIT_AS, &now) == 0 && limit(RLIMIT_AS, now.rlim_max, now.rlim_max);
#endif
    return lifted;
}

void isolation_release_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

int64_t isolation_cpu_time(pid_t process) {
#ifdef __APPLE__
    struct rusage_info_v2 usage;
    if (proc_pid_rusage(process, RUSAGE_INFO_V2, (rusage_info_t *)&usage) != 0)
        return -1;
    return (int64_t)(usage.ri_user_time + usage.ri_system_time);
#else
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0)
        return -1;
    return time.tv_sec * 1000000000LL + time.tv_nsec;
#endif
}
