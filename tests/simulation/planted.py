"""Six bugs, planted to see that the simulation finds them. Each is one a developer could write."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from enrichment.adapters.table import JobTable, Run
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.job import Job
from enrichment.domain.submission import NotSent, Submission, Unclear
from enrichment.usecases.completion import Completion
from enrichment.usecases.submit import SubmitBatch
from enrichment.usecases.sweep import Sweep, Swept
from enrichment.usecases.tally import TallyResults
from tests.simulation.history import History


def count_twice(history: History) -> None:
    """A batch is counted on its job each time that its last result is told of, not once."""

    class Careless(JobTable):
        def settle_batch(self, batch: Batch, to: BatchState, cost_given_back: int = 0, **fields: Any) -> bool:
            if not super().settle_batch(batch, to, cost_given_back, **fields):
                job = self.job(batch.job)
                self.change_job(batch.job, settled=job.settled + 1 if job else 0)
            return True

    _give_table(history, Careless)


def resend_on_timeout(history: History) -> None:
    """A request that timed out is taken for one that was not sent."""

    class Hasty(SubmitBatch):
        def _record(self, job: Job, batch: Batch, claim: str, contacts: Any, submission: Submission) -> str:
            if isinstance(submission, Unclear):
                submission = NotSent(30, submission.reason)
            return super()._record(job, batch, claim, contacts, submission)

    history.submit = Hasty(**vars(history.submit))


def drop_late_results(history: History) -> None:
    """A result that comes when its job does not run any more is not looked at."""

    class Strict(TallyResults):
        def run(self, batches: Iterable[tuple[str, int]]) -> None:
            running = [(job, number) for job, number in batches if (found := self.table.job(job)) and found.state == "RUNNING"]
            super().run(running)

    class Blind(Sweep):
        def _sweep_late_results(self, job: Job, swept: Swept) -> None:
            pass

    history.tally = Strict(**vars(history.tally))
    history.sweep = Blind(**vars(history.sweep))


def complete_early(history: History) -> None:
    """A job counts as complete when all batches but one are settled."""

    class Eager(Completion):
        def finish_if_complete(self, job_id: str) -> None:
            job = self.table.job(job_id)
            if job and job.state == "RUNNING" and job.settled >= max(job.batches - 1, 1):
                self.compile(job)

    eager = Eager(**vars(history.tally.completion))
    history.tally = replace(history.tally, completion=eager)
    history.submit = replace(history.submit, completion=eager)
    history.sweep = replace(history.sweep, completion=eager)


def skip_lost_messages(history: History) -> None:
    """The sweeper trusts the queue: a planned batch is not asked for again."""

    class Trusting(Sweep):
        def _sweep_batches(self, job: Job, swept: Swept) -> None:
            patience = replace(self.patience, queued=10**9)
            Sweep(**vars(self) | {"patience": patience})._sweep_batches(job, swept)

    history.sweep = Trusting(**vars(history.sweep))


def look_before_paying(history: History) -> None:
    """A job looks whether another has its content, but does not take it with the step in which it starts."""

    class Trusting(JobTable):
        def run_job(self, job: Job, now: int, force: bool, **fields: Any) -> Run:  # noqa: ARG002
            return super().run_job(job, now, True, **fields)

    history.split = replace(history.split, table=Trusting(**_table_of(history)))


BUGS: dict[str, Callable[[History], None]] = {
    plant.__name__: plant
    for plant in (
        count_twice,
        resend_on_timeout,
        drop_late_results,
        complete_early,
        skip_lost_messages,
        look_before_paying,
    )
}


def _table_of(history: History) -> dict[str, Any]:
    return {"client": history.dynamodb, "name": "table", "retention": 90 * 86_400}


def _give_table(history: History, kind: type[JobTable]) -> None:
    """Let every use case use another table over the same items."""
    table = kind(**_table_of(history))
    completion = replace(history.tally.completion, table=table)
    history.table = table
    history.tally = replace(history.tally, table=table, completion=completion)
    history.submit = replace(history.submit, table=table, completion=completion)
    history.sweep = replace(history.sweep, table=table, completion=completion)
    history.compile = replace(history.compile, table=table)
