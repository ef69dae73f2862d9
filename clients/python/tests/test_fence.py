"""When a program may rely on its session: by a clock that the test sets."""

import unittest

from quotrading_license import Settings, _Fence

DEFAULT = Settings(heartbeat_interval=30, session_timeout=90, disconnect_grace=5)


def fence(settings=DEFAULT, sent=0.0):
    made = _Fence(settings)
    made.tick(sent)
    made.acknowledge(sent)
    return made


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

    def test_what_the_server_ended_is_over_at_once(self):
        made = fence()
        made.revoke()
        self.assertEqual("session_ended", at(made, 0.1))
        made.acknowledge(0.2)
        self.assertIsNone(at(made, 0.3))
