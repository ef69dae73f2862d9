"""What the client makes of a server that loses answers, refuses, stalls, and talks nonsense."""

import concurrent.futures
import logging
import os
import socket
import sys
import threading
import time
import unittest
from unittest import mock

import quotrading_license
from quotrading_license import LicenseSession, State
from tests.fake_server import ID, Cut, FakeServer, Json, Kept, NoAnswer, Stream, Trickle, granted, refused
from tests.waiting import until

KEY = "SECRE-TKEY0-SECRE-TKEY0-SECRE"


def at_once(cases, check):
    with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
        for done in [pool.submit(check, case) for case in cases]:
            done.result()


class Recorder(logging.Handler):
    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record):
        self.lines.append(self.format(record))


class NetworkTests(unittest.TestCase):
    def setUp(self):
        self.log = Recorder()
        logger = logging.getLogger("quotrading_license")
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        logger.addHandler(self.log)
        self.addCleanup(logger.removeHandler, self.log)
        self.states, self.lost, self.conflicts, self.settings = [], [], [], []

    def tearDown(self):
        self.assertNotIn(KEY, "\n".join(self.log.lines))

    def serve(self, **answers):
        server = FakeServer(**answers)
        self.addCleanup(server.close)
        return server

    def client(self, url, **more):
        options = {"fingerprint": "f" * 16, "on_state": lambda state, reason: self.states.append(state), "on_lost": self.lost.append,
                   "on_conflict": lambda *what: self.conflicts.append(what), "on_settings": self.settings.append, **more}
        made = LicenseSession(url, KEY, **options)
        self.addCleanup(made.release)
        return made

    def held(self, server, **more):
        made = self.client(server.url, **more)
        self.assertTrue(made.login(), made.reason)
        return made

    # Login

    def test_a_login_whose_answer_was_lost_is_repeated(self):
        server = self.serve(main=[NoAnswer(), Json(granted())])
        client = self.held(server)
        self.assertEqual((State.HELD, None, ID), (client.state, client.reason, client.session_id))
        first, second = server.of("main")
        self.assertEqual(first, second)
        self.assertEqual(("bot", "f" * 16, KEY), (first["app"], first["device_fingerprint"], first["license_key"]))

    def test_a_login_that_is_refused_says_why_and_nothing_runs(self):
        server = self.serve(main=Json(refused("session_conflict", session_conflict=True, active_device="3f9a1c0d...", estimated_wait_seconds=71), 403))
        client = self.client(server.url)
        before = threading.active_count()
        self.assertFalse(client.login())
        self.assertEqual(("session_conflict", "Refused: session_conflict", "3f9a1c0d...", 71.0), client.reason)
        self.assertEqual((True, False, State.LOST), (client.over, client.may_trade(), client.state))
        self.assertLessEqual(threading.active_count(), before + 1)
        self.assertEqual(1, len(server.of("main")))

    def test_a_server_that_is_away_is_asked_until_patience_ends(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            client = self.client(f"http://127.0.0.1:{unused.getsockname()[1]}")
            self.assertFalse(client.login(patience=1.0))
        self.assertEqual("unreachable", client.reason.code)

    def test_a_login_whose_answer_breaks_off_is_repeated(self):
        server = self.serve(main=[Cut(), Json(granted())])
        self.assertEqual(State.HELD, self.held(server).state)
        self.assertEqual(2, len(server.of("main")))

    def test_a_login_whose_answer_trickles_ends_with_its_patience(self):
        client = self.client(self.serve(main=Trickle()).url)
        began = time.monotonic()
        self.assertFalse(client.login(patience=1.0))
        self.assertLess(time.monotonic() - began, 4.0)
        self.assertEqual("unreachable", client.reason.code)

    def test_numbers_and_nulls_that_no_portal_sends_are_survived(self):
        client = self.held(self.serve(main=Json({**granted(), "hours_until_expiration": 10 ** 400})))
        self.assertIsNone(client.hours_until_expiration)
        client = self.client(self.serve(main=Json(refused("session_conflict", active_device=None, estimated_wait_seconds="soon"), 403)).url)
        self.assertFalse(client.login())
        self.assertEqual(("", 0.0), client.reason[2:])

    def test_logins_by_several_threads_leave_nothing_behind(self):
        server = self.serve(main=Json(granted(), after=0.2))
        client = self.client(server.url)
        at_once(range(3), lambda _: self.assertTrue(client.login()))
        self.assertTrue(client.release())
        released = len(server.requests)
        time.sleep(1.5)
        self.assertEqual(released, len(server.requests), "nobody beats for what was released")

    def test_a_release_while_another_thread_logs_in_wins(self):
        for answer in (Json(granted(), after=0.5), NoAnswer()):
            server = self.serve(main=answer)
            client = self.client(server.url)
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                login = pool.submit(client.login, 5.0)
                until(lambda: server.of("main"), "it asks")
                client.release()
                self.assertFalse(login.result(5))
            self.assertEqual(("released", False, 1), (client.reason.code, client.may_trade(), len(server.of("release"))))

    def test_a_login_that_ctrl_c_ends_gives_back_what_the_server_may_have_given(self):
        server = self.serve(main=Json(granted(), after=1.0))
        client = self.client(server.url)
        with mock.patch.object(client._portal, "read", side_effect=[KeyboardInterrupt, mock.DEFAULT]):
            self.assertRaises(KeyboardInterrupt, client.login)
        self.assertEqual((1, KEY), (len(server.of("release")), server.of("release")[0]["license_key"]))

    def test_a_login_while_it_is_held_closes_the_stream_and_counts_that_as_its_end(self):
        server = self.serve(main=[Json(granted(60, 180)), NoAnswer()], stream=Stream(interval=60, timeout=180, grace=2))
        client = self.held(server)
        until(lambda: client._run.stream is not None, "open")
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            again, began = pool.submit(client.login, 3.0), time.monotonic()
            until(lambda: not client.may_trade(), "it stops", 2.5)
            self.assertLess(time.monotonic() - began, 2.0, "the grace")
            self.assertFalse(again.result(10))

    def test_what_is_no_portal_is_told_so(self):
        for answer in (Json(b"<html>Sign in to the hotel</html>"), Json(b"", 301, [("Location", "https://elsewhere")])):
            client = self.client(self.serve(main=answer).url)
            self.assertFalse(client.login())
            self.assertEqual("no_portal", client.reason.code)

    def test_a_key_never_travels_in_the_open_and_wrong_arguments_are_told_without_it(self):
        for server in ("http://portal.example.com", "portal.example.com", "https://"):
            with self.assertRaises(ValueError) as caught:
                LicenseSession(server, KEY)
            self.assertNotIn(KEY, str(caught.exception))
        self.assertNotIn(KEY, repr(LicenseSession("https://portal.example.com", KEY)))
        self.assertRaises(ValueError, LicenseSession, "https://portal.example.com", "  ")

    # Heartbeats

    def test_it_beats_at_the_servers_interval_as_every_answer_says_and_names_its_session(self):
        server = self.serve(heartbeat=[Json(granted(interval=2, timeout=20))])
        self.held(server)
        until(lambda: len(server.of("heartbeat")) == 3, "three beats", 8)
        first, second, third = server.times("heartbeat")
        self.assertLess(first - server.times("main")[0], 1.6)
        for gap in (second - first, third - second):
            self.assertTrue(1.75 < gap < 3.0, gap)
        self.assertEqual({ID}, {body["session_id"] for body in server.of("heartbeat")})
        self.assertEqual([(2, 20, 5)], self.settings)

    def test_a_busy_server_is_left_alone_as_long_as_it_asks_and_the_license_is_kept(self):
        server = self.serve(main=Json(granted(interval=2, timeout=60)), heartbeat=Json(refused("unavailable"), 503, [("Retry-After", "2")]))
        client = self.held(server)
        until(lambda: len(server.of("heartbeat")) == 3, "three beats", 10)
        first, second, third = server.times("heartbeat")
        self.assertGreater(min(second - first, third - second), 1.9)
        self.assertEqual((State.HELD, [State.HELD]), (client.state, self.states))

    def test_without_answers_it_is_unknown_and_then_lost_before_the_server_lets_another_in(self):
        at_once((NoAnswer(), Trickle(), Json(b"<html>Sign in to the hotel</html>"), Json(b"<h1>Forbidden</h1>", 403), Json(b"[", 200), Json(b"", 500)), self.go_silent)

    def go_silent(self, answer):
        server = self.serve(main=Json(granted(interval=1, timeout=4)), heartbeat=answer)
        states, slowest = [], 0.0
        client = self.client(server.url, on_state=lambda state, reason: states.append(state))
        began = time.monotonic()
        self.assertTrue(client.login())
        while client.may_trade():
            time.sleep(0.005)
            asked = time.perf_counter()
            client.may_trade()
            slowest = max(slowest, time.perf_counter() - asked)
        self.assertLess(time.monotonic() - began, 4.0, "the server's own timeout")
        self.assertLess(slowest, 0.5, "it never blocks")
        until(lambda: len(states) == 3, "the states are told")
        self.assertEqual([State.HELD, State.UNKNOWN, State.LOST], states)
        self.assertEqual((False, "no_answer", []), (client.over, client.reason.code, self.lost), "it may come back")

    def test_when_the_server_answers_again_it_is_renewed(self):
        server = self.serve(main=Json(granted(interval=1, timeout=3)), heartbeat=NoAnswer())
        client = self.held(server)
        until(lambda: client.state is State.LOST, "lost")
        server.answers["heartbeat"] = Json(granted())
        until(lambda: client.state is State.RENEWED, "renewed")
        self.assertTrue(client.may_trade())

    def test_an_answer_that_trickles_is_given_up(self):
        server = self.serve(main=Json(granted(interval=1, timeout=60)), heartbeat=[Trickle(), Json(granted(interval=1, timeout=60))])
        self.held(server)
        until(lambda: len(server.of("heartbeat")) == 2, "the next beat", 6)

    def test_a_slow_answer_counts_from_when_it_was_asked_for(self):
        server = self.serve(main=Json(granted(interval=1, timeout=5)), heartbeat=[Json(granted(interval=1, timeout=5), after=1.8), NoAnswer()])
        client = self.held(server)
        sent = until(lambda: server.times("heartbeat"), "a beat")[0]
        until(lambda: client.state is State.LOST, "lost")
        self.assertLess(time.monotonic() - sent, 4.8)

    def test_refusals_end_it_for_good(self):
        at_once(("session_conflict", "forced_logout", "kept_out", "license_expired", "license_suspended", "unknown_key"), self.refuse)

    def refuse(self, code):
        lost, conflicts = [], []
        server = self.serve(heartbeat=Json(refused(code, active_device="3f9a1c0d...", estimated_wait_seconds=5), 403))
        client = self.held(server, on_lost=lost.append, on_conflict=lambda *what: conflicts.append(what))
        until(lambda: client.over, "over")
        self.assertEqual((code, False, State.LOST), (client.reason.code, client.may_trade(), client.state))
        until(lambda: lost, "told")
        self.assertEqual([("3f9a1c0d...", 5.0)] if code == "session_conflict" else [], conflicts)
        asked = len(server.requests)
        time.sleep(1.3)
        self.assertEqual(asked, len(server.requests), "it never logs in again by itself")
        self.assertFalse(client.release())
        self.assertEqual([], server.of("release"), "it is not ours to release")
        server.answers["heartbeat"] = Json(granted())
        self.assertTrue(client.login(), "but a person may")
        self.assertEqual(State.RENEWED, client.state)

    def test_a_session_that_has_ended_is_asked_for_again_without_its_name(self):
        server = self.serve(heartbeat=[Json(refused("session_ended"), 403), Json({**granted(), "session_id": "another"}), Json(granted())])
        client = self.held(server)
        until(lambda: client.session_id == "another", "resumed")
        named, nameless = server.of("heartbeat")[:2]
        self.assertEqual((ID, False), (named["session_id"], "session_id" in nameless))
        self.assertEqual((State.RENEWED, False), (client.state, client.over))
        until(lambda: self.states == [State.HELD, State.LOST, State.RENEWED], "told")

    def test_after_a_suspend_it_is_confirmed_before_it_is_relied_on(self):
        server = self.serve(main=Json(granted(interval=60, timeout=6000)), heartbeat=Json(granted(interval=60, timeout=6000), after=0.7))
        client = self.held(server)
        real = quotrading_license._clock
        with mock.patch.object(quotrading_license, "_clock", lambda: real() + 600):
            self.assertEqual((False, State.LOST, "paused"), (client.may_trade(), client.state, client.reason.code))
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

    # Streams

    def test_a_stream_that_a_proxy_keeps_for_itself_is_answered_by_two_heartbeats_when_it_is_given_up(self):
        for kept in (Kept(), Kept(headers=True)):
            server = self.serve(main=Json(granted(60, 180)), heartbeat=Json(granted(60, 180)), stream=[kept, Json(refused("not_found"), 404)])
            client = self.held(server)
            until(lambda: server.of("stream"), "it asks for the stream")
            if kept.headers:
                until(lambda: client._run.heard, "the headers came")
            self.assertEqual([], server.of("heartbeat"))
            kept.close.set()
            until(lambda: len(server.of("heartbeat")) == 2, "two beats", 5)
            until(lambda: client._fence.dropped is None, "settled", 2)
            self.assertEqual(State.HELD, client.state)

    def test_a_stream_without_its_first_event_counts_as_dropped(self):
        kept = Kept(headers=True)
        server = self.serve(main=[Json(granted(60, 180, disconnect_grace_seconds=2))], heartbeat=NoAnswer(), stream=[kept, NoAnswer()])
        client = self.held(server)
        until(lambda: client._run.heard, "the headers came")
        kept.close.set()
        until(lambda: client.state is State.LOST, "lost before the grace is over", 2.5)

    def test_a_server_without_streams_is_asked_rarely_and_heartbeats_go_on(self):
        at_once((Json(refused("not_found"), 404), Json(b"", 405), Json(refused("too_many_streams"), 429, [("Retry-After", "60")]), Json(granted())), self.refuse_stream)

    def refuse_stream(self, answer):
        server = self.serve(stream=answer)
        client = self.held(server)
        until(lambda: len(server.of("heartbeat")) == 3, "beats")
        self.assertEqual((1, State.HELD), (len(server.of("stream")), client.state))

    def test_a_logout_by_the_stream_ends_it_at_once(self):
        stream = Stream((None, b": a comment\n\nevent: of tomorrow\ndata: [\n\n"), ("logged_out", {"reason": "forced_logout", "message": "Out."}), interval=60, timeout=180)
        server = self.serve(main=Json(granted(60, 180)), stream=stream)
        client = self.held(server)
        until(lambda: client.over, "over", 2)
        self.assertEqual(("forced_logout", "Out."), client.reason[:2])
        until(lambda: self.lost, "told")
        self.assertEqual([], server.of("heartbeat"))

    def test_a_time_out_told_by_the_stream_makes_it_ask_for_the_seat(self):
        stream = Stream(("logged_out", {"reason": "timed_out", "message": "Late."}), interval=60, timeout=180)
        server = self.serve(main=Json(granted(60, 180)), stream=[stream, Stream()], heartbeat=Json(granted(60, 180)))
        client = self.held(server)
        until(lambda: client.state is State.RENEWED, "renewed", 3)
        self.assertNotIn("session_id", server.of("heartbeat")[0])

    def test_settings_told_by_the_stream_count_at_once(self):
        stream = Stream(("settings", {"heartbeat_interval_seconds": 1, "session_timeout_seconds": 20, "disconnect_grace_seconds": 9}), interval=60, timeout=180)
        server = self.serve(main=Json(granted(60, 180)), stream=stream, heartbeat=Json(granted(1, 20)))
        client = self.held(server)
        until(lambda: server.of("heartbeat"), "a beat", 3)
        self.assertEqual((1, 20, 9), client.settings)

    def test_a_stream_that_breaks_is_answered_by_a_heartbeat_and_a_new_stream_at_once(self):
        stream, second = Stream(interval=60, timeout=180, cut=True), Stream(interval=60, timeout=180)
        server = self.serve(main=Json(granted(60, 180)), stream=[stream, second], heartbeat=Json(granted(60, 180)))
        client = self.held(server)
        stream.opened.wait(5)
        until(lambda: client._run.stream is not None, "open")
        stream.close.set()
        until(lambda: server.of("heartbeat") and second.opened.is_set(), "both", 2)
        until(lambda: client._fence.dropped is None, "settled", 2)
        self.assertEqual([State.HELD], self.states)

    def test_a_stream_that_breaks_and_nothing_after_it_is_lost_before_the_grace_is_over(self):
        stream = Stream(interval=60, timeout=180, grace=2, cut=True)
        server = self.serve(main=Json(granted(60, 180)), stream=[stream, NoAnswer()], heartbeat=NoAnswer())
        client = self.held(server)
        until(lambda: client._run.stream is not None, "open")
        dropped = time.monotonic()
        stream.close.set()
        until(lambda: client.state is State.LOST, "lost", 4)
        self.assertLess(time.monotonic() - dropped, 2.0)
        self.assertEqual((False, "no_answer"), (client.over, client.reason.code))

    def test_without_a_new_stream_a_second_heartbeat_settles_a_drop(self):
        stream = Stream(interval=60, timeout=180, grace=2, cut=True)
        server = self.serve(main=Json(granted(60, 180)), stream=[stream, Json(refused("too_many_streams"), 429)], heartbeat=Json(granted(60, 180)))
        client = self.held(server)
        until(lambda: client._run.stream is not None, "open")
        stream.close.set()
        until(lambda: len(server.of("heartbeat")) == 2, "two beats", 4)
        until(lambda: client._fence.dropped is None, "settled", 2)
        self.assertEqual(State.HELD, client.state)

    def test_a_stream_that_the_server_ends_properly_costs_nothing(self):
        stream, second = Stream(interval=60, timeout=180, grace=1), Stream(interval=60, timeout=180)
        server = self.serve(main=Json(granted(60, 180)), stream=[stream, second], heartbeat=NoAnswer())
        client = self.held(server)
        until(lambda: client._run.stream is not None, "open")
        stream.close.set()
        until(second.opened.is_set, "a new one", 5)
        self.assertEqual((State.HELD, [State.HELD], []), (client.state, self.states, server.of("heartbeat")))

    def test_an_event_without_end_is_a_broken_stream(self):
        stream = Stream((None, b"data: " + b"x" * 200_000), interval=60, timeout=180)
        server = self.serve(main=Json(granted(60, 180)), stream=[stream, Stream(interval=60, timeout=180)], heartbeat=Json(granted(60, 180)))
        client = self.held(server)
        until(lambda: server.of("heartbeat"), "a beat", 3)
        self.assertEqual(State.HELD, client.state)

    def test_an_answer_that_the_server_gave_before_the_session_ended_brings_nothing_back(self):
        stream = Stream(interval=1, timeout=60, late=[("logged_out", {"reason": "timed_out", "message": "Late."})])
        server = self.serve(main=Json(granted(1, 60)), stream=[stream, NoAnswer()], heartbeat=[Json(granted(1, 60), after=1.0), NoAnswer()])
        client = self.held(server)
        until(lambda: client._run.stream is not None and server.of("heartbeat"), "a beat is on its way")
        stream.close.set()
        until(lambda: client.state is State.LOST, "lost")
        until(lambda: len(server.of("heartbeat")) == 2, "the next beat")
        self.assertEqual(([State.HELD, State.LOST], "timed_out"), (self.states, client.reason.code))

    def test_a_stream_that_falls_silent_is_asked_about_and_then_given_up(self):
        with mock.patch.multiple(quotrading_license, _STREAM_DOUBT=0.3, _STREAM_SILENCE=2.0):
            stream, second = Stream(interval=60, timeout=180), Stream(interval=60, timeout=180)
            server = self.serve(main=Json(granted(60, 180)), stream=[stream, second], heartbeat=Json(granted(60, 180)))
            client = self.held(server)
            until(lambda: len(server.of("heartbeat")) == 1, "it asks", 1.8)
            self.assertFalse(second.opened.is_set())
            until(second.opened.is_set, "it is given up", 4)
            self.assertEqual(State.HELD, client.state)

    # The end

    def test_release_names_session_and_program_and_waits_for_nobody(self):
        server = self.serve(heartbeat=Json(granted(), after=5), release=Json({"status": "success"}, after=30))
        client = self.held(server, app="launcher")
        until(lambda: server.of("heartbeat"), "a beat is on its way")
        began = time.monotonic()
        self.assertFalse(client.release())
        self.assertLess(time.monotonic() - began, 3.5)
        body = server.of("release")[0]
        self.assertEqual(("launcher", ID, False), (body["app"], body["session_id"], "handover" in body))
        self.assertEqual(("released", False, []), (client.reason.code, client.may_trade(), self.lost))

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

    @unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
    def test_a_forked_process_does_not_hold_the_license_and_waits_for_nothing(self):
        stream = Stream(interval=60, timeout=180)
        server = self.serve(main=Json(granted(60, 180)), stream=stream)
        client = self.held(server)
        until(lambda: client._run.stream is not None, "open")
        number = client._run.stream.fileno()
        with client._lock:
            child = self.fork(lambda: (client.may_trade(), client.over, client.reason.code, client.release(), self.is_open(number)))
        self.assertEqual("(False, True, 'forked', False, False)", child)
        self.assertEqual((State.HELD, True, []), (client.state, self.is_open(number), server.of("release")))

    @staticmethod
    def is_open(number):
        try:
            os.fstat(number)
            return True
        except OSError:
            return False

    def fork(self, what):
        """What it gave in a forked process, as a text; nothing if that took longer than a second."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            threading.Timer(1.0, os._exit, [1]).start()
            try:
                loop = threading.Thread(target=lambda: os.write(writer, repr(what()).encode()), daemon=True)
                loop.start()
                loop.join(1.0)
            finally:
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as told:
            text = told.read()
        os.waitpid(child, 0)
        return text

    def test_the_with_block_releases_also_when_the_trading_loop_fails(self):
        server = self.serve()
        with self.assertRaises(ZeroDivisionError):
            with self.client(server.url) as client:
                client.login()
                1 / 0
        self.assertEqual(1, len(server.of("release")))
