"""What the tests have in common, and how they run: each once for each client, eight at a time."""

import concurrent.futures
import os
import threading
import time
import unittest
import uuid

from driver import CLIENTS, Driver
from scripted import Server

AT_ONCE = int(os.environ.get("CONFORMANCE_AT_ONCE", "8"))
SLACK = 5.0  # seconds that a busy machine may stand still, where a row promises no bound that guards "two may trade"


def until(condition, what, seconds=30.0):
    """Waits for a condition, not for a time; returns what it gave."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.01)
    return value


class Case(unittest.TestCase):
    """One question to one client. Each test has a server and drivers of its own; what a driver writes never has the key in it."""

    client = ""

    def setUp(self):
        self.key = f"SECRET-{uuid.uuid4().hex.upper()}"
        self.secrets, self.drivers = [self.key], []

    def tearDown(self):
        for driver in self.drivers:
            written = "".join(driver.lines) + driver.errors()
            self.assertEqual([], [secret for secret in self.secrets if secret in written], "B34: no secret in any text")
            if "KeyboardInterrupt" not in driver.errors():  # where a test presses Ctrl+C
                self.assertNotRegex(driver.errors(), "Traceback|Unhandled exception", "the driver failed")

    # What a test is made of.

    def serve(self, timing=None, **more):
        server = Server(timing, **more)
        self.addCleanup(server.close)
        return server

    def between(self, kind, server):
        made = kind(server)
        self.addCleanup(made.close)
        return made

    def process(self, client=None, environment=None):
        driver = Driver(client or self.client, environment)
        self.addCleanup(driver.close)
        self.drivers.append(driver)
        return driver

    def made(self, url, environment=None, client=None, **options):
        """A driver with an object that has not logged in."""
        driver = self.process(client, environment)
        self.create(driver, url, **options)
        return driver

    def create(self, driver, url, **options):
        answer = driver.ask("new", **{"server": url, "key": self.key, "app": "bot", **options})
        self.assertTrue(answer["ok"], answer.get("error"))

    def held(self, server, streaming=True, **options):
        """A driver that holds the license, and whose stream is open."""
        driver = self.made(options.pop("url", None) or server.url, **options)
        answer = driver.ask("login", patience=20)
        self.assertTrue(answer["ok"], answer)
        if streaming:
            until(lambda: server.streams, "a stream is opened")
            self.until_state(driver, "held", "renewed")
        return driver

    # What it asks.

    def until_state(self, driver, *states, seconds=30.0, **fields):
        return until(lambda: (seen := driver.look(**fields))["state"] in states and seen, f"it is {' or '.join(states)}", seconds)

    def until_lost(self, driver):
        """By the clock, which is at once, and told, which is a moment later unless an answer comes first."""
        seen = self.until_state(driver, "lost")
        until(lambda: driver.states()[-1:] == ["lost"], "told")
        return seen

    def until_over(self, driver, code, seconds=30.0):
        seen = until(lambda: (seen := driver.look())["over"] and seen, "it is over", seconds)
        self.assertEqual(("lost", False, code), (seen["state"], seen["may_open"], seen["reason"]["code"]))
        return seen

    def last_yes(self, driver, seconds=30.0):
        """When it last said that it may open, by the clock before it was asked; and the look that said no."""
        end, last = time.monotonic() + seconds, float("-inf")
        while time.monotonic() < end:
            asked = time.monotonic()
            seen = driver.look()
            if not seen["may_open"]:
                return last, seen
            last = asked
            time.sleep(0.01)
        raise AssertionError(f"it may open after {seconds} s")

    def keeps(self, driver, seconds, server=None):
        """So long it may open at every look."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            seen = driver.look()
            self.assertTrue(seen["may_open"], seen)
            time.sleep(0.02)

    def until_heard(self, server, name, more_than=0, seconds=30.0):
        return until(lambda: len(server.of(name)) > more_than and server.of(name), f"more than {more_than} {name}", seconds)

    def nothing_more(self, server, seconds=2.5):
        """Nothing is sent for some intervals."""
        before = len(server.requests)
        time.sleep(seconds)
        self.assertEqual([], [request.name for request in server.requests[before:]])


def for_each_client(loader, *cases):
    """The tests of each class, once for each client."""
    suite = Parallel()
    for client in CLIENTS:
        for case in cases:
            one = type(f"{case.__name__}_{client}", (case,), {"client": client, "__module__": case.__module__, "__doc__": case.__doc__})
            suite.addTests(loader.loadTestsFromTestCase(one))
    return suite


class _Record(unittest.TestResult):
    """What one test came to, to be told to the real result later."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def __getattribute__(self, name):
        if not name.startswith("add") or name == "addDuration":
            return super().__getattribute__(name)
        return lambda *of: self.calls.append((name, of))


class Parallel(unittest.TestSuite):
    """Runs its tests side by side: they wait more than they work. ``prepare`` is called first."""

    prepare = staticmethod(lambda: None)

    def run(self, result, debug=False):
        telling = threading.Lock()
        self.prepare()

        def one(test):
            if result.shouldStop:
                return
            record = _Record()
            test.run(record)
            with telling:
                result.startTest(test)
                for name, of in record.calls:
                    getattr(result, name)(*of)
                result.stopTest(test)

        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(one, test) for test in self]:
                done.result()
        return result
