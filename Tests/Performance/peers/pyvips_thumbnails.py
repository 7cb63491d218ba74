"""Reduces pictures to 2048 pixels as pyvips' own documentation does. Arguments: FOLDER PICTURE…"""
import pathlib
import sys

import pyvips

folder = pathlib.Path(sys.argv[1])
for path in map(pathlib.Path, sys.argv[2:]):
    picture = pyvips.Image.thumbnail(str(path), 2048, height=2048, size="down")
    picture.jpegsave(str(folder / path.name), Q=90, strip=True)
