"""Values as they are compared: without what changes from run to run, in one spelling, and what differs between two of them."""
import json
import re
import threading
import zlib

from Comparison import meant

IDENTIFIER = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
TIME = re.compile(r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
PORT = re.compile(r"127\.0\.0\.1:\d+")
DURATION = re.compile(r"\b\d[\d.,]* ?(ms|s|min)\b|(?<=\"seconds\":)[\d.]+|(?<=\"remaining\":)[\d.]+")

# How often a build has used a British name.
british_names: dict[str, dict[str, int]] = {"old": {}, "new": {}}
_counting = threading.Lock()


def count_british(build, name):
    with _counting:
        names = british_names[build]
        names[name] = names.get(name, 0) + 1


class Normal:
    """Replaces what one run has of its own: folders, ids, times and ports."""

    def __init__(self, build, places):
        self.build = build
        # Longer places first: one may lie in another.
        self.places = sorted(places.items(), key=lambda place: -len(place[0]))
        self.ids = {}
        self.changing = set(meant.CHANGING)

    def text(self, text):
        for place, name in self.places:
            text = text.replace(place, name)
        text = IDENTIFIER.sub(self._identifier, text)
        return PORT.sub("127.0.0.1:<port>", TIME.sub("<time>", text))

    def words(self, text):
        """A text for people, also without how long something took."""
        return DURATION.sub("<time>", self.text(text))

    def data(self, data):
        """Bytes of a request or a text file, in which the same is replaced."""
        return self.text(data.decode("latin1")).encode("latin1")

    def _identifier(self, match):
        return self.ids.setdefault(match[0].lower(), f"<id {len(self.ids) + 1}>")

    def json(self, text):
        """A line of JSON, with its members in their order."""
        return self._value(json.loads(text), "")

    def _value(self, value, name):
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return [self._value(element, name) for element in value]
        if name in self.changing and value is not None:
            return f"<{name}>"
        return self._word(value, name) if isinstance(value, str) else value

    def _object(self, value):
        pairs = [(self._name(key), self._value(member, key)) for key, member in value.items()]
        # Sorted members stay sorted under their other names.
        if list(value) == sorted(value):
            pairs.sort(key=lambda pair: pair[0])
        return dict(pairs)

    def _name(self, name):
        if name not in meant.FIELDS:
            return meant.OPTION_NAMES.get(name) or self.text(name)
        count_british(self.build, name)
        return meant.FIELDS[name]

    def _word(self, text, name):
        if name in meant.WORDS or name == meant.WARNINGS and " " in text:
            return "<words>"
        if name == "nearest":
            return meant.OPTION_NAMES.get(text, text)
        if text in meant.CODES:
            count_british(self.build, text)
            return meant.CODES[text]
        if name in meant.SPELLED:
            for british, american in meant.SPELLINGS.items():
                text = text.replace(british, american)
        return self.text(text)


def sentences(line):
    """The words for people in a line of JSON, by where they stand."""
    found = {}

    def look(value, place):
        if isinstance(value, dict):
            for name, member in value.items():
                look(member, f"{place}.{name}")
        elif isinstance(value, list):
            for position, element in enumerate(value):
                look(element, f"{place}[{position}]")
        elif isinstance(value, str) and place.rsplit(".", 1)[-1] in meant.WORDS:
            found[place.lstrip(".")] = value

    look(json.loads(line), "")
    return found


def undated(data):
    """A picture's bytes without the time at which it was made, which stands in its metadata."""
    if not data.startswith(b"\x89PNG"):
        return _without_times(data)
    made, place = bytearray(data[:8]), 8
    while place + 12 <= len(data):
        length = int.from_bytes(data[place:place + 4], "big")
        body = data[place + 4:place + 8 + length]
        if body[:4] in (b"iTXt", b"tEXt", b"eXIf"):
            body = _without_times(body)
        made += length.to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
        place += 12 + length
    return bytes(made) + data[place:]


def _without_times(data):
    return re.sub(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d", b"0000-00-00T00:00:00", data)


def differences(old, new, place=""):
    """Yields where two values differ, with both of them."""
    if type(old) is not type(new):
        yield place, old, new
    elif isinstance(old, dict):
        yield from _object_differences(old, new, place)
    elif isinstance(old, list):
        if len(old) != len(new):
            yield f"{place}: number of elements", len(old), len(new)
        for position, (before, after) in enumerate(zip(old, new)):
            yield from differences(before, after, f"{place}[{_label(before, position)}]")
    elif old != new:
        yield place, old, new


def _object_differences(old, new, place):
    shared = [name for name in old if name in new]
    for name in old:
        if name not in new:
            yield f"{place}.{name}", old[name], "(missing)"
    for name in new:
        if name not in old and name not in meant.ADDED_FIELDS:
            yield f"{place}.{name}", "(missing)", new[name]
    order = [name for name in new if name in old]
    if shared != order:
        yield f"{place}: order of members", ", ".join(shared), ", ".join(order)
    for name in shared:
        yield from differences(old[name], new[name], f"{place}.{name}")


def _label(element, position):
    if isinstance(element, dict):
        element = element["error"] if isinstance(element.get("error"), dict) else element
        for name in ("source", "subject", "name", "output", "step", "id"):
            if isinstance(element.get(name), str):
                return f"{position} {element[name]}"
    return position
