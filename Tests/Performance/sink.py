"""A loopback sink that answers every POST at once, like a native Gemini route. Arguments: PICTURE for the answer, [SECONDS].

Prints its port. GET returns the SHA-256 of the picture in the last request, decoded strictly. A POST to
/v1/images/generations returns a task, which is done after SECONDS (default: 0). Its picture is at /picture.
"""
import base64
import hashlib
import json
import socket
import sys
import threading
import time

part = {"inlineData": {"mimeType": "image/png" if sys.argv[1].endswith(".png") else "image/jpeg", "data": base64.b64encode(open(sys.argv[1], "rb").read()).decode()}}
ANSWER = json.dumps({"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}]}).encode()
PICTURE = open(sys.argv[1], "rb").read()
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 0
last = b""
begun = []
lock = threading.Lock()


def arrived():
    parts = json.loads(last)["contents"][0]["parts"]
    data = next(part["inlineData"]["data"] for part in parts if "inlineData" in part)
    return hashlib.sha256(base64.b64decode(data, validate=True)).hexdigest().encode()


def task(path, host):
    number = int(path.split("/")[3].split("?")[0])
    if time.monotonic() - begun[number] < SECONDS:
        return json.dumps({"code": 200, "data": {"id": str(number), "status": "processing", "progress": 1}}).encode()
    images = [{"url": [f"http://{host}/picture"], "expires_at": int(time.time()) + 86400}]
    return json.dumps({"code": 200, "data": {"id": str(number), "status": "completed", "result": {"images": images}}}).encode()


def answer(method, path, host):
    if method == "POST" and path == "/v1/images/generations":
        with lock:
            begun.append(time.monotonic())
            number = len(begun) - 1
        data = [{"status": "submitted", "task_id": str(number)}]
        return json.dumps({"code": 200, "data": data}).encode()
    if path.startswith("/v1/tasks/"):
        return task(path, host)
    if path == "/picture":
        return PICTURE
    return ANSWER if method == "POST" else arrived()


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
            method, path = request.decode("latin1").split(" ")[:2]
            body = answer(method, path, headers.get("host", ""))
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
print(listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
