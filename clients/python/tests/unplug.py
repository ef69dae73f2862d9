"""Cables are pulled: a bot behind a network of its own, whose packets are dropped without a word to either end.

Needs root, iproute2 and openssl, and takes about four minutes, so nothing runs it by itself:

    cd clients/python && sudo python3 -m unittest -v tests.unplug
"""

import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest
import uuid

from tests.bots import BotProcess
from tests.portal import Portal, free_port
from tests.waiting import until

TIMEOUT, INTERVAL, GRACE = 30, 5, 5
HERE, THERE = "10.99.7.1", "10.99.7.2"
SPACE, BRIDGE, NEAR, FAR = "quotrading-bot", "qt-bridge", "qt-near", "qt-far"
portal = None
bots = None


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class BotsNetwork:
    """A network namespace that reaches this one through a bridge. Taken from the bridge, its cable ends nowhere."""

    def __init__(self):
        self.close()
        run("ip", "netns", "add", SPACE)
        run("ip", "link", "add", BRIDGE, "type", "bridge")
        run("ip", "address", "add", f"{HERE}/24", "dev", BRIDGE)
        run("ip", "link", "add", NEAR, "type", "veth", "peer", "name", FAR, "netns", SPACE)
        run("ip", "link", "set", BRIDGE, "up")
        run("ip", "link", "set", NEAR, "up")
        self.plug_in()
        run("ip", "-n", SPACE, "address", "add", f"{THERE}/24", "dev", FAR)
        run("ip", "-n", SPACE, "link", "set", FAR, "up")
        run("ip", "-n", SPACE, "link", "set", "lo", "up")

    def plug_in(self):
        run("ip", "link", "set", NEAR, "master", BRIDGE)

    def unplug(self):
        run("ip", "link", "set", NEAR, "nomaster")
        return time.monotonic()

    @staticmethod
    def forget():
        """Its connections end here, and it hears nothing of that."""
        run("ss", "-K", "dst", THERE)

    @staticmethod
    def close():
        for command in (["ip", "link", "delete", NEAR], ["ip", "link", "delete", BRIDGE], ["ip", "netns", "delete", SPACE]):
            subprocess.run(command, check=False, capture_output=True)


def setUpModule():
    global portal, bots, folder
    if os.geteuid() != 0:
        raise unittest.SkipTest("Networks are made by root alone.")
    bots = BotsNetwork()
    folder = tempfile.TemporaryDirectory(prefix="portal-unplug-")
    certificate, key = (str(pathlib.Path(folder.name) / name) for name in ("certificate.pem", "key.pem"))
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=portal", "-addext", f"subjectAltName=IP:{HERE}", "-keyout", key, "-out", certificate)
    bots.url = f"https://{HERE}:{free_port(HERE)}"
    bots.certificate = certificate
    portal = Portal(bots.url, Kestrel__Certificates__Default__Path=certificate, Kestrel__Certificates__Default__KeyPath=key)


def tearDownModule():
    if portal is not None:
        portal.close()
    if bots is not None:
        bots.close()
        folder.cleanup()


class UnpluggedTests(unittest.TestCase):
    def setUp(self):
        portal.set(TIMEOUT, INTERVAL, GRACE)
        bots.plug_in()
        self.key, self.mine, self.other = portal.new_key(), uuid.uuid4().hex[:16], uuid.uuid4().hex[:16]

    def bot(self, app="bot"):
        made = BotProcess(self, bots.url, self.key, self.mine, app, under=["ip", "netns", "exec", SPACE], environment={"SSL_CERT_FILE": bots.certificate})
        made.is_streaming()
        until(made.may_trade, "it trades")
        return made

    def friend_gets_in(self):
        return portal.post("/api/validate-license", self.key, self.other)[0] == 200

    def old_client_beats(self, path="heartbeat"):
        return portal.post(f"/api/{path}", self.key, self.mine, bot_version="2.0.0", status="online")[0]

    def until_the_friend_is_in(self, bot, at_most, meanwhile=lambda: None):
        """Tries without a pause. The proof: at no look does the bot trade while the friend is in."""
        end = time.monotonic() + at_most
        while not self.friend_gets_in():
            self.assertLess(time.monotonic(), end, "the license was not free in time")
            meanwhile()
            time.sleep(0.02)
        got_in = time.monotonic()
        self.assertFalse(bot.may_trade(), "two devices trade")
        return got_in

    def test_the_bot_stops_before_another_device_gets_in_and_learns_who_has_the_license(self):
        bot = self.bot()
        pulled = bots.unplug()
        got_in = self.until_the_friend_is_in(bot, TIMEOUT + 5)
        stopped = bot.of("may_trade")[-1]["at"]
        print(f"\nunplugged: the bot traded for {stopped - pulled:.1f} s more, another device got in after {got_in - pulled:.1f} s (timeout {TIMEOUT} s)")
        self.assertLess(stopped, got_in)
        self.assertLess(stopped - pulled, GRACE, "the server might have seen the stream drop")
        self.assertGreater(stopped - pulled, GRACE / 3, "it gave up too early")
        self.assertEqual(["held", "unknown", "lost"], [told["state"] for told in bot.of("state")])

        bots.plug_in()
        began = time.monotonic()
        self.assertEqual(0, bot.ended(60))
        print(f"plugged in again: it learned who has it after {time.monotonic() - began:.1f} s")
        self.assertEqual(["session_conflict"], [told["code"] for told in bot.of("lost")])
        self.assertEqual([True, False], [told["value"] for told in bot.of("may_trade")], "not for one look more")

    def test_a_short_cut_costs_nothing(self):
        bot = self.bot()
        session = bot.of("login")[0]["session"]
        for seconds in (1, 2, 8, 15):
            streams = len(bot.of("stream"))
            bots.unplug()
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                self.assertFalse(self.friend_gets_in(), f"{seconds} s without network, and another device got in")
                time.sleep(0.05)
            bots.plug_in()
            until(lambda: bot.of("state")[-1]["state"] in ("held", "renewed"), "it is confirmed again", 30)
            until(lambda: seconds < 5 or len(bot.of("stream")) > streams, "it has a stream again", 30)
        until(bot.may_trade, "it trades")
        self.assertEqual([session], [told["session_id"] for told in portal.history(self.mine)["sessions"]])
        self.assertNotIn("lost", [told["state"] for told in bot.of("state")], "it never lost it")
        # Of longer cuts it cannot know whether the server saw the stream drop.
        self.assertLessEqual([told["value"] for told in bot.of("may_trade")].count(False), 2, "two of them cost it nothing")

    def test_a_stream_that_dies_at_the_servers_end_alone_costs_nothing_when_the_way_is_free_again(self):
        bot = self.bot()
        session = bot.of("login")[0]["session"]
        bots.unplug()
        bots.forget()
        bots.plug_in()
        end = time.monotonic() + GRACE * 3
        while time.monotonic() < end:
            self.assertFalse(self.friend_gets_in())
            time.sleep(0.05)
        until(bot.may_trade, "it trades")
        self.assertEqual([session], [told["session_id"] for told in portal.history(self.mine)["sessions"]])

    def test_a_stream_that_dies_at_the_servers_end_alone_stops_the_bot_before_another_device_gets_in(self):
        bot = self.bot()
        pulled = bots.unplug()
        bots.forget()
        got_in = self.until_the_friend_is_in(bot, GRACE + 5)
        stopped = bot.of("may_trade")[-1]["at"]
        print(f"\nforgotten: the bot traded for {stopped - pulled:.1f} s more, another device got in after {got_in - pulled:.1f} s (grace {GRACE} s)")
        bots.plug_in()
        self.assertEqual(0, bot.ended(60))
        self.assertEqual(["session_conflict"], [told["code"] for told in bot.of("lost")])

    def test_when_nobody_came_meanwhile_it_goes_on_by_itself(self):
        bot = self.bot()
        bots.unplug()
        until(lambda: not bot.may_trade(), "it stops", TIMEOUT)
        time.sleep(TIMEOUT / 2)
        bots.plug_in()
        began = time.monotonic()
        until(bot.may_trade, "it trades again", 30)
        print(f"\nplugged in again, nobody had come: trades after {time.monotonic() - began:.1f} s")
        until(lambda: bot.of("state")[-1]["state"] == "renewed", "and says so", 10)
        self.assertFalse(self.friend_gets_in())

    def test_a_server_that_was_restarted_behind_the_cut_is_found_again_and_nobody_got_in(self):
        bot = self.bot()
        session = bot.of("login")[0]["session"]
        bots.unplug()
        portal.stop()
        portal.start()
        for _ in range(50):
            self.assertFalse(self.friend_gets_in())
            time.sleep(0.1)
        bots.plug_in()
        until(lambda: bot.of("state")[-1]["state"] in ("held", "renewed") and bot.may_trade(), "it is confirmed again", 30)
        end = time.monotonic() + GRACE * 2
        while time.monotonic() < end:
            self.assertFalse(self.friend_gets_in())
            time.sleep(0.1)
        self.assertEqual([session], [told["session_id"] for told in portal.history(self.mine)["sessions"]])

    def test_killed_behind_a_cut_it_is_gone_with_the_timeout(self):
        bot = self.bot()
        pulled = bots.unplug()
        bot.signal(signal.SIGKILL)
        bot.process.wait()
        while not self.friend_gets_in():
            self.assertLess(time.monotonic() - pulled, TIMEOUT + 5, "the license was not free in time")
            time.sleep(0.02)

    def test_an_old_client_beside_a_new_one_that_is_cut_off_keeps_the_session_and_notices_nothing(self):
        """Both behind one router, say: the new bot's cable is pulled, the old launcher's is not."""
        bot = self.bot()
        session = bot.of("login")[0]["session"]
        self.assertEqual(200, self.old_client_beats("validate-license"), "as they begin; one that only beats is asked to")
        pulled = bots.unplug()
        while time.monotonic() - pulled < TIMEOUT * 1.5:
            self.assertEqual(200, self.old_client_beats())
            self.assertFalse(self.friend_gets_in())
            time.sleep(0.5)
        bot.signal(signal.SIGKILL)
        bot.process.wait()
        bots.plug_in()
        end = time.monotonic() + GRACE * 3
        while time.monotonic() < end:
            self.assertEqual(200, self.old_client_beats())
            self.assertFalse(self.friend_gets_in())
            time.sleep(0.5)
        self.assertEqual([session], [told["session_id"] for told in portal.history(self.mine)["sessions"]])


if __name__ == "__main__":
    unittest.main()
