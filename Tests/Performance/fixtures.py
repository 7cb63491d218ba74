"""Makes the fixtures: photographs with grain, like cameras' files, the same on every run.

Arguments: SAMPLES FOLDER DIVISOR. With a divisor of 1 they have 4 to 48 megapixels; with 8 each edge is an eighth, for a
run that only shows that everything works. A separate process, so that the measuring process stays small.
"""
import io
import pathlib
import sys

import numpy
import pyvips
from PIL import Image

samples, folder, divisor = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
source = Image.open(samples / "rocket.jpg").convert("RGB")


def photograph(width, height, seed, grain=8):
    picture = source.resize((width // divisor, height // divisor), Image.LANCZOS)
    # In strips, because float noise for 48 megapixels would take gigabytes.
    random = numpy.random.default_rng(seed)
    pixels = numpy.asarray(picture).copy()
    for top in range(0, pixels.shape[0], 256):
        strip = pixels[top:top + 256]
        # Mostly in brightness: cameras remove the color noise of their sensors.
        noise = random.standard_normal((*strip.shape[:2], 1), numpy.float32) * grain
        colors = random.standard_normal(strip.shape, numpy.float32) * (grain / 4)
        pixels[top:top + 256] = numpy.clip(strip + noise + colors, 0, 255).astype("uint8")
    return Image.fromarray(pixels)


def of_size(picture, most, **options):
    """Returns a JPEG of at most `most` bytes, of the highest quality from 70 to 100 that fits."""
    best = b""
    for quality in range(70, 101):
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, **options)
        if file.tell() > most / divisor**2:
            break
        best = file.getvalue()
    return best


def put(name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        picture, options = content
        picture.save(path, **options)


# The request: one picture that passes unchanged, and one just under the limit that is sent fourteen times.
put("photograph.jpg", of_size(photograph(4608, 3072, 1), 8_600_000))
put("reference.jpg", of_size(photograph(5184, 3456, 2), 9_990_000))
# A model's answer at 4K: about twenty-five megabytes.
put("answer.png", (photograph(4096, 2304, 3, grain=16), {}))
put("progressive.jpg", of_size(photograph(5640, 3172, 4, grain=12), 19_000_000, progressive=True, subsampling="4:2:2"))

cameras = [
    (2560, 1600, {"subsampling": "4:4:4"}), (3840, 2160, {"subsampling": "4:2:0"}), (4608, 3072, {"subsampling": "4:2:2"}),
    (5184, 3456, {"subsampling": "4:2:0", "progressive": True}), (6000, 4000, {"subsampling": "4:2:0"}),
    (6048, 4024, {"subsampling": "4:2:2"}),
]
for number, (width, height, options) in enumerate(2 * cameras):
    put(f"photographs/{number:02}.jpg", (photograph(width, height, 10 + number, grain=4), {"quality": 90, **options}))
put("large.jpg", (photograph(8000, 6000, 20, grain=4), {"quality": 90}))
put("photograph.webp", (photograph(4000, 3000, 21, grain=4), {"quality": 85, "method": 2}))

transparent = photograph(4000, 3000, 22, grain=1).convert("RGBA")
ramp = numpy.linspace(0, 255, transparent.width).astype("uint8")
transparent.putalpha(Image.fromarray(numpy.broadcast_to(ramp, transparent.size[::-1]).copy()))
put("transparent.png", (transparent, {"compress_level": 1}))

# libvips has built-in profiles for these.
plain = pyvips.Image.new_from_array(numpy.asarray(photograph(4000, 3000, 23, grain=4))).copy(interpretation="srgb")
for name, profile in ("p3", "p3"), ("cmyk", "cmyk"):
    converted = plain.icc_transform(profile, input_profile="srgb")
    converted.jpegsave(str(folder / f"{name}.jpg"), Q=90)
deep = (plain.cast("ushort") * 257 + pyvips.Image.gaussnoise(plain.width, plain.height, sigma=40, mean=0, seed=24))
deep.cast("ushort").copy(interpretation="rgb16").pngsave(str(folder / "deep.png"), compression=1)

# For the growth: one picture at many sizes.
for megapixels in (1, 2, 4, 8, 16, 24, 32, 48):
    edge = int((megapixels * 1e6 / 6) ** 0.5)
    picture = photograph(3 * edge, 2 * edge, 30 + megapixels, grain=4)
    put(f"growth/{megapixels}.jpg", (picture, {"quality": 90}))
    put(f"growth/{megapixels}.png", (picture, {"compress_level": 1}))
(folder / "made").touch()
