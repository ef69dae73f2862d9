"""The process that holds a client; see README.md for what it is told and tells."""

import functools
import itertools
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLIENTS = [name for name in os.environ.get("CLIENTS", "python csharp").split()]
ANSWER_SECONDS = 60


_building = threading.Lock()


def program(client):
    with _building:
        return _program(client)


@functools.lru_cache(None)
def _program(client):
    if client == "python":
        return [sys.executable, os.environ.get("PYTHON_DRIVER") or str(ROOT / "clients/python/driver.py")]
    if client == "csharp":
        return ["dotnet", os.environ.get("CSHARP_DRIVER") or _build()]
    raise ValueError(f"CLIENTS names {client}; there are python and csharp")


def _build():
    project = ROOT / "clients/csharp/Driver"
    done = subprocess.run(["dotnet", "build", str(project), "-c", "Release", "-v", "q"], capture_output=True, text=True, timeout=500)
    if done.returncode != 0:
        raise AssertionError(f"The C# driver does not build:\n{done.stdout}{done.stderr}")
    made = max(project.glob("bin/Release/net*/*.runtimeconfig.json"), key=lambda file: file.stat().st_mtime)
    return str(made).replace(".runtimeconfig.json", ".dll")


class Driver:
    """``lines``: all that it wrote, for whoever looks for secrets in it. ``events``: what the client told by itself, each with ``at``."""

    def __init__(self, client, environment=None):
        self.folder = tempfile.mkdtemp(prefix="conformance-")
        self.lines, self.events, self._answers, self._ids = [], [], {}, itertools.count(1)
        self._errors = open(os.path.join(self.folder, "errors"), "w+", encoding="utf-8")
        plain = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
        self.process = subprocess.Popen(
            program(client), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True, encoding="utf-8", bufsize=1,
            env={**plain, "QUOTRADING_PROFILE": os.path.join(self.folder, "profile"), "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})})
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)
            told = json.loads(line)
            if "event" in told:
                self.events.append({**told, "at": time.monotonic()})
            else:
                self._of(told["id"]).put(told)

    def _of(self, number):
        return self._answers.setdefault(number, queue.SimpleQueue())

    def send(self, command, /, **fields):
        """A command whose answer is not waited for; returns its id."""
        number = next(self._ids)
        self.process.stdin.write(json.dumps({"id": number, "command": command, **fields}) + "\n")
        return number

    def answer(self, number, seconds=ANSWER_SECONDS):
        try:
            return self._of(number).get(timeout=seconds)
        except queue.Empty:
            raise AssertionError(f"The driver did not answer within {seconds} s. {self.errors()}") from None

    def ask(self, command, /, **fields):
        return self.answer(self.send(command, **fields))

    def look(self, **fields):
        return self.ask("look", **fields)

    def timed(self, command, /, **fields):
        """The answer, and how long it took."""
        began = time.monotonic()
        return self.ask(command, **fields), time.monotonic() - began

    def told(self, event, name="a"):
        return [one for one in list(self.events) if one["event"] == event and one.get("name", "a") == name]

    def states(self, name="a"):
        return [one["state"] for one in self.told("state", name)]

    def log(self):
        return [one["text"] for one in list(self.events) if one["event"] == "log"]

    def suspend(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def signal(self, number):
        self.process.send_signal(number)

    def ended(self, seconds=30):
        """Its exit code."""
        return self.process.wait(seconds)

    def errors(self):
        self._errors.flush()
        with open(self._errors.name, encoding="utf-8", errors="replace") as file:
            return file.read()

    def close(self):
        if self.process.poll() is None:
            self.go_on()
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except OSError:
                pass
        self._errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)
