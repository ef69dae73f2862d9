"""A launcher: checks the license, hands its session over, starts the bot.

    QUOTRADING_SERVER=https://portal.example.com LICENSE_KEY=... python3 launcher.py

Exit codes: the bot's; 0 stopped before it ran; 2 if the license cannot be had.
"""

import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # not needed where quotrading_license.py lies beside this file
from quotrading_license import LicenseSession

with LicenseSession(os.environ["QUOTRADING_SERVER"], os.environ["LICENSE_KEY"], app="launcher") as license:
    if not license.login():
        print(license.message)
        if license.reason and license.reason.wait_seconds:
            print(f"It is free in {license.reason.wait_seconds:.0f} s at the latest if nothing runs there any more.")
        sys.exit(2)
    print(f"The license is good until {license.expiration or 'further notice'}.")
    try:
        input("Press Enter to start the bot. ")
    except (KeyboardInterrupt, EOFError):
        sys.exit(0)
    if license.over:  # logged out while the button waited
        print(license.message)
        sys.exit(2)
    license.hand_over()

bot = subprocess.Popen([sys.executable, str(HERE / "bot.py")])
while True:
    try:
        sys.exit(bot.wait())
    except KeyboardInterrupt:
        pass  # the bot got it too: it closes its positions, releases the license, and ends
