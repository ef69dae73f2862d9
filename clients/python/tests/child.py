"""A bot as a process: python3 -m tests.child URL FINGERPRINT APP, the key in LICENSE_KEY. Tells each thing that happens as a line of JSON."""

import json
import os
import signal
import sys
import threading
import time

import quotrading_license
from quotrading_license import LicenseSession
from tests.waiting import LIMITS

# A test that stops it does so for longer than that.
vars(quotrading_license).update(LIMITS, _PAUSE=10.0)

telling, told_lost = threading.Lock(), threading.Event()


def tell(what, **more):
    # Callbacks come on a thread of their own: "print" writes a line and its end one by one, and two lines could become one.
    with telling:
        print(json.dumps({"what": what, **more}), flush=True)


# As in a terminal, whatever started the tests ignores.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGTERM, signal.SIG_DFL)

url, fingerprint, app = sys.argv[1:4]
license = LicenseSession(url, os.environ["LICENSE_KEY"], app, fingerprint=fingerprint,
                         on_state=lambda state, reason: tell("state", state=state.value, code=reason and reason.code),
                         on_lost=lambda reason: (tell("lost", code=reason.code, message=reason.message), told_lost.set()),
                         on_conflict=lambda device, seconds: tell("conflict", device=device, seconds=seconds))
held = license.login()
tell("login", ok=held, reason=license.reason, session=license.session_id)
before, may, stream, over = time.monotonic(), None, None, not held or "--once" in sys.argv
try:
    while not over:
        over = license.over  # and one look more, as it may have ended since the last
        time.sleep(0.01)
        was, may, now = may, license.may_open(), time.monotonic()
        if may != was or now - before > 10:
            tell("may_trade", value=may, after=now - before)
        before = now
        if license._run.stream not in (None, stream):
            stream = license._run.stream
            tell("stream")
    if held and license.over:
        told_lost.wait(20)  # the end of a program does not wait for its callbacks
except KeyboardInterrupt:
    tell("interrupted")
