"""Who is told of a file, as the folders above it say in their `_notify.json`."""

from collections.abc import Iterator
from dataclasses import dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.domain.folder import notify_keys
from enrichment.domain.folder_notify import MAX_NOTIFY, Allowed, named_in
from enrichment.domain.job import Job
from enrichment.errors import BadNotify
from enrichment.store.jobs import Jobs
from enrichment.words import files as words

_MOST = 50  # names for one file, which its job keeps


@dataclass(frozen=True)
class Recipients:
    """Notes with a job who is told of it. `allowed` are those whom folders may name."""

    jobs: Jobs
    bucket: Bucket
    allowed: Allowed

    def of(self, job: Job) -> Job:
        """The job with those who are told of it, which is noted at once: also of a file that is
        refused.

        Raises:
            BadNotify: a folder's `_notify.json` cannot be used, or all of them name too many.
        """
        names = dict.fromkeys(self._named(job.key))
        if len(names) > _MOST:
            raise BadNotify(words.notify_too_many(len(names), _MOST))
        told, others = self.allowed.of(names)
        if not told and not others:
            return job
        self.jobs.change(job.id, notify=list(told), not_notified=list(others))
        return job.model_copy(update={"notify": told, "not_notified": others})

    def _named(self, key: str) -> Iterator[str]:
        for candidate in notify_keys(key):
            stream = self.bucket.read(candidate)
            if stream is not None:
                yield from named_in(stream.read(MAX_NOTIFY + 1), candidate)
