"""The measured jobs with their contestants, Plantain first. A command that is None is a peer that is not installed."""
import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PEERS = HERE / "peers"
PLANTAIN = str(ROOT / ".build" / os.environ.get("PLANTAIN_BUILD", "release") / "plantain")
PROMPT = ["-p", "Please blur the background"]


@dataclasses.dataclass
class Wanted:
    """A target: the maximum of Plantain's figure, as a multiple of the best of these peers."""
    peers: list
    figure: str  # wall, cpu or memory
    most: float


@dataclasses.dataclass
class Job:
    title: str
    contestants: dict  # from a name to a command
    outputs: dict = dataclasses.field(default_factory=dict)  # from a name to the files that it writes
    wanted: list = dataclasses.field(default_factory=list)
    one_core: bool = False
    arrives: bool = False  # whether to check what arrived at the sink
    scoring: str = ""  # how outputs are compared with `originals`: "reduced" or "windows"
    originals: list = dataclasses.field(default_factory=list)
    scored_against: list = dataclasses.field(default_factory=list)  # peers whose score must be reached
    score_at_most_below: float = 0  # the accepted difference


def if_there(program, *arguments):
    found = shutil.which(program)
    return [found, *map(str, arguments)] if found else None


def python(script, *arguments):
    return [sys.executable, str(PEERS / script), *map(str, arguments)]


def edit_command(pictures, url, out, *further):
    return [
        PLANTAIN, "edit", *map(str, pictures), *PROMPT, "--gateway", "apiyi", "--base-url", url, "--max-bytes", "10MB",
        "--max-edge", "none", "-o", str(out), "--overwrite", "--quiet", *further,
    ]


def edit(work, photograph, url):
    out = work / "out.jpg"
    page = [photograph, url, out]
    return Job(
        "a JPEG of {} MB that needs no change, sent and answered, file to file".format(megabytes(photograph)),
        {
            "plantain edit": edit_command([photograph], url, out, "--tier", "2K"),
            "base64 | curl": if_there("sh", PEERS / "page.sh", *page) if shutil.which("curl") else None,
            "Python, requests": python("page.py", *page),
            "Node, fetch": if_there("node", PEERS / "page.mjs", *page),
        },
        wanted=[Wanted(["base64 | curl"], "wall", 1.0)], arrives=True)


def references(work, reference, url):
    out = work / "out.jpg"
    many = [reference] * 14
    return Job(
        f"14 references of {megabytes(reference)} MB in one request",
        {
            "plantain edit": edit_command(many, url, out, "--request-bytes", "200MB"),
            "Python, requests": python("page.py", *many, url, out),
        },
        wanted=[Wanted(["Python, requests"], "cpu", 0.1), Wanted(["Python, requests"], "memory", 0.2)])


def answer(work, photograph, url, picture):
    out = work / "out.png"
    return Job(
        f"an answer of {megabytes(picture)} MB, a PNG at 4K, to its file",
        {
            "plantain edit": edit_command([photograph], url, out),
            "Python, requests": python("page.py", photograph, url, out),
        },
        outputs=dict.fromkeys(["plantain edit", "Python, requests"], [out]),
        wanted=[Wanted(["Python, requests"], "cpu", 0.2)])


def base64_text(photograph):
    return Job(
        "its base64 on standard output",
        {
            "plantain prepare --base64": [
                PLANTAIN, "prepare", str(photograph), "--base64", "--max-bytes", "10MB", "--max-edge", "none", "--quiet",
            ],
            "Python, pybase64": python("encode.py", photograph),
            "base64": if_there("base64", "-w0", photograph),
        })


def start(photograph):
    return Job(
        "start of the process",
        {
            "plantain --version": [PLANTAIN, "--version"],
            "vips --version": if_there("vips", "--version"),
        },
        wanted=[Wanted(["vips --version"], "wall", 1.0)])


def both_cores(work, photographs):
    out = folder(work, "reduced, all cores")
    command = reduce_command(photographs, out)
    return Job(
        "the same on all cores",
        {"plantain prepare, all cores": command, "plantain prepare, one core": if_there("taskset", "-c", 0, *command)},
        wanted=[Wanted(["plantain prepare, one core"], "wall", 0.55)])


def reduce_command(photographs, out):
    return [
        PLANTAIN, "prepare", *map(str, photographs), "--max-edge", "2048", "--quality", "90", "--format", "jpeg", "-o",
        str(out), "--overwrite", "--quiet",
    ]


def floor(out, photographs, full):
    """The decoder straight into the encoder. `full`: without the decoder's own reduction, encoding pictures reduced before."""
    if not shutil.which("djpeg") or not shutil.which("cjpeg"):
        return None
    if full:
        return [str(PEERS / "floor_full.sh"), str(out), *map(str, photographs)]
    # Pillow in this process would count toward every child's memory.
    sizes = subprocess.run(
        [sys.executable, "-c", "import sys; from PIL import Image\nfor path in sys.argv[1:]: print(*Image.open(path).size)",
         *map(str, photographs)], capture_output=True, text=True, check=True).stdout.splitlines()
    arguments = []
    for path, size in zip(photographs, sizes):
        edge = max(map(int, size.split()))
        arguments += [str(min(range(1, 9), key=lambda eighths: abs(edge * eighths / 8 - 2048))), str(path)]
    return [str(PEERS / "floor.sh"), str(out), *arguments]


def reduce(work, photographs, title=None, quality=90):
    """JPEGs or pictures of other formats to JPEGs of at most 2048 pixels."""
    out = {name: folder(work, "reduced, " + name) for name in (
        "plantain prepare", "vipsthumbnail", "vipsthumbnail, colors managed", "Pillow", "pyvips", "ImageMagick",
        "djpeg -scale | cjpeg", "djpeg, and cjpeg of the reduced")}
    thumbnail = lambda name: ["--size", "2048x2048>", "-o", f"{out[name]}/%s.jpg[Q={quality},strip]"]
    jpegs = all(path.suffix == ".jpg" for path in photographs)
    peers = {
        "vipsthumbnail": if_there("vipsthumbnail", *photographs, *thumbnail("vipsthumbnail")),
        "vipsthumbnail, colors managed": if_there(
            "vipsthumbnail", *photographs, *thumbnail("vipsthumbnail, colors managed"), "--export-profile", "srgb"),
        "Pillow": python("thumbnails.py", out["Pillow"], *photographs),
        "pyvips": python("pyvips_thumbnails.py", out["pyvips"], *photographs),
    }
    contestants = {"plantain prepare": reduce_command(photographs, out["plantain prepare"]), **peers}
    if title is None:
        title = f"{len(photographs)} photographs to at most 2048 pixels, on one core"
        contestants["ImageMagick"] = if_there(
            "mogrify", "-path", out["ImageMagick"], "-resize", "2048x2048>", "-quality", quality, *photographs)
    wanted = [Wanted(list(peers), "cpu", 0.8)] if jpegs and len(photographs) > 1 else []
    if wanted:
        scaled, full = "djpeg -scale | cjpeg", "djpeg, and cjpeg of the reduced"
        contestants |= {scaled: floor(out[scaled], photographs, False), full: floor(out[full], photographs, True)}
        wanted.append(Wanted([scaled], "cpu", 1.3))
    return Job(
        title, contestants, wanted=wanted, one_core=True, scoring="reduced", originals=photographs,
        scored_against=list(peers) if wanted else [], score_at_most_below=0.5,
        outputs={name: [out[name] / (path.stem + ".jpg") for path in photographs]
                 for name in contestants if not name.startswith("djpeg")})


def webp(work, photograph):
    name = photograph.stem + ".webp"
    out = {who: folder(work, "webp, " + who) for who in ("plantain prepare", "cwebp", "vipsthumbnail", "Pillow")}
    return Job(
        "a photograph to a WebP of at most 2048 pixels, on one core",
        {
            "plantain prepare": [
                PLANTAIN, "prepare", str(photograph), "--max-edge", "2048", "--quality", "80", "--format", "webp", "-o",
                str(out["plantain prepare"]), "--overwrite", "--quiet",
            ],
            "cwebp": if_there("cwebp", "-quiet", "-q", 80, "-resize", 2048, 0, photograph, "-o", out["cwebp"] / name),
            "vipsthumbnail": if_there(
                "vipsthumbnail", photograph, "--size", "2048x2048>", "-o", f"{out['vipsthumbnail']}/%s.webp[Q=80,strip]"),
            "Pillow": python("thumbnails.py", out["Pillow"], "--webp", photograph),
        },
        one_core=True, scoring="reduced", originals=[photograph],
        outputs={who: [place / name] for who, place in out.items()})


def png(work, picture):
    out = {who: folder(work, "png, " + who) for who in ("plantain prepare", "vipsthumbnail", "Pillow", "pyvips")}
    return Job(
        "a PNG with transparency to one of at most 2048 pixels, on one core",
        {
            "plantain prepare": [
                PLANTAIN, "prepare", str(picture), "--max-edge", "2048", "--max-bytes", "10MB", "--format", "png", "-o",
                str(out["plantain prepare"]), "--overwrite", "--quiet",
            ],
            "vipsthumbnail": if_there(
                "vipsthumbnail", picture, "--size", "2048x2048>", "-o", f"{out['vipsthumbnail']}/%s.png[strip]"),
            "Pillow": python("thumbnails.py", out["Pillow"], "--png", picture),
            "pyvips": python("pyvips_thumbnails.py", out["pyvips"], "--png", picture),
        },
        one_core=True, scoring="reduced", originals=[picture],
        outputs={who: [place / picture.name] for who, place in out.items()})


def cap(work, progressive, limit):
    out = {who: folder(work, "capped, " + who) / progressive.name for who in ("plantain prepare", "ImageMagick", "jpegoptim")}
    optimized = out["jpegoptim"]
    copy = f"cp '{progressive}' '{optimized}' && jpegoptim --quiet --strip-all --size={limit // 1024} '{optimized}'"
    return Job(
        f"a progressive JPEG of {megabytes(progressive)} MB to {limit / 1e6:g} MB at full size, on one core",
        {
            "plantain prepare": [
                PLANTAIN, "prepare", str(progressive), "--max-bytes", str(limit), "--max-edge", "none", "-o",
                str(out["plantain prepare"].parent), "--overwrite", "--quiet",
            ],
            # Other programs are called convert, too.
            "ImageMagick": if_there("convert", progressive, "-define", f"jpeg:extent={limit}", out["ImageMagick"])
            if shutil.which("mogrify") else None,
            "jpegoptim": if_there("sh", "-c", copy) if shutil.which("jpegoptim") else None,
        },
        wanted=[Wanted(["ImageMagick"], "cpu", 0.6)], one_core=True, scoring="windows", originals=[progressive],
        scored_against=["ImageMagick"], outputs={who: [file] for who, file in out.items()})


def folder(work, name):
    place = work / "out" / name
    place.mkdir(parents=True, exist_ok=True)
    return place


def megabytes(file):
    return f"{file.stat().st_size / 1e6:.1f}"
