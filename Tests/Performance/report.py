"""The report of a run: its environment, its table, and the comparison with an earlier run."""
import datetime
import importlib.metadata
import os
import pathlib
import platform
import re
import shutil
import subprocess

# Each program with the arguments that print its version.
PROGRAMS = {
    "swift": ["--version"], "vips": ["--version"], "mogrify": ["-version"], "jpegoptim": ["--version"], "cwebp": ["-version"],
    "djpeg": ["-version"], "node": ["--version"], "curl": ["--version"],
}
PACKAGES = ["pillow", "pyvips", "pybase64", "requests", "ssimulacra2"]
FIGURES = ("wall", "cpu", "memory")
TABLE = (
    "| job | program | wall s (min–max) | CPU s | peak MB | bytes | SSIMULACRA2 | wall | CPU | memory |\n"
    "|---|---|---|---|---|---|---|---|---|---|")


def circumstances():
    return {
        "date": datetime.date.today().isoformat(), "machine": processor(), "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}", "versions": versions(),
    }


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def versions():
    found = {"Python": platform.python_version()}
    for name, arguments in PROGRAMS.items():
        if not shutil.which(name):
            found[name] = "absent"
            continue
        said = subprocess.run([name, *arguments], capture_output=True, text=True)
        number = re.search(r"\d+(\.\d+)+", said.stdout + said.stderr)
        found[name] = number[0] if number else "unknown"
    for name in PACKAGES:
        found[name] = importlib.metadata.version(name)
    return found


def heading(results):
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return (
        f"{results['date']}, {results['machine']}, {results['cores']} cores, {results['system']}; {versions}; medians of "
        f"{results['runs']}. The last three columns are Plantain's multiples of a peer's figures; ✓ and ✗ say whether one meets "
        f"its target. Memory is that of the largest process.\n\n{TABLE}")


def entry(job, rows):
    """Returns a job's rows and its targets, each against the peer that is best in that figure."""
    wanted = []
    for wish in job.wanted:
        there = [name for name in wish.peers if name in rows]
        if there:
            best = min(there, key=lambda name: rows[name][wish.figure])
            wanted.append({
                "peer": best, "figure": wish.figure, "most": wish.most,
                "is": rows[best]["ratios"][wish.figure]})
    ours = next(iter(rows.values()))
    scored = [rows[name]["score"] for name in job.scored_against if "score" in rows.get(name, {})]
    if scored:
        wanted.append({
            "figure": "score", "below": job.score_at_most_below, "best": max(scored), "is": ours["score"]})
    absent = [name for name, command in job.contestants.items() if command is None]
    return {"rows": rows, "wanted": wanted, "absent": absent}


def lines(title, entry):
    wanted = {(wish.get("peer"), wish["figure"]): wish for wish in entry["wanted"]}
    said = []
    for position, (name, row) in enumerate(entry["rows"].items()):
        ratios = []
        for figure in FIGURES:
            cell = f"{row['ratios'][figure]:.2f}" if row["ratios"] else ""
            if wish := wanted.get((name, figure)):
                cell += f" {'✓' if wish['is'] <= wish['most'] else '✗'} ≤ {wish['most']:g}"
            ratios.append(cell)
        score = f"{row['score']:.2f}" if "score" in row else ""
        if position == 0 and (wish := wanted.get((None, "score"))):
            score += " ✓" if wish["is"] >= wish["best"] - wish["below"] else f" ✗ ≥ {wish['best'] - wish['below']:.2f}"
        size = f"{row['bytes']:,}" if row["bytes"] else ""
        # A pipe in a name would end its cell.
        cells = [
            title if position == 0 else "", name.replace("|", "\\|"),
            f"{row['wall']:.3f} ({row['fastest']:.3f}–{row['slowest']:.3f})", f"{row['cpu']:.3f}", f"{row['memory'] / 1e6:.0f}",
            size, score, *ratios,
        ]
        said.append("| " + " | ".join(cells) + " |")
    said += [f"| | {name.replace('|', chr(92) + '|')} | absent | | | | | | | |" for name in entry["absent"]]
    return "\n".join(said)


# What the README shows: jobs by the beginnings of their titles, with a peer. Some are slower than the peer.
SHOWN = [
    ("12 photographs", "vipsthumbnail"), ("12 photographs", "djpeg -scale | cjpeg"), ("a WebP to a JPEG", "vipsthumbnail"),
    ("a JPEG of 8.3 MB", "Python, requests"), ("14 references", "Python, requests"),
]


def summary(results):
    """Returns some of Plantain's multiples of its peers' figures, without the figures themselves."""
    said = [
        f"{results['date']}, {results['machine']}, {results['cores']} cores, {results['system']}, libvips "
        f"{results['versions']['vips']}; medians of {results['runs']}.\n",
        "| job | compared with | wall | CPU | memory |", "|---|---|---|---|---|",
    ]
    for beginning, name in SHOWN:
        for title, job in results["jobs"].items():
            row = job["rows"].get(name)
            if title.startswith(beginning) and row and row["ratios"]:
                cells = [title, name.replace("|", "\\|")] + [f"{row['ratios'][one]:.2f} ×" for one in FIGURES]
                said.append("| " + " | ".join(cells) + " |")
    return "\n".join(said)


def put(file, text):
    """Puts the text between the marks in a README."""
    begin, end = "<!-- measured: begin -->\n", "<!-- measured: end -->"
    before, rest = file.read_text().split(begin)
    file.write_text(before + begin + text + "\n" + end + rest.split(end, 1)[1])


def compare(results, before, name):
    """Prints how Plantain's multiples of its peers' figures have changed. The figures themselves change with the machine."""
    print(f"\nPlantain's multiples, compared with those in {name} ({before['date']}, {before['machine']})\n")
    print("| job | peer | wall | was | CPU | was | memory | was |\n|---|---|---|---|---|---|---|---|")
    for title, job in results["jobs"].items():
        known = before["jobs"].get(title, {"rows": {}})["rows"]
        for peer, row in job["rows"].items():
            then = known.get(peer, {}).get("ratios")
            if then and row["ratios"]:
                cells = [f"{one[figure]:.2f}" for figure in FIGURES for one in (row["ratios"], then)]
                print(f"| {title} | {peer.replace('|', chr(92) + '|')} | " + " | ".join(cells) + " |")
