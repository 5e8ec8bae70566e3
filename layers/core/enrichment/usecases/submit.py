"""One batch is submitted to the provider with one POST, and what came of it is recorded."""

from collections.abc import Callable
from dataclasses import dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.provider import Pronto
from enrichment.adapters.queue import SubmitQueue
from enrichment.adapters.secrets import ApiKey, SigningKey
from enrichment.clock import Clock
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.contact import Contact
from enrichment.domain.credits import cost, month_of
from enrichment.domain.division import halves
from enrichment.domain.folder import plan_key
from enrichment.domain.job import Halt, Job, JobState
from enrichment.domain.plan import PlannedContact, contacts_of
from enrichment.domain.submission import Accepted, Invalid, NotSent, Refused, Submission, Unclear
from enrichment.domain.token import RowRef, sign
from enrichment.errors import BrokenInvariant, SettingsError
from enrichment.steps.completion import Completion
from enrichment.steps.pause import PauseJob
from enrichment.steps.people import People
from enrichment.store.batches import Batches, Claim
from enrichment.store.jobs import Jobs

_AGAIN = 30  # seconds until a message is delivered again that failed before its batch was claimed


@dataclass(frozen=True)
class _Attempt:
    """A batch that is held for one POST. The month is set in it if a cap reserved its `cost`."""

    job: Job
    batch: Batch
    claim: str
    cost: int
    contacts: list[PlannedContact]
    signed: list[tuple[Contact, str]]
    api_key: str


@dataclass(frozen=True)
class SubmitBatch:
    """Never pays twice knowingly: the claim is written before the POST, and a batch that is not
    PLANNED is left alone.

    Powertools' Idempotency would delete its record on an exception after the POST, and the retry
    would pay again; hence the batch's own states. `month_cap` is the most credits of a calendar
    month (UTC); None for no cap.
    """

    jobs: Jobs
    batches: Batches
    bucket: Bucket
    queue: SubmitQueue
    provider: Pronto
    api_key: ApiKey
    signing_key: SigningKey
    completion: Completion
    pause: PauseJob
    people: People
    clock: Clock
    new_id: Callable[[], str]
    webhook_url: str
    month_cap: int | None

    def run(self, job_id: str, number: int, receipt: str | None = None) -> str:
        """Submit a batch if it is planned and its job still sends.

        Args:
            job_id: the job.
            number: of the batch.
            receipt: of the message that asked for it, to give it back if this fails before anything
                can have been sent.

        Returns:
            What was done, for the log: the batch's new state, or why it was left alone.
        """
        try:
            attempt = self._claim(job_id, number)
        except Exception:
            # Sending is safe still, so nobody needs to wait until the message comes by itself.
            if receipt:
                self.queue.give_back(receipt, _AGAIN)
            raise
        if isinstance(attempt, str):
            return attempt
        return self._record(attempt, self._settled_by_credits(attempt, self._send(attempt)))

    def _claim(self, job_id: str, number: int) -> _Attempt | str:
        """Take a batch, or say why it is left alone.

        Everything that can fail before the POST comes before the claim, so that its failure leaves
        the batch planned.
        """
        job = self.jobs.get(job_id)
        if job is None or job.state is not JobState.RUNNING or job.deadline_at <= self.clock():
            return "job sends nothing now"
        batch = self.batches.get(job, number)
        if batch is None or batch.state is not BatchState.PLANNED:
            return "already taken"
        try:
            api_key = self.api_key.read()
        except SettingsError:
            self.pause.run(job, Halt.NO_KEY, "")
            return f"paused: {Halt.NO_KEY}"
        contacts = self._contacts(job, batch)
        signed = self._signed(batch, contacts)
        now, claim, reserved = self.clock(), self.new_id(), cost(batch.size, job.price)
        month = month_of(now)
        match self.batches.claim(batch, claim, now, month, reserved, self.month_cap):
            case Claim.TAKEN:
                return "already taken"
            case Claim.OVER_BUDGET:
                self._settle(batch, BatchState.OVER_BUDGET)
                return BatchState.OVER_BUDGET
        capped = self.month_cap is not None
        held = batch.model_copy(update={"claim": claim, "month": month if capped else None})
        return _Attempt(job, held, claim, reserved, contacts, signed, api_key)

    def _send(self, attempt: _Attempt) -> Submission:
        job = attempt.job
        if job.wanted is None:
            raise BrokenInvariant(f"job {job.id} runs without a type")
        return self.provider.enrich(
            attempt.signed, job.wanted, job.countries, self.webhook_url, attempt.api_key
        )

    def _settled_by_credits(self, attempt: _Attempt, submission: Submission) -> Submission:
        """What a refusal is about, by evidence: the contacts, unless the balance is known and too
        small for the batch.
        """
        if not isinstance(submission, Invalid):
            return submission
        left = self.provider.credits_left(attempt.api_key)
        if left is None or left >= attempt.cost:
            return submission
        return Refused(Halt.NO_CREDITS, submission.message)

    def _signed(self, batch: Batch, contacts: list[PlannedContact]) -> list[tuple[Contact, str]]:
        keys = self.signing_key.read()
        return [
            (planned.contact, sign(RowRef(batch.job, batch.number, planned.row), keys))
            for planned in contacts
        ]

    def _contacts(self, job: Job, batch: Batch) -> list[PlannedContact]:
        contacts = contacts_of(
            self.bucket.read_range(plan_key(job.id, job.plan), batch.start, batch.end), batch.start
        )
        if len(contacts) != batch.size:
            raise BrokenInvariant(
                f"batch {batch.number} of job {job.id} has {batch.size} contacts, its plan"
                f" {len(contacts)}"
            )
        return contacts

    def _record(self, attempt: _Attempt, submission: Submission) -> str:
        job, batch, claim = attempt.job, attempt.batch, attempt.claim
        match submission:
            case Accepted(enrichment_id):
                # COMPLETE already where the webhooks were faster than this answer; then nothing is
                # left to record.
                fields = {"enrichment_id": enrichment_id} if enrichment_id else {}
                self.batches.move(batch, BatchState.ACCEPTED, accepted_at=self.clock(), **fields)
                return BatchState.ACCEPTED
            case NotSent(retry_after, reason):
                if self.batches.release(batch, claim, attempt.cost, self.clock() + retry_after):
                    self.queue.send([(batch.job, batch.number)], delay=retry_after)
                return f"{BatchState.PLANNED}: {reason}"
            case Refused(halt, message):
                # First the release: should this run die between the two, the batch is asked for
                # once more, and refused again.
                self.batches.release(batch, claim, attempt.cost, self.clock())
                self.pause.run(job, halt, message)
                return f"paused: {halt}"
            case Invalid(message) if batch.size == 1:
                self._settle(batch, BatchState.REJECTED, attempt.cost, reason=message)
                return BatchState.REJECTED
            case Invalid(message):
                return self._divide(job, batch, attempt.contacts, message)
            case Unclear(reason, halt):
                self.batches.move(batch, BatchState.UNKNOWN, reason=reason)
                if halt:
                    self.pause.run(job, halt, reason)
                return f"{BatchState.UNKNOWN}: {reason}"

    def _settle(
        self, batch: Batch, to: BatchState, cost_given_back: int = 0, **fields: str
    ) -> None:
        if self.batches.settle(batch, to, cost_given_back, **fields):
            self.completion.finish_if_complete(batch.job)

    def _divide(self, job: Job, batch: Batch, contacts: list[PlannedContact], message: str) -> str:
        """Put two halves in a batch's place, so that all but the contact that is not valid go
        through.
        """
        known = job.batches
        while True:
            parts = halves(batch, contacts, known, self.clock())
            if self.batches.divide(batch, parts, known, cost(batch.size, job.price), message):
                self.queue.send((half.job, half.number) for half in parts)
                return BatchState.DIVIDED
            now = self.jobs.get(job.id)
            if now is None or now.batches == known:
                return (  # the batch has left SENDING: somebody else has recorded what became of it
                    "already taken"
                )
            known = now.batches
