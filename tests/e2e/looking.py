"""How the end-to-end tests look at what comes back."""

import csv
import io
import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


def eventually(look: Callable[[], Seen | None], limit: float, pause: float = 0.2) -> Seen:
    """What `look` returns once it is neither None nor false; fails after `limit` seconds."""
    end = time.monotonic() + limit
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(pause)


def cells(text: str) -> list[list[str]]:
    """The rows of a CSV file."""
    return list(csv.reader(io.StringIO(text, newline="")))
