"""Reduces pictures to 2048 pixels as Pillow's own documentation does. Arguments: FOLDER PICTURE…"""
import pathlib
import sys

from PIL import Image

folder = pathlib.Path(sys.argv[1])
for path in map(pathlib.Path, sys.argv[2:]):
    with Image.open(path) as picture:
        picture.thumbnail((2048, 2048), Image.Resampling.LANCZOS)
        picture.convert("RGB").save(folder / path.name, quality=90)
