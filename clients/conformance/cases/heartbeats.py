"""What becomes of a session whose heartbeats are answered, refused, or not answered."""

import time
import uuid

from scripted import Held, Lost, Trickle, Yes, busy, conflict, page, refusal
from suite import SLACK, Case, until

SHORT = {"timeout": 6}
NO_STREAM = page(404)


class HeartbeatTests(Case):
    def gaps(self, server, more_than):
        times = [request.at for request in self.until_heard(server, "heartbeat", more_than)]
        return [b - a for a, b in zip(times, times[1:])]

    def test_they_come_at_the_interval_give_or_take_a_tenth(self):
        """B7: as the login said."""
        gaps = self.gaps(self.begun({"interval": 2}), 5)
        self.assertGreater(min(gaps), 1.8 - 0.3)
        self.assertTrue(1.75 <= sum(gaps) / len(gaps) <= 2.2 + SLACK / 5, gaps)

    def begun(self, timing=None, **more):
        server = self.serve(timing, **{"stream": NO_STREAM, **more})
        self.driver = self.held(server, streaming=False)
        return server

    def test_each_answer_may_change_interval_and_timeout(self):
        """B7: the next heartbeat is due by the last answer."""
        server = self.begun({"interval": 1, "timeout": 20})
        self.until_heard(server, "heartbeat")
        server.timing.update(interval=3, timeout=40)
        until(lambda: self.driver.look()["settings"]["heartbeat_interval"] == 3, "it knows the interval")
        self.assertEqual(40, self.driver.look()["settings"]["session_timeout"])
        before = len(server.of("heartbeat"))
        self.assertGreater(self.gaps(server, before + 1)[-1], 2.5)

    def test_the_stream_tells_settings_at_once(self):
        """B7: interval, timeout and grace, long before the next heartbeat."""
        server = self.serve({"interval": 60, "timeout": 180})
        driver = self.held(server)
        server.timing.update(interval=7, timeout=77, grace=9)
        server.streams[0].say("settings", heartbeat_interval_seconds=7, session_timeout_seconds=77, disconnect_grace_seconds=9)
        seen = until(lambda: (found := driver.look()["settings"])["heartbeat_interval"] == 7 and found, "it knows them")
        self.assertEqual((77, 9), (seen["session_timeout"], seen["disconnect_grace"]))

    def test_no_timeout_above_an_hour_is_believed(self):
        """B7: 3600 s is the most."""
        self.begun({"timeout": 7200})
        self.assertLessEqual(self.driver.look()["settings"]["session_timeout"], 3600)

    def unanswered(self, how):
        server = self.begun(SHORT)
        self.until_heard(server, "heartbeat", 1)
        server.answers["heartbeat"] = how
        answered = time.monotonic()  # the last that was answered came before this
        last, _ = self.last_yes(self.driver)
        self.assertLess(last, max(r.at for r in server.of("heartbeat") if r.at < answered) + SHORT["timeout"], "another device may be in")
        seen = self.until_lost(self.driver)
        self.assertEqual((False, "no_answer"), (seen["over"], seen["reason"]["code"]))
        server.answers["heartbeat"] = Yes()
        if isinstance(how, Held):
            how.free.set()
        self.assertTrue(self.until_state(self.driver, "renewed")["may_open"])
        until(lambda: self.driver.states()[-3:] == ["unknown", "lost", "renewed"], "told")

    def test_without_answers_it_ends_before_the_timeout(self):
        """B8: unknown, then lost before another device can be let in, and renewed with the next answer."""
        self.unanswered(Lost())

    def test_a_server_that_keeps_its_answers_changes_nothing_of_that(self):
        """B8: the connection stands, and nothing comes."""
        self.unanswered(Held())

    def test_nor_does_one_that_trickles(self):
        """B8: a byte now and then is no answer."""
        self.unanswered(Trickle())

    def test_while_it_is_unknown_it_may_still_open(self):
        """B8: missed heartbeats alone cost nothing."""
        server = self.begun({"timeout": 12})
        server.answers["heartbeat"] = Lost()
        seen = self.until_state(self.driver, "unknown")
        self.assertEqual((True, False), (seen["may_open"], seen["over"]))

    def busy(self, answer):
        server = self.begun({"timeout": 20})
        before = len(self.until_heard(server, "heartbeat"))
        server.answers["heartbeat"] = [answer, Yes()]
        times = [request.at for request in self.until_heard(server, "heartbeat", before + 1)]
        self.assertGreaterEqual(times[before + 1] - times[before], 2.99)
        seen = self.driver.look()
        self.assertEqual((True, False), (seen["may_open"], seen["over"]))

    def test_a_server_that_is_unavailable_is_asked_again(self):
        """B9: 503, after Retry-After."""
        self.busy(busy(3))

    def test_too_many_requests_are_no_refusal(self):
        """B9: 429, after Retry-After."""
        self.busy(busy(3, 429, "too_many_requests"))

    def test_whatever_it_asks_for_it_is_asked_again_before_the_session_is_over(self):
        """B9: an hour, as a proxy may say."""
        server = self.begun({"timeout": 12})
        server.answers["heartbeat"] = [busy(3600), busy(3600), Yes()]
        before = len(self.until_heard(server, "heartbeat"))
        self.until_heard(server, "heartbeat", before + 2)
        self.until_state(self.driver, "held", "renewed")

    def test_a_broken_server_is_no_refusal(self):
        """B9: 500 and 502, with somebody's page."""
        server = self.begun({"timeout": 20})
        server.answers["heartbeat"] = [page(500), page(502), Yes()]
        self.until_heard(server, "heartbeat", 3)
        self.assertFalse(self.driver.look()["over"])

    def test_a_refusal_ends_it_with_its_code(self):
        """B10: each code, and nothing is sent after it."""
        server, codes = self.begun(), []
        for status, code in ((403, "forced_logout"), (403, "kept_out"), (403, "license_expired"), (403, "license_suspended"), (401, "license_cancelled"),
                             (403, "unknown_key"), (429, "too_many_devices"), (429, "too_many_sessions")):
            with self.subTest(code):
                codes.append(code)
                server.answers["heartbeat"] = refusal(code, status)
                self.assertEqual(f"Refused: {code}.", self.until_over(self.driver, code)["reason"]["message"])
                until(lambda: [one["code"] for one in self.driver.told("lost")] == codes, "told")
                self.nothing_more(server, 1.5)
                server.answers["heartbeat"] = Yes()
                self.assertTrue(self.driver.ask("login")["ok"], "a person may log in again")

    def test_a_conflict_ends_it_and_says_who_has_it(self):
        """B10: the device and the wait."""
        server = self.begun()
        server.answers["heartbeat"] = conflict()
        reason = self.until_over(self.driver, "session_conflict")["reason"]
        self.assertEqual(("3f9a1c0d...", 88), (reason["active_device"], reason["wait_seconds"]))

    def test_somebody_elses_403_is_no_refusal(self):
        """B10: a hotel's page."""
        server = self.begun({"timeout": 20})
        before = len(server.of("heartbeat"))
        server.answers["heartbeat"] = [page(403), page(401), Yes()]
        self.until_heard(server, "heartbeat", before + 3)
        self.assertFalse(self.driver.look()["over"])

    def test_a_session_that_has_ended_is_asked_for_again(self):
        """B11: by one heartbeat without its id, and the new one is used."""
        server = self.begun()
        old, server.session_id = server.session_id, str(uuid.uuid4())
        server.answers["heartbeat"] = [refusal("session_ended"), Yes()]
        self.assertEqual((True, server.session_id), (lambda seen: (seen["may_open"], seen["session_id"]))(self.until_state(self.driver, "renewed")))
        self.until_heard(server, "heartbeat", len(server.of("heartbeat")))
        ids = [request.body.get("session_id") for request in server.of("heartbeat")]
        self.assertEqual([old, None, server.session_id], ids[ids.index(None) - 1:][:3])

    def test_and_if_that_is_refused_it_is_over(self):
        """B11: another device has it."""
        server = self.begun()
        server.answers["heartbeat"] = [refusal("session_ended"), conflict()]
        self.until_over(self.driver, "session_conflict")
        self.nothing_more(server)

    def test_while_it_is_asked_for_again_it_may_not_open(self):
        """B11: the session has ended, so another device may have it."""
        server = self.begun()
        late = Held(Yes())
        server.answers["heartbeat"] = [refusal("session_ended"), late]
        until(lambda: any("session_id" not in request.body for request in server.of("heartbeat")), "it asks for it again")
        seen = self.driver.look()
        self.assertEqual((False, False), (seen["may_open"], seen["over"]))
        late.free.set()
        self.until_state(self.driver, "renewed")

    def test_where_a_login_is_required_it_logs_in_once(self):
        """B12: and goes on."""
        server = self.begun()
        server.answers["heartbeat"] = [refusal("login_required"), Yes()]
        self.until_heard(server, "login", 1)
        self.assertTrue(self.until_state(self.driver, "renewed")["may_open"])
        self.assertEqual(2, len(server.of("login")))

    def test_a_login_that_is_required_and_refused_ends_it(self):
        """B12: over with the login's code."""
        server = self.begun()
        server.answers.update(heartbeat=refusal("login_required"), login=refusal("kept_out"))
        self.until_over(self.driver, "kept_out")
        self.nothing_more(server)
