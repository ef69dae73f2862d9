"""The real portal, and both clients on one computer."""

import contextlib
import functools
import json
import os
import pathlib
import sys
import tempfile
import threading
import time
import uuid

from between import Relay
from driver import ROOT
from suite import SLACK, Case, until

sys.path.append(str(ROOT / "clients/python"))
from tests.portal import Portal  # noqa: E402  what the Python client's own tests start

TIMEOUT, INTERVAL, GRACE = 30, 5, 6  # a grace that no client has by itself: who knows it has heard the stream's hello
_starting = threading.Lock()


@functools.lru_cache(None)
def _portal():
    started = Portal()
    started.set(TIMEOUT, INTERVAL, GRACE)
    return started


def portal():
    """One for all tests: each has a license of its own."""
    with _starting:
        return _portal()


def start_early():
    """While other tests run; what is wrong with it they will say."""
    def start():
        with contextlib.suppress(Exception):
            portal()

    threading.Thread(target=start, daemon=True).start()


class PortalCase(Case):
    def setUp(self):
        super().setUp()
        self.portal = portal()
        made = self.portal.admin("POST", "licenses", {"email": "conformance@example.com", "plan": "MONTHLY", "count": 1, "days": 30})["licenses"][0]
        self.license, self.key = made["id"], made["key"]
        self.secrets.append(self.key)
        self.profile, self.friend = self.folder(), uuid.uuid4().hex[:16]

    def folder(self):
        made = tempfile.TemporaryDirectory(prefix="conformance-profile-")
        self.addCleanup(made.cleanup)
        return made.name

    def bot(self, **options):
        """A driver that holds the license of the real portal, and whose stream is open."""
        driver = self.made(options.pop("url", self.portal.url), profile=self.profile, **options)
        answer = driver.ask("login")
        self.assertTrue(answer["ok"], answer)
        until(lambda: driver.look()["settings"]["disconnect_grace"] == GRACE, "its stream is open")
        return driver

    def friend_gets_in(self):
        """Another device, as an older bot logs in; it leaves at once."""
        if self.portal.post("/api/validate-license", self.key, self.friend)[0] != 200:
            return False
        self.portal.post("/api/session/release", self.key, self.friend)
        return True

    def until_the_friend_is_in(self, seconds):
        until(lambda: self.friend_gets_in() or time.sleep(0.15), "the license is free", seconds)
        return time.monotonic()


class PortalTests(PortalCase):
    def test_a_login_holds_the_seat(self):
        """B1: the portal knows the session, and nobody else gets in."""
        driver = self.bot(symbol="ES", device_name="desk", version="9.9")
        seen = driver.look()
        self.assertEqual(("held", True), (seen["state"], seen["may_open"]))
        self.assertEqual({"heartbeat_interval": INTERVAL, "session_timeout": TIMEOUT, "disconnect_grace": GRACE}, seen["settings"])
        self.assertFalse(self.friend_gets_in())

    def test_another_computer_is_refused_and_told_by_whom(self):
        """B2: another profile is another computer where it names another fingerprint."""
        self.bot(fingerprint="0123456789abcdef")
        other = self.made(self.portal.url, profile=self.folder(), fingerprint="fedcba9876543210")
        reason = other.ask("login")["reason"]
        self.assertEqual(("session_conflict", "01234567..."), (reason["code"], reason["active_device"]))
        self.assertTrue(0 < reason["wait_seconds"] <= TIMEOUT)

    def test_a_forced_logout_arrives_within_a_second(self):
        """B14: with its message; a heartbeat does not bring it back."""
        driver = self.bot()
        self.portal.log_out(driver.look()["session_id"])
        logged_out = time.monotonic()
        last, seen = self.last_yes(driver)
        self.assertLess(last, logged_out + 1.0)
        self.assertEqual((True, "forced_logout"), (seen["over"], seen["reason"]["code"]))
        self.assertTrue(driver.ask("login")["ok"], "a person may log in again")

    def test_a_release_frees_it_at_once(self):
        """B20: the next device is in with its first question."""
        driver = self.bot()
        self.assertTrue(driver.ask("release")["ok"])
        self.assertTrue(self.friend_gets_in())

    def test_a_program_that_is_killed_frees_it_after_the_grace(self):
        """B15: neither sooner nor a timeout later."""
        driver = self.bot()
        driver.process.kill()
        killed = time.monotonic()
        waited = self.until_the_friend_is_in(TIMEOUT + SLACK) - killed
        self.assertTrue(GRACE - 1 <= waited < TIMEOUT - INTERVAL, waited)

    def test_a_line_that_dies_frees_it_only_after_the_program_has_stopped(self):
        """B17: the portal sees the stream end, the program hears nothing any more. Nobody is in while it says that it may open."""
        relay = Relay(type("Address", (), {"port": int(self.portal.url.rsplit(":", 1)[1])}))
        self.addCleanup(relay.close)
        driver = self.bot(url=relay.url)
        friend = []
        asking = threading.Thread(target=lambda: friend.append(self.until_the_friend_is_in(TIMEOUT + SLACK)), daemon=True)
        relay.stall()
        relay.forget()
        asking.start()
        last, _ = self.last_yes(driver)
        asking.join(60)
        self.assertLess(last, friend[0])
        self.assertFalse(driver.look()["may_open"])

    def test_a_suspended_license_ends_it_and_a_login_says_why(self):
        """B14, B2: within a second, over; and refused until it is reactivated."""
        driver = self.bot()
        self.portal.admin("POST", f"licenses/{self.license}/suspend")
        suspended = time.monotonic()
        last, _ = self.last_yes(driver)
        self.assertLess(last, suspended + 1.0)
        self.until_over(driver, "license_suspended")
        self.assertEqual("license_suspended", driver.ask("login")["reason"]["code"])
        self.portal.admin("POST", f"licenses/{self.license}/reactivate")
        self.assertTrue(driver.ask("login")["ok"])

    def test_a_session_that_timed_out_is_resumed(self):
        """B11, B18: a process that stood still for a whole timeout, and nobody else came."""
        driver = self.bot()
        driver.suspend()
        until(lambda: self.sees_nobody(), "the session has ended", TIMEOUT + SLACK + 5)
        first = driver.send("look")
        driver.go_on()
        self.assertFalse(driver.answer(first)["may_open"])
        self.assertTrue(self.until_state(driver, "renewed")["may_open"])

    def sees_nobody(self):
        return time.sleep(0.2) or self.friend_gets_in()

    def test_its_answers_are_signed(self):
        """B24, B26: with the keys that the portal itself tells; a foreign one is believed by nobody."""
        keys = self.portal.ask("GET", "/api/hello")[1]["keys"]
        driver = self.bot(keys=keys)
        self.keeps(driver, INTERVAL + 2)
        self.assertEqual(["held"], driver.states())

    def test_the_token_is_carried(self):
        """B19, B27: a session that was begun with the installation's secret goes on for more than ten heartbeats."""
        driver = self.bot()
        before = driver.look()["session_id"]
        self.keeps(driver, 2 * INTERVAL + 2)
        self.assertEqual((before, ["held"]), (driver.look()["session_id"], driver.states()))


class TwoClientsTests(PortalCase):
    """One of each on one computer: they share the profile, the session and the lock."""

    def launcher_and_bot(self, launcher, bot):
        first = self.bot(client=launcher, app="launcher")
        session = first.look()["session_id"]
        self.assertTrue(first.ask("hand_over")["ok"])
        self.assertFalse(self.friend_gets_in())
        second = self.bot(client=bot, app="bot")
        self.assertEqual((session, "held", True), (lambda seen: (seen["session_id"], seen["state"], seen["may_open"]))(second.look()))

    def test_a_python_launcher_hands_over_to_a_csharp_bot(self):
        """B21, B27: the same session, as both read one profile."""
        self.launcher_and_bot("python", "csharp")

    def test_a_csharp_launcher_hands_over_to_a_python_bot(self):
        """B21, B27: the same session, as both read one profile."""
        self.launcher_and_bot("csharp", "python")

    def test_a_launcher_that_stays_shares_the_session(self):
        """B20, B21: each leaves for itself, and the last one frees it."""
        launcher, bot = self.bot(client="python", app="launcher"), self.bot(client="csharp", app="bot")
        self.assertEqual(launcher.look()["session_id"], bot.look()["session_id"])
        self.assertTrue(launcher.ask("release")["ok"])
        self.assertTrue(bot.look()["may_open"])
        self.assertFalse(self.friend_gets_in())
        self.assertTrue(bot.ask("release")["ok"])
        self.assertTrue(self.friend_gets_in())

    def one_instance(self, first, second):
        holder = self.bot(client=first, single_instance=True)
        other = self.made(self.portal.url, client=second, profile=self.profile, single_instance=True)
        self.assertEqual("already_running", other.ask("login")["reason"]["code"])
        self.assertTrue(holder.ask("release")["ok"])
        self.assertTrue(other.ask("login")["ok"])

    def test_python_holds_the_lock(self):
        """B28: C# is refused."""
        self.one_instance("python", "csharp")

    def test_csharp_holds_the_lock(self):
        """B28: Python is refused."""
        self.one_instance("csharp", "python")

    def test_both_have_one_fingerprint_whoever_was_first(self):
        """B27: one file, whole, read by both."""
        for first, second in (("python", "csharp"), ("csharp", "python")):
            profile = self.folder()
            told = [self.process(client).ask("fingerprint", profile=profile)["fingerprint"] for client in (first, second)]
            self.assertEqual(told[0], told[1])
            self.assertEqual(told[0], json.loads(pathlib.Path(profile, "installation.json").read_text())["fingerprint"])

    def test_all_that_start_at_once_have_one_fingerprint(self):
        """B27: two of each."""
        drivers = [self.process(client) for client in ("python", "csharp") * 2]
        asked = [driver.send("fingerprint", profile=self.profile) for driver in drivers]
        self.assertEqual(1, len({driver.answer(number)["fingerprint"] for driver, number in zip(drivers, asked)}))
        self.assertIn("installation.json", os.listdir(self.profile))
