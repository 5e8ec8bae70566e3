"""One batch is submitted to the provider with one POST, and what came of it is recorded."""

from collections.abc import Callable
from dataclasses import dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.provider import Pronto
from enrichment.adapters.queue import SubmitQueue
from enrichment.adapters.secrets import Secrets
from enrichment.adapters.table import JobTable
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.contact import Contact
from enrichment.domain.folder import plan_key
from enrichment.domain.job import Job, JobState
from enrichment.domain.plan import PlannedRow
from enrichment.domain.submission import Accepted, NotSent, Refused, Submission, Unclear
from enrichment.domain.token import RowRef, SigningKeys, sign
from enrichment.errors import BrokenInvariant
from enrichment.usecases.completion import Clock, Completion


@dataclass(frozen=True)
class SubmitBatch:
    """Never pays twice knowingly: the claim is written before the POST, and a batch that is not PLANNED is left alone.

    Powertools' Idempotency would delete its record on an exception after the POST, and the retry would pay again; hence the
    batch's own states.
    """

    table: JobTable
    bucket: Bucket
    queue: SubmitQueue
    provider: Pronto
    secrets: Secrets
    completion: Completion
    clock: Clock
    new_id: Callable[[], str]
    webhook_url: str

    def run(self, job_id: str, number: int) -> str:
        """Submit a batch if it is planned and its job still sends.

        Returns:
            What was done, for the log: the batch's new state, or why it was left alone.
        """
        job = self.table.job(job_id)
        if job is None or job.state is not JobState.RUNNING or job.halt or job.deadline_at <= self.clock():
            return "job sends nothing more"
        batch = self.table.batch(job, number)
        if batch is None or batch.state is not BatchState.PLANNED or job.wanted is None:
            return "already taken"
        # Everything that can fail before the POST comes before the claim, so that its failure leaves the batch planned.
        api_key = self.secrets.api_key()
        contacts = self._contacts(job, batch, self.secrets.signing_keys())
        if not self.table.claim_batch(batch, self.new_id(), self.clock()):
            return "already taken"
        submission = self.provider.enrich(contacts, job.wanted, job.countries, self.webhook_url, api_key)
        return self._record(batch, submission)

    def _contacts(self, job: Job, batch: Batch, keys: SigningKeys) -> list[tuple[Contact, str]]:
        lines = self.bucket.read_range(plan_key(job.id, job.plan), batch.start, batch.end).splitlines()
        rows = [PlannedRow.model_validate_json(line) for line in lines]
        contacts = [(row.contact, sign(RowRef(job.id, batch.number, row.row), keys)) for row in rows if row.contact]
        if len(contacts) != batch.size:
            raise BrokenInvariant(f"batch {batch.number} of job {job.id} has {batch.size} contacts, its plan {len(contacts)}")
        return contacts

    def _record(self, batch: Batch, submission: Submission) -> str:
        match submission:
            case Accepted(enrichment_id):
                # COMPLETE already where the webhooks were faster than this answer; then nothing is left to record.
                fields = {"enrichment_id": enrichment_id} if enrichment_id else {}
                self.table.move_batch(batch, BatchState.ACCEPTED, accepted_at=self.clock(), **fields)
                return BatchState.ACCEPTED
            case Refused(halt, message):
                # First the halt: should this run die between the two, the sweeper finds the claim and nothing more is sent.
                self.table.halt_job(batch.job, halt, message)
                self.table.settle_batch(batch, BatchState.REJECTED, reason=halt)
                self.completion.finish_if_complete(batch.job)
                return f"{BatchState.REJECTED}: {halt}"
            case NotSent(retry_after, reason):
                if self.table.move_batch(batch, BatchState.PLANNED, queued_at=self.clock() + retry_after):
                    self.queue.send([(batch.job, batch.number)], delay=retry_after)
                return f"{BatchState.PLANNED}: {reason}"
            case Unclear(reason, halt):
                self.table.move_batch(batch, BatchState.UNKNOWN, reason=reason)
                if halt:
                    self.table.halt_job(batch.job, halt, reason)
                return f"{BatchState.UNKNOWN}: {reason}"
