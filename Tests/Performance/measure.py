"""Whole jobs, from process start to the file written: wall time, CPU time and peak memory of each contestant.

Contestants run in turn, so that a machine that gets slower gets slower for all; medians are printed, with the ratio of
each figure to a peer's. The sink answers at once and checks, outside the timed runs, what really arrived.

A child's peak memory counts from its fork, so this process stays small: fixtures and sink are processes of their own.
"""
import argparse
import atexit
import datetime
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
    if not (WORK / "answer.png").exists():
        subprocess.run([sys.executable, str(HERE / "fixtures.py"), str(ROOT / "samples/rocket.jpg"), str(WORK)], check=True)


def answering(picture):
    """The address of a sink that answers with that picture."""
    sink = subprocess.Popen([sys.executable, str(HERE / "sink.py"), str(picture)], stdout=subprocess.PIPE, text=True)
    atexit.register(sink.kill)
    return "http://127.0.0.1:" + sink.stdout.readline().strip()


def compare(results, baseline):
    """How each contestant's ratio to its peer has changed since: of figures themselves another machine would change all."""
    before = json.loads(baseline.read_text())
    print(f"\nRatios to the peers, and what they were in {baseline.name}\n")
    print("| job | contestant | CPU | was | memory | was |\n|---|---|---|---|---|---|")
    for title, job in results["jobs"].items():
        known = before["jobs"].get(title, {"rows": {}})["rows"]
        for name, row in job["rows"].items():
            then = known.get(name, {}).get("ratios")
            if then and row["ratios"]:
                now = row["ratios"]
                print(f"| {title} | {name} | {now['cpu']:.2f} | {then['cpu']:.2f} | {now['memory']:.2f} | {then['memory']:.2f} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--against", type=pathlib.Path, help="a file that an earlier run has written by --json")
    parser.add_argument("--photographs", type=pathlib.Path, help="a folder of one's own JPEGs to reduce")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    make_fixtures()
    photograph = WORK / "photograph.jpg"
    expected = hashlib.sha256(photograph.read_bytes()).hexdigest()
    url, large = answering(ROOT / "samples/rocket.jpg"), answering(WORK / "answer.png")
    environment = {**os.environ, "APIYI_API_KEY": "sk-benchmark"}

    def check(name):
        if urllib.request.urlopen(url).read().decode() != expected:
            raise SystemExit(f"{name} did not send the picture as it is")

    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
          f"Python {platform.python_version()}; medians of {options.runs}")
    photographs = sorted(map(str, (options.photographs or WORK / "photographs").glob("*.jpg")))
    todo = [
        jobs.edit(photograph, url), jobs.references(photograph, url),
        jobs.answer(ROOT / "samples/coffee.png", large, (WORK / "answer.png").stat().st_size),
        jobs.start(photograph), jobs.reduce(photographs), jobs.both_cores(photographs),
        jobs.cap(WORK / "progressive.jpg"),
    ]
    results = {
        "machine": platform.machine(), "cores": os.cpu_count(), "system": f"{platform.system()} {platform.release()}",
        "date": datetime.date.today().isoformat(), "runs": options.runs, "jobs": {},
    }
    for job in todo:
        rows = run(job, options.runs, environment, check)
        report(job, rows)
        results["jobs"][job.title] = {"peer": job.peer, "rows": rows}
    if options.against:
        compare(results, options.against)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


main()
