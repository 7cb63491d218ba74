"""Makes the fixture: a photograph with grain, as a camera's JPEG of about 8.5 MB; the same bytes on every run.

Arguments: SAMPLE OUT.
"""
import os
import sys

import numpy
from PIL import Image

sample, out = sys.argv[1:]
picture = Image.open(sample).convert("RGB").resize((4608, 3072), Image.LANCZOS)
grain = numpy.random.default_rng(1).normal(0, 8, (3072, 4608, 3))
pixels = numpy.clip(numpy.asarray(picture) + grain, 0, 255).astype("uint8")
for quality in range(80, 99):
    Image.fromarray(pixels).save(out, quality=quality)
    if os.path.getsize(out) > 8_300_000:
        break
