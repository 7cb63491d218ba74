"""Compares the Base64 kernels with those of PyPI's pybase64 (the aklomp library) and a copy of the same bytes, in one process.

Every way makes a new `bytes` object each time, as pybase64 does. `hot` uses the same input again and again. `cold`
goes through 120 MB of inputs, so that each has left the caches. Figures are gigabytes of picture per second, the best
of many runs, each minus the time of the same call for three bytes.

    python Tests/Performance/kernels.py [--compiler CLANG] [--json FILE]
"""
import argparse
import importlib.util
import json
import os
import pathlib
import random
import subprocess
import sysconfig
import time

import pybase64
from pybase64 import _pybase64

SIZES = {"4 KiB": 4096, "64 KiB": 65536, "1 MB": 10**6, "10 MB": 10**7, "100 MB": 10**8}
if os.environ.get("SMALLEST"):
    SIZES = {"4 KiB": 4096}
SECONDS = 0.01 if os.environ.get("SMALLEST") else 0.4
COLD_BYTES = 120_000_000
# pybase64's names for the instruction sets that aklomp's library chooses from. The best comes first because
# it is selected at the start: once another is set, setting the best again does not bring it back.
PATHS = {"avx512": "AVX512VBMI", "avx2": "AVX2"}


def built_module(compiler):
    """Returns the module of Plantain's kernels, compiled like the release build."""
    here = pathlib.Path(__file__).parent
    shim, folder = here / "../../CShims/CBase64", here / "../../.build/performance"
    target = folder / "kernels_module.so"
    subprocess.run(
        [compiler, "-O2", "-shared", "-fPIC", f"-I{shim}/include", f"-I{sysconfig.get_paths()['include']}",
         *map(str, shim.glob("*.c")), str(here / "kernels_module.c"), "-o", str(target)], check=True)
    spec = importlib.util.spec_from_file_location("kernels_module", target)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def speeds(ways, inputs, count):
    """Returns the GB/s of each way."""
    whole, calls = best_times(ways, inputs, SECONDS), best_times(ways, [(b"abc", b"YWJj")], SECONDS / 20)
    return {name: count / (whole[name] - calls[name]) / 1e9 for name in ways}


def best_times(ways, inputs, seconds):
    """Returns the shortest time of each way, running the ways in turn."""
    best = dict.fromkeys(ways, float("inf"))
    end = time.perf_counter() + seconds * len(ways)
    rounds = 0
    while time.perf_counter() < end or rounds < 3 * len(inputs):
        # In another order each round, and each way at a different input: none must always find data in the
        # caches that another has just written or read.
        for position, (name, (way, kind)) in random.sample(list(enumerate(ways.items())), len(ways)):
            data = inputs[(rounds + position * len(inputs) // len(ways)) % len(inputs)][kind]
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


def choose(path):
    """Selects pybase64's instruction set of that name. Returns whether it is in use."""
    if _pybase64._get_simd_name(_pybase64._get_simd_path()) == path:
        return True
    for bit in range(16):
        if _pybase64._get_simd_flags_runtime() >> bit & 1 and _pybase64._get_simd_name(1 << bit) == path:
            _pybase64._set_simd_path(1 << bit)
            return True
    return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", default="clang", help="the compiler of the Swift toolchain")
    parser.add_argument("--json")
    arguments = parser.parse_args()
    ours = built_module(arguments.compiler)
    rows = []
    print(f"pybase64 {pybase64.__version__}\n")
    print("| kernel | size | caches | memcpy | encode | × memcpy | × pybase64 | decode | × memcpy | × pybase64 |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for kernel, path in PATHS.items():
        if not ours.use(kernel) or not choose(path):
            print(f"This CPU has no {path}.")
            continue
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
