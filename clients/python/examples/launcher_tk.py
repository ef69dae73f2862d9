"""A launcher with a window that never freezes: whatever waits for the server does so on a thread of its own.

    QUOTRADING_SERVER=https://portal.example.com LICENSE_KEY=... python3 launcher_tk.py [the bot's command]

The command is examples/bot.py unless another is given. Exit codes: the bot's; 0 closed before it ran.
"""

import os
import pathlib
import subprocess
import sys
import threading
import tkinter
from typing import Callable, List, Optional

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # not needed where quotrading_license.py lies beside this file
from quotrading_license import LicenseSession, Reason, State

POLL = 50  # milliseconds; tkinter may be touched by its own thread alone, so the window asks what the others found out


class Launcher:
    def __init__(self, window: tkinter.Tk, command: List[str]) -> None:
        self.window, self.command = window, command
        self.bot: Optional["subprocess.Popen[bytes]"] = None
        self.todo: List[Callable[[], None]] = []  # appended by other threads, called by this one
        self.is_gone = False  # then there is nothing left to draw on
        # Not in a "with": the end of its block may wait for the server, and the window's thread must not.
        self.license = LicenseSession(os.environ["QUOTRADING_SERVER"], os.environ["LICENSE_KEY"], app="launcher", on_state=self.tell_state)
        window.title("QuoTrading")
        window.protocol("WM_DELETE_WINDOW", self.close)
        self.text = tkinter.Label(window, text="Not logged in.", width=60, wraplength=400)
        self.button = tkinter.Button(window, text="Log in", command=self.log_in)
        self.cancel_button = tkinter.Button(window, text="Cancel", command=self.license.cancel, state="disabled")  # cancel() never blocks
        for part in (self.text, self.button, self.cancel_button):
            part.pack(padx=20, pady=8)
        self.poll()

    def poll(self) -> None:
        while self.todo and not self.is_gone:
            self.todo.pop(0)()
        if not self.is_gone:
            self.window.after(POLL, self.poll)

    def aside(self, work: Callable[[], object], then: Callable[[], None]) -> None:
        """Does what may wait for the server, and has the window go on with what follows."""
        def both() -> None:
            work()
            self.todo.append(then)
        threading.Thread(target=both).start()

    def tell_state(self, state: State, reason: Optional[Reason]) -> None:
        """Comes on the client's own thread."""
        self.todo.append(lambda: self.show(f"License: {state.value}. {reason.message if reason else ''}"))

    def show(self, text: str) -> None:
        self.text["text"] = text

    def log_in(self) -> None:
        self.button["state"], self.cancel_button["state"] = "disabled", "normal"
        self.show("Logging in ...")
        self.aside(self.license.login, self.logged_in)

    def logged_in(self) -> None:
        self.cancel_button["state"] = "disabled"
        if self.license.over:
            self.show(self.license.message)
            self.button["state"] = "normal"
        else:
            self.show(f"The license is good until {self.license.expiration or 'further notice'}.")
            self.button.config(text="Start the bot", command=self.start, state="normal")

    def start(self) -> None:
        self.button["state"] = "disabled"
        self.aside(self.license.hand_over, self.run_bot)

    def run_bot(self) -> None:
        self.bot = subprocess.Popen(self.command)
        self.leave()

    def close(self) -> None:
        self.window.withdraw()
        self.aside(self.license.release, self.leave)

    def leave(self) -> None:
        self.is_gone = True
        self.window.destroy()


if __name__ == "__main__":
    root = tkinter.Tk()
    launcher = Launcher(root, sys.argv[1:] or [sys.executable, str(HERE / "bot.py")])
    root.mainloop()
    if launcher.bot is not None:
        sys.exit(launcher.bot.wait())
