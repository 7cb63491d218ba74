"""The pages with code, and their blocks."""
import dataclasses
import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


@dataclasses.dataclass
class Block:
    path: str
    line: int
    language: str
    text: str

    @property
    def place(self):
        return f"{self.path}:{self.line}"


def all_files():
    """README and the articles."""
    return ["README.md", *sorted(str(page.relative_to(ROOT)) for page in ROOT.glob("Sources/Plantain/Plantain.docc/**/*.md"))]


def blocks(files):
    """Returns the blocks of code of the pages, in their order."""
    found = []
    for name in files:
        current = None
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
            fence = line.strip()
            if current is None and fence.startswith("```"):
                current = Block(name, number + 1, fence[3:].strip(), "")
            elif current is not None and fence == "```":
                found.append(current)
                current = None
            elif current is not None:
                current.text += line + "\n"
        if current is not None:
            raise SystemExit(f"documentation: {current.place}: the block has no end")
    return found


def help_blocks(program):
    """Returns the examples of help, except for those with an ID, in the order of the commands."""
    text = subprocess.check_output([pathlib.Path(ROOT / program / "plantain"), "--experimental-dump-help"], text=True)
    found = []
    for command in json.loads(text)["command"]["subcommands"]:
        lines = [line.strip() for line in command.get("discussion", "").splitlines()]
        for number, line in enumerate(lines, 1):
            if line.startswith("plantain ") and " ID" not in line:
                found.append(Block("plantain help " + command["commandName"], number, "sh", line + "\n"))
    # One folder for all: later commands use the results of earlier ones.
    return [dataclasses.replace(block, path="help", line=position) for position, block in enumerate(found, 1)]


def unknown_swift(blocks):
    """Returns a failure for each line of Swift that stands in no sample."""
    sources = [*ROOT.glob("samples/*/*.swift"), *ROOT.glob("Tests/Stranger/Sources/*/*.swift")]
    known = {line.strip() for source in sources for line in source.read_text().splitlines()}
    return [
        f"{block.place}: not in a sample: {line.strip()}"
        for block in blocks if block.language == "swift"
        for line in block.text.splitlines() if line.strip() and line.strip() not in known
    ]


def types_without_page(folder):
    """Returns a failure for each public type of the library that is on no page in the built documentation."""
    exports = (ROOT / "Sources/Plantain/Exports.swift").read_text()
    pages = {page.stem for page in pathlib.Path(folder, "data/documentation/plantain").glob("*.json")}
    declared = re.compile(r"^public (?:final |indirect )*(?:struct|enum|class|actor|protocol|typealias) (\w+)", re.MULTILINE)
    types = {
        name for module in ["Plantain", *re.findall(r"public import (\w+)", exports)]
        for source in (ROOT / "Sources" / module).rglob("*.swift") for name in declared.findall(source.read_text())
    }
    return [f"{name} has no page in {folder}" for name in sorted(types) if name.lower() not in pages]
