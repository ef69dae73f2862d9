"""A router forgets the stream: the server sees it drop, and the client hears nothing. By a clock that the test moves."""

import threading
from unittest import mock

import quotrading_license
from quotrading_license import State
from tests.clients import ClientTests
from tests.fake_server import Json, NoAnswer, Stream, granted, refused
from tests.waiting import until

ANSWER = Json(granted(60, 180))
TOO_MANY = Json(refused("too_many_streams"), 429, [("Retry-After", "60")])


class HalfOpenTests(ClientTests):
    """However long this machine stands still, no time passes for the client but what a test lets pass."""

    def setUp(self):
        super().setUp()
        self.now = quotrading_license._clock()
        clock = mock.patch.object(quotrading_license, "_clock", lambda: self.now)
        clock.start()
        self.addCleanup(clock.stop)

    def stream(self, grace=5, keepalive=2, **more):
        return Stream(interval=60, timeout=180, grace=grace, keepalive=keepalive, **more)

    def streaming(self, *streams, heartbeat=ANSWER, **more):
        """A client that has just heard its stream."""
        self.server = self.serve(main=ANSWER, stream=list(streams), heartbeat=heartbeat, **more)
        self.streams = streams
        client = self.held(self.server)
        until(lambda: client._run.stream is not None and client._fence.greeted and client._fence.heard == self.now, "it hears its stream")
        return client

    def pass_time(self, client, seconds):
        for _ in range(round(seconds * 4)):
            self.now += 0.25
            client._run.watch.put(None)
            until(lambda: client._fence.pulse == self.now, "it looks at the clock")

    def say(self, client):
        self.streams[0].say()
        until(lambda: client._fence.heard == self.now, "it hears the comment")

    def beats(self):
        return len(self.server.of("heartbeat"))

    def beat(self, client):
        """One that is due anyway. Returns how many there were until then."""
        before = self.beats()
        client._run.beat.put(None)
        until(lambda: self.beats() > before, "it beats")
        return before

    def test_while_comments_come_nothing_is_asked(self):
        client = self.streaming(self.stream())
        for _ in range(5):
            self.pass_time(client, 2.25)  # late, as on a busy line
            self.assertTrue(client.may_open())
            self.say(client)
        self.assertEqual(0, self.beat(client), "none but those at the interval")
        until(lambda: self.states, "told")
        self.assertEqual((1, [State.HELD]), (len(self.server.of("stream")), self.states))

    def test_a_silent_stream_makes_it_ask_on_a_new_connection_and_an_answer_opens_the_stream_anew(self):
        second = self.stream()
        client = self.streaming(self.stream(), second)
        self.pass_time(client, 3.25)
        self.assertEqual(0, self.beats())
        self.pass_time(client, 0.25)
        until(lambda: self.beats() and second.opened.is_set(), "it asks, and opens a stream")
        until(lambda: client._fence.dropped is None, "settled")
        until(lambda: client._fence.heard == self.now, "it hears the new one")
        self.assertEqual(len(self.server.ports), len(set(self.server.ports)), "each on a connection of its own")
        self.assertTrue(client.may_open())
        until(lambda: self.states, "told")
        self.assertEqual([State.HELD], self.states)

    def test_without_an_answer_it_opens_no_position_before_the_grace_can_be_over_and_may_again_later(self):
        client = self.streaming(self.stream(), heartbeat=NoAnswer())
        self.pass_time(client, 3.5)
        until(self.beats, "it asks")
        self.pass_time(client, 0.75)
        self.assertEqual((True, State.HELD), (client.may_open(), client.state))
        self.pass_time(client, 0.25)
        self.assertEqual((False, State.UNKNOWN, "silent", False), (client.may_open(), client.state, client.reason.code, client.over))
        self.server.answers["heartbeat"] = ANSWER
        until(client.may_open, "it may again")
        until(lambda: self.states == [State.HELD, State.UNKNOWN, State.RENEWED], "told")
        self.assertEqual([], self.lost)

    def test_if_another_device_got_in_meanwhile_it_is_over(self):
        client = self.streaming(self.stream(), heartbeat=NoAnswer())
        self.pass_time(client, 5)
        self.assertFalse(client.may_open())
        self.server.answers["heartbeat"] = Json(refused("session_conflict", active_device="3f9a1c0d...", estimated_wait_seconds=5), 403)
        until(lambda: client.over, "over")
        self.assertEqual((State.LOST, "session_conflict", False), (client.state, client.reason.code, client.may_open()))

    def test_a_heartbeat_that_hangs_as_the_stream_does_is_not_waited_for(self):
        second = self.stream()
        client = self.streaming(self.stream(), second, heartbeat=[Json(granted(60, 180), when=threading.Event()), ANSWER])
        self.pass_time(client, 1)
        self.beat(client)
        self.pass_time(client, 2.5)
        until(lambda: self.beats() >= 2 and second.opened.is_set(), "it asks anew")
        self.assertTrue(client.may_open())

    def test_an_answer_to_what_was_sent_after_the_last_sign_counts(self):
        client = self.streaming(self.stream(), TOO_MANY, heartbeat=[ANSWER, NoAnswer()])
        self.pass_time(client, 2)
        self.beat(client)
        until(lambda: client._fence.sent == self.now, "answered")
        self.pass_time(client, 4.25)
        self.assertTrue(client.may_open())
        self.pass_time(client, 0.25)
        self.assertFalse(client.may_open())

    def test_what_comes_after_the_silence_ends_no_doubt_and_an_answer_does(self):
        client = self.streaming(self.stream(), self.stream(), heartbeat=NoAnswer())
        self.pass_time(client, 4.5)
        self.assertFalse(client.may_open())
        before = client._fence.heard
        self.streams[0].say()
        until(lambda: client._run.heard == self.now, "it has come")
        self.assertEqual((False, before), (client.may_open(), client._fence.heard))
        self.server.answers["heartbeat"] = ANSWER
        until(client.may_open, "it is answered")

    def test_a_stream_that_cannot_be_opened_anew_is_stood_in_for_by_heartbeats(self):
        client = self.streaming(self.stream(), TOO_MANY)
        self.pass_time(client, 3.5)
        until(lambda: self.beats() >= 4, "every half grace: the server may see the old one drop at any time")
        self.pass_time(client, 180)
        until(lambda: client._fence.heard is None, "but for one timeout at most")
        self.assertTrue(client.may_open())

    def test_a_short_grace_is_asked_about_after_half_of_it(self):
        client = self.streaming(self.stream(grace=2), heartbeat=NoAnswer())
        self.pass_time(client, 0.75)
        self.assertEqual(0, self.beats())
        self.pass_time(client, 0.25)
        until(self.beats, "it asks")
        self.pass_time(client, 0.25)
        self.assertTrue(client.may_open())
        self.pass_time(client, 0.25)
        self.assertFalse(client.may_open())

    def test_a_long_grace_is_told_and_kept(self):
        client = self.streaming(self.stream(grace=20), heartbeat=NoAnswer())
        self.pass_time(client, 3.5)
        until(self.beats, "it asks")
        self.pass_time(client, 15.75)
        self.assertTrue(client.may_open())
        self.pass_time(client, 0.25)
        self.assertFalse(client.may_open())

    def test_an_older_server_is_asked_after_15_seconds_as_ever(self):
        with mock.patch.multiple(quotrading_license, _STREAM_DOUBT=15.0):
            client = self.streaming(self.stream(keepalive=None), heartbeat=NoAnswer())
            self.pass_time(client, 15)
            self.assertEqual((0, True), (self.beats(), client.may_open()))
            self.pass_time(client, 0.5)
            until(self.beats, "it asks")
            self.pass_time(client, 10)
            self.assertEqual((True, State.HELD, 1), (client.may_open(), client.state, len(self.server.of("stream"))))

    def test_after_a_suspend_it_is_no_timers_turn_to_say_that_it_may_not(self):
        client = self.streaming(self.stream(), self.stream(), heartbeat=NoAnswer())
        self.now += 30
        self.assertFalse(client.may_open(), "at the first look")
        self.server.answers["heartbeat"] = ANSWER
        until(client.may_open, "confirmed again")

    def test_what_the_stream_said_before_a_suspend_proves_nothing_after_it(self):
        client = self.streaming(self.stream(), TOO_MANY, heartbeat=NoAnswer())
        before = self.now
        self.now += 30
        self.streams[0].say()  # as if it had lain there since
        until(lambda: self.streams[0].said.empty(), "said")
        until(self.beats, "it asks")
        self.assertEqual((before, False), (client._fence.heard, client.may_open()))

    def test_nothing_of_it_comes_after_a_release(self):
        client = self.streaming(self.stream(), heartbeat=NoAnswer())
        self.pass_time(client, 3.5)
        until(self.beats, "it asks")
        self.assertTrue(client.release())
        self.assertEqual("release", self.server.requests[-1][0])
        self.now += 60
        until(lambda: not any(thread.name.startswith("license") for thread in threading.enumerate()), "its threads end")
        self.assertEqual("release", self.server.requests[-1][0])
