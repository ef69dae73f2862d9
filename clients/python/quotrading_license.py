"""Holds a QuoTrading license for a launcher or a bot. One file, standard library only, Python 3.9 or later.

    from quotrading_license import LicenseSession

    with LicenseSession("https://portal.example.com", key, app="bot", symbol="ES") as license:
        if not license.login():
            sys.exit(license.reason.message)
        while not license.over:
            if license.may_trade():         # from memory: never blocks, never raises. Ask it before you open a position
                trade_once()                # and never before you close one
            time.sleep(1)
        print(license.reason.message)       # why it ended

While it holds the license it sends heartbeats and keeps a stream open, in daemon threads. If the program dies, the server sees
the stream drop and the license is free within seconds. If an administrator logs the device out, the stream says so at once.
Leaving the ``with`` block, the end of the program, Ctrl+C and SIGTERM release the license.

The license key stands in the body of requests alone: never in a log, a repr or an exception's text.
"""

from __future__ import annotations

import atexit
import enum
import getpass
import hashlib
import http.client
import json
import logging
import os
import platform
import queue
import random
import signal
import socket
import ssl
import sys
import threading
import time
import urllib.parse
import uuid
from datetime import datetime, timezone
from typing import Any, Callable, NamedTuple, Optional

__all__ = ["LicenseSession", "Reason", "Settings", "State", "device_fingerprint"]

_log = logging.getLogger("quotrading_license")

_RELEASE_SECONDS = 3.0          # the longest that an exit waits for the server
_ANSWER_SECONDS = 0.5           # the longest that a release waits for the answer to what was sent before it
_REQUEST_SECONDS = 10.0         # the longest that one request may take
_STREAM_SILENCE = 35.0          # a stream that was silent for so long counts as dropped
_STREAM_DOUBT = 15.0            # of an older server, with a comment every 10 s: after one missed one a heartbeat asks
_STREAM_QUIET = 1.75            # of a server that tells how often it sends a comment: so many of those times without a sign, and a heartbeat asks
_GRACE_MARGIN = 0.5             # if it is not answered, no position is opened any more so long before the server's grace can be over
_STREAM_REFUSED = 300.0         # a server without streams is asked again this rarely
_PAUSE = 5.0                    # threads that stood still for so long: suspended, or stopped
_TICK = 0.5
_MOST_BYTES = 64 * 1024         # of an answer, or of one event
_MOST_METADATA = 8 * 1024

# The server ends the session for good reasons with these; after any other end a heartbeat asks for the seat again.
_FINAL_ENDS = {"forced_logout", "license_suspended", "license_cancelled", "license_expired", "license_deleted", "seats_reduced", "key_replaced"}


class State(enum.Enum):
    """What is known of the session."""

    HELD = "held"
    """The server confirmed it a moment ago."""
    RENEWED = "renewed"
    """As HELD, after an interruption: resumed, or logged in again."""
    UNKNOWN = "unknown"
    """No confirmation for a while. Mostly it is still this device's; whether another can have been let in already, ``may_trade()`` says."""
    LOST = "lost"
    """Refused, ended, or silent for so long that another device may have it. ``reason`` says which, ``over`` whether for good."""


class Reason(NamedTuple):
    """Why the license is not held."""

    code: str
    """For programs. The server's ``code`` (``session_conflict``, ``forced_logout``, ``kept_out``, ``license_expired`` ...), or ours:
    ``not_logged_in``, ``unreachable``, ``no_portal``, ``no_answer``, ``silent``, ``paused``, ``handed_over``, ``released``, ``forked``."""
    message: str
    """For people: one or two sentences."""
    active_device: str = ""
    """Of a ``session_conflict``: the first characters of the fingerprint of the device that has the license."""
    wait_seconds: float = 0.0
    """Of a ``session_conflict``: when the license would be free if that device fell silent now; seconds."""


class Settings(NamedTuple):
    """What the server wants; all in seconds. Every answer brings it anew."""

    heartbeat_interval: float
    session_timeout: float
    disconnect_grace: float


def device_fingerprint(profile: Optional[str] = None) -> str:
    """16 hex characters that stand for this computer and user, as all clients in the field compute them.

    The SHA-256 of ``"{uuid.getnode()}:{getpass.getuser()}:{platform.system()}"``: the MAC address as an integer, the user's name, and
    ``Windows``, ``Darwin`` or ``Linux`` (not ``platform.platform()``, which changes with every update). No process id and no symbol:
    the launcher and the bot of one computer must send the same, or the server takes them for two devices and refuses the second.

    Where no MAC address can be read, ``getnode()`` is another random number in each process; then the host's name stands for it.
    In containers, whose address changes with each start, pass a ``fingerprint`` of your own to LicenseSession.
    """
    node = uuid.getnode()
    machine = platform.node() if node >> 40 & 1 else str(node)
    try:
        user = getpass.getuser()
    except Exception:  # no user of that number, no variable: each version of Python raises something else
        user = "unknown"
    return hashlib.sha256(f"{machine}:{user}:{platform.system()}".encode()).hexdigest()[:16]


def _clock() -> float:
    """Seconds that also pass while the computer sleeps. ``time.monotonic()`` stands still then on Linux and macOS."""
    return time.clock_gettime(_CLOCK) if _CLOCK is not None else time.monotonic()


_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)
if _CLOCK is None and sys.platform == "darwin":
    _CLOCK = time.CLOCK_MONOTONIC


class _Fence:
    """Until when may a program rely on its session, whatever becomes of the network? Arithmetic on a clock; no threads, no waiting.

    The server ends a session ``session_timeout`` after the last message that it *received*, so it is counted from when the last
    acknowledged one was *sent*. After a dropped stream the server ends it after the grace, unless it hears something later than the
    drop, so it is counted from the drop.

    A drop may also be seen by the server alone: a router forgot the stream, and this end just hears nothing any more. Of a server
    that sends a comment every ``keepalive`` seconds the drop is therefore counted from the last sign: what was heard, or the sending
    of a message that was answered. That goes on until a stream is open again.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sent: Optional[float] = None
        self.dropped: Optional[float] = None
        self.paused: Optional[float] = None
        self.pulse = float("-inf")
        self.stood = (0.0, float("-inf"))       # the latest standstill: the last pulse before it, the first after it
        self.keepalive: Optional[float] = None  # None: an older server, whose comments come too rarely to count by them
        self.heard: Optional[float] = None      # None: there is no stream whose drop could go unnoticed

    @property
    def grace(self) -> float:
        """Less than a second cannot be followed."""
        return max(1.0, self.settings.disconnect_grace)

    def greet(self, keepalive: Optional[float], sent: float) -> None:
        """A stream that was asked for then is open."""
        self.keepalive = keepalive
        self.heard = sent if self.heard is None else max(self.heard, sent)

    def hear(self, now: float) -> None:
        """Something came over the open stream. What is read right after a standstill of this process may have come before it."""
        before, after = self.stood
        at = self.pulse if self._is_late(now) else before if now < after + _TICK / 2 else now
        if self.heard is not None:
            self.heard = max(self.heard, at)

    def _is_late(self, now: float) -> bool:
        return now - self.pulse > 1.5 * _TICK

    def forget_stream(self) -> None:
        """The server has ended the stream itself: no grace runs."""
        self.heard = None

    @property
    def doubt(self) -> float:
        """When a heartbeat has to ask, if nothing is heard until then."""
        if self.keepalive is None or self.heard is None:
            return float("inf")
        quiet = _STREAM_QUIET * self.keepalive
        return self.heard + (quiet if self.grace >= quiet + 1.0 else min(quiet, self.grace / 2))

    def quiet(self, now: float) -> bool:
        """So long that the stream is not trusted any more, even if the server answers."""
        return self.keepalive is not None and self.heard is not None and now >= self.heard + _STREAM_QUIET * self.keepalive

    def acknowledge(self, sent: float, by_stream: bool = False) -> None:
        self.sent = sent if self.sent is None else max(self.sent, sent)
        # A heartbeat may overtake the drop on its way to the server; a new stream settles it.
        if self.dropped is not None and sent >= self.dropped + (0.0 if by_stream else min(1.0, self.settings.disconnect_grace / 3)):
            self.dropped = None
        if self.paused is not None and sent >= self.paused:
            self.paused = None

    def drop(self, at: float) -> None:
        if self.dropped is None:
            self.dropped = at

    def revoke(self) -> None:
        """The server says that the session has ended."""
        self.sent = None

    def tick(self, now: float) -> bool:
        """Called twice a second. True after a pause in which nobody called it."""
        late = now - self.pulse > _PAUSE
        if self._is_late(now):
            self.stood = (self.pulse, now)
        self.pulse = now
        if late:
            self.paused = now
        return late

    def verdict(self, now: float) -> Optional[str]:
        """None while it is sure; ``unknown``; ``silent``, which is unknown too, but another device may be in; else why it is lost."""
        timeout, interval, grace = self.settings.session_timeout, self.settings.heartbeat_interval, self.settings.disconnect_grace
        if self.sent is None:
            return "session_ended"
        margin = min(5.0, timeout / 10)
        lost = self.sent + timeout - margin
        unknown = self.sent + max(timeout - interval - margin, interval * 1.1 + margin)
        if self.dropped is not None:
            lost = min(lost, self.dropped + grace * 0.9)
            unknown = min(unknown, self.dropped + grace * 0.6)
        if now >= lost:
            return "no_answer"
        if self.paused is not None or now - self.pulse > _PAUSE:
            return "paused"
        if self.keepalive is not None and self.heard is not None and now >= max(self.heard, self.sent) + self.grace - min(_GRACE_MARGIN, self.grace / 4):
            return "silent"
        return "unknown" if now >= unknown else None


_RELEASED = Reason("released", "The license was released.")


class _Answer(NamedTuple):
    status: int
    body: dict
    retry_after: float

    @property
    def grants(self) -> bool:
        """It confirms a session. A captive portal's or a proxy's 200 does not."""
        return (self.status == 200 and isinstance(self.body.get("session_id"), str)
                and _seconds(self.body.get("heartbeat_interval_seconds")) is not None and _seconds(self.body.get("session_timeout_seconds")) is not None)

    @property
    def refuses(self) -> bool:
        """The portal says no. Somebody else's 403 page does not."""
        return self.status in (401, 403) and self.body.get("status") == "error"

    @property
    def reason(self) -> Reason:
        code, message = self.body.get("code"), self.body.get("message")
        code = code if isinstance(code, str) else f"http_{self.status}"
        return Reason(code, message if isinstance(message, str) else f"The license server answered {self.status}.",
                      str(self.body.get("active_device") or ""), _seconds(self.body.get("estimated_wait_seconds"), 0.0) or 0.0)


def _seconds(value: Any, least: float = 1.0) -> Optional[float]:
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= 86400
    return float(value) if good else None


def _object(raw: bytes) -> dict:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


class _Portal:
    """One server. Each request is a connection of its own, as network cables are pulled and laptops closed."""

    def __init__(self, server: str, context: Optional[ssl.SSLContext]) -> None:
        url = urllib.parse.urlsplit(server.strip())
        if url.scheme not in ("https", "http") or not url.hostname or url.username or url.query or url.fragment:
            raise ValueError("server must look like https://portal.example.com")
        if url.scheme == "http" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("server must be https: over http the license key could be read on its way")
        self.address = f"{url.scheme}://{url.netloc}{url.path.rstrip('/')}"
        self._host, self._port, self._prefix = url.hostname, url.port, url.path.rstrip("/")
        self._context = (context or ssl.create_default_context()) if url.scheme == "https" else None
        self._open: dict = {}

    def connect(self, seconds: float) -> Any:
        """A connection over which nothing was sent yet. What it is used for may take that long again; ``stay`` lifts that."""
        if self._context is not None:
            connection: Any = http.client.HTTPSConnection(self._host, self._port, timeout=seconds, context=self._context)
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=seconds)
        try:
            connection.connect()
            self._open[connection] = (connection.sock, _clock() + seconds)
            return connection
        except BaseException:
            self.close(connection)
            raise

    def send(self, connection: Any, path: str, body: bytes) -> Any:
        connection.request("POST", self._prefix + path, body, {"Content-Type": "application/json", "User-Agent": "quotrading-license/1"})
        return connection.getresponse()

    def post(self, path: str, body: bytes, seconds: float) -> _Answer:
        connection = self.connect(seconds)
        try:
            return self.read(self.send(connection, path, body))
        finally:
            self.close(connection)

    def read(self, response: Any) -> _Answer:
        raw = response.read(_MOST_BYTES)
        if response.length and len(raw) < _MOST_BYTES:
            raise http.client.IncompleteRead(b"")  # with a limit, read() tells it not itself
        try:
            retry_after = float(response.headers.get("Retry-After", 0))
        except ValueError:  # a date: nobody here sends one
            retry_after = 0.0
        return _Answer(response.status, _object(raw), retry_after if 0 < retry_after < 86400 else 0.0)

    def stay(self, connection: Any) -> None:
        self._open[connection] = (self._open[connection][0], float("inf"))

    def close(self, connection: Any) -> None:
        self._open.pop(connection, None)
        connection.close()

    def cut(self, now: float) -> None:
        """Ends what takes too long, however slowly it still trickles."""
        for sock, until in list(self._open.values()):
            if now >= until:
                _shut(sock)

    def end(self, connection: Any) -> None:
        """Whoever waits for it hears at once that it is over."""
        sock, _ = self._open.get(connection, (None, 0.0))
        if sock is not None:
            _shut(sock)

    def forget(self) -> None:
        """In a forked process: the connections are its parent's, and drop only when all that hold them let go."""
        for sock, _ in self._open.values():
            try:
                os.close(socket.socket.detach(sock))
            except OSError:
                pass
        self._open = {}


def _shut(sock: Any) -> None:
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # the plain one also wakes a thread that reads from TLS
    except OSError:
        pass


class _Run:
    """The threads of one login. Those of an earlier one cannot touch what the next one knows."""

    def __init__(self) -> None:
        self.stopped = False
        self.farewell: Optional[bytes] = None
        self.released = False
        self.done = False
        self.beat: queue.SimpleQueue = queue.SimpleQueue()   # anything in it: beat now. Unlike locks, safe in signal handlers.
        self.watch: queue.SimpleQueue = queue.SimpleQueue()
        self.asked: dict = {}                                # requests that are under way, and since when
        self.stream: Any = None                              # the open stream's socket
        self.heard = 0.0                                     # when something came over it
        self.doubted: Optional[float] = None                 # when the last sign came after which a heartbeat had to ask
        self.given_up = False                                # the open stream, as it was silent
        self.beating: Any = None                             # the connection of the heartbeat that is under way
        self.beat_twice = False
        self.told: queue.SimpleQueue = queue.SimpleQueue()   # callbacks to call; None ends their thread

    def stop(self) -> None:
        self.stopped = True
        self.beat.put(None)
        self.watch.put(None)


class LicenseSession:
    """The right of this device to use a license, from ``login()`` to its end. See the module's docstring for ten lines that use it.

    server       ``https://portal.example.com``; plain ``http`` only for localhost.
    key          the license key.
    app          the name of this program on the device. Programs of one device share its session, and each leaves it for itself; so
                 give each its own name: ``launcher``, ``bot``, or ``bot-ES`` and ``bot-NQ`` where one process trades one symbol.
    symbol       what it trades; shown on the dashboard. ``device_name`` and ``version`` likewise; not sent unless given.
    fingerprint  another device fingerprint than ``device_fingerprint()``; the same in all programs of a device.
    ssl_context  another than ``ssl.create_default_context()``.

    Callbacks, each on one thread that is there for them, one after the other; an exception in one, also of sys.exit(), is logged:

    on_state(state, reason)                    whenever ``state`` changes; reason is None while it is held
    on_lost(reason)                            it is over: stop. Not called for ``release()`` and ``hand_over()``, nor while it may come back
    on_conflict(active_device, wait_seconds)   another device has it: the first characters of its fingerprint, and when it would be
                                               free if it fell silent now
    on_settings(settings)                      interval, timeout or grace have changed

    What makes it end for good (``over``): a refusal of the portal by 401 or 403, and the end of the session by an administrator or
    with its license. It never logs in again by itself; call ``login()`` when a person wants it. Everything else passes: on 429, 5xx,
    time-outs and without network it goes on asking, at the server's ``Retry-After``, and ``state`` is a matter of time alone: UNKNOWN
    after missed heartbeats, LOST shortly before the server could give the license to another device, RENEWED when it confirms again.

    If the stream falls silent, the server may have seen it drop, and may let another device in after the grace. A heartbeat asks then,
    at once. If that is not answered either, ``state`` is UNKNOWN and ``may_trade()`` False before the grace can be over, until one is.

    Heartbeats name their session, so that one that is late revives nothing. If that session has timed out, one without a name asks
    for the seat again: it is resumed as long as no other device took it, else it is a conflict.

    ``login()`` from the main thread also has SIGTERM and SIGHUP release the license, where the program has no handler of its own.

    An older server does not say how often its stream gives a sign. There one gap remains: if its end of the stream breaks and this end
    notices nothing (a router that restarts), it frees the license after the grace; this end asks 15 s after the last sign, and then
    knows. Proxy settings are not read.
    """

    def __init__(self, server: str, key: str, app: str = "bot", *, symbol: Optional[str] = None, device_name: Optional[str] = None,
                 version: Optional[str] = None, fingerprint: Optional[str] = None, ssl_context: Optional[ssl.SSLContext] = None,
                 on_state: Optional[Callable[[State, Optional[Reason]], None]] = None, on_lost: Optional[Callable[[Reason], None]] = None,
                 on_conflict: Optional[Callable[[str, float], None]] = None, on_settings: Optional[Callable[[Settings], None]] = None) -> None:
        """Raises ValueError where ``server`` or ``key`` cannot be right. Nothing is sent yet."""
        if not isinstance(key, str) or not key.strip():
            raise ValueError("key is empty")
        self._portal = _Portal(server, ssl_context)
        self._always = {"license_key": key.strip(), "device_fingerprint": fingerprint or device_fingerprint(), "app": app}
        self._telemetry: dict = {"status": "online"}
        self.update(symbol=symbol)
        for name, value, most in (("device_name", device_name, 128), ("bot_version", version, 64)):
            if value:
                self._telemetry[name] = str(value)[:most]
        self._on_state, self._on_lost, self._on_conflict, self._on_settings = on_state, on_lost, on_conflict, on_settings
        self._lock = threading.RLock()
        self._fence = _Fence(Settings(30.0, 90.0, 5.0))  # until the login's answer says
        self._final: Optional[Reason] = Reason("not_logged_in", "Not logged in.")
        self._ended: Optional[Reason] = None
        self._ended_at = float("-inf")
        self._session_id: Optional[str] = None
        self._interrupted = False
        self._shown = State.LOST
        self._expiration: Optional[str] = None
        self._hours: Optional[float] = None
        self._run: Optional[_Run] = None
        self._entering = threading.RLock()      # one login() at a time
        self._attempt: Optional[object] = None  # the latest login(), unless a release came since

    def __repr__(self) -> str:
        return f"<LicenseSession {self._portal.address} app={self._always['app']!r} {self.state.value}>"

    def __enter__(self) -> "LicenseSession":
        return self

    def __exit__(self, *_: Any) -> None:
        self.release()

    # What a trading loop asks. From memory, in microseconds.

    def may_open(self) -> bool:
        """Whether no other device can have been given the license. Never gate closing a position on it; gate opening one.

        True as long as the server's promise lasts, also while the server is away; False when the stream broke or fell silent and no
        heartbeat is answered, shortly before the grace can be over; and after the computer was suspended, until the server has
        confirmed the session again. Counted at each call from what was last heard and answered, by a clock that a suspension does not stop.
        """
        with self._lock:
            return self._final is None and self._fence.verdict(_clock()) in (None, "unknown")

    def may_trade(self) -> bool:
        """The old name of ``may_open()``."""
        return self.may_open()

    @property
    def state(self) -> State:
        """What is known now."""
        with self._lock:
            return self._standing(_clock())[0]

    @property
    def reason(self) -> Optional[Reason]:
        """Why it is UNKNOWN or LOST; None while it is held."""
        with self._lock:
            return self._standing(_clock())[1]

    @property
    def over(self) -> bool:
        """Whether it is LOST for good: nothing brings it back but ``login()``."""
        return self._final is not None

    @property
    def session_id(self) -> Optional[str]:
        """The session's id on the server: what support asks for."""
        return self._session_id

    @property
    def settings(self) -> Settings:
        """The server's settings, as last told."""
        return self._fence.settings

    @property
    def expiration(self) -> Optional[datetime]:
        """When the license expires, UTC; None for never, and before ``login()``."""
        try:
            return datetime.fromisoformat(self._expiration).replace(tzinfo=timezone.utc) if self._expiration else None
        except ValueError:
            return None

    @property
    def hours_until_expiration(self) -> Optional[float]:
        """By the server's clock, as of the last heartbeat; None for never."""
        return self._hours

    def update(self, status: Optional[str] = None, metadata: Optional[dict] = None, symbol: Optional[str] = None) -> None:
        """What the dashboard shows of this program, from the next heartbeat on. None leaves what was said before.

        status    ``online`` or ``idle``.
        metadata  a JSON object of at most 8 KiB: ``session_pnl`` and ``position_pnl`` in US dollars, ``current_position`` in contracts,
                  below 0 short, and whatever support may want to see.

        Sends nothing itself and never raises: what is of no use is left out, and the log says so.
        """
        try:
            if status is not None:
                if status in ("online", "idle"):
                    self._telemetry["status"] = status
                else:
                    _log.warning("status was left out: it must be 'online' or 'idle'")
            if symbol is not None:
                self._telemetry["symbol"] = str(symbol)[:64]
            if metadata is not None:
                text = json.dumps(metadata, allow_nan=False, default=str)
                if isinstance(metadata, dict) and len(text.encode()) <= _MOST_METADATA:
                    self._telemetry["metadata"] = json.loads(text)  # a copy: the loop may go on changing its own
                else:
                    _log.warning("metadata was left out: it must be a dict of at most %d bytes of JSON", _MOST_METADATA)
        except Exception as problem:  # NaN, a circle, an object whose __str__ fails ...
            _log.warning("telemetry was left out: %s", type(problem).__name__)

    # Beginning and end.

    def login(self, patience: float = 20.0) -> bool:
        """Asks for the license. True: it is held, and heartbeats and stream have begun. False: ``reason`` says why not.

        Blocks; meant for a login button or a bot's start. Tries again for up to ``patience`` seconds while the server does not answer.
        That is safe: if an answer was lost after the server had said yes, asking again gets the same session. Ctrl+C meanwhile releases
        what the server may have given already, and ``release()`` by another thread has it return False.
        """
        with self._entering:
            before, answered = self._run, threading.Event()
            self._attempt = attempt = object()
            guard = threading.Thread(target=_cut_loop, args=(self._portal, answered), name="license login", daemon=True)
            guard.start()
            try:
                held = self._ask(patience, attempt)
            except BaseException:
                self._attempt = None
                raise
            finally:
                try:
                    if self._attempt is not attempt:
                        self._undo_login(begun=self._run is not before)
                finally:
                    answered.set()
                    guard.join()
            return held and self._attempt is attempt

    def _ask(self, patience: float, attempt: object) -> bool:
        if self._run is not None and not self._run.stopped:
            with self._lock:
                self._fence.drop(_clock())  # the stream is closed for it: if no answer comes, the session ends after the grace
        self._leave(None)
        until, wait, reason = _clock() + patience, 0.5, _RELEASED
        while self._attempt is attempt:
            sent = _clock()
            try:
                answer = self._portal.post("/api/main", self._body(), min(_REQUEST_SECONDS, max(1.0, until - sent)))
                reason = answer.reason
            except Exception as problem:
                answer, reason = None, Reason("unreachable", f"The license server cannot be reached ({_name_of(problem)}).")
            if answer is not None and answer.grants:
                self._begin(answer, sent)
                return True
            if answer is not None and answer.status < 500 and answer.status not in (408, 429):
                if answer.status == 200 or not answer.body:
                    reason = Reason("no_portal", f"What answers at {self._portal.address} is no license server (status {answer.status}).")
                break
            wait = max(wait, answer.retry_after if answer is not None else 0.0)
            if _clock() + wait > until:
                break
            time.sleep(wait)
            wait = min(wait * 2, 5.0)
        self._final = reason
        return False

    def _undo_login(self, begun: bool) -> None:
        """The server may have said yes already, also where its answer was not read."""
        if begun:
            self._leave(_RELEASED)
            return
        self._final = _RELEASED
        try:
            self._portal.post("/api/session/release", self._body(), _RELEASE_SECONDS - 0.5)
        except Exception as problem:
            _log.info("no answer to the release: %s", _name_of(problem))

    def release(self) -> bool:
        """Gives the license back; other programs of this device keep it. Waits for the server for at most 3 s. Twice is harmless.

        True if the server said yes; if it cannot be reached it sees that the stream dropped, or that the heartbeats end.
        """
        return self._leave(_RELEASED)

    def hand_over(self) -> bool:
        """For a launcher, just before it starts the bot and closes: leaves the session to the bot, whose ``login()`` goes on with it.

        The bot has the whole session timeout for that. As ``release()`` else. A launcher that stays open needs it not: both share the
        session.
        """
        return self._leave(Reason("handed_over", "The license was handed over."), handover=True)

    def _begin(self, answer: _Answer, sent: float) -> None:
        run = _Run()
        with self._lock:
            self._interrupted = self._run is not None
            self._final = self._ended = None
            self._fence = _Fence(self._fence.settings)
            self._fence.pulse = _clock()
            self._session_id = answer.body["session_id"]
            self._shown = State.LOST
            self._take_settings(answer.body)
            self._run = run
            self._acknowledge(run, answer.body, sent)
        _leave_at_exit(self)
        loops = {"callbacks": _tell_loop, "heartbeats": self._beat_loop, "stream": self._stream_loop, "watch": self._watch_loop}
        for name, loop in loops.items():
            threading.Thread(target=loop, args=(run,), name=f"license {name}", daemon=True).start()

    def _leave(self, why: Optional[Reason], handover: bool = False) -> bool:
        run = self._start_leaving(why, handover)
        if run is None:
            return False
        _await([run])
        _open_sessions.discard(self)
        return run.released

    def _start_leaving(self, why: Optional[Reason], handover: bool = False) -> Optional[_Run]:
        """Takes no lock: also called in signal handlers, which interrupt whoever holds one."""
        if why is not None:
            self._attempt = None  # of a login() that may be under way in another thread
        run = self._run
        if run is None:
            return None
        if why is not None and not run.stopped:
            self._final = why
            run.farewell = self._body(session_id=self._session_id, **({"handover": True} if handover else {}))
        run.stop()
        return run

    def _orphan(self) -> None:
        """In a forked process. It has the object, but neither its threads nor the session; and any thread may have held the lock."""
        self._lock, self._entering, self._run = threading.RLock(), threading.RLock(), None
        self._final = Reason("forked", "The license is held by the process that this one was forked from.")
        self._portal.forget()

    # Three threads: heartbeats, stream, and one that watches the clock and says goodbye.

    def _beat_loop(self, run: _Run) -> None:
        failures = 0
        delay = self._interval()
        while True:
            _wait(run.beat, delay)
            if run.stopped:
                return
            sent = _clock()
            try:
                retry_after = self._beat(run, sent)
            except Exception as problem:
                _log.info("no answer to a heartbeat: %s", _name_of(problem))
                retry_after = 0.0
            if retry_after is None:
                failures = 0
                delay = self._interval()
                if run.beat_twice and run.stream is None:
                    delay = min(delay, self.settings.disconnect_grace / 2)
                if self._is_still_silent(run, sent):
                    delay = min(delay, self._fence.grace / 2)
                run.beat_twice = False
            else:
                failures += 1
                backoff = min(0.5 * 2 ** min(failures, 5), 10.0) * random.uniform(0.7, 1.3)
                delay = min(max(backoff, retry_after), self.settings.heartbeat_interval)

    def _beat(self, run: _Run, sent: float) -> Optional[float]:
        """One heartbeat. None if it was acknowledged, or settled the matter; else in how many seconds the server wants the next."""
        seconds = min(_REQUEST_SECONDS, max(2.0, self.settings.heartbeat_interval))
        answer = self._post(run, "/api/heartbeat", self._body(session_id=self._session_id), seconds)
        if answer.refuses and answer.reason.code == "session_ended" and not run.stopped:
            self._end(run, answer.reason)
            sent = _clock()
            answer = self._post(run, "/api/heartbeat", self._body(), seconds)
        if answer.grants:
            self._acknowledge(run, answer.body, sent)
            return None
        if answer.refuses:
            self._refuse(run, answer)
            return None
        _log.info("a heartbeat was answered %d", answer.status)
        return answer.retry_after

    def _is_still_silent(self, run: _Run, sent: float) -> bool:
        """After a heartbeat sent then was answered. The server lives; if the stream is still silent, it does not, and is opened anew.

        Until it is, heartbeats keep the server from counting the grace: nobody knows when it will see the old one drop. But not for
        ever: a proxy may have begun to keep streams for itself.
        """
        with self._lock:
            now, fence, stream = _clock(), self._fence, run.stream
            if run is not self._run or fence.heard is None or now < fence.doubt:
                return False
            if stream is None and sent > fence.heard + fence.settings.session_timeout:
                fence.forget_stream()
                return False
            dead = stream is not None and fence.quiet(now) and sent >= fence.doubt
            run.given_up = run.given_up or dead
        if dead:
            _log.info("the stream is silent and the server answers: it is opened anew")
            _shut(stream)
        return True

    def _post(self, run: _Run, path: str, body: bytes, seconds: float) -> _Answer:
        run.beating = connection = self._portal.connect(seconds)
        try:
            return self._portal.read(self._send(run, connection, path, body))
        finally:
            run.beating = None
            self._portal.close(connection)

    def _send(self, run: _Run, connection: Any, path: str, body: bytes) -> Any:
        """Not any more once this program leaves: what reached the server after its farewell would bring it back into the session."""
        run.asked[connection] = _clock()
        try:
            if run.stopped:
                raise ConnectionAbortedError
            return self._portal.send(connection, path, body)
        finally:
            run.asked.pop(connection, None)

    def _stream_loop(self, run: _Run) -> None:
        failures = 0
        while not run.stopped:
            began = _clock()
            try:
                wait = self._follow(run)
            except Exception as problem:
                _log.info("the stream cannot be opened: %s", _name_of(problem))
                wait = 0.0
            if run.given_up:
                continue  # at once: the server may take the end of the old one for a drop
            failures = 0 if _clock() - began > 30 else failures + 1
            backoff = min(0.25 * 2 ** min(failures, 7), 30.0)
            _sleep(run, wait * random.uniform(1.0, 1.2) if wait else backoff * random.uniform(0.5, 1.0))

    def _follow(self, run: _Run) -> float:
        """Opens the stream and reads it to its end. Returns how many seconds the server wants to be left alone with it."""
        sent, run.given_up = _clock(), False
        connection, opened, broke = self._portal.connect(_REQUEST_SECONDS), False, True
        sock = connection.sock
        try:
            response = self._send(run, connection, "/api/session/stream", self._body())
            if response.status != 200 or "text/event-stream" not in response.headers.get("Content-Type", ""):
                broke = False
                return self._refuse_stream(run, self._portal.read(response))
            opened = True
            self._portal.stay(connection)
            sock.settimeout(_STREAM_SILENCE)
            _keep_alive(sock)
            run.heard = _clock()
            broke = not self._read_events(run, sock, response, sent)
            if not broke:
                with self._lock:
                    if run is self._run:
                        self._fence.forget_stream()
            # A server that stops closes all of its streams: that costs no session, and not all need be back at the same instant.
            return 0.0 if broke else random.uniform(0.2, 3.0)
        finally:
            self._portal.close(connection)
            if broke and not run.stopped and not run.given_up:
                self._stream_broke(run, opened)

    def _stream_broke(self, run: _Run, opened: bool) -> None:
        """The server may have seen it too, and counts the grace. Also where no answer came: a proxy may have kept it for itself."""
        if opened:
            with self._lock:
                self._fence.drop(_clock())
        run.beat_twice = True  # the first may be there before the drop is
        run.beat.put(None)

    def _refuse_stream(self, run: _Run, answer: _Answer) -> float:
        if answer.refuses and answer.reason.code == "session_ended":
            run.beat.put(None)
            return 1.0
        if answer.refuses:
            self._refuse(run, answer)
        if answer.status >= 500:
            return answer.retry_after
        return max(answer.retry_after, 60.0) if answer.status == 429 else _STREAM_REFUSED

    def _read_events(self, run: _Run, sock: Any, response: Any, sent: float) -> bool:
        """Until the stream ends. True if the server ended it, rather than something between."""
        rest, name, data, clean = b"", "", [], False
        try:
            while not run.stopped:
                part = response.read1(4096)
                if not part:
                    clean = response.chunked  # it came to its proper end; what breaks off raises, or cannot be told from the end
                    break
                run.heard = now = _clock()
                *lines, rest = (rest + part).split(b"\n")
                if len(rest) > _MOST_BYTES or len(data) > 100:
                    raise http.client.HTTPException("an event without end")
                for line in lines:
                    field, _, value = line.strip(b"\r").decode("utf-8", "replace").partition(":")
                    if field == "event":
                        name = value.strip()
                    elif field == "data":
                        data.append(value.strip())
                    elif not line.strip() and (name or data):
                        if name == "hello":
                            run.stream = sock
                        self._hear(run, name, _object("\n".join(data).encode()), sent)
                        name, data = "", []
                if run.stream is not None:
                    with self._lock:
                        if run is self._run:
                            self._fence.hear(now)
        except Exception as problem:
            if not run.stopped:
                _log.info("the stream broke: %s", _name_of(problem))
        run.stream = None
        return clean

    def _hear(self, run: _Run, name: str, data: dict, sent: float) -> None:
        if name == "hello" and isinstance(data.get("session_id"), str):
            with self._lock:
                if run is self._run:
                    self._fence.greet(_seconds(data.get("keepalive_seconds"), 0.1), sent)
            self._acknowledge(run, data, sent, by_stream=True)
        elif name == "settings":
            before = self.settings
            self._take_settings(data)
            if self.settings.heartbeat_interval < before.heartbeat_interval:
                run.beat.put(None)
        elif name == "license":
            with self._lock:
                self._take_license(data)
        elif name == "logged_out":
            code, message = str(data.get("reason")), data.get("message")
            reason = Reason(code, message if isinstance(message, str) else f"The session has ended: {code}.")
            self._end(run, reason, final=code in _FINAL_ENDS)
            run.beat.put(None)

    def _watch_loop(self, run: _Run) -> None:
        asked, wait = 0.0, _TICK
        while not run.stopped:
            _wait(run.watch, wait)
            if run.stopped:
                break  # before the lock: a signal handler that waits for us may have interrupted whoever holds it
            now = _clock()
            with self._lock:
                paused = self._fence.tick(now)
                self._show(now)
                heard, doubt, older = self._fence.heard, self._fence.doubt, self._fence.keepalive is None
            if paused or (older and run.stream is not None and now - run.heard > _STREAM_DOUBT and asked != run.heard):
                asked = run.heard
                run.beat.put(None)
            if now >= doubt and run.doubted != heard:
                run.doubted = heard
                run.beat.put(None)
                self._portal.end(run.beating)  # one that is under way may hang as the stream does
            wait = min(_TICK, doubt - now) if now < doubt else _TICK
            self._portal.cut(now)
        while any(_clock() - sent < _ANSWER_SECONDS for sent in list(run.asked.values())):
            time.sleep(0.01)  # or it could overtake what was sent before it
        try:
            if run.farewell is not None:
                run.released = self._portal.post("/api/session/release", run.farewell, _RELEASE_SECONDS - _ANSWER_SECONDS - 0.5).status == 200
        except Exception as problem:
            _log.info("no answer to the release: %s", _name_of(problem))
        self._portal.cut(float("inf"))
        run.done = True
        with self._lock:
            if self._run is run:
                self._show(_clock())
        run.told.put(None)

    # What the threads learned.

    def _acknowledge(self, run: _Run, body: dict, sent: float, by_stream: bool = False) -> None:
        with self._lock:
            if run is not self._run or self._final is not None:
                return
            if sent < self._ended_at:
                return  # the server said so before it ended the session
            now = _clock()
            if self._fence.sent is not None or self._ended is not None:
                self._interrupted |= self._fence.verdict(now) is not None or body["session_id"] != self._session_id
            self._session_id = body["session_id"]
            self._ended = None
            self._take_settings(body)
            self._take_license(body)
            self._fence.acknowledge(sent, by_stream)
            self._show(now)

    def _end(self, run: _Run, reason: Reason, final: bool = False) -> None:
        """The session is over on the server. If not for good, a heartbeat without its name asks for the seat again."""
        with self._lock:
            if run is not self._run or self._final is not None:
                return
            self._session_id = None
            self._ended, self._ended_at = reason, _clock()
            self._fence.revoke()
            if final:
                self._final = reason
            self._show(_clock())
        if final:
            self._call(self._on_lost, reason)
            run.stop()

    def _refuse(self, run: _Run, answer: _Answer) -> None:
        if run is self._run and self._final is None:
            reason = answer.reason
            if reason.code == "session_conflict":
                self._call(self._on_conflict, reason.active_device, reason.wait_seconds)
            self._end(run, reason, final=True)

    def _take_settings(self, data: dict) -> None:
        with self._lock:
            old = self._fence.settings
            new = Settings(_seconds(data.get("heartbeat_interval_seconds")) or old.heartbeat_interval,
                           _seconds(data.get("session_timeout_seconds")) or old.session_timeout,
                           old.disconnect_grace if (grace := _seconds(data.get("disconnect_grace_seconds"), 0.0)) is None else grace)
            if new != old:
                self._fence.settings = new
                self._call(self._on_settings, new)

    def _take_license(self, data: dict) -> None:
        if "license_expiration" in data:
            text, hours = data.get("license_expiration"), data.get("hours_until_expiration")
            self._expiration = text if isinstance(text, str) else None
            self._hours = float(hours) if isinstance(hours, (int, float)) and abs(hours) < 1e9 else None

    def _standing(self, now: float) -> tuple:
        if self._final is not None:
            return State.LOST, self._final
        verdict = self._fence.verdict(now)
        if verdict is None:
            return (State.RENEWED if self._interrupted else State.HELD), None
        if verdict == "unknown":
            return State.UNKNOWN, Reason("no_answer", "The license server has not answered for a while.")
        if verdict == "silent":
            return State.UNKNOWN, Reason(verdict, "The connection to the license server is silent; until it answers, another device may get the license.")
        if verdict == "session_ended" and self._ended is not None:
            return State.LOST, self._ended
        if verdict == "paused":
            return State.LOST, Reason(verdict, "The computer was suspended; the license is being confirmed again.")
        return State.LOST, Reason("no_answer", "The license server has not answered for so long that another device may use the license.")

    def _show(self, now: float) -> None:
        state, reason = self._standing(now)
        if state is not self._shown:
            self._shown = state
            self._call(self._on_state, state, reason)

    def _call(self, callback: Optional[Callable], *args: Any) -> None:
        if callback is not None and self._run is not None:
            self._run.told.put((callback, args))

    def _interval(self) -> float:
        return self.settings.heartbeat_interval * random.uniform(0.9, 1.1)

    def _body(self, **more: Any) -> bytes:
        return json.dumps({**self._always, **self._telemetry, **{k: v for k, v in more.items() if v is not None}}).encode()


def _cut_loop(portal: _Portal, answered: threading.Event) -> None:
    while not answered.wait(_TICK):
        portal.cut(_clock())


def _tell_loop(run: _Run) -> None:
    while (what := run.told.get()) is not None:
        callback, args = what
        try:
            callback(*args)
        except BaseException:  # sys.exit() too: here it would end nothing but this thread
            _log.exception("a callback failed")


def _wait(wake: queue.SimpleQueue, seconds: float) -> None:
    try:
        wake.get(timeout=seconds)
        while True:
            wake.get_nowait()
    except queue.Empty:
        pass


def _sleep(run: _Run, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not run.stopped and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _TICK))


def _keep_alive(sock: Any) -> None:
    """The other end is gone without a word: the system finds out."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
            if hasattr(socket, name):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    except OSError:
        pass


def _name_of(problem: BaseException) -> str:
    """What went wrong, without the exception's own text: that may quote what was sent."""
    number = problem.errno if isinstance(problem, OSError) and not isinstance(problem, ssl.SSLError) else None
    return type(problem).__name__ + (f": {os.strerror(number)}" if number and number > 0 else "")


# The end of the program. Ctrl+C needs nothing here: it unwinds the program, and the license is released last, when the bot's own
# cleaning-up is done. So does a SIGTERM for which the program has a handler of its own. Only one that would end it on the spot is ours.

_open_sessions: set = set()


def _leave_at_exit(session: LicenseSession) -> None:
    if not _open_sessions:
        atexit.unregister(_release_all)
        atexit.register(_release_all)
    _open_sessions.add(session)
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _on_signal)


def _on_signal(number: int, _: Any) -> None:
    _release_all()
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _release_all() -> None:
    runs = [session._start_leaving(_RELEASED) for session in list(_open_sessions)]
    _await([run for run in runs if run is not None])


def _await(runs: list) -> None:
    # Polled: a lock may be held by whom a signal interrupted.
    until = time.monotonic() + _RELEASE_SECONDS
    while not all(run.done for run in runs) and time.monotonic() < until:
        time.sleep(0.01)


def _after_fork() -> None:
    for session in _open_sessions:
        session._orphan()
    _open_sessions.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
