"""Runs contestants in turn and tells what each took: wall time, CPU time with its children's, peak memory of the largest process."""
import os
import statistics
import subprocess
import sys
import time

FIRST_CORE = (lambda: os.sched_setaffinity(0, {0})) if hasattr(os, "sched_setaffinity") else None


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
    peer = rows.get(job.peer)
    for row in rows.values():
        row["ratios"] = {key: row[key] / peer[key] for key in ("wall", "cpu", "memory")} if peer else None
    return rows


def report(job, rows):
    print(f"\n{job.title}\n")
    if job.peer not in rows:
        print(f"Without {job.peer} there are no ratios.\n")
    print("| job | wall s (min–max) | CPU s | peak MB | bytes | wall | CPU | memory |")
    print("|---|---|---|---|---|---|---|---|")
    for name, row in rows.items():
        ratios = [f"{row['ratios'][key]:.2f}" if row["ratios"] else "" for key in ("wall", "cpu", "memory")]
        size = f"{row['bytes']:,}" if row["bytes"] else ""
        # A pipe in a name would end its cell.
        print(f"| {name.replace('|', chr(92) + '|')} | {row['wall']:.3f} ({row['fastest']:.3f}–{row['slowest']:.3f}) | {row['cpu']:.3f} "
              f"| {row['memory'] / 1e6:.1f} | {size} | {' | '.join(ratios)} |")
