"""Reduces pictures to 2048 pixels as in Pillow's documentation. Arguments: FOLDER [--webp | --png] PICTURE…"""
import pathlib
import sys

from PIL import Image

folder, *paths = sys.argv[1:]
kind = paths.pop(0) if paths[0].startswith("--") else "--jpg"
options = {"--jpg": {"quality": 90}, "--webp": {"quality": 80}, "--png": {}}[kind]
for path in map(pathlib.Path, paths):
    with Image.open(path) as picture:
        picture.thumbnail((2048, 2048), Image.Resampling.LANCZOS)
        if kind == "--jpg":
            picture = picture.convert("RGB")
        picture.save(pathlib.Path(folder) / (path.stem + "." + kind[2:]), **options)
