"""What users get wrong, for the commands' statuses and messages."""

EDIT = ["edit", "in/tiny.png", "-p", "x"]
USAGE = [*EDIT, "--gateway", "simulator", "-o", "o.png"]

WRONG_USAGE = [
    [], ["bake"], ["edt"], ["--json"], ["edit"], ["edit", "in/tiny.png"], ["edit", "-p", "x"],
    [*USAGE, "--prompt-file", "x.txt"], [*USAGE, "--tier", "3K"], [*USAGE, "--teir", "1K"], [*USAGE, "--aspect", "wide"],
    [*USAGE, "--quality", "140"], [*USAGE, "--max-bytes", "ten"], [*USAGE, "--max-bytes", "11MB"], [*USAGE, "--count", "0"],
    [*USAGE, "--max-cost", "5"], [*USAGE, "--max-cost", ""], [*USAGE, "--price", "five"], [*USAGE, "--timeout", "soon"],
    [*USAGE, "-o", "-", "--json"], [*USAGE, "-o", "-", "--count", "2"], [*USAGE, "-o", "x.gif"], [*USAGE, "-o", ""],
    [*USAGE, "--region", "1,2,3"], [*USAGE, "--feather", "-1"], [*USAGE, "--mask-edits", "red"], [*USAGE, "--compare", ""],
    [*USAGE, "--compare", "x.jpg"], [*USAGE, "--match-colr"], [*USAGE, "--background", "nocolor"], [*USAGE, "--thinking", "much"],
    [*USAGE, "--fit", "stretch"], [*USAGE, "--page", "0"], [*USAGE, "--allow", "pdf"], [*USAGE, "--keep", "all"],
    [*USAGE, "--skip-existing", "--overwrite"], [*USAGE, "--output-template", "{x}.png"], [*USAGE, "--continue", "--from", "a"],
    [*USAGE, "--gateway", "nobody"], [*USAGE, "--gateway", "apiyo"], [*USAGE, "--gateway", "apiyi,google", "--model", "m"],
    [*USAGE, "--gateway", "apiyi", "--base-url", "ftp://x"], [*USAGE, "--memory", "1KB"],
    [*USAGE, "--gateway", "apiyi", "--base-url", "not a url"],
    ["edit", "-", "--prompt-file", "-"], ["edit", "-", "-", "-p", "x"], ["generate", "in/tiny.png", "-p", "x"], ["generate"],
    ["prepare"], ["prepare", "in/tiny.png", "--aspect", "1:1"], ["prepare", "in/tiny.png", "--fit", "crop"],
    ["prepare", "in/tiny.png", "--model", "x"], ["prepare", "in/tiny.png", "--tier", "2K"],
    ["prepare", "in/tiny.png", "--data-uri", "--base64"], ["prepare", "in/tiny.png", "--skip-existing"],
    ["prepare", "in/tiny.png", "in/tiny2.png", "-o", "-"], ["inspect"], ["inspect", "in/tiny.png", "--memory", "1GiB"],
    ["finish", "in/tiny.png"], ["finish", "in/tiny.png", "--source", "in/tiny2.png"],
    ["finish", "in/tiny.png", "--source", "in/tiny2.png", "--match-colors"],
    ["batch"], ["batch", "in/tiny.png"], ["batch", "none.jsonl", "-p", "x"], ["batch", "in", "-p", "x", "--run", "abc"],
    ["batch", "in", "-p", "x", "--jobs", "0"], ["batch", "in", "-p", "x", "--limit", "0"],
    ["batch", "in", "-p", "x", "--dry-run", "--report", "r.html"], ["batch", "in", "-p", "x", "--progress", "dots"],
    ["batch", "in", "-p", "x", "--contact-sheet", "s.gif"], ["history", "--since", "soon"],
    ["history", "--totals", "--runs"], ["history", "--failed", "abc"], ["history", "--totals", "--most", "3"],
    ["history", "--most", "0"], ["history", "prune"], ["history", "prune", "--older-than", "1h"],
    ["recover"], ["replay"], ["settle", "abc"], ["settle", "abc", "--as", "paid"], ["gateways", "nobody"],
    ["simulate", "--port", "99999"], ["simulate", "--script", "none.json"], ["probe"], ["probe", "--gateway", "nobody"],
]
BAD_PICTURES = [
    ("none.jpg", []), ("in", []), ("in/empty.jpg", []), ("in/words.jpg", []), ("in/cut.jpg", []), ("in/cut.png", []),
    ("in/huge-claim.png", []), ("in/bitmap.bmp", []), ("in/fields.svg", []), ("in/fields.jxl", []),
    ("in/coffee.png", ["--max-pixels", "1000"]), ("in/coffee.png", ["--max-bytes", "100"]), ("in/tiny.png", ["--page", "7"]),
    ("https://127.0.0.1/a.jpg?token=x", []), ("https://me:word@127.0.0.1/a.jpg", []), ("http://example.com/a.jpg", []),
    ("data:image/png;base64,@@@", []), ("data:image/png,abc", []), ("in/tiny.png", ["--mask", "in/mask-black.png"]),
    ("in/tiny.png", ["--mask", "none.png"]), ("in/tiny.png", ["--region", "500,500,5,5"]),
    ("in/tiny.png", ["--gateway", "aimlapi", "--aspect", "3:2"]), ("in/tiny.png", ["--gateway", "myrouter", "--tier", "8K"]),
]
BAD_CONFIGURATIONS = {
    "unknown": "gatway: apiyi\n", "no yaml": "a: [b\n", "no gateway": "gateway: nobody\n",
    "dialect": "gateways:\n  house:\n    dialect: morse\n    url: https://example.com\n", "cost": "max_cost: much\n",
    "nested": "gateways:\n  apiyi:\n    urll: https://example.com\n", "empty": "",
    "british": "gateways:\n  house:\n    dialect: task\n    url: https://example.com\n    authorisation: bearer\n",
}

# Lines are joined to files.
LINE = '{"references": ["tiny.png"], "prompt": '
BAD_MANIFESTS = {
    "m.jsonl": '{"references": ["tiny.png"]}\nno\n{"references": ["none.jpg"], "prompt": "x"}\n{"references": [], "prompt": "x"}\n',
    "option.jsonl": LINE + '"x", "tier": "9K"}\n' + LINE + '"x", "max-cost": "1USD"}\n',
    "same.jsonl": LINE + '"x", "output": "a.png"}\n' + LINE + '"y", "output": "a.png"}\n',
    "gateway.jsonl": LINE + '"x", "gateway": "apiyi"}\n' + LINE + '"y", "gateway": "google"}\n',
    "empty.jsonl": "", "column.csv": "picture,prompt\ntiny.png,x\n", "cells.csv": 'references,prompt\ntiny.png,"x\n',
    "british.jsonl": LINE + '"x", "match-colour": true}\n' + LINE + '"y", "match-color": "true"}\n',
}
