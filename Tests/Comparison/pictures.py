"""The pictures that are worked on: the samples, the fixtures, and kinds that are written here byte by byte."""
import json
import pathlib
import random
import shutil
import struct
import subprocess
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SAMPLES = ROOT / "samples"
FIXTURES = ROOT / "Tests" / "Fixtures"
STORED = ROOT / "Tests" / "StoredShapes" / "2026-11-26"


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width, height, rows, kind=2, bits=8, before=()):
    """`rows` are bytes without filters; kind 0 is gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0))
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(before) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def photograph(width, height, bands=3, seed=1, deep=False):
    """Rows of soft colors with grain, the same every time."""
    noise = random.Random(seed)
    factor = 257 if deep else 1
    rows = []
    for y in range(height):
        row = bytearray() if not deep else []
        for x in range(width):
            light = 128 + (x * 90 // width) - (y * 70 // height) + ((x // 16 + y // 16) % 2) * 18
            grain = noise.getrandbits(4) - 8
            for band in range(bands):
                is_alpha = band == 3 or (bands == 2 and band == 1)
                value = min(255, 255 * x // max(1, width // 2)) if is_alpha else light + grain + band * 12 - 12
                row.append(max(0, min(255, value)) * factor)
        rows.append(struct.pack(f">{len(row)}H", *row) if deep else bytes(row))
    return rows


def flat_fields(width, height):
    """Few colors with sharp edges, as a drawing has them."""
    colors = [b"\xc8\x28\x1e", b"\x28\xa0\x3c", b"\x28\x3c\xb4", b"\xff\xff\xff"]
    return [b"".join(colors[(2 * y // height) * 2 + 2 * x // width] for x in range(width)) for y in range(height)]


def large(width, height):
    """Fast to make: one row of grain, turned a little from row to row."""
    grain = random.Random(7).randbytes(width * 3 * 2)
    rows = []
    for y in range(height):
        shift = (y * 37) % (width * 3)
        shade = bytes([64 + 96 * y // height]) * (width * 3)
        row = int.from_bytes(grain[shift:shift + width * 3], "big") & int.from_bytes(b"\x1f" * (width * 3), "big")
        rows.append((row + int.from_bytes(shade, "big")).to_bytes(width * 3 + 1, "big")[-width * 3:])
    return rows


def exif(orientation, big_endian=False, place=False):
    """An EXIF block that says which way is up and, where asked for, a place on the earth."""
    order = ">" if big_endian else "<"
    entries = [(0x0112, 3, 1, struct.pack(order + "HH", orientation, 0))]
    rest = b""
    if place:
        entries.append((0x8825, 4, 1, struct.pack(order + "I", 8 + 2 + 2 * 12 + 4)))
        north = struct.pack(order + "HHI4s", 1, 2, 2, b"N\0\0\0")
        rest = struct.pack(order + "H", 1) + north + struct.pack(order + "I", 0)
    body = b"".join(struct.pack(order + "HHI", *entry[:3]) + entry[3] for entry in entries)
    head = (b"MM" if big_endian else b"II") + struct.pack(order + "HI", 42, 8)
    return head + struct.pack(order + "H", len(entries)) + body + struct.pack(order + "I", 0) + rest


def with_segment(jpeg, marker, payload):
    return jpeg[:2] + b"\xff" + bytes([marker]) + struct.pack(">H", len(payload) + 2) + payload + jpeg[2:]


def with_exif(jpeg, *arguments, **more):
    return with_segment(jpeg, 0xE1, b"Exif\0\0" + exif(*arguments, **more))


def gif(canvas, frame, end=b"\x3b"):
    """One frame of one color with stripes, in a canvas of another size."""
    value = bits = pixels = 0
    data = bytearray()

    def put(code):
        nonlocal value, bits
        value |= code << bits
        bits += 3
        while bits > 7:
            data.append(value & 255)
            value >>= 8
            bits -= 8

    put(4)
    for _ in range(frame[2] * frame[3]):
        put(1 + pixels // 2 % 2)
        pixels += 1
        if pixels % 2 == 0:
            put(4)
    put(5)
    data.append(value & 255)
    blocks = b"".join(bytes([len(data[at:at + 255])]) + bytes(data[at:at + 255]) for at in range(0, len(data), 255))
    palette = b"\xff\xff\xff\xc8\x28\x1e\0\xa0\0\0\0\xff"
    return (b"GIF89a" + struct.pack("<HH", *canvas) + b"\x91\0\0" + palette + b"\x2c"
            + struct.pack("<HHHH", *frame) + b"\0\2" + blocks + b"\0" + end)


def tiff(pages):
    """Pages of (width, height, rows, kind of page), of one strip each."""
    out = bytearray(b"II" + struct.pack("<HI", 42, 0))
    link = 4
    for width, height, rows, kind in pages:
        strip, bits = len(out), len(out) + width * height * 3
        out += b"".join(rows) + struct.pack("<HHH", 8, 8, 8)
        out += b"\0" * (len(out) % 2)
        entries = [(254, 4, 1, kind), (256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, bits), (259, 3, 1, 1),
                   (262, 3, 1, 2), (273, 4, 1, strip), (277, 3, 1, 3), (278, 4, 1, height),
                   (279, 4, 1, width * height * 3)]
        struct.pack_into("<I", out, link, len(out))
        out += struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
        link = len(out)
        out += struct.pack("<I", 0)
    return bytes(out)


def handmade():
    """Pictures of many kinds, by their names."""
    rgb = photograph(320, 240)
    palette = [chunk(b"PLTE", bytes(range(0, 192, 4)) * 1)]
    damaged = bytearray(chunk(b"tEXt", b"Software\0x"))
    damaged[-1] ^= 1
    profile = chunk(b"iCCP", b"odd\0\0" + zlib.compress(b"no profile at all" * 20))
    whole = png(320, 240, rgb)
    return {
        "soft-rgb.png": whole,
        "soft-rgba.png": png(300, 200, photograph(300, 200, 4), kind=6),
        "soft-gray.png": png(300, 200, photograph(300, 200, 1), kind=0),
        "soft-gray-alpha.png": png(300, 200, photograph(300, 200, 2), kind=4),
        "deep-rgb.png": png(200, 150, photograph(200, 150, 3, deep=True), bits=16),
        "deep-rgba.png": png(200, 150, photograph(200, 150, 4, deep=True), kind=6, bits=16),
        "fields.png": png(640, 480, flat_fields(640, 480)),
        "palette-16.png": png(64, 48, [bytes((x // 4 + y) % 16 for x in range(64)) for y in range(48)], 3, before=palette),
        "on-its-side.png": png(120, 80, photograph(120, 80), before=[chunk(b"eXIf", exif(6))]),
        "with-text.png": png(120, 80, photograph(120, 80), before=[chunk(b"tEXt", b"Author\0Somebody")]),
        "damaged-text.png": png(120, 80, photograph(120, 80), before=[bytes(damaged)]),
        "odd-profile.png": png(120, 80, photograph(120, 80), before=[profile]),
        "other-gamma.png": png(120, 80, photograph(120, 80), before=[chunk(b"gAMA", struct.pack(">I", 100_000))]),
        "hdr-pq.png": png(120, 80, photograph(120, 80, 3, deep=True), bits=16, before=[chunk(b"cICP", bytes([9, 16, 0, 1]))]),
        "without-end.png": whole[:-12],
        "cut.png": whole[:len(whole) // 2],
        "thin.png": png(900, 7, photograph(900, 7)),
        "one-pixel.png": png(1, 1, [b"\x40\x80\xc0"]),
        "huge-claim.png": png(320, 240, rgb).replace(struct.pack(">II", 320, 240), struct.pack(">II", 60_000, 60_000), 1),
        "large-frame.gif": gif((40, 30), (0, 0, 80, 60)),
        "small-frame.gif": gif((80, 60), (20, 15, 40, 30)),
        "without-end.gif": gif((80, 60), (0, 0, 80, 60), end=b""),
        "two-pages.tif": tiff([(60, 40, photograph(60, 40), 0), (80, 50, photograph(80, 50, seed=2), 0)]),
        "preview-first.tif": tiff([(60, 40, photograph(60, 40), 1), (160, 120, photograph(160, 120), 0)]),
        "empty.jpg": b"",
        "words.jpg": b"just words",
        "head-only.webp": b"RIFF\x24\0\0\0WEBPVP8 ",
        "bitmap.bmp": b"BM" + struct.pack("<IIIIiiHHIIiiII", 58, 0, 54, 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) + b"\0\0\0\0",
    }


def derived(jpeg):
    """Kinds of JPEG out of one."""
    kinds = {f"turned-{value}.jpg": with_exif(jpeg, value, big_endian=value % 2 == 0) for value in range(1, 9)}
    kinds["placed.jpg"] = with_exif(jpeg, 1, place=True)
    kinds["comment.jpg"] = with_segment(jpeg, 0xFE, b"a comment")
    kinds["odd-icc.jpg"] = with_segment(jpeg, 0xE2, b"ICC_PROFILE\0\1\1" + b"nothing" * 30)
    kinds["cut.jpg"] = jpeg[:len(jpeg) * 2 // 3]
    kinds["without-end.jpg"] = jpeg[:-2]
    kinds["trailer.jpg"] = jpeg + b"\0\0\1\x0a\x0e\0\0\0Image_UTC_Data1" + bytes(range(200)) + b"SEFT"
    kinds["wrong-name.png"] = jpeg
    return kinds


def mask(width, height, kind):
    """`white`: white in black; `hole`: transparent in black; `black`: nothing; `soft`: gray over to white."""
    rows = []
    for y in range(height):
        row = bytearray()
        for x in range(width):
            is_inside = width // 3 < x < 2 * width // 3 and height // 3 < y < 2 * height // 3
            light = {"white": 255 * is_inside, "soft": 255 * x // width}.get(kind, 0)
            row += bytes([light, light, light, 0 if kind == "hole" and is_inside else 255])
        rows.append(bytes(row))
    return png(width, height, rows, kind=6)


def make_all(folder, program):
    """Writes all inputs; what needs an encoder is made by the old build, so that both work on the same bytes."""
    for path in [*SAMPLES.glob("*.png"), *SAMPLES.glob("*.jpg"), *FIXTURES.iterdir()]:
        if path.is_file() and path.suffix != ".md":
            shutil.copyfile(path, folder / path.name)
    for name, data in handmade().items():
        (folder / name).write_bytes(data)
    (folder / "large.png").write_bytes(png(2600, 1700, large(2600, 1700)))
    for source, made in [("soft-rgb.png", "soft.jpg"), ("soft-rgba.png", "soft.webp"), ("large.png", "large.jpg"),
                         ("coffee.png", "coffee.webp"), ("rocket.jpg", "rocket-srgb.png")]:
        _prepare(program, folder, source, made)
    for name, data in derived((folder / "soft.jpg").read_bytes()).items():
        (folder / name).write_bytes(data)
    for kind in ("white", "hole", "black", "soft"):
        (folder / f"mask-{kind}.png").write_bytes(mask(300, 200, kind))
    (folder / "tiny.png").write_bytes(png(48, 36, photograph(48, 36)))
    (folder / "tiny2.png").write_bytes(png(40, 40, photograph(40, 40, seed=5)))
    (folder / "reply.png").write_bytes(png(96, 72, photograph(96, 72, seed=9)))


def _prepare(program, folder, source, made):
    run(program, folder, "prepare", source, "-o", made, "--quality", "96")


def run(program, folder, *arguments, **more):
    """Makes an input by a build.

    Raises RuntimeError when it cannot.
    """
    environment = {**_environment(folder), "PLANTAIN_LEDGER": str(folder / "making.sqlite"), **more}
    made = subprocess.run([program.path, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    if made.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {made.stderr}")


def _environment(folder):
    """Nothing that the user has settled."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TMPDIR": str(folder)}


def make_results(folder, program):
    """Returned pictures to be finished: what the old build's simulator makes of some, with a drift."""
    drift = {"right": 9, "down": -4, "scale": 1.01, "tint": [1.06, 1.0, 0.9]}
    (folder / "drift.json").write_text(json.dumps([{"drift": drift, "times": 3}, {}]))
    simulator = subprocess.Popen(
        [program.path, "simulate", "--script", "drift.json", "--quiet"], cwd=folder, env=_environment(folder),
        stdout=subprocess.PIPE, text=True)
    try:
        url = simulator.stdout.readline().strip()
        for source, made in [("coffee.png", "coffee.result.jpg"), ("portrait.jpg", "portrait.result.jpg"),
                             ("soft-rgba.png", "rgba.result.jpg"), ("rocket.jpg", "rocket.result.jpg")]:
            run(program, folder, "edit", source, "-p", "warm", "--gateway", "simulator", "-o", made, "--fit", "none",
                PLANTAIN_SIMULATOR_URL=url)
    finally:
        simulator.terminate()
        simulator.wait()
