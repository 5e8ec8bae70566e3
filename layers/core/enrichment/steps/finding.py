"""Jobs as operators look for them: by what they know of a file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from enrichment.clock import Clock
from enrichment.domain.folder import INCOMING
from enrichment.domain.job import Job, JobState
from enrichment.domain.summary import Summary
from enrichment.errors import OperatorError
from enrichment.logs import about
from enrichment.store.jobs import Jobs
from enrichment.words import operating as words

_ID = re.compile(r"(?:^|-)([a-z2-7]{16})(?:\.[^/]*)?$")  # a job's id, alone or in an answer's name
_MOST_NAMED = 5  # files of one name that are told


@dataclass(frozen=True)
class Wanted:
    """Which jobs a list is to have: of some states, all if none are named; below a folder, with or
    without `incoming/`; begun since and until some time (epoch seconds).
    """

    states: frozenset[JobState] = frozenset()
    folder: str = ""
    since: int = 0
    until: int | None = None

    def has(self, job: Summary) -> bool:
        early = self.until is None or job.created_at <= self.until
        return early and self._is_below(job.key) and (not self.states or job.state in self.states)

    def _is_below(self, key: str) -> bool:
        below = self.folder.strip("/")
        return not below or key.startswith((f"{below}/", f"{INCOMING}/{below}/"))


@dataclass(frozen=True)
class FindJobs:
    """Finds jobs by the index of the recent ones, which is a moment behind at times."""

    jobs: Jobs
    clock: Clock

    def list(self, wanted: Wanted) -> Iterator[Summary]:
        """The jobs that are wanted, the newest first."""
        for job in self.jobs.recent(self.clock()):
            if job.created_at < wanted.since:
                return
            if wanted.has(job):
                yield job

    def one(self, named: str) -> Job:
        """The job of an id, of a key, or of a file's name; of several versions of a file, the
        newest. An answer's key or name has the id in it.

        Raises:
            OperatorError: there is none, or files in several folders have this name.
        """
        if (found := _ID.search(named)) and (job := self._by_id(found[1])):
            return job
        newest: dict[str, str] = {}
        for each in self._named(named.strip("/")):
            newest.setdefault(each.key, each.id)
        if len(newest) > 1:
            shown = sorted(newest)[:_MOST_NAMED]
            raise OperatorError(words.several(named, shown, len(newest) - len(shown)))
        job = next(filter(None, map(self.jobs.get, newest.values())), None)
        if job is None:
            raise OperatorError(words.no_job(named))
        return job

    def _by_id(self, job_id: str) -> Job | None:
        with about(job_id):
            return self.jobs.get(job_id)

    def _named(self, path: str) -> Iterator[Summary]:
        keys = {path, f"{INCOMING}/{path}"}
        for each in self.jobs.recent(self.clock()):
            if each.key in keys or each.key.rpartition("/")[2] == path:
                yield each
