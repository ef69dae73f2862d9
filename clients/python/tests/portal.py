"""A real portal, as a process of its own."""

import atexit
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from tests.waiting import until

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILDS = [ROOT / "src/QuoTrading.Portal/bin" / kind / "net10.0/QuoTrading.Portal" for kind in ("Release", "Debug")]


def find_binary():
    """PORTAL_BINARY, else what was built last. Without one the tests are skipped; PORTAL_REQUIRE=1 makes them fail instead."""
    named = os.environ.get("PORTAL_BINARY")
    found = [pathlib.Path(named)] if named else sorted((b for b in BUILDS if b.exists()), key=lambda b: b.stat().st_mtime, reverse=True)
    if found and found[0].exists():
        return str(found[0])
    why = f"There is no portal at {named}." if named else "No portal has been built (dotnet build src/QuoTrading.Portal), and PORTAL_BINARY names none."
    if os.environ.get("PORTAL_REQUIRE") == "1":
        raise AssertionError(why)
    raise unittest.SkipTest(why)


def free_port(address="127.0.0.1"):
    """Outside the range from which systems take the ports of outgoing connections: while the portal restarts, none of those takes it."""
    for port in random.sample(range(20000, 32000), 100):
        with socket.socket() as free:
            try:
                free.bind((address, port))
                return port
            except OSError:
                pass
    raise AssertionError("no free port")


class Portal:
    def __init__(self, also_at=None, **environment):
        """also_at: another address that it listens on, for bots that are elsewhere. environment: more variables of its process."""
        self.binary = find_binary()
        self.folder = tempfile.mkdtemp(prefix="portal-client-")
        self.url = f"http://127.0.0.1:{free_port()}"
        self.environment = {**os.environ, "Portal__DataDirectory": self.folder + "/data", "Portal__AllowShortTimeouts": "true",
                            "ASPNETCORE_URLS": f"{self.url};{also_at}" if also_at else self.url, "Portal__Backups__Enabled": "false",
                            "Logging__LogLevel__Default": "Warning", **environment}
        self.process = None
        atexit.register(self.close)
        try:
            self.start()
            self.token = self._command("token", "create", "--name", "tests", "--role", "Administrator").strip()
            made = self.admin("POST", "licenses", {"email": "tests@example.com", "plan": "MONTHLY", "count": 20, "days": 30})
        except BaseException:
            self.close()
            raise
        self.keys = [license["key"] for license in made["licenses"]]

    def new_key(self):
        return self.keys.pop()

    def start(self):
        self.process = subprocess.Popen([self.binary], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        until(self._answers, "the portal answers", 60)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def set(self, timeout, interval, grace=5):
        self.admin("PUT", "settings", {"session_timeout_seconds": timeout, "heartbeat_interval_seconds": interval,
                                       "disconnect_grace_seconds": grace})

    def log_out(self, session_id):
        return self.admin("POST", f"sessions/{session_id}/logout", {"reason": "a test"})

    def history(self, device):
        return self.admin("GET", f"sessions/history?device={device}")

    def admin(self, method, path, body=None):
        status, answer = self.ask(method, f"/api/admin/{path}", body, {"Authorization": f"Bearer {self.token}"})
        if status not in (200, 201):
            raise AssertionError(f"{path}: {status} {answer}")
        return answer

    def post(self, path, key, device, **more):
        """As the clients in the field do: no app, no session id."""
        return self.ask("POST", path, {"license_key": key, "device_fingerprint": device, **more})

    def ask(self, method, path, body=None, headers=()):
        request = urllib.request.Request(self.url + path, method=method, headers=dict(headers),
                                         data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"The portal ended with exit code {self.process.returncode}.")
        try:
            return self.ask("GET", "/api/hello")[0] == 200
        except OSError:
            return False

    def _command(self, *arguments):
        done = subprocess.run([self.binary, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"{arguments[:2]} ended with exit code {done.returncode}: {done.stderr}")
        return done.stdout


def seconds_until_free(portal, key, device, began, at_most):
    """How long since then until another device gets the license, tried without a pause; None if that is longer than so many seconds."""
    while portal.post("/api/validate-license", key, device)[0] != 200:
        if time.monotonic() - began > at_most:
            return None
        time.sleep(0.01)
    return time.monotonic() - began
