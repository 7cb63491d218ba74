"""Makes the fixtures: photographs with grain, as cameras' JPEGs are; the same bytes on every run.

Arguments: SAMPLE FOLDER. A process of its own, so that the one that measures stays small.
"""
import io
import pathlib
import sys

import numpy
from PIL import Image

sample, folder = sys.argv[1], pathlib.Path(sys.argv[2])
source = Image.open(sample).convert("RGB")


def photograph(width, height, seed, grain=8):
    picture = numpy.asarray(source.resize((width, height), Image.LANCZOS))
    noise = numpy.random.default_rng(seed).normal(0, grain, picture.shape)
    return Image.fromarray(numpy.clip(picture + noise, 0, 255).astype("uint8"))


def of_size(picture, least, **options):
    """The lowest quality from 80 on whose file has at least that many bytes."""
    for quality in range(80, 101):
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, **options)
        if file.tell() > least:
            break
    return file.getvalue()


(folder / "photographs").mkdir(parents=True, exist_ok=True)
(folder / "photograph.jpg").write_bytes(of_size(photograph(4608, 3072, 1), 8_300_000))
(folder / "progressive.jpg").write_bytes(
    of_size(photograph(5640, 3172, 2, grain=12), 16_000_000, progressive=True, subsampling="4:2:2"))
# What a model gives at 4K: some twenty-five megabytes.
photograph(4096, 2304, 3, grain=4).save(folder / "answer.png")
cameras = [(2560, 1600, "4:4:4"), (3840, 2160, "4:2:0"), (4608, 3072, "4:2:2"), (5120, 2880, "4:2:0")]
for number, (width, height, subsampling) in enumerate(cameras):
    photograph(width, height, 10 + number, grain=4).save(
        folder / f"photographs/{number}.jpg", quality=90, subsampling=subsampling)
