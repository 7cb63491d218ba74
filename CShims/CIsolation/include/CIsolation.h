// What a program and its child processes need of the system and Swift cannot call: descriptors passed through sockets
// (macros and variable-length headers), memory files, and the calls by which a child confines itself.
//
// Rules: descriptors that come out of a function belong to the caller and are closed on exec. Failures return -1 or
// false and leave `errno`. Nothing here keeps state; any thread may call.
#ifndef CISOLATION_H
#define CISOLATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Two connected stream sockets.
bool isolation_socket_pair(int pair[2]);

// A file in memory, without a name; -1 where the system has none (only Linux does).
int isolation_memory_file(void);

// Writes all `count` bytes, with `descriptor` (or -1 for none) attached to the first. A peer that went away is an
// error (EPIPE), never a signal.
bool isolation_send(int socket, const void *bytes, size_t count, int descriptor);

// Reads at most `count` bytes and, into `*descriptor` (-1 when there is none), what came attached. Waits at most
// `timeout_ms` (-1: for ever) and then fails with ETIMEDOUT. Returns 0 when the peer has closed.
ssize_t isolation_receive(int socket, void *bytes, size_t count, int timeout_ms, int *descriptor);

// For the child, at its start: no core files, no files written beyond nameless ones of `file_bytes`, few descriptors,
// and death together with the parent (the system's own means on Linux; elsewhere the closed socket must do).
// False when `parent` is not the parent any more.
bool isolation_confine(pid_t parent, uint64_t file_bytes);

// For the child, before a job: at most `memory` bytes of address space beyond what it has now, and `cpu_seconds` of CPU
// time from now on, after which the system ends it with SIGXCPU. Address space is left alone where the build needs it
// all (address sanitizer).
bool isolation_limit_job(uint64_t memory, unsigned cpu_seconds);

// For the child, when the dangerous part of a job is over: takes both limits away again.
bool isolation_lift_limits(void);

// The CPU time that a process has used so far, in nanoseconds; -1 when it is gone.
int64_t isolation_cpu_time(pid_t process);

// For the child, after a large job: gives free memory back to the system, where the allocator can do that.
void isolation_release_memory(void);

#endif
