"""Group 5: what each build makes of the other's ledger. Nothing that one has paid for is ever new to the other."""
import shutil

from Comparison import pictures

# One line of a manifest for each option, as far as a gateway of this dialect has it.
OPTIONS = [
    {}, {"aspect": "16:9"}, {"aspect": "source"}, {"tier": "2K"}, {"tier": "0.5k"}, {"model": "gemini-3.1-flash-image"},
    {"count": 2},
    {"max-bytes": "5MB"}, {"request-bytes": "9MB"}, {"max-edge": 30}, {"max-edge": "none"}, {"format": "jpeg"}, {"quality": 70},
    {"background": "navy"}, {"background": "#102030"}, {"max-pixels": 9000}, {"page": 1}, {"keep": "copyright"}, {"fit": "pad"},
    {"fit": "none"}, {"fit": "crop", "aspect": "1:1"}, {"allow": "svg,jxl"}, {"output-format": "jpeg"}, {"timeout": "90s"},
    {"price": "0.5USD"}, {"region": "4,4,24,20"}, {"region": "25%,25%,50%,50%", "feather": 2},
    {"output-template": "{stem}-t.{ext}"},
    {"max-drift": 99, "fit-source": True}, {"max-output-bytes": "90KB"}, {"mask": "mask.png"},
    {"mask": "mask.png", "mask-edits": "white"},
    {"compare": "cmp.png", "fit-source": True}, {"nearest": True, "aspect": "7:5"}, {"allow-truncated": True}, {"raw": True},
    {"fit-source": True}, {"keep-unchanged": True}, {"restore-alpha": True}, {"keep-metadata": True}, {"keep-gps": True},
    {"overwrite": True}, {"align": True}, {"align": False, "keep-unchanged": True}, {"match-color": True},
    {"match-color": False, "keep-unchanged": True}, {"match-colour": True, "fit-source": True},
]
SEARCHING = [{"web-search": True}, {"web-search": True, "image-search": True}, {"thinking": "high"}, {"aspect": "auto"}]
# Of which `reply.png` makes something else each time.
FINISHING = [
    ["--fit-source"], ["--align", "--match-color"], ["--region", "8,8,24,20", "--feather", "2"], ["--mask", "mask.png"],
    ["--keep-unchanged", "--no-match-color"], ["--restore-alpha", "--compare", "cmp.png"],
    ["--fit-source", "--max-output-bytes", "60KB"],
]


def cases(inputs):
    yield "every option", _every_option("apiyi", OPTIONS)
    yield "searches", _every_option("google", SEARCHING)
    yield "tasks and options", _every_option("gccai", [{}, {"count": 3}, {"official-fallback": True}, {"tier": "4K"}])
    yield "every ending", _endings
    yield "settled", _settled
    yield "tasks", _tasks
    yield "a task of an edit", _task_of_edit
    yield "kept replies", _kept
    yield "replies without a picture", _without_picture
    yield "drift", _drift
    yield "edits", _edits
    yield "variants and copies", _variants
    yield "interrupted", _interrupted
    yield "again", _again
    yield "money of a day", _money
    yield "probes", _probes
    yield "of an earlier version", _earlier


def _lines(options):
    names = [f"{number}/" if _has_free_name(option) else f"{number}.png" for number, option in enumerate(options)]
    return [{"references": ["tiny.png"], "prompt": f"x {number}", "output": names[number], **option}
            for number, option in enumerate(options)]


def _has_free_name(option):
    return bool({"output-format", "output-template", "raw", "count"} & set(option))


def _every_option(gateway, options):
    def case(trial):
        trial.open().expect_dates()
        trial.take("tiny.png", "tiny2.png")
        trial.write("mask.png", pictures.mask(48, 36, "white"))
        trial.write_lines("m.jsonl", *_lines(options))
        batch = ["batch", "m.jsonl", "-o", "out", *trial.at(gateway), "--json"]
        first = trial.run(*batch)
        posts = trial.gateway.posts
        trial.run(*batch, by=1)
        # A result that is gone is no reason to pay for it, either.
        (trial.folder / "out").rename(trial.folder / "made")
        trial.run(*batch, by=1)
        trial.see("paid for again", trial.gateway.posts - posts)
        trial.run("history", "--run", first.run, "--json", by=1, is_ordered=False)
    return case


def _endings(trial):
    answers = ["good", "bad", "broken", "lost", "cut", "words", "garbage", "odd", "slow", "unsafe", "empty", "moderated", "good"]
    trial.open(*answers)
    trial.take("tiny.png")
    trial.write_lines("m.jsonl", *_lines([{}] * len(answers)))
    batch = ["batch", "m.jsonl", "-o", "out", *trial.at("apiyi"), "--json", "--jobs", "1"]
    trial.run(*batch)
    # What failed for nothing is sent again, and what may have been paid for is not.
    trial.run(*batch, by=1)
    trial.run(*batch)
    trial.run("history", "--most", "50", "--json", by=1)
    trial.run("history", "--runs", "--json", by=1)
    trial.run("history", "--totals", "--json", by=1)
    trial.run("doctor", "--json", by=1)


def _settled(trial):
    trial.open("broken", "lost", "slow", "cut")
    trial.take("tiny.png")
    trial.write_lines("m.jsonl", *_lines([{}] * 5))
    batch = ["batch", "m.jsonl", "-o", "out", *trial.at("apiyi"), "--json", "--jobs", "1"]
    first = trial.run(*batch)
    for position, settlement in enumerate(["billed", "unbilled", "resend"]):
        trial.run("settle", first.id(position), "--as", settlement, "--json", by=1)
    trial.run("settle", first.run, "--as", "billed", "--json", by=1)
    trial.run("history", "--json")
    trial.run(*batch)
    trial.run(*batch, by=1)


def _tasks(trial):
    trial.open("good", "failing", "good").gateway.is_late = True
    trial.take("tiny.png")
    trial.write_lines("m.jsonl", *_lines([{"fit-source": True}, {}, {"region": "4,4,24,20"}]))
    batch = ["batch", "m.jsonl", "-o", "out", *trial.at("gccai"), "--json", "--jobs", "1", "--timeout", "3s"]
    first = trial.run(*batch)
    trial.run("history", "--json", by=1)
    trial.gateway.is_late = False
    trial.run("recover", first.id(), "--json", by=1)
    trial.run(*batch, by=1)
    trial.run(*batch)
    trial.see("paid for", trial.gateway.posts)


def _task_of_edit(trial):
    trial.open().gateway.is_late = True
    trial.write("mask.png", pictures.mask(48, 36, "white"))
    edit = ["edit", "in/tiny.png", "-p", "x", *trial.at("gccai"), "--timeout", "3s", "--json"]
    ids = [trial.run(*edit, "-o", f"{number}.png", *options).id() for number, options in enumerate(FINISHING[:4])]
    trial.gateway.is_late = False
    trial.run(*edit, "-o", "0.png", *FINISHING[0], by=1)
    for id in ids[1:]:
        trial.run("recover", id, "--json", by=1)
    trial.run("history", "--json", by=1)
    trial.see("paid for", trial.gateway.posts)


def _kept(trial):
    trial.open(*["address"] * 4).gateway.is_late = True
    trial.take("tiny.png")
    edit = ["edit", "in/tiny.png", *trial.at("apiyi"), "--json"]
    first = trial.run(*edit, "-p", "one", "-o", "one.png", "--fit-source")
    trial.run(*edit, "-p", "two", "-o", "two.png")
    trial.write_lines("m.jsonl", *_lines([{}, {"align": True}]))
    batch = ["batch", "m.jsonl", "-o", "out", *trial.at("apiyi"), "--json", "--jobs", "1"]
    trial.run(*batch)
    trial.run("history", "--json", by=1)
    trial.gateway.is_late = False
    trial.run("replay", first.id(), "--json", by=1)
    trial.run(*edit, "-p", "two", "-o", "two.png", by=1)
    trial.run(*batch, by=1)
    trial.see("paid for", trial.gateway.posts)


def _without_picture(trial):
    trial.open()
    edit = ["edit", "in/tiny.png", *trial.at("apiyi"), "--json"]
    for number, answer in enumerate(["words", "garbage", "empty"]):
        trial.gateway.answers = [answer]
        outcome = trial.run(*edit, "-p", f"x {number}", "-o", f"{number}.png")
        trial.run("replay", outcome.id(), "--json", by=1)
        trial.run(*edit, "-p", f"x {number}", "-o", f"{number}.png", by=1)
    trial.run("history", "--json", by=1)


def _drift(trial):
    trial.open()
    trial.write("mask.png", pictures.mask(48, 36, "white"))
    edit = ["edit", "in/tiny.png", "-p", "x", *trial.at("apiyi"), "--max-drift", "0.01", "--json", "--again"]
    for number, options in enumerate(FINISHING):
        outcome = trial.run(*edit, "-o", f"{number}.png", *options)
        trial.run("replay", outcome.id(), "--max-drift", "none", "--json", "--overwrite", by=1)
    trial.run("history", "--json", by=1)


def _edits(trial):
    trial.open("good", "broken", "good", "lost")
    edit = ["edit", "in/tiny.png", *trial.at("apiyi"), "--json"]
    first = trial.run(*edit, "-p", "done", "-o", "done.png")
    lost = trial.run(*edit, "-p", "lost", "-o", "lost.png")
    # Its outcome is unknown: the other does not send it either, unless it is told to.
    trial.run(*edit, "-p", "lost", "-o", "lost.png", by=1)
    trial.run(*edit, "-p", "lost", "-o", "lost.png", "--again", by=1)
    trial.run(*edit, "-p", "done", "-o", "done.png", by=1)
    trial.run("edit", "--from", first.id(), "further", "-o", "further.png", *trial.at("apiyi"), "--json", by=1)
    trial.run("edit", "--continue", "and further", "-o", "more.png", *trial.at("apiyi"), "--json", by=0)
    trial.run("recover", lost.id(), "--json", by=1)
    trial.run("history", lost.id(), "--json", by=1)
    trial.run("history", "--json", by=1)


def _variants(trial):
    trial.open()
    trial.take("tiny.png", "tiny.png=p/a.png", "tiny.png=p/b.png", "tiny2.png=p/c.png")
    same = {"references": ["tiny.png"], "prompt": "same"}
    trial.write_lines("m.jsonl", *[{**same, "output": name} for name in ("p.png", "q.png", "r.png")])
    trial.write_lines("more.jsonl", *[{**same, "output": name} for name in ("q.png", "p.png", "s.png")])
    batch = ["batch", "m.jsonl", "-o", "out", *trial.at("apiyi"), "--json"]
    trial.run(*batch, "--jobs", "1")
    trial.run(*batch, by=1)
    trial.run("batch", "more.jsonl", "-o", "out", *trial.at("apiyi"), "--json", by=1)
    folder = ["batch", "p", "-p", "warm", *trial.at("apiyi"), "--json"]
    trial.run(*folder, "-o", "one")
    trial.run(*folder, "-o", "two", by=1)
    trial.remove("out/p.png")
    trial.run(*batch, by=1)
    trial.see("paid for", trial.gateway.posts)


def _interrupted(trial):
    trial.open("silent")
    trial.take("tiny.png")
    trial.write_lines("m.jsonl", *_lines([{}] * 4))
    batch = ["batch", "m.jsonl", "-o", "out", *trial.at("apiyi"), "--json", "--jobs", "1"]
    first = trial.run(*batch, stopped=2)
    trial.run(*batch, by=1)
    trial.run("settle", first.run, "--as", "resend", "--json", by=1)
    trial.run(*batch, by=1)
    trial.run(*batch)
    trial.run("history", "--runs", "--json", by=1)


def _again(trial):
    trial.open("good", "good", "good", "no-credit")
    trial.take("tiny.png")
    trial.write_lines("m.jsonl", *_lines([{}] * 3))
    batch = ["batch", "m.jsonl", "-o", "out", *trial.at("apiyi"), "--json", "--jobs", "1"]
    trial.run(*batch)
    again = trial.run(*batch, "--again", "--overwrite")
    trial.run(*batch, "--again", "--overwrite", "--run", again.run, by=1)
    trial.run(*batch, by=1)
    trial.see("paid for", trial.gateway.posts)


def _money(trial):
    trial.open()
    trial.write("c.yaml", "max_cost_per_day: 0.12 USD\n")
    for number in range(4):
        trial.run("edit", "in/tiny.png", "-p", f"x {number}", "-o", f"{number}.png", *trial.at("apiyi"),
                  "--config", "c.yaml", "--json", by=number % 2)


def _probes(trial):
    trial.open()
    addresses = {"PLANTAIN_APIYI_URL": trial.gateway.url("apiyi")}
    trial.run("probe", "--gateway", "apiyi", "--json", environment=addresses)
    trial.run("gateways", "apiyi", "--json", by=1, environment=addresses)


def _earlier(trial):
    for name in ("ledger.sqlite", "jobs.jsonl", "a.jpg", "b.jpg"):
        shutil.copyfile(pictures.STORED / name, trial.folder / name)
    shutil.copytree(pictures.STORED / "ledger.sqlite.replies", trial.folder / "ledger.sqlite.replies")
    for arguments in [[], ["--runs"], ["--totals"], ["--failed"]]:
        trial.run("history", *arguments, "--json")
        trial.run("history", *arguments, "--json", by=1)
    trial.run("doctor", "--json", by=1)
