"""The base64 kernels beside those of PyPI's pybase64 (the aklomp library) and a copy of the same bytes, in one process.

Every way makes a new `bytes` object each time, as pybase64 does. `hot` takes the same input again and again; `cold` goes
through 120 MB of inputs, so that each has left the caches. Gigabytes of picture per second, the best of many runs, each
without what the same call takes for three bytes.

    Tests/Performance/base64 [--json FILE]
"""
import argparse
import ctypes
import json
import os
import sys
import time

import pybase64
from pybase64 import _pybase64

SIZES = {"4 KiB": 4096, "64 KiB": 65536, "1 MB": 10**6, "10 MB": 10**7, "100 MB": 10**8}
SECONDS = 0.4
COLD_BYTES = 120_000_000
# pybase64's own names for what aklomp's library chooses among.
PATHS = {"avx2": "AVX2", "avx512": "AVX512VBMI"}


class Ours:
    def __init__(self, library, kernel):
        self.library, self.python = ctypes.CDLL(library), ctypes.pythonapi
        named = self.library.cbase64_kernel_named
        named.restype = ctypes.c_void_p
        self.kernel = ctypes.c_void_p(named(kernel.encode()))
        if not self.kernel:
            sys.exit(f"This CPU has no kernel {kernel}.")
        self.library.cbase64_encode.restype = self.library.cbase64_decode.restype = ctypes.c_size_t
        self.python.PyBytes_FromStringAndSize.restype = ctypes.py_object
        self.python.PyBytes_FromStringAndSize.argtypes = [ctypes.c_char_p, ctypes.c_ssize_t]

    def new(self, count):
        return self.python.PyBytes_FromStringAndSize(None, count)

    def encode(self, data):
        text = self.new((len(data) + 2) // 3 * 4)
        self.library.cbase64_encode(self.kernel, 0, True, data, ctypes.c_size_t(len(data)), text)
        return text

    def decode(self, text):
        data = self.new(len(text) // 4 * 3 - text[-2:].count(b"="))
        where = ctypes.c_size_t()
        self.library.cbase64_decode(
            self.kernel, 0, text, ctypes.c_size_t(len(text)), data, ctypes.byref(where))
        return data

    def copy(self, data):
        copied = self.new(len(data))
        ctypes.memmove(copied, data, len(data))
        return copied


def speeds(ways, inputs, count):
    """GB/s of each way."""
    whole, calls = best_times(ways, inputs, SECONDS), best_times(ways, [(b"abc", b"YWJj")], SECONDS / 20)
    return {name: count / (whole[name] - calls[name]) / 1e9 for name in ways}


def best_times(ways, inputs, seconds):
    """The least time of each way, the ways in turn."""
    best = dict.fromkeys(ways, float("inf"))
    end = time.perf_counter() + seconds * len(ways)
    rounds = 0
    while time.perf_counter() < end or rounds < 3 * len(inputs):
        for name, (way, kind) in ways.items():
            data = inputs[rounds % len(inputs)][kind]
            start = time.perf_counter()
            way(data)
            best[name] = min(best[name], time.perf_counter() - start)
        rounds += 1
    return best


def measure(ours, count, is_cold):
    inputs = []
    for _ in range(max(2, COLD_BYTES // count) if is_cold else 1):
        data = os.urandom(count)
        text = pybase64.b64encode(data)
        assert ours.encode(data) == text and ours.decode(text) == data
        inputs.append((data, text))
    ways = {
        "memcpy": (ours.copy, 0),
        "encode": (ours.encode, 0),
        "pybase64 encode": (pybase64.b64encode, 0),
        "decode": (ours.decode, 1),
        "pybase64 decode": (lambda text: pybase64.b64decode(text, validate=True), 1),
    }
    return speeds(ways, inputs, count)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("library")
    parser.add_argument("--json")
    arguments = parser.parse_args()
    rows = []
    print(f"pybase64 {pybase64.__version__}, {_pybase64._get_simd_name(_pybase64._get_simd_path())} by its own choice\n")
    print("| kernel | size | caches | memcpy | encode | × memcpy | × pybase64 | decode | × memcpy | × pybase64 |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for kernel, path in PATHS.items():
        ours = Ours(arguments.library, kernel)
        flags = _pybase64._get_simd_flags_runtime()
        wanted = [1 << bit for bit in range(16) if _pybase64._get_simd_name(1 << bit) == path]
        if not wanted or not flags & wanted[0]:
            print(f"pybase64 has no {path} here.")
            continue
        _pybase64._set_simd_path(wanted[0])
        for size, count in SIZES.items():
            for caches in ("hot", "cold") if count >= 10**6 else ("hot",):
                speed = measure(ours, count, caches == "cold")
                rows.append({"kernel": kernel, "size": size, "caches": caches, **speed})
                cells = [f"{speed['memcpy']:.1f}"]
                for way in ("encode", "decode"):
                    cells += [
                        f"{speed[way]:.1f}", f"{speed[way] / speed['memcpy']:.2f}",
                        f"{speed[way] / speed['pybase64 ' + way]:.2f}"]
                print(f"| {kernel} | {size} | {caches} | " + " | ".join(cells) + " |", flush=True)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(rows, file, indent=1)


main()
