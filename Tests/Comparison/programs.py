"""Builds of the program, and what one of them does with a case."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from Comparison import meant, values
from Comparison.gateway import Gateway, recorded

# Given as every key, and never to be seen anywhere.
KEY = "sk-canary-5e1f07"
KEY_NAMES = ["APIYI", "GOOGLE", "CRAZYROUTER", "AIMLAPI", "MYROUTER", "GCCAI", "HOUSE"]
LIMIT = 180
# Of these commands, standard output holds names of files and is compared; that of others is for people.
NAMING = {"edit", "batch", "generate", "prepare", "finish", "recover", "replay"}


class Program:
    """A folder that holds `plantain` and `plantain-worker`."""

    def __init__(self, side, folder):
        self.side = side
        self.path = str(pathlib.Path(folder).resolve() / "plantain")
        help_text = subprocess.run([self.path, "help", "finish"], env={}, capture_output=True, text=True).stdout
        self.is_american = "--match-color" in help_text

    def spelled(self, argument):
        return argument if self.is_american else meant.OPTIONS.get(argument, argument)


class Outcome:
    def __init__(self, status, output, errors):
        self.status, self.output, self.errors = status, output, errors

    @property
    def objects(self):
        lines = self.output.decode(errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def id(self, position=0):
        """Of an edit, in its report, in that of a batch, or in an error."""
        found = self.objects[position] if len(self.objects) > position else {}
        return found.get("edit") or found.get("id") or found.get("error", {}).get("id") or "no-id"

    @property
    def run(self):
        return next((line["summary"]["run"] for line in self.objects if "summary" in line), "no-run")


class Trial:
    """A case as it goes with one build, or with two that take turns, in a folder of its own."""

    def __init__(self, side, programs, folder, inputs, picture):
        self.programs, self.picture, self.inputs = programs, picture, inputs
        self.folder = folder / side
        self.home = folder / f"{side}.home"
        self.folder.mkdir(parents=True)
        self.home.mkdir()
        (self.folder / "in").symlink_to(inputs)
        self.normal = values.Normal(
            programs[-1].side, {str(self.folder): "<folder>", str(self.home): "<home>", str(inputs): "<inputs>"})
        self.seen, self.words = {}, {}
        self.count = 0
        self.gateway = None
        self.told = 0
        self.is_dated = False
        self.leaks = []

    # What a case does.

    def open(self, *answers):
        """A gateway for this trial, which answers so."""
        self.gateway = Gateway(self.picture, answers)
        return self

    def at(self, gateway):
        """The options that send to it."""
        return ["--gateway", gateway, "--base-url", self.gateway.url(gateway)]

    def take(self, *names):
        """Copies pictures from the inputs; `a.jpg=b.jpg` under another name."""
        for name in names:
            source, _, target = name.partition("=")
            path = self.folder / (target or pathlib.Path(source).name)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.inputs / source, path)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def write_lines(self, name, *lines):
        self.write(name, "".join(json.dumps(line) + "\n" for line in lines))

    def remove(self, name):
        path = self.folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def run(self, *arguments, by=0, input=b"", environment=None, stopped=0, is_ordered=True, to=None):
        """Runs a command and notes what it does.

        `by` is the position of the build; `stopped` the number of interrupts it gets once a request has come. Without
        `is_ordered`, lines are sorted by prompt: jobs were sent at the same time. Standard output may go `to` a file.
        """
        program = self.programs[min(by, len(self.programs) - 1)]
        self.normal.build = program.side
        words = [program.spelled(str(argument)) for argument in arguments]
        outcome = self._execute(program, words, input, environment or {}, stopped, to)
        self.count += 1
        label = f"{self.count} {arguments[0] if arguments else 'nothing'}"
        self._note(label, words, outcome, is_ordered)
        if self.gateway:
            self._note_requests(label)
        return outcome

    def see(self, name, value):
        self.seen[name] = value

    def expect_dates(self):
        """The outputs hold the time at which they were made, which decides their hashes, too."""
        self.is_dated = True
        self.normal.changing.add("sha256")

    # How it is done.

    def environment(self, more):
        keys = {f"{name}_API_KEY": KEY for name in KEY_NAMES}
        home = str(self.home)
        folders = {"HOME": home, "TMPDIR": home, "XDG_CONFIG_HOME": f"{home}/config", "XDG_DATA_HOME": f"{home}/data",
                   "XDG_CACHE_HOME": f"{home}/cache"}
        ledger = {"PLANTAIN_LEDGER": str(self.folder / "ledger.sqlite")}
        plain = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LANG": "C.UTF-8", "NO_COLOR": "1"}
        return {**plain, **folders, **keys, **ledger, **more}

    def _execute(self, program, words, input, environment, stopped, to):
        with open(to or os.devnull, "wb") as file:
            process = subprocess.Popen(
                [program.path, *words], cwd=self.folder, env=self.environment(environment), stdin=subprocess.PIPE,
                stdout=file if to else subprocess.PIPE, stderr=subprocess.PIPE)
        if stopped:
            self._interrupt(process, stopped)
        try:
            output, errors = process.communicate(input, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
            return Outcome("not ended in time", output or b"", errors.decode(errors="replace"))
        return Outcome(process.returncode, output or b"", errors.decode(errors="replace"))

    def _interrupt(self, process, times):
        posts = self.gateway.posts
        self.gateway.wait_for_posts(posts + 1)
        for number in range(times):
            # The first is answered in words before the second means anything.
            time.sleep(0.4)
            if process.poll() is None:
                process.send_signal(signal.SIGINT)

    def _note(self, label, words, outcome, is_ordered):
        self.see(f"{label}: status", outcome.status)
        self.see(f"{label}: says something on standard error", bool(outcome.errors.strip()))
        progress = [json.loads(line) for line in outcome.errors.splitlines() if line.startswith('{"progress"')]
        if progress:
            self.see(f"{label}: last progress", list(progress[-1]["progress"]))
        self._look_for_key(f"{label}: output", outcome.output + outcome.errors.encode())
        self.words[f"{label}: standard error"] = self.normal.words(outcome.errors)
        if "--json" in words:
            self._note_lines(label, words, outcome.output, is_ordered)
        elif not words or words[0] not in NAMING or "--dry-run" in words or "--help" in words:
            self.words[f"{label}: standard output"] = self.normal.words(outcome.output.decode(errors="replace"))
        elif outcome.output[:1] not in (b"\x89", b"\xff", b"R"):
            self.see(f"{label}: output", self.normal.text(outcome.output.decode(errors="replace")).splitlines())
        else:
            self.see(f"{label}: output", outcome.output)

    def _note_lines(self, label, words, output, is_ordered):
        lines = output.decode(errors="replace").splitlines()
        if words[0] == "batch":
            # Jobs end in any order.
            lines.sort(key=_line_number)
        elif not is_ordered:
            lines.sort(key=lambda line: json.loads(line).get("prompt", ""))
        parsed = []
        for position, line in enumerate(lines):
            try:
                parsed.append(self.normal.json(line))
            except ValueError:
                parsed.append("no JSON: " + self.normal.text(line))
                continue
            for place, text in values.sentences(line).items():
                self.words[f"{label}: line {position + 1} {place}"] = self.normal.words(text)
        self.see(f"{label}: output", parsed)

    def _note_requests(self, label):
        new = self.gateway.requests[self.told:]
        self.told += len(new)
        requests = sorted((recorded(request, self.normal) for request in new),
                          key=lambda request: (request["path"], request["body"]))
        if self.gateway.is_late:
            # How often a task is asked for depends on the time that there is.
            requests = [request for position, request in enumerate(requests) if request not in requests[:position]]
        self.see(f"{label}: requests", requests)
        for request in new:
            self._look_for_key(f"{label}: body of a request", request["body"])

    def end(self):
        """Notes which files there are, and closes what was opened."""
        if self.gateway:
            self.gateway.close()
        for path in sorted(self.folder.rglob("*")):
            name = str(path.relative_to(self.folder))
            if path.is_symlink() or path.is_dir():
                continue
            data = path.read_bytes()
            self._look_for_key(name, data)
            if not name.startswith("ledger.sqlite"):
                self.see(f"file {self.normal.text(name)}", self._file(path, data))
        replies = self.folder / "ledger.sqlite.replies"
        self.see("kept replies", len(list(replies.iterdir())) if replies.is_dir() else 0)
        left = [path for path in sorted(self.home.rglob("*")) if path.is_file() and not path.is_symlink()]
        self.see("left in home", [self.normal.text(str(path.relative_to(self.home))) for path in left])
        for path in left:
            self._look_for_key(f"home/{path.name}", path.read_bytes())
        shutil.rmtree(self.folder)
        shutil.rmtree(self.home)

    def _file(self, path, data):
        if path.suffix == ".jsonl":
            return [self.normal.json(line) for line in data.decode(errors="replace").splitlines() if line.startswith("{")]
        if path.suffix == ".html":
            return self._page(data.decode(errors="replace"))
        return values.undated(data) if self.is_dated else data

    def _page(self, text):
        """A report's tags with all that stands in them, and its commands; other texts are words."""
        tags = re.findall(r"<code>[^<]*|<[^>]+>|p:url\([^)]*\)", text)
        return [self.normal.text(tag) for tag in tags]

    def _look_for_key(self, where, data):
        if KEY.encode() in data:
            self.leaks.append(where)


def _line_number(line):
    try:
        return json.loads(line).get("line", 1_000_000)
    except (ValueError, AttributeError):
        return 1_000_000
