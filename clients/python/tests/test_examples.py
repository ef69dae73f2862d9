"""The examples as they are, and those of the page, against a portal that a test plays."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from quotrading_license_testing import FakePortal
from tests.test_package import python_that
from tests.waiting import until

HERE = pathlib.Path(__file__).resolve().parents[1]
PAGE = HERE.parents[1] / "docs/client-api.md"


class ExampleTests(unittest.TestCase):
    def setUp(self):
        self.portal = FakePortal(timeout=30)
        self.addCleanup(self.portal.close)

    def environment(self, **more):
        return {**os.environ, "QUOTRADING_SERVER": self.portal.url, "LICENSE_KEY": self.portal.key, "PYTHONUNBUFFERED": "1",
                "PYTHONPATH": os.pathsep.join([str(HERE / "tests/patient"), str(HERE)]), **more}

    def start(self, name, *arguments, python=sys.executable, **more):
        process = subprocess.Popen([python, name, *arguments], cwd=HERE, env=self.environment(**more), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process

    def ended(self, process, text=None):
        shown, _ = process.communicate(text, timeout=60)
        self.assertNotIn("Traceback", shown)
        return process.returncode, shown

    def trading(self, *command, path="heartbeat"):
        process = self.start(*command)
        until(lambda: self.portal.of(path), "it runs", 60)
        until(lambda: self.portal._streams, "its stream is open", 60)
        return process

    def stops(self, process):
        self.portal.log_out()
        code, shown = self.ended(process)
        self.assertEqual(3, code, shown)
        self.assertIn("Trading has stopped. You have been logged out by an administrator.", shown)

    def refused(self, *command):
        self.portal.refuse("license_expired")
        code, shown = self.ended(self.start(*command))
        self.assertEqual((2, True), (code, "License expired" in shown), shown)

    def interrupted(self, process):
        process.send_signal(signal.SIGINT)
        self.assertEqual(0, self.ended(process)[0])
        self.assertEqual(1, len(self.portal.of("release")))

    def test_bot(self):
        self.stops(self.trading("examples/bot.py"))
        self.refused("examples/bot.py")

    def test_launcher(self):
        process = self.start("examples/launcher.py")
        process.stdin.write("\n")
        process.stdin.flush()
        until(lambda: [request for request in self.portal.of("heartbeat") if request.body["app"] == "bot"], "the bot runs", 60)
        self.assertIs(True, self.portal.of("release")[0].body["handover"])
        self.stops(process)

    def test_bot_asyncio(self):
        self.stops(self.trading("examples/bot_asyncio.py"))
        self.interrupted(self.trading("examples/bot_asyncio.py"))
        self.refused("examples/bot_asyncio.py")

    def test_bot_symbols(self):
        process = self.trading("examples/bot_symbols.py", "ES", "NQ", "CL")
        body = self.portal.of("heartbeat")[0].body
        self.assertEqual(({"ES", "NQ", "CL"}, 0, "ES"), (set(body["metadata"]["symbols"]), body["metadata"]["current_position"], body["symbol"]))
        second = self.ended(self.start("examples/bot_symbols.py"))
        self.assertEqual((2, True), (second[0], "already running" in second[1]), second)
        self.stops(process)

    def test_heartbeats_only(self):
        code, shown = self.ended(self.start("examples/heartbeats_only.py", "2"))
        self.assertEqual((0, 1, 1, 1), (code, len(self.portal.of("main")), len(self.portal.of("heartbeat")), len(self.portal.of("release"))), shown)
        self.assertIn("Positions may be opened.", shown)
        self.portal.refuse("license_expired")
        self.assertEqual((3, "License expired\n"), self.ended(self.start("examples/heartbeats_only.py")))

    def test_the_pages_own_example(self):
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder, "page.py")
            program.write_text(re.search(r"## In Python.*?```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1])
            process = self.trading(str(program))
            self.portal.log_out()
            self.assertEqual((0, "You have been logged out by an administrator. Log in again to continue.\n"), self.ended(process))

    def test_launcher_tk(self):
        """Its window goes on while the server keeps a login waiting; cancel ends that; then it starts the bot."""
        python = python_that("import tkinter")
        if shutil.which("Xvfb") is None:
            raise unittest.SkipTest("There is no Xvfb to show a window on.")
        with self.display() as display:
            self.portal.fall_silent()
            process = self.start("tests/window.py", python=python, DISPLAY=display, PYTHONPATH=str(HERE))  # with the limits that it has
            told = json.loads(process.stdout.readline())
            self.addCleanup(process.stdin.close)
            self.assertEqual("cancelled", told["what"])
            self.assertLess(told["frozen"], 1.0, "the window's thread waited for the server")
            self.assertLess(told["took"], 10.0)
            self.portal.speak()
            process.stdin.write("\n")
            process.stdin.flush()
            code, shown = self.ended(process)
        self.assertEqual((7, [True]), (code, [request.body.get("handover") for request in self.portal.of("release") if "handover" in request.body]), shown)

    @contextlib.contextmanager
    def display(self):
        reader, writer = os.pipe()
        server = subprocess.Popen(["Xvfb", "-displayfd", str(writer), "-screen", "0", "800x600x24", "-nolisten", "tcp"], pass_fds=[writer],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writer)
        try:
            with os.fdopen(reader) as told:
                yield f":{told.readline().strip()}"
        finally:
            server.terminate()
            server.wait(30)
