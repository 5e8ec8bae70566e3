"""The time. It is passed in wherever it matters, so that tests can turn it."""

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

Clock = Callable[[], int]
"""The time in epoch seconds."""


SecondsLeft = Callable[[], float]
"""The seconds until a run is ended."""


def system_clock() -> int:
    return int(time.time())


def for_ever() -> float:
    """The time of a run that nobody ends."""
    return math.inf


def left_of(context: "LambdaContext") -> SecondsLeft:
    """The time of a run in Lambda."""
    return lambda: context.get_remaining_time_in_millis() / 1000
