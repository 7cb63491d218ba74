"""Runs the commands of the pages against the simulator."""
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from .pages import ROOT

# The longest time for one block in seconds. A block that waits longer waits for something that does not come.
LIMIT = 120


def run(blocks, program):
    """Runs all blocks of commands.

    Returns the failures as texts."""
    program = (ROOT / program).resolve()
    failures = []
    with _simulator(program) as environment:
        for page in dict.fromkeys(block.path for block in blocks):
            own = [block for block in blocks if block.path == page and block.language == "sh"]
            if own:
                failures += _run_page(own, program, environment)
    return failures


def _run_page(blocks, program, environment):
    with tempfile.TemporaryDirectory(prefix="plantain-page-") as folder:
        folder = pathlib.Path(folder)
        _fill(folder / "work", program)
        home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config"), "XDG_DATA_HOME": str(folder / ".local/share")}
        # Help says that the default gateway comes from there.
        usual = {"PLANTAIN_GATEWAY": "apiyi"} if blocks[0].path == "help" else {}
        environment = environment | usual | home | {"PATH": f"{program}:{os.environ['PATH']}"}
        failures = []
        for block in blocks:
            try:
                ended = subprocess.run(
                    ["bash", "-e", "-o", "pipefail", "-c", block.text], cwd=folder / "work", env=environment,
                    stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)
            except subprocess.TimeoutExpired:
                failures.append(f"{block.place}: not done after {LIMIT} s")
                continue
            if ended.returncode != 0:
                told = (ended.stderr or ended.stdout).strip()[-1500:]
                failures.append(f"{block.place}: exit status {ended.returncode}\n{told}")
        return failures


def _fill(folder, program):
    """Lays the pictures that the pages name into a folder."""
    (folder / "photos").mkdir(parents=True)
    samples = ROOT / "samples"
    for name in ("portrait.jpg", "rocket.jpg", "coffee.png"):
        shutil.copy(samples / name, folder)
    shutil.copy(samples / "portrait.jpg", folder / "photo.jpg")
    shutil.copy(samples / "portrait.jpg", folder / "photos/portrait.jpg")
    shutil.copy(samples / "rocket.jpg", folder / "photos/rocket.jpg")


@contextlib.contextmanager
def _simulator(program):
    """Runs the simulator. Yields an environment in which every gateway is the simulated one, with a key."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"LANG": "C.UTF-8", "TERM": "dumb", "HOME": home}
        process = subprocess.Popen(
            [program / "plantain", "simulate", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True,
            env=environment)
        try:
            base = json.loads(process.stdout.readline())["baseURL"]
            listed = subprocess.check_output([program / "plantain", "gateways", "--json"], text=True, env=environment)
            for line in listed.splitlines():
                gateway = json.loads(line)
                if gateway["id"] == "simulator":
                    continue
                environment[f"PLANTAIN_{gateway['id'].upper()}_URL"] = f"{base}/{gateway['id']}"
                environment[gateway["keyVariables"][0]] = "a-key-of-the-simulator"
            yield environment
        finally:
            process.terminate()
            process.wait()
