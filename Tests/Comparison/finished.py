"""Group 2: the bytes of finished pictures, and what is said of them."""

ON_COFFEE = {
    "size": ["--fit-source"], "align": ["--align"], "color": ["--match-color"],
    "all": ["--fit-source", "--align", "--match-color"],
    "neither": ["--keep-unchanged", "--no-align", "--no-match-color"],
    "region": ["--region", "200,100,200,150"], "region in percent": ["--region", "25%,25%,50%,50%", "--feather", "12"],
    "region as geometry": ["--region", "150x100+50+40", "--feather", "0"],
    "mask": ["--mask", "in/mask-white.png"], "mask, soft": ["--mask", "in/mask-soft.png", "--feather", "9"],
    "mask, hole": ["--mask", "in/mask-hole.png", "--mask-edits", "transparent", "--no-align"],
    "mask, nothing": ["--mask", "in/mask-black.png"], "mask, other way": ["--mask", "in/mask-hole.png", "--mask-edits", "white"],
    "unchanged": ["--keep-unchanged"], "unchanged, feathered": ["--keep-unchanged", "--feather", "5"],
    "alpha": ["--restore-alpha"], "few bytes": ["--fit-source", "--max-output-bytes", "25KB", "--output", "out.jpg"],
    "next to no bytes": ["--fit-source", "--max-output-bytes", "600", "--output", "out.jpg"],
    "few bytes, free": ["--align", "--max-output-bytes", "9KB", "--output", "out.webp"],
    "drift": ["--fit-source", "--max-drift", "0.5"], "no drift": ["--align", "--match-color", "--max-drift", "50"],
    "outside": ["--region", "900,900,50,50"], "wide feather": ["--region", "200,100,20,20", "--feather", "4000"],
    "part shown": ["--fit-source", "--shown", "10,10,500,300"], "nothing": [],
}
FORMATS = [("jpg", []), ("png", ["--fit-source"]), ("webp", ["--fit-source", "--keep-unchanged"])]
ON_OTHERS = {
    "portrait": ("portrait.result.jpg", "portrait.jpg", [
        ["--fit-source"], ["--keep-unchanged"], ["--align", "--keep-metadata"], ["--align", "--keep-metadata", "--keep-gps"],
        ["--region", "100,100,150,150"]]),
    "rocket": ("rocket.result.jpg", "rocket.jpg", [["--fit-source", "--match-color"], ["--region", "200,100,200,150"]]),
    "transparent": ("rgba.result.jpg", "soft-rgba.png", [
        ["--restore-alpha"], ["--restore-alpha", "--fit-source", "-o", "out.webp"], ["--keep-unchanged"],
        ["--restore-alpha", "-o", "out.jpg"], ["--mask", "in/mask-soft.png"]]),
    "deep": ("rgba.result.jpg", "deep-rgb.png", [["--fit-source"], ["--region", "40,40,80,60"]]),
    "webp": ("coffee.result.jpg", "coffee.webp", [["--keep-unchanged"]]),
    "another picture": ("rocket.result.jpg", "coffee.png", [["--fit-source", "--align"], ["--keep-unchanged"]]),
    "camera": ("coffee.result.jpg", "camera.jpg", [["--fit-source", "--keep-metadata", "--keep-gps", "-o", "out.png"]]),
    "small": ("tiny.png", "tiny2.png", [["--fit-source"], ["--align"]]),
}


def cases(inputs):
    for title, options in ON_COFFEE.items():
        yield title, _finish("coffee.result.jpg", "coffee.png", [options])
    for ending, more in FORMATS:
        yield f"as {ending}", _finish("coffee.result.jpg", "coffee.png", [["--match-color", *more, "-o", f"out.{ending}"]])
    for title, (result, source, lines) in ON_OTHERS.items():
        yield title, _finish(result, source, lines)
    yield "compare", _compare
    yield "names", _names
    yield "standard output and input", _through_pipes
    yield "bad input", _bad_input
    yield "metadata", _metadata
    yield "in an edit", _edit


def _finish(result, source, lines):
    def case(trial):
        if any("--keep-metadata" in options for options in lines):
            trial.expect_dates()
        for number, options in enumerate(lines):
            place = [] if {"-o", "--output"} & set(options) else ["-o", f"{number}.png"]
            trial.run("finish", f"in/{result}", "--source", f"in/{source}", "--json", *place, *options)
    return case


def _compare(trial):
    finish = ["finish", "in/coffee.result.jpg", "--source", "in/coffee.png", "--align", "--json"]
    trial.run(*finish, "--compare", "cmp.png", "-o", "out.png")
    trial.run(*finish, "--compare", "cmp.gif", "-o", "2.png")


def _names(trial):
    trial.take("coffee.result.jpg=result.jpg")
    finish = ["finish", "result.jpg", "--source", "in/coffee.png", "--fit-source"]
    trial.run(*finish)
    trial.run(*finish, "--json")
    trial.run(*finish, "--overwrite")
    trial.run(*finish, "-o", "made")
    trial.run(*finish, "--output-template", "{stem}-x.{ext}", "-o", "made", "--json")
    trial.run(*finish, "-o", "out.gif", "--json")


def _through_pipes(trial):
    result = (trial.inputs / "coffee.result.jpg").read_bytes()
    trial.run("finish", "-", "--source", "in/coffee.png", "--fit-source", "-o", "-", input=result)


def _bad_input(trial):
    for result, source in [("none.jpg", "coffee.png"), ("words.jpg", "coffee.png"), ("coffee.result.jpg", "none.png"),
                           ("coffee.result.jpg", "words.jpg"), ("coffee.result.jpg", "fields.svg"),
                           ("coffee.result.jpg", "cut.jpg")]:
        trial.run("finish", f"in/{result}", "--source", f"in/{source}", "--align", "--json", "-o", "out.png")


def _metadata(trial):
    trial.expect_dates()
    trial.run("edit", "in/portrait.jpg", "-p", "warm é", "--gateway", "simulator", "--keep-metadata", "--keep-gps",
              "-o", "out.jpg", "--json")
    trial.run("edit", "in/camera.jpg", "-p", "warm", "--gateway", "simulator", "--keep-metadata", "-o", "out.png", "--json")


def _edit(trial):
    edit = ["edit", "in/coffee.png", "-p", "warm", "--gateway", "simulator", "--json"]
    for number, options in enumerate([
            ["--fit-source", "--align", "--match-color"], ["--region", "200,100,200,150"], ["--mask", "in/mask-white.png"],
            ["--keep-unchanged", "--output-format", "webp"], ["--fit-source", "--fit", "pad"],
            ["--fit-source", "--compare", "cmp.png"], ["--max-output-bytes", "40KB"], ["--max-drift", "0.01", "--fit-source"]]):
        trial.run(*edit, "-o", f"{number}/" if "--output-format" in options else f"{number}.png", *options)
    trial.run("edit", "in/soft-rgba.png", "-p", "warm", "--gateway", "simulator", "--json", "--restore-alpha", "-o", "alpha.png")
