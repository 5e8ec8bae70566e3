"""What people are told of a job: in the right order, and its end, whatever is lost or doubled."""

from typing import Any

from enrichment.domain.job import ENDED, JobState
from enrichment.domain.told import Change
from tests.simulation.dynamodb import Item
from tests.simulation.world import World

# The states that a job may be in when it is looked at, for what is then told of it; else it ended.
_STATES = {
    Change.STARTED: {JobState.RUNNING},
    Change.RESUMED: {JobState.RUNNING},
    Change.PAUSED: {JobState.PAUSED},
}


class TellingPromises:
    """Holds what is told to what is so.

    Args:
        world: whose events are heard.
    """

    def __init__(self, world: World) -> None:
        self._world, self._promise = world, world.hub.promise
        self._was: dict[str, list[str]] = {}  # the states of a job since that which was told last
        self._told: dict[str, dict[str, Any]] = {}

    def on_write(self, key: tuple[str, str], after: Item) -> None:
        """A job changes."""
        if key[1] == "JOB":
            states = self._was.setdefault(after["id"], [])
            if states[-1:] != [after["state"]]:
                states.append(after["state"])

    def on_event(self, told: dict[str, Any]) -> None:
        """People are told of a change: of a job as it stood since the one before, or of the same
        change again.
        """
        job, change = told["job"], told["change"]
        before = self._told.get(job, {"number": 0})
        step = told["number"] - before["number"]
        self._promise(step in (0, 1), f"no change is left out, and none comes late ({change})")
        stood, allowed = self._was[job], _STATES.get(Change(change), ENDED)
        seen = [at for at, state in enumerate(stood) if state in allowed]
        self._promise(bool(seen), f"what is told was so at one moment since then ({change})")
        self._was[job] = stood[seen[0] :]
        again = step == 1 and (change, told["note"]) == (before.get("change"), before.get("note"))
        news = not again or change not in (Change.STARTED, Change.RESUMED)
        self._promise(news, f"that a job is being sent is told once ({change})")
        self._told[job] = told

    def check(self, job: str, status: str) -> None:
        """Everything has ended: the last that was told is what the page says."""
        if self._world.informs:
            told = self._told.get(job, {}).get("change")
            self._promise(told == status, f"the end of a job is told ({told}, it is {status})")
