"""Keys for signed answers, made anew for each run and of no use to anybody: RSA-2048 in pure Python, for tests alone."""

import base64
import functools
import hashlib
import json
import math
import secrets
import threading
import time

SMALL_PRIMES = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n ** 0.5) + 1, 2))]
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")  # DigestInfo of SHA-256, RFC 8017, 9.2


def is_prime(n):
    """Trial division, then 20 rounds of Miller and Rabin."""
    if any(n % p == 0 for p in SMALL_PRIMES):
        return False
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(n, pow(secrets.randbelow(n - 3) + 2, odd, n), twos) for _ in range(20))


def _passes(n, x, twos):
    if x in (1, n - 1):
        return True
    for _ in range(twos - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False


def prime(bits):
    while True:
        n = secrets.randbits(bits) | 1 | 3 << (bits - 2)
        if math.gcd(n - 1, 65537) == 1 and is_prime(n):
            return n


def der(tag, *parts):
    body = b"".join(parts)
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big") if len(body) > 127 else b""
    return bytes([tag, len(body) if len(body) < 128 else 0x80 | len(size)]) + size + body


def der_integer(n):
    return der(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))


class Key:
    """One RSA key of 2048 bits."""

    def __init__(self):
        p, q = prime(1024), prime(1024)
        self.n = p * q
        self.d = pow(65537, -1, (p - 1) * (q - 1))
        algorithm = der(0x30, bytes.fromhex("06092a864886f70d010101"), b"\x05\x00")
        public = der(0x30, algorithm, der(3, b"\x00", der(0x30, der_integer(self.n), der_integer(65537))))
        self.kid = hashlib.sha256(public).hexdigest()[:16]
        self.text = f"{self.kid}:{base64.b64encode(public).decode()}"

    def sign(self, message):
        """PKCS #1 v1.5 with SHA-256, in base64."""
        digest = SHA256_PREFIX + hashlib.sha256(message).digest()
        padded = b"\x00\x01" + b"\xff" * (253 - len(digest)) + b"\x00" + digest
        return base64.b64encode(pow(int.from_bytes(padded, "big"), self.d, self.n).to_bytes(256, "big")).decode()


_making = threading.Lock()


@functools.lru_cache(None)
def _made(name):
    return Key()


def our_key():
    return named_key("ours")


def foreign_key():
    return named_key("foreign")


def named_key(name):
    with _making:
        return _made(name)


def rightly(request, status, raw, path=None, nonce=None, fingerprint=None, key=None, kid=None, age=0.0):
    """What signs an answer: ``kid``, ``alg``, ``t`` and ``sig``, or None where the request has no nonce. The rest makes it wrong in one way."""
    if "nonce" not in request.body:
        return None
    key, t = key or our_key(), str(int((time.time() - age) * 1000))
    license_key = hashlib.sha256(request.body["license_key"].encode()).hexdigest()
    lines = ["portal-1", path or request.path, nonce or request.body["nonce"], fingerprint or request.body["device_fingerprint"], t,
             license_key, str(status), hashlib.sha256(raw).hexdigest()]
    return {"kid": kid or key.kid, "alg": "rsa-sha256", "t": t, "sig": key.sign("\n".join(lines).encode())}


def unsigned(request, status, raw):
    return None


def replaying():
    """Signs the first answer rightly, and each further one with that signature again."""
    first = []

    def sign(request, status, raw):
        first.append(rightly(request, status, raw))
        return first[0]

    return sign


WRONGLY = {
    "unsigned": unsigned,
    "another nonce": lambda *of: rightly(*of, nonce="0" * 32),
    "another body": lambda request, status, raw: rightly(request, status, raw + b" "),
    "another status": lambda request, status, raw: rightly(request, 403 if status == 200 else 200, raw),
    "another path": lambda *of: rightly(*of, path="/api/other"),
    "another fingerprint": lambda *of: rightly(*of, fingerprint="0" * 16),
    "a foreign key": lambda *of: rightly(*of, key=foreign_key()),
    "a foreign key under our name": lambda *of: rightly(*of, key=foreign_key(), kid=our_key().kid),
    "six minutes old": lambda *of: rightly(*of, age=360),
    "six minutes ahead": lambda *of: rightly(*of, age=-360),
}


def header(signed):
    return ", ".join(f'{name}="{value}"' for name, value in signed.items())


def proof(signed):
    return json.dumps(signed)
