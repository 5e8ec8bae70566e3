"""What an operator may do about a job that waits for a decision."""

from dataclasses import dataclass
from enum import StrEnum

from enrichment.adapters.queue import SubmitQueue
from enrichment.clock import Clock
from enrichment.domain.batch import BatchState
from enrichment.domain.job import UNDER_WAY, Job
from enrichment.errors import OperatorError
from enrichment.steps.completion import Completion
from enrichment.steps.pause import ResumeJob
from enrichment.store.batches import Batches
from enrichment.store.jobs import Jobs


class Action(StrEnum):
    """What may be asked for."""

    RESUME = "resume"  # a paused job sends again, because its cause is mended
    RESEND = "resend"  # batches whose acceptance nobody saw are sent again; they may be paid twice
    GIVE_UP = "give_up"  # the job ends now with what there is
    COMPILE = "compile"  # the output of a job that failed is tried again, its cause being mended


@dataclass(frozen=True)
class Operate:
    """Carries out one action on one job. Asking twice does no more than asking once."""

    jobs: Jobs
    batches: Batches
    queue: SubmitQueue
    completion: Completion
    resume: ResumeJob
    clock: Clock
    deadline_seconds: int

    def run(self, job_id: str, action: Action) -> str:
        """Act on a job.

        Returns:
            What was done, in words.

        Raises:
            OperatorError: there is no such job, or the action makes no sense in its state.
        """
        job = self.jobs.get(job_id)
        if job is None:
            raise OperatorError(f"there is no job {job_id}")
        match action:
            case Action.RESUME:
                if not self.resume.run(job):
                    raise OperatorError(f"job {job_id} is not paused")
                return "the job sends again"
            case Action.RESEND:
                return self._resend(job)
            case Action.GIVE_UP:
                waits = job.state in UNDER_WAY or job.awaited
                if not waits or not self.completion.compile(job, given_up=True):
                    raise OperatorError(f"job {job_id} does not run")
                return "the job ends with what there is"
            case Action.COMPILE:
                if not self.completion.compile_again(job):
                    raise OperatorError(f"the output of job {job_id} did not fail")
                return "the output is written again"

    def _resend(self, job: Job) -> str:
        unknown = [batch for batch in self.batches.of(job) if batch.state is BatchState.UNKNOWN]
        if not unknown:
            raise OperatorError(f"job {job.id} has no batch whose acceptance nobody saw")
        now = self.clock()
        sends = job.state in UNDER_WAY and now < job.deadline_at
        if not sends and not self.jobs.reopen(job.id, now, now + self.deadline_seconds):
            raise OperatorError(
                f"the output of job {job.id} is being written just now; ask again in some minutes"
            )
        sent = [batch.number for batch in unknown if self.batches.resend(batch, now)]
        self.queue.send((job.id, number) for number in sent)
        return f"{len(sent)} batches are sent again"
