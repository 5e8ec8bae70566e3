"""Batches are submitted to the provider, each with one POST, and what came of it is recorded."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.metrics import Metrics
from enrichment.adapters.provider import Pronto
from enrichment.adapters.queue import SubmitQueue
from enrichment.adapters.secrets import ApiKey, SigningKey
from enrichment.clock import Clock
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.credits import Cap, affordable, month_of
from enrichment.domain.division import parts, reduced
from enrichment.domain.folder import plan_key
from enrichment.domain.job import Halt, Job, JobState
from enrichment.domain.lanes import behind
from enrichment.domain.metric import Metric
from enrichment.domain.plan import PlannedContact, contacts_erased, contacts_of
from enrichment.domain.submission import Accepted, Invalid, NotSent, Refused, Submission, Unclear
from enrichment.domain.token import RowRef, SigningKeys, sign
from enrichment.errors import BrokenInvariant, Contention, SettingsError
from enrichment.logs import logger
from enrichment.parallel import Aside
from enrichment.steps.completion import Completion
from enrichment.steps.pause import PauseJob
from enrichment.steps.people import wanted_of
from enrichment.steps.sifting import TAKEN, SiftBatch
from enrichment.store.batches import Batches, Claim
from enrichment.store.budget import Budget
from enrichment.store.jobs import Jobs

_AGAIN = 30  # seconds until a message is delivered again that failed before its batch was claimed
_SENDS_NOTHING = "job sends nothing now"
_MOST_LOOKS = 20  # at the caps, while others claim batches under them
_STILL = 600  # seconds in which nothing changes under a cap until nothing is expected to come back
# Seconds that a batch waits for credits to come back; more for a job of many batches, which would
# all ask at once.
_WAIT, _LONGEST_WAIT = 30, 900


@dataclass(frozen=True)
class Left:
    """Why no POST is made for a batch, for the log, and the batch whose turn it is now, if any."""

    done: str
    behind: int | None = None


@dataclass(frozen=True)
class _Attempt:
    """A batch that is held for one POST, with its claim and what it reserved, and the one behind
    it.
    """

    job: Job
    batch: Batch
    contacts: list[PlannedContact]
    signing_keys: SigningKeys
    api_key: str
    behind: int | None


@dataclass(frozen=True)
class _Sent:
    """What the provider said to an attempt."""

    attempt: _Attempt
    answer: Submission

    @property
    def lets_pass(self) -> bool:
        """Whether the batch behind has its turn: not where this one is to be sent again, or its job
        is paused.
        """
        match self.answer:
            case NotSent() | Refused():
                return False
            case Unclear(_, halt):
                return halt is None
        return True


@dataclass(frozen=True)
class SubmitBatch:
    """Never pays twice knowingly: the claim is written before the POST, and a batch that is not
    PLANNED is left alone.

    Powertools' Idempotency would delete its record on an exception after the POST, and the retry
    would pay again; hence the batch's own states. With the claim, the most that the batch may cost
    is reserved under every cap, so that none is broken, however many batches are on their way.

    A run goes on with the batches behind its own (`domain.lanes`), one POST at a time, and leaves
    the rest to the queue after a few seconds, so that other jobs have their turn. While one batch
    is sent, the one before is recorded and the next one taken, so the provider hardly waits for us.
    """

    jobs: Jobs
    batches: Batches
    budget: Budget
    bucket: Bucket
    queue: SubmitQueue
    provider: Pronto
    api_key: ApiKey
    signing_key: SigningKey
    completion: Completion
    pause: PauseJob
    sift: SiftBatch
    metrics: Metrics
    clock: Clock
    new_id: Callable[[], str]
    webhook_url: str
    aside: Aside
    turn: int = 5  # seconds in which a run goes on to further batches of its lane
    # Seconds from a claim in which its POST must begin. With the POST, that is less than the
    # function's timeout, and much less than the sweeper leaves a claim alone.
    longest_claim: int = 60

    def run(self, job_id: str, number: int, receipt: str | None = None) -> str:
        """Submit a batch if it is planned and its job still sends, and some of those behind it.

        Args:
            job_id: the job.
            number: of the batch.
            receipt: of the message that asked for it, to give it back if this fails before anything
                can have been sent.

        Returns:
            What was done with the batch, as in the log: its new state, or why it was left alone.
        """
        until = self.clock() + self.turn
        try:
            taken = self._taken(job_id, number)
        except Exception:
            # Sending is safe still, so nobody needs to wait until the message comes by itself.
            if receipt:
                self.queue.give_back(receipt, _AGAIN)
            raise
        if isinstance(taken, _Attempt):
            return self._send_on(taken, until)
        return self._leave(job_id, number, taken)

    def _send_on(self, first: _Attempt, until: int) -> str:
        """Send a batch, and those behind it until a time; what was done with the first.

        An answer is recorded before anything else, as nobody else has seen it.
        """
        done: list[str] = []
        attempt = first
        sent: _Sent | None = None
        while True:
            follows = attempt.behind if self.clock() < until else None
            meanwhile = self.aside(partial(self._meanwhile, sent, done, attempt.job, follows))
            try:
                sent = _Sent(attempt, self._answer(attempt))
            except Exception:
                self._give_up(meanwhile())
                raise
            try:
                following = meanwhile()
            except Exception:
                self._end_turn(sent, done)
                raise
            if following is None or not sent.lets_pass:
                self._end_turn(sent, done, is_left=follows is None)
                self._give_up(following)
                return done[0]
            attempt = following

    def _end_turn(self, sent: _Sent, done: list[str], is_left: bool = True) -> None:
        """Record the last batch of a turn, and leave the one behind it to the queue."""
        done.append(self._recorded(sent))
        behind_it = sent.attempt.behind
        if is_left and behind_it and sent.lets_pass:
            self.queue.send([(sent.attempt.job.id, behind_it)])

    def _meanwhile(
        self, sent: _Sent | None, done: list[str], job: Job, follows: int | None
    ) -> _Attempt | None:
        """Record the batch that was sent before, and take the one that follows; None where it is
        not to be sent, and then whoever is behind it is left to the queue.
        """
        if sent:
            done.append(self._recorded(sent))
        if follows is None:
            return None
        try:
            taken = self._taken(job.id, follows)
        except Exception as error:
            # What was sent is recorded all the same; this batch has a message of its own again.
            logger.warning("failed", extra={"batch": follows, "error": type(error).__name__})
            self.queue.send([(job.id, follows)], delay=_AGAIN)
            return None
        if isinstance(taken, _Attempt):
            return taken
        self._leave(job.id, follows, taken)
        return None

    def _leave(self, job_id: str, number: int, left: Left) -> str:
        """Leave a batch alone, and ask for the one whose turn it is then."""
        if left.behind:
            self.queue.send([(job_id, left.behind)])
        return _told(number, left.done)

    def _taken(self, job_id: str, number: int) -> _Attempt | Left:
        """Claim a batch and look at its people. If that fails, it is planned still."""
        attempt = self._claim(job_id, number)
        if isinstance(attempt, Left):
            return attempt
        try:
            return self._sifted(attempt)
        except Exception:
            self._give_up(attempt)
            raise

    def _claim(self, job_id: str, number: int) -> _Attempt | Left:
        """Take a batch, or say why it is left alone.

        Everything that can fail before the POST comes before the claim, so that its failure leaves
        the batch planned.
        """
        job = self.jobs.get(job_id)
        batch = self.batches.get(job, number) if job else None
        if job is None or batch is None or not self._may_send(job, batch):
            return Left(_SENDS_NOTHING)
        if batch.state is not BatchState.PLANNED:
            return Left(TAKEN)
        if batch.doubted and self.completion.recount(job, batch):
            return Left("the first result came")
        try:
            api_key = self.api_key.read()
        except SettingsError:
            self.pause.run(job, Halt.NO_KEY, "")
            return Left(f"paused: {Halt.NO_KEY}")
        contacts = self._contacts(job, batch)
        if len(contacts) < batch.size:
            return self._without_erased(job, batch, contacts)
        signing_keys = self.signing_key.read()
        self._note_balance(job, api_key)
        held = self._held(job, batch, contacts)
        if isinstance(held, Left):
            return held
        return _Attempt(job, held, contacts, signing_keys, api_key, behind(job, batch))

    def _may_send(self, job: Job, batch: Batch) -> bool:
        """Whether a job still sends; after a first answer only what waited for others then."""
        sends = job.state is JobState.RUNNING or (batch.waits > 0 and job.may_amend)
        return sends and job.cancelled_at is None and self.clock() < job.deadline_at

    def _held(self, job: Job, batch: Batch, contacts: list[PlannedContact]) -> Batch | Left:
        """The batch, claimed for one POST with room under every cap; or why it is left alone."""
        claim = self.new_id()
        for _ in range(_MOST_LOOKS):
            now = self.clock()
            room = self.budget.room(job, month_of(now))
            cap = room.tightest
            if cap and affordable(cap.left, job.most_each, batch.size) < batch.size:
                return self._short(job, batch, contacts, cap)
            match self.batches.claim(job, batch, claim, now, room):
                case Claim.TAKEN:
                    return Left(TAKEN)
                case Claim.HELD:
                    return held_by(batch, claim, now, job.most_each)
            job = self.jobs.get(job.id) or job
            if not self._may_send(job, batch):
                return Left(_SENDS_NOTHING)
        raise Contention(f"batch {batch.number} of job {job.id} found no moment to reserve credits")

    def _short(self, job: Job, batch: Batch, contacts: list[PlannedContact], cap: Cap) -> Left:
        """What becomes of a batch that a cap does not pay for as a whole. Those who are known cost
        nothing; of the others, what the cap pays for is cut off; where that is nothing, the batch
        waits as long as credits may come back.
        """
        known = self.sift.known(job, contacts)
        if len(known) == batch.size:
            ended = self.sift.reuse(job, batch, known)
            return Left(BatchState.COMPLETE, behind(job, batch) if ended else None)
        if known:
            known_first = sorted(contacts, key=lambda one: one.row not in known)
            return self._divided(job, batch, known_first, len(known))
        now = self.clock()
        paid = affordable(cap.left, job.most_each, batch.size)
        if paid:
            return self._divided(job, batch, contacts, paid)
        if cap.account.awaits(now, _STILL):
            delay = min(_LONGEST_WAIT, _WAIT + (job.lanes or job.batches) // 10)
            self.batches.change(batch, queued_at=now + delay, short_of=cap.scope)
            self.queue.send([(batch.job, batch.number)], delay=delay)
            return Left(f"waits for credits of the cap: {cap.scope}")
        if batch.doubted and self.batches.take_back(batch):
            return Left(f"{BatchState.UNKNOWN}: there are no credits to send it again")
        ended = self._end_unsent(job, batch, BatchState.OVER_BUDGET, short_of=cap.scope)
        return Left(BatchState.OVER_BUDGET, behind(job, batch) if ended else None)

    def _divided(self, job: Job, batch: Batch, contacts: list[PlannedContact], first: int) -> Left:
        """A batch is divided before it is sent."""
        done = self._divide(job, batch, contacts, first)
        return Left(done, behind(job, batch) if done == BatchState.DIVIDED else None)

    def _sifted(self, attempt: _Attempt) -> _Attempt | Left:
        """The attempt with those contacts alone that the batch may send; or what became of it."""
        sifted = self.sift.run(attempt.job, attempt.batch, attempt.contacts)
        if not sifted.contacts:
            return Left(sifted.end, None if sifted.end == TAKEN else attempt.behind)
        return replace(attempt, batch=sifted.batch, contacts=list(sifted.contacts))

    def _give_up(self, attempt: _Attempt | None) -> None:
        """Give a batch back of which nothing was sent, as it is now: it may have less contacts."""
        if attempt is None:
            return
        batch, now = self.batches.get(attempt.job, attempt.batch.number), self.clock()
        if batch and batch.claim == attempt.batch.claim:
            self.batches.release(attempt.job, batch, now, now)

    def _note_balance(self, job: Job, api_key: str) -> None:
        """Ask for the account's balance before anything of a job is sent."""
        if job.balance_asked_at is None:
            self.jobs.note_balance(job.id, self.provider.credits_left(api_key), self.clock())

    def _answer(self, attempt: _Attempt) -> Submission:
        """Make the one POST. A run that took too long until then, as one that was frozen, sends
        nothing: others may take its people (`steps.people`).
        """
        job, now = attempt.job, self.clock()
        if now - (attempt.batch.claimed_at or 0) >= self.longest_claim or now >= job.deadline_at:
            return NotSent(0, "it was held for too long")
        signed = [
            (one.contact, sign(RowRef(job.id, attempt.batch.number, one.row), attempt.signing_keys))
            for one in attempt.contacts
        ]
        answer = self.provider.enrich(
            signed, wanted_of(job), job.countries, self.webhook_url, attempt.api_key
        )
        return self._settled_by_credits(attempt, answer)

    def _settled_by_credits(self, attempt: _Attempt, submission: Submission) -> Submission:
        """What a refusal is about, by evidence: the contacts, unless the balance is known and too
        small for the batch.
        """
        if not isinstance(submission, Invalid):
            return submission
        left = self.provider.credits_left(attempt.api_key)
        if left is None or left >= attempt.batch.size * attempt.job.price:
            return submission
        return Refused(Halt.NO_CREDITS, submission.message)

    def _without_erased(self, job: Job, batch: Batch, left: list[PlannedContact]) -> Left:
        """Take out of a batch whose persons were erased, and ask for the rest anew."""
        if not left:
            ended = self._end_unsent(job, batch, BatchState.COMPLETE, known=True)
            done = f"{BatchState.COMPLETE}: all of its persons were erased"
            return Left(done, behind(job, batch) if ended else None)
        if self.batches.leave_out(batch, reduced(batch, left)):
            self.queue.send([(batch.job, batch.number)])
        return Left(f"{BatchState.PLANNED}: persons of it were erased")

    def _contacts(self, job: Job, batch: Batch) -> list[PlannedContact]:
        """The contacts of a batch; less where persons were erased."""
        rows = None if batch.rows is None else frozenset(batch.rows)
        lines = self.bucket.read_range(plan_key(job.id, job.plan), batch.start, batch.end)
        contacts = contacts_of(lines, batch.start, rows)
        if len(contacts) + contacts_erased(lines, rows) < batch.size or len(contacts) > batch.size:
            raise BrokenInvariant(
                f"batch {batch.number} of job {job.id} has {batch.size} contacts, its plan"
                f" {len(contacts)}"
            )
        return contacts

    def _recorded(self, sent: _Sent) -> str:
        return _told(sent.attempt.batch.number, self._record(sent.attempt, sent.answer))

    def _record(self, attempt: _Attempt, submission: Submission) -> str:
        job, batch = attempt.job, attempt.batch
        now = self.clock()
        match submission:
            case Accepted(enrichment_id):
                # COMPLETE already where the webhooks were faster than this answer; then nothing is
                # left to record.
                fields = {"enrichment_id": enrichment_id} if enrichment_id else {}
                self.batches.move(batch, BatchState.ACCEPTED, accepted_at=now, **fields)
                return BatchState.ACCEPTED
            case NotSent(retry_after, reason):
                if self.batches.release(job, batch, now, now + retry_after):
                    self.metrics.count(Metric.RELEASED)
                    self.queue.send([(batch.job, batch.number)], delay=retry_after)
                return f"{BatchState.PLANNED}: {reason}"
            case Refused(halt, message):
                # First the release: should this run die between the two, the batch is asked for
                # once more, and refused again.
                self.batches.release(job, batch, now, now)
                self.pause.run(job, halt, message)
                return f"paused: {halt}"
            case Invalid(message) if batch.size == 1:
                self._end_unsent(job, batch, BatchState.REJECTED, reason=message)
                return BatchState.REJECTED
            case Invalid(message):
                middle = (batch.size + 1) // 2
                return self._divide(job, batch, attempt.contacts, middle, message)
            case Unclear(reason, halt):
                self.batches.move(batch, BatchState.UNKNOWN, reason=reason)
                if halt:
                    self.pause.run(job, halt, reason)
                return f"{BatchState.UNKNOWN}: {reason}"

    def _end_unsent(self, job: Job, batch: Batch, to: BatchState, **fields: Any) -> bool:
        ended = self.batches.end_unsent(job, batch, to, self.clock(), **fields)
        if ended:
            self.completion.finish_if_complete(batch.job)
        return ended

    def _divide(
        self,
        job: Job,
        batch: Batch,
        contacts: list[PlannedContact],
        first: int,
        reason: str | None = None,
    ) -> str:
        """Put two parts in a batch's place: its `first` contacts, and the others."""
        while True:
            two = parts(batch, contacts, first, job.batches, self.clock())
            if self.batches.divide(job, batch, two, self.clock(), reason):
                self.metrics.count(Metric.DIVIDED)
                self.queue.send((part.job, part.number) for part in two)
                return BatchState.DIVIDED
            now = self.jobs.get(job.id)
            if now is None or now.batches == job.batches:
                # The batch has left its state: somebody else has recorded what became of it.
                return TAKEN
            job = now


def _told(number: int, done: str) -> str:
    """Log what was done with a batch."""
    logger.info("submit", extra={"batch": number, "done": done})
    return done


def held_by(batch: Batch, claim: str, now: int, most_each: int) -> Batch:
    """A batch as it stands once it was claimed."""
    held = {
        "state": BatchState.SENDING,
        "claim": claim,
        "claimed_at": now,
        "month": month_of(now),
        "reserved": batch.size * most_each,
    }
    return batch.model_copy(update=held)
