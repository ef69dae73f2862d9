"""Bots as processes."""

import json
import os
import pathlib
import subprocess
import sys
import threading
import time

from tests.waiting import until

HERE = pathlib.Path(__file__).resolve().parents[1]


class BotProcess:
    """The client in a process of its own (tests.child), and what it told: each with the time at which it came here."""

    def __init__(self, test, url, key, fingerprint, app="bot", *more, under=(), environment=()):
        self.process = subprocess.Popen([*under, sys.executable, "-m", "tests.child", url, fingerprint, app, *more], cwd=HERE,
                                        stdout=subprocess.PIPE, text=True, env={**os.environ, "LICENSE_KEY": key, **dict(environment)})
        self.told = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        test.addCleanup(self.end)

    def _read(self):
        for line in self.process.stdout:
            self.told.append({**json.loads(line), "at": time.monotonic()})

    def of(self, what):
        return [told for told in list(self.told) if told["what"] == what]

    def may_trade(self):
        """As it said last."""
        looks = self.of("may_trade")
        return bool(looks) and looks[-1]["value"]

    def is_streaming(self):
        until(lambda: self.of("stream"), f"its stream is open ({self.told})")
        return self

    def signal(self, number):
        self.process.send_signal(number)

    def ended(self, seconds=30):
        self.process.wait(seconds)
        self.reader.join(30)
        return self.process.returncode

    def end(self):
        self.process.kill()
        self.process.wait()
        self.reader.join(5)
        self.process.stdout.close()
