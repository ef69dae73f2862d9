"""The Python client under the conformance suite: commands of JSON come a line each, and answers and events go.

    python3 clients/python/driver.py        see clients/conformance/README.md
"""

from __future__ import annotations

import json
import logging
import pathlib
import sys
import threading
from typing import Any, Callable, Dict, Optional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from quotrading_license import LicenseSession, Reason, device_fingerprint

_writing = threading.Lock()


def write(line: Dict[str, Any]) -> None:
    with _writing:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


class LogLines(logging.Handler):
    """Each line that the client logs is an event."""

    def emit(self, record: logging.LogRecord) -> None:
        write({"event": "log", "text": self.format(record)})


def told(reason: Optional[Reason]) -> Optional[Dict[str, Any]]:
    return None if reason is None else reason._asdict()


class Driver:
    """The sessions that were made, by name, and what can be done with each."""

    def __init__(self) -> None:
        self.sessions: Dict[str, LicenseSession] = {}
        self.commands: Dict[str, Callable[[Dict[str, Any]], Dict[str, Any]]] = {
            "new": self.new, "login": self.login, "look": self.look, "update": self.update, "release": self.release,
            "hand_over": self.hand_over, "dispose": self.dispose, "fingerprint": self.fingerprint}

    def run(self) -> None:
        for line in sys.stdin:
            command = json.loads(line)
            if command["command"] == "quit":
                write({"id": command["id"], "ok": True})
                return
            if command["command"] == "login":  # beside the others, so that a release may come meanwhile
                threading.Thread(target=self.answer, args=(command,), daemon=True).start()
            else:
                self.answer(command)

    def answer(self, command: Dict[str, Any]) -> None:
        try:
            done = self.commands[command["command"]](command)
        except Exception as problem:
            done = {"ok": False, "error": f"{type(problem).__name__}: {problem}"}
        write({"id": command["id"], **done})

    def of(self, command: Dict[str, Any]) -> LicenseSession:
        return self.sessions[command.get("name", "a")]

    def new(self, command: Dict[str, Any]) -> Dict[str, Any]:
        name = command.get("name", "a")
        options = {field: command[field] for field in ("symbol", "device_name", "version", "fingerprint", "keys", "proxy", "profile", "single_instance")
                   if command.get(field) is not None}
        self.sessions[name] = LicenseSession(
            command["server"], command["key"], command.get("app", "bot"), **options,
            on_state=lambda state, reason: write({"event": "state", "name": name, "state": state.value, "code": reason and reason.code}),
            on_lost=lambda reason: write({"event": "lost", "name": name, "code": reason.code, "message": reason.message}),
            on_conflict=lambda device, seconds: write({"event": "conflict", "name": name, "active_device": device, "wait_seconds": seconds}))
        return {"ok": True}

    def login(self, command: Dict[str, Any]) -> Dict[str, Any]:
        session = self.of(command)
        held = session.login() if command.get("patience") is None else session.login(command["patience"])
        return {"ok": True, "session_id": session.session_id} if held else {"ok": False, "reason": told(session.reason)}

    def look(self, command: Dict[str, Any]) -> Dict[str, Any]:
        session = self.of(command)
        return {"ok": True, "state": session.state.value, "may_open": session.may_open(), "over": session.over, "session_id": session.session_id,
                "reason": told(session.reason), "settings": session.settings._asdict()}

    def update(self, command: Dict[str, Any]) -> Dict[str, Any]:
        self.of(command).update(status=command.get("status"), metadata=command.get("metadata"), symbol=command.get("symbol"))
        return {"ok": True}

    def release(self, command: Dict[str, Any]) -> Dict[str, Any]:
        return {"ok": self.of(command).release()}

    def hand_over(self, command: Dict[str, Any]) -> Dict[str, Any]:
        return {"ok": self.of(command).hand_over()}

    def dispose(self, command: Dict[str, Any]) -> Dict[str, Any]:
        with self.of(command):
            pass
        del self.sessions[command.get("name", "a")]
        return {"ok": True}

    def fingerprint(self, command: Dict[str, Any]) -> Dict[str, Any]:
        return {"ok": True, "fingerprint": device_fingerprint(command.get("profile"))}


if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG, handlers=[LogLines()], format="%(message)s")
    Driver().run()
