"""What the page of a job says, held against the table and the provider's ledger at each moment."""

import json
from collections.abc import Mapping
from typing import Any

from enrichment.domain.folder import output_key, page_key
from enrichment.domain.job import JobState
from enrichment.domain.report import INTERIM
from tests.simulation.aws import START
from tests.simulation.dynamodb import Item
from tests.simulation.pipeline import STATUS_SECONDS
from tests.simulation.world import World

_TOLD = ("state", "sent", "answered", "hits", "charged", "settled")
# The states of a job that each word of its page may be about, when it was looked at.
_STATES = {
    "received": {JobState.SPLITTING},
    "reading": {JobState.SPLITTING},
    "sending": {JobState.RUNNING},
    "waiting": {JobState.RUNNING},
    "paused": {JobState.PAUSED},
    "writing": {JobState.COMPILING, JobState.OVERTAKEN},
}


class StatusPromises:
    """Holds pages to what is so.

    Args:
        world: whose pages are looked at.
    """

    def __init__(self, world: World) -> None:
        self._world, self._promise = world, world.hub.promise
        self._was: dict[str, list[Item]] = {}  # of each job, how it stood since its page was seen
        self._unsaid: dict[str, int] = {}  # when a job first changed in a way that its page lacks
        self._pages: dict[str, dict[str, Any]] = {}

    def on_write(self, key: tuple[str, str], before: Item | None, after: Item) -> None:
        """A job changes."""
        if key[1] != "JOB":
            return
        self._was.setdefault(after["id"], []).append(after)
        changed = before is None or any(before.get(name) != after.get(name) for name in _TOLD)
        if changed and self._is_shown(after):
            self._unsaid.setdefault(after["id"], self._world.hub.now)

    def _is_shown(self, job: Item) -> bool:
        """Whether its page is to say how it stands; not where its last word lies there already, and
        the step to its end is yet to be taken, or its answer is amended.
        """
        page = self._pages.get(job["id"])
        if page and page["status"] not in INTERIM:
            return bool(page["finished_at"] < int(job.get("reopened_at") or 0))
        return any(job["state"] in states for states in _STATES.values())

    def on_put(self, key: str, body: bytes) -> None:
        """An object is put."""
        for job, file in self._world.jobs.items():
            if key == output_key("reports", file, job, ".json"):
                self._look(job, json.loads(body))
            if key == page_key(file, ".json"):
                self._look_at_path(key, json.loads(body))

    def _look_at_path(self, key: str, page: dict[str, Any]) -> None:
        before = self._pages.get(key)
        self._pages[key] = page
        if before and before["job"] == page["job"]:
            self._check_direction(page["job"], before, page)

    def _look(self, job: str, page: dict[str, Any]) -> None:
        before = self._pages.get(job)
        self._pages[job] = page
        if before:
            self._check_direction(job, before, page)
        if page["status"] in INTERIM:
            self._check_truth(job, page)
            self._check_lag(job, page)
        else:
            self._unsaid.pop(job, None)

    def _check_direction(
        self, job: str, before: Mapping[str, Any], page: Mapping[str, Any]
    ) -> None:
        """A page never goes back, and not on after the end but where an operator wanted that."""
        if page["status"] in INTERIM:
            older = before["finished_at"] > page["finished_at"]
            self._promise(not older, "the page of a job under way never gets older")
        if before["status"] not in INTERIM and page["status"] in INTERIM:
            reopened = int(self._was[job][-1].get("reopened_at") or 0)
            words = f"the page of a job that has ended is left alone ({page['status']})"
            self._promise(reopened >= before["finished_at"], words)
        one, other = before["progress"], page["progress"]
        if one and other:
            on = all(one[name] <= other[name] for name in ("answered", "found", "credits"))
            self._promise(on, "results on a page never become fewer")

    def _check_truth(self, job: str, page: Mapping[str, Any]) -> None:
        """It says how the job stood at some moment since the page before it, and no more than the
        provider's ledger has.
        """
        stood = self._was[job]
        seen = [at for at, item in enumerate(stood) if self._is_of(page, item)]
        words = f"a page says how its job stood at one moment ({page['status']})"
        self._promise(bool(seen), words)
        self._was[job] = stood[seen[-1] :]
        if progress := page["progress"]:
            ledger = [
                charge for charge in self._world.provider.ledger if charge.sent.place[0] == job
            ]
            charged = sum(charge.credits for charge in ledger)
            words = f"a page claims no credit that the ledger lacks ({progress['credits']})"
            self._promise(progress["credits"] <= charged, words)

    def _is_of(self, page: Mapping[str, Any], item: Item) -> bool:
        if item["state"] not in _STATES[page["status"]]:
            return False
        told = page["progress"]
        counts = {"sent": "sent", "answered": "answered", "found": "hits", "credits": "charged"}
        return not told or all(
            told[name] == int(item.get(field) or 0) for name, field in counts.items()
        )

    def _check_lag(self, job: str, page: Mapping[str, Any]) -> None:
        if not self._is_of(page, self._was[job][-1]):
            return
        since = self._unsaid.pop(job, None)
        if since is not None and not self._world.hub.faults:
            # Runs begin late here and take long, as others are interleaved with them.
            lag = self._world.informing_due - max(since, self._world.informed_at)
            words = f"a page lags by two periods at most ({lag} s, {since - START} s on)"
            self._promise(lag <= 2 * STATUS_SECONDS, words)
