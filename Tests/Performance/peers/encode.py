"""A file's base64 on standard output, by pybase64. Argument: FILE."""
import sys

import pybase64

with open(sys.argv[1], "rb") as file:
    sys.stdout.buffer.write(pybase64.b64encode(file.read()))
