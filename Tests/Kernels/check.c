// Compares every named kernel with the scalar one, for a CPU that the Swift tests do not run on: built by a
// cross-compiler and run by an emulator (Tests/extended). Buffers end at inaccessible pages.
#include "CBase64.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page;
static unsigned long state = 12345;

static uint8_t chance(void) {
    state = state * 6364136223846793005ul + 1442695040888963407ul;
    return (uint8_t)(state >> 56);
}

// `count` bytes that end at an inaccessible page.
static uint8_t *at_edge(size_t count) {
    size_t whole = (count + page) / page * page;
    uint8_t *start = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(start + whole, page, PROT_NONE);
    return start + whole - count;
}

static void give_back(uint8_t *bytes, size_t count) {
    size_t whole = (count + page) / page * page;
    munmap(bytes + count - whole, whole + page);
}

static void require(bool holds, const char *kernel, const char *what, size_t length) {
    if (holds)
        return;
    fprintf(stderr, "%s: %s fails at length %zu\n", kernel, what, length);
    exit(1);
}

static void check(const CBase64Kernel *kernel, CBase64Alphabet alphabet, size_t length) {
    const CBase64Kernel *scalar = cbase64_kernel_named("scalar");
    const char *name = cbase64_kernel_name(kernel);
    size_t letters = (length + 2) / 3 * 4;
    uint8_t *bytes = at_edge(length), *text = at_edge(letters), *expected = at_edge(letters);
    uint8_t *back = at_edge(letters / 4 * 3);
    for (size_t i = 0; i < length; i++)
        bytes[i] = chance();
    size_t fault = 0, other_fault = 0;
    require(cbase64_encode(kernel, alphabet, true, bytes, length, text) == letters, name, "encoding", length);
    cbase64_encode(scalar, alphabet, true, bytes, length, expected);
    require(memcmp(text, expected, letters) == 0, name, "text", length);
    require(cbase64_decode(kernel, alphabet, text, letters, back, &fault) == length, name, "decoding", length);
    require(memcmp(back, bytes, length) == 0, name, "bytes", length);
    for (size_t at = 0; at < letters; at++) {
        uint8_t good = text[at];
        text[at] = chance();
        size_t count = cbase64_decode(kernel, alphabet, text, letters, back, &fault);
        size_t wanted = cbase64_decode(scalar, alphabet, text, letters, back, &other_fault);
        require(count == wanted && (count != CBASE64_INVALID || fault == other_fault), name, "a fault", length);
        text[at] = good;
    }
    require(cbase64_decode(kernel, alphabet, text, letters, text, &fault) == length, name, "in place", length);
    require(memcmp(text, bytes, length) == 0, name, "bytes in place", length);
    give_back(bytes, length);
    give_back(text, letters);
    give_back(expected, letters);
    give_back(back, letters / 4 * 3);
}

int main(int count, char **names) {
    page = (size_t)sysconf(_SC_PAGESIZE);
    for (int i = 1; i < count; i++) {
        const CBase64Kernel *kernel = cbase64_kernel_named(names[i]);
        if (kernel == NULL) {
            fprintf(stderr, "no kernel %s\n", names[i]);
            return 1;
        }
        for (size_t length = 0; length <= 1000; length++) {
            check(kernel, CBase64AlphabetStandard, length);
            check(kernel, CBase64AlphabetURLSafe, length);
        }
        printf("%s: lengths 0 to 1000 agree with scalar\n", names[i]);
    }
    return 0;
}
