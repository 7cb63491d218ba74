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
import subprocess
import sys
import urllib.request

import jobs
from jobs import HERE, ROOT, WORK
from timing import report, run


def make_fixtures():
    if not (WORK / "photographs").exists():
        subprocess.run([sys.executable, str(HERE / "fixtures.py"), str(ROOT / "samples/rocket.jpg"), str(WORK)], check=True)


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
