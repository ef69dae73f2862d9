"""The client against a real portal."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid
from unittest import mock

import quotrading_license
from quotrading_license import LicenseSession, State
from tests.bots import BotProcess
from tests.portal import Portal, seconds_until_free
from tests.waiting import LIMITS, last_trade, until

HERE = pathlib.Path(__file__).resolve().parents[1]
portal = None


def setUpModule():
    global portal
    portal = Portal()


def tearDownModule():
    if portal is not None:
        portal.close()


def device():
    return uuid.uuid4().hex[:16]


class PortalTests(unittest.TestCase):
    def setUp(self):
        limits = mock.patch.multiple(quotrading_license, **LIMITS)
        limits.start()
        self.addCleanup(limits.stop)
        # A grace in which this machine may stand still; tests about the grace have the usual one.
        portal.set(60, 20, 60)
        self.key, self.mine, self.other = portal.new_key(), device(), device()

    def client(self, app="bot", **more):
        made = LicenseSession(portal.url, self.key, app, fingerprint=self.mine, **more)
        self.addCleanup(made.release)
        return made

    def held(self, app="bot", **more):
        made = self.client(app, **more)
        self.assertTrue(made.login(), made.reason)
        until(lambda: made._run.stream is not None, "its stream is open")
        return made

    def can_log_in(self, fingerprint):
        return portal.post("/api/validate-license", self.key, fingerprint)[0] == 200

    def environment(self):
        """For the examples."""
        paths = os.pathsep.join([str(HERE / "tests/patient"), str(HERE)])
        return {**os.environ, "QUOTRADING_SERVER": portal.url, "LICENSE_KEY": self.key, "PYTHONUNBUFFERED": "1", "PYTHONPATH": paths}

    @staticmethod
    def running_bot():
        """The session of the example, once its loop runs: that it has logged in is seen before it knows it itself."""
        def running():
            live = portal.admin("GET", "sessions")["sessions"]
            return [session for session in live if session["symbol"] == "ES" and session["session_pnl"] is not None]
        return until(running, "the bot runs", 60)[0]

    def test_the_launcher_hands_over_and_the_bot_goes_on_with_the_same_session(self):
        launcher = self.held("launcher")
        session = launcher.session_id
        self.assertTrue(launcher.hand_over())
        self.assertFalse(self.can_log_in(self.other))
        bot = self.held("bot")
        self.assertEqual((session, State.HELD), (bot.session_id, bot.state))
        time.sleep(1)
        self.assertEqual((1, False), (len(portal.history(self.mine)["sessions"]), self.can_log_in(self.other)))

    def test_a_launcher_that_closes_leaves_the_session_to_the_bot_beside_it(self):
        launcher, bot = self.held("launcher"), self.held("bot")
        self.assertTrue(launcher.release())
        time.sleep(1)
        self.assertEqual((State.HELD, False), (bot.state, self.can_log_in(self.other)))
        self.assertTrue(bot.release())
        self.assertTrue(self.can_log_in(self.other))

    def test_after_a_crash_the_license_is_free_when_the_grace_is_over(self):
        portal.set(60, 20)
        # A portal that stands still itself for more than 2 s takes the drop back, as nobody could have come back meanwhile: once more.
        took = self.crash() or self.crash() or self.crash()
        self.assertIsNotNone(took, "the license is free long before the timeout")
        print(f"\nkill -9 to the login of another device: {took:.2f} s (grace 5 s, timeout 60 s)", file=sys.stderr)
        self.assertGreater(took, 4.0)

    def crash(self):
        """After how many seconds the license of a bot that is killed is free; None if that is not within 30 s."""
        key, mine, other = portal.new_key(), device(), device()
        child = BotProcess(self, portal.url, key, mine).is_streaming()
        self.assertEqual(403, portal.post("/api/validate-license", key, other)[0])
        killed = time.monotonic()
        child.signal(signal.SIGKILL)
        return seconds_until_free(portal, key, other, killed, 30)

    def test_a_crash_of_one_of_two_programs_costs_nothing(self):
        portal.set(60, 20)
        bot = self.held("bot")
        launcher = BotProcess(self, portal.url, self.key, self.mine, "launcher").is_streaming()
        launcher.signal(signal.SIGKILL)
        time.sleep(6.5)
        self.assertFalse(self.can_log_in(self.other))
        until(bot.may_trade, "it trades, or as soon as it has heard the portal again")

    def test_a_forced_logout_stops_the_bot_at_once_and_says_why(self):
        lost = []
        bot = self.held(on_lost=lambda reason: lost.append((time.monotonic(), reason)))
        stopped = []

        def trade():
            while not bot.over:
                bot.may_open()
                time.sleep(0.01)
            stopped.append(time.monotonic())

        loop = threading.Thread(target=trade)
        loop.start()
        began = time.monotonic()
        portal.log_out(bot.session_id)
        answered = time.monotonic()
        loop.join(30)
        print(f"\nforced logout to the bot's last trade: {stopped[0] - began:.3f} s (its answer took {answered - began:.3f} s)", file=sys.stderr)
        self.assertLess(stopped[0] - answered, 10.0)  # milliseconds, and what a busy machine adds; the next heartbeat would tell after 18 s
        until(lambda: lost, "on_lost")
        self.assertEqual(("forced_logout", "You have been logged out by an administrator. Log in again to continue."), bot.reason[:2])
        self.assertFalse(bot.may_open())
        self.assertTrue(bot.login(), "a person logs in again")
        self.assertEqual(State.RENEWED, bot.state)

    def test_after_a_suspend_it_is_confirmed_first_or_learns_who_has_the_license_now(self):
        portal.set(10, 3, 60)
        alone, key, second = BotProcess(self, portal.url, self.key, self.mine).is_streaming(), portal.new_key(), device()
        robbed = BotProcess(self, portal.url, key, second).is_streaming()
        for child in (alone, robbed):
            child.signal(signal.SIGSTOP)
        stopped = time.monotonic()
        until(lambda: portal.post("/api/validate-license", key, self.other)[0] == 200, "the timeout")
        self.assertEqual("timed_out", portal.history(second)["sessions"][0]["end_reason"], "stopped is not dropped: its heartbeats count")
        while time.monotonic() - stopped < 20:
            portal.post("/api/heartbeat", key, self.other)
            time.sleep(0.5)
        for child in (alone, robbed):
            child.signal(signal.SIGCONT)

        self.assertEqual(0, robbed.ended())
        self.assertEqual(["session_conflict"], [told["code"] for told in robbed.of("lost")])
        self.assertEqual(self.other[:8] + "...", robbed.of("conflict")[0]["device"])
        self.assertEqual([True, False], [told["value"] for told in robbed.of("may_trade")], "not for one look")
        self.assertGreater(robbed.of("may_trade")[1]["after"], 15)

        until(lambda: alone.of("state")[-1]["state"] == "renewed", "renewed")
        shown = [told["state"] for told in alone.of("state")]
        self.assertEqual((["lost", "renewed"], 1), (shown[-2:], shown.count("lost")), shown)
        until(lambda: alone.of("may_trade")[-1]["value"], "it trades again")

    def test_a_restart_of_the_server_is_not_noticed_and_its_absence_in_time(self):
        states = []
        bot = self.held(on_state=lambda state, reason: states.append(state))
        session, stream = bot.session_id, bot._run.stream
        portal.stop()
        portal.start()
        until(lambda: bot._run.stream not in (None, stream), "its stream is open again")
        self.assertEqual(([State.HELD], session), (states, bot.session_id))

        # Unknown for six seconds: so long this machine may stand still without its being left out.
        changed = quotrading_license._clock()
        portal.set(16, 6, 60)
        until(lambda: bot.settings.session_timeout == 16 and bot._fence.sent > changed, "the settings are told, a heartbeat answers")
        portal.stop()
        gone = quotrading_license._clock()
        self.assertLess(last_trade(bot.may_trade) - gone, 16.0, "the server's own timeout")
        until(lambda: len(states) >= 3, "told")
        self.assertEqual(([State.HELD, State.UNKNOWN, State.LOST], False), (states, bot.over))
        portal.start()
        until(lambda: bot.state is State.RENEWED, "renewed")
        self.assertEqual(session, bot.session_id)

    def test_an_old_client_on_the_same_device_notices_nothing(self):
        portal.set(60, 20)

        def beat():
            return portal.post("/api/heartbeat", self.key, self.mine, bot_version="2.0.0", status="online")
        old = portal.post("/api/validate-license", self.key, self.mine)[1]["session_id"]
        launcher = self.held("launcher")
        self.assertEqual((200, old, launcher.session_id), (beat()[0], beat()[1]["session_id"], old))
        launcher.release()
        self.assertEqual((200, old), (beat()[0], beat()[1]["session_id"]))

        crashed = BotProcess(self, portal.url, self.key, self.mine, "launcher").is_streaming()
        beat()
        crashed.signal(signal.SIGKILL)
        time.sleep(6.5)
        self.assertEqual((200, old, False), (beat()[0], beat()[1]["session_id"], self.can_log_in(self.other)))

    def test_every_ordinary_end_of_a_program_releases_the_license(self):
        for number, code in ((signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP), (signal.SIGINT, 0), (None, 0)):
            with self.subTest(number):
                child = BotProcess(self, portal.url, self.key, self.mine, "bot", *(["--once"] if number is None else []))
                if number is not None:
                    child.is_streaming().signal(number)
                self.assertEqual(code, child.ended())
                self.assertTrue(child.of("login")[0]["ok"])
                ended = portal.history(self.mine)["sessions"][0]
                self.assertEqual("released", ended["end_reason"], ended)

    def test_ctrl_c_in_the_launchers_terminal_lets_the_bot_end_in_order(self):
        portal.set(60, 1)
        # As in a terminal: one group, and nobody ignores Ctrl+C.
        launcher = subprocess.Popen([sys.executable, "examples/launcher.py"], cwd=HERE, env=self.environment(), stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
                                    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        self.addCleanup(launcher.kill)
        launcher.stdin.write("\n")
        launcher.stdin.flush()
        live = self.running_bot()
        portal.process.send_signal(signal.SIGSTOP)  # so the release takes its time
        try:
            os.killpg(launcher.pid, signal.SIGINT)
            time.sleep(1)
            self.assertIsNone(launcher.poll(), "it waits for its bot")
        finally:
            portal.process.send_signal(signal.SIGCONT)
        shown, _ = launcher.communicate(timeout=60)
        self.assertEqual((0, False), (launcher.returncode, "Traceback" in shown), shown)
        ended = next(session for session in portal.history(live["device"])["sessions"] if session["session_id"] == live["session_id"])
        self.assertEqual("released", ended["end_reason"])

    def test_the_examples_run_and_end_with_their_own_codes(self):
        portal.set(60, 1)
        example = subprocess.Popen([sys.executable, "examples/launcher.py"], cwd=HERE, env=self.environment(), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(example.kill)
        example.stdin.write("\n")
        example.stdin.flush()
        bot = self.running_bot()
        program = "import getpass, runpy; getpass.getuser = lambda: 'another'; runpy.run_path('examples/bot.py')"
        with tempfile.TemporaryDirectory() as profile:  # of another user
            refused = subprocess.run([sys.executable, "-c", program], cwd=HERE, env={**self.environment(), "QUOTRADING_PROFILE": profile},
                                     capture_output=True, text=True, timeout=60)
        self.assertEqual((2, True), (refused.returncode, "in use on another device" in refused.stdout), refused.stdout + refused.stderr)
        portal.log_out(bot["session_id"])
        shown, _ = example.communicate(timeout=60)
        self.assertEqual(3, example.returncode, shown)
        self.assertIn("Trading has stopped. You have been logged out by an administrator.", shown)
