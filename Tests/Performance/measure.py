"""Whole jobs, from process start to the file written: wall time, CPU time and peak memory of each contestant.

Contestants run in turn, so that a machine that gets slower gets slower for all; medians are printed, with the ratio of
each figure to the first peer's. The sink answers at once and checks, outside the timed runs, what really arrived.
"""
import argparse
import base64
import hashlib
import json
import os
import pathlib
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / ".build/performance/work"
PLANTAIN = ROOT / ".build/release/plantain"
SCRIPTS = pathlib.Path(__file__).resolve().parent / "peers"


def fixture():
    """A photograph with grain, as a camera's JPEG of about 8.5 MB; the same bytes on every run."""
    path = WORK / "photograph.jpg"
    if not path.exists():
        import numpy
        from PIL import Image

        picture = Image.open(ROOT / "samples/rocket.jpg").convert("RGB").resize((4608, 3072), Image.LANCZOS)
        grain = numpy.random.default_rng(1).normal(0, 8, (3072, 4608, 3))
        pixels = numpy.clip(numpy.asarray(picture) + grain, 0, 255).astype("uint8")
        for quality in range(80, 99):
            Image.fromarray(pixels).save(path, quality=quality)
            if path.stat().st_size > 8_300_000:
                break
    return path


class Sink:
    """Answers every POST like a native Gemini route, at once."""

    def __init__(self, picture):
        part = {"inlineData": {"mimeType": "image/jpeg", "data": base64.b64encode(picture).decode()}}
        body = json.dumps({"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}]}).encode()
        self.reply = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        self.last = b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.socket.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rb", buffering=1 << 20) as stream:
            while stream.readline():
                headers = {}
                while line := stream.readline().strip():
                    name, value = line.decode("latin1").split(":", 1)
                    headers[name.lower()] = value.strip()
                if "expect" in headers:
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                self.last = stream.read(int(headers.get("content-length", 0)))
                connection.sendall(self.reply)

    def arrived(self):
        """SHA-256 of the picture in the last request."""
        parts = json.loads(self.last)["contents"][0]["parts"]
        data = next(part["inlineData"]["data"] for part in parts if "inlineData" in part)
        return hashlib.sha256(base64.b64decode(data, validate=True)).hexdigest()


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


def contestants(photograph, sink):
    out = str(WORK / "out.jpg")
    arguments = [str(photograph), sink.url, out]
    shell = shutil.which("curl") and shutil.which("base64")
    node = shutil.which("node")
    return {
        "plantain edit": [
            str(PLANTAIN), "edit", str(photograph), "-p", "Please blur the background", "--gateway", "apiyi",
            "--base-url", sink.url, "--max-bytes", "10MB", "--max-edge", "none", "--tier", "2K", "-o", out,
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
    sink = Sink((ROOT / "samples/rocket.jpg").read_bytes())
    environment = {**os.environ, "APIYI_API_KEY": "sk-benchmark"}

    rows = {}
    for name, command in contestants(photograph, sink).items():
        if command is None:
            print(f"{name}: absent on this machine")
            continue
        sink.last = b""
        measure(command, environment)  # warm-up, and the check of what arrives
        if name != "plantain --version" and sink.arrived() != expected:
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
