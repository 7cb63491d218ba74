"""Group 1: the bytes of prepared pictures, and what is said of them."""
import base64

# Of all pictures at once.
FOR_ALL = {
    "as they are": [], "small": ["--max-edge", "100"], "edge": ["--max-edge", "37", "--format", "png"],
    "jpeg": ["--format", "jpeg"], "png": ["--format", "png"], "webp": ["--format", "webp"],
    "quality 30": ["--quality", "30"], "webp 55": ["--format", "webp", "--quality", "55"],
    "quality 100": ["--quality", "100", "--format", "jpeg"],
    "few bytes": ["--max-bytes", "6KB"], "few bytes as png": ["--max-bytes", "9KB", "--format", "png"],
    "few bytes as webp": ["--max-bytes", "5KB", "--format", "webp"], "next to no bytes": ["--max-bytes", "1000"],
    "pad": ["--fit", "pad", "--aspect", "16:9"], "crop": ["--fit", "crop", "--aspect", "1:1"],
    "pad in red": ["--fit", "pad", "--aspect", "1:1", "--background", "red", "--max-edge", "120", "--format", "jpeg"],
    "background": ["--background", "#336699", "--format", "jpeg"],
    "background by name": ["--background", "navy", "--format", "jpeg", "--max-edge", "90"],
    "copyright": ["--keep", "copyright"], "copyright, small": ["--keep", "copyright", "--max-edge", "50"],
    "truncated": ["--allow-truncated"], "page 2": ["--page", "2"], "page 9": ["--page", "9"],
    "few pixels": ["--max-pixels", "5000"],
    "other decoders": ["--allow", "svg", "--allow", "jxl", "--allow", "jp2"],
    "other decoders, small": ["--allow", "svg", "--allow", "jxl", "--allow", "jp2", "--max-edge", "30"],
    "for gccai": ["--gateway", "gccai"], "for google at 4K": ["--gateway", "google", "--tier", "4K", "--fit", "pad"],
    "for aimlapi, nearest": ["--gateway", "aimlapi", "--fit", "crop", "--aspect", "3:2", "--nearest"],
    "for myrouter": ["--gateway", "myrouter", "--fit", "pad", "--max-edge", "256"],
}
# These take long at every option.
LARGE = {"large.png", "large.jpg"}
FOR_LARGE = {
    "as it is": [], "1024": ["--max-edge", "1024"], "png": ["--format", "png", "--max-edge", "900"],
    "bytes": ["--max-bytes", "150KB"], "squeezed": ["--max-bytes", "900KB"], "webp": ["--format", "webp", "--max-edge", "1500"],
    "pad": ["--fit", "pad", "--aspect", "1:1", "--max-edge", "1000"], "for apiyi": ["--gateway", "apiyi"],
}
NO_PICTURES = {"drift.json", "making.sqlite"}


def cases(inputs):
    names = sorted(path.name for path in inputs.iterdir() if path.is_file() and path.name not in NO_PICTURES
                   and not path.name.startswith("making."))
    usual = [name for name in names if name not in LARGE and ".result." not in name]
    for title, options in FOR_ALL.items():
        yield title, _prepare(usual, options)
    for title, options in FOR_LARGE.items():
        yield f"large, {title}", _prepare(sorted(LARGE), options)
    yield "inspect", lambda trial: trial.run("inspect", *_paths(names), "--json")
    yield "inspect for a gateway", lambda trial: trial.run(
        "inspect", *_paths(usual), "--json", "--gateway", "apiyi", "--max-edge", "200", "--allow", "svg")
    yield "inspect in words", lambda trial: trial.run("inspect", *_paths(usual[:12]))
    yield "text", _as_text
    yield "standard output and input", _through_pipes
    yield "names", _names
    yield "in place", _in_place
    yield "a folder", _folder
    yield "data URIs and patterns", _data_uris


def _paths(names):
    return [f"in/{name}" for name in names]


def _prepare(names, options):
    return lambda trial: trial.run("prepare", *_paths(names), "-o", "out", "--json", *options)


def _as_text(trial):
    for option in ("--data-uri", "--base64"):
        trial.run("prepare", "in/coffee.png", "in/portrait.jpg", option, "--max-edge", "200")
    trial.run("prepare", "in/tiny.png", "in/words.jpg", "--data-uri", "--json")


def _through_pipes(trial):
    picture = (trial.inputs / "rocket.jpg").read_bytes()
    trial.run("prepare", "-", "-o", "-", "--max-edge", "200", input=picture)
    trial.run("prepare", "-", "-o", "x.webp", "--json", input=picture)
    trial.run("inspect", "-", "--json", input=picture)
    trial.run("prepare", "in/coffee.png", "-o", "-", "--format", "webp")


def _names(trial):
    trial.take("coffee.png=a.png", "rocket.jpg=a.jpg", "tiny.png=b.png")
    trial.run("prepare", "a.png", "a.jpg", "-o", "one")
    trial.run("prepare", "a.png", "-o", "made/small.jpg", "--max-edge", "60", "--json")
    trial.run("prepare", "a.png", "-o", "made/small.jpg", "--json")
    trial.run("prepare", "a.png", "-o", "made/small.jpg", "--overwrite", "--max-edge", "50")
    trial.run("prepare", "a.png", "b.png", "--output-template", "{stem}-{n}.{ext}", "-o", "two", "--json")
    trial.run("prepare", "a.png", "b.png", "--output-template", "{stem}-{n}.{ext}", "-o", "two", "--skip-existing", "--json")
    trial.run("prepare", "b.png", "--output-template", "{name}.webp")
    trial.run("prepare", "a.png", "-o", "small.tif", "--json")
    trial.run("prepare", "a.png", "b.png", "-o", "small.jpg", "--json")
    trial.run("prepare", "a.png", "-o", ".", "--json")


def _in_place(trial):
    trial.take("coffee.png=a.png", "portrait.jpg", "animated.gif")
    trial.run("prepare", "a.png", "portrait.jpg", "animated.gif", "--in-place", "--max-edge", "70", "--json")


def _folder(trial):
    trial.take("coffee.png=in2/a.png", "tiny.png=in2/sub/a.png", "tiny2.png=in2/b.PNG", "words.jpg=in2/c.jpg")
    trial.run("prepare", "in2", "-o", "flat", "--max-edge", "60", "--json")
    trial.run("prepare", "in2", "--recursive", "-o", "deep", "--max-edge", "60", "--json")
    trial.run("prepare", "in2/[a-b].*", "none*.png", "-o", "some", "--json")
    trial.run("prepare", "in2/a.png")


def _data_uris(trial):
    picture = base64.b64encode((trial.inputs / "tiny.png").read_bytes()).decode()
    trial.run("prepare", f"data:image/png;base64,{picture}", f"data:image/jpeg;base64,{picture}", "-o", "out", "--json")
    trial.run("inspect", "data:image/png;base64,@@@", f"data:;base64,{picture}", "--json")
