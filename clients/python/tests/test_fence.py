"""When a program may rely on its session: by a clock that the test sets."""

import unittest

from quotrading_license import Settings, _Fence

DEFAULT = Settings(heartbeat_interval=30, session_timeout=90, disconnect_grace=5)


def fence(settings=DEFAULT, sent=0.0):
    made = _Fence(settings)
    made.tick(sent)
    made.acknowledge(sent)
    return made


def streaming(grace=5, keepalive=2, greeted=0.0):
    """Its stream was asked for at 0, and said hello."""
    made = fence(DEFAULT._replace(disconnect_grace=grace))
    made.greet(keepalive, 0.0, greeted)
    hear(made, greeted)
    return made


def hear(made, now):
    made.pulse = now
    made.hear(now)


def at(made, now):
    made.pulse = now  # it is awake
    return made.verdict(now)


class FenceTests(unittest.TestCase):
    def test_it_counts_from_when_the_acknowledged_request_was_sent(self):
        made = fence()
        self.assertEqual([None, "unknown", "unknown", "no_answer"], [at(made, t) for t in (54.9, 55, 84.9, 85)])
        made.acknowledge(40.0)
        self.assertEqual([None, "unknown", "no_answer"], [at(made, t) for t in (94.9, 95, 125)])

    def test_it_ends_before_the_server_does_whatever_the_settings(self):
        for timeout, interval in ((5, 1), (10, 3), (60, 30), (90, 30), (120, 20), (3600, 600)):
            made = fence(Settings(interval, timeout, 5))
            self.assertIsNone(at(made, interval * 1.1), "no beat is missed yet")
            self.assertEqual("unknown", at(made, timeout * 0.85))
            self.assertEqual("no_answer", at(made, timeout - 0.5))

    def test_an_answer_to_an_older_request_takes_nothing_back(self):
        made = fence(sent=30.0)
        made.acknowledge(10.0)
        self.assertIsNone(at(made, 80))

    def test_a_shorter_timeout_counts_at_once(self):
        made = fence()
        made.settings = Settings(3, 10, 5)
        self.assertEqual("no_answer", at(made, 10))

    def test_a_dropped_stream_leaves_it_less_than_the_grace(self):
        made = fence()
        made.drop(10.0)
        self.assertEqual([None, "unknown", "no_answer"], [at(made, t) for t in (10.1, 13.1, 14.9)])

    def test_a_second_drop_does_not_prolong_the_first(self):
        made = fence()
        made.drop(10.0)
        made.drop(14.0)
        self.assertEqual("no_answer", at(made, 14.9))

    def test_a_heartbeat_settles_a_drop_only_when_the_server_must_have_seen_it_before(self):
        made = fence()
        made.drop(10.0)
        for sent in (9.9, 10.1):
            made.acknowledge(sent)
            self.assertEqual("no_answer", at(made, 15))
        made.acknowledge(12.5)
        self.assertIsNone(at(made, 15))

    def test_a_new_stream_settles_a_drop(self):
        made = fence()
        made.drop(10.0)
        made.acknowledge(9.9, by_stream=True)
        self.assertEqual("no_answer", at(made, 15))
        made.acknowledge(10.1, by_stream=True)
        self.assertIsNone(at(made, 15))

    def test_without_a_grace_a_drop_ends_it_until_it_is_confirmed(self):
        made = fence(DEFAULT._replace(disconnect_grace=0))
        made.drop(10.0)
        self.assertEqual("no_answer", at(made, 10))
        made.acknowledge(10.0)
        self.assertIsNone(at(made, 10.1))

    def test_after_a_pause_it_must_be_confirmed_again(self):
        made = fence()
        self.assertEqual("paused", made.verdict(6.0), "nobody need have noticed the pause")
        self.assertTrue(made.tick(6.0))
        self.assertFalse(made.tick(6.5))
        made.acknowledge(5.9)
        self.assertEqual("paused", made.verdict(6.6), "that was sent before")
        made.acknowledge(6.5)
        self.assertIsNone(made.verdict(6.6))

    def test_where_the_timeout_ended_in_a_pause_the_pause_is_the_reason(self):
        made = fence()
        self.assertEqual("paused", made.verdict(200.0))
        made.tick(200.0)
        self.assertEqual("paused", at(made, 201.0))
        made.acknowledge(201.0)
        self.assertIsNone(at(made, 201.5))

    def test_where_it_ends_after_the_pause_without_an_answer_that_is_the_reason(self):
        made = fence()
        made.tick(6.0)
        self.assertEqual(("paused", "no_answer"), (at(made, 60.0), at(made, 200.0)))

    def test_what_the_server_ended_is_over_at_once(self):
        made = fence()
        made.revoke()
        self.assertEqual("session_ended", at(made, 0.1))
        made.acknowledge(0.2)
        self.assertIsNone(at(made, 0.3))


class SilenceTests(unittest.TestCase):
    """A router forgot the stream: the server may have seen it drop right after the last sign."""

    def test_a_stream_that_gives_its_signs_is_never_doubted(self):
        made = streaming()
        for now in range(2, 50, 2):
            self.assertGreater(made.doubt, now)
            self.assertIsNone(at(made, now))
            hear(made, now)

    def test_a_silent_one_is_asked_about_and_no_position_is_opened_before_the_grace_can_be_over(self):
        made = streaming()
        for now in (2.0, 4.0, 6.0, 8.0, 10.0):
            hear(made, now)
        self.assertEqual(13.5, made.doubt)
        self.assertEqual([None, None, "silent", "silent"], [at(made, t) for t in (13.5, 14.4, 14.5, 30)])

    def test_a_told_grace_counts_and_a_short_one_is_asked_about_after_half_of_it(self):
        for grace, doubt, end in ((60, 3.5, 59.5), (4.5, 3.5, 4.0), (4, 2.0, 3.5), (2, 1.0, 1.5), (1, 0.5, 0.75), (0, 0.5, 0.75)):
            with self.subTest(grace):
                made = streaming(grace)
                made.settings = made.settings._replace(session_timeout=900, heartbeat_interval=300)
                self.assertEqual(doubt, made.doubt)
                self.assertEqual([None, "silent"], [at(made, end - 0.01), at(made, end)])

    def test_an_answer_counts_from_when_its_message_was_sent(self):
        made = streaming()
        made.acknowledge(3.5)
        self.assertEqual([None, "silent"], [at(made, t) for t in (7.9, 8.0)])
        made.acknowledge(9.0)
        self.assertIsNone(at(made, 9.1))
        made.acknowledge(2.0)
        self.assertIsNone(at(made, 9.1), "an older one takes nothing back")

    def test_what_comes_after_the_silence_ends_no_doubt_and_an_answer_or_a_new_stream_does(self):
        """It may have been held up on its way since before the server saw the stream drop."""
        for ends in (lambda made: made.acknowledge(7.0), lambda made: made.greet(2, 7.0, 7.1)):
            made = streaming()
            self.assertEqual("silent", at(made, 6.0))
            for now in (6.0, 6.1, 6.2, 7.0):
                hear(made, now)
                self.assertEqual(("silent", 0.0), (made.verdict(now), made.heard))
            ends(made)
            self.assertIsNone(at(made, 7.1))

    def test_what_was_held_up_counts_from_when_it_was_due(self):
        made = streaming()
        hear(made, 3.4)
        self.assertEqual(2.5, made.heard)
        self.assertEqual([None, "silent"], [at(made, t) for t in (6.9, 7.0)])

    def test_on_a_slow_line_a_sign_counts_from_before_it_came(self):
        for greeted, lag in ((0.3, 0.3), (0.8, 0.8), (3.0, 0.8)):
            with self.subTest(greeted):
                made = streaming(greeted=greeted)
                for now in range(1, 40):
                    hear(made, 2.0 * now + greeted / 2)
                    self.assertFalse(made.quiet(2.0 * now + 2.0 + greeted / 2), "no doubt where signs come in time")
                self.assertAlmostEqual(78 + greeted / 2 - lag, made.heard)

    def test_an_older_server_is_not_counted_by_its_comments(self):
        made = streaming(keepalive=None)
        self.assertEqual((float("inf"), None, False), (made.doubt, at(made, 50), made.quiet(50)))

    def test_a_stream_that_the_server_ended_is_not_waited_for(self):
        made = streaming()
        made.forget_stream()
        self.assertEqual((float("inf"), None, False), (made.doubt, at(made, 50), made.quiet(50)))

    def test_a_stream_that_broke_off_is_counted_from_its_last_sign(self):
        made = streaming()
        made.drop(3.0)  # the server may have seen it long before
        self.assertEqual("silent", at(made, 4.5))
        made.acknowledge(4.6)
        self.assertEqual([None, "silent"], [at(made, t) for t in (9.0, 9.1)])
        made.greet(2, 9.2, 9.2)
        self.assertIsNone(at(made, 9.3))

    def test_what_is_read_after_a_standstill_came_before_it(self):
        for seen_by_tick in (False, True):
            with self.subTest(seen_by_tick):
                made = streaming()
                hear(made, 2.0)
                if seen_by_tick:
                    made.tick(5.0)
                made.hear(5.0)
                self.assertEqual(2.0, made.heard)
                made.tick(5.1)
                made.hear(5.2)
                self.assertEqual(2.0, made.heard, "so did what follows at once")
                made.hear(5.4)
                self.assertEqual(4.5, made.heard, "the next came when it was read, or when it was due")
