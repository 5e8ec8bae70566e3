"""The page that lists the latest jobs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from enrichment.adapters.bucket import Bucket
from enrichment.clock import Clock
from enrichment.domain.folder import INDEX
from enrichment.domain.summary import Summary
from enrichment.store.jobs import Jobs

_MOST_JOBS = 500
_MOST_TRIES = 5


@dataclass(frozen=True)
class WriteIndex:
    """Writes `reports/index.html`. `page` renders jobs as they stood at a time (epoch seconds),
    whose pages lie in the bucket of a name and a region.
    """

    jobs: Jobs
    bucket: Bucket
    page: Callable[[Sequence[Summary], int, str, str], str]
    region: str
    clock: Clock

    def run(self) -> None:
        """List the jobs anew. Where others do so at each moment, theirs is as good."""
        for _ in range(_MOST_TRIES):
            there, now = self.bucket.look(INDEX), self.clock()
            jobs = list(islice(self.jobs.recent(now), _MOST_JOBS))
            text = self.page(jobs, now, self.bucket.name, self.region)
            if self.bucket.replace(
                INDEX, "text/html; charset=utf-8", text.encode(), there, passing=True
            ):
                return
