"""A bot: opens positions only as long as it holds the license, and closes them whenever it wants.

    QUOTRADING_SERVER=https://portal.example.com LICENSE_KEY=... python3 bot.py

Exit codes: 0 stopped by Ctrl+C; 2 the license cannot be had; 3 it was lost while trading.
"""

import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))  # not needed where quotrading_license.py lies beside this file
from quotrading_license import LicenseSession

with LicenseSession(os.environ["QUOTRADING_SERVER"], os.environ["LICENSE_KEY"], app="bot", symbol="ES", version="3.0.0",
                    on_state=lambda state, reason: print(f"License: {state.value}. {reason.message if reason else ''}", flush=True)) as license:
    if not license.login():
        print(license.message)
        sys.exit(2)
    try:
        while not license.over:
            if license.may_open():
                pass  # open positions only in here; never close one only in here
            license.update(metadata={"session_pnl": 0.0, "current_position": 0})
            time.sleep(1)
    except KeyboardInterrupt:
        sys.exit(0)  # close positions here, if you do that: the license is released after it
    print(f"Trading has stopped. {license.message}")
    sys.exit(3)
