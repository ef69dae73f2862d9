import time


def until(condition, what, seconds=10.0):
    """Waits for a condition, not for a time; returns what it gave."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.01)
    return value
