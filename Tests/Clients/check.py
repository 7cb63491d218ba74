"""Runs independent clients against the simulator, and compares their request with Plantain's.

Usage: check.py PLANTAIN PICTURE.png
1. PyPI's google-genai and openai get pictures from `plantain simulate`.
2. The same edit, made by google-genai and by `plantain edit --gateway google`, arrives as the same JSON document at a
   recording sink: with member names in either case, Base64 in either alphabet, and Plantain's picture without metadata.
"""
import base64
import http.server
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import threading

import openai
from google import genai
from google.genai import types
from PIL import Image

plantain, picture = sys.argv[1:]
PNG = open(picture, "rb").read()
KEY = "sk-canary-9d2c"
environment = {**os.environ, "GOOGLE_API_KEY": "", "GEMINI_API_KEY": KEY, "PLANTAIN_LEDGER": tempfile.mkdtemp() + "/l"}


def google_edit(url):
    client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=url))
    configuration = types.GenerateContentConfig(
        response_modalities=["IMAGE"], image_config=types.ImageConfig(aspect_ratio="3:2", image_size="1K"))
    part = types.Part.from_bytes(data=PNG, mime_type="image/png")
    return client.models.generate_content(model="gemini-3.1-flash-image", contents=["warm", part], config=configuration)


def against_the_simulator():
    process = subprocess.Popen([plantain, "simulate", "--quiet"], stdout=subprocess.PIPE, text=True)
    try:
        url = process.stdout.readline().strip()
        returned = google_edit(url).candidates[0].content.parts[0].inline_data
        assert Image.open(io.BytesIO(returned.data)).size == (1264, 848), returned.mime_type
        client = openai.OpenAI(base_url=url + "/v1", api_key=KEY)
        data_uri = "data:image/png;base64," + base64.b64encode(PNG).decode()
        reply = client.images.generate(
            model="google/nano-banana-2", prompt="warm", response_format="b64_json",
            extra_body={"image_urls": [data_uri], "aspect_ratio": "16:9", "resolution": "1K"})
        image = Image.open(io.BytesIO(base64.b64decode(reply.data[0].b64_json)))
        assert image.size == (1376, 768), image.size
        assert client.images.generate(model="google/nano-banana-2", prompt="x").data[0].url.startswith(url)
    finally:
        process.terminate()
        process.wait()
    print("google-genai and openai got their pictures from the simulator")


class Sink(http.server.BaseHTTPRequestHandler):
    seen = []

    def do_POST(self):
        self.seen.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        reply = b'{"candidates":[{"content":{"parts":[{"text":"no"}]},"finishReason":"STOP"}]}'
        self.send_response(200)
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_):
        pass


def pixels(text):
    """The picture itself, without the metadata in its file."""
    image = Image.open(io.BytesIO(base64.b64decode(text.translate(str.maketrans("-_", "+/")) + "=" * (-len(text) % 4))))
    return [image.format, image.mode, image.size, hash(image.tobytes())]


def normal(node, name=""):
    if isinstance(node, dict):
        camel = lambda key: re.sub("_([a-z])", lambda match: match[1].upper(), key)
        members = {camel(key): normal(value, camel(key)) for key, value in node.items()}
        # The only message is the user's, whether its role is given or not.
        return {key: value for key, value in members.items() if (key, value) != ("role", "user")}
    if isinstance(node, list):
        return [normal(item) for item in node]
    return pixels(node) if name == "data" else node


def beside_ours():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    google_edit(url)
    subprocess.run(
        [plantain, "edit", picture, "-p", "warm", "--gateway", "google", "--aspect", "3:2", "--tier", "1K", "-o", "-",
         "--base-url", url, "--quiet"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    theirs, ours = map(normal, Sink.seen)
    assert theirs == ours, json.dumps([theirs, ours], indent=1)
    print("google-genai and plantain send the same document")


against_the_simulator()
beside_ours()
