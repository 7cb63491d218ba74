"""Group 3: what is sent to each gateway: method, path, headers and body."""

# Options of a request, for every gateway; one that lacks an option refuses it, which is compared, too.
CHOICES = {
    "plain": [], "2K": ["--tier", "2K"], "half K": ["--tier", "0.5K"], "4K": ["--tier", "4K"],
    "16:9": ["--aspect", "16:9"], "automatic": ["--aspect", "auto"], "nearest": ["--aspect", "7:5", "--nearest"],
    "odd ratio": ["--aspect", "7:5"], "three": ["--count", "3"], "web search": ["--web-search"],
    "both searches": ["--web-search", "--image-search"], "image search": ["--image-search"],
    "fallback": ["--official-fallback"], "thinks": ["--thinking", "high"], "thinks some": ["--thinking", "medium"],
    "as jpeg": ["--output-format", "jpeg"], "as webp": ["--output-format", "webp"],
    "prepared": ["--max-edge", "100", "--format", "jpeg", "--quality", "80"], "few bytes": ["--max-bytes", "20KB"],
    "few bytes in all": ["--request-bytes", "40KB"], "padded": ["--fit", "pad", "--aspect", "1:1", "--background", "navy"],
    "cropped": ["--fit", "crop", "--aspect", "1:1"], "region": ["--region", "100,100,200,150"],
    "laid back": ["--fit-source"], "raw": ["--raw"],
}
GATEWAYS = ["myrouter", "gccai", "apiyi", "aimlapi", "crazyrouter", "google", "simulator"]
# For one gateway of each dialect suffices.
WITH_REFERENCES = ["myrouter", "gccai", "google", "aimlapi"]
MODELS = {
    "gccai": ["gemini-3.1-flash-image-preview-official", "of-my-own"], "apiyi": ["gemini-3.1-flash-image"],
    "aimlapi": ["google/gemini-nano-banana-2.1"], "crazyrouter": ["nano-banana"], "google": ["gemini-3.1-flash-image"],
}
HOUSE = """gateways:
  house-native:
    dialect: native-gemini
    url: {root}/house-native
    key_name: HOUSE_API_KEY
    authorization: x-goog-api-key
    models: [one, two]
  house-v3:
    dialect: v3
    url: {root}/house-v3
    key_name: HOUSE_API_KEY
    carrier: data-uri
    models: [one]
  house-task:
    dialect: task
    url: {root}/house-task
    key_name: HOUSE_API_KEY
    idempotency_header: X-Once
    idempotency_honoured: true
    models: [one]
  house-images:
    dialect: images
    url: {root}/house-images
    key_name: HOUSE_API_KEY
    authorization: query
    path: /v2/images/generations
    text_to_image: true
    models: [one]
"""


def cases(inputs):
    for gateway in GATEWAYS:
        for title, options in CHOICES.items():
            yield f"{gateway}, {title}", _edit(gateway, ["in/coffee.png"], options)
        yield f"{gateway}, words alone", _generate(gateway)
        for model in MODELS.get(gateway, []):
            yield f"{gateway}, {model}", _edit(gateway, ["in/tiny.png"], ["--model", model])
    for gateway in WITH_REFERENCES:
        yield f"{gateway}, references", _edit(
            gateway, ["in/portrait.jpg", "in/soft.webp", "in/fields.heic", "in/rocket.jpg"], ["--tier", "2K"])
        yield f"{gateway}, too many", _edit(gateway, ["in/tiny.png"] * 15, [])
        yield f"{gateway}, address beside", _edit(gateway, ["in/tiny.png", "https://example.com/a.jpg"], ["--dry-run"])
    yield "gateways of one's own", _house
    yield "prompts", _prompts
    yield "base URLs", _base_urls
    yield "failover", _failover
    yield "probe", _probe


def _edit(gateway, references, options):
    def case(trial):
        trial.open()
        place = "out/" if {"--output-format", "--raw", "--count"} & set(options) else "out.png"
        trial.run("edit", *references, "-p", 'a "warm" evening\n{x} é', "-o", place, *trial.at(gateway), *options, "--json")
    return case


def _generate(gateway):
    def case(trial):
        trial.open()
        generate = ["generate", "-p", "a plantain", "-o", "out.png", *trial.at(gateway), "--json"]
        trial.run(*generate, "--aspect", "16:9")
    return case


def _house(trial):
    trial.open()
    trial.write("house.yaml", HOUSE.format(root=trial.gateway.root))
    for gateway in ("native", "v3", "task", "images"):
        trial.run("edit", "in/tiny.png", "in/soft.jpg", "-p", "x", "--gateway", f"house-{gateway}", "--config", "house.yaml",
                  "-o", f"{gateway}.png", "--json")
    trial.run("generate", "-p", "x", "--gateway", "house-images", "--config", "house.yaml", "-o", "words.png", "--json")
    trial.run("gateways", "--config", "house.yaml", "--json")
    trial.remove("house.yaml")


def _prompts(trial):
    trial.open()
    trial.write("marked.txt", "\ufeff  two lines\r\n and \"quotes\" \\ \u2028 \U0001f34c\n")
    edit = ["edit", "in/tiny.png", *trial.at("apiyi"), "--json", "--overwrite", "-o", "out.png"]
    trial.run(*edit, "--prompt-file", "marked.txt")
    trial.run(*edit, "--prompt-file", "-", input=b"from standard input\n")
    trial.run(*edit, "-p", "\t {column} %41 </script>")
    trial.run(*edit, "-p", "x" * 5000)


def _base_urls(trial):
    trial.open()
    for number, ending in enumerate(["", "/", "/v1beta", "/v1beta/models/gemini-3.1-flash-image:generateContent"]):
        trial.run("edit", "in/tiny.png", "-p", f"x {number}", "--gateway", "apiyi", "--base-url",
                  trial.gateway.url("apiyi") + ending, "-o", f"{number}.png", "--json")
    trial.run("edit", "in/tiny.png", "-p", "x", "-o", "by-name.png", "--json", environment={
        "PLANTAIN_GATEWAY": "aimlapi", "PLANTAIN_AIMLAPI_URL": trial.gateway.url("aimlapi") + "/v1"})


def _failover(trial):
    trial.open("no-credit", "good", "blocked", "overloaded", "overloaded", "overloaded", "overloaded")
    addresses = {f"PLANTAIN_{name.upper()}_URL": trial.gateway.url(name) for name in ("apiyi", "crazyrouter")}
    edit = ["edit", "in/tiny.png", "--gateway", "apiyi,crazyrouter", "--json", "--timeout", "20s"]
    for name in ("one", "two", "three"):
        trial.run(*edit, "-p", name, "-o", f"{name}.png", environment=addresses)
    trial.run("history", "--json")


def _probe(trial):
    trial.open()
    addresses = {f"PLANTAIN_{name.upper()}_URL": trial.gateway.url(name) for name in GATEWAYS}
    trial.run("probe", "--gateway", ",".join(GATEWAYS), "--dry-run", "--json", environment=addresses)
    trial.run("probe", "--gateway", ",".join(GATEWAYS), "--json", environment=addresses)
    trial.gateway.answers = ["no-key"]
    trial.run("probe", "--gateway", "apiyi", "--json", environment=addresses)
    trial.gateway.answers = ["broken"]
    trial.run("probe", "--gateway", "google", "--json", environment=addresses)
    trial.run("gateways", "--json", environment=addresses)
    trial.run("gateways", "apiyi", environment=addresses)
