"""Prints a file's Base64, by pybase64. Argument: FILE."""
import sys

import pybase64

with open(sys.argv[1], "rb") as file:
    sys.stdout.buffer.write(pybase64.b64encode(file.read()))
