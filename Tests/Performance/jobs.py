"""What is measured: each job with its contestants. A command that is None is a peer that this machine does not have."""
import dataclasses
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / ".build/performance/work"
PLANTAIN = str(ROOT / ".build/release/plantain")


@dataclasses.dataclass
class Job:
    title: str
    contestants: dict
    peer: str  # whose figures the ratios are to
    one_core: bool = False
    output: pathlib.Path | None = None  # whose size is printed
    arrives: bool = False  # the sink is to be asked what came


def if_there(program, *arguments):
    found = shutil.which(program)
    return [found, *map(str, arguments)] if found else None


def edit(photograph, url):
    out = str(WORK / "out.jpg")
    page = [str(photograph), url, out]
    peers = HERE / "peers"
    return Job(
        "a JPEG that needs no change, sent and answered, file to file",
        {
            "plantain edit": [
                PLANTAIN, "edit", str(photograph), "-p", "Please blur the background", "--gateway", "apiyi",
                "--base-url", url, "--max-bytes", "10MB", "--max-edge", "none", "--tier", "2K", "-o", out,
                "--overwrite", "--quiet",
            ],
            "Python, requests": [sys.executable, str(peers / "page.py"), *page],
            "Node, fetch": if_there("node", peers / "page.mjs", *page),
            "base64 | curl": if_there("sh", peers / "page.sh", *page) if shutil.which("curl") else None,
        },
        peer="Python, requests", arrives=True)


def references(photograph, url):
    out = str(WORK / "out.jpg")
    many = [str(photograph)] * 14
    return Job(
        "14 references of 8.5 MB in one request",
        {
            "plantain edit": [
                PLANTAIN, "edit", *many, "-p", "Please blur the background", "--gateway", "apiyi", "--base-url", url,
                "--max-bytes", "10MB", "--max-edge", "none", "--request-bytes", "200MB", "-o", out, "--overwrite",
                "--quiet",
            ],
            "Python, requests": [sys.executable, str(HERE / "peers/page.py"), *many, url, out],
        },
        peer="Python, requests")


def answer(photograph, url, size):
    out = str(WORK / "out.png")
    return Job(
        f"an answer of {size / 1e6:.0f} MB, a PNG at 4K, to its file",
        {
            "plantain edit": [
                PLANTAIN, "edit", str(photograph), "-p", "Please blur the background", "--gateway", "apiyi",
                "--base-url", url, "--max-bytes", "10MB", "-o", out, "--overwrite", "--quiet",
            ],
            "Python, requests": [sys.executable, str(HERE / "peers/page.py"), str(photograph), url, out],
        },
        peer="Python, requests", output=pathlib.Path(out))


def start(photograph):
    return Job(
        "a JPEG that needs no change, prepared, beside a mere start",
        {
            "plantain prepare": [PLANTAIN, "prepare", str(photograph), "--max-bytes", "10MB", "--max-edge", "none"],
            "plantain --version": [PLANTAIN, "--version"],
            "vips --version": if_there("vips", "--version"),
        },
        peer="plantain --version")


def both_cores(photographs):
    out = WORK / "reduced"
    out.mkdir(exist_ok=True)
    command = [
        PLANTAIN, "prepare", *photographs, "--max-edge", "2048", "--quality", "90", "--format", "jpeg", "-o", str(out),
        "--overwrite",
    ]
    return Job(
        "the same on all cores",
        {"plantain prepare, all cores": command, "plantain prepare, one core": if_there("taskset", "-c", 0, *command)},
        peer="plantain prepare, one core")


def floor(out, photographs):
    """The decoder's own scale for each that comes nearest to 2048 pixels."""
    if not shutil.which("djpeg") or not shutil.which("cjpeg"):
        return None
    # Pillow in this process would count as every child's memory.
    sizes = subprocess.run(
        [sys.executable, "-c", "import sys; from PIL import Image\nfor path in sys.argv[1:]: print(*Image.open(path).size)",
         *photographs], capture_output=True, text=True, check=True).stdout.splitlines()
    arguments = []
    for path, size in zip(photographs, sizes):
        edge = max(map(int, size.split()))
        arguments += [str(min(range(1, 9), key=lambda eighths: abs(edge * eighths / 8 - 2048))), path]
    return [str(HERE / "peers/floor.sh"), str(out), *arguments]


def reduce(photographs):
    out = WORK / "reduced"
    out.mkdir(exist_ok=True)
    thumbnail = ["--size", "2048x2048>", "-o", f"{out}/%s.jpg[Q=90,strip]"]
    return Job(
        f"{len(photographs)} photographs to at most 2048 pixels, on one core",
        {
            "plantain prepare": [
                PLANTAIN, "prepare", *photographs, "--max-edge", "2048", "--quality", "90", "--format", "jpeg", "-o",
                str(out), "--overwrite",
            ],
            "vipsthumbnail": if_there("vipsthumbnail", *photographs, *thumbnail),
            "vipsthumbnail, colours managed": if_there(
                "vipsthumbnail", *photographs, *thumbnail, "--export-profile", "srgb"),
            "Pillow": [sys.executable, str(HERE / "peers/thumbnails.py"), str(out), *photographs],
            "pyvips": [sys.executable, str(HERE / "peers/pyvips_thumbnails.py"), str(out), *photographs],
            "djpeg -scale | cjpeg": floor(out, photographs),
        },
        peer="vipsthumbnail", one_core=True)


def cap(progressive):
    out = WORK / "capped"
    out.mkdir(exist_ok=True)
    file = out / progressive.name
    copy = f"cp '{progressive}' '{file}' && jpegoptim --quiet --strip-all --size=9765 '{file}'"
    return Job(
        "an 18-megapixel progressive JPEG to 10 MB at full size, on one core",
        {
            "plantain prepare": [
                PLANTAIN, "prepare", str(progressive), "--max-bytes", "10MB", "--max-edge", "none", "-o", str(out),
                "--overwrite",
            ],
            "ImageMagick": if_there("convert", progressive, "-define", "jpeg:extent=10MB", file),
            "jpegoptim": if_there("sh", "-c", copy) if shutil.which("jpegoptim") else None,
        },
        peer="ImageMagick", one_core=True, output=file)
