"""What may become of a call, and how that is chosen."""

import random
from collections.abc import Mapping
from enum import Enum, auto

POST = "POST"
WELL = "well"

# What may become of a POST, beside going well.
MISHAPS = (
    *("refused connection", "throttled", "broken before", "silent before"),
    *("broken after", "silent after", "killed before", "killed after"),
)


class Killed(BaseException):
    """The death of a function's process."""


class Fate(Enum):
    """What becomes of a call to AWS."""

    WELL = auto()
    FAILS = auto()  # nothing happens, the caller is told so
    LOST = auto()  # it happens, the caller is told that it failed
    TWICE = auto()  # the first response was lost, the SDK asks again
    KILLED_BEFORE = auto()
    KILLED_AFTER = auto()


class Fates:
    """Chooses fates, by chance or by a script.

    Args:
        chance: chooses.
        script: what goes wrong, by the number of the call; then nothing else does.
    """

    def __init__(self, chance: random.Random, script: Mapping[int, int] | None) -> None:
        self._chance, self._script = chance, script
        self._calls = 0

    def share_of_faults(self) -> float:
        """How many of all calls are to go wrong."""
        return self._chance.random() * 0.12 if self._script is None else 0.0

    def choose(self, asked: str, faults: float) -> Fate | str:
        """What becomes of a call of which `faults` go wrong, or of a POST, of which twice as many
        do.
        """
        if self._script is not None:
            return self._scripted(asked, self._script)
        if asked == POST:
            lucky = self._chance.random() >= 2 * faults
            return WELL if lucky else MISHAPS[self._chance.randrange(len(MISHAPS))]
        lucky = self._chance.random() >= faults
        return Fate.WELL if lucky else list(Fate)[1 + self._chance.randrange(5)]

    def _scripted(self, asked: str, script: Mapping[int, int]) -> Fate | str:
        self._calls += 1
        wish = script.get(self._calls)
        if asked == POST:
            return WELL if wish is None else MISHAPS[wish % len(MISHAPS)]
        return Fate.WELL if wish is None else list(Fate)[wish % len(Fate)]
