"""Whole jobs, from process start to the file written: wall time, CPU time and peak memory of each contestant.

Contestants run in turn, so that a machine that gets slower gets slower for all; medians are printed, with the ratio of
each figure to a peer's. The sink answers at once and checks, outside the timed runs, what really arrived.

A child's peak memory counts from its fork, so this process stays small: fixtures and sink are processes of their own.
"""
import argparse
import atexit
import hashlib
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time
import urllib.request

import jobs
from jobs import HERE, ROOT, WORK

FIRST_CORE = (lambda: os.sched_setaffinity(0, {0})) if hasattr(os, "sched_setaffinity") else None


def make_fixtures():
    if not (WORK / "photographs").exists():
        subprocess.run([sys.executable, str(HERE / "fixtures.py"), str(ROOT / "samples/rocket.jpg"), str(WORK)], check=True)


def measure(command, environment, one_core):
    """One run: seconds of wall time, seconds of CPU, peak bytes of the largest process."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        preexec_fn=FIRST_CORE if one_core else None)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}: {errors.decode(errors='replace')}")
    scale = 1 if sys.platform == "darwin" else 1024
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * scale}


def run(job, runs, environment, check):
    """The medians of each contestant that is there, with the spread of the wall time and the bytes written."""
    rows = {}
    for name, command in job.contestants.items():
        if command is None:
            print(f"{name}: absent on this machine")
            continue
        measure(command, environment, job.one_core)  # warm-up, and the check of what it does
        if job.arrives:
            check(name)
        size = job.output.stat().st_size if job.output else None
        rows[name] = {"command": command, "runs": [], "bytes": size}
    for _ in range(runs):
        for row in rows.values():
            row["runs"].append(measure(row["command"], environment, job.one_core))
    for row in rows.values():
        walls = [one["wall"] for one in row["runs"]]
        row |= {key: statistics.median(one[key] for one in row["runs"]) for key in row["runs"][0]}
        row |= {"fastest": min(walls), "slowest": max(walls)}
        del row["runs"], row["command"]
    return rows


def report(job, rows):
    print(f"\n{job.title}\n")
    if job.peer not in rows:
        print(f"Without {job.peer} there are no ratios.\n")
    print("| job | wall s (min–max) | CPU s | peak MB | bytes | wall | CPU | memory |")
    print("|---|---|---|---|---|---|---|---|")
    for name, row in rows.items():
        peer = rows.get(job.peer)
        ratios = [f"{row[key] / peer[key]:.2f}" if peer else "" for key in ("wall", "cpu", "memory")]
        size = f"{row['bytes']:,}" if row["bytes"] else ""
        print(f"| {name} | {row['wall']:.3f} ({row['fastest']:.3f}–{row['slowest']:.3f}) | {row['cpu']:.3f} "
              f"| {row['memory'] / 1e6:.1f} | {size} | {' | '.join(ratios)} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--photographs", type=pathlib.Path, help="a folder of one's own JPEGs to reduce")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    make_fixtures()
    photograph = WORK / "photograph.jpg"
    expected = hashlib.sha256(photograph.read_bytes()).hexdigest()
    sink = subprocess.Popen(
        [sys.executable, str(HERE / "sink.py"), str(ROOT / "samples/rocket.jpg")], stdout=subprocess.PIPE, text=True)
    atexit.register(sink.kill)
    url = "http://127.0.0.1:" + sink.stdout.readline().strip()
    environment = {**os.environ, "APIYI_API_KEY": "sk-benchmark"}

    def check(name):
        if urllib.request.urlopen(url).read().decode() != expected:
            raise SystemExit(f"{name} did not send the picture as it is")

    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
          f"Python {platform.python_version()}; medians of {options.runs}")
    photographs = sorted(map(str, (options.photographs or WORK / "photographs").glob("*.jpg")))
    todo = [
        jobs.edit(photograph, url), jobs.start(photograph), jobs.reduce(photographs),
        jobs.cap(WORK / "progressive.jpg"),
    ]
    results = {}
    for job in todo:
        results[job.title] = run(job, options.runs, environment, check)
        report(job, results[job.title])
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


main()
