"""Runs of a function that have no time for all that there is to do."""

from collections.abc import Callable


def time_for(rows: int) -> Callable[[], float]:
    """The seconds left of a run of split that has time for so many hundreds of rows: it looks at
    its time before each hundred.
    """
    looks = iter([900] * (rows // 100))
    return lambda: next(looks, 0)
