"""Holds a QuoTrading license for a launcher or a bot. One file, standard library only, Python 3.9 or later.

Never gate closing a position on the license; gate opening one.

    from quotrading_license import LicenseSession

    with LicenseSession("https://portal.example.com", key, app="bot", symbol="ES") as license:
        if not license.login():
            sys.exit(license.message)
        while not license.over:
            if license.may_open():          # from memory: never blocks, never raises. Ask it before you open a position
                trade_once()                # and never before you close one
            time.sleep(1)
        print(license.message)              # why it ended

While it holds the license it sends heartbeats and keeps a stream open, in daemon threads. If the program dies, the server sees
the stream drop and the license is free within seconds. If an administrator logs the device out, the stream says so at once.
Leaving the ``with`` block, the end of the program, Ctrl+C and SIGTERM release the license.

The license key stands in the body of requests alone: never in a log, a repr or an exception's text.
"""

from __future__ import annotations

import atexit
import base64
import binascii
import collections
import enum
import errno
import getpass
import hashlib
import hmac
import http.client
import importlib
import ipaddress
import json
import logging
import os
import platform
import queue
import random
import re
import secrets
import selectors
import signal
import socket
import ssl
import sys
import threading
import time
import urllib.parse
import urllib.request
import uuid
from datetime import datetime, timezone
from typing import Any, Callable, Deque, Dict, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple, Union

if sys.platform == "win32":
    import ctypes
    import msvcrt
else:
    import fcntl

__version__ = "1.1.0"
__all__ = ["LicenseSession", "Reason", "Settings", "State", "compute_fingerprint", "device_fingerprint"]

_log = logging.getLogger("quotrading_license")

_RELEASE_SECONDS = 3.0          # the longest that an exit waits for the server
_ANSWER_SECONDS = 0.5           # the longest that a release waits for the answer to what was sent before it
_REQUEST_SECONDS = 10.0         # the longest that one request may take
_DOUBT_SECONDS = 3.0            # but for the first heartbeats that ask in doubt: one that is stuck would use up the grace
_ADDRESS_SECONDS = 2.0          # for one address of the server to take a connection
_HEAD_START = 0.25              # of each address before the next one is tried beside it (RFC 8305)
_NAME_SECONDS = 0.3             # for the server's name to be looked up anew, where its addresses of before are known
_NAME_LEFT_BEHIND = 30.0        # a look-up that takes longer than that is not waited for any more: another one is begun
_STREAM_SILENCE = 35.0          # a stream that was silent for so long counts as dropped
_STREAM_DOUBT = 15.0            # of an older server, with a comment every 10 s: after one missed one a heartbeat asks
_STREAM_QUIET = 1.75            # of a server that tells how often it sends a comment: so many of those times without a sign, and a heartbeat asks
_MOST_LAG = 0.4                # of those seconds: more, and what comes in time would count as silence
_LATE_SIGN = 0.5               # so much later than due, and it was held up on its way
_STREAM_KEEPALIVE = 2.0         # how often it sends one, until the first stream has said so
_GRACE_MARGIN = 0.5             # if it is not answered, no position is opened any more so long before the server's grace can be over
_STREAM_REFUSED = 300.0         # a server without streams is asked again this rarely
_PAUSE = 5.0                    # threads that stood still for so long: suspended, or stopped
_TICK = 0.5
_MOST_BYTES = 64 * 1024         # of an answer, or of one event
_MOST_METADATA = 8 * 1024
_MOST_WARNINGS = 32             # of a server's, logged by one object
_MOST_MESSAGE = 500             # characters of what the server says to people
_MOST_TIMEOUT = 3600.0          # no portal has a longer one: a server that says so is not believed
_MOST_AGE = 300.0               # of a signed answer

# After these ends of a session a heartbeat asks for the seat again; the server ends it for good reasons with all others.
_PASSING_ENDS = {"session_ended", "timed_out", "connection_lost", "released", "moved_apart"}

# Refusals that come with 429: everything else that does is asked again later.
_FULL = {"too_many_devices", "too_many_sessions"}

_AGENT = f"quotrading-license-python/{__version__}"

_Json = Dict[str, Any]
_Path = Union[str, "os.PathLike[str]"]


class State(enum.Enum):
    """What is known of the session."""

    HELD = "held"
    """The server confirmed it a moment ago."""
    RENEWED = "renewed"
    """As HELD, after an interruption: resumed, or logged in again."""
    UNKNOWN = "unknown"
    """No confirmation for a while. Mostly it is still this device's; whether another can have been let in already, ``may_open()`` says."""
    LOST = "lost"
    """Refused, ended, or silent for so long that another device may have it. ``reason`` says which, ``over`` whether for good."""


class Reason(NamedTuple):
    """Why the license is not held."""

    code: str
    """For programs. The server's ``code`` (``session_conflict``, ``forced_logout``, ``kept_out``, ``license_expired`` ...), or ours:
    ``not_logged_in``, ``unreachable``, ``certificate``, ``not_signed``, ``no_portal``, ``already_running``, ``no_threads``, ``no_answer``,
    ``silent``, ``paused``, ``handed_over``, ``released``, ``forked``."""
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


_OLDER = Settings(30.0, 90.0, 5.0)  # of the system before, which tells nothing
_NO_SETTINGS = {"heartbeat_interval_seconds": _OLDER.heartbeat_interval, "session_timeout_seconds": _OLDER.session_timeout}


# Who this device is.

def compute_fingerprint() -> str:
    """16 hex characters that stand for this computer and user, as all clients in the field compute them.

    The SHA-256 of ``"{uuid.getnode()}:{getpass.getuser()}:{platform.system()}"``: the MAC address as an integer, the user's name, and
    ``Windows``, ``Darwin`` or ``Linux`` (not ``platform.platform()``, which changes with every update). No process id and no symbol:
    the launcher and the bot of one computer must send the same, or the server takes them for two devices and refuses the second.

    It is another one when a dock is plugged in, or the network comes up: so ``device_fingerprint()`` keeps the first that was computed.
    Where no MAC address can be read, ``getnode()`` is another random number in each process; then the host's name stands for it.
    """
    node = uuid.getnode()
    machine = platform.node() if node >> 40 & 1 else str(node)
    try:
        user = getpass.getuser()
    except Exception:  # no user of that number, no variable: each version of Python raises something else
        user = "unknown"
    return hashlib.sha256(f"{machine}:{user}:{platform.system()}".encode()).hexdigest()[:16]


def device_fingerprint(profile: Optional[_Path] = None) -> str:
    """The fingerprint that all programs of this user send: the first that was computed, as the profile has kept it.

    profile  another folder than the user's own; see ``LicenseSession``.

    Where the profile can be neither read nor written, ``compute_fingerprint()`` of now. Never raises.
    """
    return _install(_profile_folder(profile))[0]


def _profile_folder(profile: Optional[_Path]) -> Optional[str]:
    """None where there is no such folder: a service whose user has no home."""
    named = os.fspath(profile) if profile else os.environ.get("QUOTRADING_PROFILE")
    if named:
        return os.path.abspath(named)
    if sys.platform == "win32":
        folder = os.path.join(os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local"), "QuoTrading")
    elif sys.platform == "darwin":
        folder = os.path.expanduser("~/Library/Application Support/QuoTrading")
    else:
        state = os.environ.get("XDG_STATE_HOME", "")
        folder = os.path.join(state if os.path.isabs(state) else os.path.expanduser("~/.local/state"), "quotrading")
    return folder if os.path.isabs(folder) else None


def _install(folder: Optional[str]) -> Tuple[str, Optional[str]]:
    """The fingerprint, and what proves the installation; None where nothing can be kept. Goes on without rather than fail."""
    try:
        if folder is None:
            raise OSError(errno.ENOENT, "")
        fingerprint, secret = _Installation(folder).read_or_make()
        return fingerprint, hashlib.sha256(secret).hexdigest()
    except Exception as problem:
        _log.warning("the profile in %s cannot be used (%s): the fingerprint is computed anew each time", folder or "the home folder", _name_of(problem))
        return compute_fingerprint(), None


class _Installation:
    """``installation.json`` in the profile: one for all programs of a user, whichever of them is first, in whatever language."""

    def __init__(self, folder: str) -> None:
        self.folder, self.path = folder, os.path.join(folder, "installation.json")

    def read_or_make(self) -> Tuple[str, bytes]:
        """Raises OSError where it can be neither read nor written."""
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        found = self._read()
        known = self._known(found)
        if known is not None:
            self._hide()
            return known
        with _FileLock(os.path.join(self.folder, "installation.lock")).waiting(2.0):
            found = self._read()  # another program may have been here meanwhile
            known = self._known(found)
            if known is None:
                self._write(found)
                known = self._known(self._read())
        if known is None:
            raise OSError(errno.EIO, "")
        return known

    def _read(self) -> Optional[_Json]:
        """None where there is none that can be read as JSON; one that is broken is set aside, not written over."""
        try:
            with open(self.path, "rb") as file:
                raw = file.read(_MOST_BYTES)
        except FileNotFoundError:
            return None
        found = _object(raw)
        if found:
            return found
        aside = f"{self.path}.broken-{secrets.token_hex(4)}"
        try:
            os.replace(self.path, aside)
        except FileNotFoundError:
            return None  # another program has just done it
        with open(aside, "rb") as file:
            found = _object(file.read(_MOST_BYTES))
        if found:  # it was mended between the two looks
            self._put(aside)
            return self._read()
        _log.warning("%s could not be read: it is now %s, and a new one is made", self.path, os.path.basename(aside))
        return None

    def _known(self, found: Optional[_Json]) -> Optional[Tuple[str, bytes]]:
        fingerprint, secret = self._fingerprint_in(found or {}), _secret_in(found or {})
        return None if fingerprint is None or secret is None else (fingerprint, secret)

    @staticmethod
    def _fingerprint_in(found: _Json) -> Optional[str]:
        """One that the server takes: half a character is what a damaged file has."""
        told = found.get("fingerprint")
        return told.strip() if isinstance(told, str) and 1 <= len(told.strip()) <= 256 and told.strip().isprintable() else None

    def _write(self, found: Optional[_Json]) -> None:
        """Completes what is there, and leaves what this version does not know."""
        made: _Json = {"version": 1, **(found or {})}
        if self._fingerprint_in(made) is None:
            made["fingerprint"] = compute_fingerprint()
        if _secret_in(made) is None:
            secret = secrets.token_bytes(32)
            shield = _shield(secret)
            made.pop("secret_dpapi", None)
            made.update({"secret": secret.hex()} if shield is None else {"secret_dpapi": base64.b64encode(shield).decode()})
        beside = f"{self.path}.{os.getpid()}-{secrets.token_hex(4)}"
        try:
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(json.dumps(made, indent=1).encode())
                file.flush()
                os.fsync(file.fileno())
            if found is None:
                self._put(beside)
            else:
                os.replace(beside, self.path)
        finally:
            _remove(beside)

    def _put(self, beside: str) -> None:
        """Whole, or not at all if another one is there by now."""
        try:
            os.link(beside, self.path)
        except FileExistsError:
            pass
        except (OSError, AttributeError, NotImplementedError):  # a file system without links
            if not os.path.exists(self.path):
                os.replace(beside, self.path)
        _remove(beside)

    def _hide(self) -> None:
        if os.name == "posix" and os.stat(self.path).st_mode & 0o077:
            os.chmod(self.path, 0o600)


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass


def _secret_in(found: _Json) -> Optional[bytes]:
    try:
        shielded = found.get("secret_dpapi")
        if isinstance(shielded, str):
            opened = _unshield(base64.b64decode(shielded, validate=True))
            if opened:
                return opened
        secret = bytes.fromhex(found.get("secret", ""))
        return secret if len(secret) >= 16 else None
    except (ValueError, TypeError):
        return None


if sys.platform == "win32":
    class _Blob(ctypes.Structure):
        _fields_ = [("size", ctypes.c_uint32), ("data", ctypes.POINTER(ctypes.c_char))]

    def _protect(name: str, raw: bytes) -> Optional[bytes]:
        """By DPAPI, for this user of this computer. None where it cannot be."""
        try:
            taken, given = _Blob(len(raw), ctypes.create_string_buffer(raw, len(raw))), _Blob()
            if not getattr(ctypes.windll.crypt32, name)(ctypes.byref(taken), None, None, None, None, 1, ctypes.byref(given)):
                return None
            try:
                return ctypes.string_at(given.data, given.size)
            finally:
                ctypes.windll.kernel32.LocalFree(given.data)
        except Exception:
            return None

    def _shield(secret: bytes) -> Optional[bytes]:
        return _protect("CryptProtectData", secret)

    def _unshield(shielded: bytes) -> Optional[bytes]:
        return _protect("CryptUnprotectData", shielded)
else:
    def _shield(secret: bytes) -> Optional[bytes]:
        return None

    def _unshield(shielded: bytes) -> Optional[bytes]:
        return None


class _FileLock:
    """An exclusive lock of a file, by the system: it ends with the process, however that ends."""

    def __init__(self, path: str) -> None:
        self.path, self._number = path, -1

    def take(self) -> bool:
        """False: another one has it. Raises OSError where the file cannot be had."""
        if self._number >= 0:
            return True
        try:
            number = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError:
            if sys.platform == "win32" and os.path.exists(self.path):
                return False  # opened by somebody who shares it with nobody
            raise
        try:
            if sys.platform == "win32":
                msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            os.close(number)
            if problem.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
                return False
            raise
        self._number = number
        return True

    def leave(self) -> None:
        number, self._number = self._number, -1
        if number >= 0:
            os.close(number)

    def waiting(self, seconds: float) -> "_FileLock":
        """For a ``with`` block, which is entered after so many seconds at the latest: with the lock, or without one."""
        until = time.monotonic() + seconds
        try:
            while not self.take() and time.monotonic() < until:
                time.sleep(0.02)
        except OSError:
            pass  # a file system without locks
        return self

    def __enter__(self) -> "_FileLock":
        return self

    def __exit__(self, *_: Any) -> None:
        self.leave()


# What proves that an answer is the portal's.

class _Unproven(Exception):
    """An answer that is not signed, or not rightly. ``args[0]`` says what is wrong, in our own words."""


class _Trust:
    """The portal's public keys, and what they sign. RSA-2048, PKCS #1 v1.5, SHA-256 (RFC 8017, 8.2.2).

    Raises ValueError where a key is none.
    """

    # DigestInfo of SHA-256, RFC 8017, 9.2. The padded block is made and compared as a whole, so there is nothing in it to parse.
    _PREFIX = b"\x00\x01" + b"\xff" * 202 + b"\x00" + bytes.fromhex("3031300d060960864801650304020105000420")
    _PART = re.compile(r'\s*([a-z]+)="([^"]*)"\s*')

    def __init__(self, keys: Sequence[str]) -> None:
        if isinstance(keys, (str, bytes)) or not keys:
            raise ValueError("keys must be a list of one or more texts, each as the portal shows it")
        self._keys = dict(self._read(key) for key in keys)
        self._ahead: Optional[float] = None  # of the server's clock before ours that no hand sets, in seconds

    @staticmethod
    def _read(text: str) -> Tuple[str, Tuple[int, int]]:
        try:
            name, _, key = text.strip().partition(":")
            der = base64.b64decode(key, validate=True)
            if name.lower() != hashlib.sha256(der).hexdigest()[:16]:
                raise ValueError
            return name.lower(), _rsa_key(der)
        except (ValueError, AttributeError, IndexError):
            raise ValueError("a key must look as the portal shows it: 16 hexadecimal characters, a colon, and the key in base64") from None

    def read_header(self, values: Sequence[str]) -> _Json:
        if len(values) != 1:
            raise _Unproven("it is not signed" if not values else "it is signed twice")
        parts = [self._PART.fullmatch(part) for part in values[0].split(",")]
        found = [(part[1], part[2]) for part in parts if part]
        if len(found) != len(parts) or len(dict(found)) != len(found):
            raise _Unproven("its signature cannot be read")
        return dict(found)

    def check(self, signed: _Json, lines: Callable[[str], Iterable[str]]) -> None:
        """Raises _Unproven. ``lines`` gives what was to be signed, of the time that the signature names."""
        kid, alg, t, sig = (signed.get(name) for name in ("kid", "alg", "t", "sig"))
        if not isinstance(kid, str) or not isinstance(t, str) or not isinstance(sig, str) or alg != "rsa-sha256" or not re.fullmatch(r"[0-9]{1,15}", t):
            raise _Unproven("its signature cannot be read")
        key = self._keys.get(kid)
        if key is None:
            raise _Unproven("it is signed with a key that this program does not know")
        if not self._is_signed(key, sig, "\n".join(lines(t)).encode()):
            raise _Unproven("its signature is wrong")
        self._check_time(int(t) / 1000)

    def _is_signed(self, key: Tuple[int, int], signature: str, message: bytes) -> bool:
        try:
            raw = base64.b64decode(signature, validate=True)
        except (ValueError, binascii.Error):
            return False
        n, e = key
        number = int.from_bytes(raw, "big")
        if len(raw) != 256 or number >= n:
            return False
        return hmac.compare_digest(pow(number, e, n).to_bytes(256, "big"), self._PREFIX + hashlib.sha256(message).digest())

    def _check_time(self, at: float) -> None:
        """The first by the computer's clock; then by the server's own, as it goes on here: whoever sets the computer's loses nothing by it.

        The computer's clock stays a second witness: one that was stopped with its virtual machine has no better one.
        """
        now, wall = _clock(), time.time()
        if self._ahead is not None and abs(at - now - self._ahead) <= _MOST_AGE:
            return
        if abs(at - wall) > _MOST_AGE:
            raise _Unproven(f"it was signed at another time than now, by the clock of this computer ({abs(at - wall) / 60:.0f} minutes "
                            f"{'earlier' if at < wall else 'later'})")
        self._ahead = at - now


def _rsa_key(der: bytes) -> Tuple[int, int]:
    """Modulus and exponent of a SubjectPublicKeyInfo (RFC 5280, 8017), in DER to the letter. ValueError or IndexError for all else."""
    algorithm, key = _children(_only(der, 0x30))
    if algorithm != (0x30, bytes.fromhex("06092a864886f70d0101010500")) or key[0] != 0x03 or key[1][:1] != b"\x00":
        raise ValueError
    (n_tag, n_raw), (e_tag, e_raw) = _children(_only(key[1][1:], 0x30))
    n, e = (int.from_bytes(raw, "big") for raw in (n_raw, e_raw))
    exact = all(raw == value.to_bytes(value.bit_length() // 8 + 1, "big") for raw, value in ((n_raw, n), (e_raw, e)))
    if (n_tag, e_tag, exact, n.bit_length()) != (0x02, 0x02, True, 2048) or not n & 1 or not e & 1 or not 65537 <= e < 1 << 32:
        raise ValueError
    return n, e


def _only(raw: bytes, tag: int) -> bytes:
    found = _children(raw)
    if len(found) != 1 or found[0][0] != tag:
        raise ValueError
    return found[0][1]


def _children(raw: bytes) -> List[Tuple[int, bytes]]:
    found = []
    while raw:
        tag, size, at = raw[0], raw[1], 2
        if size >= 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(raw[2:2 + count], "big"), 2 + count
            if not 1 <= count <= 2 or size < 0x80 or size.bit_length() <= 8 * (count - 1):
                raise ValueError
        if at + size > len(raw):
            raise ValueError
        found.append((tag, raw[at:at + size]))
        raw = raw[at + size:]
    return found


def _clock() -> float:
    """Seconds that also pass while the computer sleeps. ``time.monotonic()`` stands still then on Linux and macOS."""
    if sys.platform != "win32" and _CLOCK is not None:
        return time.clock_gettime(_CLOCK)
    return time.monotonic()


_CLOCK: Optional[int] = getattr(time, "CLOCK_BOOTTIME", None)
if _CLOCK is None and sys.platform == "darwin":
    _CLOCK = getattr(time, "CLOCK_MONOTONIC", None)


class _Fence:
    """Until when may a program rely on its session, whatever becomes of the network? Arithmetic on a clock; no threads, no waiting.

    The server ends a session ``session_timeout`` after the last message that it *received*, so it is counted from when the last
    acknowledged one was *sent*. After a dropped stream the server ends it after the grace, unless it hears something later than the
    drop, so it is counted from the drop.

    A drop may also be seen by the server alone: a router forgot the stream, and this end just hears nothing any more. Of a server
    that sends a comment every ``keepalive`` seconds the drop is therefore counted from the last sign: what was heard, or the sending
    of a message that was answered. That goes on until a stream is open again.

    What is heard may have been held up on its way, so it counts from before it came: by as much as the stream's greeting took, and no
    later than one comment after the sign before. Once a stream was silent for too long nothing on it counts any more: only an answer, or a
    new stream, ends the doubt.
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
        self.lag = 0.0                          # how long what is heard may have been on its way
        self.asking = False                     # the stream that was asked for is the only one that could drop
        self.greeted = False                    # a stream has said how often it sends a comment, or that it does not tell
        self.kept = False                       # streams were asked for for a whole timeout, and none came through

    @property
    def grace(self) -> float:
        """Less than a second cannot be followed."""
        return max(1.0, self.settings.disconnect_grace)

    def greet(self, keepalive: Optional[float], sent: float, now: float) -> None:
        """A stream that was asked for then is open."""
        self.lag = max(0.0, min(now - sent, _MOST_LAG * (keepalive or 0.0)))
        self.keepalive, self.greeted, self.asking, self.kept = keepalive, True, False, False
        self.heard = sent if self.heard is None else max(self.heard, sent)

    def ask(self, sent: float) -> None:
        """A stream is asked for: the server may have opened it, and seen it drop, before anything of it is heard here."""
        if self.heard is None and not self.kept:
            self.heard, self.asking = sent, True
            if not self.greeted:
                self.keepalive = _STREAM_KEEPALIVE

    def refuse_stream(self) -> None:
        """It was not opened. An older one may still drop."""
        if self.asking:
            self.forget_stream()

    def hear(self, now: float) -> None:
        """Something came over the open stream. What is read right after a standstill of this process may have come before it."""
        before, after = self.stood
        at = self.pulse if self._is_late(now) else before if now < after + _TICK / 2 else now
        if self.heard is None or self.quiet(at):
            return
        if self.keepalive is not None:
            at = min(at - self.lag, self.heard + self.keepalive + _LATE_SIGN)
        self.heard = max(self.heard, at)

    def _is_late(self, now: float) -> bool:
        return now - self.pulse > 1.5 * _TICK

    def forget_stream(self) -> None:
        """The server has ended the stream itself: no grace runs."""
        self.heard, self.asking = None, False

    def forget_streams(self) -> None:
        """The system before has none, so nothing that became of one counts."""
        self.forget_stream()
        self.dropped, self.kept = None, True

    @property
    def in_doubt(self) -> bool:
        """Whether the grace may run."""
        return self.dropped is not None or self.quiet(_clock())

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
        stood = self.paused if self.paused is not None else now if now - self.pulse > _PAUSE else None
        if now >= lost:
            # Where that moment came while this process stood still, it was not the server that was silent.
            return "paused" if stood is not None and stood >= lost else "no_answer"
        if stood is not None:
            return "paused"
        if self.keepalive is not None and self.heard is not None and now >= max(self.heard, self.sent) + self.grace - min(_GRACE_MARGIN, self.grace / 4):
            return "silent"
        return "unknown" if now >= unknown else None


# The way to the server.

_Address = Tuple[int, Any]  # family, and what connect() takes


class _Lookup:
    """Looks a name up, on a thread that can be left behind: nothing ends a resolver that waits for a dead server."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.known: List[_Address] = []     # as it was found last
        self.failed: Optional[OSError] = None
        self._last: Optional[_Address] = None       # the one that answered last
        self._doubted: Optional[_Address] = None    # took a connection, and answered nothing
        self._answered = threading.Event()
        self._begun: Optional[float] = None
        if _is_address(host):
            self._find(self._answered)

    def ask(self) -> threading.Event:
        """Set when ``known`` or ``failed`` are of now."""
        if _is_address(self.host) or (self._begun is not None and not self._answered.is_set() and time.monotonic() - self._begun < _NAME_LEFT_BEHIND):
            return self._answered
        self._answered, self._begun = threading.Event(), time.monotonic()
        try:
            threading.Thread(target=self._find, args=(self._answered,), name="license lookup", daemon=True).start()
        except RuntimeError:  # at the end of a program no thread can be begun any more
            if self.known:
                self._answered.set()
            else:
                self._find(self._answered)
        return self._answered

    def _find(self, answered: threading.Event) -> None:
        try:
            found = [(family, address) for family, _, _, _, address in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)]
            self.known, self.failed = _alternate(list(dict.fromkeys(found))), None
        except (OSError, UnicodeError) as problem:
            self.failed = problem if isinstance(problem, OSError) else OSError(errno.EINVAL, "")
        answered.set()

    def ordered(self) -> List[_Address]:
        return sorted(self.known, key=lambda address: 0 if address == self._last else 2 if address == self._doubted else 1)

    def judge(self, address: _Address, worked: bool) -> None:
        if worked:
            self._last = address
            self._doubted = None if self._doubted == address else self._doubted
        else:
            self._doubted = address
            self._last = None if self._last == address else self._last


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
        return True
    except ValueError:
        return False


def _alternate(found: List[_Address]) -> List[_Address]:
    """One family after the other, beginning with the one that the system prefers."""
    first = [address for address in found if address[0] == found[0][0]]
    other = [address for address in found if address[0] != found[0][0]]
    mixed: List[_Address] = []
    for index in range(max(len(first), len(other))):
        mixed += first[index:index + 1] + other[index:index + 1]
    return mixed


class _Race:
    """Connects to the first of several addresses that takes a connection, on the caller's thread."""

    def __init__(self, lookup: _Lookup, seconds: float, stopped: Callable[[], bool]) -> None:
        self._lookup, self._stopped, self._until = lookup, stopped, time.monotonic() + seconds
        self._waiting: Deque[_Address] = collections.deque()
        self._tried: Set[_Address] = set()
        self._selector = selectors.DefaultSelector()
        self._under_way: Dict[socket.socket, Tuple[_Address, float]] = {}
        self._problem: Optional[OSError] = None
        self._next = 0.0

    def run(self) -> Tuple[socket.socket, _Address]:
        """Raises OSError where none does."""
        try:
            answered = self._lookup.ask()
            self._wait_for_the_name(answered)
            while True:
                won = self._step(answered)
                if won is not None:
                    address, _ = self._under_way.pop(won)
                    self._selector.unregister(won)
                    won.setblocking(True)
                    return won, address
        finally:
            for sock in self._under_way:
                sock.close()
            self._selector.close()

    def _wait_for_the_name(self, answered: threading.Event) -> None:
        begun = time.monotonic()
        while not answered.wait(0.05):
            now = time.monotonic()
            if self._stopped():
                raise ConnectionAbortedError
            if now >= self._until:
                raise TimeoutError(errno.ETIMEDOUT, "")
            if self._lookup.known and now - begun >= _NAME_SECONDS:
                return

    def _step(self, answered: threading.Event) -> Optional[socket.socket]:
        if self._stopped():
            raise ConnectionAbortedError
        for address in self._lookup.ordered():  # also those of a look-up that was late
            if address not in self._tried:
                self._tried.add(address)
                self._waiting.append(address)
        now = time.monotonic()
        if self._waiting and (now >= self._next or not self._under_way):
            self._begin(self._waiting.popleft(), now)
        for slow, (_, begun) in list(self._under_way.items()):
            if now - begun >= _ADDRESS_SECONDS:
                self._give_up(slow, TimeoutError(errno.ETIMEDOUT, ""))
        if not self._under_way and not self._waiting and answered.is_set():
            raise self._problem or self._lookup.failed or OSError(errno.EHOSTUNREACH, "")
        if now >= self._until:
            raise TimeoutError(errno.ETIMEDOUT, "")
        if not self._under_way:
            if not self._waiting:
                answered.wait(0.05)
            return None
        for ready, _ in self._selector.select(0.05):
            sock = next(s for s in self._under_way if s is ready.fileobj)
            number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not number:
                return sock
            self._give_up(sock, OSError(number, ""))
        return None

    def _begin(self, address: _Address, now: float) -> None:
        self._next = now + _HEAD_START
        try:
            sock = socket.socket(address[0], socket.SOCK_STREAM)
        except OSError as problem:  # this system has no such family
            self._problem, self._next = problem, now
            return
        try:
            sock.setblocking(False)
            number = sock.connect_ex(address[1])
            if number not in (0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, getattr(errno, "WSAEWOULDBLOCK", 0)):
                raise OSError(number, "")
            self._under_way[sock] = (address, now)
            self._selector.register(sock, selectors.EVENT_WRITE)
        except OSError as problem:
            self._under_way.pop(sock, None)
            sock.close()
            self._problem, self._next = problem, now

    def _give_up(self, sock: socket.socket, why: OSError) -> None:
        del self._under_way[sock]
        self._selector.unregister(sock)
        sock.close()
        self._problem, self._next = why, 0.0  # the next one need not wait for its turn


class _Proxy:
    """What stands between. Raises ValueError where ``address`` cannot be right, without quoting it: it may hold a password."""

    def __init__(self, address: str) -> None:
        try:
            url = urllib.parse.urlsplit(address.strip() if "://" in address else f"http://{address.strip()}")
            port = url.port
        except ValueError:
            url, port = urllib.parse.urlsplit(""), None
        if url.scheme != "http" or not url.hostname or url.path.strip("/") or url.query or url.fragment:
            raise ValueError("proxy must look like http://proxy.example.com:3128")
        self.host, self.port = url.hostname, port or 80
        self.headers: Dict[str, str] = {}
        if url.username is not None:
            pair = f"{urllib.parse.unquote(url.username)}:{urllib.parse.unquote(url.password or '')}"
            self.headers["Proxy-Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()

    def tunnel(self, sock: socket.socket, host: str, port: int) -> None:
        """Raises OSError where it refuses."""
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}", f"User-Agent: {_AGENT}", *(f"{name}: {value}" for name, value in self.headers.items())]
        sock.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
        head = b""
        while b"\r\n\r\n" not in head:
            part = sock.recv(4096)  # nothing of the server can be in it: that speaks only when it was spoken to
            head += part
            if not part or len(head) > 16 * 1024:
                raise _ProxyRefused("the proxy broke off")
        match = re.match(rb"HTTP/1\.[01] ([0-9]{3})[ \r]", head)
        if match is None or match[1] != b"200":
            raise _ProxyRefused(f"the proxy answered {match[1].decode()}" if match else "what stands there is no proxy")


class _ProxyRefused(ConnectionError):
    """``args[0]`` says why, in our own words."""


def _proxy_for(url: urllib.parse.SplitResult, named: Optional[str]) -> Optional[_Proxy]:
    if named:
        return _Proxy(named)
    if url.scheme != "https":
        return None  # this computer itself: no other one shall see what is not encrypted
    told = urllib.request.getproxies()
    address = told.get("https") or told.get("all")
    if not address or urllib.request.proxy_bypass(url.netloc):
        return None
    try:
        return _Proxy(address)
    except ValueError:
        _log.warning("the proxy that the environment names is not used: it must look like http://proxy.example.com:3128")
        return None


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        raise ValueError("server must look like https://portal.example.com") from None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _default_context() -> ssl.SSLContext:
    """The system's certificates, and those of ``certifi`` where that is installed: some Pythons come without any."""
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(importlib.import_module("certifi").where())
    except (ImportError, OSError):
        pass
    return context


class _Answer(NamedTuple):
    status: int
    body: _Json
    retry_after: float
    raw: bytes = b""
    signatures: Sequence[str] = ()

    @property
    def grants(self) -> bool:
        """It confirms a session. A captive portal's or a proxy's 200 does not."""
        return (self.status == 200 and isinstance(self.body.get("session_id"), str)
                and _seconds(self.body.get("heartbeat_interval_seconds")) is not None and _seconds(self.body.get("session_timeout_seconds")) is not None)

    @property
    def grants_as_of_old(self) -> bool:
        """The system before says yes: it knows neither sessions nor intervals."""
        return (self.status == 200 and self.body.get("license_valid") is True and self.body.get("session_conflict") is not True
                and "session_id" not in self.body and "heartbeat_interval_seconds" not in self.body)

    @property
    def refuses(self) -> bool:
        """The portal says no, or the system before. Somebody else's 403 page does not."""
        ours = self.body.get("status") == "error"
        return (self.status in (401, 403) and (ours or isinstance(self.body.get("license_valid"), bool) or isinstance(self.body.get("session_conflict"), bool))
                or self.status == 429 and ours and self.body.get("code") in _FULL)

    @property
    def code(self) -> str:
        code = self.body.get("code")
        if isinstance(code, str):
            return code[:64]
        return "session_conflict" if self.body.get("session_conflict") is True else "license_invalid" if self.body.get("license_valid") is False else f"http_{self.status}"


class _Message(NamedTuple):
    """What is asked of the server."""

    path: str
    body: bytes
    nonce: str


def _seconds(value: Any, least: float = 1.0) -> Optional[float]:
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= 86400
    return float(value) if good else None


def _object(raw: Union[str, bytes]) -> _Json:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _never() -> bool:
    return False


class _Portal:
    """One server. Each request is a connection of its own, as network cables are pulled and laptops closed."""

    def __init__(self, server: str, context: Optional[ssl.SSLContext], proxy: Optional[str] = None) -> None:
        try:
            url = urllib.parse.urlsplit(server.strip())
            port = url.port
        except (ValueError, AttributeError):
            url, port = urllib.parse.urlsplit(""), None
        if url.scheme not in ("https", "http") or not url.hostname or url.username or url.query or url.fragment:
            raise ValueError("server must look like https://portal.example.com")
        if url.scheme == "http" and not _is_loopback(url.hostname):
            raise ValueError("server must be https: over http the license key could be read on its way")
        self.address = f"{url.scheme}://{url.netloc}{url.path.rstrip('/')}"
        self.host, self._prefix = _ascii(url.hostname), url.path.rstrip("/")
        self._port = port or (443 if url.scheme == "https" else 80)
        self._context = (context or _default_context()) if url.scheme == "https" else None
        self._proxy = _proxy_for(url, proxy)
        self._lookup = _Lookup(self._proxy.host, self._proxy.port) if self._proxy else _Lookup(self.host, self._port)
        self._open: Dict[Any, Tuple[Any, float]] = {}
        self._ways: Dict[Any, _Address] = {}

    def connect(self, seconds: float, stopped: Callable[[], bool] = _never) -> Any:
        """A connection over which nothing was sent yet. What it is used for may take that long again; ``stay`` lifts that.

        Raises OSError, also where ``stopped`` says so meanwhile.
        """
        begun = time.monotonic()
        sock, way = _Race(self._lookup, seconds, stopped).run()
        kind = http.client.HTTPConnection if self._context is None else http.client.HTTPSConnection
        connection: Any = kind(self.host, self._port)
        left = max(0.5, seconds - (time.monotonic() - begun))
        try:
            self._use(connection, sock, left)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context is not None:
                if self._proxy is not None:
                    self._proxy.tunnel(sock, self.host, self._port)
                sock = self._context.wrap_socket(sock, server_hostname=self.host, do_handshake_on_connect=False)
                self._use(connection, sock, left)
                sock.do_handshake()
            self._use(connection, sock, seconds)
            self._ways[connection] = way
            if stopped():
                raise ConnectionAbortedError
            return connection
        except BaseException as problem:
            self.close(connection)
            sock.close()
            if isinstance(problem, OSError) and not stopped():
                self._lookup.judge(way, worked=False)
            raise

    def _use(self, connection: Any, sock: socket.socket, seconds: float) -> None:
        sock.settimeout(seconds)
        connection.sock = sock
        self._open[connection] = (sock, _clock() + seconds)

    def send(self, connection: Any, message: _Message) -> Any:
        headers = {"Content-Type": "application/json", "User-Agent": f"{_AGENT} ({platform.system()}; Python {platform.python_version()})"}
        target = self._prefix + message.path
        if self._proxy is not None and self._context is None:
            target, headers = self.address[:len(self.address) - len(self._prefix)] + target, {**headers, **self._proxy.headers}
        way = self._ways.get(connection)
        try:
            connection.request("POST", target, message.body, headers)
            response = connection.getresponse()
        except Exception:
            if way is not None:
                self._lookup.judge(way, worked=False)
            raise
        if way is not None:
            self._lookup.judge(way, worked=True)
        return response

    def post(self, message: _Message, seconds: float, stopped: Callable[[], bool] = _never, sending: Callable[[], None] = lambda: None) -> _Answer:
        """``sending`` is called when the message is about to be on its way."""
        connection = self.connect(seconds, stopped)
        try:
            sending()
            return self.read(self.send(connection, message))
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
        return _Answer(response.status, _object(raw), retry_after if 0 < retry_after < 86400 else 0.0, raw, response.headers.get_all("Portal-Signature") or ())

    def stay(self, connection: Any) -> None:
        self._open[connection] = (self._open[connection][0], float("inf"))

    def close(self, connection: Any) -> None:
        self._open.pop(connection, None)
        self._ways.pop(connection, None)
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
        self._open, self._ways = {}, {}
        self._lookup = _Lookup(self._lookup.host, self._lookup.port)


def _shut(sock: Any) -> None:
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # the plain one also wakes a thread that reads from TLS
    except OSError:
        pass


_OPEN = (None, "unknown")  # the verdicts with which positions may be opened

_RELEASED = Reason("released", "The license was released.")


class _Run:
    """The threads of one login. Those of an earlier one cannot touch what the next one knows."""

    def __init__(self) -> None:
        self.stopped = False
        self.farewell: Optional[_Message] = None
        self.farewell_until = float("inf")
        self.released = False
        self.refused = False                                 # the server has ended it
        self.done = False
        self.beat: queue.SimpleQueue[None] = queue.SimpleQueue()               # anything in it: beat now. Unlike locks, safe in signal handlers.
        self.watch: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.asked: Dict[Any, float] = {}                    # requests that are under way, and since when
        self.pending: Optional[Tuple[Any, float]] = None     # the socket of a stream that was asked for and has not said hello, and since when
        self.stream: Any = None                              # the open stream's socket
        self.streamed: Optional[str] = None                  # the session that it is of
        self.heard = 0.0                                     # when something came over it
        self.doubted: Optional[float] = None                 # when the last sign came after which a heartbeat had to ask
        self.given_up = False                                # the open stream, as it was silent
        self.older = False                                   # the server is the system before: there are no streams
        self.ask_again = False                               # it is not any more
        self.beating: Any = None                             # the connection of the heartbeat that is under way
        self.beat_twice = False
        self.told: queue.SimpleQueue[Optional[Tuple[Callable[..., Any], Tuple[Any, ...]]]] = queue.SimpleQueue()  # callbacks; None ends their thread

    def stop(self) -> None:
        self.stopped = True
        self.beat.put(None)
        self.watch.put(None)


class _CannotStart(RuntimeError):
    """No thread can be begun: the program is ending."""


def _begin_thread(name: str, loop: Callable[..., None], *of: Any) -> threading.Thread:
    thread = threading.Thread(target=loop, args=of, name=name, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        raise _CannotStart from None
    return thread


# Of each program of this process, the last one that the server gave; see ``LicenseSession._who``.
_tokens: Dict[Tuple[str, ...], str] = {}


class LicenseSession:
    """The right of this device to use a license, from ``login()`` to its end. See the module's docstring for ten lines that use it.

    server       ``https://portal.example.com``; plain ``http`` only for localhost.
    key          the license key.
    app          the name of this program on the device. Programs of one device share its session, and each leaves it for itself; so
                 give each its own name: ``launcher``, ``bot``, or ``bot-ES`` and ``bot-NQ`` where one process trades one symbol.
    symbol       what it trades; shown on the dashboard. ``device_name`` and ``version`` likewise; not sent unless given.
    fingerprint  another device fingerprint than ``device_fingerprint()``; the same in all programs of a device.
    ssl_context  another than ``ssl.create_default_context()`` with the certificates of ``certifi``, where that is installed.
    keys         the portal's public keys, each a text as its page System shows it. Then only answers that are signed with one of them
                 count: a made-up server cannot say yes. They do not stop who edits this program.
    proxy        ``http://proxy.example.com:3128``, with ``user:password@`` where it wants that. Else the environment's (``HTTPS_PROXY``,
                 ``NO_PROXY``).
    profile      the folder in which the installation is kept, and which all programs of a device must share. Else ``QUOTRADING_PROFILE``,
                 else ``%LOCALAPPDATA%\\QuoTrading``, ``~/Library/Application Support/QuoTrading`` or ``~/.local/state/quotrading``.
    single_instance  refuses a login (``already_running``) while another process of this user holds this license under the same ``app``.

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
    at once. If that is not answered either, ``state`` is UNKNOWN and ``may_open()`` False before the grace can be over, until one is.

    Heartbeats name their session, so that one that is late revives nothing. If that session has timed out, one without a name asks
    for the seat again: it is resumed as long as no other device took it, else it is a conflict. Where the server wants the installation
    proved anew, it logs in once by itself; in no other case.

    Made in the main thread, it also has SIGTERM and SIGHUP release the license, where the program has no handler of its own.

    The system before this server, which knows no sessions, is believed too, but for where ``keys`` are given: then there are heartbeats
    alone, every 30 s. An older version of this server does not say how often its stream gives a sign: if its end of the stream breaks
    and this end notices nothing (a router that restarts), it frees the license after the grace; this end asks 15 s after the last sign.
    """

    def __init__(self, server: str, key: str, app: str = "bot", *, symbol: Optional[str] = None, device_name: Optional[str] = None,
                 version: Optional[str] = None, fingerprint: Optional[str] = None, ssl_context: Optional[ssl.SSLContext] = None,
                 keys: Optional[Sequence[str]] = None, proxy: Optional[str] = None, profile: Optional[_Path] = None, single_instance: bool = False,
                 on_state: Optional[Callable[[State, Optional[Reason]], Any]] = None, on_lost: Optional[Callable[[Reason], Any]] = None,
                 on_conflict: Optional[Callable[[str, float], Any]] = None, on_settings: Optional[Callable[[Settings], Any]] = None) -> None:
        """Raises ValueError where ``server``, ``key``, ``keys`` or ``proxy`` cannot be right. Nothing is sent yet."""
        if not isinstance(key, str) or not key.strip():
            raise ValueError("key is empty")
        self._portal = _Portal(server, ssl_context, proxy)
        self._trust = None if keys is None else _Trust(keys)
        folder = _profile_folder(profile)
        kept, self._installed = _install(folder)
        self._always = {"license_key": key.strip(), "device_fingerprint": (fingerprint or "").strip() or kept, "app": app}
        self._who = (self._portal.address, *self._always.values())
        self._alone = self._lock_in(folder) if single_instance else None
        self._telemetry: _Json = {"status": "online"}
        self._warned: Set[str] = set()
        self.update(symbol=symbol)
        for name, value, most in (("device_name", device_name, 128), ("bot_version", version, 64)):
            if value:
                self._telemetry[name] = str(value)[:most]
        self._on_state, self._on_lost, self._on_conflict, self._on_settings = on_state, on_lost, on_conflict, on_settings
        self._lock = threading.RLock()
        self._fence = _Fence(_OLDER)  # until the login's answer says
        self._final: Optional[Reason] = Reason("not_logged_in", "Not logged in.")
        self._ended: Optional[Reason] = None
        self._ended_at = float("-inf")
        self._session_id: Optional[str] = None
        self._interrupted = False
        self._shown, self._logged = State.LOST, (State.LOST, True)
        self._expiration: Optional[str] = None
        self._hours: Optional[float] = None
        self._run: Optional[_Run] = None
        self._entering = threading.RLock()      # one login() at a time
        _heed_signals()
        self._logging_in = False
        self._asked = False                     # a login was sent: the server may have said yes
        self._attempt: Optional[object] = None  # the latest login(), unless a release came since

    def _lock_in(self, folder: Optional[str]) -> Optional[_FileLock]:
        name = hashlib.sha256(f"{self._always['license_key']}\n{self._always['app']}".encode()).hexdigest()[:16]
        return _FileLock(os.path.join(folder, f"{name}.lock")) if folder else None

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
            return self._final is None and self._fence.verdict(_clock()) in _OPEN

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
    def message(self) -> str:
        """``reason``'s message, for people; empty while it is held."""
        reason = self.reason
        return reason.message if reason is not None else ""

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

    def update(self, status: Optional[str] = None, metadata: Optional[Dict[str, Any]] = None, symbol: Optional[str] = None) -> None:
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
                text = self._json(metadata)
                if isinstance(metadata, dict) and len(text.encode()) <= _MOST_METADATA:
                    self._telemetry["metadata"] = json.loads(text)  # a copy: the loop may go on changing its own
                else:
                    _log.warning("metadata was left out: it must be a dict of at most %d bytes of JSON", _MOST_METADATA)
        except Exception as problem:  # NaN, a circle, an object whose __str__ fails ...
            _log.warning("metadata was left out: %s cannot be sent (%s)", self._culprit(metadata), type(problem).__name__)

    @staticmethod
    def _json(value: Any) -> str:
        return json.dumps(value, allow_nan=False, default=str)

    def _culprit(self, metadata: Any) -> str:
        """The field that cannot be sent, as far as it is one alone."""
        for name in metadata if isinstance(metadata, dict) else ():
            try:
                self._json({name: metadata[name]})
            except Exception:  # as in update()
                return self._words(repr(name), "a field")
        return "it"

    # Beginning and end.

    def login(self, patience: float = 20.0) -> bool:
        """Asks for the license. True: it is held, and heartbeats and stream have begun. False: ``reason`` says why not.

        Blocks; meant for a thread behind a login button, or a bot's start. Tries again for up to ``patience`` seconds while the server
        does not answer. That is safe: if an answer was lost after the server had said yes, asking again gets the same session. Ctrl+C
        meanwhile releases what the server may have given already, and ``cancel()`` or ``release()`` by another thread has it return False.
        """
        with self._entering:
            if not self._is_alone():
                self._final = Reason("already_running", "This program is already running on this computer.")
                return False
            before, answered, guard = self._run, threading.Event(), None
            self._attempt = attempt = object()
            held = self._asked = cannot_start = False
            self._logging_in = True
            try:
                guard = _begin_thread("license login", _cut_loop, self._portal, answered)
                held = self._ask(patience, attempt)
            except _CannotStart:
                self._attempt, cannot_start = None, True
            except BaseException:
                self._attempt = None
                raise
            finally:
                self._logging_in = False
                try:
                    if self._attempt is not attempt:
                        self._undo_login(begun=self._run is not before)
                    if cannot_start:
                        self._final = Reason("no_threads", "The program is ending: nothing can be begun any more that would hold the license.")
                finally:
                    answered.set()
                    if guard is not None:
                        guard.join()
                    if not held or self.over:
                        self._let_others()
            return held and (not self.over or self._run is not None and self._run.refused)

    def cancel(self) -> None:
        """Has a ``login()`` that is under way in another thread return False soon. Never blocks: for a window's button.

        What the server may have given already is released by that thread. If the login is through by then, nothing happens.
        """
        if self._logging_in:
            self._attempt = None
            self._portal.cut(float("inf"))

    def _is_alone(self) -> bool:
        try:
            return self._alone is None or self._alone.take()
        except OSError as problem:
            _log.warning("whether this program runs already cannot be known (%s)", _name_of(problem))
            return True

    def _let_others(self) -> None:
        if self._alone is not None:
            self._alone.leave()

    def _ask(self, patience: float, attempt: object) -> bool:
        if self._run is not None and not self._run.stopped:
            with self._lock:
                self._fence.drop(_clock())  # the stream is closed for it: if no answer comes, the session ends after the grace
        self._leave(None)
        until, wait, reason = _clock() + patience, 0.5, _RELEASED
        while self._attempt is attempt:
            sent = _clock()
            try:
                answer = self._ask_once(min(_REQUEST_SECONDS, max(1.0, until - sent)), lambda: self._attempt is not attempt)
                if self._grants(answer):
                    self._begin(answer, sent)
                    return True
                ours = answer.refuses or answer.body.get("status") == "error"
                reason = self._reason_of(answer) if ours else Reason(
                    "no_portal", f"What answers at {self._portal.address} is no license server (status {answer.status}).")
                if answer.refuses or answer.status < 500 and answer.status not in (408, 429):
                    break
                reason, wait = reason._replace(code="unreachable"), max(wait, answer.retry_after)
            except ssl.SSLCertVerificationError as problem:
                reason = Reason("certificate", f"The certificate of {self._portal.host} is not trusted: {problem.verify_message.rstrip('.')}.")
                break
            except _Unproven as problem:
                reason = Reason("not_signed", f"What answers at {self._portal.address} does not prove that it is the license server: {problem.args[0]}.")
            except _CannotStart:
                raise
            except Exception as problem:
                if reason.code != "not_signed":  # what did answer is the better hint
                    reason = Reason("unreachable", f"The license server cannot be reached ({_name_of(problem)}).")
            if _clock() + wait > until:
                break
            self._wait_for(wait, attempt)
            wait = min(wait * 2, 5.0)
        self._final = reason
        return False

    def _wait_for(self, seconds: float, attempt: object) -> None:
        until = time.monotonic() + seconds
        while self._attempt is attempt and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.05))

    def _ask_once(self, seconds: float, stopped: Callable[[], bool]) -> _Answer:
        message = self._login_message()

        def sending() -> None:
            self._asked = True

        answer = self._proven(message, self._portal.post(message, seconds, stopped, sending))
        self._take_token(answer.body)
        return answer

    def _login_message(self) -> _Message:
        return self._message("/api/main", install=self._installed)

    def _undo_login(self, begun: bool) -> None:
        """The server may have said yes already, also where its answer was not read."""
        if begun:
            self._leave(_RELEASED)
            return
        self._final = _RELEASED
        if not self._asked:
            return
        until = _clock() + _RELEASE_SECONDS - 0.5
        try:
            if not self._give_back(until) and self._installed is not None:
                # Who has proved an installation must prove it to release, too, and the proof was in the answer that was not read.
                self._ask_once(max(0.5, until - _clock()), lambda: _clock() >= until)
                self._give_back(until)
        except Exception as problem:
            _log.info("no answer to the release: %s", _name_of(problem))

    def _give_back(self, until: float) -> bool:
        message = self._message("/api/session/release", session_token=_tokens.get(self._who))
        answer = self._proven(message, self._portal.post(message, max(0.5, until - _clock()), lambda: _clock() >= until))
        return answer.status == 200 and answer.body.get("status") == "success"

    def release(self) -> bool:
        """Gives the license back; other programs of this device keep it. Waits for the server for at most 3 s. Twice is harmless.

        True if the server has ended the session, or this program has no part in it any more. False if the server cannot be reached: it
        sees that the stream dropped, or that the heartbeats end. False, and nothing is released, where another object of this process
        holds the license under the same ``app``: for the server both are one program.
        """
        self.cancel()
        return self._leave(_RELEASED)

    def hand_over(self) -> bool:
        """For a launcher, just before it starts the bot and closes: leaves the session to the bot, whose ``login()`` goes on with it.

        The bot has the whole session timeout for that. As ``release()`` else. A launcher that stays open needs it not: both share the
        session.
        """
        self.cancel()
        return self._leave(Reason("handed_over", "The license was handed over."), handover=True)

    def _begin(self, answer: _Answer, sent: float) -> None:
        run, before = _Run(), self._run
        with self._lock:
            self._interrupted = before is not None
            self._final = self._ended = None
            self._fence = _Fence(self._fence.settings)
            self._fence.pulse = _clock()
            self._session_id = None
            self._shown, self._logged = State.LOST, (State.LOST, True)
            self._take_settings(answer.body if answer.grants else _NO_SETTINGS)
            self._take_warnings(answer.body)
            self._run = run
            self._acknowledge(run, answer.body, sent)
        try:
            _leave_at_exit(self)
            loops = {"callbacks": _tell_loop, "heartbeats": self._beat_loop, "stream": self._stream_loop, "watch": self._watch_loop}
            for name, loop in loops.items():
                _begin_thread(f"license {name}", loop, run)
        except BaseException:
            # Whatever began ends by itself. The login gives the seat back: nobody else may be there to do it.
            self._final, self._run = _RELEASED, before
            _open_sessions.discard(self)
            run.stop()
            run.told.put(None)
            raise

    def _leave(self, why: Optional[Reason], handover: bool = False) -> bool:
        run = self._start_leaving(why, handover)
        if run is None:
            return False
        _await([run])
        if not run.done:
            self._portal.cut(float("inf"))
        _open_sessions.discard(self)
        if why is not None:
            self._let_others()
        return run.released or run.refused and not handover

    def _start_leaving(self, why: Optional[Reason], handover: bool = False) -> Optional[_Run]:
        """Takes no lock: also called in signal handlers, which interrupt whoever holds one."""
        if why is not None:
            self._attempt = None  # of a login() that may be under way in another thread
        run = self._run
        if run is None:
            return None
        if why is not None and not run.stopped:
            self._final = why  # before it looks at others: of two that leave at once, one at least sees that nobody is left
            if any(other._holds_for(self._who) for other in list(_open_sessions)):
                _log.info("the license is not released: another object of this program holds it")
            else:
                run.farewell_until = _clock() + _RELEASE_SECONDS
                run.farewell = self._message("/api/session/release", session_id=self._session_id, session_token=_tokens.get(self._who),
                                             **({"handover": True} if handover else {}))
        run.stop()
        return run

    def _holds_for(self, who: Tuple[str, ...]) -> bool:
        run = self._run
        return self._who == who and self._final is None and run is not None and not run.stopped

    def _orphan(self) -> None:
        """In a forked process. It has the object, but neither its threads nor the session; and any thread may have held the lock."""
        self._lock, self._entering, self._run = threading.RLock(), threading.RLock(), None
        self._final = Reason("forked", "The license is held by the process that this one was forked from.")
        self._logging_in = False
        self._let_others()
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
                retry_after = self._beat(run, sent, failures)
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
                doubt = failures <= 4 and self._fence.in_doubt
                backoff = (0.4 if doubt else min(0.5 * 2 ** min(failures, 5), 10.0)) * random.uniform(0.7, 1.3)
                interval, timeout = self.settings.heartbeat_interval, self.settings.session_timeout
                delay = max(min(backoff, interval), min(retry_after, max(interval, timeout / 3)))  # but not so long that the session is over

    def _beat(self, run: _Run, sent: float, failures: int) -> Optional[float]:
        """One heartbeat. None if it was acknowledged, or settled the matter; else in how many seconds the server wants the next."""
        seconds = min(_REQUEST_SECONDS, max(2.0, self.settings.heartbeat_interval))
        if failures < 2 and self._fence.in_doubt:
            seconds = min(seconds, _DOUBT_SECONDS)
        named = self._session_id
        answer = self._post(run, "/api/heartbeat", seconds, session_id=named)
        if answer.refuses and answer.code == "session_ended" and not run.stopped:
            self._revoke(run, self._reason_of(answer), named)
            sent = _clock()
            answer = self._post(run, "/api/heartbeat", seconds)
        if answer.refuses and answer.code == "login_required" and not run.stopped:
            _log.info("the server wants the installation proved anew: it is logged in once more")
            sent = _clock()
            answer = self._post(run, "/api/main", seconds)
            self._interrupted |= self._grants(answer)
        if self._grants(answer):
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
                fence.kept = True
                return False
            dead = stream is not None and fence.quiet(now) and sent >= fence.doubt
            run.given_up = run.given_up or dead
            asked, since = run.pending or (None, now)
            stuck = asked is not None and sent >= since + _STREAM_QUIET * (fence.keepalive or _STREAM_KEEPALIVE)
        if dead or stuck:
            _log.info("the stream is silent and the server answers: it is opened anew")
            _shut(stream if dead else asked)
        return True

    def _post(self, run: _Run, path: str, seconds: float, session_id: Optional[str] = None) -> _Answer:
        run.beating = connection = self._portal.connect(seconds, lambda: run.stopped)
        try:
            message = self._login_message() if path == "/api/main" else self._message(path, session_id=session_id, session_token=_tokens.get(self._who))
            answer = self._proven(message, self._portal.read(self._send(run, connection, message)))
            if run is self._run:
                self._take_token(answer.body)
            return answer
        finally:
            run.beating = None
            self._portal.close(connection)

    def _send(self, run: _Run, connection: Any, message: _Message) -> Any:
        """Not any more once this program leaves: what reached the server after its farewell would bring it back into the session."""
        run.asked[connection] = _clock()
        try:
            if run.stopped:
                raise ConnectionAbortedError
            return self._portal.send(connection, message)
        finally:
            run.asked.pop(connection, None)

    # What an answer proves.

    def _proven(self, message: _Message, answer: _Answer) -> _Answer:
        """Raises _Unproven where it must be signed and is not."""
        if self._trust is not None and answer.status in (200, 401, 403):
            signed = self._trust.read_header(answer.signatures)
            self._trust.check(signed, lambda t: self._signed_lines(message, t, answer.status, answer.raw))
        if self._trust is not None and answer.status == 429 and answer.refuses:
            return answer._replace(body={**answer.body, "code": "too_many_requests"})  # those are never signed, so they end nothing
        return answer

    def _signed_lines(self, message: _Message, t: str, status: int, raw: bytes) -> List[str]:
        key = hashlib.sha256(self._always["license_key"].encode()).hexdigest()
        return ["portal-1", message.path, message.nonce, self._always["device_fingerprint"], t, key, str(status), hashlib.sha256(raw).hexdigest()]

    def _grants(self, answer: _Answer) -> bool:
        return answer.grants or self._trust is None and answer.grants_as_of_old

    def _take_token(self, body: _Json) -> None:
        token = body.get("session_token")
        if isinstance(token, str) and 1 <= len(token) <= 200:
            _tokens[self._who] = token

    def _reason_of(self, answer: _Answer) -> Reason:
        return Reason(answer.code, self._words(answer.body.get("message"), f"The license server answered {answer.status}."),
                      str(answer.body.get("active_device") or "")[:64], _seconds(answer.body.get("estimated_wait_seconds"), 0.0) or 0.0)

    def _words(self, message: Any, otherwise: str) -> str:
        """What the server says to people, fit for a line of a log."""
        text = "".join(c if c.isprintable() else " " for c in message) if isinstance(message, str) else ""
        return re.sub(re.escape(self._always["license_key"]), "...", text, flags=re.IGNORECASE)[:_MOST_MESSAGE].strip() or otherwise

    # The stream.

    def _stream_loop(self, run: _Run) -> None:
        failures = 0
        while not run.stopped:
            if run.older:
                _sleep(run, _TICK)
                continue
            began, run.ask_again = _clock(), False
            try:
                wait = self._follow(run)
            except Exception as problem:
                if not run.stopped:
                    _log.info("the stream cannot be opened: %s", _name_of(problem))
                wait = 0.0
            if run.given_up:
                continue  # at once: the server may take the end of the old one for a drop
            failures = 0 if _clock() - began > 30 else failures + 1
            backoff = min(0.25 * 2 ** min(failures, 7), 30.0)
            _sleep(run, wait * random.uniform(1.0, 1.2) if wait else backoff * random.uniform(0.5, 1.0))

    def _follow(self, run: _Run) -> float:
        """Opens the stream and reads it to its end. Returns how many seconds the server wants to be left alone with it."""
        run.given_up, run.streamed = False, None
        connection, opened, broke = self._portal.connect(_REQUEST_SECONDS, lambda: run.stopped), False, True
        message = self._message("/api/session/stream", session_token=_tokens.get(self._who))
        sock, sent = connection.sock, _clock()
        run.pending = (sock, sent)
        try:
            with self._lock:
                if run is self._run and not run.older:
                    self._fence.ask(sent)
            run.watch.put(None)  # it may have to ask sooner than it thought
            response = self._send(run, connection, message)
            if response.status != 200 or "text/event-stream" not in response.headers.get("Content-Type", ""):
                answer = self._proven(message, self._portal.read(response))
                broke = False
                return self._refuse_stream(run, answer)
            opened = True
            self._portal.stay(connection)
            sock.settimeout(_STREAM_SILENCE)
            _keep_alive(sock)
            run.heard = _clock()
            broke = not self._read_events(run, sock, response, message, sent)
            if not broke:
                with self._lock:
                    if run is self._run:
                        self._fence.forget_stream()
            # A server that stops closes all of its streams: that costs no session, and not all need be back at the same instant.
            return 0.0 if broke else random.uniform(0.2, 3.0)
        finally:
            run.pending = None
            self._portal.close(connection)
            if broke and not run.stopped and not run.given_up:
                self._stream_broke(run, opened)

    def _stream_broke(self, run: _Run, opened: bool) -> None:
        """The server may have seen it too, and counts the grace. Also where no answer came: a proxy may have kept it for itself."""
        if opened:
            with self._lock:
                if run is self._run and not run.older:
                    self._fence.drop(_clock())
        run.beat_twice = True  # the first may be there before the drop is
        run.beat.put(None)

    def _refuse_stream(self, run: _Run, answer: _Answer) -> float:
        with self._lock:
            if run is self._run:
                self._fence.refuse_stream()
        if answer.refuses and answer.code in ("session_ended", "login_required"):
            run.beat.put(None)
            return 1.0
        if answer.refuses:
            self._refuse(run, answer)
        if answer.status >= 500:
            return min(answer.retry_after, _STREAM_REFUSED)
        return min(max(answer.retry_after, 60.0), _STREAM_REFUSED) if answer.status == 429 else _STREAM_REFUSED

    def _read_events(self, run: _Run, sock: Any, response: Any, message: _Message, sent: float) -> bool:
        """Until the stream ends. True if the server ended it, rather than something between."""
        events, hello, clean = _Events(), None, False
        believed = self._trust is None
        try:
            while not run.stopped:
                part = response.read1(4096)
                if not part:
                    clean = response.chunked and believed  # it came to its proper end; what breaks off raises, or cannot be told from the end
                    break
                run.heard = now = _clock()
                for name, text in events.read(part):
                    if not believed and name == "hello" and hello is None:
                        hello = text
                        continue
                    if not believed:
                        self._believe(message, hello, name, text)
                        believed, name, text = True, "hello", hello or ""
                    if name == "hello":
                        run.stream, run.pending = sock, None
                    self._hear(run, name, _object(text), sent)
                if run.stream is not None:
                    with self._lock:
                        if run is self._run:
                            self._fence.hear(now)
        except Exception as problem:
            if not run.stopped:
                _log.info("the stream broke: %s", _name_of(problem))
        run.stream = None
        return clean

    def _believe(self, message: _Message, hello: Optional[str], name: str, text: str) -> None:
        """Raises _Unproven unless this event proves the first one."""
        if hello is None or name != "proof" or self._trust is None:
            raise _Unproven("it does not begin with its proof")
        proved = hello.encode()
        self._trust.check(_object(text), lambda t: self._signed_lines(message, t, 200, proved))

    def _hear(self, run: _Run, name: str, data: _Json, sent: float) -> None:
        if name == "hello" and isinstance(data.get("session_id"), str):
            with self._lock:
                if run is self._run:
                    self._fence.greet(_seconds(data.get("keepalive_seconds"), 0.1), sent, _clock())
            run.streamed = data["session_id"]
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
            code = str(data.get("reason") or "session_ended")[:64]
            reason = Reason(code, self._words(data.get("message"), f"The session has ended: {code}."))
            if code in _PASSING_ENDS:
                self._revoke(run, reason, run.streamed)
            else:
                self._end(run, reason)
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
                answer = self._portal.post(run.farewell, _RELEASE_SECONDS - _ANSWER_SECONDS - 0.5, lambda: _clock() >= run.farewell_until)
                answer = self._proven(run.farewell, answer)
                run.released = answer.status == 200 and answer.body.get("status") in ("success", "info")
        except Exception as problem:
            _log.info("no answer to the release: %s", _name_of(problem))
        if run is self._run:
            self._portal.cut(float("inf"))
        run.done = True
        with self._lock:
            if self._run is run:
                self._show(_clock())
        run.told.put(None)

    # What the threads learned.

    def _acknowledge(self, run: _Run, body: _Json, sent: float, by_stream: bool = False) -> None:
        with self._lock:
            if run is not self._run or self._final is not None:
                return
            if sent < self._ended_at:
                return  # the server said so before it ended the session
            now, session = _clock(), body.get("session_id")
            if self._fence.sent is not None or self._ended is not None:
                other = session is not None and self._session_id is not None and session != self._session_id
                self._interrupted |= other or self._fence.verdict(now) is not None
            self._session_id = session
            self._ended = None
            self._change_system(run, older=session is None)
            self._take_settings(body if session is not None else _NO_SETTINGS)
            self._take_warnings(body)
            self._take_license(body)
            self._fence.acknowledge(sent, by_stream)
            self._show(now)

    def _change_system(self, run: _Run, older: bool) -> None:
        """The portal was replaced by the system before, or the other way round."""
        if older == run.older:
            return
        run.older = older
        if older:
            _log.info("the server is an older system: there are heartbeats alone")
            self._fence.forget_streams()
        else:
            self._fence.kept, run.ask_again = False, True

    def _revoke(self, run: _Run, reason: Reason, which: Optional[str]) -> None:
        """The session has ended on the server, but not for good: a heartbeat without its name asks for the seat again."""
        with self._lock:
            if run is not self._run or self._final is not None or (self._session_id is not None and which is not None and which != self._session_id):
                return  # that one was given up before
            self._forget_session(reason)
            self._show(_clock())

    def _end(self, run: _Run, reason: Reason) -> None:
        """The session is over for good."""
        with self._lock:
            if run is not self._run or self._final is not None:
                return
            self._forget_session(reason)
            self._final, run.refused = reason, True
            self._show(_clock())
        self._let_others()
        self._call(self._on_lost, reason)
        run.stop()

    def _forget_session(self, reason: Reason) -> None:
        self._session_id = None
        self._ended, self._ended_at = reason, _clock()
        self._fence.revoke()

    def _refuse(self, run: _Run, answer: _Answer) -> None:
        if run is self._run and self._final is None:
            reason = self._reason_of(answer)
            if reason.code == "session_conflict":
                self._call(self._on_conflict, reason.active_device, reason.wait_seconds)
            self._end(run, reason)

    def _take_settings(self, data: _Json) -> None:
        with self._lock:
            old, timeout = self._fence.settings, _seconds(data.get("session_timeout_seconds"))
            new = Settings(_seconds(data.get("heartbeat_interval_seconds")) or old.heartbeat_interval,
                           timeout if timeout is not None and timeout <= _MOST_TIMEOUT else old.session_timeout,
                           old.disconnect_grace if (grace := _seconds(data.get("disconnect_grace_seconds"), 0.0)) is None else grace)
            if new != old:
                self._fence.settings = new
                self._call(self._on_settings, new)

    def _take_warnings(self, data: _Json) -> None:
        """What the server could not use of what this program said: each is logged once."""
        told = data.get("warnings")
        for text in [self._words(text, "") for text in told[:_MOST_WARNINGS]] if isinstance(told, list) else []:
            if text and text not in self._warned and len(self._warned) < _MOST_WARNINGS:
                self._warned.add(text)
                _log.warning("the server left something out: %s", text)

    def _take_license(self, data: _Json) -> None:
        if "license_expiration" in data:
            text, hours = data.get("license_expiration"), data.get("hours_until_expiration")
            self._expiration = text if isinstance(text, str) else None
            self._hours = float(hours) if isinstance(hours, (int, float)) and abs(hours) < 1e9 else None

    def _standing(self, now: float) -> Tuple[State, Optional[Reason]]:
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
        if (state, self.over) != self._logged:
            self._logged = (state, self.over)
            _log.info("the license is %s%s", state.value, f": {reason.code}. {reason.message}" if reason is not None else "")
        if state is not self._shown:
            self._shown = state
            self._call(self._on_state, state, reason)

    def _call(self, callback: Optional[Callable[..., Any]], *args: Any) -> None:
        if callback is not None and self._run is not None:
            self._run.told.put((callback, args))

    def _interval(self) -> float:
        return self.settings.heartbeat_interval * random.uniform(0.9, 1.1)

    def _message(self, path: str, **more: Any) -> _Message:
        nonce = secrets.token_urlsafe(24) if self._trust is not None else ""
        more = {**more, "nonce": nonce or None}
        return _Message(path, json.dumps({**self._always, **self._telemetry, **{k: v for k, v in more.items() if v is not None}}).encode(), nonce)


class _Events:
    """What a stream says, from the parts in which it comes. Raises HTTPException for an event without end."""

    def __init__(self) -> None:
        self._rest, self._name = b"", ""
        self._data: List[str] = []

    def read(self, part: bytes) -> Iterable[Tuple[str, str]]:
        *lines, self._rest = (self._rest + part).split(b"\n")
        for line in lines:
            field, _, value = line.strip(b"\r").decode("utf-8", "replace").partition(":")
            if field == "event":
                self._name = value.strip()
            elif field == "data":
                self._data.append(value[1:] if value.startswith(" ") else value)
            elif not line.strip() and (self._name or self._data):
                yield self._name, "\n".join(self._data)
                self._name, self._data = "", []
        if len(self._rest) > _MOST_BYTES or len(self._data) > 100:
            raise http.client.HTTPException


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


def _wait(wake: queue.SimpleQueue[None], seconds: float) -> None:
    try:
        wake.get(timeout=seconds)
        while True:
            wake.get_nowait()
    except queue.Empty:
        pass


def _sleep(run: _Run, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not run.stopped and not run.ask_again and (left := until - time.monotonic()) > 0:
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
    if isinstance(problem, (_Unproven, _ProxyRefused)):
        return str(problem.args[0])
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {problem.verify_message.rstrip('.')}"
    if isinstance(problem, socket.gaierror):
        return "its name is not known"
    number = problem.errno if isinstance(problem, OSError) and not isinstance(problem, ssl.SSLError) else None
    return type(problem).__name__ + (f": {os.strerror(number)}" if number and number > 0 else "")


# The end of the program. Ctrl+C needs nothing here: it unwinds the program, and the license is released last, when the bot's own
# cleaning-up is done. So does a SIGTERM for which the program has a handler of its own. Only one that would end it on the spot is ours.

_open_sessions: Set[LicenseSession] = set()


def _leave_at_exit(session: LicenseSession) -> None:
    if not _open_sessions:
        atexit.unregister(_release_all)
        atexit.register(_release_all)
    _open_sessions.add(session)
    _heed_signals()


def _heed_signals() -> None:
    """From the main thread alone, so also where an object is made: its login may be on another one."""
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                try:
                    signal.signal(number, _on_signal)
                except ValueError:  # embedded in another program, what Python takes for the main thread need not be it
                    return


def _on_signal(number: int, _: Any) -> None:
    _release_all()
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _release_all() -> None:
    runs = [session._start_leaving(_RELEASED) for session in list(_open_sessions)]
    _await([run for run in runs if run is not None])


def _await(runs: List[_Run]) -> None:
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
