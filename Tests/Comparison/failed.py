"""Group 6: what one build leaves to be done again, done by the other: failed items, and the commands of a report."""
import html
import re
import shlex

from Comparison import pictures
from Comparison.carried import OPTIONS


def cases(inputs):
    yield "a folder", _folder
    yield "a folder, beside", lambda trial: _folder(trial, [])
    yield "a table", _table
    yield "every option", _every_option
    yield "again", _again
    yield "commands of a report", _report


def _folder(trial, place=("-o", "out")):
    trial.open("bad", "bad", "bad")
    trial.take("tiny.png=p/a.png", "soft.jpg=p/a.jpg", "tiny.png=p/copy.png", "tiny2.png=p/z.png")
    address = ["--base-url", trial.gateway.url("apiyi"), "--json"]
    batch = ["batch", "p", "-p", "warm", "--gateway", "apiyi", "--tier", "2K", "--fit-source", "--quality", "80",
             "--no-match-color", *place, *address]
    trial.run(*batch, "--jobs", "1")
    _see_failed(trial, ("out/" if place else "p/") + "failed.jsonl")
    trial.run("batch", ("out/" if place else "p/") + "failed.jsonl", *address, by=1)
    trial.run(*batch)
    trial.see("requests in all", trial.gateway.posts)


def _table(trial):
    trial.open("bad")
    trial.take("tiny.png")
    trial.write("m.csv", 'references,prompt,output,who,region\ntiny.png,of {who} {{x},1.png,Ann,"10%,10%,50%,50%"\n')
    address = trial.at("apiyi")
    batch = ["batch", "m.csv", "-o", "out", *address, "--compare", "c.png", "--timeout", "90s", "--json"]
    trial.run(*batch)
    _see_failed(trial, "m.failed.jsonl")
    trial.run("batch", "m.failed.jsonl", *address, "--json", by=1)
    trial.run(*batch)


def _every_option(trial):
    """All of them fail first."""
    options = [option for option in OPTIONS if "compare" not in option]
    # Some take two requests each.
    trial.open(*["bad"] * (len(options) + 1)).expect_dates()
    trial.take("tiny.png")
    trial.write("mask.png", pictures.mask(48, 36, "white"))
    trial.write_lines("m.jsonl", *[
        {"references": ["tiny.png"], "prompt": f"x {number}", "output": f"{number}/", **option}
        for number, option in enumerate(options)])
    batch = ["batch", "m.jsonl", "-o", "out", *trial.at("apiyi"), "--json"]
    trial.run(*batch)
    _see_failed(trial, "m.failed.jsonl")
    trial.run("batch", "m.failed.jsonl", *trial.at("apiyi"), "--json", by=1)
    posts = trial.gateway.posts
    trial.run(*batch)
    trial.see("paid for again", trial.gateway.posts - posts)


def _again(trial):
    trial.open("good", "good", "good", "bad")
    trial.take("tiny.png")
    trial.write_lines("m.jsonl", *[
        {"references": ["tiny.png"], "prompt": f"x {number}", "output": f"{number}.png"} for number in range(2)])
    batch = ["batch", "m.jsonl", "-o", "out", *trial.at("apiyi"), "--json", "--jobs", "1"]
    trial.run(*batch)
    again = trial.run(*batch, "--again", "--overwrite")
    trial.run("batch", "m.failed.jsonl", "--again", "--overwrite", "--run", again.run, *trial.at("apiyi"), "--json", by=1)
    trial.run(*batch, by=1)
    trial.see("requests in all", trial.gateway.posts)


def _report(trial):
    trial.open("good", "bad", "broken", "address", "words").gateway.is_late = True
    trial.take("tiny.png", "soft.jpg")
    trial.write_lines("m.jsonl", *[
        {"references": ["tiny.png", "soft.jpg"][number % 2:], "prompt": f"x {number}", "output": f"{number}.png"}
        for number in range(5)])
    batch = ["batch", "m.jsonl", "-o", "out", *trial.at("apiyi"), "--json", "--jobs", "1"]
    trial.run(*batch, "--report", "first.html", "--contact-sheet", "first.jpg")
    trial.gateway.is_late = False
    for command in _commands((trial.folder / "first.html").read_text()):
        trial.run(*command, "--json", by=1)
    trial.run(*batch, "--report", "second.html", "--contact-sheet", "second.png", by=1)


def _commands(page):
    """As a reader would type them, where several ways are given by the first of them."""
    for text in re.findall(r"<code>([^<]*)", page):
        words = shlex.split(html.unescape(text).split("|")[0])
        yield words[1:] if words[:1] == ["plantain"] else words


def _see_failed(trial, name):
    path = trial.folder / name
    lines = path.read_text().splitlines() if path.exists() else []
    trial.see(f"lines of {name}", [trial.normal.json(line) for line in lines])
