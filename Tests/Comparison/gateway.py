"""A gateway on loopback that records every request and answers in the ways that it is told."""
import base64
import hashlib
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What the first part of a path stands for; a gateway of one's own is called after its dialect.
DIALECTS = {
    "myrouter": "v3", "gccai": "task", "aimlapi": "images", "apiyi": "native", "crazyrouter": "native",
    "google": "native", "simulator": "native", "house-v3": "v3", "house-task": "task",
    "house-images": "images", "house-native": "native",
}

# Answers that are a status and no picture: status, body, further headers.
REFUSALS = {
    "bad": (400, {"error": {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}}, {}),
    "no-key": (401, {"error": {"message": "bad token"}}, {}),
    "no-credit": (402, {"error": {"message": "insufficient credit"}}, {}),
    "forbidden": (403, {"error": {"message": "forbidden"}}, {}),
    "no-model": (404, {"error": {"code": 404, "message": "model not found", "status": "NOT_FOUND"}}, {}),
    "too-large": (413, {"error": {"message": "too large"}}, {}),
    "limited": (429, {"error": {"message": "slow down"}}, {"Retry-After": "3600"}),
    "busy": (429, {"error": {"message": "slow down"}}, {"Retry-After": "0"}),
    "no-quota": (429, {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "limit: 0"}}, {}),
    "broken": (500, {"error": {"message": "oops"}}, {}),
    "bad-gateway": (502, {}, {}),
    "overloaded": (503, {"error": {"message": "overloaded"}}, {"Retry-After": "3600"}),
    "slow": (504, {}, {}),
    "odd": (200, {"code": -1, "msg": "try later"}, {}),
    "empty": (200, {"candidates": None}, {}),
    "moderated": (200, {"candidates": None, "usageMetadata": {"candidatesTokenCount": 0}}, {}),
    "unsafe": (200, {"candidates": [{"content": {"parts": None}, "finishReason": "IMAGE_SAFETY"}]}, {}),
    "blocked": (200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, {}),
    "words": (200, {"candidates": [{"content": {"parts": [{"text": "I will not."}]}, "finishReason": "STOP"}]}, {}),
}


class Gateway:
    """Requests are answered in their order by the names in `answers`, and by `good` after the last."""

    def __init__(self, picture, answers=()):
        self.picture = picture
        self.answers = list(answers)
        self.requests = []
        self.tasks = 0
        # While this is set, tasks run and results cannot be fetched.
        self.is_late = False
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._arrived = threading.Condition(self._lock)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.root = f"http://127.0.0.1:{self.server.server_port}"

    def url(self, gateway):
        return f"{self.root}/{gateway}"

    def close(self):
        self._ended.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def posts(self):
        """How many pictures were asked for: what may be billed."""
        return sum(request["method"] == "POST" for request in self.requests)

    def wait_for_posts(self, count, seconds=20):
        with self._arrived:
            return self._arrived.wait_for(lambda: self.posts >= count, seconds)

    def _handler(gateway):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body in one piece, whatever the system does with small ones.
            wbufsize = -1

            def log_message(self, *_):
                pass

            def do_POST(self):
                gateway._answer(self)

            do_GET = do_POST

        return Handler

    def _answer(self, handler):
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        record = {"method": handler.command, "path": handler.path, "headers": handler.headers.items(), "body": body}
        with self._arrived:
            self.requests.append(record)
            name = (self.answers.pop(0) if self.answers else "good") if handler.command == "POST" else None
            self._arrived.notify_all()
        if name is None:
            self._get(handler)
        elif name in REFUSALS:
            status, document, headers = REFUSALS[name]
            _reply(handler, status, json.dumps(document).encode(), headers)
        elif name == "lost":
            _hang_up(handler)
        elif name == "silent":
            self._ended.wait(60)
            _hang_up(handler)
        else:
            self._post(handler, body, name)

    def _post(self, handler, body, name):
        dialect = DIALECTS[handler.path.split("/")[1]]
        request = json.loads(body)
        reply = getattr(self, "_" + dialect)(request, name)
        text = json.dumps(reply).encode()
        if name == "cut":
            _reply(handler, 200, text[:len(text) // 2], length=len(text))
            return _hang_up(handler)
        _reply(handler, 200, text)

    def _native(self, request, name):
        data = base64.b64encode(b"no picture" if name == "garbage" else self.picture).decode()
        parts = [{"inlineData": {"mimeType": "image/png", "data": data}}]
        if name == "address":
            parts = [{"text": f"![image]({self._result(request)})"}]
        return {
            "candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}],
            "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 1290}, "responseId": "r",
        }

    def _v3(self, request, name):
        return {"image_urls": [self._result(request)]}

    def _images(self, request, name):
        picture = {"url": self._result(request), "b64_json": None, "mime_type": "image/png"}
        return {"data": [picture], "meta": {"usage": {"credits_used": 178975}}}

    def _task(self, request, name):
        # By content, so that equal requests in another order have equal ids.
        count = request.get("n", 1)
        failing = "-failing" if name == "failing" else ""
        return {"code": 200, "data": [{"status": "submitted", "task_id": f"task_{_digest(request)}-{count}{failing}"}]}

    def _result(self, request):
        return f"{self.root}/results/{_digest(request)}.png"

    def _get(self, handler):
        if "/tasks/" in handler.path:
            task = handler.path.split("/tasks/")[1].split("?")[0]
            return _reply(handler, 200, json.dumps({"code": 200, "data": self._state(task)}).encode())
        if self.is_late:
            return _reply(handler, 404, b"not yet")
        _reply(handler, 200, self.picture, {"Content-Type": "image/png"})

    def _state(self, task):
        if self.is_late:
            return {"id": task, "status": "processing", "progress": 40}
        if task.endswith("-failing"):
            return {"id": task, "status": "failed", "error": {"code": 500, "message": "it failed", "type": "server_error"}}
        images = [{"url": [f"{self.root}/results/{task}-{number}.png"]} for number in range(int(task.split("-")[1]))]
        return {"id": task, "status": "completed", "progress": 100, "result": {"images": images}, "cost": 0.04}


def _digest(request):
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()[:12]


def _reply(handler, status, body, headers=None, length=None):
    handler.send_response_only(status)
    for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)
    handler.wfile.flush()


def _hang_up(handler):
    handler.close_connection = True
    try:
        handler.connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def recorded(request, normal):
    """A request as it is compared: without what belongs to one run or follows from something else."""
    headers = [[name, _header(name, value, request["body"], normal)] for name, value in request["headers"]]
    return {
        "method": request["method"], "path": normal.text(request["path"]), "headers": headers,
        "body": normal.data(request["body"]),
    }


def _header(name, value, body, normal):
    name = name.lower()
    if name in ("host", "user-agent"):
        return f"<{name}>"
    if name == "content-length":
        # It follows from the body, in which ports and ids may be of other lengths.
        return "<length of body>" if int(value) == len(body) else value
    return normal.text(value)
