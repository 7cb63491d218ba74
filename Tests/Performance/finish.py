"""What finishing takes: a 4K answer brought back to a 24-megapixel photograph, and a region pasted into 100 megapixels."""
from jobs import PLANTAIN, WORK, Job
from timing import report, run

FOLDER = WORK / "finishing"


def finish(name, result, original, output, *options):
    command = [PLANTAIN, "finish", str(FOLDER / result), "--source", str(FOLDER / original), "-o", str(FOLDER / output),
               "--overwrite", "--quiet", *options]
    return {name: command}


def main():
    fit = ["--fit-source", "--align", "--match-colour"]
    paste = ["--shown", "4000,3000,1264,848", "--region", "4100,3100,1000,600"]
    jobs = [
        Job("a 4K answer fitted, aligned and matched to an original of 24 megapixels", {
            **finish("JPEG to JPEG", "answer.jpg", "original.jpg", "out.jpg", *fit),
            **finish("PNG to JPEG", "answer.png", "original.jpg", "out2.jpg", *fit),
            **finish("only what has changed", "answer.jpg", "original.jpg", "out3.jpg", "--keep-unchanged"),
        }, peer="JPEG to JPEG"),
        Job("a region of 1,264×848 pasted into 100 megapixels", {
            **finish("TIFF to PNG", "region.png", "large.tif", "out.png", *paste),
            **finish("PNG to PNG", "region.png", "large.png", "out2.png", *paste),
            **finish("TIFF to JPEG", "region.png", "large.tif", "out4.jpg", *paste),
        }, peer="TIFF to PNG"),
    ]
    for job in jobs:
        report(job, run(job, 5, None, None))


main()
