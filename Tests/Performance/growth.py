"""Measures how CPU time and memory grow with the size of a picture, the number of references, and the length of a batch.

Run as a program, it draws the result of `measured` from standard input.
"""
import json
import pathlib
import subprocess
import sys

from jobs import HERE, PLANTAIN, ROOT, edit_command
from timing import median


def measured(work, url, environment, runs, short):
    """Returns series of points: x, seconds of CPU, peak megabytes of the largest process."""
    sizes = sorted(work.glob("growth/*.jpg"), key=lambda path: int(path.stem))
    counts, lengths = ([1, 3], [2, 5]) if short else ([1, 2, 4, 7, 10, 14], [10, 100, 250, 500, 1000])
    if short:
        sizes = sizes[:2]
    out = work / "out/growth"
    out.mkdir(parents=True, exist_ok=True)

    def series(axis, of, commands):
        points = []
        for x, command in commands:
            taken = median(command, runs, environment)
            points.append([x, taken["cpu"], taken["memory"] / 1e6])
        return {"axis": axis, "of": of, "points": points}

    def reduce(kind):
        return [
            (int(path.stem), [
                PLANTAIN, "prepare", str(path.with_suffix("." + kind)), "--max-edge", "1024", "--format", "jpeg", "-o", str(out),
                "--overwrite", "--quiet"]) for path in sizes]

    edits = [
        (count, edit_command([work / "reference.jpg"] * count, url, out / "out.jpg", "--request-bytes", "200MB"))
        for count in counts]
    return [
        series("megapixels", "a JPEG to 1024 pixels", reduce("jpg")), series("megapixels", "a PNG to 1024 pixels", reduce("png")),
        series("references", "an edit with references of 10 MB", edits),
        series("jobs", "a batch of passing pictures", [(length, batch(work, out, url, length)) for length in lengths]),
    ]


def batch(work, out, url, length):
    """Returns a shell command, because each run needs a new ledger and a new folder for results."""
    manifest = out / f"{length}.jsonl"
    picture = str((ROOT / "samples/rocket.jpg").resolve())
    with open(manifest, "w") as file:
        for number in range(length):
            job = {"references": [picture], "prompt": f"number {number}", "output": f"{number}.jpg", "tier": "1K"}
            file.write(json.dumps(job) + "\n")
    results = out / f"batch-{length}"
    return [
        "sh", "-c", f"rm -rf '{results}' && exec '{PLANTAIN}' batch '{manifest}' -o '{results}' --gateway apiyi --base-url '{url}' "
        f"--ledger '{results}/ledger.sqlite' --progress none --quiet"]


def words(all_series):
    """Returns a table with the straight line through the CPU times, its R², and the memory at both ends."""
    said = ["| grows with | what | CPU s | least squares | R² | peak MB |", "|---|---|---|---|---|---|"]
    for one in all_series:
        xs, cpu, memory = zip(*one["points"])
        slope, start = line(xs, cpu)
        mean = sum(cpu) / len(cpu)
        unexplained = sum((start + slope * x - y) ** 2 for x, y in zip(xs, cpu)) / sum((y - mean) ** 2 for y in cpu)
        said.append(
            f"| {one['axis']}, {xs[0]} to {xs[-1]} | {one['of']} | {cpu[0]:.3f} … {cpu[-1]:.3f} | {start:.3f} + {slope:.4f} each "
            f"| {1 - unexplained:.4f} | {memory[0]:.0f} … {memory[-1]:.0f} |")
    return "\n".join(said)


def line(xs, ys):
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / sum((x - mean_x) ** 2 for x in xs)
    return slope, mean_y - slope * mean_x


def draw(all_series, path):
    subprocess.run(
        [sys.executable, str(HERE / "growth.py"), str(path)], input=json.dumps(all_series), text=True, check=True)


def main():
    import matplotlib

    matplotlib.use("Agg")
    # Text as text, and the same ids on every run, because the file is in the repository.
    matplotlib.rcParams.update({"svg.hashsalt": "plantain", "svg.fonttype": "none"})
    from matplotlib import pyplot

    all_series = json.load(sys.stdin)
    axes_names = list(dict.fromkeys(one["axis"] for one in all_series))
    figure, axes = pyplot.subplots(2, len(axes_names), figsize=(12, 6), constrained_layout=True)
    for column, axis in enumerate(axes_names):
        for one in (one for one in all_series if one["axis"] == axis):
            xs, cpu, memory = zip(*one["points"])
            axes[0][column].plot(xs, cpu, marker="o", label=one["of"])
            axes[1][column].plot(xs, memory, marker="o", label=one["of"])
        for row, unit in enumerate(("CPU s", "peak MB")):
            axes[row][column].set(xlabel=axis, ylabel=unit, ylim=(0, None), xlim=(0, None))
            axes[row][column].grid(alpha=0.3)
        axes[0][column].legend()
    figure.savefig(pathlib.Path(sys.argv[1]), metadata={"Date": None} if sys.argv[1].endswith(".svg") else None)


if __name__ == "__main__":
    main()
