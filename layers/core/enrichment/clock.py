"""The time. It is passed in wherever it matters, so that tests can turn it."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""The time in epoch seconds."""


def system_clock() -> int:
    return int(time.time())
