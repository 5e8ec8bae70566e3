"""What was lost is found again, and what never comes is ended: the table is the truth, every event
only a hint.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from enrichment.adapters.bucket import Bucket
from enrichment.adapters.metrics import Metrics
from enrichment.adapters.provider import Pronto
from enrichment.adapters.queue import SubmitQueue
from enrichment.adapters.secrets import ApiKey
from enrichment.adapters.starter import CompileStarter, SplitStarter
from enrichment.clock import Clock
from enrichment.domain.batch import MAY_BE_SENT, UNANSWERED, Batch, BatchState
from enrichment.domain.credits import month_of
from enrichment.domain.job import LATE, UNTIL_AN_OPERATOR, Canceller, Halt, Job, JobState
from enrichment.domain.lanes import Asked, asked_for, behind
from enrichment.domain.lull import Lull, messages_of
from enrichment.domain.metric import Metric
from enrichment.domain.standing import Standing
from enrichment.domain.token import RowRef
from enrichment.errors import SettingsError
from enrichment.logs import about, logger
from enrichment.steps.cancellation import CancelJob
from enrichment.steps.completion import Completion
from enrichment.steps.dead_letters import ClearDeadLetters
from enrichment.steps.lost_files import FindLostFiles
from enrichment.steps.pause import PauseJob, ResumeJob
from enrichment.steps.statement import StateMonths
from enrichment.store.batches import Batches
from enrichment.store.budget import Budget
from enrichment.store.jobs import Jobs
from enrichment.store.results import Results

# Pauses that end when the provider tells the balance to this installation's key.
_ASKED_FOR_BALANCE = frozenset({"BAD_KEY", "NO_KEY", "NO_CREDITS"})


@dataclass(frozen=True)
class Patience:
    """How long each thing may take before it counts as lost, in seconds; longer than the step that
    it waits for should take.
    """

    split: int = 20 * 60
    queued: int = 2 * 60  # from a message to its batch's claim, while the queue is empty
    backlog: int = 10 * 60  # the same while it is not, and no batch of the job was claimed
    stuck: int = 3600  # the same, however full the queue is
    sending: int = 5 * 60  # from a claim to its record
    results: int = 5 * 60  # without progress until a job's batches are recounted, and in between
    seldom: int = 30 * 60  # between two looks at all batches of a job that goes on as it should
    start: int = 2 * 60  # from a start of `compile` to its beginning
    compile: int = 20 * 60
    credits: int = 5 * 60  # between two looks at the balance for a job that waits for credits
    probe: int = 15 * 60  # between two looks whether another cause of a pause is mended
    quiet: int = 10 * 60  # from the last result to a first answer
    amend: int = (
        5 * 60
    )  # from a late result to the amended output, so that a thousand of them rewrite it once
    late_recount: int = 3600  # between two looks for late results that no event told of
    late: int = LATE  # from the deadline to when late results are looked for no more


@dataclass
class Swept:
    """What a sweep saw and did, for its log line. `waiting` is the queue's length, where it
    mattered.
    """

    standing: Standing
    waiting: int | None = None
    uploads_found: int = 0
    erasures_restarted: int = 0
    splits_restarted: int = 0
    batches_requeued: int = 0
    claims_given_up: int = 0
    compiles_restarted: int = 0
    jobs_answered: int = 0
    jobs_ended: int = 0
    jobs_amended: int = 0
    jobs_cancelled: int = 0
    jobs_resumed: int = 0
    dead_letters_cleared: int = 0
    months_stated: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sweep:
    """Goes through every open job. Whatever it does, the same thing done twice or at the same time
    does no harm.
    """

    jobs: Jobs
    batches: Batches
    results: Results
    bucket: Bucket
    queue: SubmitQueue
    split_starter: SplitStarter
    compile_starter: CompileStarter
    find_lost_files: FindLostFiles
    completion: Completion
    cancel: CancelJob
    provider: Pronto
    api_key: ApiKey
    pause: PauseJob
    resume: ResumeJob
    clear_dead_letters: ClearDeadLetters
    state_months: StateMonths
    budget: Budget
    metrics: Metrics
    clock: Clock
    patience: Patience = Patience()

    def run(self) -> Swept:
        """Sweep once. A job that cannot be swept is noted in `problems` by its id and does not keep
        the others waiting.
        """
        swept = Swept(Standing(self.clock()))
        for job in self.jobs.open():
            swept.standing.see(job)
            before = _done_by(swept)
            try:
                with about(job.id):
                    self._sweep_job(job, swept)
                    _log_news(before, _done_by(swept))
            except (
                Exception
            ) as error:  # one broken job must not stop the rest; it is reported by name
                swept.problems.append(f"{job.id}: {type(error).__name__}")
        self._find_files(swept)
        swept.dead_letters_cleared = self.clear_dead_letters.run()
        swept.months_stated = self.state_months.run()
        self._tell(swept)
        return swept

    def _tell(self, swept: Swept) -> None:
        """Tell how things stood as this sweep began, in one line."""
        standing = swept.standing
        if cap := self.budget.month_cap:
            month = self.budget.month(month_of(standing.now))
            standing.budget_used = 100 * month.reserved / cap
        requeued = {Metric.REQUEUED: swept.batches_requeued} if swept.batches_requeued else {}
        self.metrics.tell({**standing.measures(), **requeued})

    def _sweep_job(self, job: Job, swept: Swept) -> None:
        now = self.clock()
        match job.state:
            case JobState.SPLITTING if self._splitting_died(job, now):
                self.split_starter.start(self.bucket.name, job.key, job.version, job.size)
                swept.splits_restarted += 1
            case JobState.RUNNING | JobState.PAUSED if now >= job.deadline_at:
                swept.jobs_ended += self.completion.compile(job)
            case JobState.RUNNING | JobState.PAUSED:
                self._sweep_under_way(job, swept)
            case JobState.COMPILING | JobState.OVERTAKEN if self._compiling_died(job, now):
                self.jobs.change(job.id, compile_asked_at=now)
                self.compile_starter.start(job.id)
                swept.compiles_restarted += 1
            case JobState.LATE if now - (job.late_at or 0) >= self.patience.amend:
                self._amend(job, swept)
            case JobState.DELIVERED if job.awaited and now >= job.deadline_at:
                swept.jobs_ended += self.completion.compile(job)
            case JobState.DELIVERED if now - job.recounted_at >= self._recount_after(job):
                self._look_for_late_results(job, swept)
            case JobState.DELIVERED if job.awaited:
                swept.standing.see_doubts(job)

    def _sweep_under_way(self, job: Job, swept: Swept) -> None:
        if job.state is JobState.PAUSED and job.halt_told_at is None:
            self.pause.tell(job)
        if self.clock() - job.checked_at >= self.patience.results:
            self.jobs.change(job.id, checked_at=self.clock())
            self._cancel_if_deleted(job, swept)
        if self._needs_a_look(job, swept):
            self._look(job, swept)
        else:
            swept.standing.see_counts(job)
        if job.settled >= job.batches or job.cancelled_at is not None:
            self.completion.finish_if_complete(job.id)
        if job.state is JobState.PAUSED:
            self._look_for_mending(job, swept)

    def _needs_a_look(self, job: Job, swept: Swept) -> bool:
        """Whether something is wrong with a job, or may be since time passed without progress."""
        now, lull = self.clock(), self._lull
        if lull.is_due(job, now):
            return not lull.waits_its_turn(job, now, self._waiting(swept))
        return lull.may_lack_messages(job, now) and self._waiting(swept) < messages_of(job)

    def _look(self, job: Job, swept: Swept) -> None:
        """Look at all batches of a job."""
        now = self.clock()
        batches = self.batches.of(job)
        looked = {"looked_at": now, "in_doubt": swept.standing.see_batches(job, batches)}
        is_stalled = self._lull.is_stalled(job, now)
        recounts = is_stalled and now - job.recounted_at >= self.patience.results
        looked |= {"recounted_at": now} if recounts else {}
        self.jobs.change(job.id, **looked)  # first, so that a run that dies has others look later
        self._sweep_batches(job, batches, swept, recounts)
        if job.state is JobState.RUNNING and self._is_quiet(job, batches):
            swept.jobs_answered += self.completion.compile(job)

    @property
    def _lull(self) -> Lull:
        wait = self.patience
        return Lull(wait.results, wait.quiet, wait.seldom, wait.queued)

    def _waiting(self, swept: Swept) -> int:
        """The queue's length, looked at once, before this sweep itself fills it."""
        if swept.waiting is None:
            swept.waiting = self.queue.waiting()
        return swept.waiting

    def _is_quiet(self, job: Job, batches: list[Batch]) -> bool:
        """Whether every batch was answered, or waits for people who are on their way for others,
        and nothing has come since for long.
        """
        asked = [batch for batch in batches if not _waits(batch)]
        if any(batch.state in UNANSWERED for batch in asked):
            return False
        moments = (batch.accepted_at or batch.claimed_at or batch.queued_at for batch in asked)
        last = max(job.last_result_at or 0, *moments, job.created_at, job.reopened_at)
        return self.clock() - last >= self.patience.quiet

    def _recount_after(self, job: Job) -> int:
        """Each time after twice as long, while results are awaited."""
        if not job.awaited:
            return self.patience.late_recount
        doubled = job.recounted_at - (job.finished_at or 0)
        return min(max(self.patience.results, doubled), self.patience.seldom)

    def _splitting_died(self, job: Job, now: int) -> bool:
        """Whether the runs that were told of have had all the time that they may take."""
        since = job.created_at if job.handed_on_at is None else job.handed_on_at
        return now - since >= self.patience.split * max(1, job.attempts)

    def _compiling_died(self, job: Job, now: int) -> bool:
        """Whether no run of `compile` was heard of in time, or the last one has had all the time
        that a run may take.
        """
        if job.compile_began_at is None:
            return now - job.compile_asked_at >= self.patience.start
        return now - max(job.compile_began_at, job.compile_asked_at) >= self.patience.compile

    def _sweep_batches(self, job: Job, batches: list[Batch], swept: Swept, recounts: bool) -> None:
        now = self.clock()
        if job.state is JobState.RUNNING:
            self._requeue(job, batches, swept)
        for batch in batches:
            match batch.state:
                case BatchState.SENDING if now - (batch.claimed_at or 0) >= self.patience.sending:
                    self._give_up_claim(job, batch, swept)
                case BatchState.ACCEPTED | BatchState.UNKNOWN | BatchState.SENDING if recounts:
                    self._poll_single(batch)
                    self.completion.recount(job, batch)

    def _cancel_if_deleted(self, job: Job, swept: Swept) -> None:
        if job.cancelled_at is None and self.bucket.is_deleted(job.key):
            swept.jobs_cancelled += self.cancel.run(job, Canceller.OWNER)

    def _give_up_claim(self, job: Job, batch: Batch, swept: Swept) -> None:
        """A run died that held a batch. Nobody knows whether it was sent, unless some of its people
        are known: they would have been set apart before.
        """
        now = self.clock()
        if any(came.origin for came in self.results.of(batch).values()):
            if job.state is JobState.DELIVERED:  # whose output says that they may have been sent
                self.jobs.note_fixed_rows(job.id, now)
            if self.batches.release(job, batch, now, now):
                self.queue.send([(job.id, batch.number)])
        else:
            reason = "the submitter died before it could tell"
            self.batches.move(batch, BatchState.UNKNOWN, reason=reason)
            if follows := behind(job, batch):
                self.queue.send([(job.id, follows)])
        swept.claims_given_up += 1

    def _requeue(self, job: Job, batches: list[Batch], swept: Swept) -> None:
        """Ask anew for planned batches whose message is lost. Those that wait their turn in a long
        queue are not lost: asking for them again would only make it longer.

        With one that was asked for anew before goes the one behind it, so that a batch which fails
        whenever it is tried does not hold up its lane.
        """
        now = self.clock()
        asked = asked_for(job, batches)
        old = [each for each in asked if now - each.since >= self.patience.queued]
        if not old:
            return
        waiting = self._waiting(swept)
        if job.lanes and waiting >= len(asked):
            least = self.patience.backlog if self._moves(batches) else self.patience.stuck
            old = [each for each in old if now - each.since >= least]
        elif waiting and not job.lanes:
            old = self._passed_over(old, batches, waiting < len(asked))
        for each in old:
            batch = each.batch
            self.batches.change(batch, queued_at=now)
            follows = behind(job, batch) if each.is_again else None
            self.queue.send((job.id, number) for number in (batch.number, follows) if number)
            swept.batches_requeued += 1

    def _moves(self, batches: list[Batch]) -> bool:
        """Whether some batch was claimed of late."""
        claimed = max((batch.claimed_at or 0 for batch in batches), default=0)
        return self.clock() - claimed < self.patience.backlog

    def _passed_over(self, old: list[Asked], batches: list[Batch], is_short: bool) -> list[Asked]:
        """Of a job without lanes, those whose turn would have come by now; `is_short` tells that
        the queue is shorter than with all of its messages.
        """
        now = self.clock()
        claimed = max((batch.claimed_at or 0 for batch in batches), default=0)
        idle = is_short and not self._moves(batches)
        least = self.patience.backlog if idle else self.patience.stuck
        old = [each for each in old if now - each.since >= least]
        if not idle and now - claimed < self.patience.stuck:
            return _overtaken(old, batches)
        return old

    def _look_for_mending(self, job: Job, swept: Swept) -> None:
        """Resume a paused job when its cause seems to be mended; the provider's next answer decides
        whether it is. What nobody expected waits for a person, and so does what a person paused.
        """
        now = self.clock()
        short = job.halt is Halt.NO_CREDITS
        each = self.patience.credits if short else self.patience.probe
        since = job.probed_at if short else max(job.probed_at, job.halt_told_at or now)
        if job.halt in UNTIL_AN_OPERATOR or now - since < each:
            return
        self.jobs.change(job.id, probed_at=now)
        if job.halt not in _ASKED_FOR_BALANCE:
            swept.jobs_resumed += self.resume.run(job, trial=True)
            return
        key = self._key()
        left = self.provider.credits_left(key) if key else None
        needed = self._largest_planned(job) * job.price if short else 0
        if left is not None and left >= needed:
            swept.jobs_resumed += self.resume.run(job)

    def _largest_planned(self, job: Job) -> int:
        """The contacts of the largest batch that is to be sent."""
        batches = self.batches.of(job)
        planned = (batch.size for batch in batches if batch.state is BatchState.PLANNED)
        return max(planned, default=0)

    def _amend(self, job: Job, swept: Swept) -> None:
        """Have late results and fixed rows written, unless the stream told of some that are in the
        output.
        """
        results, complete = self._results(job)
        if results > job.delivered or job.fixed_at is not None:
            swept.jobs_amended += self.completion.compile(job)
        else:
            self.jobs.dismiss_late(job.id, awaits_more=not complete)

    def _look_for_late_results(self, job: Job, swept: Swept) -> None:
        """Amend an output with what came unnoticed, and see to what is still to be sent.

        A job of which nothing can be expected any more is closed.
        """
        now = self.clock()
        self.jobs.change(job.id, recounted_at=now)
        self._look_after_unsent(job, swept)
        results, _ = self._results(job)
        if results > job.delivered:
            swept.jobs_amended += self.completion.compile(job)
        elif now - job.deadline_at >= self.patience.late:
            self.jobs.close(job.id)

    def _look_after_unsent(self, job: Job, swept: Swept) -> None:
        """See to lost messages of batches that wait after a first answer, and to runs that died
        holding one.
        """
        now = self.clock()
        if job.awaited:
            self._cancel_if_deleted(job, swept)
        batches = self.batches.of(job)
        in_doubt = swept.standing.see_batches(job, batches)
        if in_doubt != job.in_doubt:
            self.jobs.change(job.id, in_doubt=in_doubt)
        if job.awaited and job.cancelled_at is None:
            self._requeue(job, list(filter(_waits, batches)), swept)
        for batch in batches:
            since = now - (batch.claimed_at or 0)
            if batch.state is BatchState.SENDING and since >= self.patience.sending:
                self._give_up_claim(job, batch, swept)

    def _results(self, job: Job) -> tuple[int, bool]:
        """How many results the batches of a job have by now, and whether those are all that may
        come.
        """
        results, expected = 0, 0
        may_be_sent = job.awaited and job.answers_first and job.cancelled_at is None
        for batch in self.batches.of(job):
            # Also in vain: an output with rows that are awaited may not say so yet.
            waited = batch.waits > 0 and batch.state is not BatchState.DIVIDED
            if batch.state in MAY_BE_SENT or (waited and may_be_sent):
                expected += batch.size
            if batch.state is BatchState.COMPLETE:
                results += batch.size
            elif batch.state in MAY_BE_SENT:
                self._poll_single(batch)
                results += self.completion.recount(job, batch)
        return results, results >= expected

    def _poll_single(self, batch: Batch) -> None:
        """Fetch a single enrichment's result, whose webhook may have been lost; documented for
        single enrichments only [D].
        """
        if batch.size > 1 or batch.enrichment_id is None or (key := self._key()) is None:
            return
        payload = self.provider.poll(batch.enrichment_id, key)
        if payload is not None:
            payload.pop("custom", None)
            self.results.put(
                RowRef(batch.job, batch.number, batch.first_row), payload, self.clock()
            )

    def _key(self) -> str | None:
        """The API key; None while it is missing, which keeps only what needs it waiting."""
        try:
            return self.api_key.read()
        except SettingsError:
            return None

    def _find_files(self, swept: Swept) -> None:
        found = self.find_lost_files.run()
        swept.uploads_found, swept.erasures_restarted = found.uploads, found.erasures
        if found.latest:
            swept.standing.see_upload(found.latest)


def _done_by(swept: Swept) -> dict[str, Any]:
    """What a sweep did by now, counted."""
    left_out = ("standing", "waiting", "problems")
    return {name: value for name, value in vars(swept).items() if name not in left_out}


def _log_news(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Log what a sweep did for one job, if it did anything."""
    if done := {name: count for name, count in after.items() if count != before[name]}:
        logger.info("swept", extra={"done": ", ".join(sorted(done))})


def _overtaken(planned: list[Asked], batches: list[Batch]) -> list[Asked]:
    """Those of which others were claimed that were asked for later: what goes on in its order is
    not lost, however long it takes.
    """
    asked = [(one.queued_at, one.number) for one in batches if one.state is not BatchState.PLANNED]
    last = max(asked, default=(0, 0))
    return [each for each in planned if (each.since, each.batch.number) < last]


def _waits(batch: Batch) -> bool:
    """Whether a batch waits for people who are on their way for others."""
    return batch.state is BatchState.PLANNED and batch.waits > 0
