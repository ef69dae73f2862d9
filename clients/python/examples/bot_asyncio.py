"""A bot on asyncio: what waits for the server does so on a thread, and the loop never does.

    QUOTRADING_SERVER=https://portal.example.com LICENSE_KEY=... python3 bot_asyncio.py

Exit codes: 0 stopped by Ctrl+C; 2 the license cannot be had; 3 it was lost while trading.
"""

import asyncio
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))  # not needed where quotrading_license.py lies beside this file
from quotrading_license import LicenseSession


async def trade(license: LicenseSession, ended: asyncio.Event) -> None:
    while not ended.is_set():
        if license.may_open():  # from memory: no need of a thread
            pass  # open positions only in here; never close one only in here
        license.update(metadata={"session_pnl": 0.0, "current_position": 0})
        try:
            await asyncio.wait_for(ended.wait(), 1.0)
        except asyncio.TimeoutError:
            pass


async def main() -> int:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    license = LicenseSession(os.environ["QUOTRADING_SERVER"], os.environ["LICENSE_KEY"], app="bot", symbol="NQ", version="3.0.0",
                             on_lost=lambda reason: loop.call_soon_threadsafe(ended.set))  # callbacks come on the client's own thread
    try:
        if not await asyncio.to_thread(license.login):
            print(license.message)
            return 2
        print("Trading.", flush=True)
        await trade(license, ended)
        print(f"Trading has stopped. {license.message}")
        return 3
    finally:
        license.cancel()  # if Ctrl+C came during the login
        await asyncio.to_thread(license.release)


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except KeyboardInterrupt:
        sys.exit(0)
