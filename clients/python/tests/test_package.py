"""The wheel, and what stands in it."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

import quotrading_license
from quotrading_license import LicenseSession, State
from quotrading_license_testing import FakePortal
from tests.waiting import until

HERE = pathlib.Path(__file__).resolve().parents[1]
BUILDS = "import setuptools, wheel, pip"


def python_that(can):
    """This one, or the system's."""
    for python in (sys.executable, "/usr/bin/python3"):
        if os.path.exists(python) and subprocess.run([python, "-c", can], capture_output=True, timeout=60).returncode == 0:
            return python
    raise unittest.SkipTest(f"No Python here can do this: {can}")


class PackageTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        builder = python_that(BUILDS)
        folder = tempfile.TemporaryDirectory(prefix="quotrading-wheel-")
        cls.addClassCleanup(folder.cleanup)
        source, out = pathlib.Path(folder.name, "source"), pathlib.Path(folder.name, "out")
        shutil.copytree(HERE, source, ignore=shutil.ignore_patterns("tests", "examples", "__pycache__", ".mypy_cache", "build", "*.egg-info"))
        subprocess.run([builder, "-m", "pip", "wheel", "-q", "--no-build-isolation", "--no-deps", "--no-index", "-w", str(out), str(source)],
                       check=True, capture_output=True, timeout=300)
        cls.wheel, = out.iterdir()
        cls.unpacked = str(pathlib.Path(folder.name, "unpacked"))
        with zipfile.ZipFile(cls.wheel) as opened:
            opened.extractall(cls.unpacked)

    def test_it_has_the_one_file_its_types_and_the_fake_portal(self):
        with zipfile.ZipFile(self.wheel) as opened:
            names = sorted(name for name in opened.namelist() if "dist-info" not in name)
            self.assertEqual(["quotrading_license/__init__.py", "quotrading_license/py.typed", "quotrading_license/testing.py"], names)
            self.assertEqual((HERE / "quotrading_license.py").read_bytes(), opened.read(names[0]))
            metadata = next(opened.read(name).decode() for name in opened.namelist() if name.endswith("METADATA"))
        self.assertRegex(self.wheel.name, f"^quotrading_license-{re.escape(quotrading_license.__version__)}-py3-none-any.whl$")
        self.assertIn("Requires-Python: >=3.9", metadata)
        self.assertNotIn("Requires-Dist", metadata, "the standard library alone")

    def test_a_session_is_held_with_what_is_in_it(self):
        program = ("from quotrading_license import LicenseSession, __version__\nfrom quotrading_license.testing import FakePortal\n"
                   "with FakePortal() as portal, LicenseSession(portal.url, portal.key) as license:\n    print(license.login(), license.may_open(), __version__)")
        done = subprocess.run([sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {self.unpacked!r})\n{program}"], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual((f"True True {quotrading_license.__version__}\n", ""), (done.stdout, done.stderr))

    def test_it_costs_little_memory(self):
        """Beside what every program with TLS has loaded; compiled already, as it is from its second start on."""
        if not sys.platform.startswith("linux"):
            raise unittest.SkipTest("the memory of a process is read as Linux tells it")
        program = ("import http.client, json, logging, ssl, sys, threading, time, urllib.request, uuid; ssl.create_default_context()\n"
                   "def size(): return int(next(l for l in open('/proc/self/status') if l.startswith('VmRSS')).split()[1])\n"
                   f"before = size(); sys.path.insert(0, {str(HERE)!r}); import quotrading_license as q\n"
                   "c = q.LicenseSession(sys.argv[1], sys.argv[2]); assert c.login(); time.sleep(2); print(size() - before)")
        with FakePortal() as portal, tempfile.TemporaryDirectory() as compiled:
            environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            for _ in range(2):
                done = subprocess.run([sys.executable, "-c", program, portal.url, portal.key], check=True, capture_output=True, text=True, timeout=60,
                                      env=environment)
        self.assertLess(int(done.stdout), 4 * 1024, "kilobytes")


class FakePortalTests(unittest.TestCase):
    def setUp(self):
        self.portal = FakePortal(timeout=20, grace=3)
        self.addCleanup(self.portal.close)

    def client(self, **more):
        made = LicenseSession(self.portal.url, self.portal.key, **{"fingerprint": "f" * 16, **more})
        self.addCleanup(made.release)
        return made

    def held(self, **more):
        made = self.client(**more)
        self.assertTrue(made.login(), made.reason)
        return made

    def test_one_device_at_a_time_has_the_license(self):
        first, second = self.held(), self.client(fingerprint="e" * 16)
        self.assertFalse(second.login())
        self.assertEqual(("session_conflict", "ffffffff...", 20.0), (second.reason.code, second.reason.active_device, second.reason.wait_seconds))
        self.assertTrue(first.release())
        self.assertFalse(self.portal.is_held)
        self.assertTrue(second.login())

    def test_it_refuses_what_it_is_told_to(self):
        self.portal.refuse("license_expired")
        client = self.client()
        self.assertFalse(client.login())
        self.assertEqual(("license_expired", "License expired"), client.reason[:2])
        self.portal.allow()
        self.assertTrue(client.login())
        other = LicenseSession(self.portal.url, "ANOTHER-KEY")
        self.assertFalse(other.login())
        self.assertEqual("unknown_key", other.reason.code)

    def test_an_administrator_logs_out_and_only_a_login_begins_anew(self):
        client, launcher = self.held(), self.held(app="launcher")
        until(lambda: client._run.stream is not None and launcher._run.stream is not None, "their streams are open")
        self.portal.log_out()
        until(lambda: client.over and launcher.over, "over")
        self.assertEqual(("forced_logout", False), (client.reason.code, client.may_open()))
        self.assertTrue(client.login())

    def test_a_time_out_is_resumed_and_what_was_given_away_is_not(self):
        client = self.held()
        until(lambda: client._run.stream is not None, "open")
        self.portal.log_out("timed_out")
        until(lambda: client.state is State.RENEWED, "renewed")
        until(lambda: client._run.stream is not None, "open again")
        self.portal.give_away()
        until(lambda: client.over, "over")
        self.assertEqual(("session_conflict", "someone ..."), (client.reason.code, client.reason.active_device))

    def test_it_falls_silent_and_speaks_again(self):
        client = self.held()
        until(lambda: client._run.stream is not None, "open")
        self.portal.fall_silent()
        until(lambda: not client.may_open(), "no position is opened")
        self.assertFalse(client.over)
        self.portal.speak()
        until(client.may_open, "again")

    def test_it_says_what_it_was_asked(self):
        client = self.held(symbol="ES")
        until(lambda: self.portal.of("heartbeat"), "a beat")
        client.hand_over()
        self.assertEqual(("ES", True), (self.portal.of("main")[0].body["symbol"], self.portal.of("release")[0].body["handover"]))
        self.assertRaises(ValueError, lambda: self.portal.keys)


