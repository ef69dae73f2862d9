"""How a license is asked for, and begun with."""

import socket

from scripted import Held, Json, Lost, Yes, busy, conflict, page, refusal
from suite import SLACK, Case, until


class LoginTests(Case):
    def setUp(self):
        super().setUp()
        self.driver = self.process()

    def login(self, server, patience=20):
        """Of a new object, in the same process."""
        self.create(self.driver, server.url)
        return self.driver.timed("login", patience=patience)

    def refused(self, server, code, patience=20):
        answer, took = self.login(server, patience)
        self.assertEqual((False, code), (answer["ok"], answer["reason"]["code"]))
        self.assertTrue(self.driver.look()["over"])
        return answer["reason"], took

    def test_a_yes_begins_heartbeats_and_the_stream(self):
        """B1, B7: held, and both begin by themselves."""
        server = self.serve()
        driver = self.held(server)
        self.until_heard(server, "heartbeat", 1)
        seen = driver.look()
        self.assertEqual(("held", True, False, server.session_id), (seen["state"], seen["may_open"], seen["over"], seen["session_id"]))
        self.assertEqual(["held"], until(lambda: driver.states(), "told"))

    def test_every_request_says_who_asks(self):
        """B1, B36: key, fingerprint and app in each, and the client with its version in User-Agent; the login has the installation."""
        server = self.serve()
        driver = self.held(server, app="launcher")
        self.until_heard(server, "heartbeat")
        driver.ask("release")
        self.assertEqual({"login", "heartbeat", "stream", "release"}, {request.name for request in server.requests})
        for request in server.requests:
            self.assertEqual((self.key, "launcher"), (request.body["license_key"], request.body["app"]), request.name)
            self.assertRegex(request.headers["user-agent"], r"(?i)quotrading.*/\d+\.\d+", request.name)
        self.assertEqual(1, len({request.body["device_fingerprint"] for request in server.requests}))
        self.assertRegex(server.of("login")[0].body["install"], "^[0-9a-f]{64}$")

    def test_a_refusal_is_final(self):
        """B2: over with the server's code and message, and nothing more is sent."""
        for status, code in ((403, "kept_out"), (403, "license_expired"), (401, "license_suspended"), (403, "license_cancelled"), (401, "unknown_key")):
            with self.subTest(code):
                server = self.serve(login=refusal(code, status))
                reason, _ = self.refused(server, code)
                self.assertEqual(f"Refused: {code}.", reason["message"])
                self.assertEqual(1, len(server.requests))
        self.nothing_more(server)

    def test_a_conflict_says_who_has_it_and_for_how_long(self):
        """B2: with the active device and the seconds to wait."""
        reason, _ = self.refused(self.serve(login=conflict()), "session_conflict")
        self.assertEqual(("3f9a1c0d...", 88), (reason["active_device"], reason["wait_seconds"]))

    def test_too_many_devices_is_final(self):
        """B2, B10: 429 with a code that waiting does not help."""
        server = self.serve(login=refusal("too_many_devices", 429))
        self.refused(server, "too_many_devices")
        self.assertEqual(1, len(server.of("login")))

    def test_it_waits_as_the_server_says(self):
        """B3: after 503 and 429 it asks again, not before Retry-After."""
        server = self.serve(login=[busy(2), busy(2, 429, "too_many_requests"), Yes()])
        answer, _ = self.login(server)
        self.assertTrue(answer["ok"])
        times = [request.at for request in server.of("login")]
        self.assertGreaterEqual(min(b - a for a, b in zip(times, times[1:])), 1.99)
        self.assertEqual(3, len(times))

    def test_its_patience_ends(self):
        """B3: then it is over with ``unreachable``; the Retry-After of a request too many does not prolong it."""
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            self.create(self.driver, f"http://127.0.0.1:{nobody.getsockname()[1]}")
            answer, took = self.driver.timed("login", patience=2)
        self.assertEqual((False, "unreachable"), (answer["ok"], answer["reason"]["code"]))
        self.assertLess(took, 2 + SLACK)
        _, took = self.refused(self.serve(login=busy(600)), "unreachable", patience=2)
        self.assertLess(took, 2 + SLACK)

    def test_a_server_that_is_silent_is_unreachable(self):
        """B3: no answer at all."""
        server = self.serve(login=Held())
        _, took = self.refused(server, "unreachable", patience=3)
        self.assertLess(took, 3 + SLACK)

    def test_somebody_elses_answer_is_no_portal(self):
        """B4: over at once, and no redirect is followed."""
        away = page(302).with_header("Location", "/welcome")
        for other in (page(200), page(404), page(403), away, Json({"ok": True}), Json([1])):
            with self.subTest(other.status):
                server = self.serve(login=other)
                self.refused(server, "no_portal")
                self.assertEqual(["login"], [request.name for request in server.requests])

    def test_a_lost_answer_is_asked_for_again(self):
        """B5: the same session."""
        server = self.serve(login=[Lost(), Lost(), Yes()])
        answer, _ = self.login(server)
        self.assertEqual((True, server.session_id), (answer["ok"], answer["session_id"]))
        self.assertEqual(3, len(server.of("login")))

    def test_an_answer_that_breaks_off_is_none(self):
        """B5: half a yes is asked for again."""
        server = self.serve()
        server.answers["login"] = [Json(b'{"status":"success","license_valid":true,"session_id":'), Lost(), Yes()]
        answer, _ = self.login(server)
        self.assertIn((answer["ok"], (answer.get("reason") or {}).get("code")), [(True, None), (False, "no_portal")])

    def test_release_ends_a_login_that_is_under_way(self):
        """B6: the login says no, and what the server may have given is released."""
        late = Held(Yes())
        server = self.serve(login=late)
        driver = self.made(server.url)
        login = driver.send("login", patience=20)
        self.until_heard(server, "login")
        driver.ask("release")
        late.free.set()
        self.assertFalse(driver.answer(login)["ok"])
        self.until_heard(server, "release")
        self.assertEqual((True, False), (driver.look()["over"], driver.look()["may_open"]))
        self.nothing_more(server)
