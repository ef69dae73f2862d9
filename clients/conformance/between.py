"""What stands between a client and its server: a line that can be cut in several ways, and a proxy. Plain sockets and threads."""

import socket
import threading
import time


class _Listening:
    """Accepts connections; ``_serve`` has one each, on a thread of its own."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.closing, self._sockets = threading.Event(), []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self.closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(client)
            threading.Thread(target=self._serve_quietly, args=(client,), daemon=True).start()

    def _serve_quietly(self, client):
        try:
            self._serve(client)
        except OSError:
            client.close()

    def _connect(self, port):
        server = socket.create_connection(("127.0.0.1", port), 10)
        server.settimeout(None)
        self._sockets.append(server)
        return server

    def close(self):
        self.closing.set()
        self._listener.close()
        for one in list(self._sockets):
            one.close()


class Relay(_Listening):
    """A line to a server. ``stall`` keeps all that is sent, both ways; ``forget`` has the server see an end that the client does not."""

    def __init__(self, server):
        self.server_port, self.open, self.slow = server.port, threading.Event(), False
        self.open.set()
        self._pairs = []
        super().__init__()
        self.url = f"http://127.0.0.1:{self.port}"

    def _serve(self, client):
        while not self.open.wait(0.05):
            if self.closing.is_set():
                return
        server = self._connect(self.server_port)
        self._pairs.append((client, server))
        threading.Thread(target=self._pump, args=(server, client), daemon=True).start()
        self._pump(client, server)

    def _pump(self, source, target):
        try:
            while True:
                data = source.recv(64 if self.slow else 65536)
                while not self.open.wait(0.05) and not self.closing.is_set():
                    pass
                if not data:
                    break
                target.sendall(data)
                if self.slow:
                    time.sleep(0.02)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            _end(target)

    def stall(self):
        """Nothing comes through from now on, and nobody hears of it: also what is connected anew."""
        self.open.clear()
        return time.monotonic()

    def resume(self):
        """For new connections; those from before stay dead, as a router has forgotten them."""
        self.forget()
        self.open.set()

    def forget(self):
        """A router that restarted: the server sees each open connection end, the client hears nothing more of it. New ones work."""
        pairs, self._pairs = self._pairs, []
        for client, server in pairs:
            self._detach(client)
            _end(server)
        return time.monotonic()

    def _detach(self, client):
        # Its pump holds a number; with another socket under it, the client's own stays open and dead.
        self._sockets.append(client.dup())
        client.close()

    def cut(self):
        """Both ends see it."""
        pairs, self._pairs = self._pairs, []
        for client, server in pairs:
            _end(client)
            _end(server)
        return time.monotonic()


class Proxy(_Listening):
    """An HTTP proxy that knows one server, whatever name it is asked for. ``asked``: the first line of each request."""

    def __init__(self, server):
        self.server_port, self.asked = server.port, []
        super().__init__()
        self.url = f"http://127.0.0.1:{self.port}"

    def _serve(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            part = client.recv(65536)
            if not part:
                return
            head += part
        first, rest = head.split(b"\r\n", 1)
        method, target, version = first.decode().split(" ")
        self.asked.append(f"{method} {target}")
        server = self._connect(self.server_port)
        if method == "CONNECT":
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            server.sendall(head.split(b"\r\n\r\n", 1)[1])
        else:
            path = "/" + target.split("/", 3)[3]
            server.sendall(f"{method} {path} {version}\r\n".encode() + rest)
        threading.Thread(target=_copy, args=(server, client), daemon=True).start()
        _copy(client, server)


def _copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    _end(target)


def _end(one):
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
