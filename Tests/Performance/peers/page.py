"""As on the gateway's page for Python: read, encode, post, decode, write. Arguments: PICTURE… URL OUT."""
import base64
import sys

import requests

*pictures, url, out = sys.argv[1:]


def encoded(picture):
    with open(picture, "rb") as file:
        return base64.b64encode(file.read()).decode()


reply = requests.post(
    f"{url}/v1beta/models/gemini-3.1-flash-image-preview:generateContent",
    headers={"Authorization": "Bearer sk-benchmark"},
    json={
        "contents": [{"parts": [
            {"text": "Please blur the background"},
            *({"inlineData": {"mimeType": "image/jpeg", "data": encoded(picture)}} for picture in pictures),
        ]}],
        "generationConfig": {
            "responseModalities": ["IMAGE"], "imageConfig": {"aspectRatio": "3:2", "imageSize": "2K"},
        },
    },
    timeout=300,
).json()
with open(out, "wb") as file:
    file.write(base64.b64decode(reply["candidates"][0]["content"]["parts"][0]["inlineData"]["data"]))
