"""Makes the fixtures for finishing: an original, an answer that is moved, tinted, and partly changed, and 100 megapixels.

Arguments: PHOTOGRAPH FOLDER DIVISOR, the divisor of each edge. A separate process, so that the measuring process stays
small.
"""
import pathlib
import sys

import numpy
from PIL import Image

FOLDER = pathlib.Path(sys.argv[2])
DIVISOR = int(sys.argv[3])
Image.MAX_IMAGE_PIXELS = None


def size(*numbers):
    return tuple(number // DIVISOR for number in numbers)


def grainy(picture, seed):
    noise = numpy.random.default_rng(seed).normal(0, 4, (picture.height, picture.width, 1))
    return Image.fromarray(numpy.clip(numpy.asarray(picture) + noise, 0, 255).astype("uint8"))


def moved(picture, scale, right, down):
    x, y = picture.width / 2, picture.height / 2
    map = (1 / scale, 0, x - (x + right) / scale, 0, 1 / scale, y - (y + down) / scale)
    return picture.transform(picture.size, Image.AFFINE, map, Image.BICUBIC)


def answer(picture):
    pixels = numpy.asarray(moved(picture, 1.02, 60, -35)) * [1.05, 1, 0.93]
    top, left = picture.height // 3, picture.width // 3
    changed = pixels[top:2 * top, left:2 * left]
    pixels[top:2 * top, left:2 * left] = changed[:, :, ::-1]
    return Image.fromarray(numpy.clip(pixels, 0, 255).astype("uint8"))


def make_fixtures(photograph):
    FOLDER.mkdir(parents=True, exist_ok=True)
    source = Image.open(photograph).convert("RGB")
    original = grainy(source.resize(size(6000, 4000), Image.LANCZOS), 1)
    original.save(FOLDER / "original.jpg", quality=92)
    result = answer(original.resize(size(5056, 3392), Image.LANCZOS))
    result.save(FOLDER / "answer.jpg", quality=92)
    result.save(FOLDER / "answer.png", compress_level=1)
    large = grainy(source.resize(size(12288, 8192), Image.LANCZOS), 2)
    large.save(FOLDER / "large.tif")
    large.save(FOLDER / "large.png", compress_level=1)
    moved(large.crop(size(4000, 3000, 5264, 3848)), 1, 6, -4).save(FOLDER / "region.png")


if not (FOLDER / "region.png").exists():
    make_fixtures(sys.argv[1])
