"""Who a device is: the profile, one instance, and what proves the installation."""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import quotrading_license
from quotrading_license import State, compute_fingerprint, device_fingerprint
from tests.clients import KEY, ClientTests
from tests.fake_server import Json, NoAnswer, granted, refused
from tests.waiting import until

HERE = pathlib.Path(__file__).resolve().parents[1]
SECRET = "5e" * 32


class ProfileCase(ClientTests):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="quotrading-profile-")
        self.addCleanup(folder.cleanup)
        self.profile = pathlib.Path(folder.name, "profile")
        self.file = self.profile / "installation.json"

    def write(self, content):
        self.profile.mkdir(exist_ok=True)
        self.file.write_text(content if isinstance(content, str) else json.dumps(content))

    def kept(self):
        return json.loads(self.file.read_text())

    def names(self):
        return sorted(name for name in os.listdir(self.profile) if not name.endswith(".lock"))


class ProfileTests(ProfileCase):
    """B27."""

    def test_the_first_fingerprint_stays_whatever_the_network_becomes(self):
        first = device_fingerprint(self.profile)
        self.assertEqual((compute_fingerprint(), 1), (first, self.kept()["version"]))
        with mock.patch("uuid.getnode", return_value=0x0242AC110002):  # a dock was plugged in
            self.assertNotEqual(first, compute_fingerprint())
            self.assertEqual(first, device_fingerprint(self.profile))

    def test_it_is_for_this_user_alone_and_the_login_says_the_hash_of_its_secret(self):
        server = self.serve()
        self.held(server, fingerprint=None, profile=self.profile)
        login = server.of("main")[0]
        self.assertEqual((self.kept()["fingerprint"], hashlib.sha256(bytes.fromhex(self.kept()["secret"])).hexdigest()),
                         (login["device_fingerprint"], login["install"]))
        if os.name == "posix":
            self.assertEqual((0o600, 0o700), tuple(stat.S_IMODE(path.stat().st_mode) for path in (self.file, self.profile)))
        until(lambda: server.of("heartbeat"), "a beat")
        self.assertNotIn("install", server.of("heartbeat")[0])
        self.assertNotIn(self.kept()["secret"], "\n".join(self.log.lines))

    @unittest.skipUnless(os.name == "posix", "access rights of a file")
    def test_what_others_could_read_is_hidden(self):
        self.write({"version": 1, "fingerprint": "abc", "secret": SECRET})
        self.file.chmod(0o644)
        device_fingerprint(self.profile)
        self.assertEqual(0o600, stat.S_IMODE(self.file.stat().st_mode))

    def test_what_is_missing_is_added_and_what_is_not_known_stays(self):
        self.write({"version": 7, "fingerprint": "abcdef0123456789", "tomorrow": {"x": [1]}})
        self.assertEqual("abcdef0123456789", device_fingerprint(self.profile))
        self.assertEqual((7, "abcdef0123456789", {"x": [1]}, 64), (self.kept()["version"], self.kept()["fingerprint"], self.kept()["tomorrow"], len(self.kept()["secret"])))
        before = self.kept()
        device_fingerprint(self.profile)
        self.assertEqual(before, self.kept())

    def test_one_that_is_broken_is_set_aside_and_told(self):
        for broken in ('{"version": 1, "fingerp', "[]", "", "\0" * 100):
            with self.subTest(broken):
                self.write(broken)
                self.assertEqual(compute_fingerprint(), device_fingerprint(self.profile))
                aside = [name for name in self.names() if ".broken-" in name]
                self.assertEqual((1, broken), (len(aside), (self.profile / aside[0]).read_text()))
                self.assertIn("could not be read", self.log.lines[-1])
                (self.profile / aside[0]).unlink()

    def test_where_nothing_can_be_kept_it_goes_on_and_says_so(self):
        self.profile.write_text("a file where the folder would be")
        server = self.serve()
        client = self.held(server, fingerprint=None, profile=self.profile / "below")
        self.assertEqual((compute_fingerprint(), None), (server.of("main")[0]["device_fingerprint"], server.of("main")[0].get("install")))
        self.assertTrue(client.may_open())
        self.assertIn("cannot be used", "\n".join(self.log.lines))

    def test_those_that_start_at_once_read_the_same_one(self):
        program = "import sys; sys.path.insert(0, sys.argv[1]); import quotrading_license as q; print(q._install(sys.argv[2]))"
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            told = set(pool.map(lambda _: subprocess.run([sys.executable, "-c", program, str(HERE), str(self.profile)], check=True, capture_output=True,
                                                         text=True, timeout=120).stdout, range(6)))
        self.assertEqual(1, len(told), told)
        self.assertEqual(["installation.json"], self.names())

    def test_without_links_and_without_locks_it_is_the_same(self):
        with mock.patch("os.link", side_effect=OSError(1, "")), mock.patch.object(quotrading_license._FileLock, "take", side_effect=OSError(1, "")):
            first = quotrading_license._install(str(self.profile))
        self.assertEqual((first, ["installation.json"]), (quotrading_license._install(str(self.profile)), self.names()))

    def test_the_environment_and_the_parameter_name_the_folder(self):
        self.write({"fingerprint": "by the environment", "secret": SECRET})
        with mock.patch.dict(os.environ, QUOTRADING_PROFILE=str(self.profile)):
            self.assertEqual("by the environment", device_fingerprint())
            self.assertEqual(compute_fingerprint(), device_fingerprint(self.profile.parent / "another"))

    def test_a_fingerprint_of_ones_own_goes_before_it(self):
        server = self.serve()
        self.held(server, fingerprint="0123456789abcdef", profile=self.profile)
        self.assertEqual("0123456789abcdef", server.of("main")[0]["device_fingerprint"])

    def test_the_folder_of_each_system(self):
        with mock.patch.dict(os.environ, {"XDG_STATE_HOME": os.path.abspath("/states"), "HOME": "/home/me"}):
            os.environ.pop("QUOTRADING_PROFILE", None)
            if sys.platform not in ("win32", "darwin"):
                self.assertEqual("/states/quotrading", quotrading_license._profile_folder(None))
                os.environ["XDG_STATE_HOME"] = "not/absolute"
                self.assertEqual("/home/me/.local/state/quotrading", quotrading_license._profile_folder(None))
            self.assertEqual(os.path.abspath("mine"), quotrading_license._profile_folder("mine"))


class SingleInstanceTests(ProfileCase):
    """B28."""

    def test_a_second_one_is_refused_and_nothing_is_sent(self):
        server = self.serve()
        first = self.held(server, profile=self.profile, single_instance=True)
        second = self.client(server.url, profile=self.profile, single_instance=True)
        self.assertFalse(second.login())
        self.assertEqual(("already_running", 1), (second.reason.code, len(server.of("main"))))
        self.assertTrue(first.login(), "the same one may")
        self.assertTrue(self.client(server.url, profile=self.profile, single_instance=True, app="launcher").login(), "another app may")
        self.assertIn(hashlib.sha256(f"{KEY}\nbot".encode()).hexdigest()[:16] + ".lock", os.listdir(self.profile))
        self.assertTrue(first.release())
        self.assertTrue(second.login())

    def test_who_was_refused_or_logged_out_is_in_nobodys_way(self):
        server = self.serve(main=[Json(refused("license_expired"), 403), Json(granted())], heartbeat=Json(refused("forced_logout"), 403))
        first = self.client(server.url, profile=self.profile, single_instance=True)
        self.assertFalse(first.login())
        second = self.held(server, profile=self.profile, single_instance=True)
        until(lambda: second.over, "over")
        self.assertTrue(first.login())

    def test_one_that_was_killed_is_in_nobodys_way(self):
        program = ("import sys; sys.path.insert(0, sys.argv[1]); import quotrading_license as q; l = q._FileLock(sys.argv[2]); "
                   "print(l.take(), flush=True); sys.stdin.read()")
        path = str(self.profile.parent / "a.lock")
        holder = subprocess.Popen([sys.executable, "-c", program, str(HERE), path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(holder.stdout.close)
        self.addCleanup(holder.stdin.close)
        self.assertEqual("True\n", holder.stdout.readline())
        lock = quotrading_license._FileLock(path)
        self.assertFalse(lock.take())
        holder.kill()
        holder.wait()
        self.assertTrue(lock.take())
        lock.leave()


class TokenTests(ProfileCase):
    """B19, B12."""

    def test_each_message_carries_the_last_token(self):
        server = self.serve(main=Json(granted(session_token="token-one")), heartbeat=[Json(granted(session_token="token-two")), Json(granted())])
        client = self.held(server)
        until(lambda: len(server.of("heartbeat")) >= 3, "beats")
        self.assertTrue(client.release())
        self.assertEqual(["token-one", "token-two", "token-two"], [body.get("session_token") for body in server.of("heartbeat")[:3]])
        self.assertEqual(("token-one", "token-two"), (server.of("stream")[0]["session_token"], server.of("release")[0]["session_token"]))
        self.assertNotIn("token-", "\n".join(self.log.lines))

    def test_where_the_installation_must_be_proved_anew_it_logs_in_once(self):
        server = self.serve(main=[Json(granted(session_token="one")), Json(granted(session_token="new"))], heartbeat=[Json(refused("login_required"), 403), Json(granted())])
        client = self.held(server)
        until(lambda: len(server.of("heartbeat")) >= 2, "it goes on")
        until(lambda: client.state is State.RENEWED, "renewed")
        self.assertEqual((2, "new"), (len(server.of("main")), server.of("heartbeat")[1]["session_token"]))
        self.assertIn("install", server.of("main")[1])

    def test_if_that_login_is_refused_it_is_over(self):
        server = self.serve(main=[Json(granted()), Json(refused("session_conflict"), 403)], heartbeat=Json(refused("login_required"), 403))
        client = self.held(server)
        until(lambda: client.over, "over")
        self.assertEqual(("session_conflict", 2), (client.reason.code, len(server.of("main"))))

    def test_a_login_whose_answer_was_lost_is_released_with_a_token(self):
        server = self.serve(main=[NoAnswer(), Json(granted(session_token="token"))], release=[Json({"status": "info"}), Json({"status": "success"})])
        client = self.client(server.url)
        with mock.patch.object(client, "_wait_for", side_effect=lambda *_: client.release()):
            self.assertFalse(client.login())
        self.assertEqual([None, "token"], [body.get("session_token") for body in server.of("release")])
        self.assertEqual("released", client.reason.code)
