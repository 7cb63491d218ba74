#define _GNU_SOURCE
#include "CIsolation.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h> // memfd_create
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// Control buffer for one descriptor, aligned as the system requires.
union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
};

static void close_on_exec(int descriptor) {
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

bool isolation_socket_pair(int pair[2]) {
#ifdef SOCK_CLOEXEC
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0;
#else
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return false;
    int on = 1;
    for (int end = 0; end < 2; end++) {
        close_on_exec(pair[end]);
        setsockopt(pair[end], SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
    }
    return true;
#endif
}

int isolation_memory_file(void) {
#ifdef MFD_CLOEXEC
    return memfd_create("plantain", MFD_CLOEXEC);
#else
    return -1;
#endif
}

static void attach(struct msghdr *message, union control *control, int descriptor) {
    memset(control, 0, sizeof *control);
    message->msg_control = control->room;
    message->msg_controllen = sizeof control->room;
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
}

bool isolation_send(int socket, const void *bytes, size_t count, int descriptor) {
    int flags = 0;
#ifdef MSG_NOSIGNAL
    flags = MSG_NOSIGNAL;
#endif
    const char *next = bytes;
    while (count > 0) {
        struct iovec piece = {.iov_base = (void *)next, .iov_len = count};
        struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
        union control control;
        if (descriptor >= 0)
            attach(&message, &control, descriptor);
        ssize_t sent = sendmsg(socket, &message, flags);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        descriptor = -1;
        next += sent;
        count -= (size_t)sent;
    }
    return true;
}

// Takes the attached descriptors out of the message. Keeps the first and closes the others, which were not
// requested.
static int detach(struct msghdr *message) {
    int found = -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        size_t many = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t at = 0; at < many; at++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + at * sizeof(int), sizeof(int));
            if (found < 0)
                found = descriptor;
            else
                close(descriptor);
        }
    }
    return found;
}

static int64_t milliseconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Waits until the socket has something to read or the peer has closed it. False after the timeout or an
// error.
static bool wait_for(int socket, int timeout_ms) {
    int64_t end = milliseconds_now() + timeout_ms;
    for (;;) {
        int64_t left = timeout_ms < 0 ? -1 : end - milliseconds_now();
        struct pollfd watched = {.fd = socket, .events = POLLIN};
        int ready = poll(&watched, 1, timeout_ms < 0 ? -1 : (int)(left > 0 ? left : 0));
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
        if (ready == 0) {
            errno = ETIMEDOUT;
            return false;
        }
    }
}

ssize_t isolation_receive(int socket, void *bytes, size_t count, int timeout_ms, int *descriptor) {
    *descriptor = -1;
    if (!wait_for(socket, timeout_ms))
        return -1;
    int flags = 0;
#ifdef MSG_CMSG_CLOEXEC
    flags = MSG_CMSG_CLOEXEC;
#endif
    union control control;
    struct iovec piece = {.iov_base = bytes, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
    ssize_t received;
    do {
        received = recvmsg(socket, &message, flags);
    } while (received < 0 && errno == EINTR);
    if (received < 0)
        return -1;
    *descriptor = detach(&message);
    if (*descriptor >= 0)
        close_on_exec(*descriptor);
    return received;
}
