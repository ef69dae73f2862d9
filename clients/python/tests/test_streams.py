"""The session stream: what it tells, and what its end means."""

import threading
from unittest import mock

import quotrading_license
from quotrading_license import State
from tests.clients import ClientTests, at_once
from tests.fake_server import Json, Kept, NoAnswer, Stream, granted, refused
from tests.waiting import last_trade, until


class StreamTests(ClientTests):
    def test_a_stream_that_a_proxy_keeps_for_itself_is_answered_by_two_heartbeats_when_it_is_given_up(self):
        at_once((Kept(), Kept(headers=True)), self.keep_stream)

    def keep_stream(self, kept):
        server = self.serve(main=Json(granted(60, 180)), heartbeat=Json(granted(60, 180)), stream=[kept, Json(refused("not_found"), 404)])
        client = self.held(server)
        until(lambda: client._run.heard if kept.headers else server.of("stream"), "it asks for the stream")
        self.assertEqual([], server.of("heartbeat"))
        kept.close.set()
        until(lambda: len(server.of("heartbeat")) == 2, "two beats")
        until(lambda: client._fence.dropped is None, "settled")
        self.assertTrue(client.may_open())

    def test_a_stream_without_its_first_event_counts_as_dropped(self):
        kept = Kept(headers=True)
        server = self.serve(main=[Json(granted(60, 180, disconnect_grace_seconds=2))], heartbeat=NoAnswer(), stream=[kept, NoAnswer()])
        client = self.held(server)
        until(lambda: client._run.heard, "the headers came")
        kept.close.set()
        dropped = until(lambda: client._fence.dropped, "dropped")
        self.assertLess(last_trade(client.may_open) - dropped, 2.0, "the grace")

    def test_a_server_without_streams_is_asked_rarely_and_heartbeats_go_on(self):
        too_many = Json(refused("too_many_streams"), 429, [("Retry-After", "60")])
        at_once((Json(refused("not_found"), 404), Json(b"", 405), too_many, Json(granted(1, 60))), self.refuse_stream)

    def refuse_stream(self, answer):
        server = self.serve(main=Json(granted(1, 60)), heartbeat=Json(granted(1, 60)), stream=answer)
        client = self.held(server)
        until(lambda: len(server.of("heartbeat")) >= 3, "beats")
        self.assertEqual((1, State.HELD), (len(server.of("stream")), client.state))

    def test_a_logout_by_the_stream_ends_it_at_once(self):
        stream = Stream((None, b": a comment\n\nevent: of tomorrow\ndata: [\n\n"), ("logged_out", {"reason": "forced_logout", "message": "Out."}), interval=60, timeout=180)
        server = self.serve(main=Json(granted(60, 180)), stream=stream)
        client = self.held(server)
        until(lambda: client.over, "over", 20)
        self.assertEqual(("forced_logout", "Out."), client.reason[:2])
        until(lambda: self.lost, "told")
        self.assertEqual([], server.of("heartbeat"))

    def test_a_time_out_told_by_the_stream_makes_it_ask_for_the_seat(self):
        stream = Stream(("logged_out", {"reason": "timed_out", "message": "Late."}), interval=60, timeout=180)
        server = self.serve(main=Json(granted(60, 180)), stream=[stream, Stream()], heartbeat=Json(granted(60, 180)))
        client = self.held(server)
        until(lambda: client.state is State.RENEWED, "renewed", 20)
        self.assertNotIn("session_id", server.of("heartbeat")[0])

    def test_settings_told_by_the_stream_count_at_once(self):
        stream = Stream(("settings", {"heartbeat_interval_seconds": 1, "session_timeout_seconds": 20, "disconnect_grace_seconds": 9}), interval=60, timeout=180)
        server = self.serve(main=Json(granted(60, 180)), stream=stream, heartbeat=Json(granted(1, 20)))
        client = self.held(server)
        until(lambda: server.of("heartbeat"), "a beat", 20)
        self.assertEqual((1, 20, 9), client.settings)

    def test_a_stream_that_breaks_is_answered_by_a_heartbeat_and_a_new_stream_at_once(self):
        stream, second = Stream(interval=60, timeout=180, grace=60, cut=True), Stream(interval=60, timeout=180, grace=60)
        server = self.serve(main=Json(granted(60, 180)), stream=[stream, second], heartbeat=Json(granted(60, 180)))
        client = self.held(server)
        until(lambda: client._run.stream is not None, "open")
        stream.close.set()
        until(lambda: server.of("heartbeat") and second.opened.is_set(), "both", 20)
        until(lambda: client._fence.dropped is None, "settled", 20)
        until(lambda: self.states, "told")
        self.assertEqual([State.HELD], self.states)

    def test_a_stream_that_breaks_and_nothing_after_it_is_lost_before_the_grace_is_over(self):
        stream = Stream(interval=60, timeout=180, grace=2, cut=True)
        server = self.serve(main=Json(granted(60, 180)), stream=[stream, NoAnswer()], heartbeat=NoAnswer())
        client = self.held(server)
        until(lambda: client._run.stream is not None, "open")
        stream.close.set()
        dropped = until(lambda: client._fence.dropped, "dropped")
        self.assertLess(last_trade(client.may_open) - dropped, 2.0, "the grace")
        self.assertEqual((False, "no_answer"), (client.over, client.reason.code))

    def test_without_a_new_stream_a_second_heartbeat_settles_a_drop(self):
        stream = Stream(interval=60, timeout=180, grace=2, cut=True)
        server = self.serve(main=Json(granted(60, 180)), stream=[stream, Json(refused("too_many_streams"), 429)], heartbeat=Json(granted(60, 180)))
        client = self.held(server)
        until(lambda: client._run.stream is not None, "open")
        stream.close.set()
        until(lambda: len(server.of("heartbeat")) == 2, "two beats", 20)
        until(lambda: client._fence.dropped is None, "settled", 20)
        self.assertTrue(client.may_open())

    def test_a_stream_that_the_server_ends_properly_costs_nothing(self):
        stream, second = Stream(interval=60, timeout=180, grace=1), Stream(interval=60, timeout=180)
        server = self.serve(main=Json(granted(60, 180)), stream=[stream, second], heartbeat=NoAnswer())
        client = self.held(server)
        until(lambda: client._run.stream is not None, "open")
        stream.close.set()
        until(second.opened.is_set, "a new one", 20)
        until(lambda: self.states, "told")
        self.assertEqual((State.HELD, [State.HELD], []), (client.state, self.states, server.of("heartbeat")))

    def test_an_event_without_end_is_a_broken_stream(self):
        stream = Stream((None, b"data: " + b"x" * 200_000), interval=60, timeout=180, grace=60)
        second = Stream(interval=60, timeout=180, grace=60)
        server = self.serve(main=Json(granted(60, 180)), stream=[stream, second], heartbeat=Json(granted(60, 180)))
        client = self.held(server)
        until(lambda: server.of("heartbeat"), "a beat", 20)
        self.assertEqual(State.HELD, client.state)

    def test_an_answer_that_the_server_gave_before_the_session_ended_brings_nothing_back(self):
        stream, lost = Stream(interval=1, timeout=60, late=[("logged_out", {"reason": "timed_out", "message": "Late."})]), threading.Event()
        server = self.serve(main=Json(granted(1, 60)), stream=[stream, NoAnswer()], heartbeat=[Json(granted(1, 60), when=lost), NoAnswer()])
        client = self.held(server)
        until(lambda: client._run.stream is not None and server.of("heartbeat"), "a beat is on its way")
        stream.close.set()
        until(lambda: client.state is State.LOST, "lost")
        lost.set()
        until(lambda: len(server.of("heartbeat")) >= 2, "the next beat")
        until(lambda: len(self.states) >= 2, "told")
        self.assertEqual(([State.HELD, State.LOST], "timed_out"), (self.states, client.reason.code))

    def test_a_stream_that_falls_silent_is_asked_about_and_then_given_up(self):
        with mock.patch.multiple(quotrading_license, _STREAM_DOUBT=0.3, _STREAM_SILENCE=6.0):
            stream, second = Stream(interval=60, timeout=180, grace=60), Stream(interval=60, timeout=180, grace=60)
            server = self.serve(main=Json(granted(60, 180)), stream=[stream, second], heartbeat=Json(granted(60, 180)))
            client = self.held(server)
            until(lambda: server.of("heartbeat"), "it asks", 20)
            self.assertEqual((None, False), (client._fence.dropped, second.opened.is_set()), "only a question yet")
            until(second.opened.is_set, "it is given up", 20)
            self.assertEqual(State.HELD, client.state)

    def test_a_handover_comes_after_what_was_sent_before_it(self):
        server = self.serve(main=Json(granted(60, 180)), stream=Json(refused("not_found"), 404, after=0.3))
        client = self.held(server)
        until(lambda: server.of("stream"), "it asks for the stream")
        self.assertTrue(client.hand_over())
        self.assertGreaterEqual(server.times("release")[0] - server.times("stream")[0], 0.3)

    def test_a_stream_that_is_still_connecting_is_not_asked_for_after_the_handover(self):
        server, go_on, connecting, connect = self.serve(main=Json(granted(60, 180))), threading.Event(), threading.Event(), quotrading_license._Portal.connect

        def slowly(portal, seconds, *more):
            if threading.current_thread().name == "license stream":
                connecting.set()
                go_on.wait(60)
            return connect(portal, seconds, *more)

        with mock.patch.object(quotrading_license._Portal, "connect", slowly):
            client = self.held(server)
            self.assertTrue(connecting.wait(30))
            self.assertTrue(client.hand_over())
            go_on.set()
            until(lambda: not any(thread.name == "license stream" for thread in threading.enumerate()), "it gives up")
        self.assertEqual(([], 1), (server.of("stream"), len(server.of("release"))))
