"""A license server that does what a test tells it to, and records what it was asked and what it did, by the monotonic clock."""

import http.server
import json
import queue
import socket
import ssl
import threading
import time
import uuid
from typing import NamedTuple

import signing

NAMES = {"main": "login", "validate-license": "login"}


class Request(NamedTuple):
    name: str       # login, heartbeat, stream, release
    path: str       # without the server's prefix
    body: dict
    headers: dict   # names in lower case
    at: float
    port: int       # of the other end: another number is another connection


def refusal(code, status=403, **more):
    """As the portal refuses."""
    return Json({"status": "error", "message": f"Refused: {code}.", "code": code, **more}, status)


def conflict(**more):
    return refusal("session_conflict", session_conflict=True, active_device="3f9a1c0d...", estimated_wait_seconds=88, **more)


def busy(seconds, status=503, code="unavailable"):
    return refusal(code, status).with_header("Retry-After", str(seconds))


def older_yes(**more):
    """The older system's: neither a session nor an interval."""
    return Json({"status": "success", "license_valid": True, "message": "Valid MONTHLY license", "session_conflict": False,
                 "license_expiration": "2099-12-21T18:22:18", **more})


OLDER_CONFLICT = {"status": "error", "license_valid": True, "message": "License already in use on another device", "session_conflict": True, "active_device": "3f9a1c0d..."}


class Json:
    """One answer; a body of bytes is sent as it is."""

    def __init__(self, body, status=200, content_type="application/json"):
        self.body, self.status, self.headers = body, status, {"Content-Type": content_type}

    def with_header(self, name, value):
        self.headers[name] = value
        return self

    def answer(self, handler, request):
        raw = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        handler.reply(request, self.status, raw, self.headers)


def page(status, text="<html><body>Welcome to the airport</body></html>"):
    """Somebody else's answer."""
    return Json(text.encode(), status, "text/html")


class Yes:
    """A session, by the server's timing of the moment."""

    def __init__(self, **more):
        self.more = more

    def answer(self, handler, request):
        Json({**handler.server.owner.session(), **self.more}).answer(handler, request)


class Lost:
    """The request was read, and counts; its answer is lost."""

    def answer(self, handler, request):
        handler.close_connection = True


class Trickle:
    """A byte now and then, without end."""

    def answer(self, handler, request):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not handler.server.owner.closing.wait(0.1):
            handler.wfile.write(b" ")


class Held:
    """Nothing, until ``free`` is set; then another answer, or the connection's end."""

    def __init__(self, then=None):
        self.then, self.free = then or Lost(), threading.Event()

    def answer(self, handler, request):
        while not self.free.wait(0.02) and not handler.server.owner.closing.is_set():
            pass
        self.then.answer(handler, request)


class Stream:
    """Opens a stream and keeps it; the open ones are in ``Server.streams``.

    hello: whether it begins with one. keepalive: whether comments follow.
    """

    def __init__(self, hello=True, keepalive=True):
        self.hello, self.keepalive = hello, keepalive

    def answer(self, handler, request):
        OpenStream(handler, request, self).run()


class OpenStream:
    def __init__(self, handler, request, kind):
        self.handler, self.server, self.request, self.kind = handler, handler.server.owner, request, kind
        self.said_at = self.ended_at = None  # when it last sent something, and when it was cut or ended
        self.alive = kind.keepalive
        self._orders = queue.SimpleQueue()

    def run(self):
        self.handler.start_stream()
        if self.kind.hello:
            hello = json.dumps(self.server.hello())
            self._send(event("hello", hello))
            signed = self.server.sign(self.request, 200, hello.encode())
            if signed:
                self._send(event("proof", signing.proof(signed)))
        self.said_at = time.monotonic()
        self.server.streams.append(self)
        try:
            while not self.server.closing.is_set() and self._obey():
                pass
        finally:
            self.ended_at = self.ended_at or time.monotonic()

    def _obey(self):
        try:
            order, raw = self._orders.get(timeout=(self.server.timing["keepalive"] or 10) / 2)
        except queue.Empty:
            order, raw = "say", b":\n\n"
            if not self.alive:
                return True
        if order == "cut":
            self.ended_at = time.monotonic()
            self.handler.reset()
        elif order == "end":
            self._write(b"0\r\n\r\n")
        else:
            self._send(raw)
            self.said_at = time.monotonic()
        self.handler.close_connection = True
        return order == "say"

    def say(self, name, **data):
        self._orders.put(("say", event(name, json.dumps(data))))

    def comment(self):
        self._orders.put(("say", b":\n\n"))

    def log_out(self, reason, message="Ended, says the server."):
        """As the portal does: the reason, and the stream's proper end."""
        self.say("logged_out", reason=reason, message=message)
        self.end()

    def end(self):
        self._orders.put(("end", None))

    def cut(self):
        self._orders.put(("cut", None))

    def hush(self):
        """No more comments; the connection stays."""
        self.alive = False

    def _send(self, raw):
        self._write(b"%x\r\n%s\r\n" % (len(raw), raw))

    def _write(self, raw):
        self.handler.wfile.write(raw)


def event(name, data):
    return f"event: {name}\ndata: {data}\n\n".encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        if self.server.owner.tls is not None:
            self.request.settimeout(20)
            self.request = self.server.owner.tls.wrap_socket(self.request, server_side=True)
            self.request.settimeout(None)
        super().setup()

    def finish(self):
        super().finish()
        self.connection.close()

    def do_POST(self):
        server = self.server.owner
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = self.path[len(server.prefix):] if self.path.startswith(server.prefix) else self.path
        name = path.rsplit("/", 1)[1]
        request = Request(NAMES.get(name, name), path, body, {n.lower(): v for n, v in self.headers.items()}, time.monotonic(), self.client_address[1])
        try:
            server.next_answer(request).answer(self, request)
        except OSError:
            self.close_connection = True

    def reply(self, request, status, raw, headers):
        signed = self.server.owner.sign(request, status, raw) if status in (200, 401, 403) else None
        self.send_response(status)
        for name, value in {**headers, **({"Portal-Signature": signing.header(signed)} if signed else {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def start_stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.connection.close()

    def log_message(self, *_):
        pass


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """A client that goes away, or does not trust the certificate, is no fault."""


class Server:
    """Answers by what ``answers[name]`` holds: one answer for always, or a list of which the last one stays.

    timing: interval, timeout, grace and keepalive in seconds (without keepalive: a portal that does not tell it); a test about one of them shortens it, to the others no busy machine comes near. tls: an SSLContext. sign: of ``signing``, ``unsigned`` as a portal of
    before. prefix: what stands before ``/api``.
    """

    def __init__(self, timing=None, tls=None, sign=signing.unsigned, prefix="", **answers):
        self.timing = {"interval": 1, "timeout": 60, "grace": 20, "keepalive": 2, **(timing or {})}
        self.tls, self.sign, self.prefix = tls, sign, prefix
        self.session_id = str(uuid.uuid4())
        self.answers = {"login": Yes(), "heartbeat": Yes(), "stream": Stream(), "release": Json({"status": "success", "message": "Session released successfully"}), **answers}
        self.requests, self.streams, self.closing, self._changing = [], [], threading.Event(), threading.Lock()
        self._listener = Listener(("127.0.0.1", 0), Handler)
        self._listener.owner = self
        self.port = self._listener.server_port
        self.url = f"{'https://localhost' if tls else 'http://127.0.0.1'}:{self.port}{prefix}"
        threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def session(self):
        timing = self.timing
        return {"status": "success", "license_valid": True, "session_conflict": False, "message": "Valid MONTHLY license", "session_id": self.session_id,
                "license_expiration": None, "heartbeat_interval_seconds": timing["interval"], "session_timeout_seconds": timing["timeout"]}

    def hello(self):
        timing = self.timing
        told = {"session_id": self.session_id, "heartbeat_interval_seconds": timing["interval"], "session_timeout_seconds": timing["timeout"],
                "disconnect_grace_seconds": timing["grace"], "keepalive_seconds": timing["keepalive"]}
        return {name: value for name, value in told.items() if value is not None}

    def next_answer(self, request):
        with self._changing:
            self.requests.append(request)
            told = self.answers.get(request.name, page(404))
            if not isinstance(told, list):
                return told
            return told.pop(0) if len(told) > 1 else told[0]

    def of(self, name):
        return [request for request in list(self.requests) if request.name == name]

    def since(self, at, name=None):
        return [request for request in list(self.requests) if request.at > at and name in (None, request.name)]

    def become_older(self, refused=None):
        """Replaced by the older system: no sessions, no streams."""
        self.answers.update(login=refused or older_yes(), heartbeat=refused or older_yes(), stream=page(404), release=older_yes())

    def close(self):
        self.closing.set()
        self._listener.shutdown()
        self._listener.server_close()


def server_context(certificate):
    """Of a file with a certificate and its key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.options |= ssl.OP_NO_TICKET
    context.num_tickets = 0  # a client that resumes a session looks at no certificate
    return context
