"""How far a job is, on its page: from the first second until its answer is there."""

from dataclasses import dataclass

from enrichment.clock import Clock
from enrichment.domain.job import UNTIL_AN_OPERATOR, Job
from enrichment.domain.outcome import halt_sentence, moment
from enrichment.domain.progress import further, phase_of, progress_of
from enrichment.domain.report import Point, Report, Status
from enrichment.errors import Contention
from enrichment.steps.outputs import enriched_key
from enrichment.steps.pages import Looked, Pages
from enrichment.steps.publishing import PublishReport
from enrichment.store.jobs import Jobs
from enrichment.words import jobs as words

_MOST_TRIES = 10


@dataclass(frozen=True)
class ShowProgress:
    """Writes the report of a job that is under way. `period` are the seconds after which that is
    done again while things change.
    """

    jobs: Jobs
    pages: Pages
    publish: PublishReport
    clock: Clock
    period: int

    def received(self, job: Job) -> None:
        """Show that a file was received. Its job is a new one: whatever is there is newer."""
        self.pages.replace(self._report(job, "received", Looked({})), self.pages.look(job))

    def run(self, job: Job) -> None:
        """Show how far a job is by now; nothing where its answer is there.

        Raises:
            Contention: others wrote its page at each moment.
        """
        for _ in range(_MOST_TRIES):
            looked = self.pages.look(job)
            now = self.jobs.get(job.id)
            phase = phase_of(now) if now else None
            if now is None or phase is None or _has_ended(now, looked):
                return
            if self.pages.replace(self._report(now, phase, looked), looked):
                return
        raise Contention(f"the page of job {job.id} found no moment to be written")

    def _report(self, job: Job, phase: Status, looked: Looked) -> Report:
        now = self.clock()
        if not job.plan:
            return self.publish.report(job, phase, "")
        point = Point(at=now, answered=job.answered, found=job.hits)
        history = further(looked.history, point) if job.counts else ()
        return self.publish.report(
            job,
            phase,
            _paused(job) if phase == "paused" else "",
            rows=job.rows,
            progress=progress_of(job, history, now, self.period),
            history=history,
            enriched=self._earlier_answer(job),
        )

    def _earlier_answer(self, job: Job) -> str | None:
        """Where the answer is of a job that an operator had sent again."""
        reading = self.jobs.reading(job.id) if job.reopened_at else None
        return enriched_key(job, reading.layout) if reading else None


def _has_ended(job: Job, looked: Looked) -> bool:
    """Whether the report that lies there is the job's last word, though the job itself does not say
    so yet: of a run that takes that step next, or of an answer that is being amended.
    """
    return looked.ended_at is not None and looked.ended_at >= job.reopened_at


def _paused(job: Job) -> str:
    patience = words.NO_PROBE if job.halt in UNTIL_AN_OPERATOR else words.PATIENCE
    return " ".join(
        (
            f"{halt_sentence(job)}.",
            words.progress(job.settled, job.batches),
            patience.format(until=moment(job.deadline_at)),
        )
    )
