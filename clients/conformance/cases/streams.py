"""What a stream says, and what its end and its silence mean."""

import time
import uuid

from between import Relay
from scripted import Held, Lost, Stream, Yes, conflict, refusal
from suite import SLACK, Case, until

CALM = {"interval": 60, "timeout": 180, "keepalive": 1, "grace": 20}  # no heartbeat comes but those that are asked for
STRICT = {**CALM, "grace": 3}


class StreamTests(Case):
    def streaming(self, timing=None, **more):
        self.server = self.serve({**CALM, **(timing or {})}, **more)
        self.driver = self.held(self.server)
        return self.server.streams[0]

    def opened_anew(self, after=0.0):
        return until(lambda: [one for one in self.server.streams[1:] if one.request.at > after], "a stream is opened anew")[0]

    def beats(self, more_than=0):
        return self.until_heard(self.server, "heartbeat", more_than)

    # What it says.

    def asks_again(self, reason):
        stream = self.streaming()
        self.begins_another()
        stream.log_out(reason)
        seen = self.until_state(self.driver, "renewed")
        self.assertEqual((True, False, self.server.session_id), (seen["may_open"], seen["over"], seen["session_id"]))
        self.assertNotIn("session_id", self.beats()[0].body)
        self.opened_anew()

    def test_timed_out_is_asked_for_again(self):
        """B13: by a heartbeat without id."""
        self.asks_again("timed_out")

    def test_connection_lost_is_asked_for_again(self):
        """B13: by a heartbeat without id."""
        self.asks_again("connection_lost")

    def test_released_is_asked_for_again(self):
        """B13: another program of the device released it."""
        self.asks_again("released")

    def test_moved_apart_is_asked_for_again(self):
        """B13: by a heartbeat without id."""
        self.asks_again("moved_apart")

    def test_where_another_device_has_it_that_is_a_conflict(self):
        """B13: and only then it is over."""
        stream = self.streaming(heartbeat=conflict())
        stream.log_out("timed_out")
        self.until_over(self.driver, "session_conflict")

    def test_a_time_out_that_the_heartbeat_hears_before_the_stream(self):
        """B13, B11: the stream's word comes while it asks again."""
        late = Held(Yes())
        stream = self.streaming({"interval": 1}, heartbeat=[refusal("session_ended"), late, Yes()])
        self.beats(1)
        self.begins_another()
        stream.log_out("timed_out")
        until(lambda: stream.ended_at, "the stream has ended")
        late.free.set()
        self.goes_on()

    def test_a_time_out_that_the_stream_hears_before_the_heartbeat(self):
        """B13, B11: the refusal of a heartbeat that was under way comes after it."""
        late = Held(refusal("session_ended"))
        stream = self.streaming({"interval": 1}, heartbeat=[late, Yes()])
        self.beats()
        self.begins_another()
        stream.log_out("timed_out")
        until(lambda: stream.ended_at, "the stream has ended")
        time.sleep(0.3)
        late.free.set()
        self.goes_on()

    def test_the_refusal_of_a_session_that_is_no_more_costs_nothing(self):
        """B11: the new stream said of which session it is, before the old one's heartbeat is refused."""
        late, after = Held(refusal("session_ended")), Held(Yes())
        # So long it waits for an answer; a stream may be opened anew 3 s after its end.
        stream = self.streaming({"interval": 6}, heartbeat=[late, after])
        self.addCleanup(after.free.set)
        self.beats()
        self.begins_another()
        stream.log_out("timed_out")
        until(lambda: self.driver.look()["session_id"] == self.server.session_id, "it has the new session")
        late.free.set()
        self.beats(1)
        self.keeps(self.driver, 1.0)

    def test_a_time_out_that_comes_when_all_is_well_again(self):
        """B13: the stream's word of the old session is late."""
        stream = self.streaming({"interval": 1}, heartbeat=[refusal("session_ended"), Yes()])
        self.begins_another()
        self.until_state(self.driver, "renewed")
        stream.log_out("timed_out")
        until(lambda: stream.ended_at, "the stream has ended")
        self.goes_on()

    def begins_another(self):
        """As every server: what is asked for from now on is a session of another id."""
        self.server.session_id = str(uuid.uuid4())

    def goes_on(self):
        self.opened_anew()
        self.assertTrue(self.until_state(self.driver, "renewed")["may_open"])
        self.keeps(self.driver, 1.5)
        self.assertFalse(self.driver.look()["over"])

    def ends(self, stream, reason):
        stream.log_out(reason, "The reason, for people.")
        last, seen = self.last_yes(self.driver)
        self.assertLess(last, stream.said_at + 1.0, "over within a second")
        self.assertEqual((True, reason, "The reason, for people."), (seen["over"], seen["reason"]["code"], seen["reason"]["message"]))

    def test_a_forced_logout_ends_it_within_a_second(self):
        """B14: with the reason and its message, and nothing more is sent."""
        self.ends(self.streaming(), "forced_logout")
        self.assertEqual(["forced_logout"], [one["code"] for one in until(lambda: self.driver.told("lost"), "told")])
        self.nothing_more(self.server, 4)

    def test_so_does_every_other_end(self):
        """B14: also for reasons that are not known yet."""
        stream = self.streaming()
        for reason in ("license_suspended", "license_cancelled", "license_expired", "license_deleted", "seats_reduced", "key_replaced", "something_new"):
            with self.subTest(reason):
                self.ends(stream, reason)
                opened = len(self.server.streams)
                self.assertTrue(self.driver.ask("login")["ok"], "a person may log in again")
                until(lambda: len(self.server.streams) > opened and self.driver.look()["state"] in ("held", "renewed"), "a stream is opened")
                stream = self.server.streams[opened]

    # How it ends.

    def test_a_stream_that_breaks_is_opened_anew_after_two_heartbeats(self):
        """B15: at once, and while they are answered it may open."""
        stream = self.streaming()
        stream.cut()
        until(lambda: stream.ended_at, "it is cut")
        self.keeps(self.driver, 3.5)
        self.opened_anew()
        first, second = self.beats(1)[:2]
        self.assertLess(first.at - stream.ended_at, 1.0 + SLACK)
        self.assertLess(second.at, stream.ended_at + CALM["grace"], "the first may have been there before the end was seen")

    def test_a_stream_that_breaks_and_no_answer_stops_it_before_the_grace_is_over(self):
        """B15: nobody else is in while it may open; the next answer sets it right."""
        stream = self.streaming(STRICT)
        self.server.answers.update(heartbeat=Lost(), stream=Lost())
        stream.cut()
        until(lambda: stream.ended_at, "it is cut")
        last, seen = self.last_yes(self.driver)
        self.assertLess(last, stream.ended_at + STRICT["grace"])
        self.assertFalse(seen["over"])
        self.server.answers.update(heartbeat=Yes(), stream=Stream())
        self.assertTrue(self.until_state(self.driver, "renewed")["may_open"])

    def test_a_break_alone_stops_it_where_silence_tells_nothing(self):
        """B15: of a portal that does not say how often its stream gives a sign, nine tenths of the grace after the break.

        The tenth is all that a busy machine has to notice the break, so the grace is a long one.
        """
        stream = self.streaming({**CALM, "keepalive": None})
        self.server.answers.update(heartbeat=Lost(), stream=Lost())
        stream.cut()
        until(lambda: stream.ended_at, "it is cut")
        last, _ = self.last_yes(self.driver)
        self.assertLess(last, stream.ended_at + CALM["grace"])

    def test_a_line_that_both_ends_see_break(self):
        """B15: the same through a relay whose connections are cut."""
        self.server = self.serve(CALM)
        relay = self.between(Relay, self.server)
        self.driver = self.held(self.server, url=relay.url)
        relay.cut()
        self.opened_anew()
        self.beats(1)
        self.assertTrue(self.driver.look()["may_open"])

    def test_a_stream_that_the_server_ends_properly_is_just_opened_again(self):
        """B16: after 0.2 to 3 s, and nothing is doubted."""
        stream = self.streaming()
        stream.end()
        until(lambda: stream.ended_at, "it has ended")
        ended = time.monotonic()
        self.keeps(self.driver, 3.2)
        reopened = self.opened_anew().request.at
        self.assertTrue(0.1 <= reopened - stream.said_at and reopened - ended <= 3 + SLACK, reopened - ended)
        self.assertEqual(["held"], self.driver.states())

    # What its silence means.

    def test_a_silent_stream_is_opened_anew_where_a_heartbeat_is_answered(self):
        """B17: the heartbeat comes on a new connection, and it may open all the while."""
        stream = self.streaming()
        stream.hush()
        self.keeps(self.driver, 3.5)
        beat, anew = self.beats()[0], self.opened_anew()
        self.assertGreater(beat.at - stream.said_at, 1.0)
        self.assertEqual(4, len({request.port for request in (self.server.of("login")[0], stream.request, beat, anew.request)}))

    def silent(self, timing=None):
        stream = self.streaming(timing)
        self.server.answers.update(heartbeat=Lost(), stream=Lost())
        stream.hush()
        time.sleep(0.05)
        return stream

    def test_a_silent_stream_and_no_answer_stops_it_before_the_grace_is_over(self):
        """B17: unknown, ``silent``, counted from the last sign; not over."""
        stream = self.silent(STRICT)
        last, seen = self.last_yes(self.driver)
        self.assertLess(last, stream.said_at + STRICT["grace"])
        self.assertEqual(("unknown", False, "silent"), (seen["state"], seen["over"], seen["reason"]["code"]))
        self.server.answers.update(heartbeat=Yes(), stream=Stream())
        until(lambda: self.driver.look()["may_open"], "the next answer sets it right")

    def test_a_sign_that_comes_after_the_silence_ends_no_doubt(self):
        """B17: it may have been held up since before the server saw the stream drop; an answer ends it."""
        stream = self.silent(STRICT)
        self.last_yes(self.driver)
        for _ in range(4):
            stream.comment()
            end = time.monotonic() + 0.4
            while time.monotonic() < end:
                self.assertFalse(self.driver.look()["may_open"])
            if stream.ended_at:
                break
        self.server.answers.update(heartbeat=Yes(), stream=Stream())
        until(lambda: self.driver.look()["may_open"], "the next answer sets it right")

    def test_where_the_grace_is_short_it_asks_sooner(self):
        """B17: the grace is over before 1.75 times the keepalive."""
        stream = self.silent({"keepalive": 3, "grace": 2})
        last, _ = self.last_yes(self.driver)
        self.assertLess(last, max(stream.said_at, stream.request.at) + 2)
        self.assertTrue(self.beats())

    def test_a_line_that_dies_without_a_word_stops_it_before_the_grace_is_over(self):
        """B17: nothing comes through a stalled line, also not what is connected anew, and nobody is told."""
        self.server = self.serve(STRICT)
        relay = self.between(Relay, self.server)
        self.driver = self.held(self.server, url=relay.url)
        stalled = relay.stall()
        last, seen = self.last_yes(self.driver)
        self.assertLess(last, stalled + STRICT["grace"])
        self.assertFalse(seen["over"])
        relay.resume()
        until(lambda: self.driver.look()["may_open"], "it goes on")

    def test_a_line_that_only_the_server_sees_end(self):
        """B17: half-open. New connections work, so a heartbeat cancels the loss and a new stream is opened, within the grace."""
        self.server = self.serve(CALM)
        relay = self.between(Relay, self.server)
        self.driver = self.held(self.server, url=relay.url)
        forgotten = relay.forget()
        self.keeps(self.driver, 3.5)
        self.assertLess(self.beats()[0].at, forgotten + CALM["grace"])
        self.opened_anew(forgotten)

    def test_a_line_that_only_the_server_sees_end_and_no_answer(self):
        """B17: half-open, and new connections are swallowed: it stops before another device can be let in."""
        self.server = self.serve(STRICT)
        relay = self.between(Relay, self.server)
        self.driver = self.held(self.server, url=relay.url)
        relay.stall()
        dropped = relay.forget()
        last, _ = self.last_yes(self.driver)
        self.assertLess(last, dropped + STRICT["grace"])

    def test_a_stream_that_was_asked_for_counts_before_its_hello(self):
        """B17: a proxy keeps the second one for itself, and no heartbeat is answered."""
        stream = self.streaming(STRICT, stream=[Stream(), Stream(hello=False, keepalive=False)])
        self.server.answers["heartbeat"] = Lost()
        stream.end()
        second = self.until_heard(self.server, "stream", 1)[1]
        last, _ = self.last_yes(self.driver)
        self.assertLess(last, second.at + STRICT["grace"])

    def test_a_stream_that_was_asked_for_and_never_answered_counts(self):
        """B17: not even its headers come, and no heartbeat is answered."""
        stream = self.streaming(STRICT, stream=[Stream(), Held()])
        self.server.answers["heartbeat"] = Held()
        stream.end()
        second = self.until_heard(self.server, "stream", 1)[1]
        last, _ = self.last_yes(self.driver)
        self.assertLess(last, second.at + STRICT["grace"])

    def test_a_proxy_that_keeps_every_stream_costs_nothing_while_heartbeats_are_answered(self):
        """B17: no hello ever comes."""
        server = self.serve({"interval": 1, "timeout": 20, "grace": 3}, stream=Stream(hello=False, keepalive=False))
        driver = self.held(server, streaming=False)
        self.keeps(driver, 6)
        self.assertFalse(driver.look()["over"])


class StandingStillTests(Case):
    """The process is stopped, as a suspended computer stops all of them."""

    def stopped(self, server, driver, seconds=6.5, meanwhile=lambda: None):
        """The first look after it; the question waits in the pipe, so nothing runs before it but what the client has by itself."""
        driver.suspend()
        time.sleep(seconds)
        meanwhile()
        first = driver.send("look")
        driver.go_on()
        return driver.answer(first)

    def check(self, seen):
        self.assertEqual((False, False, "lost", "paused"), (seen["may_open"], seen["over"], seen["state"], seen["reason"]["code"]))

    def test_after_it_the_first_question_is_answered_no_until_the_server_has_answered(self):
        """B18: however much the stream says meanwhile."""
        late = Held(Yes())
        server = self.serve({"interval": 60, "timeout": 300, "grace": 60})
        driver = self.held(server)
        server.answers["heartbeat"] = late
        self.check(self.stopped(server, driver))
        self.until_heard(server, "heartbeat")
        time.sleep(2)
        self.assertFalse(driver.look()["may_open"], "comments are no answer")
        server.answers["heartbeat"] = Yes()
        late.free.set()
        self.assertTrue(self.until_state(driver, "renewed", "held")["may_open"])

    def test_an_answer_to_what_was_sent_before_it_does_not_count(self):
        """B18: it was under way when the computer slept."""
        before, after = Held(Yes()), Held(Yes())
        server = self.serve({"interval": 1, "timeout": 300, "grace": 60}, heartbeat=[before, after, Yes()])
        driver = self.held(server)
        self.until_heard(server, "heartbeat")
        self.check(self.stopped(server, driver, meanwhile=before.free.set))
        self.until_heard(server, "heartbeat", 1)
        self.assertFalse(driver.look()["may_open"])
        after.free.set()
        until(lambda: driver.look()["may_open"], "it goes on")

    def test_without_a_stream_it_is_the_same(self):
        """B18: heartbeats alone."""
        server = self.serve({"interval": 60, "timeout": 300}, stream=refusal("not_found", 404))
        driver = self.held(server, streaming=False)
        self.check(self.stopped(server, driver))
        asked = self.until_heard(server, "heartbeat")[0]
        self.assertTrue(until(lambda: (seen := driver.look())["may_open"] and seen, "it goes on"))
        self.assertEqual(1, len([request for request in server.of("heartbeat") if request.at <= asked.at]))

    def test_nine_seconds_and_a_session_that_was_given_to_another(self):
        """B18, B11: the server's no comes with the first answer."""
        server = self.serve({"interval": 2, "timeout": 300, "grace": 60})
        driver = self.held(server)
        server.answers["heartbeat"] = conflict()
        seen = self.stopped(server, driver, 9)
        self.assertFalse(seen["may_open"])
        self.until_over(driver, "session_conflict")
