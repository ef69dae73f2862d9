"""How a program leaves its session."""

import signal
import time

from scripted import Held, Json, Yes, refusal
from suite import SLACK, Case, until

LIMIT = 3 + SLACK


class LeavingTests(Case):
    def held_here(self, **more):
        self.server = self.serve(**more)
        self.driver = self.held(self.server)
        return self.driver

    def releases(self):
        return self.until_heard(self.server, "release")

    def test_release_says_yes_and_nothing_is_sent_after_it(self):
        """B20: with the session's id; the state is lost, over, released."""
        answer = self.held_here().ask("release")
        self.assertTrue(answer["ok"])
        seen = self.driver.look()
        self.assertEqual((False, True, "released"), (seen["may_open"], seen["over"], seen["reason"]["code"]))
        self.assertEqual([self.server.session_id], [request.body.get("session_id") for request in self.releases()])
        self.nothing_more(self.server)

    def test_a_session_that_the_server_had_ended_already_is_released(self):
        """B20: "No active session found" is a yes."""
        self.held_here(release=Json({"status": "info", "message": "No active session found for this device"}))
        self.assertTrue(self.driver.ask("release")["ok"])

    def test_release_after_a_forced_logout_is_a_yes(self):
        """B20: this program has no part in it any more, and the reason stays."""
        self.held_here().look()
        self.server.streams[0].log_out("forced_logout")
        self.until_over(self.driver, "forced_logout")
        self.assertTrue(self.driver.ask("release")["ok"])
        self.assertEqual("forced_logout", self.driver.look()["reason"]["code"])

    def test_a_release_without_an_answer_takes_three_seconds_at_most(self):
        """B20: and says no."""
        answer, took = self.held_here(release=Held()).timed("release")
        self.assertFalse(answer["ok"])
        self.assertLess(took, LIMIT)

    def test_a_heartbeat_without_an_answer_does_not_hold_it_up(self):
        """B20: one is under way."""
        self.held_here(heartbeat=Held())
        self.until_heard(self.server, "heartbeat")
        answer, took = self.driver.timed("release")
        self.assertTrue(answer["ok"])
        self.assertLess(took, LIMIT)

    def test_where_another_object_of_the_process_goes_on_nothing_is_released(self):
        """B20: under the same app; the answer is no, and the other one keeps it."""
        self.held_here()
        self.create(self.driver, self.server.url, name="b")
        self.assertTrue(self.driver.ask("login", name="b")["ok"])
        self.assertFalse(self.driver.ask("release")["ok"])
        self.assertTrue(self.driver.look(name="b")["may_open"])
        self.assertEqual([], self.server.of("release"))
        self.assertTrue(self.driver.ask("release", name="b")["ok"])
        self.assertEqual(1, len(self.releases()))

    def test_an_object_under_another_app_is_released_for_itself(self):
        """B20: each app leaves for itself."""
        self.held_here()
        self.create(self.driver, self.server.url, name="b", app="launcher")
        self.assertTrue(self.driver.ask("login", name="b")["ok"])
        self.assertTrue(self.driver.ask("release", name="b")["ok"])
        self.assertEqual(["launcher"], [request.body["app"] for request in self.releases()])
        self.assertTrue(self.driver.look()["may_open"])

    def test_a_hand_over_says_so(self):
        """B21: a release with ``handover``, and nothing after it."""
        self.assertTrue(self.held_here().ask("hand_over")["ok"])
        self.assertEqual([True], [request.body.get("handover") for request in self.releases()])
        seen = self.driver.look()
        self.assertEqual((False, True, "handed_over"), (seen["may_open"], seen["over"], seen["reason"]["code"]))
        self.nothing_more(self.server)

    def test_a_release_is_no_hand_over(self):
        """B20, B21: without ``handover``."""
        self.held_here().ask("release")
        self.assertNotIn("handover", self.releases()[0].body)

    def test_disposing_releases(self):
        """B22: once."""
        self.assertTrue(self.held_here().ask("dispose")["ok"])
        self.assertEqual(1, len(self.releases()))
        self.nothing_more(self.server)

    def test_disposing_never_waits_longer_than_three_seconds(self):
        """B22: the server answers nothing any more."""
        self.held_here(release=Held())
        self.server.answers["heartbeat"] = Held()
        _, took = self.driver.timed("dispose")
        self.assertLess(took, LIMIT)

    def ends_by(self, end):
        self.held_here()
        began = time.monotonic()
        end(self.driver)
        self.driver.ended()
        self.assertLess(time.monotonic() - began, LIMIT + SLACK)
        self.assertEqual([self.server.session_id], [request.body.get("session_id") for request in self.releases()])

    def test_the_end_of_the_program_releases(self):
        """B22: it just ends, with its session as it is."""
        self.ends_by(lambda driver: driver.ask("quit"))

    def test_sigterm_releases(self):
        """B22: as a service is stopped."""
        self.ends_by(lambda driver: driver.signal(signal.SIGTERM))

    def test_ctrl_c_releases(self):
        """B22: SIGINT."""
        self.ends_by(lambda driver: driver.signal(signal.SIGINT))

    def test_a_program_that_ends_waits_three_seconds_at_most(self):
        """B22: the server answers nothing any more."""
        self.held_here(release=Held())
        began = time.monotonic()
        self.driver.ask("quit")
        self.driver.ended()
        self.assertLess(time.monotonic() - began, LIMIT + SLACK)

    def test_a_program_that_was_refused_ends_without_a_word(self):
        """B22, B10: it has nothing to release."""
        self.held_here()
        self.server.answers["heartbeat"] = refusal("kept_out")
        self.until_over(self.driver, "kept_out")
        self.driver.ask("quit")
        self.driver.ended()
        self.assertEqual([], self.server.of("release"))

    def test_a_login_after_a_release_begins_anew(self):
        """B1, B20: the same object."""
        self.held_here().ask("release")
        self.assertTrue(self.driver.ask("login")["ok"])
        until(lambda: len(self.server.streams) > 1, "a stream is opened")
        self.assertTrue(self.driver.look()["may_open"])


class TokenTests(Case):
    """The server gives each app a token, and another one now and then."""

    def test_each_message_carries_the_last_token(self):
        """B19: heartbeats, stream and release."""
        self.secrets += ["token-one-0123456789", "token-two-0123456789"]
        one, two = self.secrets[1:]
        server = self.serve(login=Yes(session_token=one), heartbeat=[Yes(), Yes(session_token=two), Yes()])
        driver = self.held(server)
        self.until_heard(server, "heartbeat", 3)
        driver.ask("release")
        self.assertEqual([one, one, two, two], [request.body.get("session_token") for request in server.of("heartbeat")[:4]])
        self.assertEqual([one, two], [server.of(name)[0].body.get("session_token") for name in ("stream", "release")])

    def test_a_login_that_is_required_brings_a_new_one(self):
        """B19, B12: the old one is not used again."""
        server = self.serve(login=[Yes(session_token="token-one-0123456789"), Yes(session_token="token-new-0123456789")],
                            heartbeat=[refusal("login_required"), Yes()])
        self.held(server)
        self.until_heard(server, "heartbeat", 2)
        self.assertEqual(["token-one-0123456789", "token-new-0123456789"], [request.body.get("session_token") for request in server.of("heartbeat")[:2]])

    def test_without_a_token_none_is_sent(self):
        """B19: an older portal gives none."""
        server = self.serve()
        self.held(server)
        self.until_heard(server, "heartbeat")
        self.assertEqual([], [request.name for request in server.requests if "session_token" in request.body])
