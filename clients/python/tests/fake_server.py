"""A license server that says what a test tells it to."""

import http.server
import json
import queue
import threading
import time

import quotrading_license

ID = "01a1ff58-4cfb-7fff-acf0-f39004879ecc"


def granted(interval=1, timeout=60, **more):
    return {"status": "success", "license_valid": True, "session_conflict": False, "session_id": ID, "license_expiration": None,
            "hours_until_expiration": None, "heartbeat_interval_seconds": interval, "session_timeout_seconds": timeout, **more}


def refused(code, **more):
    return {"status": "error", "message": f"Refused: {code}", "code": code, **more}


class Json:
    """An answer; ``after`` so many seconds, or ``when`` an event is set."""

    def __init__(self, body, status=200, headers=(), after=0.0, when=None):
        self.body, self.status, self.headers, self.after, self.when = body, status, headers, after, when

    def answer(self, handler):
        time.sleep(self.after)
        while self.when is not None and not self.when.wait(0.05) and not handler.server.closing.is_set():
            pass
        raw = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        handler.send_response(self.status)
        for name, value in self.headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)


class NoAnswer:
    """The request was read, and counts; its answer is lost."""

    def answer(self, handler):
        handler.close_connection = True


class Trickle:
    """A byte now and then, without end."""

    def answer(self, handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not handler.server.closing.wait(0.1):
            handler.wfile.write(b" ")


class Cut:
    """An answer that breaks off in its middle."""

    def answer(self, handler):
        raw = json.dumps(granted()).encode()
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(raw), raw[:-20]))
        handler.close_connection = True


class Kept:
    """A session stream behind a proxy that keeps for itself what it should pass on: all of it, or what follows the headers."""

    def __init__(self, headers=False):
        self.headers, self.close = headers, threading.Event()

    def answer(self, handler):
        if self.headers:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not self.close.wait(0.05) and not handler.server.closing.is_set():
            pass
        handler.close_connection = True


class Stream:
    """A session stream: its events, and its end with the ``late`` ones before it, for which ``close`` gives the sign.

    It is silent but for what it is told to ``say``, whatever ``keepalive`` it promises; an older server promises none.
    """

    def __init__(self, *events, interval=1, timeout=60, grace=5, keepalive=None, cut=False, late=()):
        hello = {"session_id": ID, "heartbeat_interval_seconds": interval, "session_timeout_seconds": timeout, "disconnect_grace_seconds": grace}
        if keepalive is not None:
            hello["keepalive_seconds"] = keepalive
        self.late, self.said = late, queue.SimpleQueue()
        self.events, self.cut, self.close, self.opened = [("hello", hello), *events], cut, threading.Event(), threading.Event()

    def answer(self, handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        self.send(handler, self.events)
        self.opened.set()
        while not self.close.wait(0.02) and not handler.server.closing.is_set():
            while not self.said.empty():
                self.send(handler, [(None, self.said.get())])
        self.send(handler, self.late)
        if self.cut:
            handler.wfile.write(b"40\r\nevent: lo")
        else:
            handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = True

    def say(self, raw=b":\n\n"):
        self.said.put(raw)

    @staticmethod
    def send(handler, events):
        for name, data in events:
            raw = data if name is None else f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(raw), raw))


class Listener(http.server.ThreadingHTTPServer):
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """A client that goes away, or does not trust the certificate, is no fault."""


class FakeServer:
    """Answers by what ``answers[path]`` holds: one answer for always, or a list of which the last one stays."""

    def __init__(self, **answers):
        self.answers = {"main": Json(granted()), "heartbeat": Json(granted()), "stream": Json(refused("not_found"), 404),
                        "release": Json({"status": "success"}), **answers}
        self.requests, self.ports, self.paths, self.agents = [], [], [], []
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.request_body, name = body, self.path.rsplit("/", 1)[1]
                fake.ports.append(self.client_address[1])
                fake.paths.append(self.path)
                fake.agents.append(self.headers["User-Agent"])
                fake.requests.append((name, body, quotrading_license._clock()))
                told = fake.answers[name]
                if isinstance(told, list):
                    told = told.pop(0) if len(told) > 1 else told[0]
                try:
                    told.answer(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = Listener(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.closing = threading.Event()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def of(self, name):
        return [body for asked, body, _ in list(self.requests) if asked == name]

    def times(self, name):
        """By the client's clock."""
        return [at for asked, _, at in list(self.requests) if asked == name]

    def close(self):
        self.server.closing.set()
        self.server.shutdown()
        self.server.server_close()
