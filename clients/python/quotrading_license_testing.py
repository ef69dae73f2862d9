"""A license server for tests of your own launcher or bot: no portal, no network, no license needed.

    from quotrading_license import LicenseSession, State
    from quotrading_license.testing import FakePortal       # of the one file: from quotrading_license_testing import FakePortal

    with FakePortal() as portal, LicenseSession(portal.url, portal.key) as license:
        assert license.login()
        portal.log_out("forced_logout")                      # as an administrator does
        ...                                                  # your bot stops
        portal.refuse("license_expired")                     # what every login and heartbeat is told from now on
        assert not license.login()

It knows one license with one seat, and gives it to whoever asks first. It is for tests alone: it holds no promise that the portal holds.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import http.server
import json
import math
import queue
import secrets
import threading
import time
import uuid
from typing import Any, Dict, List, NamedTuple, Optional, Set, Tuple, cast

__all__ = ["FakePortal", "Request"]

_MESSAGES = {
    "unknown_key": "Invalid license key",
    "license_expired": "License expired",
    "license_suspended": "License is suspended",
    "license_cancelled": "License is cancelled",
    "session_conflict": "License already in use on another device. Please stop the bot on the other computer first.",
    "forced_logout": "You have been logged out by an administrator. Log in again to continue.",
    "kept_out": "You have been logged out by an administrator. Log in again later.",
}
_BAD_LICENSE = {"unknown_key", "license_expired", "license_suspended", "license_cancelled"}
_STATUS = {"too_many_requests": 429, "too_many_devices": 429, "too_many_sessions": 429, "unavailable": 503}


class Request(NamedTuple):
    """What a client asked."""

    path: str
    """``/api/main`` (a login), ``/api/heartbeat``, ``/api/session/stream`` or ``/api/session/release``."""
    body: Dict[str, Any]
    """The JSON that it sent."""


class FakePortal:
    """Answers on a free port of 127.0.0.1, from when it is made until ``close()`` or the end of its ``with`` block.

    interval   how often it wants a heartbeat, in seconds; timeout and grace as a portal's, in seconds; keepalive: how often a stream
               gives a sign, in seconds.
    signed     whether it signs its answers; then ``keys`` are those to give to LicenseSession. Making the key takes some seconds, once.

    url, key   what to give to LicenseSession. Another key is told ``unknown_key``.
    requests   all that was asked, in its order.
    """

    def __init__(self, *, interval: float = 1.0, timeout: float = 30.0, grace: float = 5.0, keepalive: float = 1.0, signed: bool = False) -> None:
        self.interval, self.timeout, self.grace, self.keepalive = interval, timeout, grace, keepalive
        self.key = f"TEST-{uuid.uuid4().hex.upper()}"
        self.requests: List[Request] = []
        self._signer = _signer() if signed else None
        self._refusal: Optional[Tuple[str, Dict[str, Any]]] = None
        self._silent, self._closing = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._holder: Optional[Tuple[str, str]] = None      # device and session
        self._apps: Set[str] = set()
        self._logged_out: Set[str] = set()
        self._streams: List[queue.SimpleQueue[Tuple[str, Dict[str, Any]]]] = []
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="fake portal", daemon=True).start()

    def __enter__(self) -> "FakePortal":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """Twice is harmless."""
        if not self._closing.is_set():
            self._closing.set()
            self._server.shutdown()
            self._server.server_close()

    @property
    def keys(self) -> List[str]:
        """For ``LicenseSession(keys=...)``. Raises ValueError where it was not made with ``signed=True``."""
        if self._signer is None:
            raise ValueError("this portal does not sign: make it with signed=True")
        return [self._signer.text]

    @property
    def is_held(self) -> bool:
        """Whether some device has the license now."""
        return self._holder is not None

    def of(self, path: str) -> List[Request]:
        """Those requests of which the path ends so: ``portal.of("heartbeat")``."""
        return [request for request in list(self.requests) if request.path.endswith(path)]

    # What a test may have it do.

    def refuse(self, code: str, message: Optional[str] = None, **fields: Any) -> None:
        """From now on logins, heartbeats and streams are refused with that code, and ``fields`` besides; until ``allow()``.

        The codes are those of the portal: ``session_conflict``, ``license_expired``, ``kept_out``, ``unavailable`` (503) ...
        """
        self._refusal = _refusal(code, message, **fields)

    def allow(self) -> None:
        """Ends ``refuse()``."""
        self._refusal = None

    def log_out(self, reason: str = "forced_logout", message: Optional[str] = None) -> None:
        """Ends the session, and says so on its streams. After ``forced_logout`` heartbeats are refused until the next login.

        With ``timed_out`` or ``connection_lost`` a heartbeat gets the session again, as at the portal.
        """
        with self._lock:
            if self._holder is not None and reason == "forced_logout":
                self._logged_out.add(self._holder[0])
            self._end()
            for stream in self._streams:
                stream.put(("logged_out", {"reason": reason, "message": message or _MESSAGES.get(reason, f"The session has ended: {reason}.")}))

    def give_away(self) -> None:
        """Another computer has the license now: its device's name begins with ``someone``."""
        with self._lock:
            self._holder = ("someone else", str(uuid.uuid4()))
            for stream in self._streams:
                stream.put(("logged_out", {"reason": "timed_out", "message": "The session has timed out."}))

    def fall_silent(self) -> None:
        """Nothing is answered from now on, and streams give no sign, as if the cable had been pulled; until ``speak()``."""
        self._silent.set()

    def speak(self) -> None:
        """Ends ``fall_silent()``. What was asked meanwhile stays without an answer."""
        self._silent.clear()

    # How it answers.

    def _end(self) -> None:
        self._holder, self._apps = None, set()

    def _timing(self) -> Dict[str, Any]:
        return {"session_id": self._holder[1] if self._holder else "", "heartbeat_interval_seconds": self.interval, "session_timeout_seconds": self.timeout,
                "disconnect_grace_seconds": self.grace}

    def _decide(self, path: str, body: Dict[str, Any]) -> Tuple[int, Dict[str, Any]]:
        """Status and body; a stream's 200 is its hello."""
        device = str(body.get("device_fingerprint"))
        with self._lock:
            if path == "/api/session/release":
                return self._release(device, str(body.get("app")))
            code, told = self._refusal or self._own_refusal(path, body, device)
            if code:
                return _STATUS.get(code, 403), told
            if path == "/api/main":
                self._logged_out.discard(device)
            if self._holder is None:
                self._holder = (device, str(uuid.uuid4()))
            self._apps.add(str(body.get("app")))
            if path == "/api/session/stream":
                return 200, {**self._timing(), "keepalive_seconds": self.keepalive}
            return 200, {"status": "success", "message": "Valid MONTHLY license", "license_valid": True, "session_conflict": False,
                         "license_expiration": None, "days_until_expiration": None, "hours_until_expiration": None, **self._timing()}

    def _own_refusal(self, path: str, body: Dict[str, Any], device: str) -> Tuple[str, Dict[str, Any]]:
        if body.get("license_key") != self.key:
            return _refusal("unknown_key")
        if device in self._logged_out and path != "/api/main":
            return _refusal("forced_logout", force_logout=True)
        names_session = path != "/api/main" and (body.get("session_id") or path == "/api/session/stream")
        if names_session and not self._is_session_of(device, body.get("session_id")):
            return _refusal("session_ended", "This session has ended. Log in again to continue.")
        if self._holder is not None and self._holder[0] != device:
            return _refusal("session_conflict", active_device=f"{self._holder[0][:8]}...", estimated_wait_seconds=self.timeout)
        return "", {}

    def _is_session_of(self, device: str, session: Optional[str]) -> bool:
        return self._holder is not None and self._holder[0] == device and session in (None, self._holder[1])

    def _release(self, device: str, app: str) -> Tuple[int, Dict[str, Any]]:
        if not self._is_session_of(device, None):
            return 200, {"status": "info", "message": "No active session found for this device"}
        self._apps.discard(app)
        if not self._apps:
            self._end()
        return 200, {"status": "success", "message": "Session released successfully"}

    def _sign(self, path: str, body: Dict[str, Any], status: int, raw: bytes) -> Optional[Dict[str, str]]:
        if self._signer is None or not isinstance(body.get("nonce"), str) or status not in (200, 401, 403):
            return None
        t, key = str(int(time.time() * 1000)), hashlib.sha256(str(body.get("license_key")).encode()).hexdigest()
        lines = ["portal-1", path, body["nonce"], str(body.get("device_fingerprint")), t, key, str(status), hashlib.sha256(raw).hexdigest()]
        return {"kid": self._signer.kid, "alg": "rsa-sha256", "t": t, "sig": self._signer.sign("\n".join(lines).encode())}


def _refusal(code: str, message: Optional[str] = None, **fields: Any) -> Tuple[str, Dict[str, Any]]:
    told: Dict[str, Any] = {"status": "error", "message": message or _MESSAGES.get(code, f"Refused: {code}."), "code": code}
    if code in _BAD_LICENSE:
        told["license_valid"] = False
    else:
        told["session_conflict"] = code in ("session_conflict", "forced_logout", "kept_out")
    return code, {**told, **fields}


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, portal: FakePortal) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.portal = portal

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no fault."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        portal = cast(_Server, self.server).portal
        self.close_connection = True
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        portal.requests.append(Request(self.path, body))
        if portal._silent.is_set():
            portal._closing.wait(60.0)
            return
        if self.path not in ("/api/main", "/api/validate-license", "/api/heartbeat", "/api/session/stream", "/api/session/release"):
            self.send_error(404)
            return
        status, told = portal._decide(self.path, body)
        if self.path == "/api/session/stream" and status == 200:
            self._stream(portal, body, told)
            return
        raw = json.dumps(told).encode()
        signed = portal._sign(self.path, body, status, raw)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        if signed is not None:
            self.send_header("Portal-Signature", ", ".join(f'{name}="{value}"' for name, value in signed.items()))
        self.end_headers()
        self.wfile.write(raw)

    def _stream(self, portal: FakePortal, body: Dict[str, Any], hello: Dict[str, Any]) -> None:
        said: queue.SimpleQueue[Tuple[str, Dict[str, Any]]] = queue.SimpleQueue()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        text = json.dumps(hello)
        signed = portal._sign(self.path, body, 200, text.encode())
        with portal._lock:
            portal._streams.append(said)
        try:
            self._say(f"event: hello\ndata: {text}\n\n" + (f"event: proof\ndata: {json.dumps(signed)}\n\n" if signed else ""))
            self._go_on(portal, said)
        except OSError:
            pass  # the client went away
        finally:
            with portal._lock:
                portal._streams.remove(said)

    def _go_on(self, portal: FakePortal, said: "queue.SimpleQueue[Tuple[str, Dict[str, Any]]]") -> None:
        spoken = time.monotonic()
        while not portal._closing.is_set():
            try:
                name, data = said.get(timeout=0.05)
                self._say(f"event: {name}\ndata: {json.dumps(data)}\n\n")
                break  # after it the portal closes
            except queue.Empty:
                if time.monotonic() - spoken >= portal.keepalive and not portal._silent.is_set():
                    spoken = time.monotonic()
                    self._say(":\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _say(self, text: str) -> None:
        raw = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(raw), raw))

    def log_message(self, format: str, *args: Any) -> None:
        pass


# A key of its own for each run, in pure Python: slow, and for tests alone.

class _Signer:
    """An RSA key of 2048 bits."""

    def __init__(self) -> None:
        p, q = _prime(1024), _prime(1024)
        self.n, self._d = p * q, pow(65537, -1, (p - 1) * (q - 1))
        key = _der(0x30, _der_integer(self.n) + _der_integer(65537))
        public = _der(0x30, _der(0x30, bytes.fromhex("06092a864886f70d0101010500")) + _der(3, b"\x00" + key))
        self.kid = hashlib.sha256(public).hexdigest()[:16]
        self.text = f"{self.kid}:{base64.b64encode(public).decode()}"

    def sign(self, message: bytes) -> str:
        """PKCS #1 v1.5 with SHA-256 (RFC 8017, 8.2.1), in base64."""
        digest = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(message).digest()
        padded = b"\x00\x01" + b"\xff" * (253 - len(digest)) + b"\x00" + digest
        return base64.b64encode(pow(int.from_bytes(padded, "big"), self._d, self.n).to_bytes(256, "big")).decode()


@functools.lru_cache(maxsize=None)
def _signer() -> _Signer:
    return _Signer()


_SMALL_PRIMES = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n ** 0.5) + 1, 2))]


def _prime(bits: int) -> int:
    while True:
        n = secrets.randbits(bits) | 1 | 3 << (bits - 2)
        if math.gcd(n - 1, 65537) == 1 and _is_prime(n):
            return n


def _is_prime(n: int) -> bool:
    """Trial division, then 20 rounds of Miller and Rabin."""
    if any(n % p == 0 for p in _SMALL_PRIMES):
        return False
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(n, pow(secrets.randbelow(n - 3) + 2, odd, n), twos) for _ in range(20))


def _passes(n: int, x: int, twos: int) -> bool:
    if x in (1, n - 1):
        return True
    for _ in range(twos - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False


def _der(tag: int, body: bytes) -> bytes:
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big") if len(body) > 127 else b""
    return bytes([tag, len(body) if len(body) < 128 else 0x80 | len(size)]) + size + body


def _der_integer(n: int) -> bytes:
    return _der(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))
