"""examples/launcher_tk.py with somebody who presses its buttons; see test_examples.py. The bot it starts ends with 7."""

import json
import pathlib
import sys
import threading
import time
import tkinter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "examples"))
from launcher_tk import Launcher

root = tkinter.Tk()
launcher = Launcher(root, [sys.executable, "-c", "import sys; sys.exit(7)"])
gaps, last = [], [time.monotonic()]
steps = []


def tick():
    now = time.monotonic()
    gaps.append(now - last[0])
    last[0] = now
    if steps and steps[0]():
        steps.pop(0)
    root.after(10, tick)


def began():
    launcher.button.invoke()
    began.at = time.monotonic()
    return True


def waited():
    if time.monotonic() - began.at < 2.5:
        return False
    launcher.cancel_button.invoke()
    waited.at = time.monotonic()
    return True


def cancelled():
    if launcher.button["state"] != "normal":
        return False
    print(json.dumps({"what": "cancelled", "frozen": max(gaps), "took": time.monotonic() - waited.at}), flush=True)
    threading.Thread(target=lambda: (sys.stdin.readline(), go_on.append(True)), daemon=True).start()
    return True


go_on = []
steps += [began, waited, cancelled, lambda: go_on, lambda: launcher.button.invoke() or True, lambda: launcher.button["text"] == "Start the bot",
          lambda: launcher.button.invoke() or True]
tick()
root.mainloop()
sys.exit(launcher.bot.wait())
