"""Dead letters whose work was done after all are thrown away, and results that could not be stored
are tried again, so that what is left deserves an operator's look.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enrichment.adapters.queue import DeadLetters
from enrichment.domain.batch import BatchState
from enrichment.domain.folder import is_erasure, job_id
from enrichment.domain.job import ENDED, UNDER_WAY, JobState
from enrichment.store.batches import Batches
from enrichment.store.erasures import Erasures
from enrichment.store.jobs import Jobs


@dataclass(frozen=True)
class ClearDeadLetters:
    """Looks through queues of failures. The sweeper finds the work of most of them again, so this
    only clears away what is done. Nobody finds a result again: those go back to their queue.

    Args:
        jobs, batches, erasures: tell what was done.
        queues: of messages and events that a function failed to handle.
        bucket: the name of the data bucket, of which a job's id is made.
    """

    jobs: Jobs
    batches: Batches
    erasures: Erasures
    queues: tuple[DeadLetters, ...]
    bucket: str

    def run(self) -> int:
        """Throw away what is done and send home what has a home; how many that were."""
        cleared = 0
        for queue in self.queues:
            if queue.home:
                cleared += queue.send_home()
                continue
            for letter in queue.look():
                if self._done(letter.body):
                    queue.clear(letter)
                    cleared += 1
        return cleared

    def _done(self, body: Mapping[str, Any]) -> bool:
        match event_of(body):
            case {"detail-type": "Object Deleted"}:
                return True  # the sweeper looks whether the files of open jobs are there
            case {"job": str(job), "batch": int(number)}:
                return self._submitted(job, number)
            case {"job": str(job)}:
                found = self.jobs.get(job)
                return found is None or found.state in ENDED
            case {"detail": {"object": {"key": str(key), "version-id": str(version)}}}:
                if is_erasure(key):
                    return self.erasures.is_finished(job_id(self.bucket, key, version))
                found = self.jobs.get(job_id(self.bucket, key, version))
                return found is not None and found.state is not JobState.SPLITTING
            case {"DDBStreamBatchInfo": _} | {"detail-type": "Scheduled Event"}:
                return True  # every sweep counts results again, and every tick sweeps
        return False

    def _submitted(self, job_id: str, number: int) -> bool:
        job = self.jobs.get(job_id)
        if job is None or job.state not in UNDER_WAY:
            return True
        batch = self.batches.get(job, number)
        return batch is None or batch.state is not BatchState.PLANNED


def event_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What failed: an asynchronous start comes as {"requestPayload": <event>}, a message or event
    as it was. Empty where that is no object.
    """
    event = body.get("requestPayload", body)
    return event if isinstance(event, dict) else {}
