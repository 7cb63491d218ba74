"""Whole jobs, from process start to the file written: wall time, CPU time and peak memory of each contestant.

Contestants run in turn, so that a machine that gets slower gets slower for all; medians are printed, with the ratio of
each figure to Python's. The sink answers at once and checks, outside the timed runs, what really arrived.

A child's peak memory counts from its fork, so this process stays small: fixture and sink are processes of their own.
"""
import argparse
import atexit
import hashlib
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / ".build/performance/work"
PLANTAIN = ROOT / ".build/release/plantain"
HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = HERE / "peers"


def fixture():
    path = WORK / "photograph.jpg"
    if not path.exists():
        subprocess.run([sys.executable, str(HERE / "fixture.py"), str(ROOT / "samples/rocket.jpg"), str(path)], check=True)
    return path


def measure(command, environment):
    """One run: seconds of wall time, seconds of CPU, peak bytes of the largest process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}: {errors.decode(errors='replace')}")
    scale = 1 if sys.platform == "darwin" else 1024
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * scale}


def contestants(photograph, url):
    out = str(WORK / "out.jpg")
    arguments = [str(photograph), url, out]
    shell = shutil.which("curl") and shutil.which("base64")
    node = shutil.which("node")
    return {
        "plantain edit": [
            str(PLANTAIN), "edit", str(photograph), "-p", "Please blur the background", "--gateway", "apiyi",
            "--base-url", url, "--max-bytes", "10MB", "--max-edge", "none", "--tier", "2K", "-o", out,
            "--overwrite", "--quiet",
        ],
        "Python, requests": [sys.executable, str(SCRIPTS / "page.py"), *arguments],
        "Node, fetch": [node, str(SCRIPTS / "page.mjs"), *arguments] if node else None,
        "base64 | curl": ["/bin/sh", str(SCRIPTS / "page.sh"), *arguments] if shell else None,
        "plantain --version": [str(PLANTAIN), "--version"],
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    photograph = fixture()
    expected = hashlib.sha256(photograph.read_bytes()).hexdigest()
    sink = subprocess.Popen(
        [sys.executable, str(HERE / "sink.py"), str(ROOT / "samples/rocket.jpg")], stdout=subprocess.PIPE, text=True)
    atexit.register(sink.kill)
    url = "http://127.0.0.1:" + sink.stdout.readline().strip()
    environment = {**os.environ, "APIYI_API_KEY": "sk-benchmark"}

    rows = {}
    for name, command in contestants(photograph, url).items():
        if command is None:
            print(f"{name}: absent on this machine")
            continue
        measure(command, environment)  # warm-up, and the check of what arrives
        if name != "plantain --version" and urllib.request.urlopen(url).read().decode() != expected:
            raise SystemExit(f"{name} did not send the picture as it is")
        rows[name] = (command, [])
    for _ in range(options.runs):
        for command, runs in rows.values():
            runs.append(measure(command, environment))

    medians = {n: {k: statistics.median(r[k] for r in runs) for k in runs[0]} for n, (_, runs) in rows.items()}
    spread = {n: (min(r["wall"] for r in runs), max(r["wall"] for r in runs)) for n, (_, runs) in rows.items()}
    peer = medians["Python, requests"]
    print(f"\n{photograph.stat().st_size:,} bytes of JPEG that need no change, file to file; medians of {options.runs}")
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
          f"Python {platform.python_version()}\n")
    print("| job | wall s (min–max) | CPU s | peak MB | wall ÷ Python | CPU ÷ Python | memory ÷ Python |")
    print("|---|---|---|---|---|---|---|")
    for name, row in medians.items():
        low, high = spread[name]
        print(f"| {name} | {row['wall']:.3f} ({low:.3f}–{high:.3f}) | {row['cpu']:.3f} | {row['memory'] / 1e6:.1f} "
              f"| {row['wall'] / peer['wall']:.2f} | {row['cpu'] / peer['cpu']:.2f} "
              f"| {row['memory'] / peer['memory']:.2f} |")
    if options.json:
        options.json.write_text(json.dumps({"bytes": photograph.stat().st_size, "medians": medians}, indent=2) + "\n")


main()
