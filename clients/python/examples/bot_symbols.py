"""One bot for several symbols in one process: one session, and what each symbol does in its metadata.

    QUOTRADING_SERVER=https://portal.example.com LICENSE_KEY=... python3 bot_symbols.py ES NQ CL

Exit codes: 0 stopped by Ctrl+C; 2 the license cannot be had; 3 it was lost while trading.
"""

import os
import pathlib
import sys
import threading
import time
from typing import Dict, List

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))  # not needed where quotrading_license.py lies beside this file
from quotrading_license import LicenseSession


class Symbol:
    def __init__(self, name: str) -> None:
        self.name, self.position, self.pnl = name, 0, 0.0

    def trade(self, license: LicenseSession) -> None:
        """On a thread of its own: may_open() may be called from any."""
        while not license.over:
            if license.may_open():
                pass  # open positions only in here; never close one only in here
            time.sleep(1)


def told(symbols: List[Symbol]) -> Dict[str, object]:
    """The sums are what the dashboard shows; support sees the rest."""
    return {"session_pnl": sum(one.pnl for one in symbols), "current_position": sum(one.position for one in symbols),
            "symbols": {one.name: {"pnl": one.pnl, "position": one.position} for one in symbols}}


def main(names: List[str]) -> int:
    symbols = [Symbol(name) for name in names]
    with LicenseSession(os.environ["QUOTRADING_SERVER"], os.environ["LICENSE_KEY"], app="bot", symbol=names[0], single_instance=True) as license:
        license.update(metadata=told(symbols))
        if not license.login():
            print(license.message)
            return 2
        print(f"Trading {', '.join(names)}.", flush=True)
        for one in symbols:
            threading.Thread(target=one.trade, args=(license,), daemon=True).start()
        while not license.over:
            license.update(metadata=told(symbols))
            time.sleep(1)
        print(f"Trading has stopped. {license.message}")
        return 3


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:] or ["ES", "NQ"]))
    except KeyboardInterrupt:
        sys.exit(0)
