"""The least that a client must do, in a language without streams: a login, heartbeats and a release. A crash is noticed after the timeout.

    QUOTRADING_SERVER=https://portal.example.com LICENSE_KEY=... python3 heartbeats_only.py [how many heartbeats]

A pattern to write in that language; in Python use quotrading_license.py, which does the rest too. Exit codes: 0 done; 3 refused.
"""
import json, os, sys, time, urllib.error, urllib.request
from typing import Any, Dict, Tuple


def ask(path: str) -> Tuple[int, Dict[str, Any]]:
    fields = {"license_key": os.environ["LICENSE_KEY"], "device_fingerprint": "3f9a1c0d5e7b2a64", "app": "bot", "status": "online"}
    request = urllib.request.Request(os.environ["QUOTRADING_SERVER"] + path, json.dumps(fields).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read() or b"{}")
    except (OSError, ValueError):
        return 0, {}  # no answer: asked again at the next turn


until, left, path, refused = 0.0, int(sys.argv[1]) if sys.argv[1:] else -1, "/api/main", False
while left and not refused:
    asked = time.time()  # of the wall: it goes on while the computer sleeps
    status, told = ask(path)
    refused = status in (401, 403) and told.get("status") == "error"
    if status == 200:
        path, left, until = "/api/heartbeat", left - 1, asked + told["session_timeout_seconds"] - 5  # until then positions may be opened
        print("Positions may be opened.", flush=True)
    elif refused or time.time() >= until:
        print(told.get("message", "No position may be opened: another device may have the license."), flush=True)  # but each may be closed
    time.sleep(0 if refused else told.get("heartbeat_interval_seconds", 5))
if refused:
    sys.exit(3)
ask("/api/session/release")
