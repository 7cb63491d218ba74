"""The pages with code, and their blocks."""
import dataclasses
import pathlib
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


def unknown_swift(blocks):
    """Returns a failure for each line of Swift that stands in no sample."""
    names = subprocess.check_output(["git", "ls-files", "samples", "Tests/Stranger"], cwd=ROOT, text=True).splitlines()
    known = {line.strip() for name in names if name.endswith(".swift") for line in (ROOT / name).read_text().splitlines()}
    return [
        f"{block.place}: not in a sample: {line.strip()}"
        for block in blocks if block.language == "swift"
        for line in block.text.splitlines() if line.strip() and line.strip() not in known
    ]
