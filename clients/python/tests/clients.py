"""What tests of the client against a fake server have in common."""

import concurrent.futures
import contextlib
import logging
import threading
import unittest
from unittest import mock

import quotrading_license
from quotrading_license import LicenseSession
from tests.fake_server import FakeServer
from tests.waiting import LIMITS

KEY = "SECRE-TKEY0-SECRE-TKEY0-SECRE"


def at_once(cases, check):
    with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
        for done in [pool.submit(check, case) for case in cases]:
            done.result()


def patiently(connect):
    return lambda portal, seconds, *more: connect(portal, max(seconds, 30.0), *more)


@contextlib.contextmanager
def no_new_threads(allowed=()):
    """As at the end of a program, for the client: of its threads only those of these names begin."""
    real = threading.Thread.start

    def start(thread):
        if thread.name.startswith("license") and thread.name not in allowed:
            raise RuntimeError("can't create new thread at interpreter shutdown")
        real(thread)

    with mock.patch.object(threading.Thread, "start", start):
        yield


class Recorder(logging.Handler):
    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record):
        self.lines.append(self.format(record))


class ClientTests(unittest.TestCase):
    def setUp(self):
        self.log = Recorder()
        logger = logging.getLogger("quotrading_license")
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        logger.addHandler(self.log)
        self.addCleanup(logger.removeHandler, self.log)
        # The streams of a fake server are silent: that shall start no heartbeats that a test might take for others.
        limits = mock.patch.multiple(quotrading_license, _STREAM_DOUBT=300.0, _STREAM_SILENCE=300.0, **LIMITS)
        limits.start()
        self.addCleanup(limits.stop)
        self.patience = contextlib.ExitStack()
        self.addCleanup(self.patience.close)
        self.patience.enter_context(mock.patch.object(quotrading_license._Portal, "connect", patiently(quotrading_license._Portal.connect)))
        self.states, self.lost, self.conflicts, self.settings = [], [], [], []

    def tearDown(self):
        self.assertNotIn(KEY, "\n".join(self.log.lines))

    def let_requests_time_out(self):
        """As the client has it, in a test about just that. In the others none is given up because an answer came some seconds late."""
        self.patience.close()

    def serve(self, **answers):
        server = FakeServer(**answers)
        self.addCleanup(server.close)
        return server

    def client(self, url, **more):
        options = {"fingerprint": "f" * 16, "on_state": lambda state, reason: self.states.append(state), "on_lost": self.lost.append,
                   "on_conflict": lambda *what: self.conflicts.append(what), "on_settings": self.settings.append, **more}
        made = LicenseSession(url, KEY, **options)
        self.addCleanup(made.release)
        return made

    def held(self, server, **more):
        made = self.client(server.url, **more)
        self.assertTrue(made.login(), made.reason)
        return made
