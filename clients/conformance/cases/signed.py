"""Answers that nobody else can make up."""

import time

import signing
from scripted import Json, Yes, busy, refusal
from signing import WRONGLY, foreign_key, named_key, our_key, rightly
from suite import Case, until

CALM = {"interval": 60, "timeout": 180, "grace": 30, "keepalive": 1}


def only(*names):
    """Signs the answers of some requests alone."""
    return lambda request, status, raw: rightly(request, status, raw) if request.name in names else None


class SignedTests(Case):
    def signed(self, timing=None, sign=rightly, **more):
        self.server = self.serve(timing, sign=sign, **more)
        self.driver = self.held(self.server, streaming=False, keys=[named_key("of the next year").text, our_key().text])
        return self.driver

    def test_a_signed_session_goes_on(self):
        """B24, B26: login, heartbeats and stream; each request has a nonce of its own, and one of two keys is right."""
        driver = self.signed({"timeout": 4})
        until(lambda: self.server.streams, "the stream is opened")
        self.keeps(driver, 6)
        nonces = [request.body["nonce"] for request in self.server.requests if request.name != "release"]
        self.assertEqual(len(nonces), len(set(nonces)))
        for nonce in nonces:
            self.assertRegex(nonce, "^[A-Za-z0-9_-]{16,64}$")

    def test_a_login_that_is_signed_wrongly_is_no_answer(self):
        """B24: in each way; over with ``not_signed`` when the patience ends."""
        driver, asked = self.process(), {}
        foreign_key()  # making one takes longer than the patience below
        for name, sign in WRONGLY.items():
            self.create(driver, self.serve(sign=sign).url, name=name, app=name, keys=[our_key().text])
            asked[name] = driver.send("login", name=name, patience=5)
        for name, number in asked.items():
            with self.subTest(name):
                answer = driver.answer(number)
                self.assertEqual((False, "not_signed"), (answer["ok"], (answer.get("reason") or {}).get("code")))
                self.assertFalse(driver.look(name=name)["may_open"])

    def test_a_made_up_server_of_twelve_lines_is_not_believed(self):
        """B24: a yes to every key."""
        driver = self.made(self.serve().url, keys=[our_key().text])
        self.assertEqual("not_signed", driver.ask("login", patience=5)["reason"]["code"])

    def test_a_login_is_asked_for_again_until_it_is_signed(self):
        """B24: one wrong answer costs nothing."""
        server, signs = self.serve(), [WRONGLY["another nonce"], rightly]
        server.sign = lambda *of: (signs.pop(0) if len(signs) > 1 else signs[0])(*of)
        self.assertTrue(self.made(server.url, keys=[our_key().text]).ask("login")["ok"])

    def test_a_429_is_never_signed_and_ends_nothing(self):
        """B25: also one that says that there are too many devices."""
        driver = self.signed({"timeout": 20}, stream=refusal("not_found", 404))
        before = len(self.until_heard(self.server, "heartbeat"))
        self.server.answers["heartbeat"] = [refusal("too_many_devices", 429), refusal("too_many_sessions", 429), Yes()]
        self.until_heard(self.server, "heartbeat", before + 3)
        seen = driver.look()
        self.assertEqual((True, False), (seen["may_open"], seen["over"]))

    def heartbeats_signed(self, sign):
        driver = self.signed({"timeout": 6}, stream=refusal("not_found", 404))
        self.until_heard(self.server, "heartbeat")
        changed = time.monotonic()
        self.server.sign = sign
        last, seen = self.last_yes(driver)
        self.assertLess(last, max(request.at for request in self.server.requests if request.at < changed) + 6)
        self.assertFalse(seen["over"])
        self.server.sign = rightly
        self.until_state(driver, "renewed")

    def test_heartbeats_that_are_not_signed_are_not_answered(self):
        """B24, B8: it ends before the timeout, and the next right answer renews it."""
        self.heartbeats_signed(signing.unsigned)

    def test_a_replayed_answer_is_none(self):
        """B24: rightly signed, for another request."""
        replayed = signing.replaying()
        driver = self.signed({"timeout": 6}, sign=replayed, stream=refusal("not_found", 404))
        last, _ = self.last_yes(driver)
        self.assertLess(last, self.server.of("login")[0].at + 6)

    def test_answers_that_grow_old_are_none(self):
        """B24: six minutes."""
        self.heartbeats_signed(WRONGLY["six minutes old"])

    def test_a_refusal_that_is_not_signed_is_none(self):
        """B25: a login goes on asking until its patience ends, and a session goes on."""
        server = self.serve(sign=signing.unsigned, login=refusal("license_expired"))
        driver = self.made(server.url, keys=[our_key().text])
        self.assertEqual("not_signed", driver.ask("login", patience=5)["reason"]["code"])
        self.assertGreater(len(server.of("login")), 1)

    def test_a_session_outlives_a_made_up_refusal(self):
        """B25: 403 and 401; a signed one ends it."""
        driver = self.signed({"timeout": 30}, sign=only("login", "stream"), heartbeat=refusal("forced_logout"))
        self.until_heard(self.server, "heartbeat", 2)
        self.server.answers["heartbeat"] = refusal("unknown_key", 401)
        self.until_heard(self.server, "heartbeat", len(self.server.of("heartbeat")) + 1)
        self.assertFalse(driver.look()["over"])
        self.server.sign = rightly
        self.until_over(driver, "unknown_key")

    def test_a_refused_login_that_is_signed_is_final(self):
        """B25, B2: at once."""
        driver = self.made(self.serve(sign=rightly, login=refusal("license_expired", 401)).url, keys=[our_key().text])
        self.assertEqual("license_expired", driver.ask("login")["reason"]["code"])

    def unproven(self, sign):
        driver = self.signed(CALM, sign=sign)
        until(lambda: self.server.streams, "a stream is opened")
        self.server.streams[0].log_out("forced_logout")
        self.server.streams[0].say("settings", heartbeat_interval_seconds=1, session_timeout_seconds=3600)
        until(lambda: self.server.streams[0].ended_at, "it has ended")
        time.sleep(1)
        seen = driver.look()
        self.assertEqual((False, 180), (seen["over"], seen["settings"]["session_timeout"]))

    def test_a_stream_without_a_proof_is_not_believed(self):
        """B26: neither its forced logout nor its settings."""
        self.unproven(only("login", "heartbeat"))

    def test_nor_is_one_with_a_foreign_proof(self):
        """B26: another key's."""
        self.unproven(lambda request, *of: (WRONGLY["a foreign key"] if request.name == "stream" else rightly)(request, *of))

    def test_nor_is_its_hello(self):
        """B26: a session that is not confirmed by a proof ends with its timeout, whatever the stream says."""
        driver = self.signed({"timeout": 5, "interval": 60}, sign=only("login"))
        last, _ = self.last_yes(driver)
        self.assertLess(last, self.server.of("login")[0].at + 5)

    def test_a_proven_stream_ends_it_at_once(self):
        """B26, B14: with its reason."""
        driver = self.signed(CALM)
        until(lambda: self.server.streams, "a stream is opened")
        self.server.streams[0].log_out("seats_reduced")
        self.until_over(driver, "seats_reduced")

    def test_a_busy_server_need_not_sign(self):
        """B26, B9: 429 and 503 with their Retry-After, at a login."""
        server = self.serve(sign=rightly, login=[busy(2), busy(2, 429, "too_many_requests"), Yes()])
        self.assertTrue(self.made(server.url, keys=[our_key().text]).ask("login")["ok"])
        times = [request.at for request in server.of("login")]
        self.assertGreaterEqual(min(b - a for a, b in zip(times, times[1:])), 1.99)

    def test_a_key_that_is_none_is_refused(self):
        """B24: by ``new``, without a request."""
        driver, (kid, text) = self.process(), our_key().text.split(":")
        for wrong in ("", "nonsense", f"{'0' * 16}:{text}", f"{kid}:{text[:-20]}", f"{kid}:!!!!"):
            with self.subTest(wrong[:20]):
                self.assertFalse(driver.ask("new", server="http://127.0.0.1:9", key=self.key, keys=[wrong])["ok"])

    def test_without_keys_no_signature_is_needed(self):
        """B24: a wrong one is not even read."""
        driver = self.made(self.serve(sign=WRONGLY["a foreign key"]).url)
        self.assertTrue(driver.ask("login")["ok"])

    def test_somebody_elses_page_is_still_no_portal(self):
        """B4, B24: or not signed; a yes in no case."""
        driver = self.made(self.serve(sign=rightly, login=Json(b"<html></html>")).url, keys=[our_key().text])
        self.assertIn(driver.ask("login", patience=5)["reason"]["code"], ("no_portal", "not_signed"))
