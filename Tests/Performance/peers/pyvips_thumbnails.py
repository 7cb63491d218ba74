"""Reduces pictures to 2048 pixels as in pyvips' documentation. Arguments: FOLDER [--png] PICTURE…"""
import pathlib
import sys

import pyvips

folder, *paths = sys.argv[1:]
is_png = paths[0] == "--png"
for path in map(pathlib.Path, paths[1:] if is_png else paths):
    picture = pyvips.Image.thumbnail(str(path), 2048, height=2048, size="down")
    out = str(pathlib.Path(folder) / path.stem)
    if is_png:
        picture.pngsave(out + ".png", strip=True)
    else:
        picture.jpegsave(out + ".jpg", Q=90, strip=True)
