"""A loopback sink: answers every POST like a native Gemini route, at once. Argument: PICTURE for the answer.

Prints its port. GET gives the SHA-256 of the picture in the last request, decoded strictly.
"""
import base64
import hashlib
import json
import socket
import sys
import threading

part = {"inlineData": {"mimeType": "image/jpeg", "data": base64.b64encode(open(sys.argv[1], "rb").read()).decode()}}
ANSWER = json.dumps({"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}]}).encode()
last = b""


def arrived():
    parts = json.loads(last)["contents"][0]["parts"]
    data = next(part["inlineData"]["data"] for part in parts if "inlineData" in part)
    return hashlib.sha256(base64.b64decode(data, validate=True)).hexdigest().encode()


def serve(connection):
    global last
    with connection, connection.makefile("rb", buffering=1 << 20) as stream:
        while request := stream.readline():
            headers = {}
            while line := stream.readline().strip():
                name, value = line.decode("latin1").split(":", 1)
                headers[name.lower()] = value.strip()
            if "expect" in headers:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            if request.startswith(b"POST"):
                last = stream.read(int(headers.get("content-length", 0)))
            body = ANSWER if request.startswith(b"POST") else arrived()
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
