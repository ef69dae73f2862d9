"""Signed answers: what proves that it is the portal that says yes."""

import base64
import hashlib
import json
import time
import unittest
from unittest import mock

import quotrading_license
from quotrading_license import LicenseSession, State
from quotrading_license_testing import FakePortal, _der, _der_integer, _signer, _Signer
from tests.clients import KEY, ClientTests, at_once
from tests.fake_server import Json, Stream, granted, refused
from tests.waiting import until

DEVICE = "f" * 16


class Signed(Json):
    """An answer that is signed rightly, but for what a test makes wrong."""

    def __init__(self, body, status=200, age=0.0, signer=None, drop=(), **wrong):
        super().__init__(body, status)
        self.age, self.signer, self.drop, self.wrong = age, signer or _signer(), drop, wrong

    def answer(self, handler):
        raw = json.dumps(self.body).encode()
        parts = sign(handler.request_body, handler.path, self.status, raw, self.age, self.signer, **self.wrong)
        self.headers = [("Portal-Signature", ", ".join(f'{name}="{value}"' for name, value in parts.items() if name not in self.drop))]
        super().answer(handler)


def sign(body, path, status, raw, age=0.0, signer=None, **wrong):
    signer, t = signer or _signer(), str(int((time.time() - age) * 1000))
    lines = {"first": "portal-1", "place": path, "nonce": body["nonce"], "device": body["device_fingerprint"], "t": t,
             "key": hashlib.sha256(body["license_key"].encode()).hexdigest(), "code": str(status), "content": hashlib.sha256(raw).hexdigest()}
    return {"kid": wrong.pop("kid", signer.kid), "alg": wrong.pop("alg", "rsa-sha256"), "t": t, "sig": signer.sign("\n".join({**lines, **wrong}.values()).encode())}


class SignedStream(Stream):
    """``proof``: what its second event is; by default the right one."""

    def __init__(self, *events, proof="right", **more):
        super().__init__(*events, **more)
        self.proof = proof

    def answer(self, handler):
        hello = json.dumps(self.events[0][1])
        right = ("proof", sign(handler.request_body, handler.path, 200, hello.encode()))
        wrong = ("proof", sign(handler.request_body, handler.path, 200, hello.encode() + b" "))
        self.events = [(None, f"event: hello\ndata: {hello}\n\n".encode()), *{"right": [right], "wrong": [wrong], "none": []}[self.proof], *self.events[1:]]
        super().answer(handler)


class AnHourAhead:
    def time(self):
        return time.time() + 3600

    def __getattr__(self, name):
        return getattr(time, name)


class AnswerTests(ClientTests):
    def signing(self, **answers):
        return self.serve(**{"main": Signed(granted()), "heartbeat": Signed(granted()), "release": Signed({"status": "success"}), **answers})

    def client(self, url, **more):
        return super().client(url, **{"keys": [_signer().text], **more})

    def test_what_is_signed_rightly_is_believed_and_each_request_has_a_nonce_of_its_own(self):
        server = self.signing()
        client = self.held(server)
        until(lambda: len(server.of("heartbeat")) >= 2, "beats")
        self.assertTrue(client.release())
        nonces = [body["nonce"] for _, body, _ in server.requests]
        self.assertEqual(len(nonces), len(set(nonces)))
        for nonce in nonces:
            self.assertRegex(nonce, "^[A-Za-z0-9_-]{16,64}$")

    def test_a_login_that_is_not_signed_rightly_is_no_answer(self):
        """B24."""
        wrong = {"unsigned": Json(granted()), "another nonce": Signed(granted(), nonce="0" * 32), "another body": Signed(granted(), content="0" * 64),
                 "another path": Signed(granted(), place="/api/heartbeat"), "another device": Signed(granted(), device="0" * 16),
                 "another status": Signed(granted(), code="403"), "old": Signed(granted(), age=301), "of tomorrow": Signed(granted(), age=-301),
                 "another algorithm": Signed(granted(), alg="none"), "no time": Signed(granted(), drop=["t"]), "an unknown key": Signed(granted(), kid="0" * 16),
                 "another license": Signed(granted(), key="0" * 64), "a foreign key by our name": Signed(granted(), signer=foreign(), kid=_signer().kid)}
        at_once(list(wrong.items()), self.refuse)

    def refuse(self, case):
        client = self.client(self.signing(main=case[1]).url)
        self.assertFalse(client.login(patience=0.2), case[0])
        self.assertEqual(("not_signed", False), (client.reason.code, client.may_open()), case[0])

    def test_a_refusal_that_is_not_signed_is_none_and_one_that_is_ends_it(self):
        """B25."""
        server = self.signing(heartbeat=[Json(refused("license_expired"), 403), Signed(granted()), Signed(refused("license_expired"), 403)])
        client = self.held(server)
        until(lambda: len(server.of("heartbeat")) >= 2, "it goes on asking")
        until(lambda: client.over, "over")
        self.assertEqual((3, "license_expired"), (len(server.of("heartbeat")), client.reason.code))

    def test_an_unsigned_one_about_too_many_ends_nothing(self):
        """429 is never signed."""
        server = self.signing(heartbeat=[Json(refused("too_many_sessions"), 429), Signed(granted())])
        client = self.held(server)
        until(lambda: len(server.of("heartbeat")) >= 2, "it goes on asking")
        self.assertFalse(client.over)

    def test_the_system_before_is_not_believed(self):
        client = self.client(self.serve(main=Json({"license_valid": True})).url)
        self.assertFalse(client.login(patience=0.2))
        self.assertEqual("not_signed", client.reason.code)

    def test_a_clock_that_is_set_meanwhile_costs_nothing_and_a_wrong_one_is_told(self):
        server = self.signing()
        client = self.held(server)
        with mock.patch.object(quotrading_license, "time", AnHourAhead()):  # the client's alone
            acknowledged = client._fence.sent
            until(lambda: client._fence.sent > acknowledged, "it is answered, and believed")
            another = self.client(server.url, app="launcher")
            self.assertFalse(another.login(patience=0.2))
        self.assertIn("by the clock of this computer (60 minutes earlier)", another.message)

    def test_a_stream_is_not_believed_before_its_proof(self):
        """B26."""
        at_once(("wrong", "none"), self.lie)

    def lie(self, proof):
        stream = SignedStream(("logged_out", {"reason": "forced_logout", "message": "Out."}), proof=proof, interval=60, timeout=180)
        server = self.signing(main=Signed(granted(60, 180)), heartbeat=Signed(granted(60, 180)), stream=[stream, Json(refused("not_found"), 404)])
        client = self.held(server)
        until(lambda: len(server.of("stream")) >= 2, "it asks anew")
        self.assertEqual((False, None), (client.over, client._run.stream))

    def test_a_stream_that_proves_itself_is_heard(self):
        server = self.signing(main=Signed(granted(60, 180)), stream=SignedStream(("logged_out", {"reason": "forced_logout", "message": "Out."})))
        client = self.client(server.url)
        client.login()
        until(lambda: client.over, "over")
        self.assertEqual("forced_logout", client.reason.code)

    def test_a_fake_portal_that_signs(self):
        with FakePortal(signed=True) as portal, LicenseSession(portal.url, portal.key, keys=portal.keys, fingerprint=DEVICE) as client:
            self.assertTrue(client.login(), client.reason)
            until(lambda: client._run.stream is not None, "its stream is believed")
            self.assertEqual(State.HELD, client.state)


_foreign = []


def foreign():
    if not _foreign:
        _foreign.append(_Signer())
    return _foreign[0]


class KeyTests(unittest.TestCase):
    def test_only_what_the_portal_shows_is_a_key(self):
        kid, _, key = _signer().text.partition(":")
        der = base64.b64decode(key)
        n = _signer().n
        for name, wrong in {"no name": key, "another name": f"{'0' * 16}:{key}", "longer": text(der + b"\0"), "shorter": text(der[:-1]), "empty": text(b""),
                            "a small one": text(spki(n >> 1024 | 1, 65537)), "an even exponent": text(spki(n, 65538)), "exponent 3": text(spki(n, 3)),
                            "a long form": text(der[:1] + b"\x83\x00" + der[2:]), "no text": 7}.items():
            with self.subTest(name):
                self.assertRaises(ValueError, LicenseSession, "https://portal.example.com", KEY, keys=[wrong], fingerprint=DEVICE)
        for wrong in ([], _signer().text):
            self.assertRaises(ValueError, LicenseSession, "https://portal.example.com", KEY, keys=wrong, fingerprint=DEVICE)
        self.assertEqual((n, 65537), quotrading_license._rsa_key(der))
        self.assertEqual(kid, hashlib.sha256(der).hexdigest()[:16])

    def test_a_block_with_anything_more_in_it_is_none(self):
        """What let forgers in elsewhere: a digest at another place, and what follows it."""
        signer, trust = _signer(), quotrading_license._Trust([_signer().text])
        key = trust._keys[signer.kid]
        digest = quotrading_license._Trust._PREFIX[-20:] + hashlib.sha256(b"x").digest()
        for name, block in {"right": b"\x00\x01" + b"\xff" * 202 + digest, "short": b"\x00\x01" + b"\xff" * 8 + digest + b"\x00" * 194,
                            "of type 2": b"\x00\x02" + b"\xff" * 202 + digest}.items():
            signature = base64.b64encode(pow(int.from_bytes(block, "big"), signer._d, signer.n).to_bytes(256, "big")).decode()
            with self.subTest(name):
                self.assertEqual(name == "right", trust._is_signed(key, signature, b"x"))
        right = int.from_bytes(base64.b64decode(signer.sign(b"x")), "big")
        for number in (0, 1, signer.n - 1, right + signer.n):
            raw = number.to_bytes(257 if number.bit_length() > 2048 else 256, "big")
            self.assertFalse(trust._is_signed(key, base64.b64encode(raw).decode(), b"x"))
        self.assertFalse(trust._is_signed(key, "no base64", b"x"))

    def test_it_takes_less_than_two_milliseconds(self):
        signer, trust = _signer(), quotrading_license._Trust([_signer().text])
        signature, times = signer.sign(b"x" * 300), []
        for _ in range(50):
            began = time.thread_time()
            self.assertTrue(trust._is_signed(trust._keys[signer.kid], signature, b"x" * 300))
            times.append(time.thread_time() - began)
        self.assertLess(sorted(times)[25], 0.002)


def spki(n, e):
    key = _der(0x30, _der_integer(n) + _der_integer(e))
    return _der(0x30, _der(0x30, bytes.fromhex("06092a864886f70d0101010500")) + _der(3, b"\x00" + key))


def text(der):
    return f"{hashlib.sha256(der).hexdigest()[:16]}:{base64.b64encode(der).decode()}"
