"""Measures whole jobs, from process start to the written file: wall time, CPU time, and peak memory of each contestant, and
the quality of its picture.

Contestants run in turn, so that a machine that becomes slower is slower for all. Medians are printed, with Plantain's
multiple of each figure. The sink answers at once. What arrived there is checked outside the timed runs.

Fixtures, sink, scores, and plot are separate processes.
"""
import argparse
import atexit
import hashlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import urllib.request

import growth
import jobs
import report
from jobs import HERE, ROOT
from timing import make_launcher, run

# The number of pictures scored from a folder given by the user, so that scoring does not take longer than
# measuring.
SCORED = 8
# Runs everything once on small pictures, to show that it works.
SMALLEST = bool(os.environ.get("SMALLEST"))


def made_fixtures(work, divisor):
    if not (work / "made").exists():
        work.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, str(HERE / "fixtures.py"), str(ROOT / "samples"), str(work), str(divisor)], check=True)


def answering(picture):
    """Starts a sink that answers with that picture, and returns its URL."""
    sink = subprocess.Popen([sys.executable, str(HERE / "sink.py"), str(picture)], stdout=subprocess.PIPE, text=True)
    atexit.register(sink.kill)
    return "http://127.0.0.1:" + sink.stdout.readline().strip()


def scores(job, rows):
    """Adds to each row the mean score of its contestant's pictures."""
    if not job.scoring:
        return
    names = [name for name in rows if name in job.outputs]
    questions = [
        [job.scoring, str(original), str(output)] for name in names
        for original, output in list(zip(job.originals, job.outputs[name]))[:SCORED]]
    answer = subprocess.run(
        [sys.executable, str(HERE / "scores.py")], input=json.dumps(questions), capture_output=True, text=True)
    if answer.returncode != 0:
        raise SystemExit(answer.stderr)
    found = json.loads(answer.stdout)
    each = len(found) // max(1, len(names))
    for position, name in enumerate(names):
        rows[name]["score"] = statistics.mean(found[position * each:(position + 1) * each])


def all_jobs(work, photographs, url, large):
    photograph = work / "photograph.jpg"
    others = {
        "a WebP": "photograph.webp", "a JPEG in Display P3": "p3.jpg", "a CMYK JPEG": "cmyk.jpg",
        "a PNG of 16 bits": "deep.png", "a JPEG of 48 megapixels": "large.jpg",
    }
    return [
        jobs.reduce(work, photographs), jobs.both_cores(work, photographs),
        *(jobs.reduce(work, [work / name], f"{kind} to a JPEG of at most 2048 pixels, on one core")
          for kind, name in others.items()),
        jobs.png(work, work / "transparent.png"), jobs.webp(work, photographs[len(photographs) // 2]),
        jobs.cap(work, work / "progressive.jpg", 10_000_000 if (work / "progressive.jpg").stat().st_size > 10_000_000 else 150_000),
        jobs.edit(work, photograph, url), jobs.references(work, work / "reference.jpg", url),
        jobs.answer(work, photograph, large, work / "answer.png"), jobs.base64_text(photograph), jobs.start(photograph),
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=pathlib.Path, help="write all figures to this file")
    parser.add_argument("--against", type=pathlib.Path, help="compare with the --json file of an earlier run")
    parser.add_argument("--photographs", type=pathlib.Path, help="reduce the JPEGs of this folder instead")
    parser.add_argument("--readme", action="store_true", help="put the tables and the plot into the READMEs")
    parser.add_argument("--plot", type=pathlib.Path, help="draw the growth to this file, SVG or PNG")
    parser.add_argument("--compiler", default="clang", help="the compiler of the Swift toolchain")
    options = parser.parse_args()
    make_launcher(options.compiler)
    runs = 1 if SMALLEST else options.runs
    work = ROOT / ".build/performance" / ("smallest" if SMALLEST else "work")
    made_fixtures(work, 8 if SMALLEST else 1)
    expected = hashlib.sha256((work / "photograph.jpg").read_bytes()).hexdigest()
    url, large = answering(ROOT / "samples/rocket.jpg"), answering(work / "answer.png")
    ledger = work / "ledger.sqlite"
    for old in work.glob("ledger.sqlite*"):
        if old.is_file():
            old.unlink()
    environment = {**os.environ, "APIYI_API_KEY": "sk-benchmark", "PLANTAIN_LEDGER": str(ledger)}

    def check(name):
        if urllib.request.urlopen(url).read().decode() != expected:
            raise SystemExit(f"{name} did not send the picture unchanged")

    photographs = sorted((options.photographs or work / "photographs").resolve().glob("*.jpg"))
    results = {**report.circumstances(), "runs": runs, "jobs": {}}
    said = [report.heading(results)]
    print(said[0], flush=True)
    for job in all_jobs(work, photographs, url, large):
        if SMALLEST:
            # With pictures this small only the start matters.
            job.wanted, job.scored_against = [], []
        rows = run(job, runs, environment, check)
        scores(job, rows)
        results["jobs"][job.title] = entry = report.entry(job, rows)
        said.append(report.lines(job.title, entry))
        print(said[-1], flush=True)
    results["growth"] = growth.measured(work, url, environment, runs=1 if SMALLEST else 3, short=SMALLEST)
    plot = HERE / "growth.svg" if options.readme else options.plot or work / "growth.svg"
    growth.draw(results["growth"], plot)
    said.append(f"\n{growth.words(results['growth'])}")
    print(f"{said[-1]}\n\nPlot: {plot}")
    if options.readme:
        report.put(HERE / "README.md", "\n".join(said) + f"\n\n![growth]({plot.name})")
        report.put(ROOT / "README.md", report.summary(results))
    if options.against:
        report.compare(results, json.loads(options.against.read_text()), options.against.name)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
