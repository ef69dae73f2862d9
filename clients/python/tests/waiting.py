import time

import quotrading_license

# The client's own limits, raised for the tests that are not about them: a machine may stand still for some seconds anywhere, and then a
# client would rightly go without the answer to its release, or take itself for suspended.
LIMITS = {"_RELEASE_SECONDS": 40.0, "_ANSWER_SECONDS": 15.0, "_PAUSE": 60.0}


def until(condition, what, seconds=30.0):
    """Waits for a condition, not for a time; returns what it gave."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.01)
    return value


def last_trade(may_trade, seconds=30.0):
    """When it was last asked whether it may trade and said yes, by the client's clock; minus infinity if it never did.

    The clock is read before each question, so that however long this thread is kept from going on, no answer seems later than it was.
    """
    end, last = quotrading_license._clock() + seconds, float("-inf")
    while True:
        now = quotrading_license._clock()
        if not may_trade():
            return last
        if now > end:
            raise AssertionError(f"it did not stop within {seconds} s")
        last = now
        time.sleep(0.005)
