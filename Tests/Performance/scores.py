"""Computes SSIMULACRA2. Standard input: JSON, a list of [kind, original, output]. Standard output: a list of scores.

"reduced": compares with the original decoded at full size, in sRGB and over gray, and reduced to the output's size by
Pillow's Lanczos (a = 3). "windows": both at the original's size, the mean of nine windows of 1000 by 1000 pixels.
"""
import io
import json
import multiprocessing
import os
import sys
import tempfile

import numpy
from PIL import Image, ImageCms
from ssimulacra2 import compute_ssimulacra2

Image.MAX_IMAGE_PIXELS = None
EDGE = 1000


def upright(path):
    """Returns the picture as 8-bit sRGB, over gray."""
    picture = Image.open(path)
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK"):
        picture = ImageCms.profileToProfile(
            picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, flags=ImageCms.Flags.BLACKPOINTCOMPENSATION)
    if picture.mode == "RGBA":
        gray = Image.new("RGBA", picture.size, (128, 128, 128, 255))
        picture = Image.alpha_composite(gray, picture)
    return picture.convert("RGB")


def compared(original, output, folder):
    paths = [os.path.join(folder, name) for name in ("original.png", "output.png")]
    for picture, path in zip((original, output), paths):
        picture.save(path, compress_level=0)
    return compute_ssimulacra2(*paths)


def score(question):
    kind, original, output = question
    original, output = upright(original), upright(output)
    with tempfile.TemporaryDirectory() as folder:
        if kind == "reduced":
            return compared(original.resize(output.size, Image.LANCZOS), output, folder)
        scores = []
        for left in numpy.linspace(0, max(0, original.width - EDGE), 3).astype(int):
            for top in numpy.linspace(0, max(0, original.height - EDGE), 3).astype(int):
                box = (left, top, min(original.width, left + EDGE), min(original.height, top + EDGE))
                scores.append(compared(original.crop(box), output.crop(box), folder))
        return float(numpy.mean(scores))


if __name__ == "__main__":
    questions = json.load(sys.stdin)
    # Each score takes up to three gigabytes.
    with multiprocessing.Pool(2) as pool:
        json.dump(pool.map(score, questions, chunksize=1), sys.stdout)
