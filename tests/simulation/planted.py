"""Twenty-seven bugs, planted to see that the simulation finds them; a developer could write each.

A bug is a pipeline with one part replaced; the part stands before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from enrichment.adapters.queue import DeadLetters, SubmitQueue
from enrichment.clock import SecondsLeft
from enrichment.domain.batch import UNANSWERED, Batch, BatchState
from enrichment.domain.changes import JobChanged
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.credits import Account, Cap, Charge
from enrichment.domain.job import UNDER_WAY, Job
from enrichment.domain.lanes import behind
from enrichment.domain.person import Entry, Reuse
from enrichment.domain.plan import PlannedContact
from enrichment.domain.reading import Reading
from enrichment.domain.submission import NotSent, Submission, Unclear
from enrichment.domain.token import RowRef
from enrichment.domain.told import Told
from enrichment.domain.window import Window
from enrichment.steps.completion import Completion
from enrichment.steps.people import People, Sorted
from enrichment.steps.settlement import SettleBatch
from enrichment.steps.telling import TellChanges
from enrichment.store.batches import Batches, Claim
from enrichment.store.budget import Budget
from enrichment.store.jobs import Jobs, Run
from enrichment.store.movements import Room
from enrichment.store.persons import Persons
from enrichment.store.results import Came
from enrichment.usecases.submit import Left, SubmitBatch
from enrichment.usecases.sweep import Sweep, Swept
from enrichment.usecases.tally import TallyResults
from enrichment.usecases.webhook import Message, ReceiveWebhook, Taken
from tests.simulation.pipeline import SimulatedPipeline


class CarelessCompletion(Completion):
    def recount(self, job: Job, batch: Batch) -> int:
        if batch.state is BatchState.COMPLETE and job.settled < job.batches:
            self.jobs.change(job.id, settled=job.settled + 1)
            self.finish_if_complete(job.id)
        return super().recount(job, batch)


class CountTwice(SimulatedPipeline):
    """A batch is counted on its job each time that its last result is told of, not once."""

    @cached_property
    def completion(self) -> Completion:
        return CarelessCompletion(**vars(super().completion))


class HastySubmit(SubmitBatch):
    def _record(self, attempt: Any, submission: Submission) -> str:
        if isinstance(submission, Unclear):
            submission = NotSent(30, submission.reason)
        return super()._record(attempt, submission)


class ResendOnTimeout(SimulatedPipeline):
    """A request that timed out is taken for one that was not sent."""

    @cached_property
    def submit(self) -> SubmitBatch:
        return HastySubmit(**vars(super().submit))


class StrictTally(TallyResults):
    def run(self, results: Iterable[tuple[str, int]], window: Window) -> None:
        timely = (
            (job, number)
            for job, number in results
            if (found := self.jobs.get(job)) and found.state in UNDER_WAY
        )
        super().run(timely, window)

    def end(self, window: Window) -> None:
        pass


class BlindSweep(Sweep):
    def _look_for_late_results(self, job: Job, swept: Swept) -> None:
        pass


class DropLateResults(SimulatedPipeline):
    """A result that comes when its job does not run any more is not looked at."""

    @cached_property
    def tally(self) -> TallyResults:
        return StrictTally(**vars(super().tally))

    @cached_property
    def sweep(self) -> Sweep:
        return BlindSweep(**vars(super().sweep))


class EagerCompletion(Completion):
    def finish_if_complete(self, job_id: str) -> None:
        job = self.jobs.get(job_id)
        if job and job.state in UNDER_WAY and job.settled >= max(job.batches - 1, 1):
            self.compile(job)


class CompleteEarly(SimulatedPipeline):
    """A job counts as complete when all batches but one are settled."""

    @cached_property
    def completion(self) -> Completion:
        return EagerCompletion(**vars(super().completion))


class SkipLostMessages(SimulatedPipeline):
    """The sweeper trusts the queue: a planned batch is not asked for again."""

    @cached_property
    def sweep(self) -> Sweep:
        sweep = super().sweep
        return replace(sweep, patience=replace(sweep.patience, queued=10**9))


class TrustingJobs(Jobs):
    def run(
        self,
        job: Job,
        reading: Reading,
        now: int,
        force: bool,  # noqa: ARG002
        **fields: Any,
    ) -> Run:
        return super().run(job, reading, now, True, **fields)


class LookBeforePaying(SimulatedPipeline):
    """A job looks whether another has its content, but does not take it with the step in which it
    starts.
    """

    @cached_property
    def jobs(self) -> Jobs:
        return TrustingJobs(self.table)


class ForgetfulWebhook(ReceiveWebhook):
    def run_all(self, messages: Iterable[Message], seconds_left: SecondsLeft) -> Taken:
        return replace(super().run_all(messages, seconds_left), left=[])


class DropWhatFailed(SimulatedPipeline):
    """What could not be stored is taken out of the door's queue with the rest."""

    @cached_property
    def webhook(self) -> ReceiveWebhook:
        return ForgetfulWebhook(**vars(super().webhook))


class LeaveDeadLetters(SimulatedPipeline):
    """Nobody sends results that could not be stored back to the door's queue."""

    @cached_property
    def dead_letters(self) -> tuple[DeadLetters, ...]:
        return ()


class TrustingWebhook(ReceiveWebhook):
    def _verified(self, token: object, sent_at: int) -> RowRef:  # noqa: ARG002
        _, _, job, batch, row, _ = str(token).split(".")
        return RowRef(job, int(batch), int(row))


class TrustTokens(SimulatedPipeline):
    """A token of the right form is taken for a genuine one."""

    @cached_property
    def webhook(self) -> ReceiveWebhook:
        return TrustingWebhook(**vars(super().webhook))


class ImpatientSweep(Sweep):
    def _is_quiet(self, job: Job, batches: list[Batch]) -> bool:
        asked = [batch for batch in batches if batch.state not in UNANSWERED]
        return super()._is_quiet(job, asked)


class AnswerUnsent(SimulatedPipeline):
    """A first answer is given while batches wait to be sent."""

    @cached_property
    def sweep(self) -> Sweep:
        return ImpatientSweep(**vars(super().sweep))


class AmendingSweep(Sweep):
    def _amend(self, job: Job, swept: Swept) -> None:
        swept.jobs_amended += self.completion.compile(job)


class AmendWithoutNews(SimulatedPipeline):
    """An output is written anew for each stream record that comes late."""

    @cached_property
    def sweep(self) -> Sweep:
        return AmendingSweep(**vars(super().sweep))


class HoardingJobs(Jobs):
    def begin_compiling(
        self, job_id: str, now: int, whole: bool, *states: Any, **fields: Any
    ) -> bool:
        job = self.get(job_id)
        begun = super().begin_compiling(job_id, now, whole, *states, **fields)
        if begun and job and job.noted:
            self.change(job_id, noted=job.noted)
        return begun


class KeepNotes(SimulatedPipeline):
    """An amendment goes on from what was noted for the first answer."""

    @cached_property
    def jobs(self) -> Jobs:
        return HoardingJobs(self.table)


class HastyBatches(Batches):
    def settle(self, job: Job, batch: Batch, charge: Charge, now: int) -> bool:
        there = self.get(job, batch.number) or batch
        older = batch.model_copy(update={"state": there.state, "answered": there.answered})
        return super().settle(job, older, charge, now)


class SettleTwice(SimulatedPipeline):
    """What results cost is counted from an older look at the batch, so that two who settle it at
    the same time both count it.
    """

    @cached_property
    def batches(self) -> Batches:
        return HastyBatches(self.table)


class KeepingBatches(Batches):
    def release(self, job: Job, batch: Batch, now: int, queued_at: int, **fields: Any) -> bool:
        uncounted = batch.model_copy(update={"month": None})
        return super().release(job, uncounted, now, queued_at, **fields)


class ForgetToRelease(SimulatedPipeline):
    """A batch that was provably not sent keeps the credits that it had reserved."""

    @cached_property
    def batches(self) -> Batches:
        return KeepingBatches(self.table)


class ShortSightedBudget(Budget):
    def room(self, job: Job, month: str) -> Room:
        room = super().room(job, month)
        return replace(
            room, caps=[replace(cap, account=_charged(cap.account)) for cap in room.caps]
        )


def _charged(account: Account) -> Account:
    return replace(account, reserved=account.charged)


class CountOnlyCharged(SimulatedPipeline):
    """A cap is held against what was charged, without what is reserved for results to come."""

    @cached_property
    def budget(self) -> Budget:
        return ShortSightedBudget(self.table, super().budget.month_cap)


class TrustingBatches(Batches):
    def claim(self, job: Job, batch: Batch, claim: str, now: int, room: Room) -> Claim:
        return super().claim(job, batch, claim, now, replace(room, caps=()))


class LookBeforeReserving(SimulatedPipeline):
    """A batch looks whether the caps have room for it, but does not take it with the step in which
    it is claimed.
    """

    @cached_property
    def batches(self) -> Batches:
        return TrustingBatches(self.table)


class PunctualSettlement(SettleBatch):
    def run(self, job: Job, batch: Batch, results: Mapping[int, Came]) -> bool:
        return job.state in UNDER_WAY and super().run(job, batch, results)


class IgnoreLateCharges(SimulatedPipeline):
    """What a result costs that comes when its job does not run any more is not settled."""

    @cached_property
    def settle(self) -> SettleBatch:
        return PunctualSettlement(self.batches, self.clock)


class HopefulBatches(Batches):
    def resend(self, batch: Batch, now: int) -> bool:
        return super().resend(batch.model_copy(update={"reserved": 0}), now)


class ForgetTheFirstTime(SimulatedPipeline):
    """What is sent again is told as if the first time had cost nothing."""

    @cached_property
    def batches(self) -> Batches:
        return HopefulBatches(self.table)


class CoarseSubmit(SubmitBatch):
    def _short(self, job: Job, batch: Batch, contacts: list[PlannedContact], cap: Cap) -> Left:
        if cap.left < job.most_each:
            return super()._short(job, batch, contacts, cap)
        self._end_unsent(job, batch, BatchState.OVER_BUDGET)
        return Left(BatchState.OVER_BUDGET, behind(job, batch))


class WholeBatchesOnly(SimulatedPipeline):
    """A batch that a cap pays for in part is not sent at all."""

    @cached_property
    def submit(self) -> SubmitBatch:
        return CoarseSubmit(**vars(super().submit))


class ForgetfulPeople(People):
    def sort(self, job: Job, batch: Batch, contacts: Sequence[PlannedContact]) -> Sorted:
        as_email = job.model_copy(update={"wanted": EnrichmentType.EMAIL})
        return super().sort(as_email, batch, contacts)


class ReuseAcrossTypes(SimulatedPipeline):
    """What is known of a person is used whatever was looked for."""

    @cached_property
    def people(self) -> People:
        return ForgetfulPeople(**vars(super().people))


class Hoard(Reuse):
    def allows(self, is_found: bool, age: int) -> bool:  # noqa: ARG002
        return True


class HoardingPeople(People):
    def sort(self, job: Job, batch: Batch, contacts: Sequence[PlannedContact]) -> Sorted:
        return People.sort(replace(self, reuse=Hoard(*self.reuse)), job, batch, contacts)


class ReuseTheExpired(SimulatedPipeline):
    """What is known of a person is used for ever."""

    @cached_property
    def people(self) -> People:
        return HoardingPeople(**vars(super().people))


class TrustingPersons(Persons):
    def add(self, key: str, entry: Entry) -> Entry | None:
        there = self.of([key]).get(key)
        if there is None:
            self.enter(key, entry)
        return there


class LookBeforeTaking(SimulatedPipeline):
    """A batch looks whether a person is known, but does not take them with the same write."""

    @cached_property
    def persons(self) -> Persons:
        return TrustingPersons(self.table)


class ImpatientPeople(People):
    def sort(self, job: Job, batch: Batch, contacts: Sequence[PlannedContact]) -> Sorted:
        done = super().sort(job, batch, contacts)
        return replace(done, new=[*done.new, *done.waiting], waiting=[])


class WaitForNobody(SimulatedPipeline):
    """A person who is on their way for another file, with no result yet, is sent once more."""

    @cached_property
    def people(self) -> People:
        return ImpatientPeople(**vars(super().people))


class LazyPersons(Persons):
    def replace(self, key: str, there: Entry, entry: Entry) -> Entry | None:
        return None if there.is_of(entry) else super().replace(key, there, entry)


class KeepOldClaims(SimulatedPipeline):
    """A batch that is sent again does not write its new claim into the entries of its people."""

    @cached_property
    def persons(self) -> Persons:
        return LazyPersons(self.table)


class HastyQueue(SubmitQueue):
    def send(self, batches: Iterable[tuple[str, int]], delay: int = 0) -> None:
        asked = list(batches)
        super().send(asked, delay)
        if asked and asked[0][1] == 1:
            job, last = asked[-1]
            super().send([(job, last + 1), (job, last + 2)])


class AskForMore(SimulatedPipeline):
    """Whoever asks for the first batches of a job asks for those behind them as well."""

    @cached_property
    def submit_queue(self) -> SubmitQueue:
        return HastyQueue(*vars(super().submit_queue).values())


class ForgetfulSweep(Sweep):
    def _requeue(self, job: Job, batches: list[Batch], swept: Swept) -> None:
        known = [batch for batch in batches if not job.lanes < batch.number <= job.cut]
        super()._requeue(job, known, swept)


class ForgetLanes(SimulatedPipeline):
    """Of a lane, the sweeper asks anew for the first batch alone, not for one further on."""

    @cached_property
    def sweep(self) -> Sweep:
        return ForgetfulSweep(**vars(super().sweep))


class HastyTelling(TellChanges):
    def _send(self, job: Job, told: Told, event: JobChanged) -> None:
        self.jobs.note_told(job.id, told)
        super()._send(job, told, event)


class NoteBeforeTelling(SimulatedPipeline):
    """What people are told is noted before they are told."""

    @cached_property
    def tell(self) -> TellChanges:
        return HastyTelling(**vars(super().tell))


BUGS: dict[str, type[SimulatedPipeline]] = {
    "count_twice": CountTwice,
    "resend_on_timeout": ResendOnTimeout,
    "drop_late_results": DropLateResults,
    "complete_early": CompleteEarly,
    "skip_lost_messages": SkipLostMessages,
    "look_before_paying": LookBeforePaying,
    "drop_what_failed": DropWhatFailed,
    "leave_dead_letters": LeaveDeadLetters,
    "trust_tokens": TrustTokens,
    "answer_unsent": AnswerUnsent,
    "amend_without_news": AmendWithoutNews,
    "keep_notes": KeepNotes,
    "settle_twice": SettleTwice,
    "forget_to_release": ForgetToRelease,
    "count_only_charged": CountOnlyCharged,
    "look_before_reserving": LookBeforeReserving,
    "whole_batches_only": WholeBatchesOnly,
    "ignore_late_charges": IgnoreLateCharges,
    "forget_the_first_time": ForgetTheFirstTime,
    "reuse_across_types": ReuseAcrossTypes,
    "reuse_the_expired": ReuseTheExpired,
    "look_before_taking": LookBeforeTaking,
    "wait_for_nobody": WaitForNobody,
    "keep_old_claims": KeepOldClaims,
    "note_before_telling": NoteBeforeTelling,
    "forget_lanes": ForgetLanes,
    "ask_for_more": AskForMore,
}
