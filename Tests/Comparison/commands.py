"""Group 4: JSON objects and exit statuses of all commands, also of what goes wrong."""
import json
import subprocess
import urllib.request

from Comparison import meant
from Comparison.gateway import REFUSALS
from Comparison.mistakes import BAD_CONFIGURATIONS, BAD_MANIFESTS, BAD_PICTURES, EDIT, WRONG_USAGE

COMMANDS = ["edit", "batch", "generate", "prepare", "finish", "inspect", "history", "recover", "replay", "settle",
            "gateways", "probe", "simulate", "doctor"]
# Ways in which a connection ends, of those that the gateway knows besides statuses.
ENDINGS = ["lost", "cut", "garbage", "address"]


def cases(inputs):
    yield "help", _help
    for start in range(0, len(WRONG_USAGE), 12):
        yield f"wrong usage {start + 1}", _wrong_usage(WRONG_USAGE[start:start + 12])
    yield "bad pictures", _bad_pictures
    yield "places", _places
    for name in [*REFUSALS, *ENDINGS]:
        yield f"answered {name}", _answered(name)
    for gateway in ("google", "crazyrouter", "gccai", "myrouter", "aimlapi"):
        yield f"answers of {gateway}", _answers(gateway)
    yield "nobody there", lambda trial: trial.run(
        *EDIT, "--gateway", "apiyi", "--base-url", "http://127.0.0.1:9", "-o", "o.png", "--json")
    yield "no key", lambda trial: trial.run(
        *EDIT, "--gateway", "apiyi", "-o", "o.png", "--json", environment={"APIYI_API_KEY": ""})
    yield "no room for output", _no_room
    yield "no time", _no_time
    yield "interrupted", _interrupted
    yield "edit", _edits
    yield "dry runs", _dry_runs
    yield "further", _further
    yield "money", _money
    yield "gateways", lambda trial: trial.run("gateways", "--json")
    yield "doctor", _doctor
    yield "configuration", _configuration
    yield "no ledger", _no_ledger
    yield "simulator", _simulator
    yield "fault scripts", _fault_scripts
    yield "batch of lines", _batch_lines
    yield "batch of a table", _batch_table
    yield "batch of a folder", _batch_folder
    yield "bad manifests", _bad_manifests
    yield "british option", _british_option


def _help(trial):
    """Which options and commands there are; how they are described is for people."""
    for command in COMMANDS:
        outcome = trial.run("help", command)
        text = outcome.output.decode()
        options = sorted({word.strip("[]<>,.)(/") for word in text.split() if word.lstrip("[(").startswith("--")})
        american = {british: option for option, british in _options().items()}
        trial.see(f"options of {command}", sorted({american.get(option, option) for option in options}))
        trial.run(command, "--help")
    trial.run("--help")
    trial.run("--version")


def _options():
    inverted = {f"{american}/--no-{american[2:]}": f"{british}/--no-{british[2:]}" for american, british in meant.OPTIONS.items()}
    return {**meant.OPTIONS, **inverted}


def _wrong_usage(lines):
    def case(trial):
        for words in lines:
            trial.run(*words, *(["--json"] if words else []))
    return case


def _bad_pictures(trial):
    for picture, options in BAD_PICTURES:
        trial.run("edit", picture, "-p", "x", "-o", "o.png", "--gateway", "simulator", *options, "--json")
    trial.run("prepare", "none.jpg", "in/words.jpg", "in/tiny.png", "in", "--json")


def _places(trial):
    trial.open()
    trial.take("tiny.png", "words.jpg")
    trial.write("folder.png/x", b"")
    for place in ["tiny.png", "words.jpg/x.png", "folder.png", "new/deep/o.png", "/proc/none/o.png", "o.v2", "o.jpeg"]:
        trial.run("edit", "tiny.png", "-p", place, "-o", place, *trial.at("apiyi"), "--json")
    trial.run("edit", "tiny.png", "in/soft.jpg", "-p", "beside", *trial.at("apiyi"))
    trial.run("edit", "tiny.png", "-p", "beside", *trial.at("apiyi"), "--json")
    trial.run("edit", "tiny.png", "-p", "again", "--skip-existing", *trial.at("apiyi"), "--json")
    trial.run("edit", "tiny.png", "-p", "standard output", "-o", "-", *trial.at("apiyi"))
    trial.run("edit", "tiny.png", "-p", "named", "-o", "made", "--output-template", "{n} {stem}.{ext}", *trial.at("apiyi"))


def _answered(name):
    def case(trial):
        trial.open(*[name] * 4)
        outcome = trial.run(*EDIT, "-o", "o.png", *trial.at("apiyi"), "--timeout", "15s", "--json")
        trial.run("history", "--json")
        trial.run("replay", outcome.id(), "--json")
        trial.run("recover", outcome.id(), "--json")
    return case


def _answers(gateway):
    """Each dialect tells its errors in its own way."""
    def case(trial):
        trial.open()
        for name in ("bad", "no-key", "no-credit", "no-model", "limited", "no-quota", "broken", "odd", "empty"):
            trial.gateway.answers = [name]
            trial.run("edit", "in/tiny.png", "-p", name, "-o", f"{name}.png", *trial.at(gateway), "--timeout", "9s", "--json")
        trial.run("history", "--json")
    return case


def _no_room(trial):
    """What was paid for is kept elsewhere."""
    trial.open()
    trial.run(*EDIT, "-o", "-", *trial.at("apiyi"), to="/dev/full")
    trial.run(*EDIT, "-o", "o.png", *trial.at("apiyi"), "--json", to="/dev/full")
    trial.run("inspect", "in/tiny.png", "--json", to="/dev/full")
    trial.run("history", "--json")


def _no_time(trial):
    trial.open("silent")
    outcome = trial.run(*EDIT, "-o", "o.png", *trial.at("apiyi"), "--timeout", "2s", "--json")
    trial.run("recover", outcome.id(), "--json")
    trial.run(*EDIT, "-o", "o.png", *trial.at("apiyi"), "--timeout", "2s", "--json")
    trial.run("history", "--failed", "--json")


def _interrupted(trial):
    trial.open("silent")
    trial.run(*EDIT, "-o", "o.png", *trial.at("apiyi"), "--json", stopped=2)
    trial.gateway.is_late = True
    trial.run(*EDIT, "-o", "o.png", *trial.at("gccai"), "--json", stopped=1)
    trial.run("history", "--json")


def _edits(trial):
    edit = ["edit", "in/coffee.png", "--gateway", "simulator", "--json"]
    trial.run(*edit, "-p", "warm", "-o", "warm.png")
    trial.run(*edit, "-p", "warm", "-o", "warm.jpg", "--tier", "2K")
    trial.run(*edit, "in/portrait.jpg", "-p", "cool", "-o", "two/", "--count", "2", "--verbose")
    trial.run(*edit, "-p", "raw", "-o", "raw.png", "--raw")
    trial.run(*edit, "-p", "x", "-o", "x/", "--output-format", "webp", "--quiet")
    trial.run("generate", "-p", "a plantain", "--gateway", "simulator", "--aspect", "16:9", "-o", "words.png", "--json")
    trial.take("coffee.png")
    trial.run("edit", "coffee.png", "-p", "plain", "--gateway", "simulator")
    trial.run("history", "--json")
    trial.run("history")


def _dry_runs(trial):
    trial.take("tiny.png", "soft.jpg")
    trial.write_lines("m.jsonl", {"references": ["tiny.png"], "prompt": "a", "output": "a.png"},
                      {"references": ["soft.jpg", "tiny.png"], "prompt": "b", "tier": "2K", "region": "1,1,30,20"})
    for gateway in ("apiyi", "google", "gccai", "myrouter", "aimlapi"):
        trial.run("edit", "in/coffee.png", "in/portrait.jpg", "-p", "x", "--gateway", gateway, "--tier", "2K", "--dry-run",
                  "--json")
        trial.run("batch", "m.jsonl", "-o", "out", "--gateway", gateway, "--dry-run", "--json")
    trial.run("generate", "-p", "x", "--gateway", "google", "--dry-run", "--json")
    trial.run("edit", "in/tiny.png", "https://example.com/a.png", "-p", "x", "--gateway", "gccai", "--dry-run", "--json")
    trial.run("batch", ".", "-p", "{stem}", "--gateway", "apiyi", "--dry-run", "--json")
    trial.run("batch", "m.jsonl", "--gateway", "apiyi", "--dry-run", "--json", "--max-cost", "$0.06")
    trial.run("batch", "m.jsonl", "--gateway", "apiyi", "--dry-run")
    trial.run("probe", "--gateway", "apiyi", "--dry-run", "--json")


def _further(trial):
    trial.open()
    trial.run("edit", "--continue", "warmer", *trial.at("apiyi"), "--json")
    first = trial.run(*EDIT, "-o", "first.png", *trial.at("apiyi"), "--json")
    trial.run("edit", "--continue", "warmer", "-o", "second.png", *trial.at("apiyi"), "--json")
    trial.run("edit", "--from", first.id()[:9], "in/soft.jpg", "-p", "cooler", "-o", "third.png", *trial.at("apiyi"), "--json")
    trial.run("edit", "--from", "ffff", "-p", "x", *trial.at("apiyi"), "--json")
    for arguments in [[], ["--most", "1"], ["--search", "COOL"], ["--since", "1h"], ["--since", "2999-01-01"],
                      ["--gateway", "apiyi"], ["--gateway", "apiyo"], ["--totals"], ["--runs"], [first.id()], [first.id()[:6]]]:
        trial.run("history", *arguments, "--json")
    trial.run("history", "prune", "--older-than", "1d", "--json")


def _money(trial):
    trial.open()
    limits = [["--max-cost", "0.01USD"], ["--max-cost", "$1"], ["--price", "0.5 EUR", "--max-cost", "0.4EUR"]]
    for number, options in enumerate(limits):
        trial.run(*EDIT, "-o", f"{number}.png", *trial.at("apiyi"), "--json", *options)
    trial.write("c.yaml", "max_cost_per_day: 0.1 USD\nledger:\n  prompts: off\n")
    for number in range(3):
        trial.run("edit", "in/tiny.png", "-p", f"y {number}", "-o", f"y{number}.png", *trial.at("apiyi"),
                  "--config", "c.yaml", "--json")
    trial.run("history", "--totals", "--json")
    trial.run("history", "--json")


def _doctor(trial):
    trial.run("doctor", "--json")
    trial.run("doctor", "--json", environment={"PLANTAIN_GATEWAY": "apiyi", "GOOGLE_API_KEY": ""})
    trial.write("bad.sqlite", "no database")
    trial.run("doctor", "--ledger", "bad.sqlite", "--json")
    trial.open("broken")
    trial.run(*EDIT, "-o", "o.png", *trial.at("apiyi"), "--json")
    trial.run("doctor", "--json")
    trial.run(*EDIT, "-o", "o2.png", *trial.at("apiyi"), "--ledger", "bad.sqlite", "--json")


def _configuration(trial):
    for name, text in BAD_CONFIGURATIONS.items():
        trial.write("c.yaml", text)
        trial.run("edit", "in/tiny.png", "-p", "x", "--config", "c.yaml", "--dry-run", "--json", "--gateway", "apiyi")
        trial.run("gateways", "--config", "c.yaml", "--json")
        trial.run("doctor", "--config", "c.yaml", "--json")
    trial.run("gateways", "--config", "none.yaml", "--json")
    trial.run(*EDIT, "--json")
    trial.run(*EDIT, "--json", "--dry-run", environment={"PLANTAIN_GATEWAY": "apiyi"})


def _no_ledger(trial):
    for arguments in [["history"], ["history", "--runs"], ["history", "abc"], ["recover", "abc"], ["replay", "abc"],
                      ["settle", "abc", "--as", "billed"], ["history", "prune", "--older-than", "30d"]]:
        trial.run(*arguments, "--json")
        trial.run(*arguments, "--json", environment={"PLANTAIN_LEDGER": ""})


def _simulator(trial):
    """The simulator as a server of its own: each dialect, faults, and what it counts."""
    trial.write("faults.json", json.dumps([
        {}, {"gateway": "google", "status": 500}, {"gateway": "apiyi", "thoughts": 2}, {"gateway": "gccai", "polls": 2},
        {"gateway": "myrouter", "noPicture": True}, {"gateway": "aimlapi", "download": "cut"},
        {"gateway": "apiyi", "inText": "data-uri"}, {"gateway": "apiyi", "words": "I will not."}]))
    program = trial.programs[0]
    server = subprocess.Popen([program.path, "simulate", "--script", "faults.json", "--json"], cwd=trial.folder,
                              env=trial.environment({}), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        report = server.stdout.readline()
        trial.see("report", trial.normal.json(report))
        addresses = {f"PLANTAIN_{name.upper()}_URL": url for name, url in json.loads(report)["gateways"].items()}
        gateways = ["simulator", "google", "apiyi", "gccai", "myrouter", "aimlapi", "apiyi", "apiyi", "crazyrouter"]
        for number, gateway in enumerate(gateways):
            trial.run("edit", "in/soft.jpg", "-p", "warm", "--gateway", gateway, "-o", f"{number}.png", "--json",
                      environment={**addresses, "PLANTAIN_SIMULATOR_URL": json.loads(report)["baseURL"]})
        trial.run("probe", "--gateway", "apiyi", "--gateway", "gccai", "--json", environment=addresses)
        trial.see("counts", _counts(json.loads(report)["baseURL"]))
    finally:
        server.terminate()
        server.wait()


def _counts(url):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"{url}/counts") as reply:
        return json.load(reply)


def _fault_scripts(trial):
    scripts = ['[{"statsu": 500}]', "{}", "[1]", '[{"status": 99}]', '[{"connection": "odd"}]', '[{"gateway": "x"}]']
    for number, script in enumerate(scripts):
        trial.write(f"{number}.json", script)
        trial.run("simulate", "--script", f"{number}.json", "--json")


def _batch_lines(trial):
    trial.open("good", "bad", "broken", "good", "words", "good")
    trial.take("tiny.png", "soft.jpg")
    trial.write_lines("m.jsonl", *[
        {"references": ["tiny.png", "soft.jpg"][:1 + number % 2], "prompt": f"x {number} {{name}} {{who}}",
         "output": f"{number}.png", "id": f"job-{number}", "who": "Ann"} for number in range(6)])
    batch = ["batch", "m.jsonl", "-o", "out", *trial.at("apiyi"), "--json"]
    first = trial.run(*batch, "--jobs", "1", "--report", "r.html", "--contact-sheet", "s.png")
    trial.run("batch", "m.failed.jsonl", *trial.at("apiyi"), "--json")
    trial.run(*batch, "--progress", "json")
    trial.run("history", "--runs", "--json")
    trial.run("history", "--run", first.run, "--failed", "--json")
    trial.run("settle", first.run, "--as", "unbilled", "--json")
    trial.run(*batch, "--quiet")
    trial.run(*batch, "--limit", "2", "--again", "--jobs", "1")
    trial.run(*batch[:-1])


def _batch_table(trial):
    trial.open()
    trial.take("tiny.png", "tiny2.png")
    rows = ["\ufeffsep=;", "References;Prompt;output;who;tier", "tiny.png|tiny2.png;of {who};a.png;Ann;2K", "",
            "tiny2.png;of {who};b/;Bob;", ""]
    trial.write("m.csv", "\r\n".join(rows))
    trial.run("batch", "m.csv", "-o", "out", *trial.at("gccai"), "--json")
    trial.run("batch", "m.csv", "-o", "out", *trial.at("gccai"), "--json")
    trial.write("odd.csv", "references,prompt,teir\ntiny.png,x,2K\n")
    trial.run("batch", "odd.csv", "-o", "out", *trial.at("gccai"), "--json")
    trial.write("spare.csv", "references,prompt,weather\ntiny.png,x,fine\n")
    trial.run("batch", "spare.csv", "-o", "out", *trial.at("gccai"), "--json")


def _batch_folder(trial):
    trial.open()
    trial.take("tiny.png=p/a.png", "tiny2.png=p/b.png", "tiny.png=p/copy.png", "soft.jpg=p/a.jpg", "tiny2.png=p/sub/c.png",
               "words.jpg=p/d.jpg")
    batch = ["batch", "p", "-p", "warm {stem}", *trial.at("aimlapi"), "--json"]
    trial.run(*batch)
    trial.run(*batch, "-o", "out", "--recursive")
    trial.run("batch", "p/*.png", "-p", "cool", "-o", "out2", "--output-template", "{stem}-{n}.{ext}", *trial.at("aimlapi"),
              "--json")
    trial.run(*batch, "--skip-existing")
    trial.run(*batch, "-o", "out3", environment={"AIMLAPI_API_KEY": ""})


def _bad_manifests(trial):
    trial.take("tiny.png")
    for name, text in BAD_MANIFESTS.items():
        trial.write(name, text)
        trial.run("batch", name, "-o", "out", "--gateway", "simulator", "--dry-run", "--json")


def _british_option(trial):
    """Manifests and command lines of before the change."""
    finish = ["finish", "in/coffee.result.jpg", "--source", "in/coffee.png", "--json"]
    trial.run(*finish, "-o", "a.png", "--match-colour")
    trial.run(*finish, "-o", "b.png", "--keep-unchanged", "--no-match-colour")
