"""What the client makes of a server that loses answers, refuses, stalls, and talks nonsense."""

import sys
import threading
import time
from unittest import mock

import quotrading_license
from quotrading_license import State
from tests.clients import ClientTests, at_once
from tests.fake_server import ID, Json, NoAnswer, Stream, Trickle, granted, refused
from tests.waiting import last_trade, until


class NetworkTests(ClientTests):
    # Heartbeats

    def test_it_beats_at_the_servers_interval_as_every_answer_says_and_names_its_session(self):
        server = self.serve(heartbeat=[Json(granted(interval=2, timeout=20))])
        self.held(server)
        until(lambda: len(server.of("heartbeat")) >= 3, "three beats", 20)
        first, second, third = server.times("heartbeat")[:3]
        self.assertGreater(min(second - first, third - second), 1.75)
        self.assertEqual({ID}, {body["session_id"] for body in server.of("heartbeat")})
        until(lambda: self.settings, "told")
        self.assertEqual([(2, 20, 5)], self.settings)

    def test_a_busy_server_is_left_alone_as_long_as_it_asks_and_the_license_is_kept(self):
        server = self.serve(main=Json(granted(interval=2, timeout=60)), heartbeat=Json(refused("unavailable"), 503, [("Retry-After", "2")]))
        client = self.held(server)
        until(lambda: len(server.of("heartbeat")) >= 3, "three beats", 20)
        first, second, third = server.times("heartbeat")[:3]
        self.assertGreater(min(second - first, third - second), 1.9)
        until(lambda: self.states, "told")
        self.assertEqual((State.HELD, [State.HELD]), (client.state, self.states))

    def test_without_answers_it_is_unknown_and_then_lost_before_the_server_lets_another_in(self):
        hotel, forbidden = Json(b"<html>Sign in to the hotel</html>"), Json(b"<h1>Forbidden</h1>", 403)
        at_once((NoAnswer(), Trickle(), hotel, forbidden, Json(b"[", 200), Json(b"", 500)), self.go_silent)

    def go_silent(self, answer):
        # Unknown for six seconds: so long this machine may stand still without its being left out.
        server = self.serve(main=Json(granted(interval=6, timeout=20)), heartbeat=answer)
        states, looks = [], []
        client = self.client(server.url, on_state=lambda state, reason: states.append(state))

        def may_trade():
            asked = time.perf_counter()
            answered = client.may_open()
            looks.append(time.perf_counter() - asked)
            return answered

        self.assertTrue(client.login())
        self.assertLess(last_trade(may_trade) - server.times("main")[0], 20.0, "the server's own timeout")
        self.assertLess(max(looks), 10.0, "it never blocks: what trickles takes 30 s")
        until(lambda: len(states) >= 3, "the states are told")
        self.assertEqual([State.HELD, State.UNKNOWN, State.LOST], states)
        self.assertEqual((False, "no_answer", []), (client.over, client.reason.code, self.lost), "it may come back")

    def test_when_the_server_answers_again_it_is_renewed(self):
        server = self.serve(main=Json(granted(interval=1, timeout=3)), heartbeat=NoAnswer())
        client = self.held(server)
        until(lambda: client.state is State.LOST, "lost")
        server.answers["heartbeat"] = Json(granted())
        until(lambda: client.state is State.RENEWED, "renewed")
        self.assertTrue(client.may_open())

    def test_an_answer_that_trickles_is_given_up(self):
        self.let_requests_time_out()
        server = self.serve(main=Json(granted(interval=1, timeout=60)), heartbeat=[Trickle(), Json(granted(interval=1, timeout=60))])
        self.held(server)
        until(lambda: len(server.of("heartbeat")) >= 2, "the next beat", 20)

    def test_a_slow_answer_counts_from_when_it_was_asked_for(self):
        server = self.serve(main=Json(granted(1, 5)), heartbeat=[Json(granted(1, 5), after=1.0), NoAnswer()])
        client = self.held(server)
        sent = until(lambda: server.times("heartbeat"), "a beat")[0]
        self.assertLess(last_trade(client.may_open) - sent, 5.0, "the server's own timeout")

    def test_refusals_end_it_for_good(self):
        at_once(("session_conflict", "forced_logout", "kept_out", "license_expired", "license_suspended", "unknown_key"), self.refuse)

    def refuse(self, code):
        lost, conflicts = [], []
        server = self.serve(heartbeat=Json(refused(code, active_device="3f9a1c0d...", estimated_wait_seconds=5), 403))
        client = self.held(server, on_lost=lost.append, on_conflict=lambda *what: conflicts.append(what))
        until(lambda: client.over, "over")
        self.assertEqual((code, False, State.LOST), (client.reason.code, client.may_open(), client.state))
        until(lambda: lost, "told")
        self.assertEqual([("3f9a1c0d...", 5.0)] if code == "session_conflict" else [], conflicts)
        asked = len(server.of("main") + server.of("heartbeat"))
        time.sleep(1.3)
        self.assertEqual(asked, len(server.of("main") + server.of("heartbeat")), "it never logs in again by itself")
        self.assertTrue(client.release(), "the server has done so")
        self.assertEqual([], server.of("release"), "it is not ours to release")
        server.answers["heartbeat"] = Json(granted())
        self.assertTrue(client.login(), "but a person may")
        self.assertEqual(State.RENEWED, client.state)

    def test_a_session_that_has_ended_is_asked_for_again_without_its_name(self):
        server = self.serve(heartbeat=[Json(refused("session_ended"), 403), Json({**granted(), "session_id": "another"})])
        client = self.held(server)
        until(lambda: client.session_id == "another", "resumed")
        named, nameless = server.of("heartbeat")[:2]
        self.assertEqual((ID, False), (named["session_id"], "session_id" in nameless))
        self.assertEqual((State.RENEWED, False), (client.state, client.over))
        until(lambda: self.states == [State.HELD, State.LOST, State.RENEWED], "told")

    def test_after_a_suspend_it_is_confirmed_before_it_is_relied_on(self):
        looked = threading.Event()
        server = self.serve(main=Json(granted(interval=60, timeout=3600)), heartbeat=Json(granted(interval=60, timeout=3600), when=looked))
        client = self.held(server)
        # What is under way when the clock jumps has taken too long, and its end would be asked about too.
        until(lambda: server.of("stream") and not client._portal._open, "there is no stream")
        real = quotrading_license._clock
        with mock.patch.object(quotrading_license, "_clock", lambda: real() + 600):
            self.assertEqual((False, State.LOST, "paused"), (client.may_open(), client.state, client.reason.code))
            looked.set()
            until(lambda: client.state is State.RENEWED, "confirmed again")
            self.assertEqual(1, len(server.of("heartbeat")))

    # Telemetry and callbacks

    def test_telemetry_goes_with_the_next_heartbeat_and_nonsense_is_left_out(self):
        server = self.serve()
        client = self.held(server, symbol="ES")
        circle = {}
        circle["circle"] = circle
        for nonsense in (circle, {"pnl": float("nan")}, {"much": "x" * 9000}, ["no", "object"], {("a", "tuple"): 1}):
            client.update(metadata=nonsense)
        client.update(status="dancing")
        mine = {"session_pnl": 125.5, "current_position": -1}
        client.update("idle", mine, "NQ")
        mine["session_pnl"] = 0
        count = len(server.of("heartbeat"))
        until(lambda: len(server.of("heartbeat")) > count + 1, "a beat")
        body = server.of("heartbeat")[-1]
        self.assertEqual(("idle", {"session_pnl": 125.5, "current_position": -1}, "NQ"), (body["status"], body["metadata"], body["symbol"]))

    def test_a_callback_that_fails_or_takes_its_time_disturbs_nothing(self):
        def fail(*_):
            raise RuntimeError("mine")
        server = self.serve(heartbeat=Json(refused("forced_logout"), 403))
        client = self.held(server, on_state=fail, on_lost=lambda reason: (time.sleep(0.5), self.lost.append(reason)))
        until(lambda: client.over, "over")
        until(lambda: self.lost, "told")
        self.assertIn("a callback failed", "\n".join(self.log.lines))

    def test_a_callback_that_exits_ends_nothing(self):
        server = self.serve(heartbeat=Json(refused("forced_logout"), 403))
        self.held(server, on_state=lambda *_: sys.exit(3))
        until(lambda: self.lost, "told")
        self.assertIn("a callback failed", "\n".join(self.log.lines))

    # The end

    def test_release_names_session_and_program_and_waits_for_nobody(self):
        answer = threading.Event()
        server = self.serve(heartbeat=Json(granted(), when=answer), release=Json({"status": "success"}, when=answer))
        client = self.held(server, app="launcher")
        until(lambda: server.of("heartbeat"), "a beat is on its way")
        with mock.patch.multiple(quotrading_license, _RELEASE_SECONDS=3.0, _ANSWER_SECONDS=0.5):
            began = time.monotonic()
            self.assertFalse(client.release())
            self.assertLess(time.monotonic() - began, 20.0, "each of the two would be waited for for 30 s")
            body = until(lambda: server.of("release"), "released", 20)[0]
        answer.set()
        self.assertEqual(("launcher", ID, False), (body["app"], body["session_id"], "handover" in body))
        self.assertEqual(("released", False, []), (client.reason.code, client.may_open(), self.lost))

    def test_hand_over_says_so_and_nothing_comes_after_it(self):
        server = self.serve(stream=Stream())
        client = self.held(server, app="launcher")
        until(lambda: client._run.stream is not None, "open")
        self.assertTrue(client.hand_over())
        self.assertIs(True, server.of("release")[0]["handover"])
        asked = len(server.requests)
        self.assertTrue(client.release(), "twice is harmless")
        time.sleep(1.3)
        self.assertEqual(asked, len(server.requests))
        self.assertEqual("handed_over", client.reason.code)

    def test_the_with_block_releases_also_when_the_trading_loop_fails(self):
        server = self.serve()
        with self.assertRaises(ZeroDivisionError):
            with self.client(server.url) as client:
                client.login()
                1 / 0
        self.assertEqual(1, len(server.of("release")))
