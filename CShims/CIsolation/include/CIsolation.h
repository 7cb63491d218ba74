// System calls for isolated child processes that Swift cannot make itself: descriptor passing over sockets
// (macros and variable-length headers), memory files, and the calls with which a child confines itself.
//
// Rules: descriptors that a function returns belong to the caller and are closed on exec. Failures return -1
// or false and leave `errno` set. Nothing here keeps state, and any thread may call any function.
#ifndef CISOLATION_H
#define CISOLATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Creates two connected stream sockets.
bool isolation_socket_pair(int pair[2]);

// Creates a memory file without a name. -1 where the system has none (only Linux does).
int isolation_memory_file(void);

// Writes all `count` bytes, with `descriptor` (-1 for none) attached to the first byte. If the peer is gone,
// the call fails with EPIPE; it never raises a signal.
bool isolation_send(int socket, const void *bytes, size_t count, int descriptor);

// Reads at most `count` bytes, and stores the attached descriptor in `*descriptor` (-1 if there is none).
// Waits at most `timeout_ms` (-1: without limit), then fails with ETIMEDOUT. Returns 0 if the peer has closed
// the socket.
ssize_t isolation_receive(int socket, void *bytes, size_t count, int timeout_ms, int *descriptor);

// For the child, at its start: no core files, no file larger than `file_bytes`, few descriptors, and
// termination together with the parent (by the system on Linux; elsewhere, the closed socket has to suffice).
// False if `parent` is no longer the parent.
bool isolation_confine(pid_t parent, uint64_t file_bytes);

// For the child, before a job: limits address space to `memory` bytes beyond its current size, and CPU time
// to `cpu_seconds` from now, after which the system ends the process with SIGXCPU. Does not limit address
// space in builds that need all of it (address and thread sanitizers).
bool isolation_limit_job(uint64_t memory, unsigned cpu_seconds);

// For the child, after the dangerous part of a job: removes both limits.
bool isolation_lift_limits(void);

// The CPU time that a process has used so far, in nanoseconds; -1 if the process is gone.
int64_t isolation_cpu_time(pid_t process);

// For the child, after a large job: returns free memory to the system, where the allocator supports that.
void isolation_release_memory(void);

#endif
