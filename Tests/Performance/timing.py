"""Runs contestants in turn and returns the cost of each: wall time, CPU time with children, peak memory of the largest process."""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from jobs import HERE, ROOT

FIRST_CORE = (lambda: os.sched_setaffinity(0, {0})) if hasattr(os, "sched_setaffinity") else None


LAUNCHER = ROOT / ".build/performance/launch"


def make_launcher(compiler):
    subprocess.run([compiler, "-O2", str(HERE / "launch.c"), "-o", str(LAUNCHER)], check=True)


def measure(command, environment, one_core=False):
    """Runs once. Returns seconds of wall time, seconds of CPU, and peak bytes of the largest process."""
    with tempfile.NamedTemporaryFile("r") as taken:
        done = subprocess.run(
            [str(LAUNCHER), taken.name, *map(str, command)], env=environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, preexec_fn=FIRST_CORE if one_core else None)
        words = taken.read().split()
    if done.returncode != 0 or words[3] != "0":
        raise SystemExit(f"{command[0]} exited with {words[3:]}: {done.stderr.decode(errors='replace')}")
    scale = 1 if sys.platform == "darwin" else 1024
    return {"wall": float(words[0]), "cpu": float(words[1]), "memory": int(words[2]) * scale}


def median(command, runs, environment):
    taken = [measure(command, environment) for _ in range(runs)]
    return {key: statistics.median(one[key] for one in taken) for key in taken[0]}


def run(job, runs, environment, check=None):
    """Returns the medians of each contestant, with the spread of the wall time, the bytes written, and Plantain's multiples.
    An absent contestant has no row."""
    rows = {}
    for name, command in job.contestants.items():
        if command is None:
            continue
        measure(command, environment, job.one_core)  # warm-up, and the check of what it does
        if job.arrives and check:
            check(name)
        size = sum(pathlib.Path(file).stat().st_size for file in job.outputs.get(name, []))
        rows[name] = {"command": command, "runs": [], "bytes": size or None}
    for _ in range(runs):
        for row in rows.values():
            row["runs"].append(measure(row["command"], environment, job.one_core))
    for row in rows.values():
        walls = [one["wall"] for one in row["runs"]]
        row |= {key: statistics.median(one[key] for one in row["runs"]) for key in row["runs"][0]}
        row |= {"fastest": min(walls), "slowest": max(walls)}
        del row["runs"], row["command"]
    ours = next(iter(rows.values()))
    for row in rows.values():
        row["ratios"] = {key: ours[key] / row[key] for key in ("wall", "cpu", "memory")} if row is not ours else None
    return rows
