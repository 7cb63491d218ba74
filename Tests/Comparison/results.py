"""What was compared, what differed, and the files that did."""
import pathlib
import re
import threading

from Comparison import values

SHOWN = 160
# Of one case; the rest is counted.
MOST_SHOWN = 12


class Results:
    """The differences of a whole run."""

    def __init__(self, kept, shows_words):
        self.kept = pathlib.Path(kept)
        self.shows_words = shows_words
        self.groups = {}
        self.differing = 0
        self._lock = threading.Lock()

    def compare(self, group, case, old, new):
        """Compares what two trials of a case have seen."""
        found = []
        if list(old.seen) != list(new.seen):
            found += [f"{name}: only by {side}" for name, side in _strangers(old.seen, new.seen)]
        for name, before in old.seen.items():
            if name in new.seen:
                found += self._found(f"{group}/{case}", name, before, new.seen[name])
        words = [(name, text, new.words.get(name, "")) for name, text in old.words.items()
                 if _lines_apart(text, new.words.get(name, "")) or _lines_apart(new.words.get(name, ""), text)]
        self.add(group, case, max(len(old.seen), len(new.seen)), found, words)

    def add(self, group, case, compared, found, words=()):
        with self._lock:
            counts = self.groups.setdefault(group, {"cases": 0, "compared": 0, "differences": 0, "words": 0})
            counts["cases"] += 1
            counts["compared"] += compared
            counts["differences"] += len(found)
            counts["words"] += len(words)
            self.differing += len(found)
            self._print(group, case, found, words)

    def _print(self, group, case, found, words):
        found = sorted(found, key=_rank)
        if found:
            print(f"DIFFERS  {group}/{case}")
        for line in found[:MOST_SHOWN]:
            print(f"    {line}")
        if len(found) > MOST_SHOWN:
            print(f"    and {len(found) - MOST_SHOWN} more")
        for name, before, after in words if self.shows_words else ():
            print(f"words    {group}/{case}: {name}")
            for side, lines in (("old", _lines_apart(before, after)), ("new", _lines_apart(after, before))):
                print("".join(f"    {side} {line}\n" for line in lines), end="")

    def _found(self, case, name, before, after):
        if isinstance(before, bytes) and isinstance(after, bytes):
            return [] if before == after else [self._bytes(case, name, before, after)]
        found = []
        for place, old, new in values.differences(before, after):
            if isinstance(old, bytes) and isinstance(new, bytes):
                found.append(self._bytes(case, name + place, old, new))
            else:
                found.append(f"{name}{place}: old {_short(old)}, new {_short(new)}")
        return found

    def _bytes(self, case, name, old, new):
        pairs = enumerate(zip(old, new))
        offset = next((place for place, (a, b) in pairs if a != b), min(len(old), len(new)))
        kept = [self._keep(side, case, name, data) for side, data in (("old", old), ("new", new))]
        return (f"{name}: bytes differ from {offset:,} on; old {len(old):,} bytes, new {len(new):,} bytes; "
                f"kept as {kept[0]} and {kept[1]}")

    def _keep(self, side, case, name, data):
        safe = [re.sub(r"[^\w.+-]+", "_", part).strip("_")[:80] or "_" for part in f"{case}/{name}".split("/")]
        path = self.kept.joinpath(*safe[:-1], f"{side}.{safe[-1]}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def print_group(self, group, seconds):
        counts = self.groups.get(group, {"cases": 0, "compared": 0, "differences": 0, "words": 0})
        words = f", {counts['words']} texts worded differently" if counts["words"] else ""
        print(f"{group:10} {counts['cases']:4} cases, {counts['compared']:6,} comparisons, "
              f"{counts['differences']} differences{words}  ({seconds:.0f} s)", flush=True)


def _strangers(old, new):
    yield from ((name, "old") for name in old if name not in new)
    yield from ((name, "new") for name in new if name not in old)


def _rank(line):
    """What costs money first, then how commands end, then what is sent."""
    marks = ["paid", "requests in all", "the key", ": status", ": requests"]
    return next((rank for rank, mark in enumerate(marks) if mark in line), len(marks))


def _lines_apart(text, other):
    lines = other.splitlines()
    return [line for line in text.splitlines() if line not in lines]


def _short(value):
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
