"""Measures finishing: a 4K answer restored onto a 24-megapixel photograph, and a region pasted into 100 megapixels.

Arguments: PHOTOGRAPH COMPILER.
"""
import os
import subprocess
import sys

import report
from jobs import HERE, PLANTAIN, ROOT, Job
from timing import make_launcher, run

SMALLEST = bool(os.environ.get("SMALLEST"))
FOLDER = ROOT / ".build/performance" / ("smallest/finishing" if SMALLEST else "work/finishing")
DIVISOR = 8 if SMALLEST else 1


def finish(name, result, original, output, *options):
    command = [PLANTAIN, "finish", str(FOLDER / result), "--source", str(FOLDER / original), "-o", str(FOLDER / output),
               "--overwrite", "--quiet", *options]
    return {name: command}


def area(*numbers):
    return ",".join(str(number // DIVISOR) for number in numbers)


def main():
    fit = ["--fit-source", "--align", "--match-color"]
    paste = ["--shown", area(4000, 3000, 1264, 848), "--region", area(4104, 3104, 1000, 600)]
    jobs = [
        Job("a 4K answer fitted, aligned and matched to an original of 24 megapixels", {
            **finish("JPEG to JPEG", "answer.jpg", "original.jpg", "out.jpg", *fit),
            **finish("PNG to JPEG", "answer.png", "original.jpg", "out2.jpg", *fit),
            **finish("only what has changed", "answer.jpg", "original.jpg", "out3.jpg", "--keep-unchanged"),
        }),
        Job("a region of 1,264×848 pasted into 100 megapixels", {
            **finish("TIFF to PNG", "region.png", "large.tif", "out.png", *paste),
            **finish("PNG to PNG", "region.png", "large.png", "out2.png", *paste),
            **finish("TIFF to JPEG", "region.png", "large.tif", "out4.jpg", *paste),
        }),
    ]
    make_launcher(sys.argv[2])
    subprocess.run(
        [sys.executable, str(HERE / "finish_fixtures.py"), sys.argv[1], str(FOLDER), str(DIVISOR)], check=True)
    print("\n" + report.TABLE)
    for job in jobs:
        print(report.lines(job.title, report.entry(job, run(job, 1 if SMALLEST else 5, None))), flush=True)


main()
